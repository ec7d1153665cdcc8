package workspace

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"plumb/gitops/change"
	"plumb/gitops/ledger"
	"plumb/gitops/objects"
	"plumb/gitops/run"
	"plumb/model"
	"plumb/model/policy"
	"plumb/model/text"
)

// running is one run on its way.
type running struct {
	w       *Workspace
	change  model.Change
	plans   []model.Plan
	left    []model.Edit // See plan.
	run     model.Run
	journal *run.Journal
	watch   func(model.Event)
	others  *crowd
}

// do keeps what is to be kept, announces the run, and sees it to its end.
func (r *running) do(ctx, settled context.Context) (model.Run, error) {
	var err error
	if r.journal, err = run.Begin(r.w.opt.StateDir, r.run.ID, run.Keep(r.plans)); err != nil {
		return r.run, err
	}
	defer func() { _ = r.journal.Close() }() // Every record was synced already.
	if err := ctx.Err(); err != nil {
		return r.run, err
	}
	// An announcement that is cancelled half-way could be on record without a run that ever ends.
	if err := r.w.append(settled, r.change.Environment, ledger.Intent, append(change.Intent(r.change, r.run.ID, r.run.Host), change.Glass(r.run)...), nil); err != nil {
		return r.run, err
	}
	failure := r.announce(settled)
	if failure == nil {
		failure = r.stillAllowed(settled)
	}
	if failure == nil {
		failure = r.alarm()
	}
	if failure == nil {
		failure = r.carryOut(ctx)
	}
	r.verify(settled, failure)
	r.run.Ended = r.w.opt.Now().UTC()
	recordErr := r.record(model.Event{Phase: model.PhaseDone, Message: text.Format("%s %s", r.run.Outcome, r.run.Message)})
	err = errors.Join(recordErr, r.w.recordOutcome(settled, r.change, r.run))
	if err == nil && r.run.Outcome == model.RunApplied {
		err = r.w.deleteBranch(settled, r.change)
	}
	return r.run, errors.Join(r.verdict(failure), err)
}

// announce tells the others that the run begins, before anything does. Where they have to know, and cannot be told, nothing happens.
func (r *running) announce(ctx context.Context) error {
	err := r.others.announce(ctx)
	if err == nil || errors.Is(err, objects.ErrMoved) {
		return err
	}
	facts := policy.Facts{Environment: *r.change.Governed, Change: r.change}
	if policy.MustBeShared(facts) && r.run.Glass.IsEmpty() {
		return model.Refuse("try again when the remote can be reached, or break the glass", "nothing was begun: %v", err)
	}
	r.others.tell(text.Error(err))
	return nil
}

// stillAllowed judges the change once more, now that everybody can see that its run begins: who took an approval back or
// refused it until then was in time.
func (r *running) stillAllowed(ctx context.Context) error {
	record, err := r.w.record(ctx)
	if err != nil {
		return err
	}
	env, err := r.w.governed(ctx, r.change.Environment, record)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(record.Changes, func(c model.Change) bool { return c.ID == r.change.ID })
	if i < 0 || record.Changes[i].Run != r.run.ID {
		return model.Refuse("plumb audit tells more", "%s was not begun: its announcement does not count", r.change.ID)
	}
	c := record.Changes[i]
	c.State, c.Checks, c.Doubts = model.Approved, r.change.Checks, record.Problems
	for _, rule := range policy.Decide(policy.Facts{Environment: env, Change: c, Applier: r.w.opt.Self, Now: r.w.opt.Now()}) {
		if !rule.OK && !slices.Contains(r.run.Overruled, rule.Text) {
			return refuse(c, rule)
		}
	}
	return nil
}

// alarm says first of all what was overruled.
func (r *running) alarm() error {
	if r.run.Glass.IsEmpty() {
		return nil
	}
	return r.record(model.Event{Phase: model.PhaseProgress, Message: text.Line(r.run.Broken())})
}

// verdict is the error that goes with the outcome.
func (r *running) verdict(failure error) error {
	switch r.run.Outcome {
	case model.RunApplied:
		return nil
	case model.RunFailed:
		if failure == nil {
			failure = errors.New(r.run.Message.String()) // No step failed, and what was seen afterwards is not the plan.
		}
		err := fmt.Errorf("run %s failed and changed nothing on %s: %w", r.run.ID, r.run.Environment, failure)
		if model.Hint(failure) != "" {
			return err // Who failed knows the way out.
		}
		return model.WithHint(err, "plumb run show %s tells more", r.run.ID)
	}
	err := fmt.Errorf("run %s ended %s on %s: %s", r.run.ID, r.run.Outcome, r.run.Environment, r.run.Message)
	return model.WithHint(fmt.Errorf("%w (%w)", err, model.ErrUncertain), "plumb status --env %s looks at what is live; plumb rollback --env %s %s takes back what was done", r.run.Environment, r.run.Environment, r.change.ID)
}

// carryOut does git's part first, then the engines', target by target.
func (r *running) carryOut(ctx context.Context) error {
	if r.change.Onto != "" {
		if err := r.merge(ctx); err != nil {
			return err
		}
	}
	for _, p := range r.plans {
		target, ok := r.target(p.Target)
		if !ok {
			return fmt.Errorf("target %s is not in %s any more", p.Target, p.Environment)
		}
		engine, err := r.w.engine(target)
		if err != nil {
			return err
		}
		if err := engine.Apply(ctx, p, func(e model.Event) error {
			e.Target = p.Target
			return r.record(e)
		}); err != nil {
			return err
		}
	}
	return nil
}

