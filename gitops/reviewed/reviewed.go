// Package reviewed remembers what the operator has reviewed: hunks, changes of files, commits. Marks are kept by contents,
// so that what changed since one's last review is what has no mark.
//
// They are in one file of lines, which grows at its end: "+" and a mark where something was reviewed, "-" and a mark where that was
// taken back. Several processes may use it at once. It is written anew when most of its lines have no use any more.
package reviewed

import (
	"fmt"
	"sync"

	"plumb/model"
)

// mostMarks is how many marks are kept; the oldest are forgotten first.
const mostMarks = 200_000

// Store is the operator's memory. Its methods may be called from several goroutines at once; those that read and
// write files are [Store.Refresh] and [Store.Set].
type Store struct {
	dir  string
	most int // Marks.

	// disk is held while files are read and written, and while stored changes; so that Has never waits for a file, mu is held only while
	// what it looks at changes.
	disk sync.Mutex
	at   position

	mu     sync.RWMutex
	stored memory // What the file says, or all there is without one.
	// What could not be written yet goes before what is stored.
	unsaved []record
	pending map[Mark]bool
}

// Open uses a directory of the operator's, made when it is needed. It neither reads nor writes anything yet. With an empty
// name, marks are kept for as long as the program runs.
func Open(dir string) *Store {
	return &Store{dir: dir, most: mostMarks, stored: newMemory(), pending: map[Mark]bool{}}
}

// Has reports whether something is marked as reviewed, as of the last Refresh or Set. It does no I/O.
func (s *Store) Has(mark Mark) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.has(mark)
}

func (s *Store) has(mark Mark) bool {
	if on, ok := s.pending[mark]; ok {
		return on
	}
	_, ok := s.stored.marks[mark]
	return ok
}

// Count is how many of the marks are set: of a file's hunks, how many are reviewed. It does no I/O.
func (s *Store) Count(marks ...Mark) int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	n := 0
	for _, m := range marks {
		if s.has(m) {
			n++
		}
	}
	return n
}

// Refresh reads what is on record, and later what other processes added to it; changed says that there may be something new. Where
// there is not, it costs little. After an error the marks are those known before.
func (s *Store) Refresh() (changed bool, err error) {
	if s.dir == "" {
		return false, nil
	}
	s.disk.Lock()
	defer s.disk.Unlock()
	if changed, err = s.read(); err != nil {
		return changed, fmt.Errorf("read what was reviewed: %w", err)
	}
	return changed, nil
}

// Set marks something as reviewed, or takes that back. After an error it holds for this Store, and is written
// together with what the next call sets.
func (s *Store) Set(marks []Mark, on bool) error {
	s.disk.Lock()
	defer s.disk.Unlock()
	s.note(marks, on)
	if len(s.unsaved) == 0 {
		return nil
	}
	if err := s.write(s.unsaved); err != nil {
		err = fmt.Errorf("keep what was reviewed: %w", err)
		if model.Hint(err) == "" {
			err = model.WithHint(err, "make room in %s and let plumb write there; until then it is kept while plumb runs", s.dir)
		}
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unsaved, s.pending = nil, map[Mark]bool{}
	return nil
}

// note takes in what is to be written; without a file that is all there is to do.
func (s *Store) note(marks []Mark, on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range marks {
		if s.has(m) == on {
			continue
		}
		r := record{m, on}
		if s.dir == "" {
			s.stored.apply(r)
			continue
		}
		s.pending[m] = on
		s.unsaved = append(s.unsaved, r)
	}
	s.stored.forget(s.most)
}
