package diff

// Limits of the search for a script that is shorter than the one that holds on to unique lines: the lines on both sides, and the steps,
// which are as many as there are lines and the square of those that differ.
const (
	shortenLines = 100_000
	shortenSteps = 5_000_000
)

// shorten takes the shortest script in the places where unique lines made it a good deal longer: where paragraphs
// changed places they hold on to one with names of its own and call those around it moved, which may
// be more. Elsewhere they stay, for a shortest script likes to match a brace with any other.
func (c *comparison) shorten(anchored []Block) []Block {
	if len(anchored) == 0 {
		return nil
	}
	first, last := anchored[0], anchored[len(anchored)-1]
	if last.OldHi-first.OldLo+last.NewHi-first.NewLo > shortenLines || first == last || c.simplified {
		return anchored
	}
	// The search has marks and a budget of its own.
	s := *c
	s.exact = true
	s.removed, s.added = make([]bool, len(c.a)), make([]bool, len(c.b))
	s.spent, s.budget = 0, min(shortenSteps, c.budget)
	s.shortest(first.OldLo, last.OldHi, first.NewLo, last.NewHi)
	c.spent += s.spent
	if s.simplified {
		return anchored
	}
	return choose(anchored, s.blocks(), func(anchored, shortest []Block) bool {
		n, least := sizeOfScript(anchored), sizeOfScript(shortest)
		return n >= least+4 && n*10 > least*11
	})
}

// choose goes through two scripts of the same versions, and from each place where they meet to the next takes the one
// of the second where better says so.
func choose(one, other []Block, better func(one, other []Block) bool) []Block {
	var out []Block
	diagonal, otherDiagonal := 0, 0 // How far each script is ahead in new.
	for len(one) > 0 || len(other) > 0 {
		i, j := 0, 0
		at := -1 // The line of old up to which both are taken.
		for {
			switch {
			case i < len(one) && one[i].OldLo <= at:
				at, diagonal = max(at, one[i].OldHi), one[i].NewHi-one[i].OldHi
				i++
				continue
			case j < len(other) && other[j].OldLo <= at:
				at, otherDiagonal = max(at, other[j].OldHi), other[j].NewHi-other[j].OldHi
				j++
				continue
			case at >= 0 && diagonal == otherDiagonal:
			case i < len(one) && (j == len(other) || one[i].OldLo <= other[j].OldLo):
				at = one[i].OldLo
				continue
			case j < len(other):
				at = other[j].OldLo
				continue
			}
			break
		}
		if better(one[:i], other[:j]) {
			out = append(out, other[:j]...)
		} else {
			out = append(out, one[:i]...)
		}
		one, other = one[i:], other[j:]
	}
	return out
}

func sizeOfScript(blocks []Block) (n int) {
	for _, at := range blocks {
		n += at.OldHi - at.OldLo + at.NewHi - at.NewLo
	}
	return n
}
