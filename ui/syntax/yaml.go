package syntax

import "strings"

// yamlScanner reads YAML. It follows the indentation only where it must: a block scalar goes
// on as long as its lines are deeper than the line that began it.
type yamlScanner struct {
	quote   byte // The quote of a string that goes on.
	flow    int  // How many braces and brackets are open.
	inBlock bool // A block scalar goes on,
	parent  int  // as long as lines are deeper than this column.
}

func (y *yamlScanner) scan(s string, p *pen) {
	i := skipBlanks(s, 0)
	if y.inBlock {
		if i == len(s) {
			return
		}
		if i > y.parent {
			p.add(i, len(s), String)
			return
		}
		y.inBlock = false
	}
	if i == len(s) {
		return
	}
	if y.quote != 0 {
		end, closed := quotedFrom(s, 0, y.quote, y.quote == '"')
		p.add(i, end, String)
		if !closed {
			return
		}
		y.quote, i = 0, end
	} else if i == 0 {
		switch {
		case strings.HasPrefix(s, "---") || strings.HasPrefix(s, "..."):
			if len(s) == 3 || isBlank(s[3]) {
				p.add(0, 3, Operator)
				y.flow = 0 // A new document begins, whatever was left open.
				y.nodes(s, 3, -1, p)
				return
			}
		case s[0] == '%':
			p.add(0, len(s), Keyword)
			return
		}
	}
	y.nodes(s, i, i, p)
}

// nodes reads a line from i. parent is the column that a block scalar must be deeper than.
func (y *yamlScanner) nodes(s string, i, parent int, p *pen) {
	for i < len(s) {
		c := s[i]
		next := byteAt(s, i+1)
		isLast := next == 0 || isBlank(next)
		switch {
		case isBlank(c):
			i++
		case c == '#' && (i == 0 || isBlank(s[i-1])):
			p.add(i, len(s), Comment)
			return
		case (c == '-' || c == '?') && isLast && y.flow == 0:
			p.add(i, i+1, Operator)
			parent = i
			i++
		case c == ':' && (isLast || y.flow > 0):
			p.add(i, i+1, Operator)
			i++
		case c == '{' || c == '[':
			p.add(i, i+1, Operator)
			y.flow++
			i++
		case (c == '}' || c == ']') && y.flow > 0:
			p.add(i, i+1, Operator)
			y.flow--
			i++
		case c == ',' && y.flow > 0:
			p.add(i, i+1, Operator)
			i++
		case c == '&' || c == '*' && !isLast:
			end := y.plainEnd(s, i)
			if k := strings.IndexByte(s[i:end], ' '); k > 0 {
				end = i + k
			}
			p.add(i, end, Variable)
			i = max(end, i+1)
		case c == '!':
			end := blankEnd(s, i)
			p.add(i, end, Type)
			i = end
		case (c == '|' || c == '>') && y.flow == 0 && isBlockHeader(s[i:]):
			p.add(i, wordEnd(s, i+1, "+-"), Operator)
			if k := strings.IndexByte(s[i:], '#'); k > 0 {
				p.add(i+k, len(s), Comment)
			}
			y.inBlock, y.parent = true, parent
			return
		case c == '"' || c == '\'':
			end, closed := quoted(s, i, c == '"')
			role := String
			if !closed {
				y.quote = c
			} else if k := skipBlanks(s, end); byteAt(s, k) == ':' && (y.flow > 0 || k+1 == len(s) || isBlank(s[k+1])) {
				role = Name
				parent = i
			}
			p.add(i, end, role)
			i = end
		default:
			end := y.plainEnd(s, i)
			word := strings.TrimRight(s[i:end], " \t")
			if byteAt(s, end) == ':' {
				p.add(i, i+len(word), Name)
				parent = i
			} else {
				p.add(i, i+len(word), scalarRole(word))
			}
			i = max(end, i+1)
		}
	}
}

// plainEnd is where the text without quotes that begins at i ends.
func (y *yamlScanner) plainEnd(s string, i int) int {
	for k := i; k < len(s); k++ {
		switch s[k] {
		case ':':
			if k+1 == len(s) || isBlank(s[k+1]) || y.flow > 0 && strings.IndexByte(",[]{}", s[k+1]) >= 0 {
				return k
			}
		case '#':
			if k > i && isBlank(s[k-1]) {
				return k
			}
		case ',', '[', ']', '{', '}':
			if y.flow > 0 {
				return k
			}
		}
	}
	return len(s)
}

// isBlockHeader reports whether s is what begins a block scalar: nothing but signs, a digit and a comment.
func isBlockHeader(s string) bool {
	rest := strings.TrimLeft(s[1:], "+-0123456789")
	if len(s)-len(rest) > 3 {
		return false
	}
	rest = strings.TrimLeft(rest, " \t")
	return rest == "" || rest[0] == '#'
}

// scalarRole is what a value without quotes is.
func scalarRole(word string) Role {
	switch {
	case constants[word]:
		return Keyword
	case isNumber(word):
		return Number
	}
	return String
}
