package ui

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"plumb/gitops/ledger"
	"plumb/model"
	"plumb/model/text"
	"plumb/ui/action"
	"plumb/ui/list"
)

// changePane lists the changes on record, those that can still be judged first, of them those that came since the operator last looked, and
// says of the selected one what it does and what it lacks.
type changePane struct {
	canvas
	list   list.List
	staged int // Rows of the stage of the current environment, above the changes.
	all    []model.Change
	glass  map[model.Hash][]model.Run // By the commits that they applied, the runs with broken glass.
	ask    question
	err    error
	loaded bool
	height int // Rows of the list; what is left shows the selected change.

	hits hits
}

// changesFound are all changes, newest first, and what of their record cannot be believed.
type changesFound struct {
	all    []model.Change
	damage []ledger.Problem
	glass  map[model.Hash][]model.Run // By the commits that they applied, the runs with broken glass.
}

func (p *changePane) load(a *App) tea.Cmd {
	p.touch()
	return ask(a, &p.ask, func(ctx context.Context) (found changesFound, err error) {
		if found.all, err = a.ws.Changes(ctx); err != nil {
			return found, err
		}
		if found.glass, err = a.ws.Glass(ctx); err != nil {
			return found, err
		}
		found.damage, err = a.ws.Damage(ctx)
		return found, err
	})
}

func (p *changePane) arrived(a *App, m answer[changesFound]) tea.Cmd {
	p.loaded, p.err = true, m.err
	was := p.chosen() // As long as the cursor is a place in the earlier list.
	if m.err == nil {
		p.all, p.glass = m.value.all, m.value.glass
		a.history.touch()
	}
	for _, d := range m.value.damage {
		a.warn(text.Format("the record cannot be believed whole: %s: %s", d.Log, d.What))
	}
	cmd := p.order(a, was)
	return tea.Batch(cmd, a.commitAgain())
}

// chosen is the id of the selected change; empty for none.
func (p *changePane) chosen() model.ChangeID {
	if c := p.selected(); c != nil {
		return c.ID
	}
	return ""
}

// sort puts first what the operator can do something about: open changes of the current
// environment, then other open ones, then those that are over, newest first.
func (p *changePane) sort(a *App) tea.Cmd { return p.order(a, p.chosen()) }

// order is sort, and keeps the cursor on the change that was selected.
func (p *changePane) order(a *App, was model.ChangeID) tea.Cmd {
	p.touch()
	a.bar.touch()
	current := ""
	if e := a.env(); e != nil {
		current = e.Name
	}
	rank := func(c model.Change) int {
		switch {
		case c.State == model.Applying:
			return 0
		case c.State.IsOpen() && c.Environment == current:
			return 1
		case c.State.IsOpen():
			return 2
		}
		return 3
	}
	slices.SortStableFunc(p.all, func(x, y model.Change) int {
		if d := rank(x) - rank(y); d != 0 {
			return d
		}
		if x.New != y.New {
			return map[bool]int{true: -1, false: 1}[x.New]
		}
		return y.SealedAt.Compare(x.SealedAt)
	})
	row := p.list.Cursor()
	p.list.Replace(p.staged+len(p.all), func(i int) bool {
		if was == "" || i < p.staged {
			return was == "" && i == row && i < p.staged
		}
		return p.all[i-p.staged].ID == was
	})
	p.place()
	p.search()
	if a.shape.left == action.Change && (a.shape.focus != action.Diff || a.diff.shows(a) == action.Change) {
		return a.showSelected()
	}
	return nil
}

// put takes in one change as it is now, and selects it.
func (p *changePane) put(a *App, c model.Change) tea.Cmd {
	i := slices.IndexFunc(p.all, func(x model.Change) bool { return x.ID == c.ID })
	if i < 0 {
		p.all = append(p.all, c)
	} else {
		p.all[i] = c
	}
	p.loaded = true
	cmd := p.sort(a)
	p.choose(c.ID)
	return tea.Batch(cmd, p.load(a), a.share())
}

// choose puts the cursor on a change.
func (p *changePane) choose(id model.ChangeID) bool {
	i := slices.IndexFunc(p.all, func(c model.Change) bool { return c.ID == id })
	if i < 0 {
		return false
	}
	p.list.SetCursor(p.staged + i)
	p.touch()
	return true
}

