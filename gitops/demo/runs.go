package demo

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"plumb/gitops/change"
	"plumb/gitops/ledger"
	"plumb/gitops/objects"
	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/text"
)

// deploy brings an environment to main, as plumb would have done it then:
// planned by the engine, on record in the ledger, with the files on the hosts. Only
// the journal is missing: it stayed on the machine of whoever ran it.
func (t *teller) deploy(env, when string, by person, reason string, approvers ...person) {
	t.do(when, func() error {
		c, plans, err := t.seal(env, by, reason, approvers)
		if err != nil {
			return err
		}
		return t.run(c, by, func(r *model.Run) {
			r.Outcome = model.RunApplied
			t.carryOut(env, plans, t.now)
			for _, p := range plans {
				for _, s := range p.Steps {
					r.Events = append(r.Events, t.event(p.Target, s.Address, model.PhaseDone, doneBy(s)))
				}
			}
			t.applied[env] = applied{c.Revision, len(t.landed)}
		})
	})
}

// failedDeploy is a deploy that ended at its first step, with nothing changed.
func (t *teller) failedDeploy(env, when string, by person, reason string, why string) {
	t.do(when, func() error {
		c, plans, err := t.seal(env, by, reason, nil)
		if err != nil {
			return err
		}
		return t.run(c, by, func(r *model.Run) {
			r.Outcome, r.Message = model.RunFailed, text.Line(why)
			for i, p := range plans {
				for j, s := range p.Steps {
					phase, message := model.PhaseSkipped, text.Lit("not reached: an earlier step failed")
					if i == 0 && j == 0 {
						phase, message = model.PhaseFailed, text.Line(why)
						r.Message = text.Format("%s: %s", s.Address, why)
					}
					r.Events = append(r.Events, t.event(p.Target, s.Address, phase, message))
				}
			}
		})
	})
}

// seal puts a change that brings the environment to main on record, with approvals.
func (t *teller) seal(env string, by person, reason string, approvers []person) (model.Change, []model.Plan, error) {
	e, err := t.environment(env)
	if err != nil {
		return model.Change{}, nil, err
	}
	tip, err := t.store.Commit(t.ctx, t.main)
	if err != nil {
		return model.Change{}, nil, err
	}
	was := t.applied[env]
	base := was.revision
	c := model.Change{
		ID:          model.ChangeID(fmt.Sprintf("deploy-%s-%s-%s", env, tip.Hash.Short(), t.word(4))),
		Environment: env, Kind: model.Deploy, Title: text.Format("Deploy %s %s", tip.Hash.Short(), tip.Subject), Reason: text.Clean(reason),
		Author: by.principal(), SealedAt: t.now.UTC(), Subject: string(tip.Hash), Base: base, Revision: tip.Hash, State: model.Sealed, Plans: []model.PlanRef{},
	}
	plans, err := t.plan(e, base, tip.Hash)
	if err != nil {
		return c, nil, err
	}
	for _, p := range plans {
		c.Plans = append(c.Plans, p.Ref())
	}
	if base != "" {
		c.Commits = brought(t.landed[was.landed:], env)
	}
	c.Digest = c.Seal()
	fields, files, err := change.Entry(c, plans)
	if err != nil {
		return c, nil, err
	}
	if err := t.append(by, ledger.Seal, fields, files); err != nil {
		return c, nil, err
	}
	for _, a := range approvers {
		t.pass(4 * time.Minute)
		if err := t.append(a, ledger.Approve, change.Approval(c), nil); err != nil {
			return c, nil, err
		}
	}
	return c, plans, nil
}

// brought are the commits that concern an environment, newest first.
func brought(landed []landing, env string) []model.Hash {
	landed = slices.SortedFunc(slices.Values(landed), func(a, b landing) int { return b.at.Compare(a.at) })
	var ids []model.Hash
	for _, l := range landed {
		if slices.Contains(l.environments, env) {
			ids = append(ids, l.id)
		}
	}
	return ids
}

