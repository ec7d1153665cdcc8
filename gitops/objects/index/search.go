package index

import (
	"bytes"
	"runtime"
	"strings"
	"sync"
	"unicode/utf8"
)

// Saying is the set of commits whose message has the words in it. With fold the case of letters does not matter.
func (s *Snapshot) Saying(words string, fold bool) Set {
	set := NewSet(s.Len())
	if words == "" || strings.Contains(words, "\x00") {
		return set
	}
	if fold {
		if words = strings.ToLower(words); !isASCII(words) {
			return s.sayingLike(words)
		}
	}
	m, needle := &s.columns.messages, []byte(words)
	folded := bytes.Clone(needle)
	toLower(folded)
	var message []byte
	for o, at := 0, uint64(0); ; {
		o, at = m.find(folded, o, at)
		if o == s.Len() {
			return set
		}
		if !fold {
			// It was found in lower case.
			message = m.appendTo(message[:0], Ordinal(o))
		}
		if fold || bytes.Contains(message, needle) {
			set.Add(Ordinal(o))
		}
		o++
	}
}

// find is the first message from the ordinal on that has the words in it, which are in lower case; the number of messages where
// there is none. The position is one at or before the message, and where the search goes on.
func (m *messages) find(words []byte, o int, at uint64) (int, uint64) {
	if o > 0 {
		at = max(at, uint64(m.ends[o-1]))
	}
	end := uint64(m.end())
	for at < end {
		b := at >> blockBits
		to := min(blockSize, end-b<<blockBits)
		from := at & (blockSize - 1)
		i := bytes.Index(m.blocks[b].text[from:to], words)
		if i < 0 {
			at = (b + 1) << blockBits
			continue
		}
		at += uint64(i)
		o += after(m.ends[o:], at)
		// What lies between messages is zero, and no words are.
		if at+uint64(len(words)) <= uint64(m.ends[o]) {
			return o, at
		}
		at++ // It runs from one message into the next.
	}
	return len(m.ends), at
}

// after is the index of the first end behind the position. Hits are often close together, so it looks nearby first.
func after(ends []uint32, at uint64) int {
	step := 1
	low := 0
	for low+step < len(ends) && uint64(ends[low+step-1]) <= at {
		low += step
		step *= 2
	}
	high := min(low+step, len(ends))
	for low < high {
		mid := int(uint(low+high) >> 1)
		if uint64(ends[mid]) <= at {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low
}

// toLower turns ASCII letters to lower case, as messages are kept.
func toLower(text []byte) {
	for i, b := range text {
		if b >= 'A' && b <= 'Z' {
			text[i] = b + 'a' - 'A'
		}
	}
}

// sayingLike is Saying for words in lower case with letters beyond ASCII, whose cases may differ in length.
func (s *Snapshot) sayingLike(words string) Set {
	return s.where(
		func(o Ordinal) bool { return s.columns.flags[o]&foreign != 0 },
		func(message []byte) bool { return strings.Contains(strings.ToLower(string(message)), words) })
}

// Where is the set of commits whose message is wanted: wants is asked for each one, from several goroutines at once. The
// message is valid during the call only.
func (s *Snapshot) Where(wants func(message []byte) bool) Set {
	return s.where(func(Ordinal) bool { return true }, wants)
}

func (s *Snapshot) where(of func(Ordinal) bool, wants func(message []byte) bool) Set {
	set := NewSet(s.Len())
	var group sync.WaitGroup
	const part = 1 << 12 // A multiple of 64, so that no two goroutines share a word of the set.
	turns := make(chan int, s.Len()/part+1)
	for from := 0; from < s.Len(); from += part {
		turns <- from
	}
	close(turns)
	for range min(runtime.GOMAXPROCS(0), len(turns)) {
		group.Go(func() {
			var message []byte
			for from := range turns {
				for o := Ordinal(from); int(o) < min(from+part, s.Len()); o++ {
					if !of(o) {
						continue
					}
					message = s.columns.messages.appendTo(message[:0], o)
					if wants(message) {
						set.Add(o)
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
