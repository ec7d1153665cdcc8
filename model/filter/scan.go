package filter

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// word is one word of a filter, taken apart but not yet understood.
type word struct {
	head
	value      string
	isQuoted   bool // Whether the value began with a quotation mark: then it is nothing but text.
	start, end int
}

// head is what stands before the value of a word.
type head struct {
	not  bool
	kind Kind
	key  string // As typed, in lower case, without its colon: "before", "-s"; empty for text and fuzzy.
	size int    // In bytes.
}

// Vocabulary is which words may stand before a colon, in lower case, and what they ask about. Other records than history have
// their own; the kinds of their terms are called as their keys are.
type Vocabulary map[string]Kind

// keys are those of history.
var keys = Vocabulary{
	"author": Author, "committer": Committer,
	"since": Dates, "after": Dates, "until": Dates, "before": Dates,
	"path": Path, "file": File,
	"env": Environment, "environment": Environment, "touches": Environment,
	"target": Target, "resource": Resource,
	"adds": Adds, "changes": Changes,
	"trailer": Trailer, "is": Is, "in": Revision,
}

const longestKey = len("environment")

// knownKey is the key that s begins with, in lower case, or empty.
func (v Vocabulary) knownKey(s string) string {
	at := strings.IndexByte(s[:min(len(s), longestKey+1)], ':')
	if at < 0 {
		return ""
	}
	key := strings.ToLower(s[:at])
	if _, ok := v[key]; !ok || len(key) != at {
		return ""
	}
	return key
}

// readHead takes the signs and the key off a word. Whatever is not known as such is text: people search
// for "http://" and "fix(api):", and nobody wants to be corrected for that.
func (v Vocabulary) readHead(s string) head {
	h := head{kind: Text}
	if rest, ok := strings.CutPrefix(s, "!"); ok && startsWord(rest) {
		h.not, h.size, s = true, 1, rest
	}
	switch {
	case strings.HasPrefix(s, "~") && startsWord(s[1:]):
		h.kind = Fuzzy
		h.size++
		return h
	case v["adds"] == Adds && (strings.HasPrefix(s, "-S") || strings.HasPrefix(s, "-G")):
		h.kind, h.key = Adds, "-S"
		if s[1] == 'G' {
			h.kind, h.key = Changes, "-G"
		}
		h.size += 2
		return h
	}
	if rest, ok := strings.CutPrefix(s, "-"); ok && !h.not && v.knownKey(rest) != "" {
		h.not, h.size, s = true, 1, rest
	}
	if key := v.knownKey(s); key != "" {
		h.kind, h.key = v[key], key
		h.size += len(key) + 1
	}
	return h
}

// startsWord reports whether s goes on without a blank.
func startsWord(s string) bool { return s != "" && blank(s) == 0 }

// blank is the size of the blank that s begins with.
func blank(s string) int {
	if r, n := utf8.DecodeRuneInString(s); unicode.IsSpace(r) {
		return n
	}
	return 0
}

// blanks is the size of all the blanks that s begins with.
func blanks(s string) int { return len(s) - len(strings.TrimLeftFunc(s, unicode.IsSpace)) }

// scanner walks the words of a line, or of a command line, where each argument is one word.
type scanner interface {
	// next is the next word. The end is told by false.
	next() (word, bool)
	// raw is the next word as the value of the one before it, so without a head.
	raw() (word, bool)
}

// line scans words that blanks separate.
type line struct {
	text string
	at   int
	keys Vocabulary
}

func (l *line) next() (word, bool) {
	l.at += blanks(l.text[l.at:])
	if l.at == len(l.text) {
		return word{}, false
	}
	return l.read(l.keys.readHead(l.text[l.at:])), true
}

func (l *line) raw() (word, bool) {
	l.at += blanks(l.text[l.at:])
	if l.at == len(l.text) {
		return word{}, false
	}
	return l.read(head{kind: Text}), true
}

// read takes the value that follows the head up to the next blank. A quotation mark means something only
// where a value begins, so that one within a word can be searched for.
func (l *line) read(h head) word {
	w := word{head: h, start: l.at}
	l.at += h.size
	var b strings.Builder
	w.isQuoted = l.quoted(&b)
	for rest := l.text[l.at:]; rest != "" && blank(rest) == 0; rest = l.text[l.at:] {
		_, n := utf8.DecodeRuneInString(rest)
		b.WriteString(rest[:n])
		l.at += n
		if h.kind == Trailer && rest[0] == '=' && !w.isQuoted && strings.IndexByte(b.String(), '=') == b.Len()-1 {
			l.quoted(&b)
		}
	}
	w.value, w.end = b.String(), l.at
	return w
}

// quoted reads what stands in quotation marks here, if anything does. The end of the line closes them too:
// whoever is still typing means what stands there so far.
func (l *line) quoted(b *strings.Builder) bool {
	if !strings.HasPrefix(l.text[l.at:], `"`) {
		return false
	}
	for l.at++; l.at < len(l.text); l.at++ {
		c := l.text[l.at]
		switch {
		case c == '"':
			l.at++
			return true
		case c == '\\' && l.at+1 < len(l.text) && strings.IndexByte(`"\`, l.text[l.at+1]) >= 0:
			l.at++
			c = l.text[l.at]
		}
		b.WriteByte(c)
	}
	return true
}

// arguments scans words that a shell has separated already. Places are those in the arguments joined by blanks.
type arguments struct {
	args []string
	at   int
	keys Vocabulary
}

func (a *arguments) next() (word, bool) {
	w, ok := a.raw()
	if !ok {
		return word{}, false
	}
	w.head = a.keys.readHead(w.value)
	w.value = w.value[w.size:]
	// The quotation marks of somebody who quoted for the shell and for us stand around the whole value.
	l := line{text: w.value}
	var b strings.Builder
	if closed := len(w.value) > 1 && strings.HasSuffix(w.value, `"`); closed && l.quoted(&b) && l.at == len(w.value) {
		w.value, w.isQuoted = b.String(), true
	}
	return w, true
}

func (a *arguments) raw() (word, bool) {
	if len(a.args) == 0 {
		return word{}, false
	}
	w := word{head: head{kind: Text}, value: a.args[0], start: a.at, end: a.at + len(a.args[0])}
	a.args, a.at = a.args[1:], w.end+1
	return w, true
}

// isPlain reports whether a text can be written as it is and is read back as that text.
func isPlain(s string) bool {
	return s != "" && !needsQuotes(s) && keys.readHead(s).size == 0 && !isSinceOrUntil(s) && !looksLikeRange(s)
}

// needsQuotes reports whether the value of any key must be quoted.
func needsQuotes(s string) bool {
	return s == "" || s[0] == '"' || strings.IndexFunc(s, unicode.IsSpace) >= 0
}

func quoteIfNeeded(s string) string {
	if needsQuotes(s) {
		return quote(s)
	}
	return s
}

func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
