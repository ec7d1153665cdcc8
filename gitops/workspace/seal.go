package workspace

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"plumb/gitops/change"
	"plumb/gitops/ledger"
	"plumb/gitops/objects"
	"plumb/gitops/share"
	"plumb/model"
	"plumb/model/policy"
	"plumb/model/secret"
	"plumb/model/text"
)

// plan derives the plans of a change from reality as it is now: one per target that has anything to do. Where resources are
// restored in part, left are the edits to the change's revision that say what is to be live of them afterwards.
func (w *Workspace) plan(ctx context.Context, c model.Change) (plans []model.Plan, left []model.Edit, err error) {
	env, err := w.Environment(c.Environment)
	if err != nil {
		return nil, nil, err
	}
	want, err := w.snapshot(ctx, c.Revision)
	if err != nil {
		return nil, nil, err
	}
	var applied model.Snapshot
	base, err := w.reached(ctx, c)
	if err != nil {
		return nil, nil, err
	}
	if base != "" {
		if applied, err = w.snapshot(ctx, base); err != nil {
			return nil, nil, err
		}
	}
	if len(c.Parts) > 0 {
		if left, err = w.whatIsLeft(ctx, env, c, want, applied); err != nil {
			return nil, nil, err
		}
		if want, err = w.overlaid(ctx, c.Revision, left); err != nil {
			return nil, nil, err
		}
	}
	for _, t := range env.Targets {
		engine, err := w.engine(t)
		if err != nil {
			return nil, nil, err
		}
		addresses, concerned := only(c, t.Name)
		if len(c.Picks) > 0 {
			addresses, err = w.composed(ctx, engine, t, c)
			concerned = len(addresses) > 0
		}
		if err != nil {
			return nil, nil, fmt.Errorf("plan %s for %s: %w", t.Name, env.Name, err)
		}
		if !concerned {
			continue
		}
		p, err := engine.Plan(ctx, model.PlanRequest{Environment: env.Name, Target: t, Want: want, Applied: applied,
			Only: addresses, KeepDrift: len(addresses) == 0 && c.Base != ""})
		if err != nil {
			return nil, nil, fmt.Errorf("plan %s for %s: %w", t.Name, env.Name, err)
		}
		if len(p.Steps) > 0 || p.Coverage.Predicted < p.Coverage.Total {
			plans = append(plans, p)
		}
	}
	return plans, left, nil
}

// reached is the revision that the environment may have of what the change touches: the applied one, but for the way
// back from a run that did not end well the one that it was to bring, so that what it created is known.
func (w *Workspace) reached(ctx context.Context, c model.Change) (model.Hash, error) {
	if c.Kind != model.Rollback || len(c.Addresses) == 0 {
		return c.Base, nil
	}
	record, err := w.record(ctx)
	if err != nil {
		return "", err
	}
	for _, before := range record.Changes {
		if string(before.ID) == c.Subject {
			return before.Revision, nil
		}
	}
	return c.Base, nil
}

// Seal makes the change of a draft: a commit on its branch, a digest, an entry
// in the ledger. The reason is required: histories without reasons explain nothing.
// The draft stays as it is.
func (w *Workspace) Seal(ctx context.Context, d *Draft, reason string) (model.Change, error) {
	if err := w.MaySign(); err != nil {
		return model.Change{}, err
	}
	reason = strings.TrimSpace(reason)
	if reason == "" {
		return model.Change{}, model.WithHint(fmt.Errorf("a change needs a reason"), "say why in a sentence; it goes into the history")
	}
	// The draft is still being looked at while it is sealed, and can be sealed again when that fails.
	sealing := *d
	sealing.Plans = slices.Clone(d.Plans)
	d = &sealing
	c := &d.Change
	if len(d.Plans) == 0 && d.tree == "" && c.Base == c.Revision {
		return model.Change{}, model.WithHint(fmt.Errorf("there is nothing to do: %s has %s already", c.Environment, c.Revision.Short()), "plumb status shows how it stands; what drifted is restored or adopted")
	}
	var err error
	if c.ID, err = w.newID(*c); err != nil {
		return model.Change{}, err
	}
	c.Title, c.Reason, c.SealedAt = said(c.Title.String()), said(reason), w.opt.Now().UTC()
	if d.tree != "" {
		if err := d.sketch.Keep(ctx, d.tree); err != nil {
			return model.Change{}, fmt.Errorf("seal %s: %w", c.ID, err)
		}
		if _, err := w.commit(ctx, d); err != nil {
			return model.Change{}, err
		}
	}
	c.Plans = []model.PlanRef{}
	for i := range d.Plans {
		d.Plans[i].Revision = c.Revision
		c.Plans = append(c.Plans, d.Plans[i].Ref())
	}
	c.Digest, c.State = c.Seal(), model.Sealed
	fields, files, err := change.Entry(*c, d.Plans)
	if err != nil {
		return model.Change{}, err
	}
	if d.tree != "" {
		if err := w.opt.Store.UpdateRef(ctx, c.ID.Branch(), c.Commits[0], ""); err != nil {
			return model.Change{}, fmt.Errorf("create the branch of %s: %w", c.ID, err)
		}
	}
	if err := w.append(ctx, c.Environment, ledger.Seal, fields, files); err != nil {
		if d.tree != "" {
			err = errors.Join(err, w.opt.Store.UpdateRef(ctx, c.ID.Branch(), "", c.Commits[0]))
		}
		return model.Change{}, err
	}
	var branches []share.Branch
	if d.tree != "" {
		branches = append(branches, share.Branch{Name: c.ID.Branch(), Commit: c.Commits[0]})
	}
	w.give(ctx, c.Environment, branches...)
	return w.Change(ctx, string(c.ID))
}

