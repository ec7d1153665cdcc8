package workspace

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"plumb/gitops/change"
	"plumb/gitops/config"
	"plumb/gitops/ledger"
	"plumb/model"
	"plumb/model/policy"
)

// Review is what a person judges: the plans of a change as reality gives them
// now, and the rules. Holds is false when reality or git moved since the change was
// sealed: its approvals are void then.
type Review struct {
	Plans   []model.Plan // As derived now, with contents.
	Holds   bool
	Because string // What moved, when it does not hold.
	At      time.Time
	Rules   []model.Rule
	Applied []model.Rule        // The same, if it is the operator who applies it: their own approval may not count then.
	Glass   bool                // The operator may overrule what is not met, with a reason.
	Checks  []model.CheckResult // The validation as it is now, and what is known of the checks.

	left []model.Edit // See plan.
}

// Review derives the plans of an open change again and compares their digests with the sealed ones.
func (w *Workspace) Review(ctx context.Context, c model.Change) (Review, error) {
	record, err := w.record(ctx)
	if err != nil {
		return Review{}, err
	}
	env, err := w.governed(ctx, c.Environment, record)
	if err != nil {
		return Review{}, err
	}
	r := Review{At: w.opt.Now()}
	w.judge(ctx, &c, record)
	if c.State != model.Void {
		if c.Checks, err = w.withValidation(ctx, env, c.Revision, c.Checks); err != nil {
			return r, err
		}
	}
	r.Checks = c.Checks
	if c.State == model.Void {
		r.Because = c.Note
		r.decide(ctx, w, env, c)
		return r, nil
	}
	r.Plans, r.left, err = w.plan(ctx, c)
	if gone, ok := errors.AsType[*movedError](err); ok {
		r.Because = gone.Error()
	} else if err != nil {
		return r, err
	} else {
		r.Because = moved(c, r.Plans)
	}
	r.Holds = r.Because == ""
	r.decide(ctx, w, env, c)
	reality := model.Rule{Name: "reality", OK: r.Holds, Text: map[bool]string{true: "reality unchanged since the plan", false: r.Because}[r.Holds]}
	r.Rules, r.Applied = append(r.Rules, reality), append(r.Applied, reality)
	return r, nil
}

// decide judges the change by the rules.
func (r *Review) decide(ctx context.Context, w *Workspace, env model.Environment, c model.Change) {
	facts := policy.Facts{Environment: env, Change: c, Now: r.At, Unshared: w.outOfReach(ctx, env.Name)}
	r.Rules = policy.Decide(facts)
	facts.Applier = w.opt.Self
	r.Applied, r.Glass = policy.Decide(facts), policy.MayBreakGlass(facts, w.opt.Self) == nil
}

// moved says what of the sealed plans no longer holds; empty when all does.
func moved(c model.Change, plans []model.Plan) string {
	now := map[string]model.Plan{}
	for _, p := range plans {
		now[p.Target] = p
	}
	for _, sealed := range c.Plans {
		p, ok := now[sealed.Target]
		switch {
		case !ok:
			return fmt.Sprintf("nothing is left to do on %s", sealed.Target)
		case p.Digest() != sealed.Digest:
			return difference(sealed, p)
		}
		delete(now, sealed.Target)
	}
	for target := range now {
		return fmt.Sprintf("%s was as it should be, and is no longer", target)
	}
	return ""
}

// difference names the first step that changed, appeared or vanished.
func difference(sealed model.PlanRef, now model.Plan) string {
	for _, place := range now.Places {
		if !slices.Contains(sealed.Places, place) {
			return fmt.Sprintf("plumb.yaml names other machines by now: %s", place)
		}
	}
	before := map[model.Address]model.StepRef{}
	for _, s := range sealed.Steps {
		before[s.Address] = s
	}
	for _, s := range now.Steps {
		if b, ok := before[s.Address]; !ok || b.Action != s.Action {
			return fmt.Sprintf("%s changed: it would now be %sd", s.Address, s.Action)
		}
		delete(before, s.Address)
	}
	for a := range before {
		return fmt.Sprintf("%s is as it should be by now", a)
	}
	return fmt.Sprintf("what is live on %s changed since the plan was made", sealed.Target)
}

