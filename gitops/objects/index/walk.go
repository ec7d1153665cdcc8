package index

import (
	"context"
	"errors"
	"slices"

	"plumb/gitops/objects"
	"plumb/gitops/objects/packs"
)

// walker takes in commits from the newest to the oldest, by the date of the committer: as git log
// does, it reads a commit before its children are passed on, because only then its date is known. What it has
// seen and not yet passed on is the frontier, so that it can stop anywhere and go on later.
type walker struct {
	columns  columns
	table    *table
	people   map[string]uint32
	frontier frontier
	missing  []packs.ID // Parents that could not be read, the first of them.
	damage   error      // What could not be read, once.
	record   record
	key      []byte
}

// newWalker makes a walker that has seen nothing.
func newWalker(idSize int) *walker {
	return &walker{columns: columns{idSize: idSize}, table: new(table), people: map[string]uint32{}}
}

// maxCommits is how many commits have an ordinal that fits into a [post].
const maxCommits = 1<<31 - 1

// errTooMany says that the repository has more commits than an index can hold.
var errTooMany = errors.New("there are too many commits, or their messages are too long")

// see answers the ordinal of a commit, reading it if it is new.
func (w *walker) see(ctx context.Context, s session, id packs.ID) (Ordinal, error) {
	if o, ok := w.table.find(&w.columns, id[:w.columns.idSize]); ok {
		return o, nil
	}
	r := &w.record
	if err := s.commit(ctx, id, r); err != nil {
		return Absent, err
	}
	if !w.columns.hasRoom(r) {
		return Absent, errTooMany
	}
	o := w.columns.add(r, w.person(r.author), w.person(r.by))
	w.table.add(&w.columns, o)
	w.frontier.push(newWaiting(o, r))
	return o, nil
}

// person is the number of a person.
func (w *walker) person(p identity) uint32 {
	// A line of a commit has no line end in it.
	w.key = append(append(append(w.key[:0], p.name...), '\n'), p.email...)
	n, ok := w.people[string(w.key)]
	if !ok {
		n = uint32(len(w.columns.people))
		w.know(person{string(p.name), string(p.email)})
	}
	return n
}

// know numbers a person.
func (w *walker) know(p person) {
	w.people[p.name+"\n"+p.email] = uint32(len(w.columns.people))
	w.columns.people = append(w.columns.people, p)
}

// start sees the tips. Those that the repository does not have are left out: what an environment was applied
// at may be on somebody else's machine.
func (w *walker) start(ctx context.Context, s session, tips []packs.ID) error {
	for _, tip := range tips {
		_, err := w.see(ctx, s, tip)
		_, isMissing := errors.AsType[*objects.MissingError](err)
		switch {
		case isMissing:
		case isDamage(err):
			w.complain(err)
		case err != nil:
			return err
		}
	}
	return nil
}

// next passes on the newest commit of the frontier, after reading its parents. It is not ok at the end.
func (w *walker) next(ctx context.Context, s session) (o Ordinal, ok bool, err error) {
	if len(w.frontier) == 0 {
		return 0, false, nil
	}
	at := w.frontier.pop()
	for i := range at.count {
		p, err := w.see(ctx, s, at.parent(i))
		if isDamage(err) {
			w.lose(at.parent(i), err)
			continue
		}
		if err != nil {
			w.frontier.push(at)
			return 0, false, err
		}
		w.columns.parentsOf(at.commit)[i] = p
	}
	return at.commit, true, nil
}

// manyMissing is how many missing parents are remembered: where more are, something else is wrong than a few lost objects.
const manyMissing = 64

// lose remembers a parent that cannot be read.
func (w *walker) lose(id packs.ID, err error) {
	if len(w.missing) < manyMissing && !slices.Contains(w.missing, id) {
		w.missing = append(w.missing, id)
	}
	w.complain(err)
}

// complain keeps what is wrong with the repository; the first is as good as all.
func (w *walker) complain(err error) {
	if w.damage == nil {
		w.damage = err
	}
}

// adopt begins with the commits of the cache.
func (w *walker) adopt(c columns) {
	w.columns = c
	w.table.add(&w.columns, 0)
	w.people = make(map[string]uint32, len(c.people))
	for i, p := range c.people {
		w.people[p.name+"\n"+p.email] = uint32(i)
	}
}

// samples is how many commits are looked up to see whether an index is of a repository.
const samples = 16

// isOf reports whether the commits are of the repository: another one may have taken its place. Some of them
// may be gone, because what nothing leads to is removed some day. It also finds which parents are missing.
func (w *walker) isOf(ctx context.Context, s session) (bool, error) {
	c := &w.columns
	gone := 0
	for i := range samples {
		err := s.commit(ctx, c.key(Ordinal(i*(c.len()-1)/(samples-1))), &w.record)
		if isDamage(err) {
			gone++
		} else if err != nil {
			return false, err
		}
	}
	if gone > samples/2 {
		return false, nil
	}
	from := uint32(0)
	for o, end := range c.parentsEnd {
		parents := c.parents[from:end]
		from = end
		if !slices.Contains(parents, Absent) || len(w.missing) == manyMissing {
			continue
		}
		err := s.commit(ctx, c.key(Ordinal(o)), &w.record)
		if isDamage(err) {
			continue // Nothing leads to it any more.
		}
		if err != nil || len(w.record.parents) != len(parents) {
			return false, err
		}
		for i, p := range parents {
			if p == Absent {
				w.lose(w.record.parents[i], nil)
			}
		}
	}
	return true, nil
}

// recover reports whether one of the missing parents can be read by now.
func (w *walker) recover(ctx context.Context, s session) (bool, error) {
	for _, id := range w.missing {
		err := s.commit(ctx, id, &w.record)
		if !isDamage(err) {
			return err == nil, err
		}
		w.complain(err)
	}
	return false, nil
}

// reach is how many commits the tips lead to, themselves included.
func (w *walker) reach(tips []packs.ID) int {
	c := &w.columns
	seen := NewSet(c.len())
	var stack []Ordinal
	n := 0
	visit := func(o Ordinal) {
		if o != Absent && !seen.Has(o) {
			seen.Add(o)
			stack = append(stack, o)
			n++
		}
	}
	for _, id := range tips {
		if o, ok := w.table.find(c, id[:c.idSize]); ok {
			visit(o)
		}
	}
	for len(stack) > 0 {
		o := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, p := range c.parentsOf(o) {
			visit(p)
		}
	}
	return n
}
