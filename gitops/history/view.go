package history

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"plumb/gitops/objects"
	"plumb/gitops/objects/index"
	"plumb/model"
)

// Range is the part of history to look at.
type Range struct {
	From    string // A revision; empty for HEAD.
	Exclude string // Leave out what this revision has; empty for nothing.
}

// View is history as it looks from a revision at one moment. It never changes, and may be read from several goroutines at once.
type View struct {
	Range    Range
	Progress Progress

	snapshot *index.Snapshot
	order    []index.Ordinal // All commits of the range.
	line     []index.Ordinal // Those along first parents.
	marks    []mark
	refs     map[model.Hash][]objects.Ref

	owning sync.Once
	owner  []uint32 // Per commit: one more than the index in line of the merge that brought it.
}

// View looks at history now: at what is indexed so far. It takes milliseconds, and longer only for a very long history.
// An unborn HEAD has an empty history; a revision that does not exist is an error that wraps [objects.ErrNotFound].
func (h *History) View(ctx context.Context, r Range) (*View, error) {
	s := h.index.Snapshot()
	h.mu.Lock()
	places, refs := h.places, h.refs
	h.mu.Unlock()
	v := &View{Range: r, Progress: progress(s), snapshot: s, refs: map[model.Hash][]objects.Ref{}}
	for _, ref := range refs {
		v.refs[ref.Hash] = append(v.refs[ref.Hash], ref)
	}
	tip, err := h.resolve(ctx, s, r.From)
	if err != nil {
		if r.From == "" && errors.Is(err, objects.ErrNotFound) {
			return v, nil
		}
		return nil, err
	}
	if tip == index.Absent {
		return v, nil // Not read yet.
	}
	set := reach(s, tip)
	if r.Exclude != "" {
		out, err := h.resolve(ctx, s, r.Exclude)
		if err != nil {
			return nil, err
		}
		if out != index.Absent {
			set.AndNot(reach(s, out))
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	v.order = inOrder(s, set, tip)
	v.line = alongFirst(s, set, tip)
	if !s.Walked {
		v.line = known(v.line, v.order)
	}
	for _, p := range places {
		v.marks = append(v.marks, newMark(s, p))
	}
	return v, ctx.Err()
}

// known is the part of a line whose commits are listed already: what is not will come between.
func known(line, order []index.Ordinal) []index.Ordinal {
	if len(order) == 0 {
		return nil
	}
	listed := index.NewSet(int(slices.Max(order)) + 1)
	for _, o := range order {
		listed.Add(o)
	}
	n := 0
	for n < len(line) && listed.Has(line[n]) {
		n++
	}
	return line[:n]
}

// resolve finds a revision among the commits; [index.Absent] for one that is not read yet.
func (h *History) resolve(ctx context.Context, s *index.Snapshot, revision string) (index.Ordinal, error) {
	if revision == "" {
		revision = "HEAD"
	}
	id, err := h.store.Resolve(ctx, revision)
	if err != nil {
		return index.Absent, fmt.Errorf("find the revision %q: %w", revision, err)
	}
	if o, ok := s.Find(id); ok {
		return o, nil
	}
	return index.Absent, nil
}

// Len is how many commits the range has.
func (v *View) Len() int { return len(v.order) }

// Has reports whether a commit is in the range.
func (v *View) Has(id model.Hash) bool {
	o, ok := v.snapshot.Find(id)
	return ok && slices.Contains(v.order, o)
}

// brought is the merge along the first parents that brought a commit of the range, as an index in line; not ok for
// a commit that is in the line itself.
func (v *View) brought(o index.Ordinal) (int, bool) {
	v.owning.Do(v.own)
	if int(o) >= len(v.owner) || v.owner[o] == 0 {
		return 0, false
	}
	return int(v.owner[o]) - 1, true
}

// own finds for each commit the merge that brought it: the oldest one that leads to it.
func (v *View) own() {
	s := v.snapshot
	v.owner = make([]uint32, s.Len())
	in := index.NewSet(s.Len())
	for _, o := range v.order {
		in.Add(o)
	}
	for _, o := range v.line {
		in.Remove(o)
	}
	var stack, parents []index.Ordinal
	for i := len(v.line) - 1; i >= 0; i-- {
		stack = append(stack[:0], v.line[i])
		for len(stack) > 0 {
			o := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			parents = s.Parents(o, parents[:0])
			for _, p := range parents {
				if in.Has(p) {
					in.Remove(p)
					v.owner[p] = uint32(i) + 1
					stack = append(stack, p)
				}
			}
		}
	}
}
