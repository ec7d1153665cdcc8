package ui

import (
	"strings"

	"plumb/gitops/workspace"
	"plumb/model/text"
	"plumb/themes"
	"plumb/ui/diffview"
	"plumb/ui/paint"
)

func (d *filesDialog) width(*App) int { return wideDialog }

func (d *filesDialog) draw(a *App, w, h int) []string {
	st, in := a.st, w-4
	title := []paint.Span{paint.S(st.Strong, text.Lit("Files")), paint.S(st.Dim, text.Lit(" of ").Plus(d.title).Truncate(max(in-10, 8), "…"))}
	total := d.total(a)
	cells := 0
	for _, s := range total {
		cells += paint.Cells(s.Text)
	}
	prompt := paint.NewLine(in).Gap(1).Add(st.Accent, text.Lit("/ "))
	d.in.draw(prompt, st, max(in-6-cells, 8), text.Lit("type a part of a path"))
	for _, s := range total {
		prompt.Right(s.Style, s.Text)
	}
	prompt.Right(st.Dim, text.Lit(" "))

	// However much is folded or found, the box stays as it is.
	height := max(min(h-6, len(d.tree.nodes)), 3)
	c := d.columns(in)
	rows := append([]string{prompt.String(), ""}, d.window(st, in, height, func(i int) string { return d.row(a, i, c) })...)
	foot := paint.NewLine(in).Gap(1)
	keyHint(foot, st, text.Lit("enter"), text.Lit("go to it"))
	if d.in.value() == "" {
		keyHint(foot, st, text.Lit("← →"), text.Lit("fold"))
	}
	foot.Right(st.Accent, text.Lit("esc")).Right(st.Dim, text.Lit("  close "))
	return paint.Frame(st, w, title, append(rows, "", foot.String()))
}

// total says how many files there are, or are found, and how much differs in all of them.
func (d *filesDialog) total(a *App) []paint.Span {
	st, all := a.st, d.tree.all()
	words := text.Line(plural(len(d.tree.changes), "file"))
	if d.tree.found != nil {
		words = text.Format("%s of %s", thousands(all.files), words)
	}
	spans := append([]paint.Span{paint.S(st.Dim, words), paint.S(st.Dim, text.Lit("  "))}, plusMinus(st, all.added, all.removed)...)
	switch {
	case a.slow(&d.ask):
		spans = append(spans, paint.S(st.Dim, text.Lit("  ").Plus(spinner(a)).Plus(text.Lit(" counting"))))
	case all.blind > 0 && !d.ask.busy:
		spans = append(spans, paint.S(st.Dim, text.Format("  %s not counted", thousands(all.blind))))
	}
	if all.said > 0 {
		sign, worst := diffview.SeverityLook(st, all.worst)
		spans = append(spans, paint.S(worst, text.Lit("  ").Plus(sign).Plus(text.Line(" "+plural(all.said, "finding")))))
	}
	if m := reviewWords(all); m != "" {
		spans = append(spans, paint.S(st.Dim, text.Line("  "+m+" reviewed")))
	}
	return spans
}

// fileColumns is how many cells each column of the list has.
type fileColumns struct {
	width, names, came, went int
	reviewed                 int
	picked                   int
	said                     int
}

// columns are as wide as the sums of the uppermost directories need, for which no number below is too large.
func (d *filesDialog) columns(w int) fileColumns {
	c := fileColumns{width: w, came: 2, went: 2}
	for i := 0; i < len(d.tree.nodes); i = d.tree.nodes[i].End {
		s := d.tree.sums[i]
		c.came, c.went = max(c.came, len(thousands(s.added))+2), max(c.went, len(thousands(s.removed))+2)
		if words := reviewWords(s); words != "" {
			c.reviewed = max(c.reviewed, text.Line(words).Width()+2)
		}
		if s.picked {
			c.picked = 2
		}
		if s.said > 0 {
			c.said = max(c.said, len(thousands(s.said))+4)
		}
	}
	c.names = w - c.came - c.went - c.said - c.reviewed - c.picked - 1
	return c
}

// row is a directory with the sums of its files, or a file.
func (d *filesDialog) row(a *App, i int, c fileColumns) string {
	st, node := a.st, d.rows[i]
	n, s := d.tree.nodes[node], d.tree.sums[node]
	cursor := i == d.list.Cursor()
	l := paint.NewLine(c.width).Base(base(st, cursor, true))
	pointer(l, st, cursor, true)
	l.Gap(2 * min(n.Depth, c.names/8))
	open := n.IsDir() && (d.tree.found != nil || !d.closed[n.Path])
	about, generated := d.about(a, node)
	style := st.Text
	if n.IsDir() {
		style = st.Dim
		l.Add(st.Dim, arrow(!open)).Gap(1)
	} else {
		l.Gap(2)
		if generated {
			style = st.Dim
		}
	}
	// A long name leaves room for a word or two.
	d.name(l, st, style, node, max(c.names-l.Used()-min(about.Width()+3, 18), 8))
	if room := c.names - l.Used() - 3; room >= 4 && !about.IsEmpty() {
		l.Gap(2).Add(st.Dim, about.Truncate(room, "…"))
	}
	l.To(c.names)
	// What is listed below again is said in a low voice.
	plus, minus := st.Added, st.Removed
	if open {
		plus, minus = st.Faint, st.Faint
	}
	switch {
	case s.blind == s.files && s.added+s.removed == 0:
		l.AddNumber(st.Faint, text.Lit("…"), c.came).Gap(c.went)
	default:
		l.AddNumber(plus, signed("+", s.added), c.came).AddNumber(minus, signed("-", s.removed), c.went)
	}
	d.marks(l, st, s, c)
	return l.String()
}

