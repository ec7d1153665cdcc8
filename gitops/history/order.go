package history

import (
	"math"

	"plumb/gitops/objects/index"
)

// queue holds commits that wait for their turn: the newest is first and, of commits of one second, the one that came first.
type queue struct {
	snapshot *index.Snapshot
	heap     []waiting
	came     uint32
}

type waiting struct {
	when   int64
	came   uint32
	commit index.Ordinal
}

func (a waiting) before(b waiting) bool {
	if a.when != b.when {
		return a.when > b.when
	}
	return a.came < b.came
}

func (q *queue) push(o index.Ordinal) {
	w := waiting{q.snapshot.Time(o), q.came, o}
	q.came++
	q.heap = append(q.heap, w)
	i := len(q.heap) - 1
	for i > 0 {
		up := (i - 1) / 2
		if !w.before(q.heap[up]) {
			break
		}
		q.heap[i] = q.heap[up]
		i = up
	}
	q.heap[i] = w
}

// pop takes the first commit out; there must be one.
func (q *queue) pop() waiting {
	first, last := q.heap[0], len(q.heap)-1
	w := q.heap[last]
	q.heap = q.heap[:last]
	i := 0
	for {
		down := 2*i + 1
		if down >= last {
			break
		}
		if right := down + 1; right < last && q.heap[right].before(q.heap[down]) {
			down = right
		}
		if !q.heap[down].before(w) {
			break
		}
		q.heap[i] = q.heap[down]
		i = down
	}
	if last > 0 {
		q.heap[i] = w
	}
	return first
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

// never is before all times that commits have.
const never = math.MinInt64

// unread is the time of the newest commit of a set whose parents were not read yet: what the set lacks is not newer,
// unless somebody's clock was wrong. It is never where nothing is missing any more.
func unread(s *index.Snapshot, set index.Set) int64 {
	newest := int64(never)
	if s.Walked {
		return newest
	}
	var parents []index.Ordinal
	for o := range set.All() {
		parents = s.Parents(o, parents[:0])
		for _, p := range parents {
			if p == index.Absent {
				newest = max(newest, s.Time(o))
			}
		}
	}
	return newest
}

// inOrder lists the commits of a set that the tip leads to: newest first by the date of the committer, and never a parent before its
// child, as git log --date-order does. It ends at the first one that is not newer than a time.
func inOrder(s *index.Snapshot, set index.Set, tip index.Ordinal, after int64) []index.Ordinal {
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
	q := &queue{snapshot: s}
	q.push(tip)
	for len(q.heap) > 0 {
		w := q.pop()
		if w.when <= after {
			break
		}
		order = append(order, w.commit)
		parents = s.Parents(w.commit, parents[:0])
		for _, p := range parents {
			if !set.Has(p) {
				continue
			}
			if children[p]--; children[p] == 0 {
				q.push(p)
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
