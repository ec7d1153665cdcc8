package ui

import (
	tea "charm.land/bubbletea/v2"

	"plumb/ui/action"
)

// goal is where the window is to be once the file is here.
type goal struct {
	file    int
	finding action.ID // Which of its findings is looked for: the first, going forward, or the last; empty for the beginning of the file.
	lift    int       // Rows above the file that are to be seen.
}

// How many files before the one that was jumped to are read with it, so that scrolling up finds something.
const filesBefore = 10

// above is how many rows stand above the differences.
func (p *diffPane) above() int { return len(p.head) + len(p.outline.rows) }

// end is the first file after those that are here.
func (p *diffPane) end() int { return p.base + len(p.files_) }

// walks reports whether the keys move the cursor of the outline: as long as any of what is above the files is in sight.
func (p *diffPane) walks() bool { return len(p.outline.rows) > 0 && p.cut < p.above() }

// outlineRows draws the rows of the outline that are in the window.
func (p *diffPane) outlineRows(a *App, focused bool, room int) []string {
	var rows []string
	slow := a.slow(&p.outline.ask)
	for i := max(p.cut-len(p.head), 0); i < len(p.outline.rows) && len(rows) < room; i++ {
		rows = append(rows, p.outline.row(a, i, p.w, focused, slow))
	}
	return rows
}

// measured takes in what became known of a comparison. What is at the top of the window stays there.
func (p *diffPane) measured(m measurePart) tea.Cmd {
	p.touch()
	inFiles := len(p.outline.rows) > 0 && p.cut >= p.above()
	before := len(p.outline.rows)
	cmd := p.outline.arrived(m)
	switch {
	case inFiles:
		p.cut = p.above()
	case p.cut > len(p.head):
		p.cut = max(p.cut+len(p.outline.rows)-before, 0)
	}
	p.fit()
	return cmd
}

// walk moves in the outline, and reports whether the key was meant for it.
func (p *diffPane) walk(a *App, how action.ID) (tea.Cmd, bool) {
	o := &p.outline
	if len(o.rows) == 0 {
		return nil, false
	}
	if row, _ := p.view.Position(); !p.walks() && how == action.Up && row == 0 && p.base == 0 {
		p.toOutline(false)
		return nil, true
	}
	if !p.walks() && how != action.Top {
		return nil, false
	}
	page := max(p.h-2, 1)
	steps := map[action.ID]int{action.Down: 1, action.Up: -1, action.PageDown: page, action.PageUp: -page, action.HalfDown: max(p.h/2, 1), action.HalfUp: -max(p.h/2, 1)}
	switch how {
	case action.Down, action.PageDown, action.HalfDown:
		if !o.step(steps[how]) && how == action.Down && p.any() {
			return p.jumpFile(a, 0), true
		}
	case action.Up, action.PageUp, action.HalfUp:
		if !o.step(steps[how]) {
			p.cut = 0
		}
	case action.Top:
		p.cut, o.cursor = 0, 0
		if !o.holds(o.cursor) {
			o.step(1)
		}
		p.fit()
		p.view.Top()
		return nil, true
	case action.ScrollRight:
		if r := o.current(); !o.isOpen(r) {
			o.fold(r, false)
		}
	case action.ScrollLeft:
		if r := o.current(); !o.isOpen(r) || !o.fold(r, true) {
			o.up()
		}
	case action.NextHunk, action.NextFile:
		return p.jumpFile(a, max(o.fileAt(o.current()), 0)), p.any()
	default:
		return nil, false
	}
	p.showCursor()
	return nil, true
}

// showCursor scrolls so that the row under the cursor is in sight, and a little of what is around it.
func (p *diffPane) showCursor() {
	at := len(p.head) + p.outline.cursor
	margin := min(2, p.h/4)
	if at-margin < p.cut {
		p.cut = max(at-margin, 0)
	}
	if at+margin >= p.cut+p.h {
		p.cut = at + margin - p.h + 1
	}
	// A row of the outline has to be in sight for the keys to be its own.
	p.cut = max(min(p.cut, p.above()-1), 0)
	p.fit()
}

// toOutline scrolls back up to the outline, to the file at the top where that is asked for.
func (p *diffPane) toOutline(toFile bool) {
	o := &p.outline
	p.touch()
	if toFile {
		o.reveal(p.base + p.view.File())
	} else {
		o.cursor = len(o.rows) - 1
		o.keepIn(0, len(o.rows)-1)
	}
	p.cut = p.above() - 1
	p.showCursor()
	if toFile {
		p.cut = max(min(p.cut, len(p.head)+o.cursor-p.h/2), 0)
		p.fit()
	}
}

