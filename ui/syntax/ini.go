package syntax

import "strings"

// iniScanner reads sections of settings: INI, units of systemd, properties, files of environment variables.
type iniScanner struct {
	comments   string // What begins a comment at the start of a line.
	separators string // What stands between a name and its value.
	specifiers bool   // A percent sign and a letter stand for something, as in units.

	goesOn bool // The line before ended in a backslash.
}

func (n *iniScanner) scan(s string, p *pen) {
	i := skipBlanks(s, 0)
	if i == len(s) {
		n.goesOn = false
		return
	}
	if strings.IndexByte(n.comments, s[i]) >= 0 {
		p.add(i, len(s), Comment) // Within a value too: systemd and properties go on after it.
		return
	}
	wasOn := n.goesOn
	n.goesOn = strings.HasSuffix(s, `\`)
	switch {
	case wasOn:
	case s[i] == '[':
		end := len(s)
		if k := strings.LastIndexByte(s, ']'); k >= 0 {
			end = k + 1
		}
		p.add(i, end, Heading)
		return
	default:
		if strings.HasPrefix(s[i:], "export ") {
			p.add(i, i+6, Keyword)
			i = skipBlanks(s, i+6)
		}
		k := strings.IndexAny(s[i:], n.separators)
		if k < 0 {
			p.add(i, len(strings.TrimRight(s, " \t")), Name)
			return
		}
		p.add(i, i+len(strings.TrimRight(s[i:i+k], " \t")), Name)
		p.add(i+k, i+k+1, Operator)
		i += k + 1
	}
	n.value(s, i, p)
}

func (n *iniScanner) value(s string, i int, p *pen) {
	i = skipBlanks(s, i)
	whole := strings.TrimRight(s[i:], " \t")
	if whole == "" {
		return
	}
	switch {
	case constants[whole]:
		p.add(i, i+len(whole), Keyword)
		return
	case isMeasure(whole):
		p.add(i, i+len(whole), Number)
		return
	}
	end := i + len(whole)
	if n.goesOn && whole[len(whole)-1] == '\\' {
		end--
	}
	from := i
	for k := i; k < end; {
		switch {
		case s[k] == '$' && (isLetter(byteAt(s, k+1)) || byteAt(s, k+1) == '{'):
			p.add(from, k, String)
			k = min(variableEnd(s, k), end)
			p.add(from, k, Variable)
			from = k
		case s[k] == '%' && n.specifiers && isLetter(byteAt(s, k+1)):
			p.add(from, k, String)
			p.add(k, k+2, Variable)
			k += 2
			from = k
		case s[k] == ' ' && k+1 < end && strings.IndexByte(n.comments, s[k+1]) >= 0 && !n.specifiers:
			p.add(from, k, String)
			p.add(k+1, len(s), Comment)
			return
		default:
			k++
		}
	}
	p.add(from, end, String)
	p.add(end, i+len(whole), Operator)
}

// tomlScanner reads TOML.
type tomlScanner struct {
	quote string // What ends the string that goes on over lines.
}

func (t *tomlScanner) scan(s string, p *pen) {
	i := 0
	if t.quote != "" {
		if i = t.rest(s, 0, 0, p); t.quote != "" {
			return
		}
	}
	isFirst := i == 0
	for i < len(s) {
		c := s[i]
		switch {
		case isBlank(c):
			i++
			continue
		case c == '#':
			p.add(i, len(s), Comment)
			return
		case c == '[' && isFirst && !t.isValue(s, i):
			end := strings.LastIndexByte(cutComment(s), ']') + 1
			if end <= i {
				end = len(s)
			}
			p.add(i, end, Heading)
			i = end
		case strings.HasPrefix(s[i:], `"""`) || strings.HasPrefix(s[i:], `'''`):
			t.quote = s[i : i+3]
			i = t.rest(s, i, i+3, p)
		case c == '"' || c == '\'':
			end, _ := quoted(s, i, c == '"')
			role := String
			if k := skipBlanks(s, end); byteAt(s, k) == '=' || byteAt(s, k) == '.' {
				role = Name
			}
			p.add(i, end, role)
			i = end
		case c == '=':
			p.add(i, i+1, Operator)
			i++
		case isWord(c) || c == '-' || c == '+':
			end := wordEnd(s, i, "-.:+")
			switch {
			case byteAt(s, skipBlanks(s, end)) == '=':
				p.add(i, end, Name)
			case constants[s[i:end]]:
				p.add(i, end, Keyword)
			case isDigit(c) || c == '-' || c == '+':
				p.add(i, end, Number)
			}
			i = end
		default:
			i++
		}
		isFirst = false
	}
}

// isValue reports whether the bracket at i begins an array within an array and not a table.
func (t *tomlScanner) isValue(s string, i int) bool {
	return i > 0 && strings.HasSuffix(strings.TrimRight(cutComment(s), " \t"), ",")
}

// rest reads a string of several lines up to its end. It began at from, on this line or before.
func (t *tomlScanner) rest(s string, from, i int, p *pen) int {
	end := len(s)
	if k := strings.Index(s[i:], t.quote); k >= 0 {
		end = i + k + 3
		t.quote = ""
	}
	p.add(from, end, String)
	return end
}

// cutComment is a line up to the sign that may begin a comment.
func cutComment(s string) string {
	before, _, _ := strings.Cut(s, "#")
	return before
}
