package syntax

import "strings"

// settingsScanner reads what most of /etc is: the name of a setting, then its value, and
// comments. The fields say in what the files differ.
type settingsScanner struct {
	comments string          // What begins a comment, at the start of a line or after a blank.
	keywords map[string]bool // First words that are more than the name of a setting.
	sections map[string]bool // First words that begin a part of the file.
	tables   bool            // The lines are rows: the first word is no name.

	goesOn bool // The line before ended in a backslash.
}

func (d *settingsScanner) scan(s string, p *pen) {
	isFirst := !d.goesOn
	d.goesOn = strings.HasSuffix(s, `\`)
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case isBlank(c):
			i++
		case strings.IndexByte(d.comments, c) >= 0 && (i == 0 || isBlank(s[i-1])):
			p.add(i, len(s), Comment)
			d.goesOn = false
			return
		case c == '"' || c == '\'':
			end, closed := quoted(s, i, true)
			if !closed && c == '\'' {
				end = i + 1 // An apostrophe.
			} else {
				p.add(i, end, String)
			}
			i, isFirst = end, false
		case c == '$' && i+1 < len(s):
			end := variableEnd(s, i)
			p.add(i, end, Variable)
			i, isFirst = end, false
		case c == '[' && isFirst:
			end := strings.IndexByte(s[i:], ']')
			if end < 0 {
				return
			}
			p.add(i, i+end+1, Heading)
			i, isFirst = i+end+1, false
		case strings.IndexByte("={}", c) >= 0:
			p.add(i, i+1, Operator)
			i, isFirst = i+1, c != '='
		default:
			end := settingEnd(s, i)
			p.add(i, end, d.role(s[i:end], isFirst, i == 0))
			i, isFirst = end, false
		}
	}
}

func (d *settingsScanner) role(word string, isFirst, isOutermost bool) Role {
	switch {
	case isFirst && isOutermost && d.sections[word]:
		return Heading
	case isFirst && d.keywords[word]:
		return Keyword
	case isFirst && !d.tables:
		return Name
	case constants[word]:
		return Keyword
	case isMeasure(word):
		return Number
	}
	return Plain
}

// settingEnd is where the word that begins at i ends.
func settingEnd(s string, i int) int {
	k := i + 1
	for k < len(s) && !isBlank(s[k]) && strings.IndexByte(`="'{}`, s[k]) < 0 && (s[k] != '$' || byteAt(s, k+1) == 0) {
		k++
	}
	return k
}

// variableEnd is where the variable whose dollar is at i ends: $name, ${name}, or one character.
func variableEnd(s string, i int) int {
	if byteAt(s, i+1) == '{' {
		if k := strings.IndexByte(s[i:], '}'); k >= 0 {
			return i + k + 1
		}
		return i + 2
	}
	if end := wordEnd(s, i+1, ""); end > i+1 {
		return end
	}
	return i + 1
}
