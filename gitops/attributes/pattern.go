package attributes

import "strings"

// pattern is a compiled pattern: as in .gitignore, but that it cannot be negated and that one for directories matches no file.
type pattern struct {
	never  bool // Nothing matches.
	base   bool // Without a slash: only the last segment of the path counts.
	prefix string
	tokens []token // What follows the prefix.
}

// token is one sign of a pattern.
type token struct {
	sign    sign
	literal byte
	class   *[256]bool
}

type sign byte

const (
	literal sign = iota
	single       // "?": one byte, but no slash.
	class        // "[a-z]": likewise.
	star         // "*": any bytes but a slash.
	cross        // "**" as a whole segment: any bytes.
	deep         // "**/": nothing, or any bytes up to a slash.
)

// compile reads a pattern; ok is false where git ignores the line.
func compile(p string) (_ pattern, ok bool) {
	if strings.HasPrefix(p, "!") {
		return pattern{}, false
	}
	// What matches directories only says nothing about files, and attributes are not passed down.
	if p == "" || strings.HasSuffix(p, "/") {
		return pattern{never: true}, true
	}
	c := pattern{base: !strings.Contains(p, "/")}
	p = strings.TrimPrefix(p, "/")
	wild := strings.IndexAny(p, `*?[\`)
	if wild < 0 {
		c.prefix = p
		return c, true
	}
	c.prefix = p[:wild]
	// To git the pattern begins behind the prefix: "**" counts as a segment there, whatever stands before it.
	c.tokens, ok = tokens(p[wild:], !c.base)
	c.never = !ok
	return c, true
}

// tokens reads the signs of a pattern; ok is false for one that matches nothing.
func tokens(p string, isPath bool) (list []token, ok bool) {
	for i := 0; i < len(p); {
		switch p[i] {
		case '*':
			from := i
			for i < len(p) && p[i] == '*' {
				i++
			}
			rest := p[i:]
			isSegment := isPath && i-from >= 2 && (from == 0 || p[from-1] == '/') &&
				(rest == "" || rest[0] == '/' || strings.HasPrefix(rest, `\/`))
			switch {
			case isSegment && rest != "" && rest[0] == '/':
				list = append(list, token{sign: deep})
				i++
			case isSegment:
				list = append(list, token{sign: cross})
			default:
				list = append(list, token{sign: star})
			}
		case '?':
			list = append(list, token{sign: single})
			i++
		case '[':
			set, n := readClass(p[i:])
			if n == 0 {
				return nil, false
			}
			list = append(list, token{sign: class, class: set})
			i += n
		case '\\':
			i++
			if i == len(p) {
				return nil, false
			}
			fallthrough
		default:
			list = append(list, token{sign: literal, literal: p[i]})
			i++
		}
	}
	return list, true
}

// readClass reads the brackets that s begins with, and tells their size, or 0 where they are not right. Classes are of bytes.
func readClass(s string) (*[256]bool, int) {
	var set [256]bool
	i := 1
	isNegated := i < len(s) && (s[i] == '!' || s[i] == '^')
	if isNegated {
		i++
	}
	before := byte(0) // Where a range may begin; 0 where none may.
	for first := true; ; first = false {
		if i >= len(s) {
			return nil, 0
		}
		c := s[i]
		switch {
		case c == ']' && !first:
			for b := range set {
				set[b] = set[b] != isNegated
			}
			return &set, i + 1
		case c == '\\':
			if i++; i == len(s) {
				return nil, 0
			}
			c = s[i]
			set[c] = true
		case c == '-' && before != 0 && i+1 < len(s) && s[i+1] != ']':
			i++
			if s[i] == '\\' {
				if i++; i == len(s) {
					return nil, 0
				}
			}
			for b := int(before); b <= int(s[i]); b++ {
				set[b] = true
			}
			c = 0
		case c == '[' && i+1 < len(s) && s[i+1] == ':':
			end := strings.IndexByte(s[i+2:], ']')
			if end < 0 {
				return nil, 0
			}
			name, isClass := strings.CutSuffix(s[i+2:i+2+end], ":")
			if !isClass {
				set['['] = true
				break
			}
			has, ok := classes[name]
			if !ok {
				return nil, 0
			}
			for b := range set {
				set[b] = set[b] || has(byte(b))
			}
			i += 2 + end
			c = 0
		default:
			set[c] = true
		}
		before = c
		i++
	}
}

// classes are the named classes, of ASCII only as in git.
var classes = map[string]func(byte) bool{
	"alnum":  func(c byte) bool { return isAlpha(c) || isDigit(c) },
	"alpha":  isAlpha,
	"blank":  func(c byte) bool { return c == ' ' || c == '\t' },
	"cntrl":  func(c byte) bool { return c < ' ' || c == 0x7f },
	"digit":  isDigit,
	"graph":  func(c byte) bool { return c > ' ' && c < 0x7f },
	"lower":  func(c byte) bool { return c >= 'a' && c <= 'z' },
	"print":  func(c byte) bool { return c >= ' ' && c < 0x7f },
	"punct":  func(c byte) bool { return c > ' ' && c < 0x7f && !isAlpha(c) && !isDigit(c) },
	"space":  func(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' },
	"upper":  func(c byte) bool { return c >= 'A' && c <= 'Z' },
	"xdigit": func(c byte) bool { return isDigit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F' },
}

func isAlpha(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// match reports whether a path, from the directory of the pattern's file, matches. It counts its work
// down in steps, and matches nothing when they are used up.
func (p pattern) match(name string, steps *int) bool {
	if *steps--; p.never || *steps <= 0 {
		return false
	}
	if p.base {
		name = name[strings.LastIndexByte(name, '/')+1:]
	}
	rest, ok := strings.CutPrefix(name, p.prefix)
	if !ok || len(p.tokens) == 0 {
		return ok && rest == ""
	}
	return matchTokens(p.tokens, rest, steps)
}

// matchTokens goes back to the last star of the segment, and from there to the last sign that crosses slashes: whatever an
// earlier one could do, the last can too.
func matchTokens(tokens []token, name string, steps *int) bool {
	i, at := 0, 0
	starAt, starName := -1, 0
	crossAt, crossName := -1, 0
	for *steps > 0 {
		*steps--
		if i == len(tokens) && at == len(name) {
			return true
		}
		if i < len(tokens) {
			switch t := tokens[i]; t.sign {
			case star:
				starAt, starName = i, at
				i++
				continue
			case cross, deep:
				crossAt, crossName = i, at
				starAt = -1
				i++
				continue
			default:
				if at < len(name) && t.takes(name[at]) {
					i++
					at++
					continue
				}
			}
		}
		switch {
		case starAt >= 0 && starName < len(name) && name[starName] != '/':
			starName++
			i, at = starAt+1, starName
		case crossAt >= 0 && crossName < len(name):
			starAt = -1
			crossName++
			if tokens[crossAt].sign == deep {
				n := strings.IndexByte(name[crossName-1:], '/')
				if n < 0 {
					return false
				}
				crossName += n
			}
			i, at = crossAt+1, crossName
		default:
			return false
		}
	}
	return false
}

// takes reports whether a token that is no kind of star matches a byte.
func (t token) takes(c byte) bool {
	switch t.sign {
	case literal:
		return t.literal == c
	case class:
		return c != '/' && t.class[c]
	}
	return c != '/'
}