// signed is a number with its sign; empty for none.
func signed(sign string, n int) text.Safe {
	if n == 0 {
		return text.Safe{}
	}
	return text.Line(sign + thousands(n))
}

// name draws the name of a node with what was found in it. Where there is no room, its beginning gives way.
func (d *filesDialog) name(l *paint.Line, st themes.Styles, style themes.Style, node, room int) {
	n := d.tree.nodes[node]
	name := nodeName(n)
	// Escapes are longer than what they stand for: where a path has some, nothing is marked in it.
	var dim, found []paint.Mark
	if text.Line(n.Name).String() == n.Name {
		if slash := strings.LastIndexByte(n.Name, '/'); !n.IsDir() && slash >= 0 {
			dim = []paint.Mark{{From: 0, To: slash + 1, Style: st.Dim}}
		}
		from := len(n.Path) - len(n.Name)
		for _, s := range d.foundAt(node) {
			if s.to > from && s.from < len(n.Path) {
				found = append(found, paint.Mark{From: max(s.from-from, 0), To: min(s.to, len(n.Path)) - from, Style: st.Accent})
			}
		}
	}
	left, width := 0, name.Width()
	if width > room {
		l.Add(st.Dim, text.Lit("…"))
		left = width - room + 1
	}
	l.AddMarked(style, name, left, width, dim, found)
}

// foundAt is where in the path of a node what is typed was found; in that of a directory, where it was in the first
// of its files that has it.
func (d *filesDialog) foundAt(node int) []stretch {
	for _, n := range d.tree.nodes[node:d.tree.nodes[node].End] {
		if !n.IsDir() && d.tree.found[n.File] != nil {
			return d.tree.found[n.File]
		}
	}
	return nil
}

// about says what became of a file beside its lines, or how many files a folded directory has; and whether a
// program wrote the file.
func (d *filesDialog) about(a *App, node int) (about text.Safe, generated bool) {
	n := d.tree.nodes[node]
	if n.IsDir() {
		if d.tree.found != nil || !d.closed[n.Path] {
			return about, false
		}
		return text.Line(plural(d.tree.sums[node].files, "file")), false
	}
	var words []text.Safe
	change, facts := d.tree.changes[n.File], d.tree.facts[n.File]
	if w := workspace.Became(change); w != "" {
		words = append(words, text.Line(w))
	}
	if change.OldPath != "" {
		words = append(words, text.Lit("moved from ").Plus(text.Line(change.OldPath)))
	}
	if facts.local >= 0 && facts.local < len(a.diff.files_) {
		var note text.Safe
		f := &a.diff.files_[facts.local]
		generated = f.Generated
		if generated {
			words = append(words, text.Lit("generated"))
		}
		// Of a file that only moved it was said that it did.
		if change.OldPath == "" || change.OldHash != change.NewHash {
			note = f.Note
		}
		if !note.IsEmpty() {
			words = append(words, note)
		}
		for _, at := range f.Attrs {
			words = append(words, text.Format("%s %s → %s", at.Name, orUnset(at.Old), orUnset(at.New)))
		}
	} else {
		switch u := facts.count.Unknown; u {
		case workspace.Counted, workspace.IsSubmodule:
		case workspace.IsNotHere:
			words = append(words, text.Lit("contents not here"))
		default:
			words = append(words, text.Line(string(u)))
		}
	}
	return text.Join("  ", words...), generated
}

func orUnset(value string) string {
	if value == "" {
		return "unset"
	}
	return value
}

// reviewWords say how much of the differences was reviewed: "✓" for all, "2/5" for some, and "2/5…" where not all are loaded.
func reviewWords(s fileSum) string {
	switch {
	case s.done == 0:
		return ""
	case s.isReviewed():
		return "✓"
	}
	words := thousands(s.done) + "/" + thousands(s.hunks)
	if s.loaded < s.files {
		words += "…"
	}
	return words
}

// marks are at the end of a row: what checks found, what was reviewed, and that something is picked.
func (d *filesDialog) marks(l *paint.Line, st themes.Styles, s fileSum, c fileColumns) {
	words := reviewWords(s)
	style := st.Dim
	if s.isReviewed() {
		style = st.Good
	}
	if s.said > 0 {
		sign, worst := diffview.SeverityLook(st, s.worst)
		l.AddNumber(worst, sign.Plus(text.Lit(" ")).Plus(text.Line(thousands(s.said))), c.said)
	} else {
		l.Gap(c.said)
	}
	l.AddNumber(style, text.Line(words), c.reviewed)
	if s.picked {
		l.Gap(1).Add(st.Accent, text.Lit("●"))
	}
}
