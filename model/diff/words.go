package diff

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"github.com/sergi/go-diff/diffmatchpatch"

	"plumb/model/text"
)

const (
	// maxWords is how many words a line may have to be compared word by word.
	maxWords = 600
	// enoughInCommon is the share, out of 100, that two lines must have in common for
	// marks to help: below it nearly all would be marked.
	enoughInCommon = 30
	// leadShown is how many bytes before the difference are shown of a line too long to show whole.
	leadShown = 200
)

// change draws a line that has a counterpart, with the words that differ marked.
func (d *drawing) change(i, j int) Row {
	old, oldFinal := cutNewline(d.a[i])
	new, newFinal := cutNewline(d.b[j])
	row := Row{
		Op:  Change,
		Old: Line{Number: i + 1, NoFinal: !oldFinal},
		New: Line{Number: j + 1, NoFinal: !newFinal},
	}
	if len(old) > maxShown || len(new) > maxShown {
		row.Old.Spans, row.New.Spans = longSpans(old, new)
		row.Old.Cut, row.New.Cut = true, true
		return row
	}
	row.Space = sameButSpace(old, new)
	if spans, ok := wordSpans(old, new); ok {
		row.Old.Spans, row.New.Spans = spans[0], spans[1]
		return row
	}
	row.Old.Spans, row.New.Spans = d.line(d.a[i], i).Spans, d.line(d.b[j], j).Spans
	return row
}

// sameButSpace reports lines that white space alone tells apart.
func sameButSpace(old, new []byte) bool {
	return bytes.Equal(withoutSpace(old), withoutSpace(new))
}

// wordSpans compares two lines word by word. It is not ok when too little is common, or there are too many words.
func wordSpans(old, new []byte) (spans [2][]Span, ok bool) {
	alphabet := map[string]rune{}
	var words [][]byte
	a, ok := encode(old, alphabet, &words)
	if !ok {
		return spans, false
	}
	b, ok := encode(new, alphabet, &words)
	if !ok {
		return spans, false
	}
	engine := diffmatchpatch.New()
	engine.DiffTimeout = 0 // The number of words is bounded instead: the clock must not decide what is shown.
	diffs := engine.DiffMainRunes(a, b, false)

	common := 0
	var o, n side
	for at, part := range diffs {
		for _, r := range part.Text {
			word := words[letterIndex(r)]
			switch part.Type {
			case diffmatchpatch.DiffDelete:
				o.add(word, true)
			case diffmatchpatch.DiffInsert:
				n.add(word, true)
			default:
				// A lone blank between words that differ is no common ground.
				lone := isBlank(word) && len(part.Text) == utf8.RuneLen(r) && at > 0 && at+1 < len(diffs)
				o.add(word, lone)
				n.add(word, lone)
				if !isBlank(word) {
					common += len(word)
				}
			}
		}
	}
	if shorter := min(o.visible, n.visible); shorter > 0 && common*100 < shorter*enoughInCommon {
		return spans, false
	}
	return [2][]Span{o.spans(), n.spans()}, true
}

// side gathers the words of one line into spans.
type side struct {
	parts   [][]byte
	changed []bool
	visible int // Bytes that are not white space.
}

func (s *side) add(word []byte, changed bool) {
	if !isBlank(word) {
		s.visible += len(word)
	}
	if last := len(s.parts) - 1; last >= 0 && s.changed[last] == changed {
		s.parts[last] = append(s.parts[last], word...)
		return
	}
	s.parts = append(s.parts, append([]byte(nil), word...))
	s.changed = append(s.changed, changed)
}

func (s *side) spans() []Span {
	spans := make([]Span, len(s.parts))
	for i, part := range s.parts {
		spans[i] = Span{Text: text.Bytes(part), Changed: s.changed[i]}
	}
	return spans
}

// longSpans shows a stretch of two long lines around what differs between their common head and tail.
func longSpans(old, new []byte) (o, n []Span) {
	head := 0
	for head < len(old) && head < len(new) && old[head] == new[head] {
		head++
	}
	tail := 0
	for tail < len(old)-head && tail < len(new)-head && old[len(old)-1-tail] == new[len(new)-1-tail] {
		tail++
	}
	return stretch(old, head, len(old)-tail), stretch(new, head, len(new)-tail)
}

func stretch(line []byte, lo, hi int) []Span {
	lo, hi = runeStart(line, lo), runeEnd(line, hi)
	var spans []Span
	from := 0
	if lo > maxShown-leadShown {
		from = runeStart(line, lo-leadShown)
		spans = append(spans, leftOutBefore(from))
	}
	end := from + runeOffset(line[from:], maxShown)
	add := func(lo, hi int, changed bool) {
		if lo = max(lo, from); lo < min(hi, end) {
			spans = append(spans, Span{Text: text.Bytes(line[lo:min(hi, end)]), Changed: changed})
		}
	}
	add(from, lo, false)
	add(lo, hi, true)
	add(hi, len(line), false)
	if end < len(line) {
		spans = append(spans, leftOutBehind(len(line)-end))
	}
	return spans
}

// encode turns a line into one rune for each word, which is what the comparison of go-diff works on.
func encode(line []byte, alphabet map[string]rune, words *[][]byte) (runes []rune, ok bool) {
	for len(line) > 0 {
		n := tokenLength(line)
		word := line[:n]
		line = line[n:]
		r, known := alphabet[string(word)]
		if !known {
			r = letter(len(*words))
			alphabet[string(word)] = r
			*words = append(*words, word)
		}
		if runes = append(runes, r); len(runes) > maxWords {
			return nil, false
		}
	}
	return runes, true
}

// letter and letterIndex count in runes of the ideographs, far from the surrogates that a string cannot hold.
func letter(i int) rune      { return 0x4e00 + rune(i) }
func letterIndex(r rune) int { return int(r - 0x4e00) }

// tokenLength is the length of the word that b begins with: letters and digits, white
// space, or one other rune. What is drawn onto a rune stays with it.
func tokenLength(b []byte) int {
	r, n := utf8.DecodeRune(b)
	kind := isDrawnOnto
	switch {
	case isWordRune(r):
		kind = isWordRune
	case r == ' ' || r == '\t':
		kind = func(r rune) bool { return r == ' ' || r == '\t' || isDrawnOnto(r) }
	}
	for n < len(b) {
		r, size := utf8.DecodeRune(b[n:])
		if !kind(r) {
			break
		}
		n += size
	}
	return n
}

func isWordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
	}
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r))
}

// isDrawnOnto reports accents and the like, and the skin tones of emoji.
func isDrawnOnto(r rune) bool { return unicode.IsMark(r) || r >= 0x1f3fb && r <= 0x1f3ff }

func isBlank(word []byte) bool { return isSpace(word[0]) }

// runeOffset is where rune n of b starts, or the end of b.
func runeOffset(b []byte, n int) int {
	at := 0
	for ; n > 0 && at < len(b); n-- {
		_, size := utf8.DecodeRune(b[at:])
		at += size
	}
	return at
}

// runeStart and runeEnd move an offset out of the middle of a rune, down and up.
func runeStart(b []byte, at int) int {
	for k := 0; k < utf8.UTFMax-1 && at > 0 && at < len(b) && !utf8.RuneStart(b[at]); k++ {
		at--
	}
	return at
}

func runeEnd(b []byte, at int) int {
	for k := 0; k < utf8.UTFMax-1 && at < len(b) && !utf8.RuneStart(b[at]); k++ {
		at++
	}
	return at
}
