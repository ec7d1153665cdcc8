package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"plumb/model/text"
	"plumb/ui/action"
)

// Discovery is what looking for environments came to. The environments themselves are the workspace's by then.
type Discovery struct {
	Trusted       bool
	TrustQuestion []string
	Problem       error
}

// starting is how far the screen is with what it reads at its start.
type starting struct {
	begun    bool     // The first rows of History are there, and the rest is being read.
	looking  bool     // It is not known yet which environments there are.
	discover question // Looks for them.
}

// glanced says that the newest commits are known.
type glanced struct{}

// Init reads what the first frame needs: the newest commits, and nothing beside them.
func (a *App) Init() tea.Cmd {
	return tea.Batch(
		ask(a, &a.history.reading, func(ctx context.Context) (glanced, error) { return glanced{}, a.ws.History().Glance(ctx) }),
		tea.RequestBackgroundColor,
	)
}

// begin reads all that can wait until there is something to look at: it would take the processors from the first frame.
func (a *App) begin() tea.Cmd {
	if a.starting.begun {
		return nil
	}
	a.starting.begun, a.sharing.active = true, a.now()
	return tea.Batch(
		a.history.load(a),
		a.discover(),
		a.after(watchTime, watchMsg{}),
		a.change.load(a),
		a.lookForRuns(),
		a.diff.readReviewed(a),
		a.observeAll(),
		a.ran.wait(a),
		a.after(clockTime, clockMsg{}),
		a.shareEvery(),
	)
}

// discover looks for the environments of a repository that does not name them.
func (a *App) discover() tea.Cmd {
	if !a.starting.looking {
		return nil
	}
	return ask(a, &a.starting.discover, a.opt.Discover)
}

// discovered shows the environments that were found. What the operator looks at meanwhile stays where it is.
func (a *App) discovered(m answer[Discovery]) tea.Cmd {
	d := m.value
	if m.err != nil {
		d.Problem = m.err
	}
	a.starting.looking = false
	a.opt.Trusted, a.opt.TrustQuestion, a.opt.Problem = d.Trusted, d.TrustQuestion, d.Problem
	a.meet()
	a.restyle()
	a.resize()
	if len(a.envs) == 0 {
		return a.live.switched(a)
	}
	cmds := []tea.Cmd{a.change.sort(a), a.live.switched(a), a.observeAll(), a.history.load(a)}
	if a.shape.left == action.Live {
		cmds = append(cmds, a.showSelected())
	}
	return tea.Batch(cmds...)
}

// meet takes in the environments of the workspace.
func (a *App) meet() {
	a.envs = nil
	for _, e := range a.ws.Environments() {
		a.envs = append(a.envs, &environment{Environment: e, tag: tag(e.Name, a.tags())})
	}
	a.current = startWith(a.envs)
	a.shape.bare = len(a.envs) == 0 && a.opt.Problem == nil && !a.starting.looking
}

// none says that there are no environments, or not yet.
func (s *starting) none() text.Safe {
	if s.looking {
		return text.Lit("looking for targets …")
	}
	return text.Lit("no environments")
}
