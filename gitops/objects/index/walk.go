package index

import (
	"container/heap"
	"context"
	"errors"
	"fmt"

	"plumb/gitops/objects"
	"plumb/gitops/objects/packs"
)

// walker takes in commits from the newest to the oldest, by the date of the committer: as git log
// does, it reads a commit before its children are passed on, because only then its date is known. What it has
// seen and not yet passed on is the frontier, so that it can stop anywhere and go on later.
type walker struct {
	columns  columns
	table    *table
	people   map[person]uint32
	frontier frontier
	passed   int // Commits passed on since the walk began.
	record   record
}

// frontier is a heap of commits that were read and whose parents were not, newest first.
type frontier []waiting

type waiting struct {
	when    int64
	commit  Ordinal
	parents []packs.ID
}

func (f frontier) Len() int { return len(f) }
func (f frontier) Less(i, j int) bool {
	if f[i].when != f[j].when {
		return f[i].when > f[j].when
	}
	return f[i].commit < f[j].commit
}
func (f frontier) Swap(i, j int) { f[i], f[j] = f[j], f[i] }
func (f *frontier) Push(x any)   { *f = append(*f, x.(waiting)) }
func (f *frontier) Pop() any {
	last := len(*f) - 1
	w := (*f)[last]
	*f = (*f)[:last]
	return w
}

// errTooMany says that the repository has more commits than an index can number.
var errTooMany = fmt.Errorf("more than %d commits", maxCommits)

// see answers the ordinal of a commit, reading it if it is new. A commit that the repository does not have is Absent.
func (w *walker) see(ctx context.Context, s session, id packs.ID) (Ordinal, error) {
	if o, ok := w.table.find(&w.columns, id[:w.columns.idSize]); ok {
		return o, nil
	}
	r := &w.record
	if err := s.commit(ctx, id, r); err != nil {
		var missing *objects.MissingError
		if errors.As(err, &missing) {
			return Absent, nil
		}
		return Absent, err
	}
	if w.columns.len() >= maxCommits || len(w.columns.text)+len(r.message) >= 1<<32 {
		return Absent, errTooMany
	}
	o := w.columns.add(r, w.person(r.author), w.person(r.by))
	w.table.add(&w.columns, o)
	heap.Push(&w.frontier, waiting{r.when.seconds, o, append([]packs.ID(nil), r.parents...)})
	return o, nil
}

// person is the number of a person.
func (w *walker) person(p person) uint32 {
	n, ok := w.people[p]
	if !ok {
		n = uint32(len(w.columns.people))
		w.columns.people = append(w.columns.people, p)
		w.people[p] = n
	}
	return n
}

// next passes on the newest commit of the frontier, after reading its parents. It is not ok at the end.
func (w *walker) next(ctx context.Context, s session) (o Ordinal, ok bool, err error) {
	if len(w.frontier) == 0 {
		return 0, false, nil
	}
	at := w.frontier[0]
	for i, id := range at.parents {
		p, err := w.see(ctx, s, id)
		if err != nil {
			return 0, false, err
		}
		if p != Absent {
			w.columns.setParent(at.commit, i, p)
		}
	}
	// Parents that turn out to be newer, by a clock that went wrong, may be before it in the heap now.
	heap.Remove(&w.frontier, w.index(at.commit))
	w.passed++
	return at.commit, true, nil
}

// index is where a commit is in the frontier: at its top, but for skewed clocks.
func (w *walker) index(o Ordinal) int {
	for i := range w.frontier {
		if w.frontier[i].commit == o {
			return i
		}
	}
	return -1
}
