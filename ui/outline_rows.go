package ui

import (
	"math/bits"
	"strings"

	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/text"
	"plumb/themes"
	"plumb/ui/paint"
)

// Cells of the bar that shares lines between those that came and those that went.
const barColumn = 6

// row draws one row of the outline.
func (o *outline) row(a *App, i, w int, focused, slow bool) string {
	st, r := a.st, o.rows[i]
	cursor := i == o.cursor
	l := paint.NewLine(w)
	if o.holds(i) {
		l.Base(base(st, cursor && focused, focused))
		pointer(l, st, cursor, focused)
	} else {
		l.Gap(1)
	}
	switch r.kind {
	case sideLine:
		o.side(a, l, r.node)
	case saidLine:
		for _, w := range o.said[r.node] {
			l.Add(toneStyle(st, w.tone), w.text)
		}
	case envLine:
		o.envRow(a, l, r)
	case quietLine:
		l.Gap(2).Add(st.Dim, text.Line(o.untouched())).Add(st.Faint, text.Lit("  not touched"))
	case targetLine:
		o.targetRow(a, l, r)
	case resourceLine:
		o.resourceRow(st, l, o.effect(r))
	case troubleLine:
		o.trouble(st, l)
	case totalLine:
		o.total(a, l, slow)
	case nodeLine:
		o.nodeRow(st, l, r, w)
	}
	return l.String()
}

// side names one of the two revisions: the subject gives way to who and when.
func (o *outline) side(a *App, l *paint.Line, i int) {
	st, s := a.st, o.subject
	names, commits := [2]string{s.a, s.b}, [2]model.Commit{o.of.A, o.of.B}
	column := 0
	for k, name := range names {
		if names[k] = nameBeside(name, commits[k]); names[k] != "" {
			column = max(column, min(text.Line(names[k]).Width()+2, 26))
		}
	}
	c := commits[i]
	l.Add(st.Dim, text.Line([2]string{"from ", "to   "}[i])).Add(st.Accent, text.Line(c.Hash.Short())).Gap(2)
	from := l.Used()
	l.AddTrunc(st.Strong, text.Line(names[i]), max(column-2, 0)).To(from + column)
	if l.Width() >= 50 {
		l.Right(st.Dim, c.Author.Name.Truncate(18, "…").Plus(text.Lit(", ")).Plus(age(s.now, c.Author.When))).Right(st.Dim, text.Lit(" "))
	}
	l.AddTrunc(st.Text, c.Subject, max(l.Free()-2, 0))
}

// nameBeside is what a revision was called, where that says more than its id.
func nameBeside(name string, c model.Commit) string {
	if strings.HasPrefix(string(c.Hash), name) {
		return ""
	}
	return name
}

// envRow says what would change in an environment, in as many words as there is room for.
func (o *outline) envRow(a *App, l *paint.Line, r outlineRow) {
	st, e := a.st, o.effects[r.env]
	l.Add(st.Dim, arrow(!o.isOpen(r))).Gap(1)
	name, style := text.Line(e.Environment.Name), st.Text
	if known := a.envNamed(e.Environment.Name); known != nil {
		style = known.style.Text
	}
	if e.Environment.Production {
		name, style = text.Line(strings.ToUpper(e.Environment.Name)), style.Bold()
	}
	l.Add(style, name).Gap(2)
	// Every word, without the words of the signs, without the hosts.
	for level := range 3 {
		spans := o.envWords(st, e, level)
		cells := 0
		for _, s := range spans {
			cells += paint.Cells(s.Text)
		}
		if cells < l.Free() || level == 2 {
			l.Spans(spans...)
			return
		}
	}
}

func (o *outline) envWords(st themes.Styles, e workspace.EnvironmentEffect, level int) []paint.Span {
	var spans []paint.Span
	add := func(style themes.Style, t text.Safe) { spans = append(spans, paint.S(style, t)) }
	for i, t := range e.Targets {
		if i > 0 {
			add(st.Faint, text.Lit(" · "))
		}
		add(st.Text, text.Line(t.Target.Name))
		add(st.Faint, text.Lit(": "))
		spans = append(spans, targetWords(st, t, level)...)
	}
	return spans
}

