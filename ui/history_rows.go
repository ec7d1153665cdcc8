package ui

import (
	"slices"
	"strings"

	"plumb/gitops/history"
	"plumb/gitops/reviewed"
	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/lanes"
	"plumb/model/text"
	"plumb/themes"
	"plumb/ui/paint"
)

// How many environments have a column of their own in History; more would push the subjects off the screen.
const gutterMost = 6

func (p *historyPane) draw(a *App, focused bool) []string {
	slow := a.slow(&p.reading) || a.slow(&p.listing)
	return p.keep(a, focused, slow, func() []string {
		rows := []string{paint.Title(a.st, p.w, text.Lit("History"), p.detail(a), p.count(a, slow), focused)}
		if p.chipRows() > 0 {
			rows = append(rows, p.chipRow(a))
		}
		return append(rows, paint.Block(p.w, p.h-p.chipRows(), p.lines(a, focused))...)
	})
}

// detail says whose history it is.
func (p *historyPane) detail(a *App) text.Safe {
	name := p.span.From
	if name == "" {
		name = strings.TrimPrefix(a.ws.Info().Head, "refs/heads/")
	}
	if name == "" {
		name = "detached at " + a.ws.Info().HeadHash.Short()
	}
	name = shortHash(name)
	if p.span.Exclude != "" {
		name = shortHash(p.span.Exclude) + ".." + name
	}
	if p.folded {
		name += " · first parent"
	}
	return text.Line(name)
}

// shortHash abbreviates a revision that is a whole id.
func shortHash(revision string) string {
	if len(revision) == 40 || len(revision) == 64 {
		return model.Hash(revision).Short()
	}
	return revision
}

// count says how many rows there are, and how much of history is read.
func (p *historyPane) count(a *App, slow bool) text.Safe {
	if p.rows == nil {
		if slow {
			return spinner(a)
		}
		return text.Safe{}
	}
	n := text.Line(thousands(p.rows.Len()))
	at := p.view.Progress
	switch {
	case !at.Walked && slow:
		n = spinner(a).Plus(text.Format(" %s+", thousands(p.rows.Len())))
	case !at.Walked:
		n = n.Plus(text.Lit("+"))
	case !at.Done && slow && at.Commits > 0:
		n = spinner(a).Plus(text.Format(" paths %d %%  ", 100*at.Looked/at.Commits)).Plus(n)
	case slow:
		n = spinner(a).Plus(text.Lit(" ")).Plus(n)
	}
	return n
}

func spinner(a *App) text.Safe { return text.Line(string(spinFrames[a.spinFrame%len(spinFrames)])) }

// lines are the rows of the list, without what stands above it.
func (p *historyPane) lines(a *App, focused bool) []string {
	if p.failed != nil {
		return failure(a.st, p.w, p.failed)
	}
	if p.rows == nil || p.list.Len() == 0 {
		return p.nothing(a)
	}
	from, to := p.list.Window()
	window := p.graph.window(p, from, to)
	var rows []string
	for i := from; i < to; i++ {
		rows = append(rows, p.row(a, i, window[i-from], focused))
	}
	if p.err != nil && len(rows) < p.h {
		rows = append(rows, failure(a.st, p.w, p.err)...)
	}
	return rows
}

// nothing says why there are no commits.
func (p *historyPane) nothing(a *App) []string {
	info := a.ws.Info()
	switch {
	case p.err != nil:
		return failure(a.st, p.w, p.err)
	case p.rows == nil, !p.rows.Complete():
		return nil
	case !p.filter.IsEmpty() && p.hits != nil && !p.hits.Done:
		return message(a.st, p.w, text.Lit("Nothing yet."), text.Lit("What matches appears here as soon as it is found."))
	case !p.filter.IsEmpty():
		return message(a.st, p.w, text.Lit("No commit matches."),
			text.Lit("/ changes the filter, backspace takes the last word away, esc shows everything again. ~word finds letters in this order."))
	case info.HeadHash == "" && p.span.From == "":
		return message(a.st, p.w, text.Lit("No history yet."),
			text.Format("The branch %s has no commits. The first one appears here: git commit.", strings.TrimPrefix(info.Head, "refs/heads/")))
	}
	return message(a.st, p.w, text.Lit("No commits."), text.Lit("Nothing is in this range; esc goes back to all of history."))
}

// authorCells is how many cells the author has in a pane of w cells.
func authorCells(w int) int {
	switch {
	case w >= 70:
		return 12
	case w >= 56:
		return 8
	}
	return 0
}