// governed is the environment with its rules: how many approvals it needs, and its policy, are
// read from the last applied revision, so that no change can lower the bar for itself; before the first run, from
// the branch that it tracks, unless plumb.yaml in the work tree asks for more. What forbids writing counts
// wherever it is said. Who may break the glass is never taken from the work tree.
func (w *Workspace) governed(ctx context.Context, name string, record change.Record) (env model.Environment, err error) {
	env, err = w.Environment(name)
	if err != nil {
		return env, err
	}
	env.Policy.BreakGlass = nil
	defer func() {
		env.Policy.Keys = keysWords(record, name)
		env.Policy.Holds = slices.DeleteFunc(record.HoldsOf(name), func(h model.Hold) bool { return !h.IsByHand() })
	}()
	applied, recorded := record.Applied[name]
	if !recorded {
		// Before the first run what was committed counts, and not an edit that nobody has seen.
		if _, applied, err = w.tracked(ctx, env); err != nil || applied == "" {
			return env, err
		}
	}
	then, found, err := w.described(ctx, name, applied)
	if err != nil || !found {
		return env, err
	}
	if recorded || then.Approvals > env.Approvals {
		env.Approvals = then.Approvals
	}
	if recorded {
		env.Policy = then.Policy
	} else {
		env.Policy = policy.Stricter(then.Policy, env.Policy)
	}
	env.Checks = governingChecks(env.Checks, then.Checks, recorded)
	env.ReadOnly = env.ReadOnly || then.ReadOnly
	return env, nil
}

// described is an environment as plumb.yaml of a revision has it, and nothing else; not found where it has none, or no such file.
func (w *Workspace) described(ctx context.Context, name string, revision model.Hash) (env model.Environment, found bool, err error) {
	s, err := w.snapshot(ctx, revision)
	if err != nil {
		return env, false, err
	}
	data, err := fs.ReadFile(s.Files, config.FileName)
	if errors.Is(err, fs.ErrNotExist) {
		return env, false, nil
	}
	var then config.Repository
	if err == nil {
		then, err = config.ParseRepository(config.FileName, data)
	}
	if err != nil {
		return env, false, fmt.Errorf("read the rules of %s at %s: %w", name, revision.Short(), err)
	}
	i := slices.IndexFunc(then.Environments, func(e model.Environment) bool { return e.Name == name })
	if i < 0 {
		return env, false, nil
	}
	env = then.Environments[i]
	env.ReadOnly = env.ReadOnly || then.ReadOnly
	return env, true, nil
}

// governingChecks are those that count: those of the last applied revision; before the first run those that were committed, and
// what the work tree has beside them.
func governingChecks(now, then []model.Check, recorded bool) []model.Check {
	if recorded {
		return then
	}
	all := slices.Clone(then)
	for _, c := range now {
		if !slices.ContainsFunc(then, func(t model.Check) bool { return t.Name == c.Name }) {
			all = append(all, c)
		}
	}
	return all
}

// Governed is the environment with the rules that hold for it now.
func (w *Workspace) Governed(ctx context.Context, name string) (model.Environment, error) {
	record, err := w.record(ctx)
	if err != nil {
		return model.Environment{}, err
	}
	return w.governed(ctx, name, record)
}

// Approve records the operator's approval, bound to the change's digest and
// revision. Checks that have no result yet are run before; watch is told of them as in [check.Job.Run], and may be nil. It is refused when
// the rules do not allow it or when reality moved, which voids the change.
func (w *Workspace) Approve(ctx context.Context, id model.ChangeID, watch func(model.CheckEvent)) (model.Change, error) {
	if err := w.MaySign(); err != nil {
		return model.Change{}, err
	}
	c, err := w.Change(ctx, string(id))
	if err != nil {
		return c, err
	}
	if err := w.listen(ctx, c.Environment); err != nil {
		return c, err
	}
	if c, err = w.Change(ctx, string(id)); err != nil {
		return c, err
	}
	env, err := w.Governed(ctx, c.Environment)
	if err != nil {
		return c, err
	}
	if err := policy.MayApprove(policy.Facts{Environment: env, Change: c, Now: w.opt.Now()}, w.opt.Self); err != nil {
		return c, err
	}
	if err := w.requireHolds(ctx, c); err != nil {
		return c, err
	}
	// Whoever approves is to see what the checks say; whether they allow to apply it is for them to say then.
	if c.Checks, err = w.RunChecks(ctx, c, watch); err != nil {
		return c, err
	}
	if err := w.publish(ctx, c.Environment, ledger.Approve, change.Approval(c), nil); err != nil {
		return c, err
	}
	return w.Change(ctx, string(id))
}