// restage makes room for what is staged in the current environment. The cursor stays on its change, or in the stage.
func (p *changePane) restage(a *App) {
	was, row := p.chosen(), p.list.Cursor()
	staged := 0
	if e := a.env(); e != nil && !e.stage.isEmpty() {
		staged = 1 + len(e.stage.picks)
	}
	p.staged = staged
	p.touch()
	p.list.Replace(p.staged+len(p.all), func(i int) bool {
		if was != "" {
			return i >= p.staged && p.all[i-p.staged].ID == was
		}
		return i == min(row, max(p.staged-1, 0))
	})
	p.place()
	p.search()
}

// onStage reports whether the cursor is in the stage.
func (p *changePane) onStage() bool { return p.list.Len() > 0 && p.list.Cursor() < p.staged }

// pick is which of what is staged is under the cursor; -1 for none.
func (p *changePane) pick() int {
	if !p.onStage() {
		return -1
	}
	return p.list.Cursor() - 1
}

// stageSelection is what the cursor in the stage is on: all of it, or one pick.
func (p *changePane) stageSelection(a *App) subject {
	e := a.env()
	s := &e.stage
	all := stageSubject{e.Name, s.version, copied(s.picks), s.draft, s.err}
	i := p.pick()
	if i < 0 {
		return all
	}
	switch pick := s.picks[i]; {
	case pick.Verb == model.Revert:
		return a.commitSubjectOf(pick.commit, nil)
	case pick.Verb == model.EditFiles:
		return editSubject{e.Name, pick.Edit, s.version}
	default:
		if r := e.find(pick.Address); r != nil {
			return resourceSubject{env: e.Name, resource: *r, now: a.now()}
		}
	}
	return all
}

// chooseOpen puts the cursor on the first change of an environment that can still be judged, if there is one.
func (p *changePane) chooseOpen(env string) {
	i := slices.IndexFunc(p.all, func(c model.Change) bool { return c.Environment == env && c.State.IsOpen() })
	if i >= 0 {
		p.list.SetCursor(p.staged + i)
		p.touch()
	}
}

func (p *changePane) selected() *model.Change {
	i := p.list.Cursor() - p.staged
	if p.list.Len() == 0 || i < 0 || i >= len(p.all) {
		return nil
	}
	return &p.all[i]
}

func (p *changePane) resize(w, h int) {
	p.canvas.resize(w, h)
	p.place()
}

// detailRows is how many rows say what the selected change does and lacks.
const detailRows = 5

// place divides the pane: the selected change is described below the list, where there is room for both.
func (p *changePane) place() {
	p.height = p.h
	if p.h >= detailRows+2 {
		p.height = min(p.h-detailRows, max(p.staged+len(p.all), 1))
	}
	p.list.SetHeight(p.height)
}

func (p *changePane) move(a *App, how action.ID) tea.Cmd {
	if !moveList(&p.list, how) {
		return nil
	}
	p.touch()
	return a.showSelected()
}

func (p *changePane) wheel(a *App, rows int) tea.Cmd {
	before := p.list.Cursor()
	p.list.Wheel(rows)
	p.touch()
	if p.list.Cursor() == before {
		return nil
	}
	return a.showSelected()
}

func (p *changePane) click(a *App, row, _ int) tea.Cmd {
	i, ok := p.list.RowAt(row)
	if !ok || row >= p.height {
		return nil
	}
	p.list.SetCursor(i)
	p.touch()
	return a.showSelected()
}

func (p *changePane) find(_ *App, query string) tea.Cmd {
	p.hits.needle = newNeedle(query)
	p.search()
	p.touch()
	return nil
}

func (p *changePane) search() {
	p.hits.look(p.staged+len(p.all), func(i int) bool {
		if i < p.staged {
			return false
		}
		c := p.all[i-p.staged]
		return p.hits.needle.has(c.Title, c.Reason, c.Author.Name, text.Line(string(c.ID)), text.Line(c.Environment))
	})
}

func (p *changePane) step(a *App, dir int) tea.Cmd {
	i, ok := p.hits.after(p.list.Cursor(), dir)
	if !ok {
		return nil
	}
	p.list.SetCursor(i)
	p.touch()
	return a.showSelected()
}

func (p *changePane) matches(*App) (string, int, int) { return p.hits.count(p.list.Cursor()) }
