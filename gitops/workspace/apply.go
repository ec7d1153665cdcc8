package workspace

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
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

// Runs lists all runs on record, newest first, without their events.
func (w *Workspace) Runs(ctx context.Context) ([]model.Run, error) {
	record, err := w.record(ctx)
	if err != nil {
		return nil, err
	}
	runs := slices.Clone(record.Runs)
	slices.Reverse(runs)
	for i := range runs {
		runs[i].Events = nil
	}
	return runs, nil
}

// Run finds one run by its id or an unambiguous beginning of it: with every
// event where this machine has its journal, otherwise with how each step ended.
func (w *Workspace) Run(ctx context.Context, id string) (model.Run, error) {
	record, err := w.record(ctx)
	if err != nil {
		return model.Run{}, err
	}
	r, err := byPrefix("run", id, record.Runs, func(r model.Run) string { return string(r.ID) })
	if err != nil {
		return r, err
	}
	events, err := run.Events(w.opt.StateDir, r.ID)
	if errors.Is(err, os.ErrNotExist) {
		return r, nil
	}
	if err != nil {
		return r, err
	}
	r.Events = events
	return r, nil
}
