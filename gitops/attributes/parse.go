package attributes

import (
	"bytes"
	"strings"
)

// maxLine is the length in bytes from which on git ignores a line.
const maxLine = 2048

// is is what is said about an attribute.
type is int

const (
	unspecified is = iota // "!text", or nothing at all.
	set                   // "text".
	unset                 // "-text".
	valued                // "text=auto".
)

// state is what is said about an attribute, and its value if it has one.
type state struct {
	is    is
	value string
}

// bool reads an attribute as a switch, and whether it is one: people write "linguist-generated" as well as "linguist-generated=true".
func (s state) bool() (on, known bool) {
	switch {
	case s.is == set || s.is == valued && s.value == "true":
		return true, true
	case s.is == unset || s.is == valued && s.value == "false":
		return false, true
	}
	return false, false
}

// assignment is one word of a line.
type assignment struct {
	name  string
	state state
}

// rule is one line: what it says of the paths that match.
type rule struct {
	pattern pattern
	assigns []assignment
}

const (
	blank       = " \t\r\n"
	macroPrefix = "[attr]"
	byteMark    = "\ufeff"
)

// parse reads a .gitattributes. A line with a mistake is left out, as git does, so nothing here is an error. Macros are
// for the file at the root only.
func parse(data []byte, isRoot bool) (rules []rule, macros map[string][]assignment) {
	macros = map[string][]assignment{}
	data = bytes.TrimPrefix(data, []byte(byteMark))
	for line := range bytes.Lines(data) {
		line = bytes.TrimSuffix(line, []byte("\n"))
		line = bytes.TrimSuffix(line, []byte("\r"))
		// To git a line ends at a NUL, too.
		line, _, _ = bytes.Cut(line, []byte{0})
		if len(line) >= maxLine {
			continue
		}
		name, assigns, ok := parseLine(string(line))
		if !ok {
			continue
		}
		if len(name) > len(macroPrefix) && strings.HasPrefix(name, macroPrefix) {
			if macro := firstWord(name[len(macroPrefix):]); isRoot && isName(macro) {
				macros[macro] = assigns
			}
			continue
		}
		if p, ok := compile(name); ok {
			rules = append(rules, rule{p, assigns})
		}
	}
	return rules, macros
}

// parseLine reads the pattern, or the macro with its prefix, and what is said of it. One word that is wrong spoils the line.
func parseLine(line string) (name string, assigns []assignment, ok bool) {
	line = strings.TrimLeft(line, blank)
	if line == "" || line[0] == '#' {
		return "", nil, false
	}
	name, rest, isQuoted := unquote(line)
	if !isQuoted {
		name = firstWord(line)
		rest = line[len(name):]
	}
	for {
		rest = strings.TrimLeft(rest, blank)
		if rest == "" {
			return name, assigns, true
		}
		word := firstWord(rest)
		a, ok := parseWord(word)
		if !ok {
			return "", nil, false
		}
		assigns = append(assigns, a)
		rest = rest[len(word):]
	}
}

// firstWord is the text up to a blank; blanks before it are skipped.
func firstWord(s string) string {
	s = strings.TrimLeft(s, blank)
	if end := strings.IndexAny(s, blank); end >= 0 {
		return s[:end]
	}
	return s
}

// parseWord reads one attribute of a line.
func parseWord(word string) (assignment, bool) {
	name, value, hasValue := strings.Cut(word, "=")
	var s state
	switch {
	case strings.HasPrefix(name, "-"):
		name, s.is = name[1:], unset
	case strings.HasPrefix(name, "!"):
		name, s.is = name[1:], unspecified
	case hasValue:
		s = state{valued, value}
	default:
		s.is = set
	}
	return assignment{name, s}, isName(name)
}

// isName reports a name that an attribute may have.
func isName(name string) bool {
	if name == "" || name[0] == '-' {
		return false
	}
	for _, c := range []byte(name) {
		isWord := c == '-' || c == '.' || c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !isWord {
			return false
		}
	}
	return true
}

// simpleEscapes are the letters that a backslash in quotes gives a meaning to.
var simpleEscapes = map[byte]byte{'a': '\a', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v', '\\': '\\', '"': '"'}

// unquote reads a name in quotes as C has them, and what follows. Without a right end it is not one in quotes.
func unquote(line string) (name, rest string, ok bool) {
	if line[0] != '"' {
		return "", "", false
	}
	var b strings.Builder
	for i := 1; i < len(line); i++ {
		switch c := line[i]; c {
		case '"':
			name, _, _ = strings.Cut(b.String(), "\x00")
			return name, line[i+1:], true
		case '\\':
			i++
			if i == len(line) {
				return "", "", false
			}
			if letter, ok := simpleEscapes[line[i]]; ok {
				b.WriteByte(letter)
				continue
			}
			// A byte as three octal digits.
			if i+2 >= len(line) || line[i] < '0' || line[i] > '3' || !isOctal(line[i+1]) || !isOctal(line[i+2]) {
				return "", "", false
			}
			b.WriteByte((line[i]-'0')<<6 | (line[i+1]-'0')<<3 | (line[i+2] - '0'))
			i += 2
		default:
			b.WriteByte(c)
		}
	}
	return "", "", false
}

func isOctal(c byte) bool { return c >= '0' && c <= '7' }
