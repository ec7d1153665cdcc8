package history

import (
	"cmp"
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
	view     *View
	listing  Listing
	unfolded index.Set // The merges of the listing.
	list     []index.Ordinal
	listed   index.Set
	inner    []bool // Whether the row was brought by the merge above it that is unfolded; nil where none is.
}

// Rows lists the view.
func (v *View) Rows(l Listing) *Rows {
	r := &Rows{view: v, listing: l}
	for id, is := range l.Unfolded {
		if o, ok := v.of.snapshot.Find(id); ok && is && v.in.Has(o) {
			if r.unfolded == nil {
				r.unfolded = index.NewSet(v.of.snapshot.Len())
			}
			r.unfolded.Add(o)
		}
	}
	switch {
	case !l.FirstParent && l.Only == nil:
		r.list, r.listed = v.order, v.in
		return r
	case !l.FirstParent:
		r.list = v.ordered(v.order, l.Only.set)
	case l.Only == nil:
		r.list = v.line
	default:
		r.list = v.ordered(v.line, v.rolledUp(l.Only.set))
	}
	if l.FirstParent && r.unfolded != nil {
		r.unfold()
	}
	r.listed = index.NewSet(v.of.snapshot.Len())
	for _, o := range r.list {
		r.listed.Add(o)
	}
	return r
}

// ordered are those of the commits that are in a set.
func (v *View) ordered(commits []index.Ordinal, set index.Set) []index.Ordinal {
	list := make([]index.Ordinal, 0, min(len(commits), set.Len()))
	for _, o := range commits {
		if set.Has(o) {
			list = append(list, o)
		}
	}
	return list
}

// rolledUp is a set with the merges that brought what is in it.
func (v *View) rolledUp(set index.Set) index.Set {
	up := index.NewSet(v.of.snapshot.Len())
	for o := range set.All() {
		if i, ok := v.brought(o); ok {
			up.Add(v.line[i])
		} else {
			up.Add(o)
		}
	}
	return up
}

// unfold puts below each merge of the list that is unfolded what it brought.
func (r *Rows) unfold() {
	v := r.view
	brought := map[index.Ordinal][]index.Ordinal{}
	for _, o := range v.order {
		if r.listing.Only != nil && !r.listing.Only.set.Has(o) {
			continue
		}
		if i, ok := v.brought(o); ok && r.unfolded.Has(v.line[i]) {
			brought[v.line[i]] = append(brought[v.line[i]], o)
		}
	}
	if len(brought) == 0 {
		return
	}
	line := r.list
	r.list = make([]index.Ordinal, 0, len(line)+len(brought))
	for _, o := range line {
		r.list, r.inner = append(r.list, o), append(r.inner, false)
		for _, b := range brought[o] {
			r.list, r.inner = append(r.list, b), append(r.inner, true)
		}
	}
}

// Len is how many rows there are.
func (r *Rows) Len() int { return len(r.list) }

// Hash is the commit of a row.
func (r *Rows) Hash(row int) model.Hash { return r.view.of.snapshot.Hash(r.list[row]) }

// StartsWith reports whether the id of a row's commit begins with these hexadecimal digits.
func (r *Rows) StartsWith(row int, digits string) bool {
	return r.view.of.snapshot.StartsWith(r.list[row], digits)
}

// Find is the row of a commit.
func (r *Rows) Find(id model.Hash) (row int, ok bool) {
	o, ok := r.view.of.snapshot.Find(id)
	if !ok {
		return 0, false
	}
	return r.find(o)
}

func (r *Rows) find(o index.Ordinal) (row int, ok bool) {
	if !r.listed.Has(o) {
		return 0, false
	}
	if r.inner != nil {
		return slices.Index(r.list, o), true
	}
	place := r.view.place
	return slices.BinarySearchFunc(r.list, o, func(a, b index.Ordinal) int { return cmp.Compare(place[a], place[b]) })
}

// FindFolded is the row of the merge that brought a commit which has no row of its own.
func (r *Rows) FindFolded(id model.Hash) (row int, ok bool) {
	o, ok := r.view.of.snapshot.Find(id)
	if !ok {
		return 0, false
	}
	i, ok := r.view.brought(o)
	if !ok {
		return 0, false
	}
	return r.find(r.view.line[i])
}

// Since is the first row that is not newer than the time, in seconds since 1970.
func (r *Rows) Since(seconds int64) (row int, ok bool) {
	row = slices.IndexFunc(r.list, func(o index.Ordinal) bool { return r.view.of.snapshot.Time(o) <= seconds })
	return row, row >= 0
}

// Complete reports whether no row will be added below the last.
func (r *Rows) Complete() bool { return r.view.Progress.Walked }

// IsKnown reports whether all is known that the entry of a row says: which environments its commit touches, and whether it is live.
func (r *Rows) IsKnown(row int) bool {
	v, o := r.view, r.list[row]
	return !v.unknown.Has(o) && v.of.snapshot.Time(o) > v.unsettled
}

// IsInner reports whether the row was brought by an unfolded merge above it.
func (r *Rows) IsInner(row int) bool { return r.inner != nil && r.inner[row] }

// IsFolded reports whether the row is a merge that stands for commits which are not listed.
func (r *Rows) IsFolded(row int) bool {
	o := r.list[row]
	return r.listing.FirstParent && !r.IsInner(row) && r.view.of.snapshot.ParentCount(o) > 1 && !r.unfolded.Has(o)
}

// ID is the number of a row's commit in the graph.
func (r *Rows) ID(row int) uint32 { return uint32(r.list[row]) }

// Parents are the numbers of a row's parents in the graph. Those without a row are absent; those of a folded merge, but
// for the first, are left out.
func (r *Rows) Parents(row int) []uint32 {
	var few [4]index.Ordinal
	parents := r.view.of.snapshot.Parents(r.list[row], few[:0])
	if r.IsFolded(row) {
		parents = parents[:1]
	}
	numbers := make([]uint32, len(parents))
	for i, p := range parents {
		if !r.listed.Has(p) {
			p = index.Absent
		}
		numbers[i] = uint32(p)
	}
	return numbers
}

// Entry is what there is to say of a row.
func (r *Rows) Entry(row int) Entry {
	v, o := r.view, r.list[row]
	s := v.of.snapshot
	e := Entry{Commit: s.Commit(o), IsSigned: s.IsSigned(o)}
	e.Refs = v.of.tips.at[e.Hash]
	e.Request, _ = request.Of(e.Commit)
	for i := range v.marks {
		m := &v.marks[i]
		if r.newest(m.liveAt) == o {
			e.LiveAt = append(e.LiveAt, m.place.Environment)
		}
		if r.newest(m.headAt) == o {
			e.HeadAt = append(e.HeadAt, m.place.Environment)
		}
		if !m.touches.Has(o) {
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
				ids = append(ids, v.of.snapshot.Hash(v.line[at]))
			}
		}
	}
	return ids
}

// MergesRequests reports whether the newest rows along first parents are mostly read as merged pull or merge requests.
func (v *View) MergesRequests() bool {
	newest := make([]model.Commit, 0, 100)
	for _, o := range v.line[:min(len(v.line), cap(newest))] {
		newest = append(newest, v.of.snapshot.Commit(o))
	}
	return request.IsUsedIn(newest)
}
