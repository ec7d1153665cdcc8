package secret

import (
	"bytes"
	"regexp"
)

// The bytes between a name and its value, those that may stand between the name and the first of these, and those of names.
var (
	separates = classOf("::", "==", ">>")
	decorates = classOf("++", "??", "::", "!!", "]]", "\"\"", "''", "\\\\", "``")
	inNames   = classOf("AZ", "az", digits, "__", "--", "..", "//")
)

// assignments finds the secrets of data[start:hi] that a name stands before: "key = value", "key: value",
// "<key>value</key>", wherever on the line. Where all is set, every value is secret and goes by it.
func (f *finder) assignments(start, hi, depth int, all string) {
	allUntil := start // Up to here every value is secret, too: the data of a Secret on one line.
	for at := start; at < hi; {
		for at < hi && !separates[f.data[at]] {
			at++
		}
		if at == hi {
			return
		}
		sep := at
		at = sep + 1
		lo, end := f.nameBefore(start, sep)
		if lo == end {
			continue
		}
		name := f.data[lo:end]
		if f.data[sep] == '>' {
			if lo > start && f.data[lo-1] == '<' && (isSecretName(name) || all != "") {
				if stop := bytes.IndexByte(f.data[at:hi], '<'); stop > 0 && !isReference(f.data[at:at+stop], false) {
					f.add(at, at+stop, string(name))
					at += stop
				}
			}
			continue
		}
		key := ""
		switch {
		case isSecretName(name):
			key = string(name)
		case all != "" || sep < allUntil:
			key = string(name)
		case f.named > 0 && bytes.EqualFold(name, []byte("value")):
			key = f.namedAs
		case len(name) <= len("name") && (bytes.EqualFold(name, []byte("name")) || bytes.EqualFold(name, []byte("key"))):
			value := f.word(sep+1, hi)
			if isSecretName(value) {
				f.named, f.namedAs = 3, string(value)
			}
			continue
		case f.inSecret && (string(name) == "data" || string(name) == "stringData"):
			if v := f.skipBlanks(sep+1, hi); v < hi && f.data[v] == '{' {
				allUntil = v + bracket(f.data[v:hi])
			}
			continue
		default:
			continue
		}
		if next := f.value(start, lo, end, sep, hi, depth, key); next > at {
			at = next
		}
	}
}

// nameBefore answers where the name that a separator belongs to stands; it is empty where there is none.
func (f *finder) nameBefore(start, sep int) (lo, end int) {
	end = sep
	for end > start && (f.data[end-1] == ' ' || f.data[end-1] == '\t') {
		end--
	}
	for end > start && decorates[f.data[end-1]] {
		end--
	}
	lo = end
	for lo > start && end-lo < maxName && inNames[f.data[lo-1]] {
		lo--
	}
	return lo, end
}

// word is the value after a separator when it is one word, quoted or not.
func (f *finder) word(at, hi int) []byte {
	for at < hi && (f.data[at] == ' ' || f.data[at] == '\t' || f.data[at] == '\\' || isQuote(f.data[at])) {
		at++
	}
	end := at
	for end < hi && inNames[f.data[end]] {
		end++
	}
	return f.data[at:end]
}

var (
	hereDocument = regexp.MustCompile(`^<<[-~]?\s*["']?(\w+)`)
	blockScalar  = regexp.MustCompile(`^[|>][-+0-9]*\s*(?:#.*)?$`)
	yamlTag      = regexp.MustCompile(`^(?:[!&]\S+\s+)+`)
	leader       = regexp.MustCompile(`^[-#;/+\s]*(?:(?:export|set|ENV|ARG|setenv|local|readonly|const|let|var|Environment=)\s*)?["'\\]*$`)
)

// value masks what stands after a separator, and answers where to go on; 0 when nothing was masked.
func (f *finder) value(start, nameLo, nameEnd, sep, hi, depth int, key string) int {
	at := sep + 1
	for at < hi && (f.data[at] == '=' || f.data[at] == ':' || f.data[at] == '>') {
		at++
	}
	at = f.skipBlanks(at, hi)
	if at < hi && (f.data[at] == '!' || f.data[at] == '&') {
		if m := yamlTag.FindIndex(f.data[at:hi]); m != nil {
			at += m[1]
		}
	}
	rest := f.data[at:hi]
	leading := !f.prose && leads(f.data[start:nameLo])
	if len(bytes.Trim(rest, " \t,{[(\\")) == 0 || rest[0] == '#' && leading {
		if leading {
			f.open(scalarsOnly, key, depth)
		}
		return 0
	}
	if leading && (rest[0] == '|' || rest[0] == '>') && blockScalar.Match(rest) {
		f.open(wholeLines, key, depth)
		return hi
	}
	if rest[0] == '<' {
		if m := hereDocument.FindSubmatch(rest); m != nil {
			f.openUntil(string(m[1]), key, at)
			return hi
		}
	}
	switch {
	case isQuote(rest[0]) || rest[0] == '\\' && len(rest) > 1 && isQuote(rest[1]):
		return f.quoted(at, hi, leading, key)
	case rest[0] == '{' && !bytes.HasPrefix(rest, []byte("{{")) || rest[0] == '[':
		end := bracket(rest)
		if inner := bytes.Trim(rest[1:end], " \t]}"); len(inner) > 0 && !isReference(inner, false) {
			f.add(at+1, at+max(end-1, 2), key)
			return at + end
		}
		return 0
	}
	return f.bare(start, nameLo, nameEnd, at, hi, leading, key)
}

