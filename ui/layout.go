package ui

import "plumb/ui/action"

// The size below which the screen only says what it needs.
const (
	minWidth  = 60
	minHeight = 15
)

// The widths at which the screen changes its shape.
const (
	wideScreen   = 200 // Live and Change stand beside History.
	splitScreen  = 140 // Differences are side by side unless the operator says otherwise.
	doubleScreen = 100 // The differences have their own column.
	tallScreen   = 25  // Below, the left column shows one pane at a time.
	bareRows     = 7   // What Live or Change need to say that there are no environments.
)

// rect is a part of the screen in cells.
type rect struct{ x, y, w, h int }

// has reports whether the cell lies in r.
func (r rect) has(x, y int) bool {
	return x >= r.x && x < r.x+r.w && y >= r.y && y < r.y+r.h
}

// shape is what of the screen's state decides where the panes stand.
type shape struct {
	focus action.Scope
	left  action.Scope // The pane of the left column that had the focus last.
	wide  bool         // The focused pane has the whole screen.
	bare  bool         // There are no environments, so Live and Change have one thing to say: why.
}

// frame says where everything stands. Panes that are not shown have no rectangle.
type frame struct {
	width, height int
	tooSmall      bool
	split         bool // There is room for differences side by side.
	bar, line     rect // The environments on top and the keys at the bottom.
	body          rect // What is between them, for the views that take all of it.
	panes         map[action.Scope]rect
	columns       [][]action.Scope // The panes shown, by column from the left, each from the top.
}

// shows reports whether the pane is on the screen.
func (f frame) shows(p action.Scope) bool {
	_, ok := f.panes[p]
	return ok
}

// layout places the panes on a screen of w by h cells. It is a pure function of its arguments.
func layout(w, h int, s shape) frame {
	f := frame{width: w, height: h, panes: map[action.Scope]rect{}}
	if w < minWidth || h < minHeight {
		f.tooSmall = true
		return f
	}
	f.bar = rect{0, 0, w, 1}
	f.line = rect{0, h - 1, w, 1}
	f.body = rect{0, 1, w, h - 2}
	f.split = w >= splitScreen

	left := []action.Scope{action.History, action.Live, action.Change}
	switch {
	case h < tallScreen || w <= 80:
		left = []action.Scope{s.left}
	case s.bare && s.left == action.Change:
		left = []action.Scope{action.History, action.Change}
	case s.bare:
		left = []action.Scope{action.History, action.Live}
	}
	switch {
	case s.wide:
		f.stack(0, w, s.focus)
	case w < doubleScreen && s.focus == action.Diff:
		f.stack(0, w, action.Diff)
	case w < doubleScreen:
		f.stack(0, w, left...)
	case w >= wideScreen && len(left) > 2:
		a := min(max(w*30/100, 60), 84)
		b := min(max(w*24/100, 48), 66)
		f.stack(0, a, action.History)
		f.stack(a+1, b, action.Live, action.Change)
		f.stack(a+b+2, w-a-b-2, action.Diff)
	default:
		a := min(max(w*41/100, 47), 80)
		f.stack(0, a, left...)
		f.stack(a+1, w-a-1, action.Diff)
	}
	return f
}

// stack puts panes above each other in a column of the body.
func (f *frame) stack(x, w int, panes ...action.Scope) {
	f.columns = append(f.columns, panes)
	y, rest := f.body.y, f.body.h
	for i, p := range panes {
		h := rest
		if i < len(panes)-1 {
			h = share(p, f.body.h, panes)
		}
		f.panes[p] = rect{x, y, w, h}
		y, rest = y+h, rest-h
	}
}

// share is how many rows a pane has in a column of h rows that it shares with others.
func share(p action.Scope, h int, panes []action.Scope) int {
	switch {
	case len(panes) == 2 && p == action.History:
		return h - bareRows
	case len(panes) == 2:
		return h * 60 / 100
	case p == action.History:
		return h * 44 / 100
	default:
		return h * 30 / 100
	}
}