// targetWords says what would change in a target; the higher the level, the fewer the words.
func targetWords(st themes.Styles, t workspace.TargetEffect, level int) []paint.Span {
	switch {
	case t.Err != nil:
		return []paint.Span{paint.S(st.Bad, text.Lit("? unknown"))}
	case t.FilesOnly:
		return []paint.Span{paint.S(st.Text, text.Line(plural(t.Files, "file"))), paint.S(st.Dim, text.Lit(" only"))}
	case len(t.Resources) == 0:
		return []paint.Span{paint.S(st.Dim, text.Lit("nothing"))}
	}
	var spans []paint.Span
	for _, act := range []model.Action{model.Update, model.Create, model.Replace, model.Delete} {
		n := t.Count(act)
		if n == 0 {
			continue
		}
		if len(spans) > 0 {
			spans = append(spans, paint.S(st.Faint, text.Lit(" ")))
		}
		spans = append(spans, paint.S(toneStyle(st, actionTone(act)), text.Line(act.Sign()+thousands(n))))
		if level == 0 {
			spans = append(spans, paint.S(st.Dim, text.Line(" "+string(act))))
		}
	}
	if level < 2 {
		const few = 4
		groups := t.Groups()
		on := strings.Join(groups, ", ")
		if len(groups) > few {
			on = plural(len(groups), "host")
		}
		spans = append(spans, paint.S(st.Dim, text.Lit(" on ").Plus(text.Line(on))))
	}
	return spans
}

// targetRow is a target of an environment that is unfolded.
func (o *outline) targetRow(a *App, l *paint.Line, r outlineRow) {
	st, t := a.st, o.effects[r.env].Targets[r.target]
	l.Gap(4).Add(st.Strong, text.Line(t.Target.Name)).Gap(2).Add(st.Faint, text.Line(t.Target.Provider)).Gap(2)
	switch {
	case t.Err != nil:
		l.Add(st.Bad, text.Lit("? ")).Add(st.Text, text.Line(t.Err.Error()))
	case t.FilesOnly:
		l.Add(st.Text, text.Line(plural(t.Files, "file"))).Add(st.Dim, text.Lit(": what becomes of them is known beside what is live"))
	case len(t.Resources) == 0:
		l.Add(st.Dim, text.Line(plural(t.Files, "file")+" of no consequence"))
	default:
		l.Spans(targetWords(st, t, 0)...)
	}
}

// resourceRow names a resource and what differs in it. Where there is no room, the path gives way from its left.
func (o *outline) resourceRow(st themes.Styles, l *paint.Line, e workspace.Effect) {
	l.Gap(6).Add(toneStyle(st, actionTone(e.Action)), text.Line(e.Action.Sign())).Gap(1)
	differs := text.Line(strings.Join(e.Differs, ", "))
	address, room := text.Line(string(e.Address)), l.Free()-differs.Width()-3
	if address.Width() > room && e.Group != "" {
		group := text.Line(e.Group).Plus(text.Lit(" "))
		l.Add(st.Text, group)
		address = text.Line(e.Name).TruncateLeft(max(room-group.Width(), 8), "…")
	}
	l.Add(st.Text, address).Gap(2).Add(st.Dim, differs)
}

func (o *outline) trouble(st themes.Styles, l *paint.Line) {
	l.Add(st.Warning, text.Lit("! "))
	if o.failed != nil {
		l.Add(st.Text, text.Lit("what a deploy would change is not known: ").Plus(text.Line(o.failed.Error())))
		return
	}
	l.Add(st.Dim, text.Lit("plumb.yaml differs; this is with the environments as they are set up now"))
}

// total is the row above the files.
func (o *outline) total(a *App, l *paint.Line, slow bool) {
	st, all := a.st, workspace.Sum(o.counts)
	if len(o.of.Files) == 0 {
		l.Add(st.Good, text.Lit("✓ ")).Add(st.Text, text.Lit("both have the same files"))
		return
	}
	l.Add(st.Strong, text.Line(plural(len(o.of.Files), "file"))).Gap(2)
	l.Spans(plusMinus(st, all.Added, all.Removed)...)
	switch {
	case slow && len(o.counts) < len(o.of.Files):
		l.Gap(2).Add(st.Dim, spinner(a)).Add(st.Dim, text.Lit(" counting"))
	case all.Blind > 0:
		l.Gap(2).Add(st.Dim, text.Format("lines of %s not counted", thousands(all.Blind)))
	}
}

func plusMinus(st themes.Styles, added, removed int) []paint.Span {
	var spans []paint.Span
	if added > 0 {
		spans = append(spans, paint.S(st.Added, text.Line("+"+thousands(added))))
	}
	if removed > 0 {
		if added > 0 {
			spans = append(spans, paint.S(st.Faint, text.Lit(" ")))
		}
		spans = append(spans, paint.S(st.Removed, text.Line("-"+thousands(removed))))
	}
	return spans
}