func (r *running) target(name string) (model.Target, bool) {
	env, err := r.w.Environment(r.change.Environment)
	if err != nil {
		return model.Target{}, false
	}
	return env.Target(name)
}

// merge merges the change's commit into its branch and pushes it, before anything happens anywhere else.
func (r *running) merge(ctx context.Context) error {
	w, branch := r.w, r.change.Onto
	tip, err := w.opt.Store.Resolve(ctx, branch)
	if err != nil {
		return fmt.Errorf("merge %s: %w", r.change.ID, err)
	}
	merged, err := change.Merge(ctx, w.opt.Store, r.change, tip, r.change.Commits[0], w.opt.Self, w.opt.Now())
	if err != nil || merged == tip {
		return withConflictHint(err)
	}
	if w.opt.Git != nil {
		// What local edits stand in the way of here must not be pushed there.
		if err := w.opt.Git.MayFastForward(ctx, branch, merged, tip); err != nil {
			return fmt.Errorf("merge %s: %w", r.change.ID, err)
		}
	}
	if err := r.push(ctx, merged); err != nil {
		return err
	}
	if w.opt.Git != nil {
		err = w.opt.Git.MergeFastForward(ctx, branch, merged, tip)
	} else {
		err = w.opt.Store.UpdateRef(ctx, branch, merged, tip)
	}
	if errors.Is(err, objects.ErrMoved) {
		err = model.WithHint(err, "somebody committed at the same moment: make the change again")
	}
	if err != nil {
		return fmt.Errorf("merge %s into %s: %w", r.change.ID, strings.TrimPrefix(branch, "refs/heads/"), err)
	}
	return r.record(model.Event{Phase: model.PhaseProgress, Message: text.Format("merged into %s as %s", strings.TrimPrefix(branch, "refs/heads/"), merged.Short())})
}

// push brings the merge to the branch's remote, where it has one. A remote that has moved refuses
// it, as it should: then nothing is merged here either.
func (r *running) push(ctx context.Context, merged model.Hash) error {
	if r.w.opt.Git == nil {
		return nil
	}
	remote, ref, ok, err := r.w.opt.Git.Upstream(ctx, r.change.Onto)
	if err != nil || !ok {
		return err
	}
	if err := r.w.opt.Git.Push(ctx, remote, string(merged)+":"+ref); err != nil {
		return model.WithHint(fmt.Errorf("push %s to %s: %w", r.change.ID, remote, err), "git pull first, then make the change again")
	}
	return r.record(model.Event{Phase: model.PhaseProgress, Message: text.Format("pushed %s to %s", merged.Short(), remote)})
}

// record writes an event to the journal, then shows it.
func (r *running) record(e model.Event) error {
	if e.At.IsZero() {
		e.At = r.w.opt.Now().UTC()
	}
	if err := r.journal.Record(e); err != nil {
		return err
	}
	r.run.Events = append(r.run.Events, e)
	if r.watch != nil {
		r.watch(e)
	}
	return nil
}

// verify looks at what is live once more and says how the run ended. What was seen counts, not what was reported.
func (r *running) verify(ctx context.Context, failure error) {
	done, open := r.tally()
	unknown := errors.Is(failure, model.ErrUncertain) || open > 0
	wrong, err := r.notAsPlanned(ctx)
	switch {
	case unknown || err != nil:
		r.run.Outcome = model.RunUncertain
		r.run.Message = text.Error(errors.Join(failure, err))
	case failure == nil && len(wrong) == 0:
		r.run.Outcome = model.RunApplied
	case done == 0:
		r.run.Outcome = model.RunFailed
		r.run.Message = text.Error(failure)
	default:
		r.run.Outcome = model.RunPartial
		r.run.Message = text.Error(failure)
	}
	if failure == nil && len(wrong) > 0 {
		r.run.Message = text.Format("carried out, but not as planned afterwards: %s", strings.Join(wrong, ", "))
	}
}

// tally counts the steps that are done, and those that began and never said how they ended.
func (r *running) tally() (done, open int) {
	begun := map[string]bool{}
	for _, e := range r.run.Events {
		key := e.Target + "/" + string(e.Address)
		switch {
		case e.Address == "":
		case e.Phase == model.PhaseBegin:
			begun[key] = true
		case e.Phase == model.PhaseDone:
			done++
			delete(begun, key)
		case e.Phase == model.PhaseSkipped, e.Phase == model.PhaseFailed:
			delete(begun, key)
		}
	}
	return done, len(begun)
}

// notAsPlanned lists the addresses of all steps whose live state is not what the step says.
func (r *running) notAsPlanned(ctx context.Context) ([]string, error) {
	if len(r.plans) == 0 {
		return nil, nil
	}
	want, err := r.w.overlaid(ctx, r.change.Revision, r.left)
	if err != nil {
		return nil, err
	}
	var wrong []string
	for _, p := range r.plans {
		target, _ := r.target(p.Target)
		engine, err := r.w.engine(target)
		if err != nil {
			return nil, err
		}
		live := map[model.Address]model.State{}
		err = engine.Observe(ctx, model.ObserveRequest{Environment: p.Environment, Target: target, Tracked: want}, func(res model.Resource) {
			if res.Status != model.Unknown {
				live[res.Address] = res.Live
			}
		})
		if err != nil {
			return nil, fmt.Errorf("look at %s after the run: %w", p.Target, err)
		}
		for _, s := range p.Steps {
			state, seen := live[s.Address]
			if !seen && s.After.Exists || seen && !s.After.Matches(state) {
				wrong = append(wrong, string(s.Address))
			}
		}
	}
	return wrong, nil
}
