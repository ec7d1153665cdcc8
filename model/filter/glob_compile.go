package filter

import (
	"strings"
	"unicode/utf8"
)

// compile prepares a pattern. What is wrong with it is told in words; the glob then matches it as a plain path.
func compile(pattern string) (*glob, string) {
	g := &glob{}
	p := pattern
	for strings.HasPrefix(p, "./") {
		p = p[len("./"):]
	}
	isRooted := strings.HasPrefix(p, "/")
	p = strings.TrimLeft(p, "/")
	if p == "." {
		p = ""
	}
	rest := strings.TrimRight(p, "/")
	g.literal, g.isDir = rest, rest != p
	if !strings.ContainsAny(rest, `*?[\`) {
		for s := range strings.SplitSeq(rest, "/") {
			g.isOutside = g.isOutside || s == ".."
		}
		return g, ""
	}
	c := compiler{rest: rest}
	for c.rest != "" {
		if problem := c.step(); problem != "" {
			return g, problem
		}
	}
	c.endSegment()
	g.segments, g.isOutside = c.segments, c.isOutside
	switch {
	case g.isDir:
		g.segments = append(g.segments, segment{deep: true})
	case len(g.segments) == 1 && !isRooted && !strings.Contains(rest, "/"):
		g.isAnywhere = !g.segments[0].deep
	}
	return g, ""
}

// compiler holds what is read of a pattern so far.
type compiler struct {
	rest      string
	segments  []segment
	atoms     []atom
	literal   strings.Builder
	isOutside bool
}

// step reads one sign.
func (c *compiler) step() string {
	switch s := c.rest; s[0] {
	case '/':
		c.rest = s[1:]
		c.endSegment()
	case '*':
		c.rest = strings.TrimLeft(s, "*")
		c.endLiteral()
		// Only a segment that is nothing but stars, two or more, crosses slashes; other double stars are single ones.
		isWhole := len(c.atoms) == 0 && len(s)-len(c.rest) >= 2 && (c.rest == "" || c.rest[0] == '/')
		if isWhole {
			c.segments = append(c.segments, segment{deep: true})
			c.rest = strings.TrimLeft(c.rest, "/")
			return ""
		}
		c.atoms = append(c.atoms, atom{star: true})
	case '?':
		c.rest = s[1:]
		c.endLiteral()
		c.atoms = append(c.atoms, atom{class: &class{not: true}})
	case '[':
		set, n := readClass(s)
		if n == 0 {
			return "a [ is not closed"
		}
		c.rest = s[n:]
		c.endLiteral()
		c.atoms = append(c.atoms, atom{class: set})
	case '\\':
		if len(s) == 1 {
			return "it ends with a backslash"
		}
		if s[1] == '/' {
			c.rest = s[1:]
			return ""
		}
		n := runeSize(s[1:])
		c.literal.WriteString(s[1 : 1+n])
		c.rest = s[1+n:]
	default:
		c.literal.WriteByte(s[0])
		c.rest = s[1:]
	}
	return ""
}

func (c *compiler) endLiteral() {
	if c.literal.Len() > 0 {
		c.atoms = append(c.atoms, atom{literal: c.literal.String()})
		c.literal.Reset()
	}
}

// endSegment drops segments that are empty: nobody means anything by two slashes.
func (c *compiler) endSegment() {
	c.endLiteral()
	if len(c.atoms) > 0 {
		c.isOutside = c.isOutside || len(c.atoms) == 1 && c.atoms[0].literal == ".."
		c.segments = append(c.segments, segment{atoms: c.atoms})
		c.atoms = nil
	}
}

// readClass reads the brackets that s begins with, and tells their size, or 0 if they are not right.
func readClass(s string) (*class, int) {
	c := &class{}
	i := 1
	if i < len(s) && (s[i] == '!' || s[i] == '^') {
		c.not = true
		i++
	}
	for first := true; i < len(s); first = false {
		if s[i] == ']' && !first {
			return c, i + 1
		}
		if strings.HasPrefix(s[i:], "[:") {
			if end := strings.Index(s[i:], ":]"); end >= 0 {
				named, ok := classNames[s[i+2:i+max(end, 2)]]
				if !ok {
					return nil, 0
				}
				c.named = append(c.named, named)
				i += end + 2
				continue
			}
		}
		low, n := readRune(s[i:])
		i += n
		high := low
		if i+1 < len(s) && s[i] == '-' && s[i+1] != ']' {
			high, n = readRune(s[i+1:])
			i += 1 + n
		}
		c.ranges = append(c.ranges, [2]rune{low, high})
	}
	return nil, 0
}

// readRune reads one rune of a class, which a backslash makes stand for itself.
func readRune(s string) (rune, int) {
	if s[0] == '\\' && len(s) > 1 {
		r, n := utf8.DecodeRuneInString(s[1:])
		return r, n + 1
	}
	return utf8.DecodeRuneInString(s)
}
