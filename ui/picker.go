package ui

import (
	tea "charm.land/bubbletea/v2"

	"plumb/model/text"
	"plumb/themes"
	"plumb/ui/list"
	"plumb/ui/paint"
)

// picker is an input with a list below it, which what is typed narrows.
type picker struct {
	in   input
	list list.List
}

// walk takes a key that moves in the list or types; filter is called when what is typed changed.
func (p *picker) walk(k tea.KeyPressMsg, filter func()) {
	switch k.String() {
	case "up", "ctrl+p":
		p.list.Move(-1)
	case "down", "ctrl+n":
		p.list.Move(1)
	case "pgup":
		p.list.Page(-1)
	case "pgdown":
		p.list.Page(1)
	default:
		before := p.in.value()
		if p.in.key(k) && p.in.value() != before {
			filter()
		}
	}
}

// window draws the rows of the list that are in sight.
func (p *picker) window(st themes.Styles, w, height int, row func(i int) string) []string {
	p.list.SetHeight(height)
	from, to := p.list.Window()
	var rows []string
	for i := from; i < to; i++ {
		rows = append(rows, row(i))
	}
	if p.list.Len() == 0 {
		rows = append(rows, paint.NewLine(w).Gap(1).Add(st.Dim, text.Lit("nothing like that")).String())
	}
	return paint.Block(w, height, rows)
}

func (p *picker) wheelBy(_ *App, rows int) { p.list.Wheel(rows * wheelRows) }
