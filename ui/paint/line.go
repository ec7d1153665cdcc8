// Package paint is the only place that turns text into cells. It takes [text.Safe]
// and nothing else, so that no foreign byte reaches the terminal, and it is the only
// one that measures, so that every row is exactly as wide as it was asked to be.
package paint

import (
	"strings"

	"plumb/model/text"
	"plumb/themes"
)

const off = "\x1b[m"

// Span is text in one style.
type Span struct {
	Style themes.Style
	Text  text.Safe
}

// S makes a span.
func S(style themes.Style, t text.Safe) Span { return Span{style, t} }

// Line builds one row of an exact number of cells. Parts are added from the left,
// and to the right end with [Line.Right]; where both do not fit, the left ones give way.
// The zero value is a row of no cells.
type Line struct {
	width int
	base  themes.Style
	left  []part
	right []part
	used  int // Cells of left.
	tail  int // Cells of right.
}

type part struct {
	on    string
	s     string
	cells int
	faint bool
}

// NewLine starts a row of width cells.
func NewLine(width int) *Line {
	return &Line{width: max(width, 0), left: make([]part, 0, 8)}
}

// Base sets the style under the whole row, as the background of a selection; what the
// parts' own styles leave open is as in base.
func (l *Line) Base(base themes.Style) *Line {
	l.base = base
	return l
}

// Add appends text in a style.
func (l *Line) Add(style themes.Style, t text.Safe) *Line {
	s := flat(t.String(), 0)
	l.push(style.On(), s, width(s), style.Look().Faint)
	return l
}

// AddTrunc appends text cut to at most cells cells.
func (l *Line) AddTrunc(style themes.Style, t text.Safe, cells int) *Line {
	s := truncate(flat(t.String(), 0), cells)
	l.push(style.On(), s, width(s), style.Look().Faint)
	return l
}

// AddColumn appends text in exactly cells cells: cut, or followed by blanks.
func (l *Line) AddColumn(style themes.Style, t text.Safe, cells int) *Line {
	s := truncate(flat(t.String(), 0), cells)
	n := width(s)
	l.push(style.On(), s, n, style.Look().Faint)
	return l.Gap(cells - n)
}

// AddNumber appends text at the right edge of cells cells.
func (l *Line) AddNumber(style themes.Style, t text.Safe, cells int) *Line {
	s := truncate(flat(t.String(), 0), cells)
	n := width(s)
	l.Gap(cells - n)
	l.push(style.On(), s, n, style.Look().Faint)
	return l
}

// AddCut appends the cells of t from column left up to right.
func (l *Line) AddCut(style themes.Style, t text.Safe, left, right int) *Line {
	s := cut(flat(t.String(), 0), left, right)
	l.push(style.On(), s, width(s), style.Look().Faint)
	return l
}

// Spans appends several spans.
func (l *Line) Spans(spans ...Span) *Line {
	for _, sp := range spans {
		l.Add(sp.Style, sp.Text)
	}
	return l
}

// Gap appends blanks.
func (l *Line) Gap(cells int) *Line {
	if cells > 0 {
		l.push("", blanks(cells), cells, false)
	}
	return l
}

// To appends blanks up to column, counted from 0; it does nothing when the row is there already.
func (l *Line) To(column int) *Line { return l.Gap(column - l.used) }

// Right appends text to the parts at the right end of the row.
func (l *Line) Right(style themes.Style, t text.Safe) *Line {
	s := flat(t.String(), 0)
	n := width(s)
	l.right = append(l.right, part{style.On(), s, n, style.Look().Faint})
	l.tail += n
	return l
}

// Fill covers what is left of the row with copies of a one-cell text, as "─".
func (l *Line) Fill(style themes.Style, with text.Safe) *Line {
	n := l.width - l.used - l.tail
	if n > 0 && with.Width() == 1 {
		l.push(style.On(), strings.Repeat(with.String(), n), n, false)
	}
	return l
}

// Width is how many cells the row has.
func (l *Line) Width() int { return l.width }

// Used is how many cells the left parts ask for.
func (l *Line) Used() int { return l.used }

// Free is how many cells are left between the parts; never negative.
func (l *Line) Free() int { return max(l.width-l.used-l.tail, 0) }

func (l *Line) push(on, s string, cells int, faint bool) {
	if s == "" {
		return
	}
	l.left = append(l.left, part{on, s, cells, faint})
	l.used += cells
}

// String draws the row: exactly its width in cells, and all styles off at its end.
func (l *Line) String() string {
	var b strings.Builder
	b.Grow(l.width + 24*(len(l.left)+len(l.right)+1))
	right, tail := l.right, l.tail
	if tail > l.width {
		right, tail = fit(right, l.width)
	}
	room := l.width - tail
	left, used := l.left, l.used
	if used > room {
		// One cell of air keeps a cut text from running into the right part.
		if tail > 0 && room > 1 {
			left, used = fit(left, room-1)
		} else {
			left, used = fit(left, room)
		}
	}
	p := pen{out: &b, base: l.base.On()}
	// What is faint can hardly be read in a reversed row: there it is as the rest.
	plain := l.base.Look().Reverse
	for _, part := range left {
		p.put(part.on+part.unfaint(plain), part.s)
	}
	p.put("", blanks(room-used))
	for _, part := range right {
		p.put(part.on+part.unfaint(plain), part.s)
	}
	p.end()
	return b.String()
}

func (p part) unfaint(plain bool) string {
	if plain && p.faint {
		return "\x1b[22m"
	}
	return ""
}

// fit cuts parts to at most room cells, the last of them ….
func fit(parts []part, room int) ([]part, int) {
	used := 0
	for i, p := range parts {
		if used+p.cells < room || used+p.cells == room && i == len(parts)-1 {
			used += p.cells
			continue
		}
		s := cut(p.s, 0, room-used-1)
		n := width(s)
		if room > used {
			s += "…"
			n++
		}
		out := append(append([]part(nil), parts[:i]...), part{p.on, s, n, p.faint})
		return out, used + n
	}
	return parts, used
}

// pen writes text and changes the style only where it changes.
type pen struct {
	out   *strings.Builder
	base  string
	on    string
	dirty bool // Some style is on.
}

func (p *pen) put(on, s string) {
	if s == "" {
		return
	}
	if !p.dirty && (on != "" || p.base != "") || p.dirty && on != p.on {
		p.end()
		p.out.WriteString(p.base)
		p.out.WriteString(on)
		p.on, p.dirty = on, on != "" || p.base != ""
	}
	p.out.WriteString(s)
}

func (p *pen) end() {
	if p.dirty {
		p.out.WriteString(off)
		p.on, p.dirty = "", false
	}
}
