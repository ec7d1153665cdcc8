package diff

// maxSlide is how many positions of a sliding block are judged.
const maxSlide = 200

// slide moves blocks to where a person would put them. A block that only adds or only removes lines can
// often be shifted without changing what the difference says, because the line before it is also
// its last line: "}" and the blank line above a new paragraph are the usual ones. Blocks that
// can be shifted together become one; choose says where the others go.
func slide(blocks []Block, na, nb []int32, choose func(at Block, up, down int) int) []Block {
	var out []Block
	for i := 0; i < len(blocks); i++ {
		at := blocks[i]
		floor, ceiling := 0, len(na)
		if len(out) > 0 {
			floor = out[len(out)-1].OldHi
		}
		if i+1 < len(blocks) {
			ceiling = blocks[i+1].OldLo
		}
		up, down := reach(at, na, nb, floor, ceiling)
		if len(out) > 0 && at.OldLo-up == floor {
			last := &out[len(out)-1]
			last.OldHi, last.NewHi = at.OldHi-up, at.NewHi-up
			// The joined block may reach further: judge it again.
			blocks[i] = *last
			out = out[:len(out)-1]
			i--
			continue
		}
		if i+1 < len(blocks) && at.OldHi+down == ceiling {
			blocks[i+1].OldLo, blocks[i+1].NewLo = at.OldLo+down, at.NewLo+down
			continue
		}
		out = append(out, at.shift(choose(at, up, down)))
	}
	return out
}

func (at Block) shift(n int) Block {
	return Block{at.OldLo + n, at.OldHi + n, at.NewLo + n, at.NewHi + n}
}

// reach answers how far a block can be shifted, its place in a staying between floor and ceiling.
func reach(at Block, na, nb []int32, floor, ceiling int) (up, down int) {
	lines, lo, hi := na, at.OldLo, at.OldHi
	switch {
	case at.OldLo == at.OldHi:
		lines, lo, hi = nb, at.NewLo, at.NewHi
	case at.NewLo != at.NewHi:
		return 0, 0
	}
	for at.OldLo-up > floor && lines[lo-up-1] == lines[hi-up-1] {
		up++
	}
	for at.OldHi+down < ceiling && lines[lo+down] == lines[hi+down] {
		down++
	}
	return up, down
}

// bestShift judges each position by the two lines that the block would begin and end
// before; of equally good ones the lowest on the page wins.
func bestShift(at Block, a, b [][]byte, up, down int) int {
	if up == 0 && down == 0 {
		return 0
	}
	lines, lo, hi := a, at.OldLo, at.OldHi
	if lo == hi {
		lines, lo, hi = b, at.NewLo, at.NewHi
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
	return cost + 8*min(columns, 60)
}
