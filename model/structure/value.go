package structure

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"plumb/model/diff"
	"plumb/model/text"
)

const (
	maxFlow   = 60   // Cells of a map or a list that is written out.
	maxValue  = 1000 // Bytes of a scalar.
	maxDetail = 200  // Lines.
)

// valueText is a value in one line.
func valueText(n *node) string {
	switch {
	case n.summary != "":
		return n.summary
	case n.kind.isScalar():
		return scalarText(n)
	}
	if s := flowText(n, maxFlow); s != "" {
		return s
	}
	return tagged(n, countText(n))
}

// countText says how much is in a map or a list.
func countText(n *node) string {
	switch {
	case n.kind == mapKind:
		return "{" + count(len(n.fields), "key") + "}"
	case n.kind == blocksKind && len(n.items) == 1:
		return countText(n.items[0])
	case n.kind == blocksKind:
		return "[" + count(len(n.items), "block") + "]"
	}
	return "[" + count(len(n.items), "item") + "]"
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

func tagged(n *node, s string) string {
	if n.tag == "" {
		return s
	}
	return n.tag + " " + s
}

func scalarText(n *node) string {
	if n.kind != stringKind && n.kind != exprKind {
		return tagged(n, clip(n.text))
	}
	if rows := stringLines(n.text); len(rows) > 1 {
		return tagged(n, count(len(rows), "line"))
	}
	if n.kind == stringKind && n.tag == "" && needsQuotes(n.text) {
		return strconv.Quote(clip(n.text))
	}
	return tagged(n, clip(n.text))
}

// needsQuotes reports strings that would read as something else: as a number, as nothing, as a map.
func needsQuotes(s string) bool {
	if s == "" || strings.TrimSpace(s) != s || strings.IndexByte("{[\"'", s[0]) >= 0 {
		return true
	}
	if strings.ContainsAny(s, "\n\t\r") {
		return true
	}
	const longest = 64 // No number is longer that anyone writes.
	if len(s) > longest {
		return false
	}
	tag := (&yaml.Node{Kind: yaml.ScalarNode, Value: s}).ShortTag()
	return tag != "!!str" && tag != "!!timestamp" && tag != "!!merge"
}

func stringLines(s string) []string {
	return strings.Split(strings.TrimSuffix(s, "\n"), "\n")
}

func clip(s string) string {
	if len(s) <= maxValue {
		return s
	}
	at := maxValue
	for at > 0 && !utf8.RuneStart(s[at]) {
		at--
	}
	return s[:at] + "…"
}

// flowText writes a value out, or answers an empty text where it takes more than some cells.
func flowText(n *node, most int) string {
	w := &flowWriter{left: most}
	w.write(n)
	if w.left < 0 || text.Line(w.b.String()).Width() > most {
		return ""
	}
	return w.b.String()
}

type flowWriter struct {
	b    strings.Builder
	left int // Bytes; those of wide runes are more than their cells, so it errs on the short side.
}

func (w *flowWriter) put(s string) {
	w.left -= len(s)
	if w.left >= 0 {
		w.b.WriteString(s)
	}
}

func (w *flowWriter) write(n *node) {
	if w.left < 0 {
		return
	}
	switch {
	case n.summary != "":
		w.put(n.summary)
	case n.kind.isScalar():
		w.put(scalarText(n))
	case n.kind == blocksKind && len(n.items) == 1:
		w.write(n.items[0])
	case n.kind == mapKind:
		w.put(tagged(n, "{"))
		for i, f := range n.fields {
			if i > 0 {
				w.put(", ")
			}
			w.put(f.label)
			w.put(": ")
			if w.write(f.value); w.left < 0 {
				return
			}
		}
		w.put("}")
	default:
		w.put(tagged(n, "["))
		for i, item := range n.items {
			if i > 0 {
				w.put(", ")
			}
			if w.write(item); w.left < 0 {
				return
			}
		}
		w.put("]")
	}
}

// segment is how a key is written in a path.
func (f field) segment() string {
	if f.isPath {
		return "." + f.label
	}
	return keySegment(f.label)
}

func keySegment(label string) string {
	if label == "" || strings.ContainsFunc(label, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' && r != '-'
	}) {
		return "[" + strconv.Quote(clip(label)) + "]"
	}
	return "." + clip(label)
}

// itemSegment is how an item of a list is written in a path.
func itemSegment(label string, index int) string {
	switch {
	case label == "":
		return "[" + strconv.Itoa(index) + "]"
	case strings.ContainsFunc(label, func(r rune) bool { return r == '[' || r == ']' || r == '"' || !unicode.IsPrint(r) }),
		strings.TrimSpace(label) != label:
		return "[" + strconv.Quote(clip(label)) + "]"
	}
	return "[" + clip(label) + "]"
}

// leaves writes the scalars of an added or removed value, one line each.
type leaves struct {
	op         diff.Op
	kubernetes bool
	lines      []Detail
	left       int // Values that are still to come.
}

func (l *leaves) add(s string) {
	l.lines = append(l.lines, Detail{Op: l.op, Text: text.Line(s)})
}

// write visits at most as many values as there are lines to fill.
func (l *leaves) write(n *node, path, field string) {
	l.left--
	if len(l.lines) >= maxDetail {
		return
	}
	switch {
	case n.summary != "" || n.kind.isScalar():
		l.add(strings.TrimPrefix(path, ".") + ": " + valueText(n))
	case n.kind == mapKind && len(n.fields) > 0:
		for _, f := range n.fields {
			if l.write(f.value, path+f.segment(), f.label); len(l.lines) >= maxDetail {
				return
			}
		}
	case n.kind != mapKind && len(n.items) > 0:
		label := itemLabels(n, field, l.kubernetes)
		for i, item := range n.items {
			at := path
			if n.kind == listKind || len(n.items) > 1 {
				at += itemSegment(label(i), i)
			}
			if l.write(item, at, ""); len(l.lines) >= maxDetail {
				return
			}
		}
	default:
		l.add(strings.TrimPrefix(path, ".") + ": " + valueText(n))
	}
}

// detailOf answers the leaves of a value that is more than one line, or the lines of a longer string.
func (c *comparer) detailOf(n *node, op diff.Op) []Detail {
	l := &leaves{op: op, kubernetes: c.kubernetes, left: n.size}
	switch {
	case n.summary != "":
		return nil
	case n.kind == stringKind || n.kind == exprKind:
		rows := stringLines(n.text)
		if len(rows) < 2 {
			return nil
		}
		for i, row := range rows {
			if i == maxDetail {
				break
			}
			l.add(clip(row))
		}
		return l.rest(len(rows) - maxDetail)
	case n.kind.isScalar() || n.size == 1:
		return nil
	}
	l.write(n, "", c.field())
	if len(l.lines) < maxDetail {
		return l.lines
	}
	return l.rest(l.left)
}

// rest says how much was left out.
func (l *leaves) rest(n int) []Detail {
	if n > 0 {
		l.add("… " + strconv.Itoa(n) + " more")
	}
	return l.lines
}
