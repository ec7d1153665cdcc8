package history

import (
	"slices"

	"plumb/gitops/objects/index"
	"plumb/model"
	"plumb/model/request"
)

// Listing says how a view is listed.
type Listing struct {
	FirstParent bool                // One row for a merge, whatever it brought.
	Unfolded    map[model.Hash]bool // Merges whose commits are listed all the same.
	Only        *Matches            // Only commits that match; nil for all.
}

// Rows are a view as it is listed. They never change, and may be read from several goroutines at once. They are the graph that
// [lanes.Layout] lays out.
type Rows struct {
	view    *View
	listing Listing
	list    []index.Ordinal
	inner   []bool // Whether the row was brought by the merge above it that is unfolded; nil where none is.
	listed  index.Set
}

// Rows lists the view.
func (v *View) Rows(l Listing) *Rows {
	r := &Rows{view: v, listing: l}
	switch {
	case !l.FirstParent && l.Only == nil:
		r.list = v.order
	case !l.FirstParent:
		for _, o := range v.order {
			if l.Only.set.Has(o) {
				r.list = append(r.list, o)
			}
		}
	case len(l.Unfolded) == 0 && l.Only == nil:
		r.list = v.line
	default:
		r.unfold()
	}
	r.listed = index.NewSet(v.snapshot.Len())
	for _, o := range r.list {
		r.listed.Add(o)
	}
	return r
}

// unfold lists the line, and below each merge that is unfolded what it brought. Where only what matches is listed, a merge
// stands for the matches that it brought.
func (r *Rows) unfold() {
	v, only := r.view, r.listing.Only
	brought := map[int][]index.Ordinal{} // By index in the line.
	matches := index.NewSet(len(v.line))
	for _, o := range v.order {
		if only != nil && !only.set.Has(o) {
			continue
		}
		i, ok := v.brought(o)
		if !ok {
			continue
		}
		matches.Add(index.Ordinal(i))
		if r.listing.Unfolded[v.snapshot.Hash(v.line[i])] {
			brought[i] = append(brought[i], o)
		}
	}
	for i, o := range v.line {
		if only != nil && !only.set.Has(o) && !matches.Has(index.Ordinal(i)) {
			continue
		}
		r.list, r.inner = append(r.list, o), append(r.inner, false)
		for _, b := range brought[i] {
			r.list, r.inner = append(r.list, b), append(r.inner, true)
		}
	}
}

// Len is how many rows there are.
func (r *Rows) Len() int { return len(r.list) }

// Hash is the commit of a row.
func (r *Rows) Hash(row int) model.Hash { return r.view.snapshot.Hash(r.list[row]) }

// StartsWith reports whether the id of a row's commit begins with these hexadecimal digits.
func (r *Rows) StartsWith(row int, digits string) bool {
	return r.view.snapshot.StartsWith(r.list[row], digits)
}

// Find is the row of a commit.
func (r *Rows) Find(id model.Hash) (row int, ok bool) {
	o, ok := r.view.snapshot.Find(id)
	if !ok || !r.listed.Has(o) {
		return 0, false
	}
	row = slices.Index(r.list, o)
	return row, row >= 0
}

// FindFolded is the row of the merge that brought a commit which has no row of its own.
func (r *Rows) FindFolded(id model.Hash) (row int, ok bool) {
	o, ok := r.view.snapshot.Find(id)
	if !ok {
		return 0, false
	}
	i, ok := r.view.brought(o)
	if !ok {
		return 0, false
	}
	row = slices.Index(r.list, r.view.line[i])
	return row, row >= 0
}

// Since is the first row that is not newer than the time, in seconds since 1970.
func (r *Rows) Since(seconds int64) (row int, ok bool) {
	row = slices.IndexFunc(r.list, func(o index.Ordinal) bool { return r.view.snapshot.Time(o) <= seconds })
	return row, row >= 0
}

// Complete reports whether no row will be added below the last.
func (r *Rows) Complete() bool { return r.view.Progress.Walked }

// IsKnown reports whether it is known what a row's commit changed, and so which environments it touches, as far as that can be known at all.
func (r *Rows) IsKnown(row int) bool {
	s := r.view.snapshot
	return s.Pathed || !s.Unknown(r.list[row])
}

// IsInner reports whether the row was brought by an unfolded merge above it.
func (r *Rows) IsInner(row int) bool { return r.inner != nil && r.inner[row] }

// IsFolded reports whether the row is a merge that stands for commits which are not listed.
func (r *Rows) IsFolded(row int) bool {
	s, o := r.view.snapshot, r.list[row]
	return r.listing.FirstParent && !r.IsInner(row) && s.ParentCount(o) > 1 && !r.listing.Unfolded[s.Hash(o)]
}

// ID is the number of a row's commit in the graph.
func (r *Rows) ID(row int) uint32 { return uint32(r.list[row]) }

// Parents are the numbers of a row's parents in the graph. Those without a row are absent; those of a folded merge, but
// for the first, are left out.
func (r *Rows) Parents(row int) []uint32 {
	s := r.view.snapshot
	parents := s.Parents(r.list[row], nil)
	if r.IsFolded(row) {
		parents = parents[:1]
	}
	numbers := make([]uint32, len(parents))
	for i, p := range parents {
		if p != index.Absent && !r.listed.Has(p) {
			p = index.Absent
		}
		numbers[i] = uint32(p)
	}
	return numbers
}

// Entry is what there is to say of a row.
func (r *Rows) Entry(row int) Entry {
	v, o := r.view, r.list[row]
	s := v.snapshot
	e := Entry{Commit: s.Commit(o), IsSigned: s.IsSigned(o)}
	e.Refs = v.refs[e.Hash]
	e.Request, _ = request.Of(e.Commit)
	for i := range v.marks {
		m := &v.marks[i]
		if r.newest(m.liveAt) == o {
			e.LiveAt = append(e.LiveAt, m.place.Environment)
		}
		if r.newest(m.headAt) == o {
			e.HeadAt = append(e.HeadAt, m.place.Environment)
		}
		if !m.touched(s, o) {
			continue
		}
		e.Touches = append(e.Touches, m.place.Environment)
		if m.live.Has(o) {
			e.Live = append(e.Live, m.place.Environment)
		}
	}
	return e
}

// newest is which of two commits, the newest of all and the newest along first parents, has a mark in this list.
func (r *Rows) newest(of [2]index.Ordinal) index.Ordinal {
	if r.listing.FirstParent && !r.listed.Has(of[0]) {
		return of[1]
	}
	return of[0]
}

// Standing are the merges along first parents that brought what an environment is at: an adoption or a rollback is a
// commit beside the line. Where merges are folded, they hide it.
func (v *View) Standing() []model.Hash {
	var ids []model.Hash
	for i := range v.marks {
		for _, o := range []index.Ordinal{v.marks[i].liveAt[0], v.marks[i].headAt[0]} {
			if o == index.Absent {
				continue
			}
			if at, ok := v.brought(o); ok {
				ids = append(ids, v.snapshot.Hash(v.line[at]))
			}
		}
	}
	return ids
}

// MergesRequests reports whether the newest rows along first parents are mostly read as merged pull or merge requests.
func (v *View) MergesRequests() bool {
	newest := make([]model.Commit, 0, 100)
	for _, o := range v.line[:min(len(v.line), cap(newest))] {
		newest = append(newest, v.snapshot.Commit(o))
	}
	return request.IsUsedIn(newest)
}
