package history

import (
	"container/heap"

	"plumb/gitops/objects/index"
)

// byDate is a heap of commits, the newest on top; of commits of one second the one that came first.
type byDate struct {
	snapshot *index.Snapshot
	commits  []index.Ordinal
	came     []int
	count    int
}

func (h *byDate) Len() int { return len(h.commits) }
func (h *byDate) Less(i, j int) bool {
	a, b := h.snapshot.Time(h.commits[i]), h.snapshot.Time(h.commits[j])
	if a != b {
		return a > b
	}
	return h.came[i] < h.came[j]
}
func (h *byDate) Swap(i, j int) {
	h.commits[i], h.commits[j] = h.commits[j], h.commits[i]
	h.came[i], h.came[j] = h.came[j], h.came[i]
}
func (h *byDate) Push(x any) {
	h.commits, h.came = append(h.commits, x.(index.Ordinal)), append(h.came, h.count)
	h.count++
}
func (h *byDate) Pop() any {
	last := len(h.commits) - 1
	o := h.commits[last]
	h.commits, h.came = h.commits[:last], h.came[:last]
	return o
}

// reach is the set of commits that are one of these or an ancestor of one.
func reach(s *index.Snapshot, from ...index.Ordinal) index.Set {
	set := index.NewSet(s.Len())
	var stack, parents []index.Ordinal
	add := func(o index.Ordinal) {
		if o != index.Absent && !set.Has(o) {
			set.Add(o)
			stack = append(stack, o)
		}
	}
	for _, o := range from {
		add(o)
	}
	for len(stack) > 0 {
		o := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		parents = s.Parents(o, parents[:0])
		for _, p := range parents {
			add(p)
		}
	}
	return set
}

// inOrder lists the commits of a set that the tip leads to: newest first by the date of the committer, and never a parent before its
// child, as git log --date-order does. Of a snapshot that is still growing it lists what will not change
// any more: it ends where a commit's parents have not been read.
func inOrder(s *index.Snapshot, set index.Set, tip index.Ordinal) []index.Ordinal {
	if !set.Has(tip) {
		return nil
	}
	children := make([]uint32, s.Len())
	var parents []index.Ordinal
	for o := range set.All() {
		parents = s.Parents(o, parents[:0])
		for _, p := range parents {
			if set.Has(p) {
				children[p]++
			}
		}
	}
	order := make([]index.Ordinal, 0, set.Len())
	queue := &byDate{snapshot: s}
	heap.Push(queue, tip)
	for queue.Len() > 0 {
		o := heap.Pop(queue).(index.Ordinal)
		order = append(order, o)
		parents = s.Parents(o, parents[:0])
		for _, p := range parents {
			if p == index.Absent && !s.Walked {
				return order
			}
			if !set.Has(p) {
				continue
			}
			if children[p]--; children[p] == 0 {
				heap.Push(queue, p)
			}
		}
	}
	return order
}

// alongFirst lists a commit and its first parents, as far as they are in the set.
func alongFirst(s *index.Snapshot, set index.Set, tip index.Ordinal) []index.Ordinal {
	var line []index.Ordinal
	for o := tip; o != index.Absent && set.Has(o); o = s.Parent(o) {
		line = append(line, o)
	}
	return line
}
