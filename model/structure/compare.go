package structure

import (
	"strconv"
	"strings"

	"plumb/model/diff"
	"plumb/model/text"
)

// The bounds of one comparison.
const (
	maxSteps  = 4_000_000  // Fields looked at to find out which items are alike.
	allCells  = 50_000_000 // Table cells of all exact comparisons of lists.
	maxOutput = 32 << 20   // Bytes of all texts.
)

// comparer compares the trees of two documents.
type comparer struct {
	changes    []Change
	path       []string // Segments, each with its dot or brackets.
	kubernetes bool
	cells      int // What is left of the bounds.
	steps      int
	output     int
}

func (c *comparer) push(segment string) { c.path = append(c.path, segment) }
func (c *comparer) pop()                { c.path = c.path[:len(c.path)-1] }

// field is the key of the current path.
func (c *comparer) field() string {
	if len(c.path) == 0 {
		return ""
	}
	return strings.TrimPrefix(c.path[len(c.path)-1], ".")
}

// emit adds a change of the current path.
func (c *comparer) emit(ch Change) {
	if c.output < 0 {
		return
	}
	path := strings.TrimPrefix(strings.Join(c.path, ""), ".")
	c.output -= len(path) + len(ch.Old.String()) + len(ch.New.String())
	for _, d := range ch.Detail {
		c.output -= len(d.Text.String())
	}
	ch.Path = text.Line(path)
	c.changes = append(c.changes, ch)
}

func (c *comparer) insert(n *node, at Range) {
	c.emit(Change{Op: diff.Insert, New: text.Line(valueText(n)), Detail: c.detailOf(n, diff.Insert), NewLines: at})
}

func (c *comparer) remove(n *node, at Range) {
	c.emit(Change{Op: diff.Delete, Old: text.Line(valueText(n)), Detail: c.detailOf(n, diff.Delete), OldLines: at})
}

// values compares two values of the same path.
func (c *comparer) values(old, new *node, oldAt, newAt Range) {
	switch {
	case equal(old, new) || c.output < 0:
	case old.summary != "" || new.summary != "":
		c.change(old, new, oldAt, newAt)
	case old.kind == mapKind && new.kind == mapKind && old.tag == new.tag:
		c.maps(old, new)
	case old.kind == listKind && new.kind == listKind && old.tag == new.tag,
		old.kind == blocksKind && new.kind == blocksKind:
		c.lists(old, new)
	default:
		c.change(old, new, oldAt, newAt)
	}
}

// change is that of a value that is not looked into.
func (c *comparer) change(old, new *node, oldAt, newAt Range) {
	ch := Change{Op: diff.Change, OldLines: oldAt, NewLines: newAt}
	was, is := valueText(old), valueText(new)
	switch {
	case old.kind != new.kind:
		ch.Kind = text.Line(old.kind.String() + " → " + new.kind.String())
		ch.Detail = append(c.detailOf(old, diff.Delete), c.detailOf(new, diff.Insert)...)
	case old.kind == encryptedKind, old.summary != "" && new.summary != "":
		is += " (changed)"
	case old.kind == stringKind || old.kind == exprKind:
		if ch.Detail = c.changedLines(old.text, new.text); was == is && len(ch.Detail) == 0 {
			was, is = finalNewline(was, old.text), finalNewline(is, new.text)
		}
	default: // Containers with another tag.
		ch.Detail = append(c.detailOf(old, diff.Delete), c.detailOf(new, diff.Insert)...)
	}
	ch.Old, ch.New = text.Line(was), text.Line(is)
	c.emit(ch)
}

func finalNewline(shown, value string) string {
	return shown + ", " + count(len(value)-len(strings.TrimRight(value, "\n")), "final newline")
}

// changedLines answers the lines of two texts that differ, where one of them has several.
func (c *comparer) changedLines(old, new string) []Detail {
	a, b := stringLines(old), stringLines(new)
	if len(a) == 1 && len(b) == 1 {
		return nil
	}
	l := &leaves{}
	more := 0
	add := func(op diff.Op, line string) {
		if l.op = op; len(l.lines) < maxDetail {
			l.add(clip(line))
		} else {
			more++
		}
	}
	i, j := 0, 0
	for _, p := range append(c.common(hashLines(a), hashLines(b)), pair{len(a), len(b)}) {
		for ; i < p.old; i++ {
			add(diff.Delete, a[i])
		}
		for ; j < p.new; j++ {
			add(diff.Insert, b[j])
		}
		i, j = p.old+1, p.new+1
	}
	l.op = diff.Equal
	return l.rest(more)
}

// maps compares by key. The order of the keys is that of the new map, with those that are gone where they were.
func (c *comparer) maps(old, new *node) {
	gone := map[int][]field{} // By the position in old of the field that stays before them; -1 for none.
	stays := -1
	for i, f := range old.fields {
		if new.lookup(f.key) >= 0 {
			stays = i
		} else {
			gone[stays] = append(gone[stays], f)
		}
	}
	removed := func(after int) {
		for _, f := range gone[after] {
			c.push(f.segment())
			if f.value.kind == blocksKind {
				c.lists(f.value, &node{kind: blocksKind})
			} else {
				c.remove(f.value, f.at)
			}
			c.pop()
		}
	}
	removed(-1)
	for _, f := range new.fields {
		at := old.lookup(f.key)
		c.push(f.segment())
		switch {
		case at >= 0:
			was := old.fields[at]
			c.values(was.value, f.value, was.at, f.at)
		case f.value.kind == blocksKind:
			c.lists(&node{kind: blocksKind}, f.value)
		default:
			c.insert(f.value, f.at)
		}
		c.pop()
		if at >= 0 {
			removed(at)
		}
	}
}

// lists compares the items that belong together.
func (c *comparer) lists(old, new *node) {
	single := old.kind == blocksKind && len(old.items) <= 1 && len(new.items) <= 1
	for _, e := range c.match(old, new, c.field()) {
		index := e.new
		if index < 0 {
			index = e.old
		}
		// A block that has no like needs nothing to tell it by.
		if !single {
			c.push(itemSegment(e.label, index))
		}
		switch {
		case e.new < 0:
			c.remove(old.items[e.old], old.items[e.old].at)
		case e.old < 0:
			c.insert(new.items[e.new], new.items[e.new].at)
		default:
			was, is := old.items[e.old], new.items[e.new]
			if e.moved {
				c.moved(was, is, e)
			}
			c.values(was, is, was.at, is.at)
		}
		if !single {
			c.pop()
		}
	}
}

// moved is the change of an item's place. One that has no name is told by its value.
func (c *comparer) moved(was, is *node, e entry) {
	ch := Change{
		Op: diff.Change, Moved: true, OldLines: was.at, NewLines: is.at,
		Old: text.Line("position " + strconv.Itoa(e.old+1)),
		New: text.Line("position " + strconv.Itoa(e.new+1)),
	}
	if e.label == "" {
		ch.Detail = []Detail{{Op: diff.Equal, Text: text.Line(valueText(is))}}
	}
	c.emit(ch)
}