// leads reports whether what stands before a name leaves it the first thing on its line.
func leads(before []byte) bool {
	return len(before) == 0 || leader.Match(before)
}

// bracket answers the length of the text up to the bracket that closes the first, or of all of it.
func bracket(text []byte) int {
	open := 0
	for i, c := range text {
		switch c {
		case '{', '[':
			open++
		case '}', ']':
			if open--; open == 0 {
				return i + 1
			}
		}
	}
	return len(text)
}

// quoted masks a value in quotes that starts at at.
func (f *finder) quoted(at, hi int, leading bool, key string) int {
	open := 1
	if f.data[at] == '\\' {
		open = 2
	}
	quote := f.data[at : at+open]
	lo := at + open
	end, stop := closing(f.data[lo:hi], quote)
	if end < 0 {
		f.add(lo, hi, key)
		f.openUntil(string(quote), key, lo)
		return hi
	}
	end, stop = lo+end, lo+stop
	// Strings that are put together are one value.
	after := bytes.TrimLeft(f.data[stop:hi], " \t")
	joined := stop < hi && bytes.IndexByte([]byte(" \t,;:)]}#\\<|&"), f.data[stop]) < 0 && !isQuote(f.data[stop]) ||
		stop < hi && isQuote(f.data[stop]) && len(after) > 1 && bytes.IndexByte([]byte(" \t,;)]}"), after[1]) < 0 ||
		leading && len(after) > 0 && bytes.IndexByte([]byte("+.~|%"), after[0]) >= 0
	if joined {
		f.add(lo, hi, key)
		return hi
	}
	if !isReference(f.data[lo:end], true) {
		f.add(lo, end, key)
	}
	return stop
}

// closing answers where a quoted text ends, without and with its quote; -1 when it does not.
func closing(text, quote []byte) (end, stop int) {
	if len(quote) == 2 {
		for i := 0; i+1 < len(text); i++ {
			if text[i] == '\\' && text[i+1] == '\\' {
				i += 2
				continue
			}
			if text[i] == '\\' && text[i+1] == quote[1] {
				return i, i + 2
			}
		}
		return -1, -1
	}
	last := bytes.LastIndexByte(text, quote[0])
	for i := 0; i <= last; i++ {
		switch {
		case text[i] == '\\' && quote[0] != '`' && i+2 <= last:
			i++ // Were the last quote escaped, nothing would end the text.
		case text[i] == quote[0]:
			if quote[0] == '\'' && i+1 < len(text) && text[i+1] == '\'' {
				i++
				continue
			}
			return i, i + 1
		}
	}
	return -1, -1
}

// nearby is how many bytes before a name may hold the bracket that it stands in. Like all limits here it keeps the work in
// proportion to the length of the text, whatever is in it.
const nearby = 4096

// bare masks a value without quotes that starts at at. How far it goes depends on what is around it.
func (f *finder) bare(start, nameLo, nameEnd, at, hi int, leading bool, key string) int {
	rest := f.data[at:hi]
	n := len(rest)
	before := byte(0)
	if nameLo > start {
		before = f.data[nameLo-1]
	}
	switch {
	case isQuote(before) && f.data[nameEnd] != before:
		// "KEY=all up to the quote".
		if q := bytes.IndexByte(rest, before); q >= 0 {
			n = q
		}
	case leading:
		if c := comment(rest); c >= 0 && isReference(bytes.TrimRight(rest[:c], " \t,;"), false) {
			return 0
		}
	case !f.prose && bytes.IndexByte(f.data[max(start, nameLo-nearby):nameLo], '{') >= 0:
		n = ends(rest, ",}")
	default:
		if reference := startsReference.Find(rest); reference != nil {
			return at + len(reference)
		}
		n = ends(rest, " \t;&\"'<")
		if f.prose && isProse(f.data[nameEnd:at], rest) {
			return 0
		}
	}
	end := at + len(bytes.TrimRight(rest[:n], " \t,;"))
	if !leading {
		end = at + len(bytes.TrimRight(f.data[at:end], ")]}\\"))
	}
	if !isReference(f.data[at:end], false) {
		f.add(at, end, key)
		return end
	}
	return 0
}

// ends answers the length of the value that text begins with, up to one of stops; those
// in a mark do not count.
func ends(text []byte, stops string) int {
	from := 0
	if bytes.HasPrefix(text, []byte(markChanged)) {
		from = len(markChanged)
	}
	if n := bytes.IndexAny(text[from:], stops); n >= 0 {
		return from + n
	}
	return len(text)
}

// comment is where a comment after a value starts, or -1.
func comment(text []byte) int {
	for _, sign := range []string{" #", "\t#", " //"} {
		if i := bytes.Index(text, []byte(sign)); i >= 0 {
			return i
		}
	}
	return -1
}

var plainWords = regexp.MustCompile(`^[a-z]+(?:[ ][a-z"']+)+`)

// isProse reports the rest of an error text, "permission denied", behind what was being done: "read token: ".
func isProse(separator, rest []byte) bool {
	return len(separator) > 1 && plainWords.Match(rest)
}
