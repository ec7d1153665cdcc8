package paint

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"plumb/model/text"
	"plumb/themes"
)

// Rule draws the line over a pane, with its title in it. The pane that has the focus
// has a bar before its title; titles and counts come in the styles they should have.
//
//	─ Live  production ───────────── 41 · 2 drifted ─
//	▌History  main · first parent ────────── 84,202 ─
func Rule(s themes.Styles, width int, left, right []Span, focused bool) string {
	l := NewLine(width)
	if focused {
		l.Add(s.Accent, text.Lit("▌"))
	} else {
		l.Add(s.Border, text.Lit("─ "))
	}
	l.Spans(left...)
	if len(left) > 0 {
		l.Gap(1)
	}
	if len(right) > 0 {
		l.Right(s.Border, text.Lit(" "))
		for _, sp := range right {
			l.Right(sp.Style, sp.Text)
		}
		l.Right(s.Border, text.Lit(" ─"))
	}
	return l.Fill(s.Border, text.Lit("─")).String()
}

// Title is the usual rule of a pane: its name, what it shows, and a count at the right end.
func Title(s themes.Styles, width int, name, detail, count text.Safe, focused bool) string {
	style := s.Strong
	if focused {
		style = s.Title
	}
	left := []Span{{style, name}}
	if !detail.IsEmpty() {
		left = append(left, Span{s.Dim, text.Lit("  ").Plus(detail)})
	}
	var right []Span
	if !count.IsEmpty() {
		right = []Span{{s.Dim, count}}
	}
	return Rule(s, width, left, right, focused)
}

// Block makes exactly height rows of exactly width cells of drawn rows: short ones are
// filled up, long ones cut.
func Block(width, height int, rows []string) []string {
	out := make([]string, max(height, 0))
	for i := range out {
		if i < len(rows) {
			out[i] = pad(rows[i], width)
		} else {
			out[i] = blanks(width)
		}
	}
	return out
}

// pad makes a drawn row exactly width cells wide.
func pad(row string, w int) string {
	n := ansi.StringWidth(row)
	if n > w {
		row = ansi.Truncate(row, w, "")
		n = ansi.StringWidth(row)
		if strings.IndexByte(row, '\x1b') >= 0 {
			row += off
		}
	}
	return row + blanks(w-n)
}

// JoinColumns puts blocks of drawn rows beside each other with a separator between
// them. Each block's rows must be of one width, as those of [Line] and [Block] are; a
// block that has fewer rows than the tallest is continued with blanks.
func JoinColumns(separator Span, blocks ...[]string) []string {
	height := 0
	for _, b := range blocks {
		height = max(height, len(b))
	}
	widths := make([]int, len(blocks))
	for i, b := range blocks {
		if len(b) > 0 {
			widths[i] = ansi.StringWidth(b[0])
		}
	}
	between := flat(separator.Text.String(), 0)
	if on := separator.Style.On(); on != "" && between != "" {
		between = on + between + off
	}
	rows := make([]string, height)
	var b strings.Builder
	for y := range rows {
		b.Reset()
		for i, block := range blocks {
			if i > 0 {
				b.WriteString(between)
			}
			if y < len(block) {
				b.WriteString(block[y])
			} else {
				b.WriteString(blanks(widths[i]))
			}
		}
		rows[y] = b.String()
	}
	return rows
}

// Overlay puts the drawn rows of a dialog over those of a frame, its upper left corner
// at column x and row y. The dialog's rows must be of one width. Base is not changed.
func Overlay(base, dialog []string, x, y int) []string {
	out := append([]string(nil), base...)
	x = max(x, 0)
	for i, row := range dialog {
		at := y + i
		if at < 0 || at >= len(out) {
			continue
		}
		under := out[at]
		n, w := ansi.StringWidth(under), ansi.StringWidth(row)
		var b strings.Builder
		b.WriteString(pad(ansi.Truncate(under, x, ""), x))
		if strings.IndexByte(under, '\x1b') >= 0 {
			b.WriteString(off)
		}
		b.WriteString(row)
		if rest := n - x - w; rest > 0 {
			// The cut keeps the sequences before it, so the rest has its own style. A wide
			// character under the edge loses its other half and leaves blanks.
			right := ansi.TruncateLeft(under, x+w, "")
			if have := ansi.StringWidth(right); have > rest {
				right = ansi.TruncateLeft(under, x+w+1, "")
			}
			b.WriteString(blanks(rest - ansi.StringWidth(right)))
			b.WriteString(right)
		}
		out[at] = b.String()
	}
	return out
}

// Center is where a dialog of w by h cells stands in a screen: in the middle, a little
// above it, and never left of or above the screen.
func Center(screenWidth, screenHeight, w, h int) (x, y int) {
	return max((screenWidth-w)/2, 0), max((screenHeight-h)*2/5, 0)
}

// Dimmed redraws rows in one style, [themes.Styles.Backdrop], as what stands behind a dialog.
func Dimmed(style themes.Style, rows []string) []string {
	out := make([]string, len(rows))
	for i, row := range rows {
		out[i] = ansi.Strip(row)
		if on := style.On(); on != "" && out[i] != "" {
			out[i] = on + out[i] + off
		}
	}
	return out
}

// Frame draws a box around rows, for dialogs. The rows are made as wide as the box
// leaves room for: width less four cells.
func Frame(s themes.Styles, width int, title []Span, rows []string) []string {
	out := make([]string, 0, len(rows)+2)
	top := NewLine(width).Add(s.Faint, text.Lit("┌"))
	if len(title) > 0 {
		top.Gap(1).Spans(title...).Gap(1)
	}
	out = append(out, top.Right(s.Faint, text.Lit("┐")).Fill(s.Faint, text.Lit("─")).String())
	side := s.Faint.On() + "│"
	if s.Faint.On() != "" {
		side += off
	}
	for _, row := range rows {
		out = append(out, side+" "+pad(row, width-4)+" "+side)
	}
	bottom := NewLine(width).Add(s.Faint, text.Lit("└")).Right(s.Faint, text.Lit("┘"))
	return append(out, bottom.Fill(s.Faint, text.Lit("─")).String())
}

// Wrap breaks text into lines of at most cells cells, between words where it can. Newlines stay.
func Wrap(t text.Safe, cells int) []text.Safe {
	if cells <= 0 {
		return nil
	}
	var out []text.Safe
	for _, line := range t.Lines() {
		for part := range strings.SplitSeq(ansi.Wrap(flat(line.String(), 0), cells, ""), "\n") {
			out = append(out, text.Line(part))
		}
	}
	return out
}
