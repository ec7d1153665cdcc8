package ui

import (
	tea "charm.land/bubbletea/v2"

	"plumb/model/text"
	"plumb/themes"
	"plumb/ui/action"
	"plumb/ui/list"
	"plumb/ui/paint"
)

// pane is a part of the screen with a title and a window of rows below it.
type pane interface {
	resize(w, h int) // The cells of the rows, without the title.
	draw(a *App, focused bool) []string
	move(a *App, how action.ID) tea.Cmd
	wheel(a *App, rows int) tea.Cmd
	click(a *App, row, col int) tea.Cmd

	find(a *App, query string) tea.Cmd       // Marks what matches; an empty query ends the search.
	step(a *App, dir int) tea.Cmd            // Goes to the next match, or the one before.
	matches(a *App) (query string, n, i int) // What is searched for, how often it is there, and at which of them the cursor is.
}

// pane answers the pane or view of a scope.
func (a *App) pane(s action.Scope) pane {
	switch s {
	case action.Live:
		return &a.live
	case action.Change:
		return &a.change
	case action.Diff:
		return &a.diff
	case action.Run:
		return &a.run
	case action.Runs:
		return &a.runs
	case action.Ran:
		return &a.ran
	case action.File:
		return &a.file
	case action.Ledger:
		return &a.ledger
	}
	return &a.history
}

// drawn keeps rows until what they were drawn from changes.
type drawn struct {
	rows []string
	of   [6]int
}

// canvas is the size of a pane and what it drew last. A pane that changes says so with
// touch; View runs after every message, and most messages change one pane or none.
type canvas struct {
	w, h  int
	rev   int
	cache drawn
}

func (c *canvas) resize(w, h int) {
	if w != c.w || h != c.h {
		c.w, c.h = w, h
		c.touch()
	}
}

func (c *canvas) touch() { c.rev++ }

// keep answers what was drawn last, or draws.
func (c *canvas) keep(a *App, focused bool, spinning bool, draw func() []string) []string {
	key := [6]int{c.w, c.h, c.rev, a.rev, 0, 0}
	if focused {
		key[4] = 1
	}
	if spinning {
		key[5] = 1 + a.spinFrame
	}
	if c.cache.rows == nil || c.cache.of != key {
		c.cache = drawn{draw(), key}
	}
	return c.cache.rows
}

// moveList is how every list moves.
func moveList(l *list.List, how action.ID) bool {
	switch how {
	case action.Down:
		return l.Move(1)
	case action.Up:
		return l.Move(-1)
	case action.PageDown:
		return l.Page(1)
	case action.PageUp:
		return l.Page(-1)
	case action.HalfDown:
		return l.HalfPage(1)
	case action.HalfUp:
		return l.HalfPage(-1)
	case action.Top:
		return l.Top()
	case action.Bottom:
		return l.Bottom()
	}
	return false
}

// base is the background of a row: the cursor's row is marked in every pane, most in the focused one.
func base(st themes.Styles, cursor, focused bool) themes.Style {
	switch {
	case cursor && focused:
		return st.Selection
	case cursor:
		return st.SelectionDim
	}
	return themes.Style{}
}

// pointer is the first cell of a row: colour is never the only sign of the cursor.
func pointer(l *paint.Line, st themes.Styles, cursor, focused bool) *paint.Line {
	if cursor && focused {
		return l.Add(st.Accent, text.Lit("▌"))
	}
	return l.Gap(1)
}

// message fills a pane that has nothing to list with sentences, the first of them plain, the rest dim.
func message(st themes.Styles, w int, sentences ...text.Safe) []string {
	rows := []string{""}
	for i, s := range sentences {
		style := st.Dim
		if i == 0 {
			style = st.Text
		}
		for _, part := range paint.Wrap(s, w-4) {
			rows = append(rows, paint.NewLine(w).Gap(2).Add(style, part).String())
		}
	}
	return rows
}

// failure is message for an error: what went wrong, and what can be done about it.
func failure(st themes.Styles, w int, err error) []string {
	rows := []string{""}
	for i, part := range paint.Wrap(text.Error(err), w-6) {
		l := paint.NewLine(w).Gap(2)
		if i == 0 {
			l.Add(st.Bad, text.Lit("✗ "))
		} else {
			l.Gap(2)
		}
		rows = append(rows, l.Add(st.Text, part).String())
	}
	for _, part := range paint.Wrap(hint(err), w-6) {
		rows = append(rows, paint.NewLine(w).Gap(4).Add(st.Dim, part).String())
	}
	return rows
}
