package diff

import (
	"bytes"
	"cmp"
	"container/heap"
	"slices"
)

// Limits of the search for moves.
const (
	maxMoveLines = 200_000   // Lines that differ; beyond them nothing is said to have moved.
	maxMoveSteps = 1_000_000 // Pairs of lines that are held against each other before no more runs are looked at.
	// maxTwins is how many places may have a line from which a move is looked for. A move of several lines
	// is found by any of its lines, and one that only has more common ones says little.
	maxTwins = 16
	// leastMoved is how many letters and digits have to move: as many as for git diff --color-moved.
	leastMoved = 20
)

// Move is a run of removed lines that stands among the added ones elsewhere: lines Old up to Old+Lines of old became New
// up to New+Lines of new. Line numbers count from 0. The lines are the same but for the indentation of all of them together.
type Move struct{ Old, New, Lines int }

// moves finds lines that moved. A line is part of one move at most; where lines could have moved to several
// places, the longest run wins, then the first. The answer is sorted by Old and depends on the arguments alone.
func moves(a, b [][]byte, blocks []Block) []Move {
	if n := sizeOfScript(blocks); n == 0 || n > maxMoveLines {
		return nil
	}
	s := newMoveSearch(a, b, blocks)
	s.search()
	var chosen []Move
	for len(s.found) > 0 {
		r := heap.Pop(&s.found).(common)
		free, rest := s.unused(r)
		if free.lines < r.lines {
			s.push(free)
			s.push(rest)
			continue
		}
		for k := range r.lines {
			s.old[r.i+k].used, s.new[r.j+k].used = true, true
		}
		chosen = append(chosen, Move{s.old[r.i].at, s.new[r.j].at, r.lines})
	}
	slices.SortFunc(chosen, func(x, y Move) int { return cmp.Compare(x.Old, y.Old) })
	return chosen
}

// changedLine is a line that was removed or added.
type changedLine struct {
	at      int   // Its number in its version.
	block   int   // The block that it is in.
	text    int32 // Equal for lines that differ in indentation only.
	columns int   // The width of the indentation.
	blank   bool
	starts  bool // It says enough to begin a move: it is more than a bracket.
	weight  int  // Letters and digits.
	used    bool // It is part of a move.
}

type moveSearch struct {
	old, new []changedLine // In order. Lines of one block are next to each other in its version too.
	first    []int32       // By text: where its places begin in places; they end where those of the next text begin.
	places   []int32       // In new.
	found    runs
	steps    int
}

func newMoveSearch(a, b [][]byte, blocks []Block) *moveSearch {
	removed, added := 0, 0
	for _, at := range blocks {
		removed += at.OldHi - at.OldLo
		added += at.NewHi - at.NewLo
	}
	s := &moveSearch{old: make([]changedLine, 0, removed), new: make([]changedLine, 0, added), places: make([]int32, added)}
	texts := newInterner(max(removed, added))
	read := func(line []byte, at, block int) changedLine {
		// A file may end without a newline, or have got other ends of lines: the text is what moves.
		body := bytes.TrimRight(line, "\r\n")
		l := changedLine{at: at, block: block, weight: alphanumerics(body)}
		l.columns, l.blank = indentation(body)
		l.starts = l.weight > 0 && !isCloser(body)
		l.text = texts.number(bytes.TrimLeft(body, " \t"))
		return l
	}
	for n, at := range blocks {
		for i := at.OldLo; i < at.OldHi; i++ {
			s.old = append(s.old, read(a[i], i, n))
		}
		for j := at.NewLo; j < at.NewHi; j++ {
			s.new = append(s.new, read(b[j], j, n))
		}
	}
	// Count the lines of each text, add the counts up to where each text ends, and go back from there.
	s.first = make([]int32, len(texts.keys)+1)
	for _, l := range s.new {
		s.first[l.text]++
	}
	for text := range texts.keys {
		s.first[text+1] += s.first[text]
	}
	for j, l := range slices.Backward(s.new) {
		s.first[l.text]--
		s.places[s.first[l.text]] = int32(j)
	}
	return s
}

// twins answers the places in new of lines with a text, in order.
func (s *moveSearch) twins(text int32) []int32 {
	return s.places[s.first[text]:s.first[text+1]]
}

// alphanumerics counts letters and digits, a byte of a letter beyond ASCII as one.
func alphanumerics(line []byte) (n int) {
	for _, c := range line {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= 0x80 {
			n++
		}
	}
	return n
}

// search finds the longest runs that old and new have in common. They may overlap.
func (s *moveSearch) search() {
	ends := map[int]int{} // How far old is searched, by the distance between the places.
	for i, l := range s.old {
		twins := s.twins(l.text)
		if !l.starts || len(twins) > maxTwins {
			continue
		}
		for _, twin := range twins {
			j := int(twin)
			if i < ends[j-i] || s.steps > maxMoveSteps {
				continue
			}
			shift := s.new[j].columns - l.columns
			if l.block == s.new[j].block && shift != 0 {
				continue // Lines that got another indentation where they are did not move.
			}
			lo, hi := 0, 0
			for s.follows(i+lo, j+lo, -1, shift) {
				lo--
			}
			for s.follows(i+hi, j+hi, 1, shift) {
				hi++
			}
			ends[j-i] = i + hi + 1
			s.push(common{i: i + lo, j: j + lo, lines: hi - lo + 1})
		}
	}
}

// follows reports whether the lines next to places i and j, in one direction, are the same but for the indentation, which
// shifts by so many columns, and stand next to them in the files too.
func (s *moveSearch) follows(i, j, direction, shift int) bool {
	i2, j2 := i+direction, j+direction
	if i2 < 0 || j2 < 0 || i2 >= len(s.old) || j2 >= len(s.new) {
		return false
	}
	x, y := &s.old[i2], &s.new[j2]
	s.steps++
	return x.text == y.text && (x.blank || y.columns-x.columns == shift) &&
		x.block == s.old[i].block && y.block == s.new[j].block
}

// push remembers a run, without lines at its beginning that cannot begin a move, if it says enough.
func (s *moveSearch) push(r common) {
	for r.lines > 0 && !s.old[r.i].starts {
		r = common{i: r.i + 1, j: r.j + 1, lines: r.lines - 1}
	}
	r.weight = 0
	for k := range r.lines {
		r.weight += s.old[r.i+k].weight
	}
	s.steps += r.lines
	if r.weight >= leastMoved && s.steps < maxMoveSteps {
		heap.Push(&s.found, r)
	}
}

// unused answers the first part of a run that no move has taken yet, and what is behind it and still to be looked at.
func (s *moveSearch) unused(r common) (free, rest common) {
	taken := func(k int) bool { return s.old[r.i+k].used || s.new[r.j+k].used }
	from := 0
	for from < r.lines && taken(from) {
		from++
	}
	to := from
	for to < r.lines && !taken(to) {
		to++
	}
	return common{i: r.i + from, j: r.j + from, lines: to - from}, common{i: r.i + to, j: r.j + to, lines: r.lines - to}
}

// common is a run of lines that are the same, at place i of old and place j of new.
type common struct{ i, j, lines, weight int }

// runs is a heap with the longest run on top.
type runs []common

func (h runs) Len() int      { return len(h) }
func (h runs) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h runs) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(h[j].lines, h[i].lines), cmp.Compare(h[j].weight, h[i].weight),
		cmp.Compare(h[i].i, h[j].i), cmp.Compare(h[i].j, h[j].j)) < 0
}
func (h *runs) Push(x any) { *h = append(*h, x.(common)) }
func (h *runs) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}
