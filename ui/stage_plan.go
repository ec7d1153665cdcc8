package ui

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/diff"
	"plumb/model/text"
	"plumb/ui/action"
)

// stageTime is how long plumb waits for the next pick before it works out what all of them would do.
const stageTime = 150 * time.Millisecond

// stageMsg comes when the stage may have come to rest.
type stageMsg struct {
	env     string
	version int
}

// previewed is what the stage of an environment would do.
type previewed struct {
	env   string
	draft *workspace.Draft
}

// restaged follows a pick, or one that was put back: what was being worked out is of no use any more.
func (a *App) restaged(e *environment) tea.Cmd {
	s := &e.stage
	s.ask.drop()
	s.version++
	s.draft, s.err = nil, nil
	a.live.touch()
	a.history.touch()
	a.diff.showPicks(a)
	a.change.restage(a)
	if s.isEmpty() || !a.opt.Trusted {
		return nil
	}
	return a.after(stageTime, stageMsg{e.Name, s.version})
}

// stageRests works out what the stage would do, unless something was picked meanwhile.
func (a *App) stageRests(m stageMsg) tea.Cmd {
	e := a.envNamed(m.env)
	if e == nil || e.stage.version != m.version || e.stage.isEmpty() {
		return nil
	}
	a.change.touch()
	req, picks := workspace.Request{Environment: e.Name, Kind: model.Compose}, copied(e.stage.picks)
	return ask(a, &e.stage.ask, func(ctx context.Context) (previewed, error) {
		var err error
		if req.Picks, err = resolved(ctx, a.ws, picks); err != nil {
			return previewed{env: req.Environment}, err
		}
		d, err := a.ws.Draft(ctx, req)
		return previewed{req.Environment, d}, err
	})
}

// copied are picks that nobody changes while they are worked with.
func copied(picks []staged) []staged {
	list := slices.Clone(picks)
	for i := range list {
		list[i].blocks = maps.Clone(list[i].blocks)
	}
	return list
}

func (a *App) previewArrived(m answer[previewed]) tea.Cmd {
	e := a.envNamed(m.value.env)
	if e == nil || errors.Is(m.err, context.Canceled) {
		return nil
	}
	e.stage.draft, e.stage.err = m.value.draft, m.err
	a.change.touch()
	if a.shape.left == action.Change && a.change.onStage() && a.change.pick() < 0 {
		return a.showSelected()
	}
	return nil
}

// composeStage drafts the change of all that is staged.
func (a *App) composeStage() tea.Cmd {
	e := a.env()
	req, picks := workspace.Request{Environment: e.Name, Kind: model.Compose}, copied(e.stage.picks)
	a.open(&draftDialog{req: req, staged: true})
	return ask(a, &a.asks, func(ctx context.Context) (drafted, error) {
		var err error
		if req.Picks, err = resolved(ctx, a.ws, picks); err != nil {
			return drafted{}, err
		}
		d, err := a.ws.Draft(ctx, req)
		return drafted{d}, err
	})
}

// stagePick picks what is selected for a verb, or puts it back; in History it is a commit, which has but one.
func (a *App) stagePick(verb model.ChangeKind) tea.Cmd {
	switch a.scope() {
	case action.Diff:
		return a.diff.pickPart(a, verb)
	case action.Change:
		return a.restagePick(verb)
	case action.History:
		e, c := a.env(), a.history.selected().Commit
		picked := e.stage.toggleCommit(c)
		a.sayStaged(e)
		cmd := a.restaged(e)
		if picked {
			a.history.list.Move(1)
		}
		return tea.Batch(cmd, a.showSelected())
	}
	e, r := a.env(), a.live.resource(a)
	picked := e.stage.toggle(key(*r), verb)
	a.sayStaged(e)
	cmd := a.restaged(e)
	if picked {
		a.live.list.Move(1)
	}
	return tea.Batch(cmd, a.showSelected())
}

// restagePick puts the pick under the cursor of the stage back, or gives it the other verb.
func (a *App) restagePick(verb model.ChangeKind) tea.Cmd {
	e, i := a.env(), a.change.pick()
	if p := e.stage.picks[i]; p.Address != "" && p.Verb != verb {
		e.stage.picks = copied(e.stage.picks)
		e.stage.picks[i].Verb = verb
	} else {
		e.stage.drop(i)
	}
	a.sayStaged(e)
	return tea.Batch(a.restaged(e), a.showSelected())
}

// dropPick puts the pick under the cursor of the stage back.
func (a *App) dropPick() tea.Cmd {
	e := a.env()
	e.stage.drop(a.change.pick())
	a.sayStaged(e)
	return tea.Batch(a.restaged(e), a.showSelected())
}

// clearStage puts everything back. It costs nothing, so nobody is asked.
func (a *App) clearStage() tea.Cmd {
	e := a.env()
	words := e.stage.words()
	e.stage.clear()
	a.say(text.Format("put back: %s; nothing was changed by it", words))
	return tea.Batch(a.restaged(e), a.showSelected())
}

// sayStaged says what is picked now, and what can be done with it.
func (a *App) sayStaged(e *environment) {
	switch {
	case e.stage.isEmpty():
		a.say(text.Lit("nothing is picked any more"))
	case e.stage.isMixed():
		a.say(e.stage.words().Plus(text.Lit(" picked: ctrl+y makes one change of it, 3 shows the stage")))
	default:
		a.say(e.stage.words().Plus(text.Lit(" picked: ctrl+y makes a change of it, x restores, m adopts all of it")))
	}
}

// picked is what restore and adopt are about: the stage, or what is selected.
func (a *App) picked(kind model.ChangeKind) workspace.Request {
	req := workspace.Request{Kind: kind}
	e := a.env()
	switch r := a.live.resource(a); {
	case e == nil:
	case !e.stage.isEmpty():
		for _, p := range e.stage.picks {
			if len(p.Parts) == 0 {
				req.Addresses = append(req.Addresses, p.Address)
			}
			req.Parts = append(req.Parts, p.Parts...)
		}
	case r != nil:
		req.Addresses = []string{key(*r)}
	}
	return req
}

// takeBackParts drafts the change that takes the picked parts of a commit back.
func (a *App) takeBackParts(c model.Commit, picked map[string][]diff.Block) tea.Cmd {
	req := workspace.Request{Kind: model.Revert, Subject: string(c.Hash), Environment: a.env().Name}
	a.open(&draftDialog{req: req, commit: c.Hash})
	picked = maps.Clone(picked)
	return ask(a, &a.asks, func(ctx context.Context) (drafted, error) {
		var err error
		if req.Parts, err = partsOf(ctx, a.ws, c.Hash, picked); err != nil {
			return drafted{}, err
		}
		d, err := a.ws.Draft(ctx, req)
		return drafted{d}, err
	})
}
