package diffview

import (
	"strconv"

	"plumb/model/diff"
	"plumb/model/text"
	"plumb/themes"
	"plumb/ui/paint"
)

// geometry is how the cells of a file's rows are used. Both layouts begin with one
// cell for the mark of the current hunk.
type geometry struct {
	beside bool
	half   [2]int // Side by side: the cells of each side, its gutter included.
	room   [2]int // The cells of text of each side.
	digits int    // Of a line number; 0 where there is no room for numbers.
	double bool   // Unified with the numbers of both sides.
}

// Below this many cells of text the numbers go, and before them the second column of them.
const leastText = 16

// Below this width nothing is drawn: there is no room for a sign and a word on each side.
const leastWidth = 8

func (v *View) geometry(f *diff.File, beside bool) geometry {
	oldLen, newLen := f.Len()
	g := geometry{beside: beside, digits: max(len(strconv.Itoa(max(oldLen, newLen))), 2)}
	if g.beside {
		// A mark, the old side, the separator, the new side.
		g.half[0] = max((v.width-2)/2, 0)
		g.half[1] = max(v.width-2-g.half[0], 0)
		for i := range g.half {
			g.room[i] = g.half[i] - g.gutter()
		}
		if g.room[0] < leastText {
			g.digits = 0
			for i := range g.half {
				g.room[i] = max(g.half[i]-g.gutter(), 1)
			}
		}
		return g
	}
	g.double = !whole(f) && v.width >= 60
	if v.width-1-g.gutter() < leastText {
		g.digits, g.double = 0, false
	}
	room := max(v.width-1-g.gutter(), 1)
	g.room = [2]int{room, room}
	return g
}

// gutter is how many cells stand before the text of a side: numbers, sign, one blank.
func (g geometry) gutter() int {
	n := 2
	if g.digits > 0 {
		n += g.digits + 1
	}
	if g.double {
		n += g.digits + 1
	}
	return n
}

// View draws the window: exactly as many rows as the size says, each exactly as wide.
func (v *View) View(s themes.Styles) []string {
	out := make([]string, 0, v.height)
	if v.width < leastWidth || v.height == 0 {
		return paint.Block(v.width, v.height, out)
	}
	out = append(out, v.labels(s))
	p := v.top
	for len(out) < v.height && p.row < v.rows {
		n := v.tall(p.row)
		for ; p.part < n && len(out) < v.height; p.part++ {
			out = append(out, v.row(s, p.row, p.part))
		}
		p = position{row: p.row + 1}
	}
	for len(out) < v.height {
		out = append(out, paint.NewLine(v.width).String())
	}
	return out
}

// labels is the row that stays: what each side is, and the path once its own row is out of sight.
func (v *View) labels(s themes.Styles) string {
	l := paint.NewLine(v.width)
	if len(v.spans) == 0 {
		return l.String()
	}
	b := v.spans[v.spanAt(v.top.row)]
	f := &v.files[b.file]
	g := v.geometry(f, v.besideAround(v.spanAt(v.top.row)))
	label := func(name string, detail text.Safe) {
		l.Add(s.Dim, text.Line(name))
		if !detail.IsEmpty() && name != "" {
			l.Add(s.Faint, text.Lit(" · ").Plus(detail))
		}
	}
	l.Gap(1)
	switch {
	case g.beside:
		label(f.OldLabel, v.oldDetail)
		if l.Used() > 1+g.half[0] {
			l = paint.NewLine(v.width).Gap(1)
			l.AddTrunc(s.Dim, text.Line(f.OldLabel), g.half[0]-1)
		}
		l.To(1 + g.half[0])
		l.Add(s.Border, text.Lit("│")).Gap(1)
		label(f.NewLabel, v.newDetail)
	case whole(f) && f.OldPath.IsEmpty():
		l.Add(s.Faint, text.Lit("only in "))
		label(f.NewLabel, v.newDetail)
	case whole(f):
		l.Add(s.Faint, text.Lit("only in "))
		label(f.OldLabel, v.oldDetail)
	default:
		label(f.OldLabel, v.oldDetail)
		l.Add(s.Faint, text.Lit(" → "))
		label(f.NewLabel, v.newDetail)
	}
	if len(v.files) > 1 && b.kind != headRow && b.kind != blankRow {
		p := path(f)
		if room := l.Free() - 2; room >= 8 {
			l.Right(s.Faint, p.TruncateLeft(room, "…")).Right(s.Faint, text.Lit(" "))
		}
	}
	return l.String()
}

func path(f *diff.File) text.Safe {
	if f.NewPath.IsEmpty() {
		return f.OldPath
	}
	return f.NewPath
}

// besideAround reports whether the texts around a span are side by side: those it belongs to, or the next of its file.
func (v *View) besideAround(i int) bool {
	for _, s := range v.spans[i:] {
		if s.file != v.spans[i].file {
			break
		}
		if s.kind == gapRows || s.kind == blockRows {
			return s.beside
		}
	}
	return false
}

