package secret

import (
	"bytes"
	"regexp"
	"sort"
)

// sampleSize is how much of a file is looked at to tell that it is binary.
const sampleSize = 8000

// lookAhead is how many lines a quoted value or a key is followed before it is taken for unfinished.
const lookAhead = 200

// finder goes through a text line by line.
type finder struct {
	data   []byte
	prose  bool // An error text: in "read token: permission denied" nothing is secret.
	places []place
	has    marks // What it has anywhere.

	blocks   []block // What the lines before say about this one; the last is the innermost.
	named    int     // For so many lines more, "value:" belongs to the name of a secret,
	namedAs  string  // which is this.
	inSecret bool    // In a YAML or JSON document of kind Secret.

	number int       // Of the line that is looked at, from 0.
	ahead  bool      // Lines below were read to judge it.
	notes  bool      // What is quiet is noted,
	quiet  []bool    // by line.
	known  *versions // What is known from another version; nil for nothing.
}

// marks are what a text has somewhere. Most have none of them, and need not be asked for it line by line.
type marks struct{ keys, urls, logins, kinds bool }

func marksOf(data []byte) marks {
	return marks{
		keys:   bytes.Contains(data, keyStart),
		urls:   bytes.Contains(data, urlMark[1:]) && bytes.Contains(data, urlMark), // There are colons everywhere.
		logins: bytes.Contains(data, loginMark),
		kinds:  bytes.Contains(data, kindMark),
	}
}

// block is a run of lines below one that announced them.
type block struct {
	mode  blockMode
	key   string
	depth int    // Its lines are indented deeper than this.
	until string // What ends it, in mode untilWord.
}

// blockMode says what of a block's lines is secret.
type blockMode int

const (
	wholeLines  blockMode = iota // Below "password: |": all of each line.
	scalarsOnly                  // Below "passwords:": lines that are no "key: value" themselves.
	allValues                    // Below "data:" of a Kubernetes Secret: every value.
	untilWord                    // In a here-document or a quoted value: all up to its end.
)

var (
	kindSecret = regexp.MustCompile(`kind[\\"']*\s*:\s*[\\"']*Secret(?:[\\"'\s,}]|$)`)
	secretData = regexp.MustCompile(`^(?:- )?["']?(?:data|stringData)["']?\s*:\s*\{?\s*(?:#.*)?$`)
)

var (
	keyStart  = []byte("-----BEGIN ")
	urlMark   = []byte("://")
	loginMark = []byte("login")
	kindMark  = []byte("Secret")
	newline   = []byte{'\n'}
)

// find answers the secrets of data, in order and not overlapping.
func find(data []byte, prose bool) []place {
	f := finder{data: data, prose: prose}
	return f.search()
}

func (f *finder) search() []place {
	data := f.data
	if bytes.IndexByte(data[:min(len(data), sampleSize)], 0) >= 0 {
		return nil
	}
	f.has = marksOf(data)
	for lo := 0; lo < len(data); {
		hi := f.lineEnd(lo)
		if f.isKnown(lo, hi) {
			lo, f.number = hi+1, f.number+1
			continue
		}
		wasCalm, found := f.isCalm(), len(f.places)
		f.ahead = false
		next := min(f.step(lo, hi), len(data))
		lines := bytes.Count(data[lo:next], newline)
		f.number += lines
		if f.notes {
			isQuiet := wasCalm && f.isCalm() && !f.ahead && len(f.places) == found
			for range lines {
				f.quiet = append(f.quiet, isQuiet)
			}
		}
		lo = next
	}
	return disjoint(f.places)
}

// step looks at the line data[lo:hi], and answers where to go on.
func (f *finder) step(lo, hi int) (next int) {
	if f.has.keys {
		if end := f.keyBlock(lo, hi); end > 0 {
			f.ahead = true
			return end
		}
	}
	if lo == 0 || bytes.HasPrefix(f.data[lo:hi], []byte("---")) {
		f.document(lo, hi)
	}
	stop := hi
	if stop > lo && f.data[stop-1] == '\r' {
		stop--
	}
	f.line(lo, stop)
	return hi + 1
}

// lineEnd is where the line that holds offset at ends, without its newline.
func (f *finder) lineEnd(at int) int {
	if n := bytes.IndexByte(f.data[at:], '\n'); n >= 0 {
		return at + n
	}
	return len(f.data)
}