// said is what a person wrote, as it goes on record for good: without the secrets that were pasted into it.
func said(words string) text.Safe { return text.Clean(secret.MaskText(words)) }

// newID names a change after what it does, with a few random digits.
func (w *Workspace) newID(c model.Change) (model.ChangeID, error) {
	about := c.Environment
	switch {
	case len(c.Picks) > 0: // No one of them tells what all of it does.
	case c.Kind == model.Restore, c.Kind == model.Adopt:
		_, rest, _ := strings.Cut(c.Addresses[0], "/")
		about, _, _ = strings.Cut(rest, ":")
	case c.Kind == model.Deploy:
		about = c.Environment + "-" + c.Revision.Short()
	case c.Kind == model.Revert:
		about = model.Hash(c.Subject).Short()
	}
	var raw [2]byte
	if _, err := io.ReadFull(w.opt.Rand, raw[:]); err != nil {
		return "", fmt.Errorf("name the change: %w", err)
	}
	slug := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return '-'
	}, strings.ToLower(about))
	const longest = 40
	slug = strings.Trim(slug[:min(len(slug), longest)], "-")
	return model.ChangeID(fmt.Sprintf("%s-%s-%s", c.Kind, slug, hex.EncodeToString(raw[:]))), nil
}

// Changes lists all changes, newest first, with their approvals and states.
func (w *Workspace) Changes(ctx context.Context) ([]model.Change, error) {
	record, err := w.record(ctx)
	if err != nil {
		return nil, err
	}
	changes := slices.Clone(record.Changes)
	for i := range changes {
		w.judge(ctx, &changes[i], record)
	}
	w.markNew(changes)
	slices.SortStableFunc(changes, func(a, b model.Change) int {
		return cmp.Or(b.SealedAt.Compare(a.SealedAt), cmp.Compare(a.ID, b.ID))
	})
	return changes, nil
}

// judge turns a sealed change with enough approvals into an approved one, and one whose ground has moved into a void one.
func (w *Workspace) judge(ctx context.Context, c *model.Change, record change.Record) {
	if !c.State.IsOpen() {
		return
	}
	if applied, ok := record.Applied[c.Environment]; ok && applied != c.Base {
		c.State = model.Void
		c.Note = fmt.Sprintf("%s was brought to %s since this was planned", c.Environment, applied.Short())
		for i := range c.Approvals {
			c.Approvals[i].Void = c.Note
		}
		return
	}
	env, err := w.governed(ctx, c.Environment, record)
	if err != nil {
		c.Note = text.Error(err).String()
		return
	}
	c.Checks, c.Doubts = w.knownChecks(ctx, env, *c), record.Problems
	c.Approvals = slices.Clone(c.Approvals)
	for i, a := range c.Approvals {
		if a.Void != "" || env.Policy.Expires == 0 {
			continue
		}
		c.Approvals[i].Expires = a.At.Add(env.Policy.Expires)
		c.Approvals[i].Void = policy.Expired(env.Policy, a, w.opt.Now())
	}
	c.Governed = &env
	if policy.Approved(policy.Facts{Environment: env, Change: *c, Now: w.opt.Now()}) {
		c.State = model.Approved
	}
}

// Change finds one by its id or an unambiguous beginning of it. An id that is
// not there is an error that wraps objects.ErrNotFound.
func (w *Workspace) Change(ctx context.Context, id string) (model.Change, error) {
	changes, err := w.Changes(ctx)
	if err != nil {
		return model.Change{}, err
	}
	return byPrefix("change", id, changes, func(c model.Change) string { return string(c.ID) })
}

// byPrefix finds the one thing whose id is, or begins with, the given one.
func byPrefix[T any](what, id string, all []T, name func(T) string) (found T, err error) {
	var names []string
	for _, t := range all {
		if name(t) == id {
			return t, nil
		}
		if id != "" && strings.HasPrefix(name(t), id) {
			found, names = t, append(names, name(t))
		}
	}
	switch len(names) {
	case 1:
		return found, nil
	case 0:
		return found, model.WithHint(fmt.Errorf("%s %q: %w", what, id, objects.ErrNotFound), "plumb %s lists them", map[string]string{"change": "change list", "run": "runs", "hold": "hold list"}[what])
	}
	return found, model.WithHint(fmt.Errorf("%s %q could be any of %s", what, id, strings.Join(names, ", ")), "give more of the id")
}
