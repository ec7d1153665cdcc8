package structure

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// yamlReader turns the nodes of the YAML library into a tree.
type yamlReader struct {
	yamlLines
	anchors map[*yaml.Node]*node
	nodes   int // Fields and items made so far, those that merge keys copy included.
}

func parseYAML(data []byte) ([]document, error) {
	data = joinMarks(data)
	streams, err := decodeYAML(data)
	if err != nil {
		return nil, err
	}
	r := &yamlReader{yamlLines: newYAMLLines(data), anchors: map[*yaml.Node]*node{}}
	var docs []document
	for i, stream := range streams {
		if len(stream.Content) == 0 || isNothing(stream.Content[0]) {
			continue
		}
		end := r.count()
		if i+1 < len(streams) {
			end = r.line(streams[i+1])
		}
		root, err := r.value(stream.Content[0], place{next: end, indent: -1}, 0)
		if err != nil {
			return nil, err
		}
		docs = append(docs, document{root: root, at: root.at})
	}
	return docs, nil
}

// decodeYAML reads all documents of a stream.
func decodeYAML(data []byte) (docs []*yaml.Node, err error) {
	// The library reports its own errors by panics that it recovers from, and has let others through in
	// the past (CVE-2022-28948). What it is given here is foreign.
	defer func() {
		if p := recover(); p != nil {
			docs, err = nil, malformed(0, "the YAML library gave up: %s", fmt.Sprint(p))
		}
	}()
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	for {
		var doc yaml.Node
		switch err := decoder.Decode(&doc); {
		case errors.Is(err, io.EOF):
			return docs, nil
		case err != nil:
			return nil, yamlError(err)
		}
		docs = append(docs, &doc)
	}
}

var yamlErrorLine = regexp.MustCompile(`^line (\d+): `)

func yamlError(err error) error {
	reason, line := strings.TrimPrefix(err.Error(), "yaml: "), 0
	if strings.HasPrefix(reason, "exceeded max depth") {
		return errTooDeep
	}
	if at := yamlErrorLine.FindStringSubmatch(reason); at != nil {
		line, _ = strconv.Atoi(at[1])
		reason = reason[len(at[0]):]
	}
	return malformed(line, "%s", reason)
}

// isNothing reports the value of a document that has only comments, or nothing at all.
func isNothing(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Value == "" && n.ShortTag() == "!!null" && n.Anchor == ""
}

// place is where a value stands.
type place struct {
	next   int  // The line where the next thing of the document begins.
	indent int  // The column of the key or dash that it belongs to.
	flow   bool // Within brackets.
}

func (r *yamlReader) value(n *yaml.Node, at place, depth int) (*node, error) {
	if r.nodes++; r.nodes > maxNodes {
		return nil, errTooMany
	}
	if depth > maxDepth {
		return nil, errTooDeep
	}
	if n.Kind == yaml.AliasNode {
		made, ok := r.anchors[n.Alias]
		if !ok {
			return nil, malformed(n.Line, "the anchor %q contains itself", n.Value)
		}
		return made, nil
	}
	out := &node{at: r.extent(n, at)}
	var err error
	switch n.Kind {
	case yaml.MappingNode:
		out.kind = mapKind
		out.tag = containerTag(n.ShortTag(), "!!map")
		err = r.mapping(n, out, at, depth)
	case yaml.SequenceNode:
		out.kind = listKind
		out.tag = containerTag(n.ShortTag(), "!!seq")
		err = r.sequence(n, out, at, depth)
	default:
		yamlScalar(n, out)
	}
	if err != nil {
		return nil, err
	}
	if n.Anchor != "" {
		r.anchors[n] = out
	}
	return out, out.seal()
}

func containerTag(tag, usual string) string {
	if tag == usual {
		return ""
	}
	return tag
}

func (r *yamlReader) sequence(n *yaml.Node, out *node, at place, depth int) error {
	flow := n.Style&yaml.FlowStyle != 0
	starts := r.itemLines(n, flow)
	for i, item := range n.Content {
		within := place{next: at.next, indent: n.Column - 1, flow: flow}
		if i+1 < len(starts) {
			within.next = starts[i+1]
		}
		value, err := r.value(item, within, depth+1)
		if err != nil {
			return err
		}
		if lines := (Range{starts[i], max(starts[i]+1, r.valueEnd(item, value))}); value.at != lines {
			// The dash may be on a line above, and an alias has a place of its own.
			shared := *value
			shared.at = lines
			value = &shared
		}
		out.items = append(out.items, value)
	}
	if !flow && len(out.items) > 0 {
		out.at.Hi = out.items[len(out.items)-1].at.Hi
	}
	return nil
}

