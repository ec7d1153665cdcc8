package history

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"plumb/gitops/objects/index"
	"plumb/model"
	"plumb/model/filter"
)

// Wanted says which commits to find.
type Wanted struct {
	Filter      filter.Filter
	Below       []string // Only commits that changed one of these files, or a file in one of these directories; empty for all.
	FirstParent bool     // Only commits along first parents, and of merges what they changed against their first parent.
	Folded      bool     // Merges along first parents count for what they changed against their first parent, as where they are one row.
}

// Matches are the commits of a view that are wanted. They never change, and may be read from several goroutines at once.
type Matches struct {
	Wanted Wanted
	Done   bool // No more will be found.
	Looked int  // Of commits whose contents are searched: how many were, of Of.
	Of     int

	view    *View
	set     index.Set
	listing sync.Once
	places  []uint32 // Where the matches are in the order of the view.
}

// Len is how many there are.
func (m *Matches) Len() int { return m.set.Len() }

// Has reports whether the commit of a row is one.
func (m *Matches) Has(r *Rows, row int) bool { return m.set.Has(r.list[row]) }

// Next is the nearest match after or, with a negative step, before a commit, in the order of the view; round the end
// it begins again.
func (m *Matches) Next(from model.Hash, step int) (id model.Hash, ok bool) {
	places := m.list()
	if len(places) == 0 {
		return "", false
	}
	at, isMatch := m.find(from)
	switch {
	case step < 0:
		at--
	case isMatch:
		at++
	}
	at = (at + len(places)) % len(places)
	return m.view.of.snapshot.Hash(m.view.order[places[at]]), true
}

// Position says which of the matches a commit is, from 1 on in the order of the view; 0 for a commit that is none.
func (m *Matches) Position(id model.Hash) int {
	if at, ok := m.find(id); ok {
		return at + 1
	}
	return 0
}

// list are the places of the matches.
func (m *Matches) list() []uint32 {
	m.listing.Do(func() {
		m.places = make([]uint32, 0, m.Len())
		for i, o := range m.view.order {
			if m.set.Has(o) {
				m.places = append(m.places, uint32(i))
			}
		}
	})
	return m.places
}

// find is how many matches come before a commit, and whether it is one itself. Before a commit that is not in the view there are none.
func (m *Matches) find(id model.Hash) (int, bool) {
	o, ok := m.view.of.snapshot.Find(id)
	if !ok || !m.view.in.Has(o) {
		return 0, false
	}
	return slices.BinarySearch(m.list(), m.view.place[o]-1)
}

// Match finds the commits of a view that the filter wants. Found is called with what is found so far, while the contents of commits
// are searched, which git does one commit after the other; the answer is all of it. What needs git, and
// git is not there, is an error, as is an environment or a revision that does not exist.
func (h *History) Match(ctx context.Context, v *View, w Wanted, found func(*Matches)) (*Matches, error) {
	s := v.of.snapshot
	m := &Matches{Wanted: w, view: v, set: slices.Clone(v.in)}
	if w.FirstParent {
		clear(m.set)
		for _, o := range v.line {
			m.set.Add(o)
		}
	}
	if len(w.Below) > 0 {
		m.set.And(w.touching(v, below(w.Below)))
	}
	var contents []filter.Term
	asked := map[question]index.Set{}
	for _, t := range w.Filter.Terms {
		if t.Kind == filter.Adds || t.Kind == filter.Changes {
			contents = append(contents, t)
			continue
		}
		set, err := h.remembered(ctx, v, t, w, asked)
		if err != nil {
			return nil, err
		}
		if t.Not {
			m.set.AndNot(set)
		} else {
			m.set.And(set)
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	v.answers.keep(asked)
	for i, t := range contents {
		// What one search found is no match as long as others may still take it away.
		if i < len(contents)-1 || t.Not {
			found = nil
		}
		if err := h.contents(ctx, m, t, found); err != nil {
			return nil, err
		}
	}
	m.Done = s.Walked && (s.Pathed || !w.needsPaths())
	return m, nil
}

// needsPaths reports whether what is found depends on the paths that commits changed.
func (w Wanted) needsPaths() bool {
	for _, t := range w.Filter.Terms {
		switch t.Kind {
		case filter.Path, filter.File, filter.Environment, filter.Target, filter.Resource:
			return true
		case filter.Is:
			if t.Value == filter.IsProduction || t.Value == filter.IsPending || t.Value == filter.IsLive {
				return true
			}
		}
	}
	return len(w.Below) > 0
}

// touching is the set of commits that changed a path that is wanted.
func (w Wanted) touching(v *View, wants func(path string) bool) index.Set {
	s := v.of.snapshot
	if w.FirstParent || !w.Folded {
		return s.Touching(w.FirstParent, wants)
	}
	set, byFirst := s.TouchingBoth(wants)
	for _, o := range v.line {
		if byFirst.Has(o) {
			set.Add(o)
		}
	}
	return set
}

// answers are the last terms that took long, so that whoever goes on typing behind them need not wait again.
type answers struct {
	mu   sync.Mutex
	sets map[question]index.Set
}

// question is a term without its place, and how it is asked.
type question struct {
	kind                filter.Kind
	value, key          string
	firstParent, folded bool
}

func (a *answers) get(q question) (index.Set, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	set, ok := a.sets[q]
	return set, ok
}

// keep remembers these and no others.
func (a *answers) keep(sets map[question]index.Set) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sets = sets
}

// remembered is the set of a term, which must not be changed. What the environments are made of may change and is asked again.
func (h *History) remembered(ctx context.Context, v *View, t filter.Term, w Wanted, asked map[question]index.Set) (index.Set, error) {
	switch t.Kind {
	case filter.Fuzzy, filter.Path, filter.File, filter.Trailer, filter.Is, filter.Revision:
	default:
		return h.term(ctx, v, t, w)
	}
	q := question{t.Kind, t.Value, t.Key, w.FirstParent, w.Folded}
	set, ok := v.answers.get(q)
	if !ok {
		var err error
		if set, err = h.term(ctx, v, t, w); err != nil {
			return nil, err
		}
	}
	asked[q] = set
	return set, nil
}

// term is the set of commits that one term wants, whether or not it is negated.
func (h *History) term(ctx context.Context, v *View, t filter.Term, w Wanted) (index.Set, error) {
	s := v.of.snapshot
	switch t.Kind {
	case filter.Text:
		return saying(s, t.Value), nil
	case filter.Fuzzy:
		return fuzzy(s, t.Value), nil
	case filter.Author, filter.Committer:
		return written(s, t), nil
	case filter.Dates:
		return dated(s, t), nil
	case filter.Path:
		return w.touching(v, t.MatchPath), nil
	case filter.File:
		return h.follow(ctx, v, t.Value, w)
	case filter.Environment, filter.Target, filter.Resource:
		paths, err := h.opt.Paths(ctx, t.Kind, t.Value)
		if err != nil {
			return nil, err
		}
		return w.touching(v, below(paths)), nil
	case filter.Trailer:
		return trailers(s, t), nil
	case filter.Is:
		return is(v, t.Value)
	case filter.Revision:
		return h.between(ctx, s, t.Value)
	}
	return nil, fmt.Errorf("history cannot be filtered by %q", t.Kind)
}
