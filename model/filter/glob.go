package filter

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// MatchPath reports whether a path, from the root of the repository and with slashes, is one that a term of
// the kind [Path] or [File] speaks of; whether the term is negated is not looked at, for that is about
// commits. It is safe for concurrent use, and takes time in proportion to the path.
//
// Paths are read as git reads ":(glob)": a plain path, or one with signs of a glob that exists exactly so, is
// that path and all below it; "*" and "?" stay within a segment and "**" crosses them. Beyond git, a glob
// without a slash matches the last segment anywhere, one with a slash only at its beginning does so at the
// root, a slash at the end asks for what is below, and "?" and brackets match letters rather than bytes.
func (t Term) MatchPath(name string) bool {
	if t.Kind == File {
		return name == t.Value || isBelow(name, t.Value) || t.Value == "."
	}
	g := t.glob
	if g == nil {
		g, _ = compile(t.Value)
	}
	return g.match(name)
}

// glob is a compiled pattern.
type glob struct {
	literal    string    // The pattern as a plain path, without slashes around it.
	isDir      bool      // Whether a slash stood at its end.
	isAnywhere bool      // Whether to match the last segment alone.
	segments   []segment // None for a plain path, or for a pattern that cannot match.
	isOutside  bool      // Whether it leads out of the repository.
}

// segment is what stands between two slashes. One that is deep is "**".
type segment struct {
	atoms []atom
	deep  bool
}

// atom is one part of a segment: a star, a class of runes, or a literal.
type atom struct {
	star    bool
	class   *class
	literal string
}

func isBelow(name, dir string) bool {
	return len(name) > len(dir) && name[len(dir)] == '/' && name[:len(dir)] == dir
}

func (g *glob) match(name string) bool {
	if !g.isDir && name == g.literal || g.literal == "" || isBelow(name, g.literal) {
		return true
	}
	if len(g.segments) == 0 {
		return false
	}
	if g.isAnywhere {
		return g.segments[0].match(name[strings.LastIndexByte(name, '/')+1:])
	}
	return matchSegments(g.segments, name)
}

// matchSegments needs to go back to the last "**" only: whatever an earlier one could do, the last can too.
func matchSegments(segments []segment, name string) bool {
	// The path is used up when at lies behind the slash that its end does not have.
	at, i := 0, 0
	deep, deepAt := -1, 0
	for {
		if i == len(segments) && at > len(name) {
			return true
		}
		if i < len(segments) && at <= len(name) {
			s := segments[i]
			if s.deep {
				if i == len(segments)-1 {
					return true
				}
				deep, deepAt = i, at
				i++
				continue
			}
			if end := segmentEnd(name, at); s.match(name[at:end]) {
				at = end + 1
				i++
				continue
			}
		}
		if deep < 0 || deepAt > len(name) {
			return false
		}
		deepAt = segmentEnd(name, deepAt) + 1
		at, i = deepAt, deep+1
	}
}

func segmentEnd(name string, at int) int {
	if n := strings.IndexByte(name[at:], '/'); n >= 0 {
		return at + n
	}
	return len(name)
}

// match goes back to the last star only, for the same reason.
func (s segment) match(name string) bool {
	at, i := 0, 0
	star, starAt := -1, 0
	for {
		if i == len(s.atoms) && at == len(name) {
			return true
		}
		if i < len(s.atoms) {
			a := s.atoms[i]
			if a.star {
				if i == len(s.atoms)-1 {
					return true
				}
				star, starAt = i, at
				i++
				continue
			}
			if n := a.match(name[at:]); n >= 0 {
				at += n
				i++
				continue
			}
		}
		if star < 0 || starAt >= len(name) {
			return false
		}
		starAt += runeSize(name[starAt:])
		if next := s.atoms[star+1]; next.literal != "" {
			n := strings.Index(name[starAt:], next.literal)
			if n < 0 {
				return false
			}
			starAt += n
		}
		at, i = starAt, star+1
	}
}

// match is how much of s the atom takes, or -1.
func (a atom) match(s string) int {
	if a.class == nil {
		if strings.HasPrefix(s, a.literal) {
			return len(a.literal)
		}
		return -1
	}
	if s == "" {
		return -1
	}
	r, n := utf8.DecodeRuneInString(s)
	if !a.class.has(r) {
		return -1
	}
	return n
}

func runeSize(s string) int {
	_, n := utf8.DecodeRuneInString(s)
	return n
}

// class is a set of runes: "[a-z]", "[!0-9]", and, without any range, negated, the "?".
type class struct {
	not    bool
	ranges [][2]rune
	named  []func(rune) bool
}

func (c *class) has(r rune) bool {
	for _, x := range c.ranges {
		if x[0] <= r && r <= x[1] {
			return !c.not
		}
	}
	for _, f := range c.named {
		if f(r) {
			return !c.not
		}
	}
	return c.not
}

// classNames are those that git knows, for ASCII as there.
var classNames = map[string]func(rune) bool{
	"alnum":  func(r rune) bool { return isASCII(r) && (unicode.IsLetter(r) || unicode.IsDigit(r)) },
	"alpha":  func(r rune) bool { return isASCII(r) && unicode.IsLetter(r) },
	"blank":  func(r rune) bool { return r == ' ' || r == '\t' },
	"cntrl":  func(r rune) bool { return isASCII(r) && unicode.IsControl(r) },
	"digit":  func(r rune) bool { return isASCII(r) && unicode.IsDigit(r) },
	"graph":  func(r rune) bool { return r > ' ' && r < 0x7f },
	"lower":  func(r rune) bool { return isASCII(r) && unicode.IsLower(r) },
	"print":  func(r rune) bool { return r >= ' ' && r < 0x7f },
	"punct":  func(r rune) bool { return isASCII(r) && (unicode.IsPunct(r) || unicode.IsSymbol(r)) },
	"space":  func(r rune) bool { return isASCII(r) && unicode.IsSpace(r) },
	"upper":  func(r rune) bool { return isASCII(r) && unicode.IsUpper(r) },
	"xdigit": func(r rune) bool { return isASCII(r) && unicode.Is(unicode.ASCII_Hex_Digit, r) },
}

func isASCII(r rune) bool { return r < utf8.RuneSelf }
