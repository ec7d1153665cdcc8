package ui

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"plumb/model/text"
	"plumb/themes"
	"plumb/ui/paint"
)

// dialog is a box over the screen that takes all keys. The dialogs stack; esc closes the top one.
type dialog interface {
	width(a *App) int
	draw(a *App, w, h int) []string // A box of at most h rows, with its frame.
	key(a *App, k tea.KeyPressMsg) tea.Cmd
}

// pointed is a dialog that also takes clicks, at a row of its box, and the wheel.
type pointed interface {
	clickAt(a *App, row int) tea.Cmd
	wheelBy(a *App, rows int)
}

// pasted is a dialog that takes pasted text.
type pasted interface{ paste(a *App, s string) }

func (a *App) open(d dialog) { a.dialogs = append(a.dialogs, d) }

// top is the dialog that has the keys, or nil.
func (a *App) top() dialog {
	if len(a.dialogs) == 0 {
		return nil
	}
	return a.dialogs[len(a.dialogs)-1]
}

// close takes a dialog off the stack, wherever it is in it.
func (a *App) close(d dialog) {
	for i := range a.dialogs {
		if a.dialogs[i] == d {
			a.dialogs = append(a.dialogs[:i:i], a.dialogs[i+1:]...)
			return
		}
	}
}

// How long a confirmation does not listen: keys that were typed before it was seen must not answer it.
const (
	quietTime = 400 * time.Millisecond  // No key for so long.
	graceCap  = 1500 * time.Millisecond // At the latest.
)

// grace keeps a confirmation deaf until the operator can have read it.
type grace struct {
	appeared, last time.Time
	open           bool
}

// graceMsg looks again whether a dialog may listen, so that it shows its keys.
type graceMsg struct{}

// begin starts the time of grace.
func (g *grace) begin(a *App) tea.Cmd {
	*g = grace{appeared: a.now(), last: a.now()}
	return a.after(quietTime, graceMsg{})
}

// ready reports whether the dialog listens.
func (g *grace) ready(now time.Time) bool {
	g.open = g.open || now.Sub(g.last) >= quietTime || now.Sub(g.appeared) >= graceCap
	return g.open
}

// takes reports whether a key counts; one that does not begins the quiet anew.
func (g *grace) takes(a *App) (bool, tea.Cmd) {
	if g.ready(a.now()) {
		return true, nil
	}
	g.last = a.now()
	return false, a.after(quietTime, graceMsg{})
}

// box draws a dialog's frame around its rows.
func box(st themes.Styles, w, h int, title []paint.Span, rows, foot []string) []string {
	room := max(h-2-len(foot), 1)
	if len(rows) > room {
		rows = append(rows[:room-1:room-1], paint.NewLine(w-4).Add(st.Dim, text.Format("⋯ %d more lines", len(rows)-room+1)).String())
	}
	return paint.Frame(st, w, title, append(slices.Clip(rows), foot...))
}

// keyHint adds "key  what" to a row.
func keyHint(l *paint.Line, st themes.Styles, key, what text.Safe) *paint.Line {
	return l.Add(st.Accent, key).Gap(2).Add(st.Dim, what).Gap(4)
}

// wrapped is a text in rows of so many cells, each indented.
func wrapped(st themes.Style, w, indent int, t text.Safe) []string {
	var rows []string
	for _, part := range paint.Wrap(t, w-indent) {
		rows = append(rows, paint.NewLine(w).Gap(indent).Add(st, part).String())
	}
	return rows
}
