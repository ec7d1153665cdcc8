package ui

import (
	"context"
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"plumb/model/text"
)

// How often the repository is looked at for what others did to it: a few calls of stat.
const watchTime = 2 * time.Second

// watchMsg asks to look whether the repository changed.
type watchMsg struct{}

// fingerprint is what the repository looks like from outside.
type fingerprint uint64

// fetched says that a fetch has ended.
type fetched struct{}

// watching is what is known of the repository's outside.
type watching struct {
	ask      question
	last     fingerprint
	known    bool
	fetching question
}

// look asks whether refs changed since the last look.
func (a *App) look() tea.Cmd {
	if a.watching.ask.busy {
		return a.after(watchTime, watchMsg{})
	}
	return tea.Batch(a.after(watchTime, watchMsg{}), a.lookForRuns(), quietly(a, &a.watching.ask, func(context.Context) (fingerprint, error) {
		f, err := a.ws.Fingerprint()
		return fingerprint(f), err
	}))
}

// looked reads again what changed. A repository that cannot be watched is read when the operator asks for it, as ever.
func (a *App) looked(m answer[fingerprint]) tea.Cmd {
	w := &a.watching
	if m.err != nil {
		return nil
	}
	changed := w.known && w.last != m.value
	w.last, w.known = m.value, true
	if !changed {
		return nil
	}
	return tea.Batch(a.history.load(a), a.change.load(a))
}

// fetch fetches in the background, with the operator's own git and its configuration.
func (a *App) fetch() tea.Cmd {
	if a.watching.fetching.busy {
		a.say(text.Lit("a fetch is under way"))
		return nil
	}
	a.say(text.Lit("fetching …"))
	return ask(a, &a.watching.fetching, func(ctx context.Context) (fetched, error) { return fetched{}, a.ws.Fetch(ctx) })
}

func (a *App) fetchArrived(m answer[fetched]) tea.Cmd {
	switch {
	case errors.Is(m.err, context.Canceled):
		return nil
	case m.err != nil:
		a.fail(text.Lit("Not fetched"), m.err)
		return nil
	}
	a.say(text.Lit("fetched; what is new is in History"))
	return tea.Batch(a.history.load(a), a.change.load(a), a.share())
}
