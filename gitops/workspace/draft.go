package workspace

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"plumb/gitops/change"
	"plumb/gitops/objects"
	"plumb/gitops/run"
	"plumb/model"
	"plumb/model/text"
)

// Request asks for a change.
type Request struct {
	Environment string
	Kind        model.ChangeKind
	Subject     string   // A revision for deploy, a commit for revert, a commit or change for rollback.
	Addresses   []string // For restore and adopt: ADDRESS, or TARGET/ADDRESS where that is ambiguous.
	Paths       []string // For revert: only these files and directories of the commit. None for all of it, unless there are parts.
	Parts       []Part   // For restore, adopt and revert: what is taken in part, beside Addresses or Paths.
	Picks       []Pick   // For compose, and for nothing else: what the change takes, each with its verb.
}

// Draft is a change before it is sealed: its plans are known, and nothing was written that anyone can see.
type Draft struct {
	Change model.Change // Without id, reason and digest yet.
	Plans  []model.Plan // One per target that has anything to do, with contents, for judging.

	Notes []text.Safe // What a person should know before sealing.

	// The commit is written when the reason is known, and its files then.
	sketch   *objects.Scratch
	tree     model.Hash // Empty where git stays as it is.
	parent   model.Hash
	message  string
	trailers []string
}

// Draft works out what the request would do. It looks at reality and writes nothing, not even into git. Where what was
// picked for a change does not go together, the error is a [*PickError].
func (w *Workspace) Draft(ctx context.Context, req Request) (*Draft, error) {
	sketch := objects.NewScratch(w.opt.Store)
	d, err := w.sketching(sketch).draft(ctx, req)
	if err != nil {
		return nil, err
	}
	d.sketch = sketch
	return d, nil
}

func (w *Workspace) draft(ctx context.Context, req Request) (*Draft, error) {
	p, err := w.Position(ctx, req.Environment)
	if err != nil {
		return nil, err
	}
	if p.Source != AppliedLedger {
		o, err := w.Observe(ctx, req.Environment, nil)
		if err != nil {
			return nil, err
		}
		p = o.Position
	}
	if p.Tracked == "" {
		return nil, model.WithHint(fmt.Errorf("there is no commit yet to bring to %s", p.Environment.Name), "commit something first")
	}
	if req.Kind == model.Compose {
		if err := req.checkPicks(); err != nil {
			return nil, err
		}
		req = req.plain()
	}
	if err := req.checkParts(); err != nil {
		return nil, err
	}
	d := &Draft{Change: model.Change{Environment: req.Environment, Kind: req.Kind, Author: w.opt.Self, SealedAt: w.opt.Now().UTC(), Base: p.Applied}}
	switch req.Kind {
	case model.Deploy:
		err = w.draftDeploy(ctx, d, p, req.Subject)
	case model.Restore:
		err = w.draftRestore(ctx, d, p, req)
	case model.Adopt:
		err = w.draftAdopt(ctx, d, p, req)
	case model.Revert:
		err = w.draftRevert(ctx, d, p, req)
	case model.Rollback:
		err = w.draftRollback(ctx, d, p, req.Subject)
	case model.Compose:
		err = w.draftCompose(ctx, d, p, req.Picks)
	default:
		err = fmt.Errorf("a change cannot be a %q", req.Kind)
	}
	if err != nil {
		return nil, withConflictHint(err)
	}
	if d.tree != "" {
		if err := w.prepareCommit(ctx, d, p); err != nil {
			return nil, withConflictHint(err)
		}
	}
	if d.Plans, _, err = w.plan(ctx, d.Change); err != nil {
		return nil, err
	}
	for _, plan := range d.Plans {
		d.Change.Plans = append(d.Change.Plans, plan.Ref())
	}
	return d, nil
}

// longestTitle is in bytes: it is a line in lists, and the subject of a commit.
const longestTitle = 200

// Rename gives the change another title than the one that was proposed. Git's commit is called so too.
func (d *Draft) Rename(title string) error {
	t := text.Line(strings.TrimSpace(title))
	switch {
	case t == d.Change.Title: // However long it is.
		return nil
	case t.IsEmpty():
		return model.WithHint(errors.New("a change needs a title"), "say in a few words what it does")
	case len(t.String()) > longestTitle:
		return model.WithHint(errors.New("the title is too long"), "say it in %d characters, and the rest in the reason", longestTitle)
	}
	d.Change.Title, d.message = t, t.String()
	return nil
}

