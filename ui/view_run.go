package ui

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"plumb/gitops/runner"
	"plumb/model"
	"plumb/model/text"
	"plumb/ui/action"
	"plumb/ui/paint"
)

// runView shows one run: live, per host and file, or as it was recorded.
type runView struct {
	listing
	ask     question
	stop    context.CancelFunc // Asks the engine to stop; set while a run of ours is under way.
	asked   bool               // It was asked to.
	distant *distant           // The run, where it is in a process of its own.
	change  model.Change
	run     model.Run
	steps   []runStep
	err     error
	log     []model.Event // What happened, the last of it.
	from    action.Scope  // The list that it was opened from: that is one level back. Empty for none.
}

// How many events are kept to be shown.
const logMost = 2000

// runStep is one step of the run with the last that is known of it.
type runStep struct {
	target  string
	address model.Address
	phase   model.Phase // Empty before it began.
	message text.Safe
	took    time.Duration
}

type (
	runPart  = part[model.Event, model.Run]
	runFound struct{ run model.Run }
)

// under reports whether a run of ours is under way.
func (v *runView) under() bool { return v.stop != nil }

// apply carries a change out and shows how. With a reason to break the glass, rules that are not met are overruled.
func (v *runView) apply(a *App, c model.Change, glass string) tea.Cmd {
	*v = runView{listing: v.listing, change: c, run: model.Run{Change: c.ID, Environment: c.Environment, Started: a.now(), By: a.ws.Self()}}
	v.touch()
	v.plan(c)
	a.show(action.Run)
	if r := a.opt.Runners; r != nil {
		return v.watch(a, func(ctx context.Context) (*runner.View, error) { return r.Start(ctx, c, glass) })
	}
	// The run is not this question's: asked something else, the screen still hears of it, until the program ends.
	ctx, stop := context.WithCancel(a.ctx)
	v.stop = stop
	a.bar.touch()
	listening := func(context.Context) context.Context { return a.ctx }
	return follow(a, &v.ask, listening, func(_ context.Context, watch func(model.Event)) (model.Run, error) {
		if glass != "" {
			return a.ws.BreakGlass(ctx, c.ID, glass, watch)
		}
		return a.ws.Apply(ctx, c.ID, watch)
	})
}

// plan lists the steps of a change that are not known yet.
func (v *runView) plan(c model.Change) {
	for _, p := range c.Plans {
		for _, s := range p.Steps {
			v.step_(p.Target, s.Address)
		}
	}
	v.list.SetLen(len(v.steps))
	v.list.SetHeight(v.stepRows())
}

// openRun shows a run that is on record.
func (a *App) openRun(id model.RunID) tea.Cmd {
	v := &a.run
	if v.under() && v.id() == id {
		v.from = ""
		return a.show(action.Run)
	}
	if v.under() {
		a.warn(text.Lit("a run is under way; it can be looked at when it has ended"))
		return nil
	}
	for _, i := range a.living.all {
		if i.Run == id {
			return tea.Batch(a.show(action.Run), v.attach(a, i))
		}
	}
	*v = runView{listing: v.listing, run: model.Run{ID: id}}
	v.touch()
	return tea.Batch(a.show(action.Run), ask(a, &v.ask, func(ctx context.Context) (runFound, error) {
		r, err := a.ws.Run(ctx, string(id))
		return runFound{r}, err
	}))
}

// openRunFrom shows a run that is on record, with a list to go back to.
func (a *App) openRunFrom(from action.Scope, id model.RunID) tea.Cmd {
	cmd := a.openRun(id)
	if a.view == action.Run {
		a.run.from = from
	}
	return cmd
}

// changed is the run's change as it is on record now; nil when it is not there.
func (v *runView) changed(a *App) *model.Change {
	i := slices.IndexFunc(a.change.all, func(c model.Change) bool { return c.ID == v.run.Change })
	if i < 0 {
		return nil
	}
	return &a.change.all[i]
}

func (v *runView) found(a *App, m answer[runFound]) tea.Cmd {
	v.touch()
	v.err = m.err
	if m.err == nil {
		v.run = m.value.run
		v.take(v.run.Events)
		for i := range a.change.all {
			if a.change.all[i].ID == v.run.Change {
				v.change = a.change.all[i]
			}
		}
	}
	return nil
}

