package diff

// pair is a line of a and the line of b that it is matched with.
type pair struct{ a, b int }

// run is a stretch of lines that are the same on both sides: from line a of one and from line b of the other on, n lines.
// Its first and its last line occur once on each side. weight is the number of lines that match when those
// around it that occur more often are taken along.
type run struct{ a, b, n, weight int }

// anchors answers runs of lines that begin and end with lines that occur exactly once in each range, as many lines as can be
// matched without crossing.
func (c *comparison) anchors(aLo, aHi, bLo, bHi int) []run {
	c.spent += aHi - aLo + bHi - bLo
	for _, id := range c.a[aLo:aHi] {
		c.countA[id]++
	}
	for i, id := range c.b[bLo:bHi] {
		c.countB[id]++
		c.placeB[id] = int32(bLo + i)
	}
	var runs []run
	rising := true
	for i := aLo; i < aHi; i++ {
		id := c.a[i]
		if c.countA[id] != 1 || c.countB[id] != 1 {
			continue
		}
		at := run{a: i, b: int(c.placeB[id]), n: 1}
		// Follow the lines that are equal up to the last unique one among them.
		end := 1
		for at.a+end < aHi && at.b+end < bHi && c.a[at.a+end] == c.b[at.b+end] {
			if next := c.a[at.a+end]; c.countA[next] == 1 && c.countB[next] == 1 {
				at.n = end + 1
			}
			end++
		}
		before := 0
		for at.a-before > aLo && at.b-before > bLo && c.a[at.a-before-1] == c.b[at.b-before-1] {
			before++
		}
		at.weight = before + end
		if len(runs) > 0 && runs[len(runs)-1].b > at.b {
			rising = false
		}
		runs = append(runs, at)
		i += at.n - 1
	}
	for _, id := range c.a[aLo:aHi] {
		c.countA[id] = 0
	}
	for _, id := range c.b[bLo:bHi] {
		c.countB[id] = 0
	}
	if rising {
		return runs
	}
	return heaviestRising(runs, bLo, bHi)
}

// heaviestRising answers the subsequence of runs, which are sorted by a, whose b rises too and whose lines are the most.
// Counting the unique lines alone would hold on to a short paragraph of which each line is unique, and
// call a longer one moved of which only the names are.
func heaviestRising(runs []run, bLo, bHi int) []run {
	// A binary indexed tree: best[k] is the run that ends the heaviest sequence among those with b in the 2^j places up
	// to k, plus one.
	best := make([]int32, bHi-bLo+1)
	total, before := make([]int, len(runs)), make([]int32, len(runs))
	last := int32(0)
	for i, r := range runs {
		ends := int32(0)
		for k := r.b - bLo; k > 0; k &= k - 1 {
			if e := best[k]; e > 0 && (ends == 0 || total[e-1] > total[ends-1] || total[e-1] == total[ends-1] && e > ends) {
				ends = e
			}
		}
		before[i], total[i] = ends, r.weight
		if ends > 0 {
			total[i] += total[ends-1]
		}
		for k := r.b - bLo + 1; k < len(best); k += k & -k {
			if e := best[k]; e == 0 || total[i] >= total[e-1] {
				best[k] = int32(i + 1)
			}
		}
		if last == 0 || total[i] >= total[last-1] {
			last = int32(i + 1)
		}
	}
	n := 0
	for at := last; at > 0; at = before[at-1] {
		n++
	}
	rising := make([]run, n)
	for at := last; at > 0; at = before[at-1] {
		n--
		rising[n] = runs[at-1]
	}
	return rising
}
