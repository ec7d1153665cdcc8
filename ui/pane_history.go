package ui

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"plumb/gitops/history"
	"plumb/model"
	"plumb/ui/action"
	"plumb/ui/list"
)

// How much of history is read at once: the first page is what a screen shows, so that it is there at once.
const (
	firstPage = 100
	pageSize  = 200
	nearEnd   = 60 // Rows below the window at which the next page is read.
)

// historyPane lists commits, newest first, with where each of them is live.
type historyPane struct {
	canvas
	list    list.List
	query   history.Query
	entries []history.Entry

	ask      question
	reader   *reader
	complete bool  // All of history is loaded.
	err      error // Why no more is.
	loaded   bool  // The first page is here.
	reloads  int

	marked model.Hash // To compare another revision with.
	hits   hits
}

// reader guards a feed, which one goroutine may use at a time: a page that nobody
// waits for any more may still be read while the feed is closed.
type reader struct {
	mu   sync.Mutex
	feed feed
}

func (r *reader) next(ctx context.Context, n int) ([]history.Entry, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.feed.Next(ctx, n)
}

// close ends the feed once nobody reads from it.
func (r *reader) close() {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.feed.Close()
}

// historyPage is a page of history. Fresh says that it is a history of its own and not more of the one shown.
type historyPage struct {
	entries []history.Entry
	reader  *reader
	fresh   bool
	end     bool
}

func (p *historyPane) first() { p.query = history.Query{} }

// load reads history from its beginning, at least as much of it as is shown already.
func (p *historyPane) load(a *App) tea.Cmd {
	n := firstPage
	if len(p.entries) > 0 {
		n = max(p.list.Cursor()+pageSize, pageSize)
	}
	old, query := p.reader, p.query
	p.reader = nil
	p.touch()
	return ask(a, &p.ask, func(ctx context.Context) (historyPage, error) {
		old.close()
		f, err := a.ws.History(ctx, query)
		if err != nil {
			return historyPage{fresh: true, end: true}, err
		}
		r := &reader{feed: f}
		entries, err := r.next(ctx, n)
		if errors.Is(err, context.Canceled) {
			r.close()
		}
		return historyPage{entries, r, true, len(entries) < n}, err
	})
}

// Several environments may report at once; history is read again once they have.
const reloadTime = 150 * time.Millisecond

// reloadMsg asks to read history again, unless a later one does.
type reloadMsg struct{ n int }

// reload reads history again soon: several environments may report at once.
func (p *historyPane) reload(a *App) tea.Cmd {
	p.reloads++
	return a.after(reloadTime, reloadMsg{p.reloads})
}

// more reads the next page when the window comes near the end of what is loaded.
func (p *historyPane) more(a *App) tea.Cmd {
	_, to := p.list.Window()
	if p.complete || p.ask.busy || p.reader == nil || p.err != nil || len(p.entries)-to > nearEnd {
		return nil
	}
	r := p.reader
	return ask(a, &p.ask, func(ctx context.Context) (historyPage, error) {
		entries, err := r.next(ctx, pageSize)
		return historyPage{entries, r, false, len(entries) < pageSize}, err
	})
}

// arrived takes in a page.
func (p *historyPane) arrived(a *App, m answer[historyPage]) tea.Cmd {
	p.touch()
	page := m.value
	first := !p.loaded
	p.loaded, p.err, p.complete = true, m.err, page.end
	if page.fresh {
		p.reader = page.reader
		at := p.hash()
		p.entries = page.entries
		if !p.list.Replace(len(p.entries), func(i int) bool { return p.entries[i].Hash == at }) && !first {
			p.list.Top()
		}
	} else {
		p.entries = append(p.entries, page.entries...)
		p.list.SetLen(len(p.entries))
	}
	p.search()
	var cmd tea.Cmd
	if page.fresh && a.shape.left == action.History && a.shape.focus != action.Diff {
		if first && a.greeting {
			cmd = a.diff.show(a, welcomeSubject{a.opt.Welcome})
		} else if !a.greeting {
			cmd = a.showSelected()
		}
	}
	return tea.Batch(cmd, p.more(a))
}

// hash is the commit under the cursor, or empty.
func (p *historyPane) hash() model.Hash {
	if e := p.selected(); e != nil {
		return e.Hash
	}
	return ""
}

func (p *historyPane) selected() *history.Entry {
	if p.list.Len() == 0 {
		return nil
	}
	return &p.entries[p.list.Cursor()]
}

// goTo puts the cursor on a commit, if it is loaded.
func (p *historyPane) goTo(id model.Hash) bool {
	i := slices.IndexFunc(p.entries, func(e history.Entry) bool { return e.Hash == id })
	if i < 0 {
		return false
	}
	p.list.SetCursor(i)
	p.touch()
	return true
}

func (p *historyPane) resize(w, h int) {
	p.canvas.resize(w, h)
	p.list.SetHeight(h)
}

func (p *historyPane) move(a *App, how action.ID) tea.Cmd {
	if !moveList(&p.list, how) {
		return p.more(a)
	}
	p.touch()
	return tea.Batch(a.showSelected(), p.more(a))
}

func (p *historyPane) wheel(a *App, rows int) tea.Cmd {
	before := p.list.Cursor()
	p.list.Wheel(rows)
	p.touch()
	if p.list.Cursor() == before {
		return p.more(a)
	}
	return tea.Batch(a.showSelected(), p.more(a))
}

func (p *historyPane) click(a *App, row, _ int) tea.Cmd {
	i, ok := p.list.RowAt(row)
	if !ok {
		return nil
	}
	p.list.SetCursor(i)
	p.touch()
	return a.showSelected()
}

// find marks the rows that match, among those that are loaded.
func (p *historyPane) find(_ *App, query string) {
	p.hits.needle = newNeedle(query)
	p.search()
	p.touch()
}

func (p *historyPane) search() {
	p.hits.look(len(p.entries), p.isHit)
}

func (p *historyPane) isHit(i int) bool {
	e := &p.entries[i]
	return p.hits.needle.has(e.Subject, e.Author.Name) || len(p.hits.needle.query) >= 4 && startsWith(string(e.Hash), p.hits.needle.query)
}

func startsWith(s, prefix string) bool { return len(s) >= len(prefix) && s[:len(prefix)] == prefix }

func (p *historyPane) step(a *App, dir int) tea.Cmd {
	i, ok := p.hits.after(p.list.Cursor(), dir)
	if !ok {
		return nil
	}
	p.list.SetCursor(i)
	p.touch()
	return tea.Batch(a.showSelected(), p.more(a))
}

func (p *historyPane) matches(*App) (string, int, int) { return p.hits.count(p.list.Cursor()) }
