package ui

import (
	"context"
	"errors"
	"sync"

	tea "charm.land/bubbletea/v2"

	"plumb/gitops/runner"
	"plumb/model"
	"plumb/model/text"
	"plumb/ui/action"
)

// Runners carry changes out in processes that outlive the screen, and find those that are at work on this machine.
type Runners interface {
	Start(ctx context.Context, c model.Change, glass string) (*runner.View, error)
	Live() ([]runner.Info, error)
	Kill(ctx context.Context, i runner.Info) error
}

// distant is a run in a process of its own, as the screen follows it.
type distant struct {
	mu    sync.Mutex
	view  *runner.View
	asked bool // Somebody, here or at another viewer, asked it to stop.
}

// met takes the connection in, and asks what was to be asked before it was there.
func (d *distant) met(v *runner.View) {
	v.Stopping = func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.asked = true
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.view = v
	if d.asked {
		_ = v.Stop() // Who cannot be asked has ended, or is about to be found gone.
	}
}

// stop asks the run to stop.
func (d *distant) stop() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked = true
	if d.view != nil {
		_ = d.view.Stop()
	}
}

func (d *distant) stopping() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.asked
}

// info is the runner, once it has answered.
func (d *distant) info() (runner.Info, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.view == nil {
		return runner.Info{}, false
	}
	return d.view.Info, true
}

// watch follows a run in a process of its own.
func (v *runView) watch(a *App, connect func(ctx context.Context) (*runner.View, error)) tea.Cmd {
	d := &distant{}
	v.distant, v.stop = d, d.stop
	a.bar.touch()
	listening := func(context.Context) context.Context { return a.ctx }
	return follow(a, &v.ask, listening, func(_ context.Context, watch func(model.Event)) (model.Run, error) {
		view, err := connect(a.ctx)
		if err != nil {
			return model.Run{}, err
		}
		d.met(view)
		if view.Warning != "" {
			watch(model.Event{At: a.now(), Phase: model.PhaseProgress, Message: text.Line(view.Warning)})
		}
		return view.Follow(a.ctx, watch)
	})
}

// attach follows a run that somebody else started.
func (v *runView) attach(a *App, i runner.Info) tea.Cmd {
	*v = runView{listing: v.listing, run: model.Run{ID: i.Run, Change: i.Change, Environment: i.Environment, Started: i.Since, By: i.By, Host: i.Host}}
	v.touch()
	cmd := v.watch(a, func(context.Context) (*runner.View, error) { return runner.Attach(i) })
	v.planned(a)
	return cmd
}

// planned lists the steps of the run's change, as soon as it is known.
func (v *runView) planned(a *App) {
	if !v.under() || v.change.ID != "" {
		return
	}
	c := v.changed(a)
	if c == nil {
		return
	}
	v.touch()
	v.change = *c
	v.plan(*c)
}

// id is the run's, once there is one.
func (v *runView) id() model.RunID {
	if v.run.ID == "" && v.distant != nil {
		i, _ := v.distant.info()
		return i.Run
	}
	return v.run.ID
}

// liveRuns are the runs at work on this machine.
type liveRuns []runner.Info

// lookForRuns asks for runs that others started.
func (a *App) lookForRuns() tea.Cmd {
	if a.opt.Runners == nil || a.living.ask.busy {
		return nil
	}
	return quietly(a, &a.living.ask, func(context.Context) (liveRuns, error) { return a.opt.Runners.Live() })
}

// livingRuns is what is known of the runs at work on this machine.
type livingRuns struct {
	ask    question
	looked bool                 // What was under way when the screen was opened is known.
	known  map[model.RunID]bool // Those that the operator was told of.
	all    []runner.Info
}

// runsLive shows the run that the screen was opened on, and tells of one that began since.
func (a *App) runsLive(m answer[liveRuns]) tea.Cmd {
	l := &a.living
	if m.err != nil {
		return nil
	}
	first := !l.looked
	l.looked, l.all = true, m.value
	if l.known == nil {
		l.known = map[model.RunID]bool{}
	}
	for _, i := range m.value {
		if l.known[i.Run] || a.run.under() {
			continue
		}
		l.known[i.Run] = true
		cmd := a.run.attach(a, i)
		a.say(text.Format("run %s is at work on %s, begun by %s", i.Run, i.Environment, i.By.Name))
		if first && a.view == "" && len(a.dialogs) == 0 {
			cmd = tea.Batch(cmd, a.show(action.Run))
		}
		return cmd
	}
	return nil
}

// askToStop asks whether a run that outlives the screen is to stop.
func (a *App) askToStop() tea.Cmd {
	d := &stopDialog{askDialog{
		title: text.Format("Stop run %s?", a.run.id()),
		sentences: []text.Safe{
			text.Format("%s → %s: %d of %d steps are done.", a.run.run.Change, a.run.run.Environment, a.run.ended(), len(a.run.steps)),
			text.Lit("It ends after what it is doing now. What was done stays done and is on record."),
			text.Lit("Without that it goes on, also when you leave."),
		},
	}}
	var cmd tea.Cmd
	d.consent, cmd = a.newConsent(text.Lit("stop it (ctrl+c leaves it alone)"), nil, nil)
	d.yes = func() tea.Cmd { return a.run.askStop(a) }
	a.open(d)
	return cmd
}

// stopDialog asks whether a run is to stop.
type stopDialog struct{ askDialog }

func (d *stopDialog) key(a *App, k tea.KeyPressMsg) tea.Cmd {
	if k.String() == "esc" {
		a.close(d)
		return nil
	}
	yes, cmd := d.consent.key(a, k)
	if yes {
		a.close(d)
		return d.yes()
	}
	return cmd
}

// killed says that a run was killed.
type killed struct{}

// askKill asks for the name of the environment before the run on the screen is killed.
func (a *App) askKill() tea.Cmd {
	i, ok := a.run.distant.info()
	if !ok {
		return nil
	}
	d := &askDialog{
		title: text.Format("Kill run %s?", i.Run),
		sentences: []text.Safe{
			text.Lit("The step under way may be left half done, and nobody knows then what is in effect."),
			text.Lit("plumb looks at what is live afterwards. To stop the run asks it to end politely; try that first."),
		},
	}
	var cmd tea.Cmd
	d.consent, cmd = a.newConsent(text.Lit("kill it"), nil, nil)
	d.consent.word = i.Environment
	d.yes = func() tea.Cmd {
		return ask(a, &a.asks, func(ctx context.Context) (killed, error) { return killed{}, a.opt.Runners.Kill(ctx, i) })
	}
	a.open(d)
	return cmd
}

func (a *App) killArrived(m answer[killed]) tea.Cmd {
	if m.err != nil {
		a.fail(text.Lit("Not killed"), m.err)
		return nil
	}
	a.say(text.Lit("killed; look at Live before anything else"))
	return nil
}

// left tells of a run that goes on without the screen.
func (a *App) left() {
	if !a.run.under() || a.run.distant == nil || a.opt.Left == nil {
		return
	}
	if i, ok := a.run.distant.info(); ok {
		a.opt.Left(i)
	}
}

// isGone reports whether the process of the run died.
func isGone(err error) bool { return errors.Is(err, runner.ErrLost) }
