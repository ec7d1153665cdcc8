package structure

import (
	"strings"

	"plumb/model/text"
)

// Outline knows the paths of the lines of one version of a document.
type Outline struct{ docs []document }

// NewOutline reads a document for its paths. The errors are those of [Compare].
func NewOutline(f Format, data []byte) (Outline, error) {
	docs, err := parseSide(f, New, data)
	return Outline{docs}, err
}

// At answers the path of the innermost map, list or block that encloses a line, counted from 0; empty at the top. The
// line that opens one is not within it, but the first line of a list's item is.
func (o Outline) At(line int) text.Safe {
	var path strings.Builder
	if d := o.document(line); d != nil {
		descend(d.root, line, d.isKubernetes(), &path)
	}
	return text.Line(strings.TrimPrefix(path.String(), "."))
}

// Name answers what the document is called that a line belongs to: "Deployment shop/web".
func (o Outline) Name(line int) text.Safe {
	if d := o.document(line); d != nil {
		return text.Line(d.name)
	}
	return text.Safe{}
}

func (o Outline) document(line int) *document {
	for i := len(o.docs) - 1; i >= 0; i-- {
		// The items of a list are after the list, and within its lines.
		if at := o.docs[i].at; at.Lo <= line && line < at.Hi {
			return &o.docs[i]
		}
	}
	return nil
}

func descend(n *node, line int, kubernetes bool, path *strings.Builder) {
	name := ""
	for n != nil && n.summary == "" {
		var next *node
		switch {
		case n.kind == mapKind:
			for _, f := range n.fields {
				if !f.inherited && !f.value.kind.isScalar() && f.at.Lo < line && line < f.at.Hi || isWithinBlocks(f, line) {
					path.WriteString(f.segment())
					next, name = f.value, f.label
					break
				}
			}
		case !n.kind.isScalar():
			for i, item := range n.items {
				within := item.at.Lo < line || n.kind == listKind && item.at.Lo == line && item.at.Hi > line+1
				if !within || line >= item.at.Hi || item.kind.isScalar() {
					continue
				}
				if n.kind == listKind || len(n.items) > 1 {
					path.WriteString(itemSegment(itemLabels(n, name, kubernetes)(i), i))
				}
				next = item
				break
			}
			name = ""
		}
		n = next
	}
}

// isWithinBlocks reports whether one of several blocks has a line: they may be anywhere.
func isWithinBlocks(f field, line int) bool {
	if f.value.kind != blocksKind {
		return false
	}
	for _, b := range f.value.items {
		if b.at.Lo < line && line < b.at.Hi {
			return true
		}
	}
	return false
}

// Lines answers the lines from lo up to hi, excluded, of a path as [Outline.At] and [Change] write it, in the first document
// that has it.
func (o Outline) Lines(path string) (lo, hi int, ok bool) {
	for _, d := range o.docs {
		if at, ok := (finder{d.isKubernetes()}).find(d.root, d.at, path, ""); ok {
			return at.Lo, at.Hi, true
		}
	}
	return 0, 0, false
}

// finder follows paths in one document.
type finder struct{ kubernetes bool }

// find answers the lines of what is left of a path below a value. A key may be the beginning of another one, so the others are
// tried, too. The field is the name of the value, empty at the top.
func (d finder) find(n *node, at Range, path, field string) (Range, bool) {
	path = strings.TrimPrefix(path, ".")
	switch {
	case path == "":
		return at, true
	case n.summary != "" || n.kind.isScalar():
		return Range{}, false
	case n.kind == blocksKind && len(n.items) == 1:
		return d.find(n.items[0], n.items[0].at, path, "")
	case n.kind == mapKind:
		for _, f := range n.fields {
			if rest, ok := cutSegment(path, strings.TrimPrefix(f.segment(), ".")); ok {
				if at, ok := d.find(f.value, f.at, rest, f.label); ok {
					return at, true
				}
			}
		}
		return Range{}, false
	}
	label := itemLabels(n, field, d.kubernetes)
	for i, item := range n.items {
		if rest, ok := cutSegment(path, itemSegment(label(i), i)); ok {
			if at, ok := d.find(item, item.at, rest, ""); ok {
				return at, true
			}
		}
	}
	return Range{}, false
}

func cutSegment(path, segment string) (rest string, ok bool) {
	rest, ok = strings.CutPrefix(path, segment)
	return rest, ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}
