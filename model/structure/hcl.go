package structure

import (
	"bytes"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// hclReader turns the syntax tree of the HCL library into a tree. Blocks are fields of their body by type and
// labels.
type hclReader struct {
	data   []byte
	tokens hclsyntax.Tokens
	nodes  int
}

// The bounds of what the HCL parser may be given: it recurses without one of its own, and a stack that overflows
// cannot be recovered from.
const (
	maxHCLRun      = 1000  // Operators one after the other.
	maxHCLBranches = 5000  // Directives in templates, which are found in time by the square of their number.
	maxHCLChoices  = 20000 // Conditionals and splats, each of which may be within the one before.
)

func parseHCL(data []byte) ([]document, error) {
	// A line ends the same way in a heredoc, whatever editor wrote it. Lines keep their numbers.
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	tokens, _ := hclsyntax.LexConfig(data, "", hcl.InitialPos)
	if err := checkTokens(tokens); err != nil {
		return nil, err
	}
	file, diags := hclsyntax.ParseConfig(data, "", hcl.InitialPos)
	for _, d := range diags {
		if d.Severity == hcl.DiagError {
			line := 0
			if d.Subject != nil {
				line = d.Subject.Start.Line
			}
			return nil, malformed(line, "%s: %s", d.Summary, d.Detail)
		}
	}
	body, ok := file.Body.(*hclsyntax.Body)
	if !ok {
		return nil, malformed(0, "not in the native syntax")
	}
	r := &hclReader{data: data, tokens: tokens}
	root, err := r.body(body, Range{0, len(newLines(data))}, 0)
	if err != nil {
		return nil, err
	}
	return []document{{root: root, at: root.at}}, nil
}

func checkTokens(tokens hclsyntax.Tokens) error {
	depth, run, branches, choices := 0, 0, 0, 0
	for _, t := range tokens {
		switch t.Type {
		case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen, hclsyntax.TokenOQuote,
			hclsyntax.TokenOHeredoc, hclsyntax.TokenTemplateInterp:
			depth++
		case hclsyntax.TokenTemplateControl:
			depth++
			branches++
		case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenCQuote,
			hclsyntax.TokenCHeredoc, hclsyntax.TokenTemplateSeqEnd:
			depth--
		case hclsyntax.TokenQuestion, hclsyntax.TokenStar:
			choices++
		}
		switch t.Type {
		case hclsyntax.TokenMinus, hclsyntax.TokenBang:
			run++
		case hclsyntax.TokenNewline, hclsyntax.TokenComment:
		default:
			run = 0
		}
		switch {
		case depth > maxDepth:
			return errTooDeep
		case run > maxHCLRun || branches > maxHCLBranches || choices > maxHCLChoices:
			return errTooDense
		}
	}
	return nil
}

// linesOf answers the lines of a range, of which the first is 1. A range that ends at the start of a line does not have
// that line.
func linesOf(at hcl.Range) Range {
	hi := at.End.Line
	if at.End.Column == 1 && at.End.Line > at.Start.Line {
		hi--
	}
	return Range{at.Start.Line - 1, hi}
}

func (r *hclReader) body(body *hclsyntax.Body, at Range, depth int) (*node, error) {
	if depth > maxDepth {
		return nil, errTooDeep
	}
	n := &node{kind: mapKind, at: at}
	byteOf := map[string]int{} // Where each field starts, for their order.
	for name, a := range body.Attributes {
		value, err := r.expression(a.Expr, depth+1)
		if err != nil {
			return nil, err
		}
		byteOf[name] = a.SrcRange.Start.Byte
		n.fields = append(n.fields, field{key: name, label: name, value: value, at: linesOf(a.SrcRange)})
	}
	groups := map[string]int{}
	for _, b := range body.Blocks {
		item, err := r.body(b.Body, Range{b.TypeRange.Start.Line - 1, b.CloseBraceRange.End.Line}, depth+1)
		if err != nil {
			return nil, err
		}
		key := "\x00" + b.Type + "\x00" + strings.Join(b.Labels, "\x00")
		i, ok := groups[key]
		if !ok {
			i = len(n.fields)
			groups[key], byteOf[key] = i, b.TypeRange.Start.Byte
			group := &node{kind: blocksKind, at: item.at}
			n.fields = append(n.fields, field{key: key, label: blockLabel(b), isPath: true, value: group, at: item.at})
		}
		f := &n.fields[i]
		f.value.items = append(f.value.items, item)
	}
	for i := range n.fields {
		if v := n.fields[i].value; v.kind == blocksKind {
			if err := v.seal(); err != nil {
				return nil, err
			}
		}
	}
	slices.SortFunc(n.fields, func(a, b field) int { return byteOf[a.key] - byteOf[b.key] })
	return n, n.seal()
}

// blockLabel is a block as the people who write it refer to it: resource.aws_instance.web.
func blockLabel(b *hclsyntax.Block) string {
	var label strings.Builder
	label.WriteString(strings.TrimPrefix(keySegment(b.Type), "."))
	for _, l := range b.Labels {
		label.WriteString(keySegment(l))
	}
	return label.String()
}
