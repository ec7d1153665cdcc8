package structure

import (
	"slices"
	"sort"
)

// pair is an item of the old list and the one of the new that it is matched with.
type pair struct{ old, new int }

// maxCells bounds the table of one exact comparison of two lists.
const maxCells = 1 << 20

// common answers items that are equal on both sides, in order. It is the most that there is where the table of
// the comparison is small, and an approximation elsewhere.
func (c *comparer) common(old, new []uint64) []pair {
	var pairs []pair
	lo := 0
	for lo < len(old) && lo < len(new) && old[lo] == new[lo] {
		pairs = append(pairs, pair{lo, lo})
		lo++
	}
	oldHi, newHi := len(old), len(new)
	for oldHi > lo && newHi > lo && old[oldHi-1] == new[newHi-1] {
		oldHi, newHi = oldHi-1, newHi-1
	}
	middle := exactCommon
	if cells := (oldHi - lo + 1) * (newHi - lo + 1); cells > maxCells || cells > c.cells {
		middle = sampledCommon
	} else {
		c.cells -= cells
	}
	for _, p := range middle(old[lo:oldHi], new[lo:newHi]) {
		pairs = append(pairs, pair{p.old + lo, p.new + lo})
	}
	for i := range len(old) - oldHi {
		pairs = append(pairs, pair{oldHi + i, newHi + i})
	}
	return pairs
}

// exactCommon is the longest common subsequence by the textbook's table.
func exactCommon(old, new []uint64) []pair {
	if len(old) == 0 || len(new) == 0 {
		return nil
	}
	width := len(new) + 1
	table := make([]int32, (len(old)+1)*width) // table[i*width+j]: how many are common in old[i:] and new[j:].
	for i, was := range slices.Backward(old) {
		for j, is := range slices.Backward(new) {
			if was == is {
				table[i*width+j] = table[(i+1)*width+j+1] + 1
			} else {
				table[i*width+j] = max(table[(i+1)*width+j], table[i*width+j+1])
			}
		}
	}
	var pairs []pair
	for i, j := 0, 0; i < len(old) && j < len(new); {
		switch {
		case old[i] == new[j]:
			pairs = append(pairs, pair{i, j})
			i, j = i+1, j+1
		case table[(i+1)*width+j] >= table[i*width+j+1]:
			i++
		default:
			j++
		}
	}
	return pairs
}

// sampledCommon matches the first occurrence of each item with the first on the other side, the second
// with the second, and keeps what does not cross.
func sampledCommon(old, new []uint64) []pair {
	at := make(map[uint64][]int, len(old))
	for i, h := range old {
		at[h] = append(at[h], i)
	}
	var pairs []pair
	for j, h := range new {
		if places := at[h]; len(places) > 0 {
			pairs = append(pairs, pair{places[0], j})
			at[h] = places[1:]
		}
	}
	keep := rising(pairs)
	kept := pairs[:0]
	for i, p := range pairs {
		if keep[i] {
			kept = append(kept, p)
		}
	}
	return kept
}

// rising marks a longest run of pairs, which are sorted by new, whose old rises too. The others have moved.
func rising(pairs []pair) []bool {
	var ends []int // ends[n] is the pair with the smallest old that ends a rising run of n+1 pairs.
	before := make([]int, len(pairs))
	for i, p := range pairs {
		at := sort.Search(len(ends), func(n int) bool { return pairs[ends[n]].old >= p.old })
		before[i] = -1
		if at > 0 {
			before[i] = ends[at-1]
		}
		if at == len(ends) {
			ends = append(ends, i)
		} else {
			ends[at] = i
		}
	}
	keep := make([]bool, len(pairs))
	if len(ends) > 0 {
		for i := ends[len(ends)-1]; i >= 0; i = before[i] {
			keep[i] = true
		}
	}
	return keep
}
