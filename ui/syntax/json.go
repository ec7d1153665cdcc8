package syntax

import "strings"

// jsonScanner reads JSON, with the comments that people put into it.
type jsonScanner struct{ inComment bool }

func (j *jsonScanner) scan(s string, p *pen) {
	i := 0
	if j.inComment {
		if i = j.comment(s, 0, p); j.inComment {
			return
		}
	}
	for i < len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\'':
			end, _ := quoted(s, i, true)
			role := String
			if byteAt(s, skipBlanks(s, end)) == ':' {
				role = Name
			}
			p.add(i, end, role)
			i = end
		case c == '#' || strings.HasPrefix(s[i:], "//"):
			p.add(i, len(s), Comment)
			return
		case strings.HasPrefix(s[i:], "/*"):
			if i = j.comment(s, i, p); j.inComment {
				return
			}
		case isDigit(c) || c == '-':
			end := max(numberEnd(s, i), i+1)
			p.add(i, end, Number)
			i = end
		case isLetter(c):
			end := wordEnd(s, i, "$-")
			if byteAt(s, skipBlanks(s, end)) == ':' {
				p.add(i, end, Name)
			} else if constants[s[i:end]] {
				p.add(i, end, Keyword)
			}
			i = end
		default:
			i++
		}
	}
}

func (j *jsonScanner) comment(s string, i int, p *pen) int {
	end, open := blockComment(s, i, j.inComment)
	p.add(i, end, Comment)
	j.inComment = open
	return end
}

// blockComment is the end of the comment in slash and star that begins at i, or that goes on
// there, and whether it goes on in the next line.
func blockComment(s string, i int, goesOn bool) (end int, open bool) {
	from := i
	if !goesOn {
		from = min(i+2, len(s))
	}
	if k := strings.Index(s[from:], "*/"); k >= 0 {
		return from + k + 2, false
	}
	return len(s), true
}
