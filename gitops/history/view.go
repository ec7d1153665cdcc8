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

	of    of
	isCut bool            // There is more below, which is not read yet.
	order []index.Ordinal // All commits of the range.
	line  []index.Ordinal // Those along first parents.
	in    index.Set       // The commits of order.
	place []uint32        // Per commit: one more than its index in order; 0 for those that are not in it.

	marks     []mark
	unknown   index.Set // Commits of which it was not known yet what they changed; nil when that is known of all.
	unsettled int64     // Commits up to this time may still get marks.

	owning sync.Once
	owner  []uint32 // Per commit: one more than the index in line of the merge that brought it.

	answers answers
}

// of is what a view is of: two views of the same are the same.
type of struct {
	snapshot *index.Snapshot
	tips     *tips
	tip, out index.Ordinal
	isOpen   bool // There is something to leave out that is not read yet.
}

// View looks at history now: at what is indexed so far. It takes milliseconds, and longer only for a very long history, or for
// a revision that no branch, tag or environment leads to, which is read first. While history is being read a view
// is its newest part: what is listed once stays, unless a clock was wrong or somebody rewrote history.
//
// An unborn HEAD has an empty history; a revision that does not exist is an error that wraps [objects.ErrNotFound].
func (h *History) View(ctx context.Context, r Range) (*View, error) {
	now, err := h.ends(ctx, r)
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	last := h.last
	h.mu.Unlock()
	if last != nil && last.of == now && last.Range == r {
		return last, nil
	}
	v := &View{Range: r, Progress: progress(now.snapshot), of: now}
	v.list()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	// While what is new is still being read, the reader keeps what was there before.
	if v.isCut && last != nil && last.Range == r && last.Len() > v.Len() {
		return last, nil
	}
	v.mark(now.tips.places)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.last = v
	return v, ctx.Err()
}

// ends finds the ends of a range. [index.Absent] stands for one that is not read yet, and for none.
func (h *History) ends(ctx context.Context, r Range) (of, error) {
	h.mu.Lock()
	now := of{tips: h.tips, snapshot: h.index.Snapshot(), tip: index.Absent, out: index.Absent}
	h.mu.Unlock()
	ids := make([]model.Hash, 0, 2)
	id, err := h.resolve(ctx, r.From)
	if r.From == "" && errors.Is(err, objects.ErrNotFound) && !errors.As(err, new(*objects.MissingError)) {
		return now, nil
	}
	if err != nil {
		return now, err
	}
	ids = append(ids, id)
	if r.Exclude != "" {
		if id, err = h.resolve(ctx, r.Exclude); err != nil {
			return now, err
		}
		ids = append(ids, id)
	}
	s, at, err := h.find(ctx, now.snapshot, ids)
	if err != nil {
		return now, err
	}
	now.snapshot, now.tip = s, at[0]
	if len(at) > 1 {
		now.out, now.isOpen = at[1], at[1] == index.Absent
	}
	return now, nil
}

// resolve finds the commit of a revision.
func (h *History) resolve(ctx context.Context, revision string) (model.Hash, error) {
	if revision == "" {
		revision = "HEAD"
	}
	id, err := h.store.Resolve(ctx, revision)
	if err != nil {
		return "", fmt.Errorf("find the revision %q: %w", revision, err)
	}
	return id, nil
}

// find finds commits in a snapshot. Where all of history was read and one of them is not there, then no branch, tag
// or environment leads to it: it is read too, and the snapshot is another one. [index.Absent] stands for what is not read yet.
func (h *History) find(ctx context.Context, s *index.Snapshot, ids []model.Hash) (*index.Snapshot, []index.Ordinal, error) {
	at, missing := lookUp(s, ids)
	if missing == "" || !s.Walked {
		return s, at, nil
	}
	h.mu.Lock()
	tips := append(slices.Clone(h.tips.ids), ids...)
	h.mu.Unlock()
	if err := h.index.Update(ctx, tips); err != nil {
		return s, nil, err
	}
	s = h.index.Snapshot()
	if at, missing = lookUp(s, ids); missing != "" && s.Walked {
		return s, nil, fmt.Errorf("read history from %s: %w", missing.Short(), &objects.MissingError{ID: missing})
	}
	return s, at, nil
}

// lookUp answers the ordinals of commits, and one that is not there.
func lookUp(s *index.Snapshot, ids []model.Hash) (at []index.Ordinal, missing model.Hash) {
	for _, id := range ids {
		o, ok := s.Find(id)
		if !ok {
			o, missing = index.Absent, id
		}
		at = append(at, o)
	}
	return at, missing
}

// list finds the commits of the range and puts them in order.
func (v *View) list() {
	s := v.of.snapshot
	v.place = make([]uint32, s.Len())
	if v.of.tip == index.Absent || v.of.isOpen {
		v.isCut = !s.Walked
		return
	}
	v.in = reach(s, v.of.tip)
	cut := unread(s, v.in)
	if v.of.out != index.Absent {
		out := reach(s, v.of.out)
		cut = max(cut, unread(s, out))
		v.in.AndNot(out)
	}
	v.isCut = cut > never
	v.order = inOrder(s, v.in, v.of.tip, cut)
	v.line = alongFirst(s, v.in, v.of.tip)
	for i, o := range v.order {
		v.place[o] = uint32(i) + 1
	}
	if v.isCut {
		v.in = index.NewSet(s.Len())
		for _, o := range v.order {
			v.in.Add(o)
		}
		n := 0
		for n < len(v.line) && v.in.Has(v.line[n]) {
			n++
		}
		v.line = v.line[:n]
	}
}

// Len is how many commits the range has.
func (v *View) Len() int { return len(v.order) }

// Has reports whether a commit is in the range.
func (v *View) Has(id model.Hash) bool {
	o, ok := v.of.snapshot.Find(id)
	return ok && v.in.Has(o)
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
	s := v.of.snapshot
	v.owner = make([]uint32, s.Len())
	in := slices.Clone(v.in)
	for _, o := range v.line {
		in.Remove(o)
	}
	var stack, parents []index.Ordinal
	for i, merge := range slices.Backward(v.line) {
		stack = append(stack[:0], merge)
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
