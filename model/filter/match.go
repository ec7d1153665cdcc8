package filter

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Smart is how the words of a text term are looked for: in any case unless one of the letters is upper case.
// With fold set, the needle is in lower case and so must be what it is looked for in, rune by rune
// ([unicode.ToLower]).
func Smart(s string) (needle string, fold bool) {
	for _, r := range s {
		if unicode.IsUpper(r) || unicode.IsTitle(r) {
			return s, false
		}
	}
	return strings.Map(unicode.ToLower, s), true
}

// Highlights is where the text and fuzzy terms of the filter are found in a subject: ranges of bytes, in
// order, that do not touch. Negated terms are found nowhere.
func (f Filter) Highlights(s string) [][2]int {
	var found [][2]int
	for _, t := range f.Terms {
		switch {
		case t.Not || t.Value == "":
		case t.Kind == Text:
			found = appendText(found, t.Value, s)
		case t.Kind == Fuzzy:
			found = appendFuzzy(found, t.Value, s)
		}
	}
	return merge(found)
}

// appendText finds every place of a text that does not overlap the one before.
func appendText(found [][2]int, value, s string) [][2]int {
	needle, fold := Smart(value)
	for at := 0; at < len(s); {
		n := -1
		if fold {
			n = foldedPrefix(s[at:], needle)
		} else if strings.HasPrefix(s[at:], needle) {
			n = len(needle)
		}
		if n > 0 {
			found = append(found, [2]int{at, at + n})
			at += n
			continue
		}
		at += runeSize(s[at:])
	}
	return found
}

// foldedPrefix is how much of s the needle takes, or -1. Lower case may be longer or shorter than upper case.
func foldedPrefix(s, needle string) int {
	at := 0
	for _, want := range needle {
		if at == len(s) {
			return -1
		}
		r, n := utf8.DecodeRuneInString(s[at:])
		if unicode.ToLower(r) != want {
			return -1
		}
		at += n
	}
	return at
}

func appendFuzzy(found [][2]int, pattern, s string) [][2]int {
	positions, _ := FuzzyMatch(pattern, s)
	i := 0
	for at := range s {
		if len(positions) > 0 && positions[0] == i {
			found = append(found, [2]int{at, at + runeSize(s[at:])})
			positions = positions[1:]
		}
		i++
	}
	return found
}

// merge sorts ranges and joins those that overlap or touch.
func merge(ranges [][2]int) [][2]int {
	slices.SortFunc(ranges, func(a, b [2]int) int { return a[0] - b[0] })
	var merged [][2]int
	for _, r := range ranges {
		if n := len(merged); n > 0 && r[0] <= merged[n-1][1] {
			merged[n-1][1] = max(merged[n-1][1], r[1])
		} else {
			merged = append(merged, r)
		}
	}
	return merged
}