// row draws a commit: where it is live, its place in the graph, who did what and when.
func (p *historyPane) row(a *App, i int, lane lanes.Row, focused bool) string {
	e := p.entry(i)
	st := a.st
	cursor := i == p.list.Cursor()
	l := paint.NewLine(p.w).Base(base(st, cursor, focused))
	pointer(l, st, cursor, focused)
	gutter(l, a, e)
	switch {
	case e.Hash == p.marked:
		l.Add(st.Accent, text.Lit("◎"))
	case a.isStaged(e.Hash):
		l.Add(verbStyle(st, model.Revert), text.Lit("●"))
	case a.diff.marks.has(a.opt.Reviewed, reviewed.Commit(e.Hash)):
		l.Add(st.Good, text.Lit("✓"))
	default:
		l.Gap(1)
	}
	p.graph.draw(l, st, lane)
	words, hash := st.Text, st.Dim
	isMatch := p.hits == nil || p.hits.Has(p.rows, i)
	if len(e.Parents) > 1 && e.Request.Mark == "" || !isMatch {
		words, hash = st.Dim, st.Faint
	}
	l.Add(hash, text.Line(e.Hash.Short()))
	p.signature(l, st, e)
	l.Gap(1).AddColumn(st.Dim, age(a.now(), e.Author.When), 4)
	if author := authorCells(p.w); author > 0 {
		from := l.Used()
		p.highlight(l, st, st.Dim, givenName(e.Author.Name, author), author)
		l.To(from + author + 2)
	}
	p.glassMark(l, a, st, e)
	chips(l, a, e)
	p.refs(l, st, e)
	if e.Request.Mark != "" {
		l.Add(st.Accent, text.Line(e.Request.Mark)).Gap(1)
		p.highlight(l, st, words, e.Request.Title, p.w-l.Used())
	} else {
		p.highlight(l, st, words, e.Subject, p.w-l.Used())
	}
	return l.String()
}

// givenName is a name in few cells: its first word where the whole does not fit.
func givenName(name text.Safe, cells int) text.Safe {
	if name.Width() <= cells {
		return name
	}
	first, _, _ := strings.Cut(name.String(), " ")
	return text.Line(first)
}

// gutter draws one column per environment: ◆ is the newest commit that is live in it, ◇ the newest
// one that git wants, · waits between the two, and │ runs down along what is live.
func gutter(l *paint.Line, a *App, e *history.Entry) {
	for _, env := range a.envs[:min(len(a.envs), gutterMost)] {
		style := env.style.Text
		switch {
		case slices.Contains(e.LiveAt, env.Name):
			l.Add(style, text.Lit("◆"))
		case slices.Contains(e.HeadAt, env.Name):
			l.Add(style, text.Lit("◇"))
		case slices.Contains(e.Live, env.Name):
			l.Add(dimmed(style), text.Lit("│"))
		case slices.Contains(e.Touches, env.Name) && env.obs != nil && env.obs.Source != workspace.AppliedUnknown:
			l.Add(style, text.Lit("·"))
		default:
			l.Gap(1)
		}
	}
	if len(a.envs) > 0 {
		l.Gap(1)
	}
}

// chips names the environments for which this is the newest live commit.
func chips(l *paint.Line, a *App, e *history.Entry) {
	for _, env := range a.envs {
		if slices.Contains(e.LiveAt, env.Name) {
			l.Add(env.style.Text.Bold(), text.Line(env.tag)).Gap(1)
		}
	}
}

// dimmed is a style without its weight.
func dimmed(s themes.Style) themes.Style {
	look := s.Look()
	look.Bold, look.Faint = false, true
	return themes.Make(look)
}

// highlight adds text to a row with what the filter found in it marked, cut to at most so many cells.
func (p *historyPane) highlight(l *paint.Line, st themes.Styles, style themes.Style, t text.Safe, cells int) {
	var marks []paint.Mark
	for _, r := range p.filter.Highlights(t.String()) {
		marks = append(marks, paint.Mark{From: r[0], To: r[1], Style: st.Match})
	}
	if len(marks) == 0 {
		l.AddTrunc(style, t, cells)
		return
	}
	if paint.Cells(t) > cells {
		l.AddMarked(style, t, 0, cells-1, marks)
		l.Add(style, text.Lit("…"))
		return
	}
	l.AddMarked(style, t, 0, cells, marks)
}

// refs names the branches and tags at a commit, the short ones first, as far as a third of the row goes.
func (p *historyPane) refs(l *paint.Line, st themes.Styles, e *history.Entry) {
	room := p.w / 4
	for _, r := range e.Refs {
		name, isTag := refName(r.Name)
		t := text.Line(name)
		if name == "" || t.Width() > room {
			continue
		}
		room -= t.Width() + 1
		if isTag {
			l.Add(st.Warning, text.Lit("⌂")).Add(st.Warning, t).Gap(1)
			continue
		}
		l.Add(st.Strong, text.Lit("[").Plus(t).Plus(text.Lit("]"))).Gap(1)
	}
}

// refName is what people call a ref; empty for one that says nothing, such as a remote's HEAD.
func refName(ref string) (name string, isTag bool) {
	if name, ok := strings.CutPrefix(ref, "refs/tags/"); ok {
		return name, true
	}
	if name, ok := strings.CutPrefix(ref, "refs/remotes/"); ok {
		if strings.HasSuffix(name, "/HEAD") {
			return "", false
		}
		return name, false
	}
	return strings.TrimPrefix(ref, "refs/heads/"), false
}
