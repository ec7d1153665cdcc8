package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"plumb/ui/action"
)

// How many rows one notch of the wheel moves.
const wheelRows = 3

// wheelMsg is several notches of the wheel at one place, in one message.
type wheelMsg struct {
	at tea.Mouse
	n  int
}

// coalesce lets no more than a frame's worth of mouse messages through: a wheel that is spun, or a pointer that
// is moved, sends hundreds, and each would be drawn. Notches that come too fast are counted and go with the next one.
func coalesce(now func() time.Time) func(tea.Model, tea.Msg) tea.Msg {
	var (
		last    time.Time
		pending int
	)
	const frame = 12 * time.Millisecond
	return func(_ tea.Model, msg tea.Msg) tea.Msg {
		switch m := msg.(type) {
		case tea.MouseMotionMsg, tea.MouseReleaseMsg:
			return nil
		case tea.MouseWheelMsg:
			at := now()
			if at.Sub(last) < frame {
				pending += notch(m.Mouse())
				return nil
			}
			n := pending + notch(m.Mouse())
			last, pending = at, 0
			return wheelMsg{m.Mouse(), n}
		}
		return msg
	}
}

// notch is the direction of the wheel; 0 for one that goes sideways.
func notch(m tea.Mouse) int {
	switch m.Button {
	case tea.MouseWheelUp:
		return -1
	case tea.MouseWheelDown:
		return 1
	}
	return 0
}

// clicked focuses and selects, switches the environment, runs an action of the line of keys.
func (a *App) clicked(m tea.Mouse) tea.Cmd {
	if a.frame.tooSmall || m.Button != tea.MouseLeft {
		return nil
	}
	if d := a.top(); d != nil {
		if p, ok := d.(pointed); ok && a.boxAt.has(m.X, m.Y) {
			return p.clickAt(a, m.Y-a.boxAt.y-1)
		}
		return nil
	}
	a.notice, a.search = notice{}, nil
	switch {
	case a.frame.bar.has(m.X, m.Y):
		if i, ok := a.bar.envAt(m.X); ok {
			return a.goTo(i)
		}
	case a.frame.line.has(m.X, m.Y):
		for _, z := range a.zones {
			if m.X >= z.from && m.X < z.to {
				return a.do(action.Intent{ID: z.id})
			}
		}
	case a.view != "":
		return a.pane(a.view).click(a, m.Y-a.frame.body.y-1, m.X)
	default:
		if p, r, ok := a.paneAt(m); ok {
			return tea.Batch(a.focus(p), a.pane(p).click(a, m.Y-r.y-1, m.X-r.x))
		}
	}
	return nil
}

// wheeled scrolls what is under the pointer, without giving it the keys.
func (a *App) wheeled(m tea.Mouse, n int) tea.Cmd {
	if a.frame.tooSmall || n == 0 {
		return nil
	}
	if d := a.top(); d != nil {
		if p, ok := d.(pointed); ok {
			p.wheelBy(a, n)
		}
		return nil
	}
	if a.view != "" {
		return a.pane(a.view).wheel(a, n*wheelRows)
	}
	p, _, ok := a.paneAt(m)
	if !ok {
		return nil
	}
	return a.pane(p).wheel(a, n*wheelRows)
}

func (a *App) paneAt(m tea.Mouse) (action.Scope, rect, bool) {
	for p, r := range a.frame.panes {
		if r.has(m.X, m.Y) {
			return p, r, true
		}
	}
	return "", rect{}, false
}
