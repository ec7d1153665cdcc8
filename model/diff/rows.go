package diff

import (
	"bytes"
	"slices"
	"unicode/utf8"
)

const (
	// alignBudget is how many pairs of lines one file's alignment may compare.
	alignBudget = 200_000
	// lineBudget is how many lines that differ one file may have for them to be aligned.
	lineBudget = 200_000
	// maxRun is how many lines a side of a run may have to be aligned by likeness.
	maxRun = 150
	// likeEnough is the likeness, out of 1000, from which two lines are
	// shown as one that changed.
	likeEnough = 400
)

// pair aligns the lines of every block, as far as the budget reaches.
func (d *drawing) pair(blocks []Block) {
	d.pairs = make([][]pair, len(blocks))
	cells, lines := alignBudget, lineBudget
	for i, at := range blocks {
		n, m := at.OldHi-at.OldLo, at.NewHi-at.NewLo
		if n == 0 || m == 0 {
			continue
		}
		if lines -= n + m; lines < 0 {
			return
		}
		d.pairs[i] = d.align(at, &cells)
	}
}

// align pairs removed lines with the added ones they are like, without crossing, so that the sum of
// likeness is greatest. Large runs are paired by position.
func (d *drawing) align(at Block, cells *int) []pair {
	n, m := at.OldHi-at.OldLo, at.NewHi-at.NewLo
	a, b := make([]profile, n), make([]profile, m)
	for i := range a {
		a[i] = profileOf(d.a[at.OldLo+i])
	}
	for j := range b {
		b[j] = profileOf(d.b[at.NewLo+j])
	}
	var pairs []pair
	if n > maxRun || m > maxRun || n*m > *cells {
		for i := range min(n, m) {
			if likeness(a[i], b[i]) >= likeEnough {
				pairs = append(pairs, pair{at.OldLo + i, at.NewLo + i})
			}
		}
		return pairs
	}
	*cells -= n * m
	// best[i][j] is the greatest sum for the lines from i and j on.
	width := m + 1
	best, like := make([]int32, (n+1)*width), make([]int32, n*m)
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			sum := max(best[(i+1)*width+j], best[i*width+j+1])
			if l := int32(likeness(a[i], b[j])); l >= likeEnough {
				like[i*m+j] = l
				sum = max(sum, l+best[(i+1)*width+j+1])
			}
			best[i*width+j] = sum
		}
	}
	for i, j := 0, 0; i < n && j < m; {
		sum := best[i*width+j]
		switch l := like[i*m+j]; {
		case l > 0 && sum == l+best[(i+1)*width+j+1]:
			pairs = append(pairs, pair{at.OldLo + i, at.NewLo + j})
			i, j = i+1, j+1
		case sum == best[(i+1)*width+j]:
			i++
		default:
			j++
		}
	}
	return pairs
}

// profile is what likeness looks at: the words of a line with their number of
// bytes, and the name it begins with.
type profile struct {
	words  []uint64 // Sorted: a hash of the word above its length in the lowest byte.
	weight int
	depth  int
	key    uint64 // 0 for none.
}

// maxProfile is how many bytes of a line count for its likeness.
const maxProfile = 400

func profileOf(line []byte) profile {
	line = line[:min(len(line), maxProfile)]
	var p profile
	p.depth, _ = indentation(line)
	trimmed := bytes.TrimSpace(line)
	for rest := trimmed; len(rest) > 0; {
		n := tokenLength(rest)
		word := rest[:n]
		rest = rest[n:]
		if isSpace(word[0]) {
			continue
		}
		// FNV-1a: a collision makes two lines a little more alike, no more.
		hash := uint64(14695981039346656037)
		for _, c := range word {
			hash = (hash ^ uint64(c)) * 1099511628211
		}
		weight := min(n, 255)
		p.words = append(p.words, hash<<8|uint64(weight))
		p.weight += weight
		if p.key == 0 && isWordRune(firstRune(word)) {
			p.key = hash
		}
	}
	slices.Sort(p.words)
	return p
}

func firstRune(b []byte) rune {
	r, _ := utf8.DecodeRune(b)
	return r
}

// likeness says how much of two lines is the same, out of 1000: the share of bytes in words that both
// have. Lines that begin with the same name, as "listen 80;" and "listen 443 ssl;" do,
// are versions of one setting and count as at least half alike.
func likeness(a, b profile) int {
	total := a.weight + b.weight
	if total == 0 {
		return 1000
	}
	common := 0
	for i, j := 0, 0; i < len(a.words) && j < len(b.words); {
		switch {
		case a.words[i] < b.words[j]:
			i++
		case a.words[i] > b.words[j]:
			j++
		default:
			common += int(a.words[i] & 0xff)
			i, j = i+1, j+1
		}
	}
	like := 2000 * common / total
	if a.key != 0 && a.key == b.key {
		like = 500 + like/2
	}
	if a.depth != b.depth {
		like -= 20
	}
	return like
}
