package hosts

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"plumb/model"
	"plumb/model/text"
)

// Apply carries out the plan host by host, so that what goes wrong on the first
// host does not happen on the others. Files that share a reload command are
// reloaded once, when all of the host are written; until then their steps have not ended. The
// steps under a guard end when a new connection has confirmed them, or the host has taken them back.
func (p *Provider) Apply(ctx context.Context, plan model.Plan, record func(model.Event) error) error {
	a, ok := plan.Artefact.(*artefact)
	if !ok || a.by != p || a.digest != plan.Digest() {
		return model.Refuse("plan again", "the plan for %s was not made here, or was changed since", plan.Target)
	}
	// A step that has begun is better finished than abandoned.
	working, stop := context.WithCancelCause(context.WithoutCancel(ctx))
	defer stop(nil)
	defer context.AfterFunc(ctx, func() {
		select {
		case <-time.After(p.opt.Limits.Grace):
			stop(context.Cause(ctx))
		case <-working.Done():
		}
	})()
	r := &running{p: p, target: plan.Target, record: record, asked: ctx, ctx: working}
	for _, h := range a.hosts {
		if err := r.host(h); err != nil {
			return err
		}
	}
	return r.result()
}

// running is the state of one Apply.
type running struct {
	p      *Provider
	target string
	record func(model.Event) error
	asked  context.Context // Ends when nobody wants new steps to begin.
	ctx    context.Context // Ends a grace period later, when what has begun is given up.

	failure error // Of the first step that failed; no step begins any more.
	unsure  bool  // The effect of some step is not known.
	skipped int   // Steps that were not reached because of a cancellation.
}

// pending is a step whose file is in effect and whose reload has not run yet.
type pending struct {
	work
	mark  string // Of the file as it was written.
	began time.Time
}

// host carries out one host's steps, those under a guard last. An error means that the record failed.
func (r *running) host(h hostWork) error {
	open := len(h.works)
	if i := slices.IndexFunc(h.works, func(w work) bool { return w.guard > 0 }); i >= 0 {
		open = i
	}
	reached, err := r.unguarded(h.host, h.works[:open])
	if err == nil && reached == open && open < len(h.works) && r.failure == nil && r.asked.Err() == nil {
		var more int
		more, err = r.guarded(h.host, h.works[open:])
		reached += more
	}
	if err != nil {
		return err
	}
	for _, w := range h.works[reached:] {
		message := text.Lit("not reached: an earlier step failed")
		if r.failure == nil {
			message = text.Lit("not reached: cancelled")
			r.skipped++
		}
		if err := r.say(w, model.PhaseSkipped, 0, message); err != nil {
			return r.abort(err, false)
		}
	}
	return nil
}

// unguarded carries out steps that cannot shut anybody out, and answers how many of them began.
func (r *running) unguarded(h model.Host, works []work) (reached int, err error) {
	m := lazily(func() (machine, error) { return r.p.machine(h, "apply "+h.Name, true) })
	defer m.close()
	var written []pending
	for _, w := range works {
		if r.failure != nil || r.asked.Err() != nil {
			break
		}
		reached++
		pend, err := r.step(m, w)
		if err != nil {
			return reached, r.abort(err, len(written) > 0)
		}
		if pend != nil {
			written = append(written, *pend)
		}
	}
	if err := r.reload(m, written); err != nil {
		return reached, r.abort(err, true)
	}
	return reached, nil
}

// abort is what Apply answers when the record failed.
func (r *running) abort(err error, unsure bool) error {
	if unsure || r.unsure {
		return fmt.Errorf("%w: apply %s: %w", model.ErrUncertain, r.target, err)
	}
	return fmt.Errorf("apply %s: %w", r.target, err)
}

// say records an event; an error of it ends the run.
func (r *running) say(w work, phase model.Phase, took time.Duration, message text.Safe) error {
	err := r.record(model.Event{At: r.p.opt.Now(), Target: r.target, Address: w.step.Address, Phase: phase, Message: message, Took: took})
	if err != nil {
		return fmt.Errorf("record %s of %s: %w", phase, w.step.Address, err)
	}
	return nil
}

// end records how a step ended and remembers the first failure.
func (r *running) end(w work, phase model.Phase, began time.Time, message text.Safe) error {
	if phase == model.PhaseFailed || phase == model.PhaseUnknown {
		if r.failure == nil {
			r.failure = fmt.Errorf("%s: %s", w.step.Address, message)
		}
		r.unsure = r.unsure || phase == model.PhaseUnknown
	}
	return r.say(w, phase, r.p.opt.Now().Sub(began), message)
}

// step carries out one step. It answers the step when only its reload is left to do.
func (r *running) step(m machine, w work) (*pending, error) {
	began := r.p.opt.Now()
	if err := r.say(w, model.PhaseBegin, 0, text.Safe{}); err != nil {
		return nil, err
	}
	mark, phase, message, cause := r.put(m, w)
	if phase != model.PhaseProgress {
		r.fail(w, cause)
		return nil, r.end(w, phase, began, message)
	}
	if len(w.reload) == 0 {
		return nil, r.end(w, model.PhaseDone, began, message)
	}
	if err := r.say(w, model.PhaseProgress, 0, message); err != nil {
		r.unsure = true
		return nil, err
	}
	return &pending{work: w, mark: mark, began: began}, nil
}

