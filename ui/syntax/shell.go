package syntax

import "strings"

// shellScanner reads the shell: strings and substitutions within each other, and heredocs.
type shellScanner struct {
	open     []byte // What is open: ' and " strings, ( a substitution, ` one of the old kind, s a subshell.
	heredocs []shellHeredoc
	goesOn   bool // The line before ended in a backslash.

	place  place
	needIn bool // After "for", "case" and "select", the word "in" is one of the language.
	test   bool // A bracket is open that is a command.
}

type shellHeredoc struct {
	marker        string
	tabs, literal bool // Tabs before the marker are skipped; nothing is expanded.
}

// place says what a word means where it stands.
type place uint8

const (
	argument   place = iota
	command          // The next word is a command, a word of the language or an assignment.
	assignment       // An argument of export and its like: it may assign.
)

var (
	shellWords    = words("if then else elif fi for in do done while until case esac function select time ! [[ ]]")
	shellThen     = words("if then else elif do while until time !")
	shellAssign   = words("export local readonly declare typeset alias env")
	shellBuiltins = words("echo printf cd pwd set unset shift source . eval exec exit return break continue trap wait read test [ ] true false " +
		"type command umask ulimit getopts hash let kill jobs shopt pushd popd mapfile export local readonly declare typeset alias env")
)

func (h *shellScanner) scan(s string, p *pen) {
	if !h.goesOn || len(h.open) == 0 && h.place == command {
		h.place = command
	}
	h.scanFrom(s, 0, p)
}

// scanFrom reads the rest of a line from i; what the first word means was said before.
func (h *shellScanner) scanFrom(s string, i int, p *pen) {
	if len(h.heredocs) > 0 {
		h.heredoc(s, p)
		return
	}
	h.goesOn = strings.HasSuffix(s, `\`)
	var begun []shellHeredoc
	for i < len(s) {
		switch h.top() {
		case '\'':
			end, closed := quotedFrom(s, i, '\'', false)
			p.add(i, end, String)
			if closed {
				h.pop()
			}
			i = end
		case '"':
			i = h.text(s, i, p)
		default:
			i = h.code(s, i, &begun, p)
		}
	}
	h.heredocs = begun
}

func (h *shellScanner) heredoc(s string, p *pen) {
	d := h.heredocs[0]
	line := s
	if d.tabs {
		line = strings.TrimLeft(line, " \t") // Blanks too: a Dockerfile or a template may have indented it.
	}
	if line == d.marker {
		p.add(0, len(s), Operator)
		h.heredocs = h.heredocs[1:]
		h.goesOn = false
		return
	}
	from := 0
	for k := 0; k < len(s) && !d.literal; {
		switch {
		case s[k] == '\\':
			k += 2
		case s[k] == '$' && isExpansion(byteAt(s, k+1)):
			p.add(from, k, String)
			from = expansionEnd(s, k)
			p.add(k, from, Variable)
			k = from
		default:
			k++
		}
	}
	p.add(from, len(s), String)
}

func (h *shellScanner) top() byte {
	if n := len(h.open); n > 0 {
		return h.open[n-1]
	}
	return 0
}

func (h *shellScanner) push(c byte) {
	if len(h.open) < deepest {
		h.open = append(h.open, c)
	}
}

func (h *shellScanner) pop() { h.open = h.open[:len(h.open)-1] }

// text reads a string in double quotes from i up to its end or to a substitution in it.
func (h *shellScanner) text(s string, i int, p *pen) int {
	for k := i; k < len(s); {
		switch c := s[k]; {
		case c == '\\':
			k += 2
		case c == '"':
			p.add(i, k+1, String)
			h.pop()
			return k + 1
		case (c == '`' || c == '$' && byteAt(s, k+1) == '(') && len(h.open) < deepest:
			p.add(i, k, String)
			return h.substitution(s, k, p)
		case c == '$' && isExpansion(byteAt(s, k+1)):
			p.add(i, k, String)
			i = expansionEnd(s, k)
			p.add(k, i, Variable)
			k = i
		default:
			k++
		}
	}
	p.add(i, len(s), String)
	return len(s)
}

// substitution opens a command within a string or within another command.
func (h *shellScanner) substitution(s string, i int, p *pen) int {
	end := i + 1
	if s[i] == '`' {
		h.push('`')
	} else {
		end = i + 2
		h.push('(')
	}
	p.add(i, end, Template)
	h.place = command
	return end
}

