package ui

import (
	tea "charm.land/bubbletea/v2"

	"plumb/ui/action"
	"plumb/ui/list"
)

// listing is a view that is a list: its rows can be walked, wheeled and clicked. A view that
// does more with a key or a click does that first.
type listing struct {
	canvas
	list list.List
}

func (l *listing) move(_ *App, how action.ID) tea.Cmd {
	moveList(&l.list, how)
	l.touch()
	return nil
}

func (l *listing) wheel(_ *App, rows int) tea.Cmd {
	l.list.Wheel(rows)
	l.touch()
	return nil
}

func (l *listing) click(_ *App, row, _ int) tea.Cmd {
	if i, ok := l.list.RowAt(row); ok {
		l.list.SetCursor(i)
		l.touch()
	}
	return nil
}
