package ui

import (
	"plumb/model/text"
	"plumb/themes"
	"plumb/ui/paint"
)

func (p *diffPane) draw(a *App, focused bool) []string {
	slow := a.slow(&p.ask) || a.slow(&p.outline.ask)
	return p.keep(a, focused, slow, func() []string {
		p.view.SetFocused(focused)
		p.view.SetReview(p.reviewed(a))
		rows := []string{p.rule(a, focused, slow)}
		return append(rows, paint.Block(p.w, p.h, p.body(a, focused))...)
	})
}

// rule is the pane's title: what is shown, and at the right how and which file of how many.
func (p *diffPane) rule(a *App, focused, slow bool) string {
	name := text.Lit("Differences")
	if p.subject != nil {
		name = p.subject.title()
	}
	var right []text.Safe
	if slow {
		right = append(right, spinner(a))
	}
	if q, n, i := p.matches(a); q != "" {
		right = append(right, text.Format("%d of %d “%s”", i, n, q))
	}
	if p.any() {
		right = append(right, p.how.words(a.splits())...)
	}
	if p.found.any() {
		right = append(right, text.Line(plural(p.found.shown, "finding")))
	}
	if n := p.files(); n > 1 {
		right = append(right, text.Format("%s/%s", thousands(p.base+p.view.File()+1), thousands(n)))
	}
	count := text.Join(" ─ ", right...)
	style := a.st.Strong
	if focused {
		style = a.st.Title
	}
	left := []paint.Span{paint.S(style, name.Truncate(max(p.w-count.Width()-8, 8), "…"))}
	var tail []paint.Span
	if !count.IsEmpty() {
		tail = []paint.Span{paint.S(a.st.Dim, count)}
	}
	return paint.Rule(a.st, p.w, left, tail, focused)
}

func (p *diffPane) body(a *App, focused bool) []string {
	var rows []string
	for _, l := range p.head[min(p.cut, len(p.head)):min(len(p.head), p.cut+p.h)] {
		rows = append(rows, p.headRow(a.st, l))
	}
	rows = append(rows, p.outlineRows(a, focused, p.h-len(rows))...)
	if p.err != nil {
		return append(rows, failure(a.st, p.w, p.err)...)
	}
	if p.any() {
		return append(rows, p.view.View(a.st)...)
	}
	return rows
}

func (p *diffPane) headRow(st themes.Styles, words headLine) string {
	l := paint.NewLine(p.w).Gap(1)
	for _, w := range words {
		l.Add(toneStyle(st, w.tone), w.text)
	}
	return l.String()
}

func toneStyle(st themes.Styles, t tone) themes.Style {
	switch t {
	case strong:
		return st.Strong
	case dim:
		return st.Dim
	case good:
		return st.Good
	case caution:
		return st.Warning
	case bad:
		return st.Bad
	case waits:
		return st.Pending
	case added:
		return st.Added
	case removed:
		return st.Removed
	case accented:
		return st.Accent
	}
	return st.Text
}
