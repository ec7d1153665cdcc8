package structure

import "hash/maphash"

// entry is one item of the result of matching two lists: on both sides, or on one with -1 for the other.
type entry struct {
	old, new int
	label    string // What the item is called in a path; empty for its position.
	moved    bool
}

// match says which items of two lists belong together.
type match struct {
	newOf, oldOf       []int // The partner of each item, or -1.
	oldLabel, newLabel []string
}

func newMatch(olds, news int) *match {
	m := &match{newOf: make([]int, olds), oldOf: make([]int, news), oldLabel: make([]string, olds), newLabel: make([]string, news)}
	for i := range m.newOf {
		m.newOf[i] = -1
	}
	for j := range m.oldOf {
		m.oldOf[j] = -1
	}
	return m
}

func (m *match) pair(i, j int, label string) {
	m.newOf[i], m.oldOf[j] = j, i
	if label != "" {
		m.oldLabel[i], m.newLabel[j] = label, label
	}
}

// byKey pairs what is left by a key that is equal on both sides, the first with the first. An empty key matches nothing.
func (m *match) byKey(oldKey, newKey func(int) string) {
	places := map[string][]int{}
	for i, j := range m.newOf {
		if j < 0 {
			if key := oldKey(i); key != "" {
				places[key] = append(places[key], i)
			}
		}
	}
	for j, i := range m.oldOf {
		if i >= 0 {
			continue
		}
		if key := newKey(j); key != "" && len(places[key]) > 0 {
			m.pair(places[key][0], j, "")
			places[key] = places[key][1:]
		}
	}
}

// entries answers all items in the order of new, those that are gone after the item that they followed. With ordered, the
// fewest items that must have moved are marked.
func (m *match) entries(ordered bool) []entry {
	gone := map[int][]int{} // By the item of old that stays before them; -1 for none.
	stays := -1
	for i, j := range m.newOf {
		if j >= 0 {
			stays = i
		} else {
			gone[stays] = append(gone[stays], i)
		}
	}
	var pairs []pair
	for j, i := range m.oldOf {
		if i >= 0 {
			pairs = append(pairs, pair{i, j})
		}
	}
	moved := make(map[int]bool)
	if ordered {
		for k, stays := range rising(pairs) {
			if !stays {
				moved[pairs[k].new] = true
			}
		}
	}
	out := make([]entry, 0, len(m.newOf)+len(m.oldOf)-len(pairs))
	removed := func(after int) {
		for _, i := range gone[after] {
			out = append(out, entry{old: i, new: -1, label: m.oldLabel[i]})
		}
	}
	removed(-1)
	for j, i := range m.oldOf {
		out = append(out, entry{old: i, new: j, label: m.newLabel[j], moved: moved[j]})
		if i >= 0 {
			removed(i)
		}
	}
	return out
}

func hashes(items []*node) []uint64 {
	out := make([]uint64, len(items))
	for i, item := range items {
		out[i] = item.hash
	}
	return out
}

func hashLines(rows []string) []uint64 {
	out := make([]uint64, len(rows))
	for i, row := range rows {
		out[i] = maphash.String(seed, row)
	}
	return out
}
