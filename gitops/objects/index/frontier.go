package index

import "plumb/gitops/objects/packs"

// frontier is a heap of commits that were read and whose parents were not, newest first.
type frontier []waiting

// waiting is one of them, with the ids of its parents.
type waiting struct {
	when    int64
	commit  Ordinal
	count   uint32 // Of the parents.
	first   packs.ID
	further []packs.ID
}

func newWaiting(o Ordinal, r *record) waiting {
	w := waiting{when: r.when.seconds(), commit: o, count: uint32(len(r.parents))}
	if len(r.parents) > 0 {
		w.first = r.parents[0]
		w.further = append(w.further, r.parents[1:]...)
	}
	return w
}

func (w *waiting) parent(i uint32) packs.ID {
	if i == 0 {
		return w.first
	}
	return w.further[i-1]
}

// before reports whether a commit is passed on before another one: the newer, and of two of one second the one that was read first.
func (w *waiting) before(v *waiting) bool {
	if w.when != v.when {
		return w.when > v.when
	}
	return w.commit < v.commit
}

func (f *frontier) push(w waiting) {
	h := append(*f, w)
	*f = h
	i := len(h) - 1
	for i > 0 {
		up := (i - 1) / 2
		if !w.before(&h[up]) {
			break
		}
		h[i] = h[up]
		i = up
	}
	h[i] = w
}

// pop takes the newest commit out, of which there must be one.
func (f *frontier) pop() waiting {
	h := *f
	top, last := h[0], h[len(h)-1]
	h[len(h)-1] = waiting{}
	h = h[:len(h)-1]
	*f = h
	if len(h) == 0 {
		return top
	}
	i := 0
	for {
		down := 2*i + 1
		if down >= len(h) {
			break
		}
		if down+1 < len(h) && h[down+1].before(&h[down]) {
			down++
		}
		if !h[down].before(&last) {
			break
		}
		h[i] = h[down]
		i = down
	}
	h[i] = last
	return top
}

// commits are those of the frontier, as a set with room for the commits below n.
func (f frontier) commits(n int) Set {
	if len(f) == 0 {
		return nil
	}
	s := NewSet(n)
	for i := range f {
		s.Add(f[i].commit)
	}
	return s
}
