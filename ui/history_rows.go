package ui

import (
	"slices"
	"strings"

	"plumb/gitops/history"
	"plumb/gitops/workspace"
	"plumb/model/text"
	"plumb/themes"
	"plumb/ui/paint"
)

// How many environments have a column of their own in History; more would push the subjects off the screen.
const gutterMost = 6

func (p *historyPane) draw(a *App, focused bool) []string {
	slow := a.slow(&p.ask)
	return p.keep(a, focused, slow, func() []string {
		rows := []string{paint.Title(a.st, p.w, text.Lit("History"), p.detail(a), p.count(a, slow), focused)}
		return append(rows, paint.Block(p.w, p.h, p.rows(a, focused))...)
	})
}

// detail says whose history it is.
func (p *historyPane) detail(a *App) text.Safe {
	name := p.query.From
	if name == "" {
		name = strings.TrimPrefix(a.ws.Info().Head, "refs/heads/")
	}
	if name == "" {
		name = "detached at " + a.ws.Info().HeadHash.Short()
	}
	if p.query.FirstParent {
		name += " · first parent"
	}
	return text.Line(name)
}

// count says how much of it is loaded, or how many rows match.
func (p *historyPane) count(a *App, slow bool) text.Safe {
	if p.hits.needle.query != "" {
		_, n, i := p.matches(a)
		return text.Format("%d of %d “%s”", i, n, p.hits.needle.query)
	}
	n := text.Line(thousands(len(p.entries)))
	if !p.complete && p.loaded {
		n = n.Plus(text.Lit("+"))
	}
	if slow {
		n = spinner(a).Plus(text.Lit(" ")).Plus(n)
	}
	return n
}

func spinner(a *App) text.Safe { return text.Line(string(spinFrames[a.spinFrame%len(spinFrames)])) }

func (p *historyPane) rows(a *App, focused bool) []string {
	if len(p.entries) == 0 {
		return p.nothing(a)
	}
	from, to := p.list.Window()
	var rows []string
	for i := from; i < to; i++ {
		rows = append(rows, p.row(a, i, focused))
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
	case !p.loaded:
		return nil
	case info.HeadHash == "" && p.query.From == "":
		return message(a.st, p.w, text.Lit("No history yet."),
			text.Format("The branch %s has no commits. The first one appears here: git commit.", strings.TrimPrefix(info.Head, "refs/heads/")))
	}
	return message(a.st, p.w, text.Lit("No commits."), text.Lit("Nothing matches what was asked for."))
}

// columns are the widths of a row's parts in a pane of w cells.
func historyColumns(w int) (author, subject int) {
	switch {
	case w >= 70:
		author = 12
	case w >= 56:
		author = 8
	}
	return author, w
}

func (p *historyPane) row(a *App, i int, focused bool) string {
	e := &p.entries[i]
	st := a.st
	cursor := i == p.list.Cursor()
	l := paint.NewLine(p.w).Base(base(st, cursor, focused))
	pointer(l, st, cursor, focused)
	gutter(l, a, e)
	if e.Hash == p.marked {
		l.Add(st.Accent, text.Lit("◎"))
	} else {
		l.Gap(1)
	}
	words, hash := st.Text, st.Dim
	if len(e.Parents) > 1 {
		words, hash = st.Dim, st.Faint
	}
	hit := p.hits.in(i)
	if startsWith(string(e.Hash), hit.query) && len(hit.query) >= 4 {
		l.Add(st.Match, text.Line(e.Hash.Short()))
	} else {
		l.Add(hash, text.Line(e.Hash.Short()))
	}
	l.Gap(2).AddColumn(st.Dim, age(a.now(), e.Author.When), 4)
	if author, _ := historyColumns(p.w); author > 0 {
		from := l.Used()
		hit.found(l, st, st.Dim, givenName(e.Author.Name, author), author)
		l.To(from + author + 2)
	}
	chips(l, a, e)
	hit.found(l, st, words, e.Subject, p.w-l.Used())
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
