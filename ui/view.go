package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"plumb/model/text"
	"plumb/ui/paint"
)

// View draws the screen. It runs after every message, so each part keeps what it drew last.
func (a *App) View() tea.View {
	v := tea.NewView(strings.Join(a.rows(), "\n"))
	v.AltScreen = true
	v.ReportFocus = true
	v.WindowTitle = a.title()
	v.BackgroundColor = a.backdrop
	if a.opt.Mouse {
		v.MouseMode = tea.MouseModeCellMotion
	}
	if a.run.under() {
		v.ProgressBar = tea.NewProgressBar(tea.ProgressBarDefault, a.run.percent())
	}
	return v
}

// rows are the rows of the screen.
func (a *App) rows() []string {
	if a.width == 0 || a.height == 0 {
		return nil
	}
	if a.frame.tooSmall {
		return a.needs()
	}
	a.zones = a.zones[:0]
	rows := make([]string, 0, a.height)
	rows = append(rows, a.bar.draw(a))
	if a.view != "" {
		rows = append(rows, a.pane(a.view).draw(a, true)...)
	} else {
		rows = append(rows, a.panes()...)
	}
	rows = append(rows, a.keyLine())
	for i, d := range a.dialogs {
		rows = a.over(rows, d, i == len(a.dialogs)-1)
	}
	return rows
}

// panes are the rows between the top line and the line of keys.
func (a *App) panes() []string {
	columns := make([][]string, len(a.frame.columns))
	for i, column := range a.frame.columns {
		for _, p := range column {
			columns[i] = append(columns[i], a.pane(p).draw(a, p == a.shape.focus)...)
		}
	}
	if len(columns) == 1 {
		return columns[0]
	}
	return paint.JoinColumns(paint.S(a.st.Border, text.Lit(" ")), columns...)
}

// over puts a dialog over the rows. What stands behind it steps back, but for the top
// line: the environment is named and coloured in every frame.
func (a *App) over(rows []string, d dialog, top bool) []string {
	w := min(d.width(a), a.width)
	box := d.draw(a, w, max(a.height-2, 3))
	if !top {
		return rows
	}
	x, y := paint.Center(a.width, a.height, w, len(box))
	dimmed := append([]string{rows[0]}, paint.Dimmed(a.st.Faint, rows[1:])...)
	a.boxAt = rect{x, max(y, 1), w, len(box)}
	return paint.Overlay(dimmed, box, x, max(y, 1))
}

// needs says what the screen needs, where it is too small for anything else.
func (a *App) needs() []string {
	rows := make([]string, 0, a.height)
	for _, s := range []text.Safe{
		text.Lit("plumb"),
		text.Format("needs %d×%d", minWidth, minHeight),
		text.Format("has %d×%d", a.width, a.height),
		text.Lit("q quits"),
	} {
		rows = append(rows, paint.NewLine(a.width).AddTrunc(a.st.Text, s, a.width).String())
	}
	return paint.Block(a.width, a.height, rows)
}