// arrived takes in what happened.
func (v *runView) arrived(a *App, m runPart) tea.Cmd {
	v.touch()
	v.planned(a)
	v.take(m.items)
	if !m.done {
		return m.next
	}
	if v.distant == nil {
		v.stop()
	}
	v.run.ID = v.id()
	v.stop, v.distant = nil, nil
	a.bar.touch()
	a.living.all = nil // Until the next look.
	v.err = m.err
	if m.result.ID != "" {
		v.run = m.result
	}
	v.run.Ended = a.now()
	if !m.result.Ended.IsZero() {
		v.run.Ended = m.result.Ended
	}
	if a.leaving {
		return tea.Quit
	}
	cmds := []tea.Cmd{a.change.load(a), a.history.load(a)}
	if e := a.envNamed(v.change.Environment); e != nil {
		cmds = append(cmds, a.observe(e))
	}
	if m.err != nil && m.result.ID == "" && !isGone(m.err) {
		a.view = ""
		a.open(&errorDialog{title: text.Lit("Not applied"), err: m.err})
	}
	return tea.Batch(append(cmds, a.ring())...)
}

// take puts events to their steps.
func (v *runView) take(events []model.Event) {
	for _, e := range events {
		if v.log = append(v.log, e); len(v.log) > logMost {
			v.log = v.log[len(v.log)-logMost:]
		}
		if e.Address == "" {
			continue
		}
		s := v.step_(e.Target, e.Address)
		s.phase = e.Phase
		if !e.Message.IsEmpty() {
			s.message = e.Message
		}
		if e.Took > 0 {
			s.took = e.Took
		}
	}
	v.list.SetLen(len(v.steps))
	v.list.SetHeight(v.stepRows())
	for i, s := range v.steps {
		if s.phase != "" && !s.phase.IsEnd() && v.under() {
			v.list.SetCursor(i)
		}
	}
}

// ring tells an operator who looks elsewhere that the run has ended.
func (a *App) ring() tea.Cmd {
	if !a.away {
		return nil
	}
	return tea.Raw("\a")
}

// step_ is the step of an address; what the plan did not list is added.
func (v *runView) step_(target string, address model.Address) *runStep {
	for i := range v.steps {
		if s := &v.steps[i]; s.address == address && (s.target == target || target == "") {
			return s
		}
	}
	v.steps = append(v.steps, runStep{target: target, address: address})
	return &v.steps[len(v.steps)-1]
}

// ended counts the steps of which nothing more comes.
func (v *runView) ended() int {
	n := 0
	for _, s := range v.steps {
		if s.phase.IsEnd() && s.phase != "" {
			n++
		}
	}
	return n
}

func (v *runView) percent() int {
	if len(v.steps) == 0 {
		return 0
	}
	return 100 * v.ended() / len(v.steps)
}

// askStop asks the engine to stop after what it is doing now.
func (v *runView) askStop(a *App) tea.Cmd {
	if v.stop != nil && !v.asked {
		v.asked = true
		v.stop()
		a.say(text.Lit("asked the engine to stop"))
		v.touch()
	}
	return nil
}

func (v *runView) resize(w, h int) {
	v.canvas.resize(w, h)
	v.list.SetHeight(v.stepRows())
}

func (v *runView) find(*App, string) tea.Cmd       { return nil }
func (v *runView) step(*App, int) tea.Cmd          { return nil }
func (v *runView) matches(*App) (string, int, int) { return "", 0, 0 }

// runFoot is how many rows below the steps say how far the run is and what to do next.
const runFoot = 7

// stepRows is how many rows the steps have; what is left below them tells what happened when.
func (v *runView) stepRows() int { return max(min(len(v.steps), v.h-runFoot), 1) }

func (v *runView) draw(a *App, focused bool) []string {
	return v.keep(a, focused, v.under(), func() []string {
		rows := []string{v.rule(a, focused)}
		return append(rows, paint.Block(v.w, v.h, v.body(a))...)
	})
}

func (v *runView) rule(a *App, focused bool) string {
	st := a.st
	env := st.Strong
	if e := a.envNamed(v.run.Environment); e != nil {
		env = e.style.Text.Bold()
	}
	left := []paint.Span{paint.S(st.Title, text.Format("Run %s", v.id())), paint.S(st.Text, text.Format("  %s → ", v.run.Change)), paint.S(env, text.Line(v.run.Environment))}
	if !v.run.Started.IsZero() {
		left = append(left, paint.S(st.Dim, text.Lit("  started ").Plus(runTime(v.run.Started))))
	}
	if !v.run.By.Name.IsEmpty() {
		left = append(left, paint.S(st.Dim, text.Format(" by %s", v.run.By.Name)))
	}
	if v.run.Host != "" {
		left = append(left, paint.S(st.Dim, text.Format(" on %s", v.run.Host)))
	}
	length := took(a.now().Sub(v.run.Started))
	if !v.run.Ended.IsZero() {
		length = took(v.run.Ended.Sub(v.run.Started))
	}
	return paint.Rule(st, v.w, left, []paint.Span{paint.S(st.Dim, length)}, focused)
}
