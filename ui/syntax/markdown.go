package syntax

import "strings"

// markdownScanner reads Markdown: headings, code, lists and links. Prose stays plain.
type markdownScanner struct {
	fence string // What ends the code that goes on.
}

func (m *markdownScanner) scan(s string, p *pen) {
	i := skipBlanks(s, 0)
	rest := strings.TrimRight(s[i:], " \t")
	if m.fence != "" {
		if strings.HasPrefix(rest, m.fence) && strings.Trim(rest, m.fence[:1]) == "" {
			p.add(i, len(s), Operator)
			m.fence = ""
			return
		}
		p.add(0, len(s), String)
		return
	}
	switch {
	case rest == "":
		return
	case strings.HasPrefix(rest, "```") || strings.HasPrefix(rest, "~~~"):
		m.fence = rest[:len(rest)-len(strings.TrimLeft(rest, rest[:1]))]
		p.add(i, len(s), Operator)
		return
	case rest[0] == '#':
		if k := len(rest) - len(strings.TrimLeft(rest, "#")); k <= 6 && (k == len(rest) || rest[k] == ' ') {
			p.add(i, i+len(rest), Heading)
			return
		}
	case rest[0] == '>':
		p.add(i, i+len(rest), Comment)
		return
	case strings.HasPrefix(rest, "<!--"):
		p.add(i, i+len(rest), Comment)
		return
	case len(rest) > 1 && strings.IndexByte("-*+", rest[0]) >= 0 && rest[1] == ' ':
		p.add(i, i+1, Operator)
		i++
	}
	for i < len(s) {
		switch s[i] {
		case '`':
			end, closed := quoted(s, i, false)
			if closed {
				p.add(i, end, String)
				i = end
				continue
			}
		case '[':
			// A link: what it says is a name, where it leads is a variable part of the text.
			if k := strings.Index(s[i:], "]("); k > 0 {
				if e := strings.IndexByte(s[i+k:], ')'); e > 0 {
					p.add(i, i+k+1, Name)
					p.add(i+k+1, i+k+e+1, Variable)
					i += k + e + 1
					continue
				}
			}
			// Nothing more on this line is a link, so it is not looked for again.
			if k := strings.IndexByte(s[i:], '`'); k > 0 {
				i += k
				continue
			}
			return
		}
		i++
	}
}