// scrolled scrolls, and reads what is missing at either end.
func (p *diffPane) scrolled(a *App, rows int) tea.Cmd {
	row, _ := p.view.Position()
	if rows < 0 && p.base > 0 && row+rows < 0 && p.cut >= p.above() {
		return p.jumpTo(a, goal{file: p.base, lift: row - rows})
	}
	p.scroll(rows)
	if len(p.outline.rows) > 0 && p.cut < p.above() {
		p.outline.keepIn(p.cut-len(p.head), p.cut-len(p.head)+p.h)
	}
	return p.more(a)
}

// prevFile goes to the beginning of the file, to the file before it, or from the first one to what is above.
func (p *diffPane) prevFile(a *App) tea.Cmd {
	switch {
	case p.view.PrevFile():
	case p.base > 0:
		return p.jumpFile(a, p.base-1)
	case len(p.outline.rows) > 0 && p.cut >= p.above():
		p.toOutline(true)
	default:
		p.cut = 0
		p.fit()
	}
	return p.more(a)
}

// jumpFile shows a file, whether its difference was read already or not.
func (p *diffPane) jumpFile(a *App, file int) tea.Cmd { return p.jumpTo(a, goal{file: file}) }

func (p *diffPane) jumpTo(a *App, g goal) tea.Cmd {
	p.touch()
	p.toFiles()
	if g.file >= p.files() {
		return nil
	}
	p.goal = &g
	switch {
	case g.file >= p.base && g.file < p.end() && g.lift == 0:
		p.reached()
		p.goal = nil
		return p.more(a)
	case p.ask.busy && g.file >= p.base && g.file < p.base+filesAtOnce && !p.refile:
		return nil // It is among those that are being read.
	case g.file == p.end():
		return p.read(a, p.subject, g.file)
	}
	p.base = max(g.file-filesBefore, 0)
	p.refile = true
	return p.read(a, p.subject, p.base)
}

// reached brings the file that was jumped to into sight, if it is here by now.
func (p *diffPane) reached() {
	if p.goal == nil || p.refile || p.goal.file >= p.end() {
		return
	}
	p.view.JumpTo(p.goal.file - p.base)
	switch p.goal.finding {
	case action.NextFinding:
		p.view.FirstFinding(p.goal.file - p.base)
	case action.PrevFinding:
		p.view.LastFinding(p.goal.file - p.base)
	}
	if p.goal.lift > 0 {
		p.view.Scroll(-p.goal.lift)
	}
}

// openRow goes to what the row of the outline under the cursor stands for, or folds and unfolds it.
func (p *diffPane) openRow(a *App) tea.Cmd {
	o := &p.outline
	if !p.walks() {
		return nil
	}
	p.touch()
	r := o.current()
	if o.toggle(r) {
		p.showCursor()
		return nil
	}
	if file := o.file(r); file >= 0 {
		return p.jumpFile(a, file)
	}
	return nil
}

// pick is the file or directory of the outline that the cursor is on; not ok where it is on neither, or in the differences.
func (p *diffPane) pick() (o origin, dir bool, ok bool) {
	if !p.walks() {
		return o, false, false
	}
	c, r := p.outline.of, p.outline.current()
	if r.kind == nodeLine && p.outline.nodes[r.node].IsDir() {
		return origin{rev: string(c.B.Hash), path: p.outline.nodes[r.node].Path}, true, true
	}
	file := p.outline.file(r)
	if file < 0 {
		return o, false, false
	}
	return originOf(c.Files[file], version{id: c.A.Hash}, version{id: c.B.Hash}), false, true
}

// click puts the cursor on a row of the outline and opens it; in the differences it unfolds a fold, or makes the hunk
// that was clicked on the current one.
func (p *diffPane) click(a *App, row, _ int) tea.Cmd {
	if y := row - (p.above() - p.cut); y >= 0 && p.any() {
		p.touch()
		if !p.view.UnfoldRow(y) {
			p.view.PickHunk(y)
		}
		return p.learn(a)
	}
	at := p.cut + row - len(p.head)
	if at < 0 || at >= len(p.outline.rows) || !p.outline.holds(at) {
		return nil
	}
	p.outline.cursor = at
	return p.openRow(a)
}

// inFiles reports whether the differences below an outline are what is read: the way back leads to the outline first.
func (p *diffPane) inFiles() bool { return len(p.outline.rows) > 0 && !p.walks() }