// row draws one row of the screen: part part of a row.
func (v *View) row(s themes.Styles, row, part int) string {
	i := v.spanAt(row)
	at := v.spans[i]
	f := &v.files[at.file]
	if at.kind == gapRows || at.kind == blockRows {
		if found := v.below(i, row); len(found) > 0 {
			if k := part - v.lineTall(i, row); k >= 0 {
				return v.drawSaid(s, i, v.saidRows(i, found, false)[k], found[0].Line)
			}
		}
		return v.textRow(s, i, row, part)
	}
	if at.kind == findingRow {
		return v.drawSaid(s, i, v.saidRows(i, v.atHead(int(at.file)), true)[part], 0)
	}
	l := paint.NewLine(v.width)
	inset := v.inset(i)
	switch at.kind {
	case headRow:
		return v.head(s, int(at.file))
	case attrRow:
		a := f.Attrs[at.item]
		l.Gap(inset).Add(s.Warning, text.Lit("~ ")).Add(s.Text, text.Line(a.Name)).Gap(2)
		l.Add(s.Removed, said(a.Old)).Add(s.Faint, text.Lit(" → ")).Add(s.Added, said(a.New))
	case noteRow, sameRow, heldRow, linesRow, coarseRow, noMeaningRow:
		return v.sayingRow(s, i, part)
	case foldRow:
		hidden, heading := v.fold(i)
		l.Gap(inset).Add(s.Faint, text.Lit("⋯ ").Plus(lines(hidden)))
		if found := v.foundIn(i, hidden); len(found) > 0 {
			sign, style := SeverityLook(s, Worst(found))
			l.Add(s.Faint, text.Lit(", ")).Add(style, sign.Plus(text.Lit(" ")).Plus(CountWords(len(found))))
		}
		if !heading.IsEmpty() {
			l.Add(s.Faint, text.Lit(", ")).Add(s.Dim, heading.TruncateLeft(max(l.Free(), 1), "…"))
		}
	case objectRow, changeRow, detailRow:
		return v.structureRow(s, i, row)
	}
	return l.String()
}

func lines(n int) text.Safe {
	if n == 1 {
		return text.Lit("1 line")
	}
	return text.Format("%d lines", n)
}

// said is the value of an attribute; a side that says nothing is shown as such.
func said(value string) text.Safe {
	if value == "" {
		return text.Lit("unset")
	}
	return text.Line(value)
}

// head is the row with a file's path and what became of it, and a rule to the end.
func (v *View) head(s themes.Styles, file int) string {
	f := &v.files[file]
	l := paint.NewLine(v.width)
	if v.isReviewed(file) {
		l.Add(s.Good, text.Lit("✓"))
	}
	l.Gap(1 - l.Used())
	counts := Counts(s, f)
	if n, worst := v.Findings(file); n > 0 {
		sign, style := SeverityLook(s, worst)
		if len(counts) > 0 {
			counts = append(counts, paint.S(s.Text, text.Lit("  ")))
		}
		counts = append(counts, paint.S(style, sign.Plus(text.Lit(" ")).Plus(CountWords(n))))
	}
	room := v.width - 4
	for _, c := range counts {
		room -= paint.Cells(c.Text)
	}
	name := path(f)
	if !whole(f) && f.OldPath != f.NewPath {
		name = f.OldPath.Plus(text.Lit(" → ")).Plus(f.NewPath)
	}
	l.Add(s.Strong, name.TruncateLeft(max(room, 8), "…"))
	if len(counts) > 0 {
		l.Gap(2).Spans(counts...)
	}
	return l.Gap(1).Fill(s.Border, text.Lit("─")).String()
}

// Counts says in a few words what became of a file: "+3 -1", its modes, that it is
// new or gone. It is what the title over the view shows beside the path.
func Counts(s themes.Styles, f *diff.File) []paint.Span {
	var out []paint.Span
	add := func(style themes.Style, t text.Safe) {
		if len(out) > 0 {
			out = append(out, paint.S(s.Faint, text.Lit(" ")))
		}
		out = append(out, paint.S(style, t))
	}
	if f.Added > 0 {
		add(s.Added, text.Format("+%d", f.Added))
	}
	if f.Removed > 0 {
		add(s.Removed, text.Format("-%d", f.Removed))
	}
	switch {
	case whole(f) && f.OldPath.IsEmpty():
		add(s.Dim, text.Lit("new"))
	case whole(f):
		add(s.Dim, text.Lit("gone"))
	case !modes(f).IsEmpty():
		add(s.Dim, modes(f))
	}
	return out
}

// modes says how a file's modes differ, where none of its attributes does so already.
func modes(f *diff.File) text.Safe {
	if f.OldMode == f.NewMode || f.OldMode == "" || f.NewMode == "" {
		return text.Safe{}
	}
	for _, a := range f.Attrs {
		if a.Name == "mode" {
			return text.Safe{}
		}
	}
	return text.Format("mode %s → %s", f.OldMode, f.NewMode)
}
