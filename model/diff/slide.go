package diff

// maxSlide is how many positions of a sliding block are judged.
const maxSlide = 200

// slide moves blocks to where a person would put them. A block that only adds or only removes lines can
// often be shifted without changing what the difference says, because the line before it is also
// its last line: "}" and the blank line above a new paragraph are the usual ones. Blocks that
// can be shifted together become one; choose says where the others go.
func slide(blocks []block, na, nb []int32, choose func(at block, up, down int) int) []block {
	var out []block
	for i := 0; i < len(blocks); i++ {
		at := blocks[i]
		floor, ceiling := 0, len(na)
		if len(out) > 0 {
			floor = out[len(out)-1].aHi
		}
		if i+1 < len(blocks) {
			ceiling = blocks[i+1].aLo
		}
		up, down := reach(at, na, nb, floor, ceiling)
		if len(out) > 0 && at.aLo-up == floor {
			last := &out[len(out)-1]
			last.aHi, last.bHi = at.aHi-up, at.bHi-up
			// The joined block may reach further: judge it again.
			blocks[i] = *last
			out = out[:len(out)-1]
			i--
			continue
		}
		if i+1 < len(blocks) && at.aHi+down == ceiling {
			blocks[i+1].aLo, blocks[i+1].bLo = at.aLo+down, at.bLo+down
			continue
		}
		out = append(out, at.shift(choose(at, up, down)))
	}
	return out
}

func (at block) shift(n int) block {
	return block{at.aLo + n, at.aHi + n, at.bLo + n, at.bHi + n}
}

// reach answers how far a block can be shifted, its place in a staying between floor and ceiling.
func reach(at block, na, nb []int32, floor, ceiling int) (up, down int) {
	lines, lo, hi := na, at.aLo, at.aHi
	switch {
	case at.aLo == at.aHi:
		lines, lo, hi = nb, at.bLo, at.bHi
	case at.bLo != at.bHi:
		return 0, 0
	}
	for at.aLo-up > floor && lines[lo-up-1] == lines[hi-up-1] {
		up++
	}
	for at.aHi+down < ceiling && lines[lo+down] == lines[hi+down] {
		down++
	}
	return up, down
}

// bestShift judges each position by the two lines that the block would begin and end
// before; of equally good ones the lowest on the page wins.
func bestShift(at block, a, b [][]byte, up, down int) int {
	if up == 0 && down == 0 {
		return 0
	}
	lines, lo, hi := a, at.aLo, at.aHi
	if lo == hi {
		lines, lo, hi = b, at.bLo, at.bHi
	}
	up = min(up, maxSlide-min(down, maxSlide))
	best, bestCost := 0, int(^uint(0)>>1)
	for n := -up; n <= min(down, maxSlide); n++ {
		if cost := boundaryCost(lines, lo+n) + boundaryCost(lines, hi+n); cost <= bestCost {
			best, bestCost = n, cost
		}
	}
	return best
}

// boundaryCost says how odd it would look to begin something before line i: the deeper the line is indented the
// odder, worst at a line that closes what is above, best after a blank line.
func boundaryCost(lines [][]byte, i int) int {
	if i >= len(lines) {
		return 0
	}
	cost := 0
	columns, blank := indentation(lines[i])
	switch {
	case blank:
		cost += 6
		for next := i + 1; next < len(lines) && next < i+8; next++ {
			if width, empty := indentation(lines[next]); !empty {
				columns = width
				break
			}
		}
	case isCloser(lines[i]):
		cost += 8
	}
	if i > 0 && !blank {
		if _, above := indentation(lines[i-1]); above {
			cost -= 10
		}
	}
	return cost + 4*min(columns, 60)
}
