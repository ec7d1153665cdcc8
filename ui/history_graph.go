package ui

import (
	"plumb/gitops/history"
	"plumb/model/lanes"
	"plumb/model/text"
	"plumb/themes"
	"plumb/ui/paint"
)

// graph draws the lanes of history beside its rows. It is as wide as it ever had to be for the same
// list, so that nothing moves sideways while one scrolls.
type graph struct {
	layout *lanes.Layout
	cells  int
}

// of lays out a list from now on.
func (g *graph) of(rows *history.Rows) {
	if g.layout == nil {
		g.layout = lanes.New(rows)
		return
	}
	g.layout = lanes.New(rows)
	g.cells = 0
}

// graphCells is how many cells the graph may have in a pane of w cells.
func graphCells(w int) int {
	switch {
	case w >= 90:
		return 20
	case w >= 56:
		return 12
	}
	return 6
}

// window lays out the rows of the window. Where all of them stand in one lane there is nothing to draw.
func (g *graph) window(p *historyPane, from, to int) []lanes.Row {
	rows := make([]lanes.Row, to-from)
	if p.narrow {
		return rows // What stands between the rows is not listed, so nothing connects them.
	}
	limit := graphCells(p.w)
	g.layout.Limit = (limit + 1) / 2
	copy(rows, g.layout.Rows(from, to))
	most := 0
	for i, r := range rows {
		rows[i].Merge = r.Merge || p.rows.IsFolded(from+i)
		most = max(most, len(r.Cells))
	}
	if most > 1 {
		g.cells = max(g.cells, min(2*most, limit))
	}
	return rows
}

// draw adds the lanes of a row.
func (g *graph) draw(l *paint.Line, st themes.Styles, r lanes.Row) {
	if g.cells == 0 {
		return
	}
	from := l.Used()
	for _, glyph := range r.Draw(g.cells - 1) {
		style := st.Dim
		switch {
		case glyph.Rune == '●' || glyph.Rune == '○':
			style = st.Text
		case glyph.Lane%2 == 1:
			style = st.Faint
		}
		l.Add(style, text.Line(string(glyph.Rune)))
	}
	l.To(from + g.cells)
}
