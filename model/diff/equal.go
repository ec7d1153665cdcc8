package diff

import "iter"

// EqualLines goes through the lines that two versions share, in order: the number of each in old and in new,
// from 0. The lines in between were removed or added.
func EqualLines(old, new []byte) iter.Seq2[int, int] {
	return func(yield func(i, j int) bool) {
		a, b := splitLines(old), splitLines(new)
		blocks, _ := compareLines(a, b, false, 0)
		i, j := 0, 0
		for _, at := range append(blocks, Block{len(a), len(a), len(b), len(b)}) {
			for ; i < at.OldLo; i, j = i+1, j+1 {
				if !yield(i, j) {
					return
				}
			}
			i, j = at.OldHi, at.NewHi
		}
	}
}
