package ui

import (
	"context"
	"errors"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"plumb/model"
	"plumb/model/filter"
	"plumb/model/text"
	"plumb/ui/action"
)

// jumped is the commit that a revision names.
type jumped struct{ id model.Hash }

// jump goes to a place in History: a share of it ("50%"), a time ("2h", "2026-08-01"), or a revision.
func (a *App) jump(to string) tea.Cmd {
	p := &a.history
	if p.rows == nil || p.rows.Len() == 0 {
		a.warn(text.Lit("there is no history to go to"))
		return nil
	}
	if share, ok := strings.CutSuffix(to, "%"); ok {
		if n, err := strconv.ParseFloat(strings.TrimSpace(share), 64); err == nil && n >= 0 && n <= 100 {
			return a.jumpRow(int(n * float64(p.rows.Len()-1) / 100))
		}
	}
	if f, err := filter.Parse("until:"+to, a.now()); err == nil && len(f.Terms) == 1 && f.Terms[0].Kind == filter.Dates {
		row, ok := p.rows.Since(f.Terms[0].To.Unix())
		if !ok {
			row = p.rows.Len() - 1
			a.say(text.Format("nothing is as old as %s: this is the first commit", to))
		}
		return a.jumpRow(row)
	}
	return ask(a, &a.asks, func(ctx context.Context) (jumped, error) {
		id, err := a.ws.Resolve(ctx, to)
		return jumped{id}, err
	})
}

func (a *App) jumpRow(row int) tea.Cmd {
	a.remember()
	a.history.list.SetCursor(row)
	return tea.Batch(a.focus(action.History), a.history.moved(a))
}

func (a *App) jumpArrived(m answer[jumped]) tea.Cmd {
	switch {
	case errors.Is(m.err, context.Canceled):
		return nil
	case m.err != nil:
		a.fail(text.Lit("Not found"), m.err)
		return nil
	}
	if cmd, ok := a.history.goTo(a, m.value.id); ok {
		return tea.Batch(a.focus(action.History), cmd)
	}
	return a.historyOf(string(m.value.id))
}