// Refuse records that the operator says no to an open change, and why. While that stands, nobody can apply it.
func (w *Workspace) Refuse(ctx context.Context, id model.ChangeID, why string) (model.Change, error) {
	why = strings.TrimSpace(why)
	if why == "" {
		return model.Change{}, model.WithHint(errors.New("a refusal needs a reason"), "say in a sentence what has to be different; its author reads it")
	}
	if len(why) > longestReason {
		return model.Change{}, model.WithHint(errors.New("the reason for the refusal is too long"), "say it in %d characters", longestReason)
	}
	c, err := w.openChange(ctx, id)
	if err != nil {
		return c, err
	}
	for _, r := range c.Refusals {
		if r.Void == "" && r.By.Is(w.opt.Self) {
			return c, model.Refuse("plumb withdraw "+string(c.ID)+" takes it back", "you have refused %s already", c.ID)
		}
	}
	if err := w.publish(ctx, c.Environment, ledger.Refuse, change.Refusal(c, said(why).String()), nil); err != nil {
		return c, err
	}
	return w.Change(ctx, string(id))
}

// Withdraw takes the operator's approvals and refusals of an open change back.
func (w *Workspace) Withdraw(ctx context.Context, id model.ChangeID) (model.Change, error) {
	c, err := w.openChange(ctx, id)
	if err != nil {
		return c, err
	}
	approved := slices.ContainsFunc(c.Approvals, func(a model.Approval) bool { return a.Void == "" && a.By.Is(w.opt.Self) })
	refused := slices.ContainsFunc(c.Refusals, func(r model.Refusal) bool { return r.Void == "" && r.By.Is(w.opt.Self) })
	if !approved && !refused {
		return c, model.Refuse("plumb change show "+string(c.ID)+" lists who said what", "you have neither approved nor refused %s", c.ID)
	}
	if err := w.publish(ctx, c.Environment, ledger.Withdraw, change.Withdrawal(c), nil); err != nil {
		return c, err
	}
	return w.Change(ctx, string(id))
}

// openChange finds a change about which something can still be said.
func (w *Workspace) openChange(ctx context.Context, id model.ChangeID) (model.Change, error) {
	if err := w.MaySign(); err != nil {
		return model.Change{}, err
	}
	c, err := w.Change(ctx, string(id))
	if err == nil && !c.State.IsOpen() {
		err = model.Refuse("plumb change list shows what is open", "%s is %s", c.ID, c.State)
	}
	return c, err
}

// requireHolds refuses a change that no longer says what would happen, and records that it is void.
func (w *Workspace) requireHolds(ctx context.Context, c model.Change) error {
	r, err := w.Review(ctx, c)
	if err != nil {
		return err
	}
	if r.Holds {
		return nil
	}
	return w.void(ctx, c, r.Because)
}

// void records that a change no longer says what would happen, and is never nil: it is the refusal to go on.
func (w *Workspace) void(ctx context.Context, c model.Change, because string) error {
	if err := w.publish(ctx, c.Environment, ledger.Void, change.End(c, because), nil); err != nil {
		return err
	}
	return model.Refuse("make the change again: its plan is to be judged as it is now", "%s no longer holds: %s", c.ID, because)
}

// Abandon gives an open change up and deletes its branch.
func (w *Workspace) Abandon(ctx context.Context, id model.ChangeID, why string) (model.Change, error) {
	if err := w.MaySign(); err != nil {
		return model.Change{}, err
	}
	c, err := w.Change(ctx, string(id))
	if err != nil {
		return c, err
	}
	if !c.State.IsOpen() && c.State != model.Void {
		return c, model.Refuse("only open changes can be given up", "%s is %s", c.ID, c.State)
	}
	if err := w.publish(ctx, c.Environment, ledger.Abandon, change.End(c, said(why).String()), nil); err != nil {
		return c, err
	}
	if err := w.deleteBranch(ctx, c); err != nil {
		return c, err
	}
	return w.Change(ctx, string(id))
}

// deleteBranch removes the branch of a change whose life has ended.
func (w *Workspace) deleteBranch(ctx context.Context, c model.Change) error {
	if c.Onto == "" {
		return nil
	}
	if err := w.opt.Store.UpdateRef(ctx, c.ID.Branch(), "", c.Commits[0]); err != nil {
		return fmt.Errorf("delete the branch of %s: %w", c.ID, err)
	}
	return nil
}
