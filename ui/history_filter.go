package ui

import (
	"errors"

	tea "charm.land/bubbletea/v2"

	"plumb/gitops/history"
	"plumb/model/filter"
	"plumb/model/text"
	"plumb/ui/action"
	"plumb/ui/paint"
)

// filtering is what History is filtered by.
type filtering struct {
	typed   string // As the operator typed it.
	filter  filter.Filter
	problem *filter.Error // What is wrong with what is typed; the other words count all the same.
	failed  error         // Why it could not be answered.
	narrow  bool          // Only what matches is listed; otherwise everything, and n and N walk the matches.
	hits    *history.Matches
	before  string         // What to go back to when the input is left.
	anchor  *history.Entry // Where the cursor was when the input was opened: what is typed letter by letter does not carry it away.
	chips   []chipZone
}

// chipZone is where a term of the filter stands, for the mouse.
type chipZone struct{ from, to, term int }

// filterBy filters History by what was typed, and lists what matches.
func (p *historyPane) filterBy(a *App, typed string) tea.Cmd {
	p.typed, p.narrow = typed, true
	p.failed, p.problem = nil, nil
	f, err := filter.Parse(typed, a.now())
	if bad, ok := errors.AsType[*filter.Error](err); ok {
		p.problem = bad
	}
	p.filter = f
	if f.IsEmpty() {
		p.narrow, p.hits = false, nil
	}
	p.resize(p.w, p.h)
	p.touch()
	return p.relist(a)
}

// showFiltered filters History and goes to it: what other panes offer as the history of something.
func (a *App) showFiltered(typed string) tea.Cmd {
	a.remember()
	a.view = ""
	return tea.Batch(a.history.filterBy(a, typed), a.focus(action.History))
}

// find filters while something is typed behind the slash. An empty query ends it.
func (p *historyPane) find(a *App, query string) tea.Cmd { return p.filterBy(a, query) }

// dropTerm takes one word away from the filter.
func (p *historyPane) dropTerm(a *App, i int) tea.Cmd {
	if i < 0 || i >= len(p.filter.Terms) {
		return nil
	}
	return p.filterBy(a, p.filter.Without(i).String())
}

// only lists the matches alone, or all of history with the matches marked.
func (p *historyPane) only(a *App) tea.Cmd {
	p.narrow = !p.narrow
	return p.relist(a)
}

// step goes to the next match in all of history, or to the one before.
func (p *historyPane) step(a *App, dir int) tea.Cmd {
	if p.hits == nil {
		return nil
	}
	id, ok := p.hits.Next(p.hash(), dir)
	if !ok {
		return nil
	}
	if p.narrow {
		p.narrow, p.goal = false, id
		if row, found := p.rows.FindFolded(id); found {
			p.unfolded[p.rows.Hash(row)] = true
		}
		return p.relist(a)
	}
	cmd, _ := p.goTo(a, id)
	return cmd
}

func (p *historyPane) matches(*App) (query string, n, i int) {
	if p.filter.IsEmpty() {
		return "", 0, 0
	}
	if p.hits == nil {
		return p.typed, 0, 0
	}
	return p.typed, p.hits.Len(), p.hits.Position(p.hash())
}

// chipRows is how many rows the filter takes.
func (p *historyPane) chipRows() int {
	if p.filter.IsEmpty() && p.failed == nil || p.h < 4 {
		return 0
	}
	return 1
}

// chipRow draws the words of the filter, each of which a click takes away, and how many commits there are for them.
func (p *historyPane) chipRow(a *App) string {
	st := a.st
	l := paint.NewLine(p.w).Gap(1)
	p.chips = p.chips[:0]
	count := p.matchCount(a)
	for i, t := range p.filter.Terms {
		word := text.Line(t.String())
		room := p.w - l.Used() - count.Width() - 5
		if room < 4 {
			l.Add(st.Dim, text.Lit("…"))
			break
		}
		from := l.Used()
		l.AddTrunc(st.SelectionDim, text.Lit(" ").Plus(word), room).Add(dimmed(st.SelectionDim), text.Lit(" × "))
		p.chips = append(p.chips, chipZone{from, l.Used(), i})
		l.Gap(1)
	}
	return l.Right(st.Dim, count).Right(st.Dim, text.Lit(" ")).String()
}

// matchCount says how many commits match, and how far the search is.
func (p *historyPane) matchCount(a *App) text.Safe {
	m := p.hits
	switch {
	case m == nil:
		return text.Lit("…")
	case !m.Done && m.Of > 0:
		return text.Format("%s · %d %% searched", thousands(m.Len()), 100*m.Looked/m.Of)
	case !p.narrow:
		return text.Format("%s of %s", thousands(m.Position(p.hash())), thousands(m.Len()))
	}
	if rows := p.rows.Len(); rows != m.Len() {
		return text.Format("%s commits in %s", thousands(m.Len()), plural(rows, "row"))
	}
	return matchesFound(m.Len())
}

// matchesFound counts matches.
func matchesFound(n int) text.Safe {
	if n == 1 {
		return text.Lit("1 match")
	}
	return text.Format("%s matches", thousands(n))
}

func (p *historyPane) clickChip(a *App, col int) tea.Cmd {
	for _, z := range p.chips {
		if col >= z.from && col < z.to {
			return p.dropTerm(a, z.term)
		}
	}
	return nil
}
