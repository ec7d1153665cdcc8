package workspace

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"plumb/gitops/change"
	"plumb/gitops/ledger"
	"plumb/gitops/run"
	"plumb/model"
	"plumb/model/policy"
	"plumb/model/text"
)

// Apply carries out an allowed change: it plans again and compares digests,
// merges the branch, runs, and looks again. Before, checks that have no result yet are run. Watch, if not nil, gets every event
// after it is in the journal, from one goroutine at a time; what the checks say comes first, and is in no journal. Cancelling ctx stops before the next step.
// The run says how it ended; the error wraps [model.ErrRefused] when nothing was begun because a rule
// forbids it, and [model.ErrUncertain] for a partial or unknown outcome.
func (w *Workspace) Apply(ctx context.Context, id model.ChangeID, watch func(model.Event)) (model.Run, error) {
	return w.apply(ctx, id, text.Safe{}, watch)
}

// longestReason is how many bytes may say why the glass is broken: an entry of the ledger has to hold them.
const longestReason = 1000

// BreakGlass is [Workspace.Apply] although approvals are missing or a freeze is on, where the policy lets the operator do so.
// Everything else has to be as it always has. Why goes on record with the run.
func (w *Workspace) BreakGlass(ctx context.Context, id model.ChangeID, why string, watch func(model.Event)) (model.Run, error) {
	why = strings.TrimSpace(why)
	switch {
	case why == "":
		return model.Run{}, model.WithHint(errors.New("breaking the glass needs a reason"), "say why in a sentence; it goes on record")
	case len(why) > longestReason:
		return model.Run{}, model.WithHint(errors.New("the reason for breaking the glass is too long"), "say it in %d characters", longestReason)
	}
	return w.apply(ctx, id, text.Line(said(why).String()), watch)
}

func (w *Workspace) apply(ctx context.Context, id model.ChangeID, glass text.Safe, watch func(model.Event)) (model.Run, error) {
	if err := w.MaySign(); err != nil {
		return model.Run{}, err
	}
	c, err := w.Change(ctx, string(id))
	if err != nil {
		return model.Run{}, err
	}
	if err := w.listen(ctx, c.Environment); err != nil {
		return model.Run{}, err
	}
	if c, _, err = w.applicable(ctx, id, glass, false); err != nil {
		return model.Run{}, err
	}
	// Before the lock is taken, because they can take their time.
	if err := w.requireChecks(ctx, c, watch); err != nil {
		return model.Run{}, err
	}
	runID, err := w.newRunID()
	if err != nil {
		return model.Run{}, err
	}
	me := w.holder(runID)
	lock, dead, err := run.Acquire(ctx, w.opt.Store, c.Environment, me, run.Alive)
	if err != nil {
		return model.Run{}, err
	}
	// What was begun is brought to its end in the records, whatever the operator cancels.
	settled := context.WithoutCancel(ctx)
	defer func() { _ = lock.Release(settled) }() // A lock that stays says who left it, and the next run takes it over.
	if dead != nil {
		if err := w.closeDeadRuns(settled, c.Environment, dead.Run); err != nil {
			return model.Run{}, err
		}
	}
	others, err := w.crowd(ctx, c.Environment, me, watch)
	if err != nil {
		return model.Run{}, err
	}
	if err := others.enter(ctx); err != nil {
		return model.Run{}, err
	}
	defer others.leave(settled)
	// Until the locks were held, somebody else could apply the change or give it up.
	c, overruled, err := w.applicable(ctx, id, glass, true)
	if err != nil {
		return model.Run{}, err
	}
	if why := w.outOfReach(ctx, c.Environment); why != "" {
		others.tell(text.Format("nobody elsewhere is kept from working on %s at the same time: %s", c.Environment, why))
	}
	review, err := w.Review(ctx, c)
	if err != nil {
		return model.Run{}, err
	}
	if !review.Holds {
		return model.Run{}, w.void(ctx, c, review.Because)
	}
	r := &running{w: w, change: c, plans: review.Plans, left: review.left, watch: watch, others: others,
		run: model.Run{ID: runID, Change: c.ID, Environment: c.Environment, By: w.opt.Self, Host: w.opt.Host, Started: w.opt.Now().UTC(), Glass: glass, Overruled: overruled}}
	return r.do(ctx, settled)
}

