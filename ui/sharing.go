package ui

import (
	"context"
	"errors"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/text"
	"plumb/ui/action"
)

const (
	shareTime = time.Minute      // How often the record is exchanged with the remote.
	awayTime  = 10 * time.Minute // After so long without a key nobody is there for whom that would be done.
)

// shareMsg asks to exchange the record again.
type shareMsg struct{}

// sharing is the exchange of the record with the remote, which goes on in the background and never keeps a key waiting.
type sharing struct {
	ask    question
	again  bool      // Something was recorded while an exchange was under way.
	active time.Time // When the operator did something last.
	said   string    // What went wrong last, so that it is said once.
}

// synced is what an exchange came to.
type synced []workspace.RemoteNews

// shareEvery minute exchanges the record while the operator is there.
func (a *App) shareEvery() tea.Cmd {
	if !a.opt.Share {
		return nil
	}
	next := a.after(shareTime, shareMsg{})
	if a.now().Sub(a.sharing.active) > awayTime {
		return next
	}
	return tea.Batch(next, a.share())
}

// share exchanges the record once. Where the repository is not trusted nothing is asked of its remotes.
func (a *App) share() tea.Cmd {
	switch {
	case !a.opt.Share || !a.opt.Trusted:
		return nil
	case a.sharing.ask.busy:
		a.sharing.again = true
		return nil
	}
	return quietly(a, &a.sharing.ask, func(ctx context.Context) (synced, error) {
		const patience = 2 * time.Minute
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		return a.ws.Sync(ctx)
	})
}

// shared shows what came. What went wrong is one quiet sentence, until something else goes wrong.
func (a *App) shared(m answer[synced]) tea.Cmd {
	var cmds []tea.Cmd
	if a.sharing.again {
		a.sharing.again = false
		cmds = append(cmds, a.share())
	}
	words, moved := "", false
	for _, n := range m.value {
		words += strings.Join(n.Problems, "; ")
		moved = moved || len(n.Took) > 0 || n.Came+n.Went > 0
	}
	if m.err != nil && !errors.Is(m.err, context.Canceled) {
		first, _, _ := strings.Cut(m.err.Error(), "\n")
		words = "the record is not shared: " + first
		if hint := model.Hint(m.err); hint != "" {
			words += "; " + hint
		}
	}
	if words != a.sharing.said {
		if a.sharing.said = words; words != "" {
			a.say(text.Line(words))
		}
		moved = true
	}
	if moved {
		cmds = append(cmds, a.change.load(a), a.history.load(a))
	}
	return tea.Batch(cmds...)
}

// news is how many changes came since the operator last looked.
func (p *changePane) news() int {
	n := 0
	for _, c := range p.all {
		if c.New {
			n++
		}
	}
	return n
}

// lookedAt takes the mark away from the selected change while it is on the screen.
func (p *changePane) lookedAt(a *App) tea.Cmd {
	c := p.selected()
	if c == nil || !c.New || a.shape.left != action.Change {
		return nil
	}
	c.New = false
	p.touch()
	a.bar.touch()
	id := c.ID
	return func() tea.Msg {
		_ = a.ws.Looked(id) // What cannot be remembered is new once more.
		return nil
	}
}
