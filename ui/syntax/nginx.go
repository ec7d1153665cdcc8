package syntax

import "strings"

// directiveScanner reads directives that end in a semicolon or a line and have blocks in braces:
// nginx, Caddyfiles, dhcpd, named, HAProxy's siblings.
type directiveScanner struct {
	semicolons bool            // A directive ends with a semicolon and may take several lines.
	blocks     map[string]bool // The directives that begin a block.
	lines      string          // What begins a comment besides "#".

	inside    bool // A directive has begun.
	inComment bool
	quote     byte
}

var nginxBlocks = words("http server location upstream events stream mail types map geo if limit_except split_clients match " +
	"include return rewrite set break")

func (d *directiveScanner) scan(s string, p *pen) {
	if !d.semicolons {
		d.inside, d.quote = false, 0
	}
	i := 0
	if d.quote != 0 {
		end, closed := quotedFrom(s, 0, d.quote, true)
		p.add(0, end, String)
		if !closed {
			return
		}
		d.quote, i = 0, end
	}
	if d.inComment {
		end, open := blockComment(s, 0, true)
		p.add(0, end, Comment)
		i, d.inComment = end, open
	}
	for i < len(s) {
		c := s[i]
		switch {
		case isBlank(c):
			i++
		case c == '#' && (i == 0 || isBlank(s[i-1]) || s[i-1] == ';'),
			d.lines != "" && strings.HasPrefix(s[i:], d.lines):
			p.add(i, len(s), Comment)
			return
		case d.lines != "" && strings.HasPrefix(s[i:], "/*"):
			end, open := blockComment(s, i, false)
			p.add(i, end, Comment)
			i, d.inComment = end, open
		case c == ';' || c == '{' && byteAt(s, i+1) != '$' && (i+1 == len(s) || isBlank(s[i+1]) || d.semicolons) || c == '}':
			p.add(i, i+1, Operator)
			d.inside = false
			i++
		case c == '"' || c == '\'' || c == '`' && !d.semicolons:
			end, closed := quoted(s, i, c != '`')
			if !closed && d.semicolons {
				d.quote = c
			}
			p.add(i, end, String)
			d.inside = true
			i = end
		case c == '$':
			end, role := variableEnd(s, i), Variable
			if end == i+1 {
				role = String // The end of a regular expression.
			}
			p.add(i, end, role)
			d.inside = true
			i = end
		case c == '{': // A placeholder of Caddy.
			end := i + 1
			if k := strings.IndexAny(s[i:], "} "); k > 0 {
				end = i + k + 1
			}
			p.add(i, end, Variable)
			d.inside = true
			i = end
		case !d.inside:
			end := directiveEnd(s, i)
			role := Name
			if d.blocks[s[i:end]] {
				role = Keyword
			}
			p.add(i, end, role)
			d.inside = true
			i = end
		default:
			end := directiveEnd(s, i)
			p.add(i, end, directiveRole(s[i:end]))
			i = end
		}
	}
}

// directiveEnd is where the word that begins at i ends.
func directiveEnd(s string, i int) int {
	k := i + 1
	for k < len(s) && !isBlank(s[k]) && s[k] != ';' && s[k] != '$' && (s[k] != '{' || k+1 < len(s) && isDigit(s[k+1])) && (s[k] != '}' || isDigit(s[k-1])) {
		k++
	}
	return k
}

// directiveRole is what a word of a directive is. Paths and names are what is left: plain.
func directiveRole(word string) Role {
	switch {
	case constants[word]:
		return Keyword
	case isMeasure(word):
		return Number
	case strings.Trim(word, "=~^*!<>") == "":
		return Operator
	case strings.HasPrefix(word, "@"):
		return Function
	}
	return String
}
