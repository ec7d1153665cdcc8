package index

import (
	"runtime"
	"slices"
	"sync"
)

// Among is the set of those of the commits whose message is wanted, as [Snapshot.Where].
func (s *Snapshot) Among(commits Set, wants func(message []byte) bool) Set {
	return s.where(commits.Has, wants)
}

// NotKnown is the set of commits of which it is not known, or not known yet, what they changed.
func (s *Snapshot) NotKnown() Set {
	set := NewSet(s.Len())
	for i := range set {
		set[i] = ^uint64(0)
	}
	if rest := s.Len() % 64; rest > 0 {
		set[len(set)-1] = 1<<rest - 1
	}
	s.paths.mu.RLock()
	defer s.paths.mu.RUnlock()
	set.AndNot(s.paths.known)
	return set
}

// TouchingEach is [Snapshot.Touching] for n sets of paths at once: which appends to a slice the numbers of those
// that a path belongs to. It is called once for each path that any commit ever changed.
func (s *Snapshot) TouchingEach(byFirst bool, n int, which func(path string, to []int) []int) []Set {
	sets := make([]Set, n)
	for i := range sets {
		sets[i] = NewSet(s.Len())
	}
	type belongs struct{ path, set int }
	var all []belongs
	var to []int
	for path, name := range s.paths.all() {
		to = which(name, to[:0])
		for _, set := range to {
			all = append(all, belongs{path, set})
		}
	}
	s.paths.mu.RLock()
	defer s.paths.mu.RUnlock()
	for _, b := range all {
		s.paths.addTo(sets[b.set], s.Len(), byFirst, b.path)
	}
	return sets
}

// TouchingBoth is [Snapshot.Touching] in both ways at once: by what no parent had, and by what differs from the first parent.
func (s *Snapshot) TouchingBoth(wants func(path string) bool) (own, byFirst Set) {
	own, byFirst = NewSet(s.Len()), NewSet(s.Len())
	wanted := s.paths.wanted(wants)
	s.paths.mu.RLock()
	defer s.paths.mu.RUnlock()
	for _, i := range wanted {
		s.paths.addTo(own, s.Len(), false, i)
		s.paths.addTo(byFirst, s.Len(), true, i)
	}
	return own, byFirst
}

// wanted are the numbers of the paths that are wanted. Wants is not ours, and may take its time or ask the index: it is called
// without the lock.
func (p *paths) wanted(wants func(path string) bool) []int {
	names := p.all()
	parts := make([][]int, min(runtime.GOMAXPROCS(0), len(names)/fewPaths+1))
	size := (len(names) + len(parts) - 1) / len(parts)
	var group sync.WaitGroup
	for part := range parts {
		group.Go(func() {
			for i := part * size; i < min((part+1)*size, len(names)); i++ {
				if wants(names[i]) {
					parts[part] = append(parts[part], i)
				}
			}
		})
	}
	group.Wait()
	return slices.Concat(parts...)
}

// fewPaths are looked at by one goroutine: another one would not be done earlier.
const fewPaths = 4096

// addTo puts the commits below n that changed a path into a set.
func (p *paths) addTo(set Set, n int, byFirst bool, path int) {
	for _, post := range p.posts[path] {
		if o := post.ordinal(); int(o) < n && (byFirst || post.fromAll()) {
			set.Add(o)
		}
	}
}