// fail remembers why the first step failed, where that is more than its message says. Without a cause it does nothing.
func (r *running) fail(w work, cause error) {
	if r.failure == nil && cause != nil {
		r.failure = model.WithHint(fmt.Errorf("%s: %w", w.step.Address, cause), "%s", model.Hint(cause))
	}
}

// put changes the step's path. The phase is progress when that is done, otherwise how the step ends; the
// cause is what went wrong with the machine as a whole.
func (r *running) put(m machine, w work) (mark string, phase model.Phase, message text.Safe, cause error) {
	j, err := w.job()
	if err != nil {
		return "", model.PhaseFailed, text.Error(err), nil
	}
	v, err := m.put(r.ctx, j)
	switch {
	case err != nil:
		phase := model.PhaseFailed
		if errors.Is(err, model.ErrUncertain) {
			phase = model.PhaseUnknown
		}
		return "", phase, text.Error(err), err
	case v.outcome == jobMoved:
		phase, message := r.moved(m, w)
		return "", phase, message, nil
	case v.outcome == jobFailed:
		return "", model.PhaseFailed, text.Line(v.message), nil
	}
	done := text.Lit("written")
	if w.step.Action == model.Delete {
		done = text.Lit("deleted")
	}
	if v.checked {
		done = done.Plus(text.Lit(", check passed"))
	}
	return v.mark, model.PhaseProgress, done, nil
}

// moved is how a step ends whose file is no longer as the plan saw it: done already, or somebody was there.
func (r *running) moved(m machine, w work) (model.Phase, text.Safe) {
	if sights, err := m.look(r.ctx, []string{w.path}, nil); err == nil {
		if s := sights[w.path]; s.problem == "" && w.step.After.Matches(s.state(w.step.After)) {
			return model.PhaseSkipped, text.Lit("was so already")
		}
	}
	return model.PhaseFailed, text.Lit("changed since the plan was made")
}

// reload runs each reload command once and ends the steps that waited for it.
func (r *running) reload(m machine, written []pending) error {
	for group := range byReload(written) {
		phase, message, err := r.reloadOne(m, group)
		if err != nil {
			return err
		}
		for _, w := range group {
			if err := r.end(w.work, phase, w.began, message); err != nil {
				return err
			}
		}
	}
	return nil
}

// byReload yields the steps that share a reload command, in the order of the first of each.
func byReload(written []pending) iter.Seq[[]pending] {
	return func(yield func([]pending) bool) {
		for len(written) > 0 {
			var group, rest []pending
			for _, w := range written {
				if slices.Equal(w.reload, written[0].reload) {
					group = append(group, w)
				} else {
					rest = append(rest, w)
				}
			}
			if !yield(group) {
				return
			}
			written = rest
		}
	}
}

// reloadOne runs the reload command of steps that share it. Where it fails, the earlier
// files come back and it runs again. An error means that the record failed.
func (r *running) reloadOne(m machine, group []pending) (model.Phase, text.Safe, error) {
	argv := group[0].reload
	command := words(argv)
	for _, w := range group {
		if err := r.say(w.work, model.PhaseProgress, 0, text.Format("running %s", command)); err != nil {
			return "", text.Safe{}, err
		}
	}
	out, err := m.run(r.ctx, argv)
	if err != nil {
		phase, message := r.putBack(m, group, argv, failure(command, err, out), errors.Is(err, model.ErrUncertain))
		return phase, message, nil
	}
	return model.PhaseDone, text.Format("in effect after %s", command), nil
}

// putBack restores what was before a reload that failed, latest first, and reloads that.
func (r *running) putBack(m machine, group []pending, argv []string, why string, lost bool) (model.Phase, text.Safe) {
	if lost {
		return model.PhaseUnknown, text.Format("%s; the new file is in place", why)
	}
	for _, w := range slices.Backward(group) {
		j, err := w.backJob(w.mark)
		if err == nil {
			var v verdict
			if v, err = m.put(r.ctx, j); err == nil && v.outcome != jobDone {
				err = errors.New(v.message)
			}
		}
		if err != nil {
			return model.PhaseUnknown, text.Format("%s; the earlier %s could not be put back: %s", why, w.path, err)
		}
	}
	if out, err := m.run(r.ctx, argv); err != nil {
		return model.PhaseUnknown, text.Format("%s; the earlier files are back, and again: %s", why, failure(words(argv), err, out))
	}
	return model.PhaseFailed, text.Format("%s; the earlier files are back and in effect", why)
}

// result is how the run as a whole ended.
func (r *running) result() error {
	switch {
	case r.failure != nil && r.unsure:
		return fmt.Errorf("%w: %w", model.ErrUncertain, r.failure)
	case r.failure != nil:
		return r.failure
	case r.skipped > 0:
		return fmt.Errorf("apply %s: %d steps were not reached: %w", r.target, r.skipped, r.asked.Err())
	}
	return nil
}