func withConflictHint(err error) error {
	if _, ok := errors.AsType[*change.ConflictError](err); ok {
		return model.WithHint(err, "take the later commits back first, or make the change by hand in a commit and deploy that")
	}
	return err
}

func (w *Workspace) draftDeploy(ctx context.Context, d *Draft, p Position, subject string) error {
	rev := p.Tracked
	if subject != "" {
		var err error
		if rev, err = w.Resolve(ctx, subject); err != nil {
			return err
		}
	}
	ok, err := w.opt.Store.IsAncestor(ctx, rev, p.Tracked)
	if err != nil {
		return fmt.Errorf("deploy %s: %w", rev.Short(), err)
	}
	branch := strings.TrimPrefix(p.Branch, "refs/heads/")
	if !ok {
		return model.WithHint(fmt.Errorf("%s is not on %s, which %s tracks", rev.Short(), branch, p.Environment.Name), "merge it into %s first", branch)
	}
	for _, h := range p.Holds {
		if h.IsByHand() {
			continue // Judged when it is applied.
		}
		if err := w.respectHold(ctx, d, p.Environment.Name, h, rev); err != nil {
			return err
		}
	}
	c, err := w.Commit(ctx, rev)
	if err != nil {
		return err
	}
	d.Change.Subject, d.Change.Revision = string(rev), rev
	d.Change.Title = text.Format("Deploy %s %s", rev.Short(), c.Subject)
	if p.Applied == "" {
		return nil
	}
	commits, err := w.between(ctx, p, p.Applied, rev)
	if err != nil {
		return err
	}
	if len(commits) == 0 && rev != p.Applied {
		if commits, err = w.between(ctx, p, rev, p.Applied); err != nil {
			return err
		}
		if len(commits) > 0 {
			d.Change.Title = text.Format("Go back to %s %s", rev.Short(), c.Subject)
			d.Notes = append(d.Notes, text.Format("this goes back: %d commits are no longer live afterwards, and git still wants them", len(commits)))
		}
	}
	d.Change.Commits = commits
	return nil
}

// respectHold refuses revisions that would put back what a rollback took back.
func (w *Workspace) respectHold(ctx context.Context, d *Draft, env string, h model.Hold, rev model.Hash) error {
	contains, err := w.opt.Store.IsAncestor(ctx, h.Revision, rev)
	if err != nil {
		return fmt.Errorf("deploy %s: %w", rev.Short(), err)
	}
	if !contains {
		return model.Refuse(fmt.Sprintf("deploy a revision that contains %s, which took it back", h.Revision.Short()),
			"%s is held since %s (%s): %s would put back what %s took back", env, h.Since.Format("2006-01-02 15:04"), h.Why, rev.Short(), h.Change)
	}
	d.Notes = append(d.Notes, text.Format("this lifts the hold that %s left", h.Change))
	return nil
}

// between lists the commits after a up to b that touch the environment, newest first, without merges.
func (w *Workspace) between(ctx context.Context, p Position, a, b model.Hash) ([]model.Hash, error) {
	var ids []model.Hash
	q := objects.LogQuery{From: []string{string(b)}, Exclude: []string{string(a)}, Paths: p.Environment.Paths()}
	for e, err := range w.opt.Store.Log(ctx, q) {
		if err != nil {
			return nil, fmt.Errorf("list the commits from %s to %s: %w", a.Short(), b.Short(), err)
		}
		if len(e.Parents) < 2 {
			ids = append(ids, e.Hash)
		}
	}
	return ids, nil
}

func (w *Workspace) draftRestore(ctx context.Context, d *Draft, p Position, req Request) error {
	s, err := w.pick(ctx, p, req)
	if err != nil {
		return err
	}
	d.Change.Revision = p.anchor()
	d.Change.Addresses, d.Change.Parts = qualified(s.resources), s.parts()
	d.Change.Title = text.Format("Restore %s", s.phrase())
	return nil
}