func (r *yamlReader) mapping(n *yaml.Node, out *node, at place, depth int) error {
	flow := n.Style&yaml.FlowStyle != 0
	seen := make(map[string]bool, len(n.Content)/2)
	var merged []*node
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		within := place{next: at.next, indent: n.Column - 1, flow: flow}
		if i+2 < len(n.Content) {
			within.next = r.line(n.Content[i+2])
		}
		if flow && key.Kind == yaml.MappingNode && key.Style&yaml.FlowStyle != 0 {
			return malformed(key.Line, "{{ … }} is a template, not YAML")
		}
		f, err := r.key(key, within, depth+1)
		if err != nil {
			return err
		}
		if seen[f.key] {
			return malformed(key.Line, "the key %q is there twice", f.label)
		}
		seen[f.key] = true
		if f.value, err = r.value(value, within, depth+1); err != nil {
			return err
		}
		lo := r.line(key)
		f.at = Range{lo, max(lo+1, r.valueEnd(value, f.value))}
		if !flow {
			// A block ends where its last value ends; the lines up to the next key are comments and blanks.
			out.at.Hi = f.at.Hi
		}
		if !isMerge(key) {
			out.fields = append(out.fields, f)
			continue
		}
		sources := []*node{f.value}
		if f.value.kind == listKind {
			sources = f.value.items
		}
		for _, source := range sources {
			if source.kind != mapKind {
				return malformed(key.Line, "a merge key wants maps")
			}
		}
		merged = append(merged, sources...)
	}
	for _, source := range merged {
		if r.nodes += len(source.fields); r.nodes > maxNodes {
			return errTooMany
		}
		for _, f := range source.fields {
			if !seen[f.key] {
				seen[f.key] = true
				f.inherited = true
				out.fields = append(out.fields, f)
			}
		}
	}
	return nil
}

// valueEnd answers the line after a value as it is written here: an alias is one word, wherever its anchor is.
func (r *yamlReader) valueEnd(n *yaml.Node, value *node) int {
	if n.Kind == yaml.AliasNode {
		return r.line(n) + 1
	}
	return value.at.Hi
}

func isMerge(key *yaml.Node) bool {
	return key.Kind == yaml.ScalarNode && key.Value == "<<" && key.ShortTag() == "!!merge"
}

// key answers a field that has its key only.
func (r *yamlReader) key(n *yaml.Node, at place, depth int) (field, error) {
	value, err := r.value(n, at, depth)
	if err != nil {
		return field{}, err
	}
	f := field{key: value.text, label: value.text}
	if value.kind != stringKind || value.tag != "" {
		// A key that is not a string is another one than the string that looks the same.
		f.key = "\x00" + strconv.FormatUint(value.hash, 16)
		if !value.kind.isScalar() {
			f.label = flowText(value, maxFlow)
		}
	}
	return f, nil
}

func yamlScalar(n *yaml.Node, out *node) {
	tag := n.ShortTag()
	*out = *newString(n.Value, out.at)
	switch tag {
	case "!!str":
	case "!!null":
		out.kind, out.text, out.canon = nullKind, "null", ""
	case "!!bool":
		out.kind, out.canon = boolKind, strings.ToLower(n.Value)
	case "!!int":
		out.kind, out.canon = intKind, exactInteger(n.Value)
	case "!!float":
		out.kind, out.canon = floatKind, exactFloat(n.Value)
	case "!!timestamp":
		out.kind = timeKind
	case "!!binary":
		out.tag, out.canon = tag, strings.Join(strings.Fields(n.Value), "")
	case "!!merge":
		out.tag = tag
	case "!vault", "!vault-encrypted", "!encrypted":
		out.kind, out.text = encryptedKind, "encrypted"
	default:
		out.tag = tag
	}
}

// exactInteger answers the decimal form of an integer in any of the ways to write one.
func exactInteger(s string) string {
	plain := strings.ToLower(strings.ReplaceAll(s, "_", ""))
	const maxDigits = 200
	if len(plain) <= maxDigits {
		if n, ok := new(big.Int).SetString(plain, 0); ok {
			return n.String()
		}
	}
	return plain
}

func exactFloat(s string) string {
	plain := strings.ToLower(strings.ReplaceAll(s, "_", ""))
	switch strings.TrimLeft(plain, "+-") {
	case ".inf", "inf":
		plain = strings.Replace(plain, ".", "", 1)
	case ".nan", "nan":
		return "nan"
	}
	f, err := strconv.ParseFloat(plain, 64)
	if err != nil {
		return plain
	}
	return strconv.FormatFloat(f, 'g', -1, 64)
}
