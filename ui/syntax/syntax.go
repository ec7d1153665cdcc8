// Package syntax says what the pieces of a source file are: a comment, a string, the name
// of a setting. What colour they get is the theme's business.
//
// The languages of infrastructure have scanners of our own here: HCL, YAML, JSON, TOML,
// units, nginx, shell, Dockerfiles and what else lies in /etc. A scanner gets one line after
// the other and remembers what is open: a block comment, a heredoc, a block scalar. It looks
// at no more than the beginning of a line, so that no file can make it slow. Templates of Jinja
// and Go are taken out before the language below them is read, and put back afterwards
// (template.go). All other languages are those of chroma, which has rules for nearly
// three hundred; its regular expressions are slow, and are bounded in size and time (chroma.go).
//
// Colouring is work for the background: a frame only asks for the lines it shows.
package syntax

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"plumb/model/text"
)

//go:generate go run ./internal/pack

// Role is what a piece of source text is.
type Role uint8

// The roles. Plain has no tokens: it is all that lies between them.
const (
	Plain    Role = iota
	Comment       // Words for people.
	Keyword       // A word of the language, and constants such as true.
	String        // Text, with or without quotes.
	Number        // Numbers, sizes and times.
	Name          // The key of a setting, an attribute, an option.
	Type          // A type, a tag, the kind of a resource.
	Function      // What is called: functions, filters, builtin commands.
	Variable      // What stands for a value: $HOME, var.region, .Values.image.
	Operator      // Operators, and punctuation that carries meaning.
	Template      // What opens and closes a template or an interpolation.
	Heading       // What begins a part: [Unit], the title in a document.
	roles
)

// The bounds. What lies beyond is plain: nobody reads it by its colours.
const (
	longestLine = 2000    // Bytes of a line that have colours.
	longestEnd  = 16      // Bytes of the end of a longer line that are read.
	maxLines    = 200_000 // Lines of a file that have colours.
	maxBytes    = 8 << 20 // Bytes of a file that have colours.

	// Our scanners need a tenth of it for the largest file that somebody meant to be read.
	longestScan = 700 * time.Millisecond
)

// Token is a stretch of one line that has a role, in bytes of that line. They are never beyond
// byte 2000, which is why 16 bits are enough: a large file has a million of them.
type Token struct {
	From, To uint16
	Role     Role
}

// Text is the colours of one version of a file, by line. It is never changed after it was
// made and may be used by all goroutines. A nil Text is plain.
type Text struct {
	tokens []Token
	ends   []int32 // Where in tokens each line ends.
}

// Line is the tokens of a line, counted from 0: in order, without overlaps. It is nil for a
// line without colours. Nobody may change it.
func (t *Text) Line(i int) []Token {
	if t == nil || i < 0 || i >= len(t.ends) {
		return nil
	}
	from := int32(0)
	if i > 0 {
		from = t.ends[i-1]
	}
	if from == t.ends[i] {
		return nil
	}
	return t.tokens[from:t.ends[i]:t.ends[i]]
}

// Size is about how many bytes of memory the colours take.
func (t *Text) Size() int {
	if t == nil {
		return 0
	}
	return 6*cap(t.tokens) + 4*cap(t.ends)
}

// Highlight colours a file. The lines are sanitised ones, so that the offsets are those of
// what is drawn. It may take a second and is not for the render path. What is above the bounds stays plain.
// The only error is that of a context that was cancelled.
func Highlight(ctx context.Context, path string, lines []text.Safe) (*Text, error) {
	var first text.Safe
	if len(lines) > 0 {
		first = lines[0]
	}
	l := languageOf(path, first)
	if l.isPlain() {
		return &Text{}, ctx.Err()
	}
	s := bounded(lines)
	if l.template == nil {
		return l.highlight(ctx, s)
	}
	masked, over, err := l.template.mask(ctx, s)
	if err != nil {
		return nil, err
	}
	below, err := l.highlight(ctx, masked)
	if err != nil {
		return nil, err
	}
	return overlay(below, over, len(s)), nil
}

// highlight colours lines in the language itself, without templates.
func (l language) highlight(ctx context.Context, lines []string) (*Text, error) {
	switch {
	case l.scanner != nil:
		return scan(ctx, l.scanner(), lines)
	case l.packed != "":
		return scanPacked(ctx, l.packed, lines)
	}
	return &Text{}, ctx.Err()
}

// bounded is as much of a file as has colours. The mark of a carriage return at the end of
// a line belongs to no language.
func bounded(lines []text.Safe) []string {
	out := make([]string, 0, min(len(lines), maxLines))
	size := 0
	for _, l := range lines {
		size += len(l.String()) + 1
		if len(out) == maxLines || size > maxBytes {
			break
		}
		out = append(out, shortened(strings.TrimSuffix(l.String(), "␍")))
	}
	return out
}

// shortened is what a scanner sees of a line: its beginning, and the last bytes of a very long
// one, which mostly close what the beginning opened.
func shortened(s string) string {
	if len(s) <= longestLine+longestEnd {
		return s
	}
	return s[:longestLine] + s[len(s)-longestEnd:]
}

// A scanner reads a language line by line.
type scanner interface {
	// scan reads the next line and tells the pen what is in it, from left to right.
	scan(line string, p *pen)
}

// How many lines are read between two looks at the context.
const breath = 64

func scan(ctx context.Context, sc scanner, lines []string) (*Text, error) {
	p := newPen(len(lines))
	over := time.Now().Add(longestScan)
	for i, line := range lines {
		if i%breath == 0 {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if time.Now().After(over) {
				break
			}
		}
		sc.scan(line, p)
		p.endLine()
	}
	return p.text(), nil
}

// pen writes down the tokens of a text.
type pen struct {
	t          Text
	start      int  // Where in the tokens this line begins.
	keepsPlain bool // Plain stretches are tokens too.
}

func newPen(lines int) *pen {
	return &pen{t: Text{ends: make([]int32, 0, lines)}}
}

// add gives the bytes from up to to a role. What is already coloured stays so.
func (p *pen) add(from, to int, role Role) {
	to = min(to, longestLine)
	if n := len(p.t.tokens); n > p.start {
		last := &p.t.tokens[n-1]
		from = max(from, int(last.To))
		if from == int(last.To) && last.Role == role && from < to {
			last.To = uint16(to)
			return
		}
	}
	if from >= to || role == Plain && !p.keepsPlain {
		return
	}
	p.t.tokens = append(p.t.tokens, Token{uint16(from), uint16(to), role})
}

func (p *pen) endLine() {
	p.start = len(p.t.tokens)
	p.t.ends = append(p.t.ends, int32(p.start))
}

func (p *pen) text() *Text {
	t := p.t
	if cap(t.tokens) > len(t.tokens)+len(t.tokens)/8 {
		t.tokens = append(make([]Token, 0, len(t.tokens)), t.tokens...)
	}
	return &t
}

// cutLine is the beginning of a line that is not longer than n bytes, without half a character.
func cutLine(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
