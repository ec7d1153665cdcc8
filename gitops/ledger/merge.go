package ledger

import (
	"container/heap"
	"maps"
	"slices"
	"time"
)

// merged are the entries of all logs in one order: by time, but never one of a log before those that it follows. It is kept
// from one reading to the next, because most often only a few entries at its end are new.
type merged struct {
	entries []Entry
	took    map[string]int // By log, how many.
	latest  time.Time
}

// all merges what the logs have beyond what was taken already.
func (m *merged) all(logs map[string]chain) []Entry {
	cursors := m.beyond(logs)
	if len(cursors) > 0 && len(m.entries) > 0 && cursors[0].at.Before(m.latest) {
		*m = merged{} // Something older came late.
		cursors = m.beyond(logs)
	}
	for len(cursors) > 0 {
		c := &cursors[0]
		m.entries, m.latest = append(m.entries, c.rest[0]), c.at
		if c.rest = c.rest[1:]; len(c.rest) == 0 {
			heap.Pop(&cursors)
			continue
		}
		c.advance()
		heap.Fix(&cursors, 0)
	}
	return slices.Clip(m.entries)
}

// beyond are the logs that have more, the one with the oldest entry first.
func (m *merged) beyond(logs map[string]chain) cursors {
	var list cursors
	took := make(map[string]int, len(logs))
	for i, ref := range slices.Sorted(maps.Keys(logs)) {
		entries := logs[ref].entries
		took[ref] = len(entries)
		if n := m.took[ref]; n < len(entries) {
			c := cursor{order: i, rest: entries[n:]}
			for _, e := range entries[:n] {
				c.at = latest(c.at, e.At)
			}
			c.advance()
			list = append(list, c)
		}
	}
	m.took = took
	heap.Init(&list)
	return list
}

// cursor is how far a log was merged.
type cursor struct {
	at    time.Time // Of the next entry, and not before those that it follows.
	order int       // Among logs with entries of the same time.
	rest  []Entry
}

func (c *cursor) advance() { c.at = latest(c.at, c.rest[0].At) }

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// cursors are a heap, see container/heap.
type cursors []cursor

func (c cursors) Len() int      { return len(c) }
func (c cursors) Swap(i, j int) { c[i], c[j] = c[j], c[i] }
func (c cursors) Less(i, j int) bool {
	if d := c[i].at.Compare(c[j].at); d != 0 {
		return d < 0
	}
	return c[i].order < c[j].order
}
func (c *cursors) Push(x any) { *c = append(*c, x.(cursor)) }
func (c *cursors) Pop() any {
	last := (*c)[len(*c)-1]
	*c = (*c)[:len(*c)-1]
	return last
}
