package diffview

import (
	"strconv"

	"plumb/model/diff"
	"plumb/model/text"
	"plumb/themes"
	"plumb/ui/paint"
	"plumb/ui/syntax"
)

// drawer draws one row of a text.
type drawer struct {
	view    *View
	file    *diff.File
	styles  themes.Styles
	g       geometry
	colours [2]*syntax.Text
	part    int  // The row of the screen within the row.
	current bool // The row is the current match.
}

func (v *View) textRow(s themes.Styles, sp, row, part int) string {
	at := v.spans[sp]
	f := &v.files[at.file]
	r, side := v.lineAt(sp, row)
	d := drawer{view: v, file: f, styles: s, g: v.geometry(f, at.beside), part: part}
	d.current = v.match >= 0 && v.match < len(v.matches) && v.matches[v.match].row == row
	if s.Syntax.On {
		d.colours = v.colours[int(at.file)]
	}
	edge := v.edge(s, sp, row, part)
	if !d.g.beside {
		return edge + d.unified(&r, side)
	}
	separator := paint.NewLine(1).Add(s.Border, text.Lit("│"))
	return edge + d.old(&r) + separator.String() + d.new(&r)
}

// edge is the first cell of a row: what is marked, the current hunk, what was reviewed.
func (v *View) edge(s themes.Styles, sp, row, part int) string {
	l := paint.NewLine(1)
	at := v.spans[sp]
	h := v.hunkIndex(at)
	switch {
	case v.mark != nil && v.mark.holds(row):
		l.Add(s.Selection, text.Lit("▌"))
	case v.isPicked(sp, row):
		l.Add(s.Accent, text.Lit("●"))
	case h < 0:
	case v.review != nil && row == v.hunks[h].first && part == 0 && v.review(v.hunks[h].file, v.hunks[h].item):
		l.Add(s.Good, text.Lit("✓"))
	case v.focused && len(v.hunks) > 1 && v.hunk == h:
		l.Add(s.Accent, text.Lit("▎"))
	}
	return l.String()
}

// old is the left half.
func (d *drawer) old(r *diff.Row) string {
	l := paint.NewLine(d.g.half[0])
	switch r.Op {
	case diff.Insert:
		return l.String()
	case diff.Delete:
		d.side(l, oldSide, r.Old, d.moved(oldSide, r.Old, d.removed("-")), r.Old.NoFinal)
	case diff.Change:
		d.side(l, oldSide, r.Old, d.moved(oldSide, r.Old, d.changed(r, d.removed("~"))), r.Old.NoFinal && !r.New.NoFinal)
	default:
		d.side(l, oldSide, r.Old, look{}, false)
	}
	return l.String()
}

// new is the right half.
func (d *drawer) new(r *diff.Row) string {
	l := paint.NewLine(d.g.half[1])
	switch r.Op {
	case diff.Delete:
		return l.String()
	case diff.Insert:
		d.side(l, newSide, r.New, d.moved(newSide, r.New, d.added("+")), r.New.NoFinal)
	case diff.Change:
		d.side(l, newSide, r.New, d.moved(newSide, r.New, d.changed(r, d.added("~"))), r.New.NoFinal && !r.Old.NoFinal)
	default:
		d.side(l, newSide, r.New, look{}, false)
	}
	return l.String()
}

// unified is the whole width, with the line of one side.
func (d *drawer) unified(r *diff.Row, side side) string {
	l := paint.NewLine(d.view.width - 1)
	line, k, noFinal := r.New, look{}, false
	old, new := r.Old.Number, r.New.Number
	switch {
	case side == oldSide || side == both && r.Op == diff.Delete:
		side, line, new = oldSide, r.Old, 0
		k, noFinal = d.moved(oldSide, r.Old, d.changed(r, d.removed("-"))), r.Old.NoFinal && (r.Op == diff.Delete || !r.New.NoFinal)
	case side == newSide || r.Op == diff.Insert:
		side, old = newSide, 0
		k, noFinal = d.moved(newSide, r.New, d.changed(r, d.added("+"))), r.New.NoFinal && (r.Op == diff.Insert || !r.Old.NoFinal)
	default:
		side = newSide
	}
	l.Base(k.line)
	if d.g.double {
		d.number(l, old)
		d.number(l, new)
	} else {
		d.number(l, line.Number)
	}
	d.text(l, side, line, k, noFinal)
	return l.String()
}

// look is how the line of one side is drawn.
type look struct {
	sign             text.Safe
	mark, line, word themes.Style
	said             text.Safe // Behind the text: what there is to know of the line.
}

func (d *drawer) added(sign string) look {
	return look{sign: text.Line(sign), mark: d.styles.Added, line: d.styles.AddedLine, word: d.styles.AddedWord}
}

func (d *drawer) removed(sign string) look {
	return look{sign: text.Line(sign), mark: d.styles.Removed, line: d.styles.RemovedLine, word: d.styles.RemovedWord}
}

