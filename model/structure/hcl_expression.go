package structure

import (
	"sort"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// expression answers the tree of an expression. Lists and objects are looked into; what only the engine
// can evaluate is compared by its tokens.
func (r *hclReader) expression(e hclsyntax.Expression, depth int) (*node, error) {
	if r.nodes++; r.nodes > maxNodes {
		return nil, errTooMany
	}
	n := &node{at: linesOf(e.Range())}
	switch e := e.(type) {
	case *hclsyntax.TupleConsExpr:
		n.kind = listKind
		for _, x := range e.Exprs {
			item, err := r.expression(x, depth+1)
			if err != nil {
				return nil, err
			}
			n.items = append(n.items, item)
		}
		return n, n.seal()
	case *hclsyntax.ObjectConsExpr:
		if ok, err := r.object(e, n, depth); ok || err != nil {
			return n, err
		}
		*n = node{at: n.at}
	case *hclsyntax.LiteralValueExpr:
		if literal(e.Val, n) {
			n.text = r.source(e.SrcRange)
			return n, n.seal()
		}
	case *hclsyntax.UnaryOpExpr:
		if x, ok := e.Val.(*hclsyntax.LiteralValueExpr); ok && e.Op == hclsyntax.OpNegate && literal(x.Val, n) && n.kind == numberKind {
			n.text, n.canon = r.source(e.SrcRange), "-"+n.canon
			return n, n.seal()
		}
		*n = node{at: n.at}
	case *hclsyntax.TemplateExpr:
		if s, ok := quotedLiteral(e); ok && r.data[e.SrcRange.Start.Byte] == '"' {
			n = newString(s, n.at)
			return n, n.seal()
		}
	}
	n.kind = exprKind
	n.text, n.canon = r.source(e.Range()), r.meaning(e.Range())
	return n, n.seal()
}

// object reads an object whose keys are all known and different; ok is false for others.
func (r *hclReader) object(e *hclsyntax.ObjectConsExpr, n *node, depth int) (ok bool, err error) {
	n.kind = mapKind
	seen := make(map[string]bool, len(e.Items))
	for _, item := range e.Items {
		f := field{}
		if s, ok := keyLiteral(item.KeyExpr); ok {
			f.key, f.label = s, s
		} else {
			f.key, f.label = "\x00"+r.meaning(item.KeyExpr.Range()), r.source(item.KeyExpr.Range())
		}
		if seen[f.key] {
			return false, nil
		}
		seen[f.key] = true
		if f.value, err = r.expression(item.ValueExpr, depth+1); err != nil {
			return false, err
		}
		f.at = Range{item.KeyExpr.Range().Start.Line - 1, f.value.at.Hi}
		n.fields = append(n.fields, f)
	}
	return true, n.seal()
}

func keyLiteral(e hclsyntax.Expression) (string, bool) {
	key, ok := e.(*hclsyntax.ObjectConsKeyExpr)
	if !ok || key.ForceNonLiteral {
		return "", false
	}
	if name := hcl.ExprAsKeyword(key.Wrapped); name != "" {
		return name, true
	}
	switch wrapped := key.Wrapped.(type) {
	case *hclsyntax.TemplateExpr:
		return quotedLiteral(wrapped)
	case *hclsyntax.LiteralValueExpr: // A number.
		if n := new(node); literal(wrapped.Val, n) {
			return n.canon, true
		}
	}
	return "", false
}

// quotedLiteral answers the text of a string without interpolation.
func quotedLiteral(e *hclsyntax.TemplateExpr) (string, bool) {
	var b strings.Builder
	for _, part := range e.Parts {
		x, ok := part.(*hclsyntax.LiteralValueExpr)
		if !ok || x.Val.Type() != cty.String || x.Val.IsNull() || !x.Val.IsKnown() {
			return "", false
		}
		b.WriteString(x.Val.AsString())
	}
	return b.String(), true
}

func literal(v cty.Value, n *node) bool {
	if !v.IsKnown() {
		return false
	}
	switch {
	case v.IsNull():
		n.kind, n.canon = nullKind, ""
	case v.Type() == cty.Bool:
		n.kind, n.canon = boolKind, "false"
		if v.True() {
			n.canon = "true"
		}
	case v.Type() == cty.Number:
		n.kind, n.canon = numberKind, v.AsBigFloat().Text('g', -1)
	default:
		return false
	}
	return true
}

// source is an expression as written, in one line unless it is a heredoc, of which it is the lines.
func (r *hclReader) source(at hcl.Range) string {
	s := string(r.data[at.Start.Byte:at.End.Byte])
	if strings.HasPrefix(s, "<<") {
		_, content, _ := strings.Cut(strings.TrimSuffix(s, "\n"), "\n")
		if end := strings.LastIndexByte(content, '\n'); end >= 0 {
			return content[:end+1]
		}
		return ""
	}
	if !strings.Contains(s, "\n") {
		return s
	}
	rows := strings.Split(s, "\n")
	for i := range rows {
		rows[i] = strings.TrimSpace(rows[i])
	}
	return strings.Join(rows, " ")
}

// meaning is an expression as its tokens, without what formatting may change: white space, comments, line breaks and the comma
// after the last item. A line break between the items of an object is a comma.
func (r *hclReader) meaning(at hcl.Range) string {
	first := sort.Search(len(r.tokens), func(i int) bool { return r.tokens[i].Range.Start.Byte >= at.Start.Byte })
	w := tokenWriter{}
	for i := first; i < len(r.tokens) && r.tokens[i].Range.Start.Byte < at.End.Byte; i++ {
		w.write(r.tokens[i])
	}
	return w.b.String()
}

// tokenWriter writes tokens so that equal texts mean the same.
type tokenWriter struct {
	b       strings.Builder
	open    []bool // For each open bracket whether a line break in it ends an item.
	opened  bool   // Nothing but line breaks since the last bracket opened.
	pending bool   // A comma is due before the next item.
}

func (w *tokenWriter) write(t hclsyntax.Token) {
	items := len(w.open) > 0 && w.open[len(w.open)-1]
	switch t.Type {
	case hclsyntax.TokenComment:
		// A comment at the end of a line has the line break within it.
		if items && strings.HasSuffix(string(t.Bytes), "\n") {
			w.pending = !w.opened
		}
		return
	case hclsyntax.TokenNewline:
		if items {
			w.pending = !w.opened
		}
		return
	case hclsyntax.TokenComma:
		w.pending = true
		return
	case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenTemplateSeqEnd:
		w.pending = false
		if len(w.open) > 0 {
			w.open = w.open[:len(w.open)-1]
		}
	}
	if w.pending {
		w.put(',', ",")
		w.pending = false
	}
	if w.opened && items && t.Type == hclsyntax.TokenIdent && string(t.Bytes) == "for" {
		w.open[len(w.open)-1] = false
	}
	w.opened = false
	switch t.Type {
	case hclsyntax.TokenOBrace:
		w.open, w.opened = append(w.open, true), true
	case hclsyntax.TokenOBrack, hclsyntax.TokenOParen, hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
		w.open = append(w.open, false)
	}
	switch t.Type {
	case hclsyntax.TokenOHeredoc:
		// Its marker is only a name, but whether it may be indented is meaning.
		marker := "<<"
		if strings.HasPrefix(string(t.Bytes), "<<-") {
			marker = "<<-"
		}
		w.put(t.Type, marker)
	case hclsyntax.TokenCHeredoc:
		w.put(t.Type, "")
	default:
		w.put(t.Type, string(t.Bytes))
	}
}

func (w *tokenWriter) put(kind hclsyntax.TokenType, s string) {
	w.b.WriteRune(rune(kind))
	w.b.WriteString(s)
	w.b.WriteByte(0)
}
