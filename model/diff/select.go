package diff

import (
	"bytes"
	"fmt"
)

// Blocks answers where two versions differ, line by line: the blocks that [Text] draws.
func Blocks(old, new []byte) []Block {
	blocks, _ := compareLines(splitLines(old), splitLines(new), false, 0)
	return blocks
}

// Apply answers old with only the picked blocks of the difference carried out. A selection is ranges of lines of
// both versions, sorted and disjoint; each may be a part of a block, as some of its added lines only. One that does not fit the
// versions is an error.
//
// A version that is nil does not exist: some lines of a file that is new make a file of these lines, and a
// file of which the last line goes with the whole file is gone. The answer shares no memory with the versions.
func Apply(old, new []byte, picked []Block) ([]byte, error) {
	a, b := splitLines(old), splitLines(new)
	if err := fits(picked, len(a), len(b)); err != nil {
		return nil, err
	}
	if len(picked) == 0 {
		return bytes.Clone(old), nil
	}
	lines := make([][]byte, 0, len(a)+len(b))
	at := 0
	for _, p := range picked {
		lines = append(lines, a[at:p.OldLo]...)
		lines = append(lines, b[p.NewLo:p.NewHi]...)
		at = p.OldHi
	}
	lines = append(lines, a[at:]...)
	if len(lines) == 0 && new == nil {
		return nil, nil
	}
	return join(lines), nil
}

// Except answers new with the picked blocks of the difference taken back. What it does is the rest of what [Apply] does: old
// with all other blocks carried out.
func Except(old, new []byte, picked []Block) ([]byte, error) {
	return Apply(new, old, swapped(picked))
}

// fits says why ranges of lines are no selection from versions of so many lines.
func fits(picked []Block, old, new int) error {
	var end Block
	for _, p := range picked {
		switch {
		case p.OldLo > p.OldHi || p.NewLo > p.NewHi || p.OldLo == p.OldHi && p.NewLo == p.NewHi:
			return fmt.Errorf("lines %d to %d and %d to %d are no range", p.OldLo, p.OldHi, p.NewLo, p.NewHi)
		case p.OldLo < end.OldHi || p.NewLo < end.NewHi:
			return fmt.Errorf("the lines from %d and %d on were picked already, or not in order", p.OldLo, p.NewLo)
		case p.OldHi > old || p.NewHi > new:
			return fmt.Errorf("lines up to %d and %d were picked, and the versions have %d and %d", p.OldHi, p.NewHi, old, new)
		}
		end = p
	}
	return nil
}

// join puts lines of two versions behind each other. The last line of a version may lack its newline, and gets
// one where a line of the other version comes to stand behind it.
func join(lines [][]byte) []byte {
	size := 0
	for _, line := range lines {
		size += len(line) + len("\r\n")
	}
	out := make([]byte, 0, size)
	for i, line := range lines {
		out = append(out, line...)
		if i+1 == len(lines) || bytes.HasSuffix(line, []byte{'\n'}) {
			continue
		}
		neighbour := lines[i+1]
		if !bytes.HasSuffix(neighbour, []byte{'\n'}) && i > 0 {
			neighbour = lines[i-1]
		}
		if bytes.HasSuffix(neighbour, []byte("\r\n")) && !bytes.HasSuffix(line, []byte{'\r'}) {
			out = append(out, '\r')
		}
		out = append(out, '\n')
	}
	return out
}

func swapped(blocks []Block) []Block {
	var out []Block
	for _, b := range blocks {
		out = append(out, Block{b.NewLo, b.NewHi, b.OldLo, b.OldHi})
	}
	return out
}

// WithinNew cuts blocks down to the lines new[lo:hi]. Where only some of a block's added lines are within, the removed ones that
// stand beside them by their position go with them; what one side has more goes with its last line.
//
// Lines that were only removed stand between two lines of new: they are within where both of these
// are. A range from -1 on has those before the first line, and one to the number of lines plus one those behind the last.
func WithinNew(blocks []Block, lo, hi int) []Block {
	var within []Block
	for _, b := range blocks {
		old, added := b.OldHi-b.OldLo, b.NewHi-b.NewLo
		if added == 0 {
			if lo < b.NewLo && b.NewLo < hi {
				within = append(within, b)
			}
			continue
		}
		from, to := max(b.NewLo, lo), min(b.NewHi, hi)
		if from >= to {
			continue
		}
		part := Block{b.OldLo + min(from-b.NewLo, old), b.OldHi, from, to}
		if to < b.NewHi {
			part.OldHi = b.OldLo + min(to-b.NewLo, old)
		}
		within = append(within, part)
	}
	return within
}

// WithinOld cuts blocks down to the lines old[lo:hi], as [WithinNew] does with those of new.
func WithinOld(blocks []Block, lo, hi int) []Block {
	return swapped(WithinNew(swapped(blocks), lo, hi))
}

// Grouped puts blocks together that are in one hunk: those with at most twice the context between them.
func Grouped(blocks []Block, context int) [][]Block {
	var groups [][]Block
	for first := 0; first < len(blocks); {
		end := first + 1
		for end < len(blocks) && blocks[end].OldLo-blocks[end-1].OldHi <= 2*context {
			end++
		}
		groups = append(groups, blocks[first:end:end])
		first = end
	}
	return groups
}