// document finds out whether the document that starts here is a Kubernetes Secret, or holds one.
func (f *finder) document(lo, hi int) {
	f.ahead = true
	f.blocks, f.inSecret = f.blocks[:0], false
	if !f.has.kinds {
		return
	}
	end := len(f.data)
	if n := bytes.Index(f.data[hi:], []byte("\n---")); n >= 0 {
		end = hi + n
	}
	f.inSecret = kindSecret.Match(f.data[lo:end])
}

// disjoint sorts places and joins those that overlap.
func disjoint(places []place) []place {
	if len(places) < 2 {
		return places
	}
	sort.SliceStable(places, func(i, j int) bool { return places[i].lo < places[j].lo })
	out := places[:1]
	for _, p := range places[1:] {
		if last := &out[len(out)-1]; p.lo < last.hi {
			last.hi = max(last.hi, p.hi)
		} else {
			out = append(out, p)
		}
	}
	return out
}

func (f *finder) add(lo, hi int, key string) {
	if lo < hi {
		f.places = append(f.places, place{lo, hi, key})
	}
}

// line looks for secrets in data[lo:hi], which is one line.
func (f *finder) line(lo, hi int) {
	start := f.skipBlanks(lo, hi)
	if start == hi {
		return // A blank line ends no block.
	}
	depth := start - lo
	all := ""
	for len(f.blocks) > 0 {
		b := &f.blocks[len(f.blocks)-1]
		if b.mode != untilWord && (depth < b.depth || depth == b.depth && !(b.mode == scalarsOnly && isItem(f.data[start:hi]))) {
			f.blocks = f.blocks[:len(f.blocks)-1]
			continue
		}
		if f.blockLine(b, start, hi) {
			return
		}
		if b.mode == allValues {
			all = b.key
		}
		break
	}
	if f.inSecret && all == "" && secretData.Match(f.data[start:hi]) {
		f.open(allValues, "data", depth)
		return
	}
	f.assignments(start, hi, depth, all)
	f.shapes(start, hi)
	f.spaced(start, hi)
	if f.named > 0 {
		f.named--
	}
}

func (f *finder) open(mode blockMode, key string, depth int) {
	f.blocks = append(f.blocks, block{mode: mode, key: key, depth: depth})
}

// openUntil opens a block that ends with a word or a quote, if it does end.
func (f *finder) openUntil(word, key string, at int) {
	f.ahead = true
	b := block{mode: untilWord, key: key, until: word}
	end := at
	for range lookAhead {
		if end = f.lineEnd(end) + 1; end >= len(f.data) {
			return
		}
		if n, _ := b.end(f.data[end:f.lineEnd(end)]); n >= 0 {
			f.blocks = append(f.blocks, b)
			return
		}
	}
}

// end answers where on a line the end of a block stands and how long it is; -1 where it does not. A quote ends
// anywhere, the word of a here-document is a line of its own.
func (b *block) end(line []byte) (at, length int) {
	if isQuote(b.until[len(b.until)-1]) {
		return bytes.Index(line, []byte(b.until)), len(b.until)
	}
	if string(bytes.TrimSpace(line)) == b.until {
		return 0, len(line)
	}
	return -1, 0
}

// blockLine masks a line of a block, and reports whether that is all to be done with it.
func (f *finder) blockLine(b *block, start, hi int) bool {
	switch b.mode {
	case wholeLines:
		f.add(start, hi, b.key)
		return true
	case untilWord:
		end, length := b.end(f.data[start:hi])
		if end < 0 {
			f.add(start, hi, b.key)
			return true
		}
		f.add(start, start+end, b.key)
		f.blocks = f.blocks[:len(f.blocks)-1]
		f.line(start+end+length, hi)
		return true
	case allValues:
		return false
	}
	from := start
	if isItem(f.data[start:hi]) {
		from = f.skipBlanks(start+1, hi)
	}
	to := from + len(bytes.TrimRight(f.data[from:hi], " \t,"))
	value := f.data[from:to]
	isString := len(value) > 1 && isQuote(value[0]) && value[len(value)-1] == value[0]
	if !isString && (bytes.ContainsAny(value, ":=") || len(bytes.Trim(value, "[]{}(),; ")) == 0 || value[0] == '#') {
		return false
	}
	if isString {
		from, to = from+1, to-1
	}
	if !isReference(f.data[from:to], isString) {
		f.add(from, to, b.key)
	}
	return true
}

func (f *finder) skipBlanks(at, hi int) int {
	for at < hi && (f.data[at] == ' ' || f.data[at] == '\t') {
		at++
	}
	return at
}

func isItem(line []byte) bool {
	return len(line) > 1 && line[0] == '-' && (line[1] == ' ' || line[1] == '\t')
}

func isQuote(c byte) bool { return c == '"' || c == '\'' || c == '`' }
