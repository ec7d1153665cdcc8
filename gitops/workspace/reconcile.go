package workspace

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"plumb/gitops/run"
	"plumb/model"
	"plumb/model/text"
)

// Reconcile finds out how runs on an environment ended whose process on this machine is gone, and records it. It looks at what is live
// and at git, and carries nothing out. Where somebody is at work, or the operator may only look, it does nothing.
func (w *Workspace) Reconcile(ctx context.Context, env string) error {
	if w.MaySign() != nil {
		return nil
	}
	record, err := w.record(ctx)
	if err != nil {
		return err
	}
	// A process can also die between the record of its outcome and the release of its lock.
	abandoned, err := run.Abandoned(ctx, w.opt.Store, env, w.opt.Host)
	if err != nil || !abandoned && !slices.ContainsFunc(record.Runs, func(r model.Run) bool { return w.unended(r, env) }) {
		return err
	}
	id, err := NewRunID(w.opt.Rand)
	if err != nil {
		return err
	}
	lock, dead, err := run.Acquire(ctx, w.opt.Store, env, w.holder(id), run.Alive)
	if errors.Is(err, model.ErrRefused) {
		return nil
	}
	if err != nil {
		return err
	}
	settled := context.WithoutCancel(ctx)
	defer func() { _ = lock.Release(settled) }() // As for a run.
	var gone model.RunID
	if dead != nil {
		gone = dead.Run
	}
	return w.closeDeadRuns(settled, env, gone)
}

// unended reports whether a run of this clone has no outcome. Other clones on this machine have locks and journals of their own.
func (w *Workspace) unended(r model.Run, env string) bool {
	if r.Environment != env || r.Host != w.opt.Host || r.Outcome != "" {
		return false
	}
	_, err := run.Events(w.opt.StateDir, r.ID)
	return !errors.Is(err, os.ErrNotExist)
}

// closeDeadRuns records how the runs of this clone ended that could not say so themselves, and the one of which the lock says that it
// is gone. The environment's lock is held, so none of them is alive. None is ever run again.
func (w *Workspace) closeDeadRuns(ctx context.Context, env string, gone model.RunID) error {
	record, err := w.record(ctx)
	if err != nil {
		return err
	}
	for _, r := range record.Runs {
		if !w.unended(r, env) && (r.ID != gone || r.Outcome != "") {
			continue
		}
		i := slices.IndexFunc(record.Changes, func(c model.Change) bool { return c.ID == r.Change })
		if i < 0 {
			continue
		}
		c := record.Changes[i]
		var words string
		r.Outcome, words = w.findOut(ctx, c, &r)
		r.Message = text.Line(fmt.Sprintf("its process is gone; %s (looked at by %s)", words, w.opt.Self.Email))
		if err := w.recordOutcome(ctx, c, r); err != nil {
			return err
		}
		if r.Outcome == model.RunApplied {
			if err := w.deleteBranch(ctx, c); err != nil {
				return err
			}
		}
	}
	return nil
}

// findOut says how a run ended as far as its journal, git and what is live tell. In doubt it is unknown.
func (w *Workspace) findOut(ctx context.Context, c model.Change, r *model.Run) (model.Outcome, string) {
	events, err := run.Events(w.opt.StateDir, r.ID)
	if err != nil {
		return model.RunUncertain, fmt.Sprintf("its journal cannot be read: %s", text.Error(err))
	}
	r.Events = events
	merged, known, err := w.merged(ctx, c)
	if err != nil {
		return model.RunUncertain, fmt.Sprintf("git cannot tell what was merged: %s", text.Error(err))
	}
	wrong, err := w.notInEffect(ctx, c)
	if err != nil {
		return model.RunUncertain, fmt.Sprintf("what is live cannot be looked at: %s", text.Error(err))
	}
	begun := slices.ContainsFunc(events, func(e model.Event) bool { return e.Address != "" && e.Phase != model.PhaseSkipped })
	switch {
	case len(wrong) == 0 && merged:
		if open := interrupted(c, events); len(open) > 0 {
			return model.RunUncertain, fmt.Sprintf("all is in place, but nobody knows whether what comes after it was run: %s", strings.Join(open, ", "))
		}
		return model.RunApplied, "found done"
	case !begun && known && !(merged && c.Onto != "") && w.asSealed(ctx, c):
		return model.RunFailed, "nothing was begun"
	case len(wrong) < c.Steps() || merged && c.Onto != "":
		return model.RunPartial, fmt.Sprintf("not in effect: %s", strings.Join(wrong, ", "))
	}
	return model.RunUncertain, fmt.Sprintf("not in effect: %s", strings.Join(wrong, ", "))
}

// merged reports whether git's part of a change is done, and whether that is known for its remote, too.
func (w *Workspace) merged(ctx context.Context, c model.Change) (done, known bool, err error) {
	if c.Onto == "" {
		return true, true, nil
	}
	tip, err := w.opt.Store.Resolve(ctx, c.Onto)
	if err != nil {
		return false, false, err
	}
	if done, err = w.opt.Store.IsAncestor(ctx, c.Commits[0], tip); err != nil || done || w.opt.Git == nil {
		return done, err == nil, err
	}
	// It is pushed before it is merged here.
	_, _, remote, err := w.opt.Git.Upstream(ctx, c.Onto)
	return false, !remote, err
}

// notInEffect lists the addresses of the sealed steps that are not live as the change wants them.
func (w *Workspace) notInEffect(ctx context.Context, c model.Change) ([]string, error) {
	if c.Steps() == 0 {
		return nil, nil
	}
	_, left, err := w.plan(ctx, c)
	if err != nil {
		return nil, err
	}
	want, err := w.overlaid(ctx, c.Revision, left)
	if err != nil {
		return nil, err
	}
	env, err := w.Environment(c.Environment)
	if err != nil {
		return nil, err
	}
	var wrong []string
	for _, p := range c.Plans {
		target, ok := env.Target(p.Target)
		if !ok {
			return nil, fmt.Errorf("target %s is not in %s any more", p.Target, env.Name)
		}
		engine, err := w.engine(target)
		if err != nil {
			return nil, err
		}
		found := map[model.Address]model.Status{}
		err = engine.Observe(ctx, model.ObserveRequest{Environment: env.Name, Target: target, Tracked: want}, func(res model.Resource) {
			found[res.Address] = res.Status
		})
		if err != nil {
			return nil, fmt.Errorf("look at %s: %w", p.Target, err)
		}
		for _, s := range p.Steps {
			if status, seen := found[s.Address]; seen && status != model.InSync || !seen && s.Action != model.Delete {
				wrong = append(wrong, string(s.Address))
			}
		}
	}
	return wrong, nil
}

// asSealed reports whether exactly what was sealed is still to be done.
func (w *Workspace) asSealed(ctx context.Context, c model.Change) bool {
	plans, _, err := w.plan(ctx, c)
	return err == nil && moved(c, plans) == ""
}

// interrupted lists the steps that began, never said how they ended, and run something after what they write.
func interrupted(c model.Change, events []model.Event) []string {
	open := map[model.Address]bool{}
	for _, e := range events {
		if e.Phase == model.PhaseBegin || e.Phase.IsEnd() {
			open[e.Address] = e.Phase == model.PhaseBegin || e.Phase == model.PhaseUnknown
		}
	}
	var list []string
	for _, p := range c.Plans {
		for _, s := range p.Steps {
			if open[s.Address] && len(s.Effects) > 0 {
				list = append(list, string(s.Address))
			}
		}
	}
	return list
}