// code reads one piece of a command.
func (h *shellScanner) code(s string, i int, begun *[]shellHeredoc, p *pen) int {
	c := s[i]
	switch {
	case isBlank(c):
		return i + 1
	case c == '#' && (i == 0 || strings.IndexByte(" \t;(&|", s[i-1]) >= 0):
		p.add(i, len(s), Comment)
		return len(s)
	case c == '\\':
		if i+1 == len(s) {
			p.add(i, i+1, Operator)
		}
		return i + 2
	case c == '\'' || c == '"':
		p.add(i, i+1, String)
		h.push(c)
		return i + 1
	case c == '$' && byteAt(s, i+1) == '\'':
		end, _ := quoted(s, i+1, true)
		p.add(i, end, String)
		return end
	case c == '$' && byteAt(s, i+1) == '(':
		return h.substitution(s, i, p)
	case c == '`' && h.top() == '`':
		p.add(i, i+1, Template)
		h.pop()
		h.place = argument
		return i + 1
	case c == '`':
		return h.substitution(s, i, p)
	case c == '$' && isExpansion(byteAt(s, i+1)):
		end := expansionEnd(s, i)
		p.add(i, end, Variable)
		h.leaveCommand()
		return end
	case c == '(':
		p.add(i, i+1, Operator)
		h.push('s')
		h.place = command
		return i + 1
	case c == ')':
		role := Operator
		switch h.top() {
		case '(':
			role = Template
			h.pop()
			h.place = argument
		case 's':
			h.pop()
			h.place = command
		default:
			h.place = command // The end of a pattern of case.
		}
		p.add(i, i+1, role)
		return i + 1
	case strings.HasPrefix(s[i:], "<<") && byteAt(s, i+2) != '<':
		return h.heredocStart(s, i, begun, p)
	case c == ';' || c == '&' || c == '|':
		p.add(i, i+1, Operator)
		h.place = command
		return i + 1
	case c == '<' || c == '>':
		p.add(i, i+1, Operator)
		return i + 1
	}
	return h.word(s, i, p)
}

func (h *shellScanner) leaveCommand() {
	if h.place == command {
		h.place = argument
	}
}

// heredocStart reads << and the word after it, which ends the lines that follow.
func (h *shellScanner) heredocStart(s string, i int, begun *[]shellHeredoc, p *pen) int {
	var d shellHeredoc
	k := i + 2
	if byteAt(s, k) == '-' {
		d.tabs = true
		k++
	}
	k = skipBlanks(s, k)
	end := k
	switch c := byteAt(s, k); {
	case c == '\'' || c == '"':
		var closed bool
		if end, closed = quoted(s, k, false); closed {
			d.marker, d.literal = s[k+1:end-1], true
		}
	case c == '\\':
		end = wordEnd(s, k+1, "-.")
		d.marker, d.literal = s[k+1:end], true
	case isLetter(c):
		end = wordEnd(s, k, "-.")
		d.marker = s[k:end]
	}
	p.add(i, max(end, i+2), Operator)
	if d.marker != "" && len(*begun) < deepest {
		*begun = append(*begun, d)
	}
	return max(end, i+2)
}

// word reads a word of a command.
func (h *shellScanner) word(s string, i int, p *pen) int {
	end := i + 1
	for end < len(s) && strings.IndexByte(" \t;&|<>()$\"'`\\", s[end]) < 0 {
		end++
	}
	word := s[i:end]
	if h.place != argument {
		if eq := wordEnd(s, i, "[]@+-."); eq > i && byteAt(s, eq) == '=' && isLetter(s[i]) && eq < end {
			p.add(i, eq, Name)
			p.add(eq, eq+1, Operator)
			if isMeasure(s[eq+1 : end]) {
				p.add(eq+1, end, Number)
			}
			return end
		}
	}
	switch {
	case h.place == command && shellWords[word]:
		p.add(i, end, Keyword)
		h.needIn = word == "for" || word == "case" || word == "select"
		if !shellThen[word] {
			h.place = argument
		}
	case h.needIn && word == "in":
		p.add(i, end, Keyword)
		h.needIn = false
		h.place = argument
	case h.place == command && strings.HasPrefix(s[end:], "()"):
		p.add(i, end, Function)
	case h.place == command && (word == "{" || word == "}"):
		p.add(i, end, Operator)
	case h.place == command:
		if shellBuiltins[word] {
			p.add(i, end, Function)
		}
		h.place = argument
		h.test = h.test || word == "["
		if shellAssign[word] {
			h.place = assignment
		}
	case word == "]" && h.test:
		p.add(i, end, Function)
		h.test = false
	case word == "]]":
		p.add(i, end, Keyword)
	case isNumber(word):
		p.add(i, end, Number)
	}
	return end
}

// isExpansion reports whether a dollar before c expands something.
func isExpansion(c byte) bool {
	return isWord(c) || c != 0 && strings.IndexByte("{@*#?$!-", c) >= 0
}

// expansionEnd is where the expansion at i ends, with the braces in it.
func expansionEnd(s string, i int) int {
	if byteAt(s, i+1) != '{' {
		if c := s[i+1]; !isLetter(c) {
			return i + 2
		}
		return wordEnd(s, i+1, "")
	}
	depth := 0
	for k := i + 1; k < len(s); k++ {
		switch s[k] {
		case '\\':
			k++
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return k + 1
			}
		}
	}
	return i + 2 // Not closed on this line: what follows is read as it stands.
}