// moved is the look of a line that another place of the other version has: it did not really come or go. The sign
// says in which direction that place is.
func (d *drawer) moved(side side, line diff.Line, k look) look {
	to, ok := 0, false
	if side == oldSide {
		to, ok = d.file.MovedTo(line.Number - 1)
	} else {
		to, ok = d.file.MovedFrom(line.Number - 1)
	}
	if !ok {
		return k
	}
	sign := text.Lit("↓")
	if to < line.Number-1 {
		sign = text.Lit("↑")
	}
	k = look{sign: sign, mark: d.styles.Moved, line: d.styles.MovedLine, word: d.styles.Moved}
	if before, ok := d.neighbour(side, line.Number-2); !ok || before != to-1 {
		k.said = text.Format("  from line %d", to+1)
		if side == oldSide {
			k.said = text.Format("  to line %d", to+1)
		}
	}
	return k
}

// neighbour is where the line before a moved one went to, or came from.
func (d *drawer) neighbour(side side, line int) (int, bool) {
	if side == oldSide {
		return d.file.MovedTo(line)
	}
	return d.file.MovedFrom(line)
}

// changed is the look of a pair of lines. Where white space alone tells them apart, only that is marked: what is
// indented otherwise is not to be mistaken for other content.
func (d *drawer) changed(r *diff.Row, k look) look {
	if r.Op == diff.Change && r.Space {
		k.sign, k.mark, k.line = text.Lit("≈"), d.styles.Dim, themes.Style{}
	}
	return k
}

// side draws a number and the text of one side.
func (d *drawer) side(l *paint.Line, side side, line diff.Line, k look, noFinal bool) {
	l.Base(k.line)
	d.number(l, line.Number)
	d.text(l, side, line, k, noFinal)
}

// number is a line number in its column; continued rows and absent sides have none.
func (d *drawer) number(l *paint.Line, n int) {
	switch {
	case d.g.digits == 0:
	case n == 0 || d.part > 0:
		l.Gap(d.g.digits + 1)
	default:
		l.AddNumber(d.styles.Faint, text.Line(strconv.Itoa(n)), d.g.digits).Gap(1)
	}
}

// text draws the sign and the cells of the line that are seen.
func (d *drawer) text(l *paint.Line, side side, line diff.Line, k look, noFinal bool) {
	if k.sign.IsEmpty() || d.part > 0 {
		l.Gap(2)
	} else {
		l.Add(k.mark, k.sign).Gap(1)
	}
	t := join(line)
	room := max(l.Width()-l.Used(), 0)
	left, right := d.view.x, d.view.x+room
	last := true
	if d.view.wrap {
		breaks := paint.Breaks(t, room)
		if d.part >= len(breaks) {
			return
		}
		left, right = breaks[d.part], breaks[d.part]+room
		if last = d.part == len(breaks)-1; !last {
			right = breaks[d.part+1]
		}
	}
	words := changed(line, k.word)
	more := d.styles.Accent
	if n := len(words); n > 0 && !d.view.wrap && paint.Column(t, words[n-1].To) >= right {
		more = k.word
	}
	d.cells(l, t, left, right, more, d.syntax(side, line), words, d.found(t))
	if last && !k.said.IsEmpty() {
		l.Add(d.styles.Faint, k.said)
	}
	if noFinal && last {
		l.Add(d.styles.Faint, text.Lit("  no newline at the end"))
	}
}

// cells draws a stretch of t. Where lines are cut, a mark in the last cell says that
// there is more, and its style whether words that differ are among it.
func (d *drawer) cells(l *paint.Line, t text.Safe, left, right int, more themes.Style, layers ...[]paint.Mark) {
	style := d.styles.Text
	if d.view.wrap || right-left < 2 {
		l.AddMarked(style, t, left, right, layers...)
		return
	}
	if !l.AddMarked(style, t, left, right-1, layers...) {
		return
	}
	rest := paint.NewLine(1)
	if rest.AddMarked(style, t, right-1, right, layers...) {
		l.Add(more, text.Lit("›"))
		return
	}
	l.AddMarked(style, t, right-1, right, layers...)
}

// join is the text of a line; nearly always it has one span only.
func join(line diff.Line) text.Safe {
	switch len(line.Spans) {
	case 0:
		return text.Safe{}
	case 1:
		return line.Spans[0].Text
	}
	parts := make([]text.Safe, len(line.Spans))
	for i, sp := range line.Spans {
		parts[i] = sp.Text
	}
	return text.Join("", parts...)
}

// changed marks the words that differ. A line that differs as a whole has its
// background only: a mark over everything would say nothing.
func changed(line diff.Line, style themes.Style) []paint.Mark {
	if len(line.Spans) < 2 {
		return nil
	}
	var marks []paint.Mark
	at := 0
	for _, sp := range line.Spans {
		end := at + len(sp.Text.String())
		if sp.Changed {
			marks = append(marks, paint.Mark{From: at, To: end, Style: style})
		}
		at = end
	}
	return marks
}

// found marks what the search found.
func (d *drawer) found(t text.Safe) []paint.Mark { return d.view.found(d.styles, t, d.current) }

// found marks what the search found in a text.
func (v *View) found(st themes.Styles, t text.Safe, current bool) []paint.Mark {
	if v.query == "" {
		return nil
	}
	style := st.Match
	if current {
		style = st.CurrentMatch
	}
	var marks []paint.Mark
	s := t.String()
	for at := 0; len(marks) < 1000; {
		i := index(s[at:], v.query)
		if i < 0 {
			break
		}
		at += i + len(v.query)
		marks = append(marks, paint.Mark{From: at - len(v.query), To: at, Style: style})
	}
	return marks
}
