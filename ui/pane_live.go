package ui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/ui/action"
	"plumb/ui/list"
)

// livePane is the live state of the current environment: its targets, and their resources below them.
type livePane struct {
	canvas
	list   list.List
	rows   []liveRow
	groups int    // The width of the column of groups.
	placed string // The row that plumb put the cursor on, until the operator moves it.

	hits hits
}

// liveKind says what a row of the live pane is.
type liveKind int

const (
	rowTarget   liveKind = iota
	rowResource          // One resource.
	rowSame              // Those in sync, folded into one row.
	rowTrouble           // Why nothing can be said about a target.
)

// liveRow is one row. Target and resource are indexes, because an observation may be replaced at any time.
type liveRow struct {
	kind     liveKind
	key      string
	target   workspace.TargetObservation
	resource model.Resource
	folded   bool
}

// How many resources in sync are listed one by one beside others that are not.
const fewInSync = 3

// refill makes the rows of what is known now. The cursor stays on what it was on.
func (p *livePane) refill(a *App) tea.Cmd {
	p.touch()
	before := p.current()
	var was liveRow
	if before != nil {
		was = *before
	}
	fresh := len(p.rows) == 0
	p.rows, p.groups = nil, 0
	if e := a.env(); e != nil && e.seen() {
		for _, t := range e.targets() {
			p.fill(e, t)
		}
	}
	p.list.Replace(len(p.rows), func(i int) bool { return p.rows[i].key == was.key })
	// Targets answer in any order: while nobody looks, the cursor goes to the worst that is known by now.
	if fresh || was.key == p.placed && a.shape.focus != action.Live {
		p.toTrouble()
	}
	p.search()
	if a.shape.left == action.Live && a.shape.focus != action.Diff && !a.greeting {
		return a.showSelected()
	}
	return nil
}

func (p *livePane) fill(e *environment, t workspace.TargetObservation) {
	same, other := []model.Resource{}, []model.Resource{}
	for _, r := range t.Resources {
		p.groups = max(p.groups, min(len([]rune(r.Group)), 14))
		if r.Status == model.InSync {
			same = append(same, r)
		} else {
			other = append(other, r)
		}
	}
	head := liveRow{kind: rowTarget, key: t.Target.Name, target: t, folded: e.isFolded(t.Target.Name, len(other) == 0 && t.Err == nil)}
	p.rows = append(p.rows, head)
	if head.folded {
		return
	}
	if t.Err != nil {
		p.rows = append(p.rows, liveRow{kind: rowTrouble, key: t.Target.Name + "\x00", target: t})
	}
	slices.SortStableFunc(other, func(x, y model.Resource) int { return y.Status.Rank() - x.Status.Rank() })
	for _, r := range other {
		p.rows = append(p.rows, liveRow{kind: rowResource, key: key(r), target: t, resource: r})
	}
	if fold := t.Target.Name + "\x00same"; len(same) > fewInSync && len(other) > 0 {
		row := liveRow{kind: rowSame, key: fold, target: t, folded: e.isFolded(fold, true)}
		p.rows = append(p.rows, row)
		if row.folded {
			return
		}
	}
	for _, r := range same {
		p.rows = append(p.rows, liveRow{kind: rowResource, key: key(r), target: t, resource: r})
	}
}

// isFolded is what the operator chose for a row, or the default.
func (e *environment) isFolded(row string, otherwise bool) bool {
	if folded, chosen := e.folded[row]; chosen {
		return folded
	}
	return otherwise
}

// switched shows another environment from its first row that needs a person.
func (p *livePane) switched(a *App) tea.Cmd {
	p.rows = nil
	return p.refill(a)
}

// toTrouble puts the cursor on the first row that needs a person.
func (p *livePane) toTrouble() {
	p.list.Top()
	for i, r := range p.rows {
		if r.kind == rowResource && r.resource.Status != model.InSync || r.kind == rowTrouble {
			p.list.SetCursor(i)
			break
		}
	}
	if r := p.current(); r != nil {
		p.placed = r.key
	}
}

