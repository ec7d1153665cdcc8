package history

import (
	"container/heap"

	"plumb/gitops/objects/index"
)

// mark is what rows need to know to say where an environment stands.
type mark struct {
	place      Place
	touches    index.Set
	live, head index.Set        // What Applied and Tracked lead to.
	liveAt     [2]index.Ordinal // The newest live commit that touches it: of all, and along first parents.
	headAt     [2]index.Ordinal
}

func newMark(s *index.Snapshot, p Place) mark {
	m := mark{place: p, liveAt: nowhere, headAt: nowhere}
	m.touches = s.Touching(true, below(p.Paths))
	applied, ok := s.Find(p.Applied)
	if ok {
		m.live = reach(s, applied)
		m.liveAt = m.newest(s, applied)
	}
	if tracked, ok := s.Find(p.Tracked); ok {
		m.head = reach(s, tracked)
		m.headAt = m.newest(s, tracked)
	}
	return m
}

var nowhere = [2]index.Ordinal{index.Absent, index.Absent}

// touched reports whether the commit changed the environment. One of which it cannot be known counts: a
// history without the trees still says how far each environment is.
func (m *mark) touched(s *index.Snapshot, o index.Ordinal) bool {
	return m.touches.Has(o) || s.Pathed && s.Unknown(o)
}

// newest finds the newest commit that touches the environment among those that a commit leads to.
func (m *mark) newest(s *index.Snapshot, from index.Ordinal) [2]index.Ordinal {
	found := nowhere
	seen := index.NewSet(s.Len())
	queue := &byDate{snapshot: s}
	heap.Push(queue, from)
	seen.Add(from)
	var parents []index.Ordinal
	for queue.Len() > 0 {
		o := heap.Pop(queue).(index.Ordinal)
		if m.touched(s, o) {
			found[0] = o
			break
		}
		if !s.Pathed && s.Unknown(o) {
			break // Nobody can say yet.
		}
		parents = s.Parents(o, parents[:0])
		for _, p := range parents {
			if p != index.Absent && !seen.Has(p) {
				seen.Add(p)
				heap.Push(queue, p)
			}
		}
	}
	for o := from; o != index.Absent; o = s.Parent(o) {
		if m.touched(s, o) {
			found[1] = o
			break
		}
		if !s.Pathed && s.Unknown(o) {
			break
		}
	}
	return found
}
