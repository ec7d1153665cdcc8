package ui

import (
	"context"
	"maps"
	"time"

	tea "charm.land/bubbletea/v2"

	"plumb/gitops/history"
	"plumb/gitops/objects"
	"plumb/model"
	"plumb/model/text"
	"plumb/themes"
	"plumb/ui/paint"
)

// signing is what is known of the signatures of commits.
type signing struct {
	ask   question
	ids   []model.Hash // What is being asked.
	known map[model.Hash]objects.Signing
	steps int  // Counts moves.
	walks bool // The list was moved, and it may move on.
}

// standTime is how long the list has to stand still before signatures are verified: the processes that do it would take the
// processors from the differences that are stepped through.
const standTime = 150 * time.Millisecond

// standMsg comes when the list may have come to a stand.
type standMsg struct{ step int }

// verifyLater has the signatures that came into sight verified, once the list stands still.
func (p *historyPane) verifyLater(a *App) tea.Cmd {
	p.signing.steps++
	p.signing.walks = true
	return a.after(standTime, standMsg{p.signing.steps})
}

func (p *historyPane) stood(a *App, m standMsg) tea.Cmd {
	if m.step != p.signing.steps {
		return nil
	}
	p.signing.walks = false
	return p.checkSignatures(a)
}

// checkSignatures verifies those in the window that were not yet. Each costs a process, so one question is
// answered before the next: who walks on does not begin anew with every step.
func (p *historyPane) checkSignatures(a *App) tea.Cmd {
	if p.rows == nil || p.signing.ask.busy || p.signing.walks {
		return nil
	}
	var ids []model.Hash
	from, to := p.list.Window()
	for i := from; i < to; i++ {
		if e := p.entry(i); e.IsSigned {
			if _, known := p.signing.known[e.Hash]; !known {
				ids = append(ids, e.Hash)
			}
		}
	}
	if len(ids) == 0 {
		return nil
	}
	p.signing.ids = ids
	return quietly(a, &p.signing.ask, func(ctx context.Context) (signatures, error) { return a.ws.Signatures(ctx, ids) })
}

type signatures = map[model.Hash]objects.Signing

// signed takes in what signatures are worth. What could not be told is not asked again: without git, or without the
// program that checks it, the answer would be the same.
func (p *historyPane) signed(a *App, m answer[signatures]) tea.Cmd {
	if p.signing.known == nil {
		p.signing.known = signatures{}
	}
	for _, id := range p.signing.ids {
		p.signing.known[id] = objects.Signing{State: objects.SigningCannotCheck}
	}
	maps.Copy(p.signing.known, m.value)
	p.touch()
	return p.checkSignatures(a)
}

// signature says in one cell what a commit's signature is worth; nothing for a commit without one.
func (p *historyPane) signature(l *paint.Line, st themes.Styles, e *history.Entry) {
	s, known := p.signing.known[e.Hash]
	switch {
	case !e.IsSigned || !known:
		l.Gap(1)
	case s.State == objects.SigningGood:
		l.Add(st.Good, text.Lit("✓"))
	case s.State == objects.SigningBad, s.State == objects.SigningRevoked:
		l.Add(st.Bad, text.Lit("✗"))
	case s.State == objects.SigningNone:
		l.Gap(1)
	default:
		l.Add(st.Faint, text.Lit("·"))
	}
}
