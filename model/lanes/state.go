package lanes

import (
	"math/bits"
	"slices"
)

// Colours is how many colours neighbouring lines are told apart by: the numbers
// of lines in adjacent columns always differ modulo it.
const Colours = 6

// state is the open lanes above one row. Going to the next row takes two steps,
// so that the row can be drawn in between: advance, then release.
//
// The cost of a row depends on the parents of its commit and the lanes that end
// there, not on how many lanes are open: a million rows are skipped this way.
type state struct {
	row   int // The row that is next, or drawn.
	lines int // The number that the next line gets at least.

	lanes []lane           // By column, up to the rightmost that is in use.
	used  []uint64         // A bit per column in use.
	low   int              // No word of used before this one has a free column.
	open  int              // How many columns are in use.
	heads map[uint32]int32 // The leftmost of the lanes that lead to a commit.
	stubs []int32          // Lanes that lead nowhere: they end in the next row.

	// About the row between advance and release.
	node    int32   // The commit's column.
	isTip   bool    // Nothing above leads to the commit.
	isMerge bool    // It has several parents.
	goesOn  bool    // It has a parent, so its lane goes on.
	events  []int32 // The other columns where something happens.
}

// lane is one column: the line in it and where that leads.
type lane struct {
	want  uint32 // The commit that the line leads to, or Absent.
	next  int32  // Another lane that leads to the same commit, or -1.
	event event
	line  int // The line's number, or resting.
}

// resting is the number of a lane kept empty in the row below the last
// commit of a line: in it another commit would look like that one's parent.
const resting = -1

// event is what happens to a lane in a row, other than that it passes.
type event uint8

const (
	passes event = iota
	opens        // It begins at the commit, towards one of its parents.
	meets        // It is open already and leads to one of the commit's parents.
	joins        // It ends at the commit.
	fades        // It ends here, because what it leads to is not below.
)

func newState() *state { return &state{heads: map[uint32]int32{}} }

// advance goes through a commit. Those of its parents that are in late came in
// rows above.
func (s *state) advance(id uint32, parents, late []uint32) {
	for _, c := range s.stubs {
		s.mark(c, fades)
	}
	s.stubs = s.stubs[:0]

	head, isAwaited := s.heads[id]
	s.isTip = !isAwaited
	if isAwaited {
		delete(s.heads, id)
		s.node = head
		for c := s.lanes[head].next; c >= 0; c = s.lanes[c].next {
			s.mark(c, joins)
		}
	} else {
		s.node = s.take()
	}

	s.isMerge = len(parents) > 1
	s.goesOn = len(parents) > 0
	if !s.goesOn {
		return
	}
	first := expected(parents[0], late)
	s.lead(s.node, first)
	hasStub := false
	for _, parent := range parents[1:] {
		parent = expected(parent, late)
		if parent == first || parent == Absent && hasStub {
			continue
		}
		hasStub = hasStub || parent == Absent
		// The leftmost lane that leads to a commit ends in its column: no line to
		// it is shorter.
		if c, ok := s.heads[parent]; ok {
			if s.lanes[c].event == passes {
				s.mark(c, meets)
			}
			continue
		}
		c := s.take()
		s.lead(c, parent)
		s.mark(c, opens)
	}
}

// expected is the parent, or Absent where it came above.
func expected(parent uint32, late []uint32) uint32 {
	if slices.Contains(late, parent) {
		return Absent
	}
	return parent
}

// release frees the lanes that ended in the row, which no other may use before:
// a line that ends and one that begins in the same cell would look like one.
func (s *state) release() {
	for _, c := range s.events {
		e := s.lanes[c].event
		s.lanes[c].event = passes
		if e == joins || e == fades {
			s.free(c)
		}
	}
	s.events = s.events[:0]
	if !s.goesOn {
		s.lanes[s.node].line = resting
		s.lead(s.node, Absent)
	}
	for n := len(s.lanes); n > 0 && !s.isUsed(n-1); n-- {
		s.lanes = s.lanes[:n-1]
	}
	s.row++
}

func (s *state) mark(c int32, e event) {
	s.lanes[c].event = e
	s.events = append(s.events, c)
}

// lead makes a lane lead to a commit.
func (s *state) lead(c int32, want uint32) {
	l := &s.lanes[c]
	l.want, l.next = want, -1
	if want == Absent {
		s.stubs = append(s.stubs, c)
		return
	}
	head, ok := s.heads[want]
	switch {
	case !ok:
		s.heads[want] = c
	case c < head:
		l.next = head
		s.heads[want] = c
	default:
		l.next = s.lanes[head].next
		s.lanes[head].next = c
	}
}

// take opens the leftmost free column for a new line.
func (s *state) take() int32 {
	for s.low < len(s.used) && s.used[s.low] == ^uint64(0) {
		s.low++
	}
	c := 64 * s.low
	if s.low < len(s.used) {
		c += bits.TrailingZeros64(^s.used[s.low])
	}
	s.occupy(c)
	s.lanes[c].line = s.number(c)
	return int32(c)
}

// number is a number for a new line in column c: the next whose colour neither
// neighbour has.
func (s *state) number(c int) int {
	n := s.lines
	for s.hasColour(c-1, n) || s.hasColour(c+1, n) {
		n++
	}
	s.lines = n + 1
	return n
}

func (s *state) hasColour(c, line int) bool {
	return s.isUsed(c) && s.lanes[c].line%Colours == line%Colours
}

func (s *state) isUsed(c int) bool {
	return c >= 0 && c < len(s.lanes) && s.used[c/64]&(1<<(c%64)) != 0
}

func (s *state) occupy(c int) {
	for len(s.lanes) <= c {
		s.lanes = append(s.lanes, lane{})
	}
	for len(s.used) <= c/64 {
		s.used = append(s.used, 0)
	}
	s.lanes[c] = lane{next: -1}
	s.used[c/64] |= 1 << (c % 64)
	s.open++
}

func (s *state) free(c int32) {
	s.used[c/64] &^= 1 << (c % 64)
	s.low = min(s.low, int(c/64))
	s.open--
}