func (w *Workspace) draftAdopt(ctx context.Context, d *Draft, p Position, req Request) error {
	s, err := w.pick(ctx, p, req)
	if err != nil {
		return err
	}
	picked, err := s.adopted()
	if err != nil {
		return err
	}
	edits, err := w.adoptEdits(ctx, p.Environment, p.anchor(), picked)
	if err != nil {
		return err
	}
	base, err := w.Commit(ctx, p.anchor())
	if err != nil {
		return err
	}
	if d.tree, err = objects.EditTree(ctx, w.opt.Store, base.Tree, edits); err != nil {
		return fmt.Errorf("adopt: %w", err)
	}
	if d.tree == base.Tree {
		return model.WithHint(fmt.Errorf("git says already what is live: nothing is left to adopt"), "plumb status --env %s looks again", p.Environment.Name)
	}
	d.parent = base.Hash
	d.Change.Addresses, d.Change.Parts = qualified(picked), s.parts()
	d.Change.Title = text.Format("Adopt %s", s.phrase())
	d.message = fmt.Sprintf("Adopt %s as live on %s", s.phrase(), p.Environment.Name)
	return nil
}

// adoptEdits asks the engines for the edits that make git say what is live, on top of a revision.
func (w *Workspace) adoptEdits(ctx context.Context, env model.Environment, onto model.Hash, picked []model.Resource) ([]model.Edit, error) {
	base, err := w.snapshot(ctx, onto)
	if err != nil {
		return nil, err
	}
	for _, r := range picked {
		if _, ok := env.Target(r.Target); !ok {
			return nil, model.WithHint(fmt.Errorf("%s: %s has no target %q any more", r.Address, env.Name, r.Target), "put it back into plumb.yaml, or edit the files by hand")
		}
	}
	var edits []model.Edit
	for _, t := range env.Targets {
		of := slices.DeleteFunc(slices.Clone(picked), func(r model.Resource) bool { return r.Target != t.Name })
		if len(of) == 0 {
			continue
		}
		engine, err := w.engine(t)
		if err != nil {
			return nil, err
		}
		adopter, ok := engine.(Adopter)
		if !ok {
			return nil, model.WithHint(fmt.Errorf("%s cannot adopt: its provider %s cannot write what is live into git", t.Name, t.Provider), "edit the files by hand, or restore")
		}
		e, err := adopter.Adopt(ctx, model.AdoptRequest{Environment: env.Name, Target: t, Base: base, Resources: of})
		if err != nil {
			return nil, fmt.Errorf("adopt: %w", err)
		}
		edits = append(edits, e...)
	}
	return edits, nil
}

func (w *Workspace) draftRollback(ctx context.Context, d *Draft, p Position, subject string) error {
	c, err := w.Change(ctx, subject)
	if errors.Is(err, objects.ErrNotFound) {
		id, rerr := w.Resolve(ctx, subject)
		if rerr != nil {
			return model.WithHint(fmt.Errorf("%q is neither a change nor a commit", subject), "plumb change list and plumb log list them")
		}
		return w.takeBack(ctx, d, p, id, "Roll back", Request{})
	}
	if err != nil {
		return err
	}
	switch {
	case c.Environment != p.Environment.Name:
		return model.WithHint(fmt.Errorf("%s was a change to %s", c.ID, c.Environment), "plumb rollback --env %s %s", c.Environment, c.ID)
	case c.State != model.Applied && !leftAMixture(c):
		return model.WithHint(fmt.Errorf("%s is %s: it did nothing that could be taken back", c.ID, c.State), "plumb change abandon gives up an open change")
	}
	return w.takeBackChange(ctx, d, p, c)
}

// takeBackChange drafts the way back from an earlier change: git's part is the
// inverse of what it brought to this environment, and where the run overwrote a hand-made state that git
// never had, exactly that state comes back, now as a commit.
func (w *Workspace) takeBackChange(ctx context.Context, d *Draft, p Position, c model.Change) error {
	base, err := w.Commit(ctx, p.anchor())
	if err != nil {
		return err
	}
	tree := base.Tree
	if c.Base != "" && c.Base != c.Revision {
		from, err := w.Commit(ctx, c.Revision)
		if err != nil {
			return err
		}
		to, err := w.Commit(ctx, c.Base)
		if err != nil {
			return err
		}
		what := fmt.Sprintf("take back %s", c.ID)
		if tree, err = change.Inverse(ctx, w.opt.Store, what, tree, from.Tree, to.Tree, p.Environment.Paths()...); err != nil {
			return err
		}
	}
	edits, err := w.handMadeEdits(ctx, d, p, c)
	if err != nil {
		return err
	}
	if d.tree, err = objects.EditTree(ctx, w.opt.Store, tree, edits); err != nil {
		return fmt.Errorf("take back %s: %w", c.ID, err)
	}
	if leftAMixture(c) && c.Base != "" && c.Base == p.Applied {
		takeBackMixture(d, p, c, d.tree == base.Tree)
		if d.tree == "" {
			return nil
		}
	}
	if d.tree == base.Tree {
		err := fmt.Errorf("nothing of %s is left to take back", c.ID)
		if len(d.Notes) > 0 {
			err = fmt.Errorf("nothing of %s can be taken back here: %s", c.ID, text.Join("; ", d.Notes...))
		}
		return model.WithHint(err, "plumb status shows how %s stands", c.Environment)
	}
	d.parent = base.Hash
	d.Change.Subject = string(c.ID)
	d.Change.Title = text.Format("Roll back %s", c.ID)
	d.message = fmt.Sprintf("Roll back %s", c.Title)
	return nil
}

