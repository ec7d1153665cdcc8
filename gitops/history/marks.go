package history

import (
	"slices"

	"plumb/gitops/objects/index"
	"plumb/model"
)

// mark is what rows need to know to say where an environment stands.
type mark struct {
	place      Place
	touches    index.Set        // The commits that changed it against their first parent.
	live, head index.Set        // What Applied and Tracked lead to; nil where they are not known.
	liveAt     [2]index.Ordinal // The newest live commit that touches it: of all, and along first parents.
	headAt     [2]index.Ordinal
}

// marker finds the marks of a view.
type marker struct {
	*View
	history map[index.Ordinal]past // Environments share a branch, or what was applied at once.
}

// past is a commit with all that it leads to.
type past struct {
	tip index.Ordinal
	set index.Set
	// unread and unknown are the times of the newest commit whose parents were not read yet, and of the newest
	// of which it is not known yet what it changed.
	unread, unknown int64
}

// mark finds where environments stand.
func (v *View) mark(places []Place) {
	s := v.of.snapshot
	m := marker{v, map[index.Ordinal]past{}}
	v.unsettled = never
	// What becomes known while we are looking must not count as known here.
	v.unknown = s.NotKnown()
	touches := s.TouchingEach(true, len(places), belonging(places))
	if s.Pathed {
		// What a commit without its trees changed cannot be known. It counts as touching everything: a
		// history without trees still says how far each environment is.
		for _, set := range touches {
			set.Or(v.unknown)
		}
		v.unknown = nil
	}
	v.marks = make([]mark, len(places))
	for i, p := range places {
		v.marks[i] = mark{place: p, touches: touches[i]}
		v.marks[i].live, v.marks[i].liveAt = m.stand(touches[i], p.Applied)
		v.marks[i].head, v.marks[i].headAt = m.stand(touches[i], p.Tracked)
	}
}

// belonging answers the numbers of the places that a path is part of.
func belonging(places []Place) func(path string, to []int) []int {
	of := map[string][]int{}
	var lengths []bool // Of the directories: most of those that lead to a path are as long as none of them.
	for i, p := range places {
		for _, dir := range p.Paths {
			dir = cleaned(dir)
			of[dir] = merged(of[dir], []int{i})
			lengths = append(lengths, make([]bool, max(len(dir)+1-len(lengths), 0))...)
			lengths[len(dir)] = true
		}
	}
	everywhere := of[""]
	return func(path string, to []int) []int {
		to = append(to, everywhere...)
		for n := 1; n < len(lengths) && n <= len(path); n++ {
			if lengths[n] && (n == len(path) || path[n] == '/') {
				to = merged(to, of[path[:n]])
			}
		}
		return to
	}
}

// merged appends the numbers that are not there yet.
func merged(to, more []int) []int {
	for _, i := range more {
		if !slices.Contains(to, i) {
			to = append(to, i)
		}
	}
	return to
}

var nowhere = [2]index.Ordinal{index.Absent, index.Absent}

// stand is what a commit leads to, and the newest of that which touches an environment.
func (m *marker) stand(touches index.Set, id model.Hash) (index.Set, [2]index.Ordinal) {
	tip, ok := m.of.snapshot.Find(id)
	if !ok {
		return nil, nowhere
	}
	p, ok := m.history[tip]
	if !ok {
		p = m.past(tip)
		m.history[tip] = p
	}
	m.unsettled = max(m.unsettled, p.unread)
	return p.set, [2]index.Ordinal{m.newest(touches, p), m.newestAlong(touches, p)}
}

func (m *marker) past(tip index.Ordinal) past {
	s := m.of.snapshot
	p := past{tip: tip, set: reach(s, tip), unknown: never}
	p.unread = unread(s, p.set)
	if m.unknown != nil {
		pending := slices.Clone(m.unknown)
		pending.And(p.set)
		for o := range pending.All() {
			p.unknown = max(p.unknown, s.Time(o))
		}
	}
	return p
}

// newest is the first of the touching commits as they are listed. Those that the view does not have are only compared by date.
func (m *marker) newest(touches index.Set, p past) index.Ordinal {
	s := m.of.snapshot
	listed, other := index.Absent, index.Absent
	both := slices.Clone(touches)
	both.And(p.set)
	for o := range both.All() {
		if at := m.place[o]; at > 0 {
			if listed == index.Absent || at < m.place[listed] {
				listed = o
			}
		} else if other == index.Absent || s.Time(o) > s.Time(other) {
			other = o
		}
	}
	found := listed
	// What the view does not have cannot come before it in the view, so among equals it is the newer one.
	if found == index.Absent || other != index.Absent && s.Time(other) >= s.Time(found) {
		found = other
	}
	if p.unknown > never && (found == index.Absent || s.Time(found) <= p.unknown) {
		m.unsettled = max(m.unsettled, p.unknown)
		return index.Absent
	}
	return found
}

// newestAlong is the first touching commit along first parents.
func (m *marker) newestAlong(touches index.Set, p past) index.Ordinal {
	s := m.of.snapshot
	for o := p.tip; o != index.Absent; o = s.Parent(o) {
		if touches.Has(o) {
			return o
		}
		if m.unknown.Has(o) {
			m.unsettled = max(m.unsettled, s.Time(o))
			break
		}
	}
	return index.Absent
}
