package diffview

import (
	"strings"

	"plumb/model/diff"
	"plumb/model/text"
	"plumb/themes"
	"plumb/ui/paint"
)

// Source text is coloured line by line by a scanner of our own, because it happens
// while drawing: it needs a microsecond for a line, no state, and no knowledge of the
// lines that a difference leaves out. It knows comments, strings, numbers, words of the
// language and names of settings, which is what configuration consists of.

// Longer lines stay plain: they are data.
const longestColoured = 1000

// language is what the scanner knows about the files of one kind.
type language struct {
	comment  []string // What begins a comment up to the end of the line.
	quotes   string
	keywords map[string]bool
	name     naming
}

// naming says which word of a line is a setting's name.
type naming int

const (
	noNames     naming = iota
	firstWord          // nginx, sshd_config: the first word.
	beforeColon        // YAML, JSON: the word or string before a colon.
	beforeEqual        // TOML, INI, Terraform: the word before an equals sign.
)

// language finds the language of a file, remembering the last answer.
func (v *View) language(f *diff.File) *language {
	p := path(f).String()
	if p != v.langPath || v.lang == nil {
		v.langPath, v.lang = p, languageOf(p)
	}
	return v.lang
}

func (d *drawer) syntax(t text.Safe) []paint.Mark { return Source{d.lang}.Marks(t, &d.styles.Syntax) }

// marks are the stretches of a line that have a colour.
func (l *language) marks(s string, st *themes.SyntaxStyles) []paint.Mark {
	if l == &plain {
		return nil
	}
	var out []paint.Mark
	add := func(from, to int, style themes.Style) {
		if to > from {
			out = append(out, paint.Mark{From: from, To: to, Style: style})
		}
	}
	first := true // No word has been seen yet.
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == ' ' || c == '\t':
			i++
		case l.isComment(s, i):
			add(i, len(s), st.Comment)
			return out
		case strings.IndexByte(l.quotes, c) >= 0:
			end := quoted(s, i)
			if l.name == beforeColon && nextIs(s, end, ':') {
				add(i, end, st.Name)
			} else {
				add(i, end, st.String)
			}
			i, first = end, false
		case first && c == '[' && l.name == beforeEqual:
			end := strings.IndexByte(s[i:], ']')
			if end < 0 {
				return out
			}
			add(i, i+end+1, st.Keyword)
			i, first = i+end+1, false
		case isDigit(c):
			end := i + 1
			for end < len(s) && (isWord(s[end]) || s[end] == '.' && end+1 < len(s) && isDigit(s[end+1])) {
				end++
			}
			add(i, end, st.Number)
			i, first = end, false
		case isWord(c):
			end := i + 1
			for end < len(s) && (isWord(s[end]) || strings.IndexByte("-./#", s[end]) >= 0 && end+1 < len(s) && isWord(s[end+1])) {
				end++
			}
			word := s[i:end]
			switch {
			case l.keywords[word]:
				add(i, end, st.Keyword)
			case first && l.name == firstWord,
				first && l.name == beforeColon && nextIs(s, end, ':'),
				first && l.name == beforeEqual && nextIs(s, end, '='):
				add(i, end, st.Name)
			}
			i, first = end, false
		case c == '-' && first && nextIs(s, i+1, ' '):
			i++ // An item of a YAML list: its first word is still to come.
		default:
			if c >= 0x80 || c == '$' || c == '{' || c == '(' {
				first = false
			}
			i++
		}
	}
	return out
}

// isComment reports whether a comment begins at i. Those of one character need a blank
// before them or the start of the line: "#" is also part of words and colours.
func (l *language) isComment(s string, i int) bool {
	for _, c := range l.comment {
		if strings.HasPrefix(s[i:], c) && (len(c) > 1 || i == 0 || s[i-1] == ' ' || s[i-1] == '\t') {
			return true
		}
	}
	return false
}

// quoted is the end of the string that begins at i; one that is not closed ends with the line,
// unless the quote is an apostrophe within or after a word.
func quoted(s string, i int) int {
	q := s[i]
	for k := i + 1; k < len(s); k++ {
		switch s[k] {
		case '\\':
			k++
		case q:
			return k + 1
		}
	}
	if q == '\'' {
		return i + 1
	}
	return len(s)
}

func nextIs(s string, i int, c byte) bool {
	if i < len(s) && c == ' ' {
		return s[i] == ' '
	}
	for i < len(s) && (s[i] == ' ' || s[i] == '\t') {
		i++
	}
	return i < len(s) && s[i] == c
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isWord(c byte) bool {
	return isDigit(c) || c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