// leftAMixture reports whether the change's run may have carried out a part of its steps, and nothing more is known.
func leftAMixture(c model.Change) bool {
	return c.State == model.Partial || c.State == model.Uncertain || c.State == model.Applying
}

// takeBackMixture limits the way back to what the change's run may have touched: all of it becomes again as it was applied
// before. Git's branch stays as it is, unless there are hand-made states to bring back.
func takeBackMixture(d *Draft, p Position, c model.Change, gitStays bool) {
	for _, plan := range c.Plans {
		for _, s := range plan.Steps {
			d.Change.Addresses = append(d.Change.Addresses, plan.Target+"/"+string(s.Address))
		}
	}
	if c.Revision != p.Applied {
		d.Notes = append(d.Notes, text.Format("git still wants %s: it waits to be deployed until it is reverted", c.Revision.Short()))
	}
	if !gitStays {
		return
	}
	d.tree = ""
	d.Change.Revision, d.Change.Subject = p.Applied, string(c.ID)
	d.Change.Title = text.Format("Roll back %s", c.ID)
}

// handMadeEdits are the edits that bring back what the change's run overwrote and git never had.
func (w *Workspace) handMadeEdits(ctx context.Context, d *Draft, p Position, c model.Change) ([]model.Edit, error) {
	before, err := run.BeforeStates(w.opt.StateDir, c.Run)
	if errors.Is(err, os.ErrNotExist) {
		for _, plan := range c.Plans {
			for _, s := range plan.Steps {
				if s.Drifted {
					d.Notes = append(d.Notes, text.Format("%s: what run %s overwrote was made by hand and is kept on the machine of that run only; it does not come back", s.Address, c.Run))
				}
			}
		}
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var resources []model.Resource
	for _, b := range before {
		if b.Drifted {
			resources = append(resources, model.Resource{Target: b.Target, Address: b.Address, Group: b.Group, Name: b.Name, Live: b.State, Status: model.Drifted})
		}
	}
	if len(resources) == 0 {
		return nil, nil
	}
	d.Notes = append(d.Notes, text.Format("%d hand-made states that run %s overwrote come back to the byte, as a commit", len(resources), c.Run))
	return w.adoptEdits(ctx, p.Environment, p.anchor(), resources)
}

// prepareCommit makes sure that the commit of the draft can be merged into its
// branch, and writes it with a provisional message, so that plans can be derived from its tree.
func (w *Workspace) prepareCommit(ctx context.Context, d *Draft, p Position) error {
	if p.Branch == "" {
		return model.WithHint(fmt.Errorf("HEAD is detached, so no branch can receive the commit"), "set branch: for %s in plumb.yaml, or check a branch out", p.Environment.Name)
	}
	d.Change.Onto = p.Branch
	id, err := w.commit(ctx, d)
	if err != nil {
		return err
	}
	if _, err := change.Merge(ctx, w.opt.Store, d.Change, p.Tracked, id, w.opt.Self, w.opt.Now()); err != nil {
		return err
	}
	return nil
}

// commit writes the draft's commit and puts it where it belongs in the change.
func (w *Workspace) commit(ctx context.Context, d *Draft) (model.Hash, error) {
	old := d.Change.Commits
	id, err := change.Commit(ctx, w.opt.Store, d.Change, d.tree, d.parent, d.message, d.trailers...)
	if err != nil {
		return "", err
	}
	if d.Change.Revision == "" || len(old) > 0 && d.Change.Revision == old[0] {
		d.Change.Revision = id
	}
	d.Change.Commits = []model.Hash{id}
	return id, nil
}
