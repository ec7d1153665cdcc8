package diff

// defaultBudget is the number of steps that a comparison may take before it is
// simplified: about a tenth of a second. It counts steps, not time, so that the
// same versions give the same difference on every machine.
const defaultBudget = 30_000_000

// Block is a run of lines that differ, counted from 0: old[OldLo:OldHi] became new[NewLo:NewHi]. One of
// the two may be empty, never both.
type Block struct{ OldLo, OldHi, NewLo, NewHi int }

// comparison finds out which lines of a and b have no counterpart. The lines that
// are left unmarked are the same on both sides, in the same order.
type comparison struct {
	a, b           []int32
	removed, added []bool
	budget, spent  int // Steps.
	simplified     bool
	exact          bool // Once it is simplified it is of no use, and may stop.

	// Scratch space by line number, empty between uses.
	countA, countB []int32
	placeB         []int32
	// Scratch space of the search for a middle snake.
	forward, backward []int32
}

func newComparison(a, b []int32, distinct, budget int) *comparison {
	if budget <= 0 {
		budget = defaultBudget + 4*(len(a)+len(b)) // Even the first look at each line takes a step.
	}
	return &comparison{
		a: a, b: b,
		removed: make([]bool, len(a)), added: make([]bool, len(b)),
		budget: budget,
		countA: make([]int32, distinct), countB: make([]int32, distinct), placeB: make([]int32, distinct),
	}
}

// compare marks the lines that differ in a[aLo:aHi] and b[bLo:bHi].
//
// Lines that are unique on both sides are what a person would hold on to, so they split
// the problem first, as in Bram Cohen's patience diff; of those that cross, the ones that hold on to
// most lines. What is left between them is small and is solved by Myers' algorithm.
func (c *comparison) compare(aLo, aHi, bLo, bHi int) {
	for aLo < aHi && bLo < bHi && c.a[aLo] == c.b[bLo] {
		aLo, bLo = aLo+1, bLo+1
	}
	for aLo < aHi && bLo < bHi && c.a[aHi-1] == c.b[bHi-1] {
		aHi, bHi = aHi-1, bHi-1
	}
	if aLo == aHi || bLo == bHi {
		c.mark(aLo, aHi, bLo, bHi)
		return
	}
	if c.spent > c.budget {
		// Each anchor may uncover the next: without an end to it, that would take the square of the lines.
		c.simplified = true
		c.shortest(aLo, aHi, bLo, bHi)
		return
	}
	anchors := c.anchors(aLo, aHi, bLo, bHi)
	if len(anchors) == 0 {
		c.shortest(aLo, aHi, bLo, bHi)
		return
	}
	for _, at := range anchors {
		c.compare(aLo, at.a, bLo, at.b)
		aLo, bLo = at.a+at.n, at.b+at.n
	}
	c.compare(aLo, aHi, bLo, bHi)
}

func (c *comparison) mark(aLo, aHi, bLo, bHi int) {
	for i := aLo; i < aHi; i++ {
		c.removed[i] = true
	}
	for i := bLo; i < bHi; i++ {
		c.added[i] = true
	}
}

// shortest marks a shortest edit script of the ranges, or one that is nearly
// so when the budget runs out.
func (c *comparison) shortest(aLo, aHi, bLo, bHi int) {
	// A line that the other side does not have at all cannot be matched. Leaving such
	// lines out first makes versions with little in common cheap.
	for _, id := range c.a[aLo:aHi] {
		c.countA[id]++
	}
	for _, id := range c.b[bLo:bHi] {
		c.countB[id]++
	}
	var s snake
	for i := aLo; i < aHi; i++ {
		if c.countB[c.a[i]] == 0 {
			c.removed[i] = true
			continue
		}
		s.a, s.placeA = append(s.a, c.a[i]), append(s.placeA, i)
	}
	for i := bLo; i < bHi; i++ {
		if c.countA[c.b[i]] == 0 {
			c.added[i] = true
			continue
		}
		s.b, s.placeB = append(s.b, c.b[i]), append(s.placeB, i)
	}
	for _, id := range c.a[aLo:aHi] {
		c.countA[id] = 0
	}
	for _, id := range c.b[bLo:bHi] {
		c.countB[id] = 0
	}
	s.comparison = c
	s.solve(0, len(s.a), 0, len(s.b))
}

// blocks answers the marked runs in order.
func (c *comparison) blocks() []Block {
	var blocks []Block
	i, j := 0, 0
	for i < len(c.a) || j < len(c.b) {
		if (i == len(c.a) || !c.removed[i]) && (j == len(c.b) || !c.added[j]) {
			i, j = i+1, j+1
			continue
		}
		at := Block{OldLo: i, NewLo: j}
		for i < len(c.a) && c.removed[i] {
			i++
		}
		for j < len(c.b) && c.added[j] {
			j++
		}
		at.OldHi, at.NewHi = i, j
		blocks = append(blocks, at)
	}
	return blocks
}

// compareLines answers where two versions differ.
func compareLines(a, b [][]byte, ignoreSpace bool, budget int) (blocks []Block, simplified bool) {
	na, nb, distinct := numberLines(a, b, ignoreSpace)
	c := newComparison(na, nb, distinct, budget)
	c.compare(0, len(na), 0, len(nb))
	best := func(at Block, up, down int) int { return bestShift(at, a, b, up, down) }
	return slide(c.shorten(c.blocks()), na, nb, best), c.simplified
}
