package hosts

import (
	"slices"
	"strings"
	"sync"

	"plumb/model"
)

// selection is the part of a target that a plan is limited to, and what of it
// was found. It may be used from several goroutines at once.
type selection struct {
	mu     sync.Mutex
	wanted map[model.Address]bool // Whether it was found; nil for the whole target.
}

func newSelection(only []model.Address) *selection {
	s := &selection{}
	if len(only) > 0 {
		s.wanted = map[model.Address]bool{}
		for _, a := range only {
			s.wanted[a] = false
		}
	}
	return s
}

// touches reports whether anything of a host is selected.
func (s *selection) touches(host string) bool {
	if s.wanted == nil {
		return true
	}
	prefix := string(address(host, ""))
	s.mu.Lock()
	defer s.mu.Unlock()
	for a := range s.wanted {
		if strings.HasPrefix(string(a), prefix) {
			return true
		}
	}
	return false
}

func (s *selection) has(host, path string) bool {
	if s.wanted == nil {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.wanted[address(host, path)]
	return ok
}

func (s *selection) see(host, path string) {
	if s.wanted == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wanted[address(host, path)] = true
}

// unseen are the selected addresses that were not found, sorted.
func (s *selection) unseen() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var missing []string
	for a, seen := range s.wanted {
		if !seen {
			missing = append(missing, string(a))
		}
	}
	slices.Sort(missing)
	return missing
}
