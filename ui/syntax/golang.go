package syntax

import "strings"

// goScanner reads Go, which chroma knows in a form that can not be packed.
type goScanner struct {
	inComment, inRaw bool
}

var (
	goKeywords = words("break case chan const continue default defer else fallthrough for func go goto if import interface map package range " +
		"return select struct switch type var nil true false iota")
	goTypes = words("any bool byte comparable complex64 complex128 error float32 float64 int int8 int16 int32 int64 rune string " +
		"uint uint8 uint16 uint32 uint64 uintptr")
)

func (g *goScanner) scan(s string, p *pen) {
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case g.inComment || strings.HasPrefix(s[i:], "/*"):
			end, open := blockComment(s, i, g.inComment)
			p.add(i, end, Comment)
			i, g.inComment = end, open
		case g.inRaw || c == '`':
			from := i
			if !g.inRaw {
				from++
			}
			end, closed := quotedFrom(s, from, '`', false)
			p.add(i, end, String)
			i, g.inRaw = end, !closed
		case strings.HasPrefix(s[i:], "//"):
			p.add(i, len(s), Comment)
			return
		case c == '"' || c == '\'':
			end, _ := quoted(s, i, true)
			p.add(i, end, String)
			i = end
		case isDigit(c):
			end := max(numberEnd(s, i), i+1)
			p.add(i, end, Number)
			i = end
		case isLetter(c):
			end := wordEnd(s, i, "")
			switch word := s[i:end]; {
			case goKeywords[word]:
				p.add(i, end, Keyword)
			case goTypes[word]:
				p.add(i, end, Type)
			case byteAt(s, end) == '(':
				p.add(i, end, Function)
			}
			i = end
		case strings.IndexByte("=+-*/%<>!&|^:", c) >= 0:
			p.add(i, i+1, Operator)
			i++
		default:
			i++
		}
	}
}
