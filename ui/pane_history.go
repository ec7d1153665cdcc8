package ui

import (
	"context"
	"errors"
	"maps"
	"runtime/debug"

	tea "charm.land/bubbletea/v2"

	"plumb/gitops/history"
	"plumb/model"
	"plumb/ui/action"
	"plumb/ui/list"
)

// historyPane lists commits, newest first, with where each of them is live. It holds a view of
// history that never changes, and replaces it by a newer one while history is read.
type historyPane struct {
	canvas
	list list.List
	span history.Range
	rows *history.Rows // What is listed; nil before the first answer.
	view *history.View

	folded   bool                // Merges are one row.
	chosen   bool                // The operator has said so, or otherwise; before, it depends on the repository.
	unfolded map[model.Hash]bool // Merges that the operator unfolded, or folded: false.

	filtering
	graph   graph
	entries map[int]*history.Entry // Of rows that were drawn.
	signing signing

	reading question // Reads what there is to read, in the background.
	listing question // Makes the list anew.
	stale   bool     // There is more to list than is being listed.
	untidy  bool     // All is read, and the memory for that is not given back yet.
	err     error

	marked model.Hash // To compare another revision with.
	goal   model.Hash // Where to go as soon as it is listed.
	last   model.Hash // Where the cursor was before a filter left nothing to be on.
}

// chronicle is what the screen needs of history, as [history.History] has it.
type chronicle interface {
	Glance(ctx context.Context) error
	Update(ctx context.Context) error
	Changed() <-chan struct{}
	View(ctx context.Context, r history.Range) (*history.View, error)
	Match(ctx context.Context, v *history.View, w history.Wanted, found func(*history.Matches)) (*history.Matches, error)
}

// readPart says that there is more of history, or that all of it is read, or why it is not.
type readPart = part[struct{}, struct{}]

// listed is history as it is to be listed now.
type listed struct {
	view    *history.View
	rows    *history.Rows
	matches *history.Matches
	folded  bool
}

func (p *historyPane) first() {
	p.unfolded, p.entries = map[model.Hash]bool{}, map[int]*history.Entry{}
}

// load reads where branches and environments are, and what history has that is not read yet. What is read on
// the way is listed at once.
func (p *historyPane) load(a *App) tea.Cmd {
	p.touch()
	h := a.ws.History()
	q := &p.reading
	ctx, id := q.begin(a.ctx, a.now())
	a.wait(q)
	changed, done := h.Changed(), make(chan error, 1)
	var next tea.Cmd
	next = func() tea.Msg {
		select {
		case <-changed:
			changed = h.Changed()
			return readPart{to: q, id: id, next: next}
		case err := <-done:
			return readPart{to: q, id: id, done: true, err: err}
		}
	}
	return func() tea.Msg {
		a.working.Go(func() {
			done <- h.Update(ctx)
		})
		return next()
	}
}

// read takes in that there is more. A list that were made anew with every step of a long reading would never be
// done, so the next one is made when the one before is there.
func (p *historyPane) read(a *App, m readPart) tea.Cmd {
	p.touch()
	if m.done {
		p.err, p.untidy = nil, true
		if m.err != nil && !errors.Is(m.err, context.Canceled) {
			p.err = m.err
		}
	}
	if p.listing.busy && !m.done {
		p.stale = true
		return m.next
	}
	return tea.Batch(p.relist(a), m.next)
}

// relist makes the list anew: after more was read, and after the operator wants to see it in another way.
func (p *historyPane) relist(a *App) tea.Cmd {
	h, span, wanted := a.ws.History(), p.span, p.filter
	folded, chosen, narrow := p.folded, p.chosen, p.narrow
	unfolded := maps.Clone(p.unfolded)
	p.stale = false
	return follow(a, &p.listing, whileAsked, func(ctx context.Context, emit func(listed)) (listed, error) {
		v, err := h.View(ctx, span)
		if err != nil {
			return listed{}, err
		}
		if !chosen {
			folded = v.MergesRequests()
		}
		for _, id := range v.Standing() {
			// Where an environment is has to be seen.
			if _, said := unfolded[id]; !said {
				unfolded[id] = true
			}
		}
		list := func(m *history.Matches) listed {
			how := history.Listing{FirstParent: folded, Unfolded: unfolded}
			if narrow {
				how.Only = m
			}
			return listed{v, v.Rows(how), m, folded}
		}
		if wanted.IsEmpty() {
			return list(nil), nil
		}
		m, err := h.Match(ctx, v, history.Wanted{Filter: wanted, Folded: folded}, func(m *history.Matches) { emit(list(m)) })
		if err != nil {
			return list(nil), err
		}
		return list(m), nil
	})
}

type listPart = part[listed, listed]

// arrived takes in a list, or what there is of it.
func (p *historyPane) arrived(a *App, m listPart) tea.Cmd {
	p.touch()
	switch {
	case !m.done:
		return tea.Batch(p.show(a, m.items[len(m.items)-1]), m.next)
	case errors.Is(m.err, context.Canceled):
		return nil
	case m.err != nil && m.result.rows == nil:
		p.err = m.err
		return a.begin()
	}
	p.failed = m.err
	cmd := tea.Batch(p.show(a, m.result), a.begin())
	switch {
	case p.stale:
		cmd = tea.Batch(cmd, p.relist(a))
	case p.untidy:
		p.untidy = false
		cmd = tea.Batch(cmd, tidy)
	}
	return cmd
}

// tidy gives back to the system what was needed on the way: reading a long history, and listing it, takes several times the memory
// that is kept of it.
func tidy() tea.Msg {
	debug.FreeOSMemory()
	return nil
}

