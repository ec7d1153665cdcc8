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
	// Each processor searches some blocks, and has a set of its own: sets are small beside messages.
	m := &s.columns.messages
	n := min(runtime.GOMAXPROCS(0), len(m.blocks))
	sets := make([]Set, n)
	var group sync.WaitGroup
	for i := range n {
		sets[i] = set
		if i > 0 {
			sets[i] = NewSet(s.Len())
		}
		from, to := len(m.blocks)*i/n, len(m.blocks)*(i+1)/n
		group.Go(func() { m.saying(words, fold, uint64(from)<<blockBits, uint64(to)<<blockBits, sets[i]) })
	}
	group.Wait()
	for i := 1; i < n; i++ {
		set.Or(sets[i])
	}
	return set
}

// saying adds to a set the messages between two positions that have the words in them.
func (m *messages) saying(words string, fold bool, from, to uint64, set Set) {
	needle := []byte(words)
	lower := bytes.Clone(needle)
	toLower(lower)
	to = min(to, uint64(m.end()))
	if from >= to {
		return
	}
	search := newWords(lower, m.blocks[from>>blockBits].text[:])
	var message []byte
	for o := 0; ; {
		at, ok := m.find(search, from, to)
		if !ok {
			return
		}
		o += after(m.ends[o:], at)
		end := uint64(m.ends[o])
		if at+uint64(len(words)) > end {
			from = at + 1 // It runs from one message into the next.
			continue
		}
		from = end
		if !fold {
			// It was found in lower case.
			if message = m.appendTo(message[:0], Ordinal(o)); !bytes.Contains(message, needle) {
				continue
			}
		}
		set.Add(Ordinal(o))
	}
}

// find is the first position between two others at which the words are, which are in lower case.
func (m *messages) find(words *words, from, to uint64) (at uint64, ok bool) {
	for from < to {
		b := from >> blockBits
		end := min(blockSize, to-b<<blockBits)
		if i := words.in(m.blocks[b].text[from&(blockSize-1) : end]); i >= 0 {
			return from + uint64(i), true
		}
		from = (b + 1) << blockBits
	}
	return 0, false
}

// words are what is searched for.
type words struct {
	text []byte
	rare int // Which byte of it is the least frequent; -1 where all are frequent.
}

const (
	wordsSample = 16 << 10
	frequent    = wordsSample / 40
)

// newWords finds out by which byte words are best searched for in a text, by what a part of it is like.
func newWords(lower []byte, like []byte) *words {
	var count [256]int
	for _, b := range like[:min(len(like), wordsSample)] {
		count[b]++
	}
	w := &words{lower, -1}
	least := frequent
	for i, b := range lower {
		if count[b] < least {
			w.rare, least = i, count[b]
		}
	}
	return w
}

// in is where the words are in a text; -1 where they are not. To look for one byte is several times faster than for many, unless
// it is found all the time.
func (w *words) in(text []byte) int {
	if w.rare < 0 {
		return bytes.Index(text, w.text)
	}
	for at := 0; at+len(w.text) <= len(text); at++ {
		i := bytes.IndexByte(text[at+w.rare:len(text)-len(w.text)+w.rare+1], w.text[w.rare])
		if i < 0 {
			return -1
		}
		at += i
		if bytes.Equal(text[at:at+len(w.text)], w.text) {
			return at
		}
	}
	return -1
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