// applicable reads a change and refuses it where a rule forbids to apply it. With a reason to break the glass it answers
// the rules that are overruled by that. Checked says whether the checks must have passed already.
func (w *Workspace) applicable(ctx context.Context, id model.ChangeID, glass text.Safe, checked bool) (c model.Change, overruled []string, err error) {
	if c, err = w.Change(ctx, string(id)); err != nil {
		return c, nil, err
	}
	env, err := w.Governed(ctx, c.Environment)
	if err != nil {
		return c, nil, err
	}
	if !c.State.IsOpen() && c.Run != "" {
		return c, nil, w.ranAlready(ctx, c)
	}
	facts := policy.Facts{Environment: env, Change: c, Applier: w.opt.Self, Now: w.opt.Now(), Unshared: w.outOfReach(ctx, c.Environment)}
	if !checked {
		facts.Change.Checks = nil // They are run only where everything else allows it.
	}
	if !glass.IsEmpty() && c.State.IsOpen() {
		if err := policy.MayBreakGlass(facts, w.opt.Self); err != nil {
			return c, nil, err
		}
	}
	for _, rule := range policy.Decide(facts) {
		switch {
		case rule.OK:
		case glass.IsEmpty() || !c.State.IsOpen():
			return c, nil, refuse(c, rule)
		default:
			overruled = append(overruled, rule.Text)
		}
	}
	return c, overruled, nil
}

// ranAlready refuses a change that has had its run, and says whose that was.
func (w *Workspace) ranAlready(ctx context.Context, c model.Change) error {
	r, err := w.Run(ctx, string(c.Run))
	if err != nil {
		return err
	}
	if c.State == model.Applying {
		return model.Refuse("plumb run show "+string(r.ID)+" tells how far it is", "%s is at work on %s since %s from %s (run %s): it is applying",
			r.By.Email, c.ID, r.Started.In(w.opt.Now().Location()).Format("15:04"), text.Line(r.Host), r.ID)
	}
	return model.Refuse("make a new change", "%s cannot be applied: the change is %s, by %s (run %s)", c.ID, c.State, r.By.Email, r.ID)
}

// refuse says in a way that helps why a change may not be applied.
func refuse(c model.Change, rule model.Rule) error {
	hint := map[string]string{
		"approvals": fmt.Sprintf("plumb approve %s", c.ID),
		"read-only": "lift readonly: in plumb.yaml, or start plumb without --readonly",
		"open":      "make a new change",
		"shared":    "plumb sync says why the remote cannot be reached; for those who may, --break-glass applies without it",
		"checks":    fmt.Sprintf("plumb check --env %s %s runs them again and says why", c.Environment, c.Revision.Short()),
	}[rule.Name]
	switch {
	case hint == "":
		hint = "what it takes: " + rule.Missing
	case rule.Name == policy.Approvals && len(rule.WhoCould) > 0:
		hint += ", by " + strings.Join(rule.WhoCould, " or ")
	}
	if c.State == model.Void {
		return model.Refuse("make the change again: its plan is to be judged as it is now", "%s no longer holds: %s", c.ID, c.Note)
	}
	return model.Refuse(hint, "%s cannot be applied: %s", c.ID, rule.Text)
}

// holder is this process, as its lock tells others.
func (w *Workspace) holder(id model.RunID) run.Holder {
	pid := os.Getpid()
	return run.Holder{Run: id, By: w.opt.Self, Host: w.opt.Host, PID: pid, Start: run.ProcessStart(pid), Since: w.opt.Now().UTC()}
}

func (w *Workspace) newRunID() (model.RunID, error) {
	if w.opt.Run != "" {
		return w.opt.Run, nil
	}
	return NewRunID(w.opt.Rand)
}

// NewRunID is an id for a run that is about to begin.
func NewRunID(random io.Reader) (model.RunID, error) {
	var raw [4]byte
	if _, err := io.ReadFull(random, raw[:]); err != nil {
		return "", fmt.Errorf("name the run: %w", err)
	}
	return model.RunID(hex.EncodeToString(raw[:])), nil
}

func (w *Workspace) recordOutcome(ctx context.Context, c model.Change, r model.Run) error {
	fields, files, err := change.Outcome(c, r)
	if err != nil {
		return err
	}
	return w.append(ctx, c.Environment, ledger.Outcome, fields, files)
}