// plan asks the engine for the way from one revision to another. The first
// time, nothing was applied before.
func (t *teller) plan(e model.Environment, base, to model.Hash) ([]model.Plan, error) {
	if err := t.settled(e.Name); err != nil {
		return nil, err
	}
	want, err := objects.Snapshot(t.ctx, t.store, to)
	if err != nil {
		return nil, err
	}
	var was model.Snapshot
	if base != "" {
		if was, err = objects.Snapshot(t.ctx, t.store, base); err != nil {
			return nil, err
		}
	}
	var plans []model.Plan
	for _, target := range e.Targets {
		if base != "" {
			// Where git says the same as before, the engine would read all of it to find nothing to do.
			changed, err := t.changed(target.Path, base, to)
			if err != nil {
				return nil, err
			}
			if !changed {
				continue
			}
		}
		p, err := t.engine.Plan(t.ctx, model.PlanRequest{Environment: e.Name, Target: target, Want: want, Applied: was, KeepDrift: base != ""})
		if err != nil {
			return nil, err
		}
		if len(p.Steps) > 0 {
			plans = append(plans, p)
		}
	}
	return plans, nil
}

// changed reports whether anything below a directory differs between two revisions.
func (t *teller) changed(dir string, a, b model.Hash) (bool, error) {
	var trees [2]model.Hash
	for i, id := range []model.Hash{a, b} {
		c, err := t.store.Commit(t.ctx, id)
		if err != nil {
			return false, err
		}
		trees[i] = c.Tree
	}
	for _, err := range objects.DiffTrees(t.ctx, t.store, trees[0], trees[1], dir) {
		return true, err
	}
	return false, nil
}

// run puts a run on record.
func (t *teller) run(c model.Change, by person, do func(*model.Run)) error {
	t.pass(2 * time.Minute)
	r := model.Run{ID: model.RunID(t.word(8)), Change: c.ID, Environment: c.Environment, By: by.principal(), Host: by.machine, Started: t.now}
	if err := t.append(by, ledger.Intent, change.Intent(c, r.ID, r.Host), nil); err != nil {
		return err
	}
	t.pass(time.Second)
	do(&r)
	fields, files, err := change.Outcome(c, r)
	if err != nil {
		return err
	}
	return t.append(by, ledger.Outcome, fields, files)
}

// event is how a step ended; each takes a moment.
func (t *teller) event(target string, address model.Address, phase model.Phase, message text.Safe) model.Event {
	took := time.Duration(20+t.rand.Uint64()%60) * time.Millisecond
	t.pass(took)
	return model.Event{At: t.now.UTC(), Target: target, Address: address, Phase: phase, Message: message, Took: took}
}

// doneBy says how a step ended well, in the words of the engine.
func doneBy(s model.Step) text.Safe {
	checked := false
	for _, e := range s.Effects {
		if command, ok := strings.CutPrefix(e, model.EffectReload); ok {
			return text.Format("in effect after %s", command)
		}
		checked = checked || strings.HasPrefix(e, model.EffectCheck)
	}
	switch {
	case s.Action == model.Delete:
		return text.Lit("deleted")
	case checked:
		return text.Lit("written, check passed")
	}
	return text.Lit("written")
}

func (t *teller) append(by person, verb ledger.Verb, fields []ledger.Field, files map[string][]byte) error {
	l := t.ledgers[by]
	if l == nil {
		l = ledger.Open(ledger.Options{Store: t.store, Self: by.principal(), Now: func() time.Time { return t.now }})
		t.ledgers[by] = l
	}
	_, err := l.Append(t.ctx, ledger.Unsigned{}, verb, fields, files)
	return err
}

// propose makes a change of a colleague that waits for approvals, just as their plumb would.
func (t *teller) propose(env, when string, by person, revision model.Hash, reason string) (id model.ChangeID) {
	t.do(when, func() error {
		if err := errors.Join(t.publish(), t.settled(env)); err != nil {
			return err
		}
		// How many approvals it needs, the workspace reads from the applied revision itself.
		w := workspace.New(workspace.Options{
			Store: t.store, Config: t.config, Origin: workspace.FromFile, Engines: map[string]workspace.Engine{"hosts": t.engine},
			Self: by.principal(), Host: by.machine, Now: func() time.Time { return t.now }, Rand: t.rand,
		})
		d, err := w.Draft(t.ctx, workspace.Request{Environment: env, Kind: model.Deploy, Subject: string(revision)})
		if err != nil {
			return err
		}
		c, err := w.Seal(t.ctx, d, reason)
		id = c.ID
		return err
	})
	return id
}
