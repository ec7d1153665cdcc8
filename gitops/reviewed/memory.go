package reviewed

import (
	"cmp"
	"maps"
	"slices"
)

// memory holds the marks that are set, each with its age: a number that grows with every mark.
type memory struct {
	marks map[Mark]uint64
	last  uint64
}

func newMemory() memory { return memory{marks: map[Mark]uint64{}} }

// apply takes a record in. A mark that is set again keeps its age.
func (m *memory) apply(r record) {
	_, isSet := m.marks[r.mark]
	switch {
	case !r.on:
		delete(m.marks, r.mark)
	case !isSet:
		m.last++
		m.marks[r.mark] = m.last
	}
}

// newest are at most so many marks, the oldest of them first.
func (m *memory) newest(most int) []Mark {
	list := slices.SortedFunc(maps.Keys(m.marks), func(a, b Mark) int { return cmp.Compare(m.marks[a], m.marks[b]) })
	return list[max(0, len(list)-most):]
}

// forget drops the oldest marks where there are more than so many by a quarter; so it is seldom done.
func (m *memory) forget(most int) {
	if len(m.marks) <= most+most/4 {
		return
	}
	kept := make(map[Mark]uint64, most)
	for _, mark := range m.newest(most) {
		kept[mark] = m.marks[mark]
	}
	m.marks = kept
}