func (p *livePane) current() *liveRow {
	if p.list.Len() == 0 || p.list.Cursor() >= len(p.rows) {
		return nil
	}
	return &p.rows[p.list.Cursor()]
}

// resource is the selected resource, or nil.
func (p *livePane) resource(*App) *model.Resource {
	if r := p.current(); r != nil && r.kind == rowResource {
		return &r.resource
	}
	return nil
}

// fold folds or unfolds the row under the cursor. It reports false where there is nothing to unfold.
func (p *livePane) fold(a *App, folded bool) (tea.Cmd, bool) {
	e, r := a.env(), p.current()
	if e == nil || r == nil {
		return nil, false
	}
	if r.kind == rowResource || r.kind == rowTrouble || r.folded == folded {
		if !folded {
			return nil, false
		}
		// Folding from within goes to what can be folded.
		for i := p.list.Cursor() - 1; i >= 0; i-- {
			if k := p.rows[i].kind; k == rowTarget || k == rowSame && r.kind == rowResource {
				p.list.SetCursor(i)
				p.touch()
				return a.showSelected(), true
			}
		}
		return nil, true
	}
	if e.folded == nil {
		e.folded = map[string]bool{}
	}
	e.folded[r.key] = folded
	return p.refill(a), true
}

// toggle folds or unfolds the row under the cursor, or answers false for a resource.
func (p *livePane) toggle(a *App) (tea.Cmd, bool) {
	r := p.current()
	if r == nil || r.kind == rowResource || r.kind == rowTrouble {
		return nil, false
	}
	return p.fold(a, !r.folded)
}

func (p *livePane) resize(w, h int) {
	p.canvas.resize(w, h)
	p.list.SetHeight(h)
}

func (p *livePane) move(a *App, how action.ID) tea.Cmd {
	if !moveList(&p.list, how) {
		return nil
	}
	p.touch()
	return a.showSelected()
}

func (p *livePane) wheel(a *App, rows int) tea.Cmd {
	before := p.list.Cursor()
	p.list.Wheel(rows)
	p.touch()
	if p.list.Cursor() == before {
		return nil
	}
	return a.showSelected()
}

// click selects a row; on the sign of a row that can be folded it folds it.
func (p *livePane) click(a *App, row, col int) tea.Cmd {
	i, ok := p.list.RowAt(row)
	if !ok {
		return nil
	}
	p.list.SetCursor(i)
	p.touch()
	if r := p.rows[i]; col <= 2 && r.kind == rowTarget || col <= 4 && r.kind == rowSame {
		cmd, _ := p.toggle(a)
		return cmd
	}
	return a.showSelected()
}

func (p *livePane) find(a *App, query string) tea.Cmd {
	p.hits.needle = newNeedle(query)
	p.touch()
	if e := a.env(); e != nil && query != "" {
		p.unfoldFor(a, e)
	}
	p.search()
	return nil
}

// unfoldFor unfolds what hides a match.
func (p *livePane) unfoldFor(a *App, e *environment) {
	if e.folded == nil {
		e.folded = map[string]bool{}
	}
	for _, t := range e.targets() {
		for _, r := range t.Resources {
			if p.isHit(r) {
				e.folded[t.Target.Name] = false
				if r.Status == model.InSync {
					e.folded[t.Target.Name+"\x00same"] = false
				}
			}
		}
	}
	p.refill(a)
}

func (p *livePane) search() {
	p.hits.look(len(p.rows), func(i int) bool {
		r := p.rows[i]
		return r.kind == rowResource && p.isHit(r.resource)
	})
}

func (p *livePane) step(a *App, dir int) tea.Cmd {
	i, ok := p.hits.after(p.list.Cursor(), dir)
	if !ok {
		return nil
	}
	p.list.SetCursor(i)
	p.touch()
	return a.showSelected()
}

func (p *livePane) matches(*App) (string, int, int) { return p.hits.count(p.list.Cursor()) }
