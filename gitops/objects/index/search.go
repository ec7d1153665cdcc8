package index

import (
	"bytes"
	"strings"
	"sync"
	"unicode/utf8"
)

// folded is the messages in lower case, so that a search that does not mind the case is one scan of memory.
// Only ASCII letters are folded, which keeps every byte in its place.
type folded struct {
	mu   sync.Mutex
	text []byte
}

// of is the messages of columns, folded.
func (f *folded) of(c *columns) []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	if have := len(f.text); have < len(c.text) {
		f.text = append(f.text, c.text[have:]...)
		for i := have; i < len(f.text); i++ {
			if b := f.text[i]; b >= 'A' && b <= 'Z' {
				f.text[i] = b + 'a' - 'A'
			}
		}
	}
	return f.text[:len(c.text):len(c.text)]
}

// Saying is the set of commits whose message has the words in it. With fold the case of letters does not matter.
func (s *Snapshot) Saying(words string, fold bool) Set {
	set := NewSet(s.Len())
	if words == "" || s.Len() == 0 {
		return set
	}
	if fold && !isASCII(words) {
		return s.sayingLike(words)
	}
	text, needle := s.columns.text, []byte(words)
	if fold {
		text, needle = s.folded.of(&s.columns), bytes.ToLower(needle)
	}
	ends := s.columns.textEnd
	o, at := 0, 0
	for {
		i := bytes.Index(text[at:], needle)
		if i < 0 {
			return set
		}
		at += i
		o += after(ends[o:], uint32(at))
		if at+len(needle) <= int(ends[o]) {
			set.Add(Ordinal(o))
			at = int(ends[o])
			continue
		}
		at++ // It runs from one message into the next.
	}
}

// after is the index of the first end behind the position. Hits are often close together, so it looks nearby first.
func after(ends []uint32, at uint32) int {
	step := 1
	low := 0
	for low+step < len(ends) && ends[low+step-1] <= at {
		low += step
		step *= 2
	}
	high := min(low+step, len(ends))
	for low < high {
		mid := int(uint(low+high) >> 1)
		if ends[mid] <= at {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low
}

// sayingLike is Saying for words with letters beyond ASCII, whose cases may differ in length.
func (s *Snapshot) sayingLike(words string) Set {
	needle := strings.ToLower(words)
	return s.Where(func(message []byte) bool { return strings.Contains(strings.ToLower(string(message)), needle) })
}

// Where is the set of commits whose message is wanted: wants is asked for each one, from several goroutines at once.
func (s *Snapshot) Where(wants func(message []byte) bool) Set {
	set := NewSet(s.Len())
	var group sync.WaitGroup
	const part = 1 << 13 // A multiple of 64, so that no two goroutines share a word of the set.
	turns := make(chan int, s.Len()/part+1)
	for from := 0; from < s.Len(); from += part {
		turns <- from
	}
	close(turns)
	for range 4 {
		group.Go(func() {
			for from := range turns {
				for o := from; o < min(from+part, s.Len()); o++ {
					if wants(s.columns.message(Ordinal(o))) {
						set.Add(Ordinal(o))
					}
				}
			}
		})
	}
	group.Wait()
	return set
}

// Written is the set of commits whose author, or with committer their committer, matches: wants is asked once per person.
func (s *Snapshot) Written(committer bool, wants func(name, email string) bool) Set {
	people := make([]bool, len(s.columns.people))
	for i, p := range s.columns.people {
		people[i] = wants(p.name, p.email)
	}
	column := s.columns.author
	if committer {
		column = s.columns.by
	}
	set := NewSet(s.Len())
	for o := range s.Len() {
		if people[column[o]] {
			set.Add(Ordinal(o))
		}
	}
	return set
}

// People are all who ever wrote or committed: their raw names and addresses.
func (s *Snapshot) People(see func(name, email string)) {
	for _, p := range s.columns.people {
		see(p.name, p.email)
	}
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
