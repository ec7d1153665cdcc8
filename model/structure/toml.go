package structure

import (
	"bytes"
	"errors"
	"regexp"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// tomlReader turns the expressions of the TOML library into a tree.
//
// The library's own decoder would check the rules about tables that are defined twice, but it needs time by the square of their
// number and knows no lines, so that is done here.
type tomlReader struct {
	parser  unstable.Parser
	lines   lines
	nodes   int
	section int // Which header the reader is below, from 1; 0 before the first.
}

// tomlTable is a table while it is written: a document may add to it in many places.
type tomlTable struct {
	fields []*tomlField
	index  map[string]*tomlField
	header bool // It has had a header of its own.
	dotted bool // It was made by a dotted key: no header may follow.
	closed bool // It is written inline: nothing may be added.
	at     Range
	first  int // The section it starts in, and the last one that belongs to it without another in between.
	last   int
}

// tomlField holds one of a value, a table and an array of tables.
type tomlField struct {
	key    string
	at     Range
	value  *node
	table  *tomlTable
	tables []*tomlTable
}

func parseTOML(data []byte) ([]document, error) {
	// A line ends the same way in a string of several lines, whatever editor wrote it. Lines keep their numbers.
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	r := &tomlReader{lines: newLines(data)}
	r.parser.Reset(data)
	root := &tomlTable{}
	current := root
	for r.parser.NextExpression() {
		e := r.parser.Expression()
		var err error
		switch e.Kind {
		case unstable.KeyValue:
			err = r.keyValue(current, e)
		case unstable.Table, unstable.ArrayTable:
			r.section++
			current, err = r.header(root, e)
		}
		if err != nil {
			return nil, err
		}
	}
	if err := r.parser.Error(); err != nil {
		return nil, r.malformed(err)
	}
	n, err := root.freeze()
	if err != nil {
		return nil, err
	}
	n.at = Range{0, len(r.lines)}
	return []document{{root: n, at: n.at}}, nil
}

func (r *tomlReader) malformed(err error) error {
	if strings.Contains(err.Error(), "nested more than") {
		return errTooDeep
	}
	line := 0
	if parser, ok := errors.AsType[*unstable.ParserError](err); ok {
		// What is highlighted is a part of the data, or it is empty at its end.
		line = len(r.lines)
		if len(parser.Highlight) > 0 {
			line = r.lines.at(int(r.parser.Range(parser.Highlight).Offset)) + 1
		}
	}
	return malformed(line, "%s", err)
}

// keys answers the parts of a dotted key and the line it starts on.
func (r *tomlReader) keys(it unstable.Iterator) (keys []string, line int, err error) {
	line = -1
	for it.Next() {
		if n := it.Node(); n.Kind == unstable.Key {
			if line < 0 {
				line = r.lines.at(int(n.Raw.Offset))
			}
			keys = append(keys, string(n.Data))
		}
	}
	if len(keys) > maxDepth {
		return nil, 0, errTooDeep
	}
	return keys, max(line, 0), nil
}

func (t *tomlTable) get(key string) *tomlField { return t.index[key] }

func (t *tomlTable) add(f *tomlField) {
	if t.index == nil {
		t.index = map[string]*tomlField{}
	}
	t.index[f.key] = f
	t.fields = append(t.fields, f)
}

func twice(line int, keys []string) error {
	return malformed(line+1, "%q is there twice", strings.Join(keys, "."))
}

// header answers the table that a [header] or a [[header]] opens.
func (r *tomlReader) header(root *tomlTable, e *unstable.Node) (*tomlTable, error) {
	keys, line, err := r.keys(e.Key())
	if err != nil {
		return nil, err
	}
	table := root
	for _, key := range keys[:len(keys)-1] {
		f := table.get(key)
		switch {
		case f == nil:
			f = &tomlField{key: key, table: &tomlTable{at: Range{line, line + 1}, first: r.section, last: r.section}}
			table.add(f)
			table = f.table
		case f.table != nil && !f.table.closed:
			table = f.table
		case len(f.tables) > 0:
			table = f.tables[len(f.tables)-1]
		default:
			return nil, twice(line, keys)
		}
	}
	f := table.get(keys[len(keys)-1])
	opened := &tomlTable{header: true, at: Range{line, line + 1}, first: r.section, last: r.section}
	switch {
	case e.Kind == unstable.ArrayTable && f == nil:
		table.add(&tomlField{key: keys[len(keys)-1], tables: []*tomlTable{opened}})
	case e.Kind == unstable.ArrayTable && len(f.tables) > 0:
		f.tables = append(f.tables, opened)
	case e.Kind == unstable.Table && f == nil:
		table.add(&tomlField{key: keys[len(keys)-1], table: opened})
	case e.Kind == unstable.Table && f.table != nil && !f.table.header && !f.table.dotted && !f.table.closed:
		// It was there as the parent of others only. Its own place is here.
		f.table.header, f.table.at, f.table.first, f.table.last = true, opened.at, r.section, r.section
		opened = f.table
	default:
		return nil, twice(line, keys)
	}
	return opened, nil
}

func (r *tomlReader) keyValue(table *tomlTable, e *unstable.Node) error {
	keys, line, err := r.keys(e.Key())
	if err != nil {
		return err
	}
	at := Range{line, r.lines.at(int(e.Raw.Offset+e.Raw.Length)-1) + 1}
	table.at.Hi = max(table.at.Hi, at.Hi)
	for _, key := range keys[:len(keys)-1] {
		f := table.get(key)
		switch {
		case f == nil:
			f = &tomlField{key: key, table: &tomlTable{dotted: true, at: at, first: r.section, last: r.section}}
			table.add(f)
		case f.table == nil || f.table.closed || f.table.header:
			return twice(line, keys)
		}
		table = f.table
		table.at.Hi = max(table.at.Hi, at.Hi)
	}
	last := keys[len(keys)-1]
	if table.get(last) != nil {
		return twice(line, keys)
	}
	value, err := r.value(e.Value(), at, 0)
	if err != nil {
		return err
	}
	f := &tomlField{key: last, at: at, value: value}
	if value.kind == mapKind {
		f.table, f.value = &tomlTable{closed: true}, value
	}
	table.add(f)
	return nil
}

func (r *tomlReader) value(n *unstable.Node, at Range, depth int) (*node, error) {
	if r.nodes++; r.nodes > maxNodes {
		return nil, errTooMany
	}
	if depth > maxDepth {
		return nil, errTooDeep
	}
	if n.Raw.Length > 0 {
		at.Lo = r.lines.at(int(n.Raw.Offset))
		if n.Kind != unstable.InlineTable {
			at.Hi = r.lines.at(int(n.Raw.Offset+n.Raw.Length)-1) + 1
		}
	}
	out := &node{at: at}
	switch n.Kind {
	case unstable.Array:
		out.kind = listKind
		for it := n.Children(); it.Next(); {
			item, err := r.value(it.Node(), itemPlace(it.Node(), at), depth+1)
			if err != nil {
				return nil, err
			}
			out.items = append(out.items, item)
		}
	case unstable.InlineTable:
		inline := &tomlTable{at: at}
		for it := n.Children(); it.Next(); {
			if err := r.keyValue(inline, it.Node()); err != nil {
				return nil, err
			}
		}
		frozen, err := inline.freeze()
		if err != nil {
			return nil, err
		}
		return frozen, nil
	default:
		if err := tomlScalar(n, out); err != nil {
			return nil, err
		}
	}
	return out, out.seal()
}

// itemPlace is where an item of an array is assumed to stand until its own values say it: the library does not
// tell where an array or an inline table ends.
func itemPlace(n *unstable.Node, within Range) Range {
	if n.Kind == unstable.InlineTable {
		return Range{within.Lo, within.Lo + 1}
	}
	return within
}

var (
	tomlDate = `\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])`
	tomlTime = `([01]\d|2[0-3]):[0-5]\d(:([0-5]\d|60)(\.\d+)?)?`
	tomlWhen = regexp.MustCompile(`^(` + tomlDate + `|` + tomlTime + `|` + tomlDate + `[Tt ]` + tomlTime + `([Zz]|[+-]\d\d:\d\d)?)$`)
)

func tomlScalar(n *unstable.Node, out *node) error {
	word := string(n.Data)
	*out = *newString(word, out.at)
	switch n.Kind {
	case unstable.String:
	case unstable.Bool:
		out.kind = boolKind
	case unstable.Integer:
		out.kind, out.canon = intKind, exactInteger(strings.TrimPrefix(word, "+"))
	case unstable.Float:
		out.kind, out.canon = floatKind, exactFloat(word)
	default:
		if !tomlWhen.MatchString(word) {
			return malformed(out.at.Lo+1, "%q is no date or time", word)
		}
		out.kind, out.canon = timeKind, strings.ReplaceAll(strings.ToUpper(word), " ", "T")
	}
	return nil
}

// freeze answers the sealed tree of a table. Its lines go on as long as the tables within it follow each other.
func (t *tomlTable) freeze() (*node, error) {
	out := &node{kind: mapKind}
	for _, f := range t.fields {
		at, value := f.at, f.value
		var err error
		switch {
		case value != nil:
		case f.table != nil:
			value, err = f.table.freeze()
			at = f.table.at
			t.reach(f.table)
		default:
			value, err = t.freezeAll(f.tables)
			at = value.at
		}
		if err != nil {
			return nil, err
		}
		out.fields = append(out.fields, field{key: f.key, label: f.key, value: value, at: at})
	}
	out.at = t.at
	return out, out.seal()
}

func (t *tomlTable) freezeAll(tables []*tomlTable) (*node, error) {
	out := &node{kind: listKind, at: tables[0].at}
	all := &tomlTable{at: tables[0].at, first: tables[0].first, last: tables[0].last}
	for _, item := range tables {
		n, err := item.freeze()
		if err != nil {
			return out, err
		}
		all.reach(item)
		t.reach(item)
		out.items = append(out.items, n)
	}
	out.at = all.at
	return out, out.seal()
}

func (t *tomlTable) reach(within *tomlTable) {
	if within.first >= t.first && within.first <= t.last+1 {
		t.last, t.at.Hi = max(t.last, within.last), max(t.at.Hi, within.at.Hi)
	}
}