func nodeName(n workspace.Node) text.Safe {
	name := text.Line(n.Name)
	if n.IsDir() {
		name = name.Plus(text.Lit("/"))
	}
	return name
}

// nodeRow draws a directory or a file with the lines that differ.
func (o *outline) nodeRow(st themes.Styles, l *paint.Line, r outlineRow, w int) {
	n, sum := o.nodes[r.node], o.sums[r.node]
	numbers := o.came + o.went + 1
	column := min(4+o.names+2, max(w-numbers-barColumn-3-min(o.notes, 16), w/2))
	bars := w >= column+numbers+barColumn+2
	l.Gap(2 * min(n.Depth, max(column/4, 1)))
	style := st.Text
	if n.IsDir() {
		l.Add(st.Dim, arrow(!o.isOpen(r))).Gap(1)
		style = st.Dim
	} else {
		l.Gap(2)
	}
	name := nodeName(n).TruncateLeft(max(column-l.Used()-1, 6), "…")
	if slash := strings.LastIndexByte(name.String(), '/'); !n.IsDir() && slash >= 0 {
		l.Add(st.Dim, text.Line(name.String()[:slash+1]))
		name = text.Line(name.String()[slash+1:])
	}
	l.Add(style, name).To(column)
	about := o.about(r.node)
	// What is listed below again is said in a low voice.
	plusStyle, minusStyle := st.Added, st.Removed
	if n.IsDir() && o.isOpen(r) {
		plusStyle, minusStyle = st.Faint, st.Faint
	}
	number := func(style themes.Style, sign string, n, cells int) {
		t := text.Safe{}
		if n > 0 {
			t = text.Line(sign + thousands(n))
		}
		l.AddNumber(style, t, cells)
	}
	number(plusStyle, "+", sum.Added, o.came)
	number(minusStyle, "-", sum.Removed, o.went)
	l.Gap(1)
	if bars {
		l.Gap(1)
		from := l.Used()
		if !n.IsDir() {
			plus, minus := stat(sum.Added, sum.Removed, o.most, barColumn)
			l.Add(st.Added, text.Line(strings.Repeat("■", plus))).Add(st.Removed, text.Line(strings.Repeat("□", minus)))
		}
		l.To(from + barColumn)
	}
	if len(about) > 0 {
		l.Gap(1).Add(st.Dim, text.Join("  ", about...))
	}
}

// about says what else there is to say of a file, or how many files a folded directory has.
func (o *outline) about(node int) []text.Safe {
	n := o.nodes[node]
	if n.IsDir() && o.closed[n.Path] {
		about := []text.Safe{text.Line(plural(o.sums[node].Files, "file"))}
		switch blind := o.sums[node].Blind; {
		case blind == o.sums[node].Files:
			about = append(about, text.Lit("not counted"))
		case blind > 0:
			about = append(about, text.Format("%s not counted", thousands(blind)))
		}
		return about
	}
	if n.IsDir() {
		return nil
	}
	file := n.File
	f := o.of.Files[file]
	var about []text.Safe
	if file < len(o.counts) {
		switch n := o.counts[file].Unknown; n {
		case workspace.Counted, workspace.IsSubmodule:
		case workspace.IsNotHere:
			about = append(about, text.Lit("contents not here"))
		default:
			about = append(about, text.Line(string(n)))
		}
	}
	if w := workspace.Became(f); w != "" {
		about = append(about, text.Line(w))
	}
	if f.OldPath != "" {
		about = append(about, text.Lit("moved from ").Plus(text.Line(f.OldPath)))
	}
	return about
}

// stat shares cells between lines that came and that went. Its length grows with the logarithm: one line is seen
// beside a thousand.
func stat(added, removed, most, cells int) (plus, minus int) {
	all := added + removed
	if all == 0 {
		return 0, 0
	}
	length := max(1, cells*bits.Len(uint(all))/max(bits.Len(uint(most)), 1))
	if added > 0 && removed > 0 {
		length = max(length, 2)
	}
	if length%2 == 1 && added == removed {
		length++
	}
	length = min(length, cells)
	plus = (added*length + all/2) / all
	if added > 0 {
		plus = max(plus, 1)
	}
	if removed > 0 {
		plus = min(plus, length-1)
	}
	return plus, length - plus
}
