package structure

import (
	"strconv"

	"plumb/model/diff"
	"plumb/model/text"
)

// compareDocuments matches the documents of two streams and compares them.
func compareDocuments(olds, news []document) (Diff, error) {
	c := &comparer{cells: allCells, steps: maxSteps, output: maxOutput}
	var d Diff
	single := len(olds) <= 1 && len(news) <= 1
	for _, e := range c.matchDocuments(olds, news) {
		o := Object{Op: diff.Change}
		c.changes, c.path = nil, nil
		switch {
		case e.new < 0:
			o.Op = diff.Delete
			o.Name, o.OldLines = documentName(olds, e.old, single), olds[e.old].at
			c.only(olds[e.old], single, diff.Delete)
		case e.old < 0:
			o.Op = diff.Insert
			o.Name, o.NewLines = documentName(news, e.new, single), news[e.new].at
			c.only(news[e.new], single, diff.Insert)
		default:
			was, is := olds[e.old], news[e.new]
			o.Name, o.OldLines, o.NewLines = documentName(news, e.new, single), was.at, is.at
			c.kubernetes = is.isKubernetes()
			if e.moved {
				c.moved(was.root, is.root, entry{old: e.old, new: e.new, label: documentLabel(e.new)})
			}
			c.values(was.root, is.root, was.at, is.at)
		}
		if c.output < 0 {
			return Diff{}, &TooLargeError{text.Lit("more changes than can be shown")}
		}
		o.Changes = c.changes
		if len(o.Changes) == 0 && o.Op == diff.Change {
			continue
		}
		d.Objects = append(d.Objects, o)
		for _, ch := range o.Changes {
			switch ch.Op {
			case diff.Insert:
				d.Added++
			case diff.Delete:
				d.Removed++
			default:
				d.Changed++
			}
		}
	}
	return d, nil
}

// only tells of a document that one version has not got. A whole file is told by its top-level keys, an object of a stream as
// one.
func (c *comparer) only(d document, single bool, op diff.Op) {
	whole := d.root.kind != mapKind || d.isKubernetes() || !single || len(d.root.fields) == 0
	empty := &node{kind: mapKind, tag: d.root.tag}
	switch {
	case whole && op == diff.Insert:
		c.insert(d.root, d.at)
	case whole:
		c.remove(d.root, d.at)
	case op == diff.Insert:
		c.maps(empty, d.root)
	default:
		c.maps(d.root, empty)
	}
}

func documentName(docs []document, i int, single bool) text.Safe {
	switch {
	case docs[i].name != "":
		return text.Line(docs[i].name)
	case single:
		return text.Safe{}
	}
	return text.Line(documentLabel(i))
}

func documentLabel(i int) string { return "document " + strconv.Itoa(i+1) }

// matchDocuments matches objects by identity, whatever their order, and other documents like the items of a list.
func (c *comparer) matchDocuments(olds, news []document) []entry {
	m := newMatch(len(olds), len(news))
	// Where an identity is there several times, the equal ones belong together, then the first with the first.
	m.byKey(
		func(i int) string { return olds[i].contentKey() },
		func(j int) string { return news[j].contentKey() })
	m.byKey(
		func(i int) string { return olds[i].identity },
		func(j int) string { return news[j].identity })
	plainOld, plainNew := plainDocuments(olds), plainDocuments(news)
	plain := newMatch(len(plainOld), len(plainNew))
	c.matchUnnamed(plain, roots(olds, plainOld), roots(news, plainNew), true)
	for j, i := range plain.oldOf {
		if i >= 0 {
			m.pair(plainOld[i], plainNew[j], "")
		}
	}
	// A document that became an object, or ceased to be one, is still the same if it is the only one.
	if len(olds) == 1 && len(news) == 1 && olds[0].isKubernetes() != news[0].isKubernetes() {
		m.pair(0, 0, "")
	}
	moved := map[int]bool{}
	for _, e := range plain.entries(true) {
		if e.moved {
			moved[plainNew[e.new]] = true
		}
	}
	entries := m.entries(false)
	for k, e := range entries {
		entries[k].moved = e.new >= 0 && moved[e.new]
	}
	return entries
}

// contentKey is equal for equal versions of the same object, and empty for what is none.
func (d document) contentKey() string {
	if !d.isKubernetes() {
		return ""
	}
	return d.identity + "\x00" + strconv.FormatUint(d.root.hash, 16)
}

func plainDocuments(docs []document) []int {
	var plain []int
	for i, d := range docs {
		if !d.isKubernetes() {
			plain = append(plain, i)
		}
	}
	return plain
}

func roots(docs []document, at []int) []*node {
	out := make([]*node, len(at))
	for k, i := range at {
		out[k] = docs[i].root
	}
	return out
}
