package filter

import (
	"slices"
	"unicode"
	"unicode/utf8"
)

// HasFuzzy reports whether the letters of the pattern occur in s in their order, in any case unless one of
// them is upper case. It allocates nothing, so that a whole history can be asked.
func HasFuzzy(pattern, s string) bool {
	_, fold := Smart(pattern)
	for _, r := range pattern {
		if fold {
			r = lower(r)
		}
		at := indexRune(s, r, fold)
		if at < 0 {
			return false
		}
		s = s[at+runeSize(s[at:]):]
	}
	return true
}

// indexRune is where in s the rune stands first, or -1.
func indexRune(s string, want rune, fold bool) int {
	for i := 0; i < len(s); {
		r, n := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(s[i:])
		}
		if r == want || fold && lower(r) == want {
			return i
		}
		i += n
	}
	return -1
}

// lower is unicode.ToLower, quick for what nearly every message consists of.
func lower(r rune) rune {
	if r < utf8.RuneSelf {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}
	return unicode.ToLower(r)
}

// What a place is worth. Only their order matters: starting a word beats going on in one, a run beats
// letters far apart, and a far gap is hardly worse than a near one.
const (
	scoreWord    = 16
	scoreHump    = 12 // An upper-case letter or a digit after others, as in "nodeGroup2".
	scoreRun     = 14
	scoreGap     = -6
	scoreFurther = -1
	scoreNone    = -1 << 20

	// maxCells bounds the table; beyond it the text is no subject, and the first match will do.
	maxCells = 1 << 16
)

// FuzzyMatch finds the letters of the pattern in s in their order, as [HasFuzzy], and answers which runes
// they are: the starts of words and runs are preferred, and among equals the first.
func FuzzyMatch(pattern, s string) (positions []int, ok bool) {
	if !HasFuzzy(pattern, s) {
		return nil, false
	}
	p, original := []rune(pattern), []rune(s)
	t := original
	if _, fold := Smart(pattern); fold {
		p, t = lowered(p), lowered(t)
	}
	if len(p)*len(t) > maxCells {
		return tightest(p, t), true
	}
	return best(p, t, original), true
}

func lowered(runes []rune) []rune {
	l := make([]rune, len(runes))
	for i, r := range runes {
		l[i] = unicode.ToLower(r)
	}
	return l
}

// best fills the table of the best score of each beginning of the pattern that ends at each rune. It has
// one row per letter of the pattern and remembers where the letter before stood.
func best(p, t, original []rune) []int {
	if len(p) == 0 {
		return nil
	}
	before := make([]int32, len(p)*len(t))
	last, row := make([]int, len(t)), make([]int, len(t))
	for i, want := range p {
		gap, gapAt := scoreNone, 0 // The best of the row before that is not next to here.
		for j, r := range t {
			if i > 0 && j > 1 {
				gap += scoreFurther
				if s := last[j-2] + scoreGap; s > gap {
					gap, gapAt = s, j-2
				}
			}
			row[j] = scoreNone
			if r != want {
				continue
			}
			score, from := 0, j
			if i > 0 {
				score, from = gap, gapAt
				if j > 0 && last[j-1]+scoreRun > score {
					score, from = last[j-1]+scoreRun, j-1
				}
			}
			if score > scoreNone/2 {
				row[j] = score + worth(original, j)
				before[i*len(t)+j] = int32(from)
			}
		}
		last, row = row, last
	}
	at := 0
	for j, score := range last {
		if score > last[at] {
			at = j
		}
	}
	positions := make([]int, len(p))
	for i := len(p) - 1; i >= 0; i-- {
		positions[i] = at
		at = int(before[i*len(t)+at])
	}
	return positions
}

// worth is what it counts for that a letter stands where it does.
func worth(t []rune, j int) int {
	if !isWordRune(t[j]) {
		return 0
	}
	switch {
	case j == 0 || !isWordRune(t[j-1]):
		return scoreWord
	case unicode.IsUpper(t[j]) && !unicode.IsUpper(t[j-1]), unicode.IsDigit(t[j]) && !unicode.IsDigit(t[j-1]):
		return scoreHump
	}
	return 0
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// tightest goes to the end of the first match and back from there, which draws its letters together.
func tightest(p, t []rune) []int {
	end, i := 0, 0
	for i < len(p) {
		if t[end] == p[i] {
			i++
		}
		end++
	}
	positions := make([]int, 0, len(p))
	for i, j := len(p)-1, end-1; i >= 0; j-- {
		if t[j] == p[i] {
			positions = append(positions, j)
			i--
		}
	}
	slices.Reverse(positions)
	return positions
}