// show lists what arrived. The cursor stays on its commit, at its height; where that is not listed any
// more, it goes to the merge that brought it, or to the commit that is next in time.
func (p *historyPane) show(a *App, l listed) tea.Cmd {
	first := p.rows == nil || p.rows.Len() == 0
	before := p.selected()
	if a.search != nil && a.search.in == action.History && p.anchor != nil {
		before = p.anchor
	}
	p.view, p.rows, p.hits, p.folded = l.view, l.rows, l.matches, l.folded
	clear(p.entries)
	p.graph.of(l.rows)
	at, ok := -1, false
	switch {
	case p.goal != "":
		if at, ok = p.rowOf(p.goal); ok {
			p.goal = ""
		}
	case before == nil:
		at, ok = p.rowOf(p.last)
	default:
		p.last = before.Hash
		if at, ok = p.rowOf(before.Hash); !ok && (p.narrow || l.rows.Complete()) {
			if at, ok = l.rows.Since(before.Committer.When.Unix()); !ok {
				at, ok = l.rows.Len()-1, l.rows.Len() > 0
			}
		}
	}
	p.list.Replace(l.rows.Len(), func(i int) bool { return ok && i == at })
	if first && !ok {
		p.list.Top()
	}
	cmds := []tea.Cmd{p.checkSignatures(a)}
	if a.shape.left == action.History && a.shape.focus != action.Diff {
		now := p.selected()
		switch {
		case first && a.greeting:
			cmds = append(cmds, a.diff.show(a, welcomeSubject{a.opt.Welcome}))
		case !a.greeting && (before == nil || now == nil || now.Hash != before.Hash || len(now.Live) != len(before.Live)):
			cmds = append(cmds, a.showSelected())
		}
	}
	return tea.Batch(cmds...)
}

// rowOf is the row of a commit, or of the folded merge that brought it.
func (p *historyPane) rowOf(id model.Hash) (int, bool) {
	if p.rows == nil {
		return 0, false
	}
	if row, ok := p.rows.Find(id); ok {
		return row, true
	}
	return p.rows.FindFolded(id)
}

// entry is what a row says.
func (p *historyPane) entry(i int) *history.Entry {
	e, ok := p.entries[i]
	if !ok {
		if len(p.entries) > 4*max(p.h, 100) {
			clear(p.entries)
		}
		made := p.rows.Entry(i)
		e = &made
		p.entries[i] = e
	}
	return e
}

// hash is the commit under the cursor, or empty.
func (p *historyPane) hash() model.Hash {
	if p.rows == nil || p.list.Len() == 0 {
		return ""
	}
	return p.rows.Hash(p.list.Cursor())
}

func (p *historyPane) selected() *history.Entry {
	if p.rows == nil || p.list.Len() == 0 {
		return nil
	}
	return p.entry(p.list.Cursor())
}

// goTo puts the cursor on a commit of what is shown, unfolding what hides it. It is not ok for a commit that is elsewhere.
func (p *historyPane) goTo(a *App, id model.Hash) (tea.Cmd, bool) {
	if p.view == nil || !p.view.Has(id) {
		return nil, false
	}
	p.touch()
	if row, ok := p.rows.Find(id); ok {
		p.list.SetCursor(row)
		return a.showSelected(), true
	}
	p.narrow = false
	if row, ok := p.rows.FindFolded(id); ok {
		p.unfolded[p.rows.Hash(row)] = true
	}
	p.goal = id
	return p.relist(a), true
}

func (p *historyPane) resize(w, h int) {
	p.canvas.resize(w, h)
	p.list.SetHeight(h - p.chipRows())
}

func (p *historyPane) move(a *App, how action.ID) tea.Cmd {
	if !moveList(&p.list, how) {
		return nil
	}
	return p.moved(a)
}

// moved shows what the cursor is on now.
func (p *historyPane) moved(a *App) tea.Cmd {
	p.touch()
	return tea.Batch(a.showSelected(), p.verifyLater(a))
}

func (p *historyPane) wheel(a *App, rows int) tea.Cmd {
	before := p.list.Cursor()
	p.list.Wheel(rows)
	p.touch()
	if p.list.Cursor() == before {
		return p.verifyLater(a)
	}
	return p.moved(a)
}

func (p *historyPane) click(a *App, row, col int) tea.Cmd {
	if row < p.chipRows() {
		return p.clickChip(a, col)
	}
	i, ok := p.list.RowAt(row - p.chipRows())
	if !ok {
		return nil
	}
	p.list.SetCursor(i)
	return p.moved(a)
}

// fold shows merges as one row, or everything that they brought.
func (p *historyPane) fold(a *App) tea.Cmd {
	p.folded, p.chosen = !p.folded, true
	clear(p.unfolded)
	return p.relist(a)
}

// unfold lists below a merge what it brought, or folds it again.
func (p *historyPane) unfold(a *App) tea.Cmd {
	i := p.list.Cursor()
	for p.rows.IsInner(i) && i > 0 {
		i--
	}
	id := p.rows.Hash(i)
	p.unfolded[id] = p.rows.IsFolded(i)
	p.list.SetCursor(i)
	return p.relist(a)
}

// isMerge reports whether the cursor is on a merge that can be unfolded, or below one that is.
func (p *historyPane) isMerge() bool {
	if p.rows == nil || p.list.Len() == 0 || !p.folded {
		return false
	}
	i := p.list.Cursor()
	return p.rows.IsInner(i) || len(p.entry(i).Parents) > 1
}
