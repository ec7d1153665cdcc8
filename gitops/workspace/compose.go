package workspace

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"plumb/gitops/change"
	"plumb/gitops/objects"
	"plumb/model"
	"plumb/model/diff"
	"plumb/model/text"
)

// composition is what picks make of git together, laid on top of what is applied.
type composition struct {
	*Workspace
	at    Position
	picks []Pick
	base  model.Commit
	tree  model.Hash // So far.

	made      []model.Pick     // What is recorded of each of the picks.
	resources []model.Resource // Of those that restore or adopt; by pick.
	parts     []model.Part
	adopted   selection
	reverted  map[int]model.Commit
	touched   map[string]int // By path: which pick changed it last. Of adopted files any of those that adopt.
}

// compose lays the picks on top of each other: what is adopted, then what is taken back, newest first, then what was edited.
func (w *Workspace) compose(ctx context.Context, p Position, picks []Pick) (*composition, error) {
	c := &composition{Workspace: w, at: p, picks: picks, made: make([]model.Pick, len(picks)), resources: make([]model.Resource, len(picks)),
		reverted: map[int]model.Commit{}, touched: map[string]int{}}
	var err error
	if c.base, err = w.Commit(ctx, p.anchor()); err != nil {
		return nil, err
	}
	c.tree = c.base.Tree
	for _, step := range []func(context.Context) error{c.find, c.adopt, c.revertAll, c.editAll, c.keepApart} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// find looks at the resources that are picked.
func (c *composition) find(ctx context.Context) error {
	if !slices.ContainsFunc(c.picks, func(p Pick) bool { return p.Address != "" }) {
		return nil
	}
	o, err := c.observe(ctx, c.at, nil)
	if err != nil {
		return err
	}
	for i, p := range c.picks {
		if p.Address == "" {
			continue
		}
		r, err := o.Drifted(p.Address)
		if err != nil {
			return &PickError{[]int{i}, err}
		}
		for j, other := range c.resources[:i] {
			if c.picks[j].Address != "" && qualify(other) == qualify(r) {
				return quarrel(c.picks, j, i, "they are about the same resource")
			}
		}
		c.resources[i] = r
		c.made[i] = model.Pick{Verb: p.Verb, What: qualify(r)}
		one := selection{resources: []model.Resource{r}}
		for _, part := range p.Parts {
			d, err := divided(r, part)
			if err != nil {
				return &PickError{[]int{i}, err}
			}
			one.portions = append(one.portions, portion{r, d, part})
		}
		c.parts = append(c.parts, one.parts()...)
		if p.Verb == model.Adopt {
			c.adopted.resources = append(c.adopted.resources, r)
			c.adopted.portions = append(c.adopted.portions, one.portions...)
		}
	}
	return nil
}

// adopt makes git say what is live of what is picked for that.
func (c *composition) adopt(ctx context.Context) error {
	if len(c.adopted.resources) == 0 {
		return nil
	}
	first := slices.IndexFunc(c.picks, func(p Pick) bool { return p.Verb == model.Adopt })
	resources, err := c.adopted.adopted()
	if err != nil {
		return err
	}
	edits, err := c.adoptEdits(ctx, c.at.Environment, c.base.Hash, resources)
	if err != nil {
		if len(resources) == 1 {
			return &PickError{[]int{first}, err}
		}
		return err
	}
	if c.tree, err = objects.EditTree(ctx, c.opt.Store, c.tree, edits); err != nil {
		return fmt.Errorf("adopt: %w", err)
	}
	if c.tree == c.base.Tree {
		return &PickError{[]int{first}, model.WithHint(errors.New("git says already what is live: nothing is left to adopt"), "plumb status --env %s looks again", c.at.Environment.Name)}
	}
	return c.touch(ctx, c.base.Tree, first)
}

// touch notes which files a pick changed.
func (c *composition) touch(ctx context.Context, before model.Hash, pick int) error {
	for f, err := range objects.DiffTrees(ctx, c.opt.Store, before, c.tree) {
		if err != nil {
			return fmt.Errorf("compare: %w", err)
		}
		c.touched[f.Path] = pick
	}
	return nil
}

// culprit is the pick that changed one of the files before.
func (c *composition) culprit(ctx context.Context, paths []string) (pick int, path string, ok bool) {
	for _, path := range paths {
		pick, ok := c.touched[path]
		if !ok {
			continue
		}
		if c.picks[pick].Verb == model.Adopt {
			pick = c.adopter(ctx, path, pick)
		}
		return pick, path, true
	}
	return 0, "", false
}

// adopter is which of several picks that adopt it is that changes a file.
func (c *composition) adopter(ctx context.Context, path string, otherwise int) int {
	for i, p := range c.picks {
		if p.Verb != model.Adopt {
			continue
		}
		edits, err := c.adoptEdits(ctx, c.at.Environment, c.base.Hash, []model.Resource{c.resources[i]})
		if err == nil && slices.ContainsFunc(edits, func(e model.Edit) bool { return e.Path == path }) {
			return i
		}
	}
	return otherwise
}

// revertAll takes commits back. Of two that build upon each other the later one goes first.
func (c *composition) revertAll(ctx context.Context) error {
	var left []int
	for i, p := range c.picks {
		if p.Verb != model.Revert {
			continue
		}
		id, err := c.Resolve(ctx, p.Commit)
		if err != nil {
			return &PickError{[]int{i}, err}
		}
		for j, other := range c.reverted {
			if other.Hash == id {
				return quarrel(c.picks, j, i, "they are about the same commit")
			}
		}
		if c.reverted[i], err = c.Commit(ctx, id); err != nil {
			return &PickError{[]int{i}, err}
		}
		left = append(left, i)
	}
	for len(left) > 0 {
		next := 0
		for k := range left {
			later, err := c.opt.Store.IsAncestor(ctx, c.reverted[left[next]].Hash, c.reverted[left[k]].Hash)
			if err != nil {
				return fmt.Errorf("order what is taken back: %w", err)
			}
			if later {
				next = k
			}
		}
		if err := c.revert(ctx, left[next]); err != nil {
			return err
		}
		left = slices.Delete(left, next, next+1)
	}
	return nil
}

func (c *composition) revert(ctx context.Context, i int) error {
	p, commit := c.picks[i], c.reverted[i]
	live, err := c.opt.Store.IsAncestor(ctx, commit.Hash, c.base.Hash)
	if err != nil {
		return fmt.Errorf("take back %s: %w", commit.Hash.Short(), err)
	}
	if !live {
		err := fmt.Errorf("%s is not live in %s", commit.Hash.Short(), c.at.Environment.Name)
		return &PickError{[]int{i}, model.WithHint(err, "take it back in a change of its own: plumb change create --env %s --revert %s", c.at.Environment.Name, commit.Hash.Short())}
	}
	parent, err := c.parentOf(ctx, commit)
	if err != nil {
		return &PickError{[]int{i}, err}
	}
	back, err := c.before(ctx, commit, parent, Request{Paths: p.Paths, Parts: p.Parts})
	if err != nil {
		return &PickError{[]int{i}, err}
	}
	what := fmt.Sprintf("take back %s", back.of(commit.Hash.Short()))
	before := c.tree
	c.tree, err = change.Inverse(ctx, c.opt.Store, what, before, commit.Tree, back.tree, back.paths...)
	if conflict, ok := errors.AsType[*change.ConflictError](err); ok {
		// It is the other pick's doing only if it could be taken back without it.
		if _, alone := change.Inverse(ctx, c.opt.Store, what, c.base.Tree, commit.Tree, back.tree, back.paths...); alone == nil {
			if j, path, ok := c.culprit(ctx, conflict.Paths); ok {
				return quarrel(c.picks, j, i, fmt.Sprintf("both change the same lines of %s", text.Line(path)))
			}
		}
		return &PickError{[]int{i}, withConflictHint(err)}
	}
	if err != nil {
		return err
	}
	if c.tree == before {
		return &PickError{[]int{i}, model.WithHint(fmt.Errorf("%s was taken back already: nothing of it is left", back.of(commit.Hash.Short())), "plumb log shows by which commit")}
	}
	c.made[i] = model.Pick{Verb: model.Revert, What: string(commit.Hash)}
	for _, name := range p.Paths {
		c.made[i].Paths = append(c.made[i].Paths, cleanPath(name))
	}
	for _, part := range p.Parts {
		c.made[i].Parts = append(c.made[i].Parts, model.Part{Address: cleanPath(part.Path), Old: part.Old, New: part.New, Blocks: part.Blocks})
	}
	return c.touch(ctx, before, i)
}

// editAll puts in what was edited.
func (c *composition) editAll(ctx context.Context) error {
	for i, p := range c.picks {
		if p.Verb != model.EditFiles {
			continue
		}
		for j, other := range c.picks[:i] {
			if other.Verb == model.EditFiles && cleanPath(other.Edit.Path) == cleanPath(p.Edit.Path) {
				return quarrel(c.picks, j, i, "they are about the same file")
			}
		}
		if err := c.edit(ctx, i); err != nil {
			return err
		}
	}
	return nil
}

func (c *composition) edit(ctx context.Context, i int) error {
	e := c.picks[i].Edit
	e.Path = cleanPath(e.Path)
	if err := editable(e.Path, e.New); err != nil {
		return &PickError{[]int{i}, err}
	}
	now, mode, err := c.file(ctx, e.Path)
	if err != nil {
		return &PickError{[]int{i}, err}
	}
	merged, conflicts := diff.Merge(e.Old, now, e.New)
	if conflicts > 0 {
		if j, path, ok := c.culprit(ctx, []string{e.Path}); ok {
			return quarrel(c.picks, j, i, fmt.Sprintf("both change the same lines of %s", text.Line(path)))
		}
		return &PickError{[]int{i}, model.WithHint(fmt.Errorf("%s is another file by now than the one that was edited", text.Line(e.Path)), "edit it again")}
	}
	if now != nil && string(merged) == string(now) {
		return &PickError{[]int{i}, model.WithHint(fmt.Errorf("nothing of %s was edited: it says so already", text.Line(e.Path)), "put the edit back")}
	}
	before := c.tree
	if c.tree, err = objects.EditTree(ctx, c.opt.Store, before, []model.Edit{{Path: e.Path, Mode: mode, Data: merged}}); err != nil {
		return &PickError{[]int{i}, err}
	}
	blocks := diff.Blocks(now, merged)
	c.made[i] = model.Pick{Verb: model.EditFiles, What: e.Path}
	for _, b := range blocks {
		c.made[i].Removed += b.OldHi - b.OldLo
		c.made[i].Added += b.NewHi - b.NewLo
	}
	return c.touch(ctx, before, i)
}

// keepApart refuses what changes a file of which another pick takes a part: what is to stay of it could not be said.
func (c *composition) keepApart(ctx context.Context) error {
	for i, p := range c.picks {
		if p.Address == "" || len(p.Parts) == 0 {
			continue
		}
		edits, err := c.adoptEdits(ctx, c.at.Environment, c.base.Hash, []model.Resource{c.resources[i]})
		if err != nil {
			return &PickError{[]int{i}, err}
		}
		paths := []string{c.resources[i].Tracked.Source}
		for _, e := range edits {
			paths = append(paths, e.Path)
		}
		for _, path := range paths {
			if j, ok := c.touched[path]; ok && c.picks[j].Verb != model.Adopt {
				return quarrel(c.picks, i, j, fmt.Sprintf("of %s a part was picked, and the other changes that file too", text.Line(path)))
			}
		}
	}
	return nil
}

func (w *Workspace) draftCompose(ctx context.Context, d *Draft, p Position, picks []Pick) error {
	c, err := w.compose(ctx, p, picks)
	if err != nil {
		return err
	}
	if c.tree == c.base.Tree {
		return model.WithHint(errors.New("what is picked cancels itself out: git stays as it is"), "put back what takes the other back")
	}
	d.tree, d.parent = c.tree, c.base.Hash
	d.Change.Picks, d.Change.Parts, d.Change.Kind = c.made, c.parts, changeKind(c.made)
	for _, pick := range c.made {
		if pick.Verb == model.Restore || pick.Verb == model.Adopt {
			d.Change.Addresses = append(d.Change.Addresses, pick.What)
		}
	}
	if err := w.noteOthers(ctx, d, p, c.base.Tree, func(env string) text.Safe {
		return text.Format("it changes files of %s in git too: they wait there to be deployed", env)
	}); err != nil {
		return err
	}
	for _, pick := range picks {
		if pick.Verb == model.EditFiles && pick.Edit.Old == nil {
			d.Notes = append(d.Notes, text.Format("%s is a new file", text.Line(cleanPath(pick.Edit.Path))))
		}
	}
	d.Change.Title = titleOf(c.made)
	d.message = d.Change.Title.String()
	d.trailers = append(c.trailers(), "")
	return nil
}

// trailers say in the message of the commit what it does; what is restored is no part of it.
func (c *composition) trailers() []string {
	var lines []string
	for _, p := range c.made {
		name := text.Line(nameOfPick(p)).String()
		switch {
		case p.Verb == model.Adopt:
			lines = append(lines, fmt.Sprintf("Adopt %s as live on %s.", name, c.at.Environment.Name))
		case p.Verb == model.Revert && len(p.Paths)+len(p.Parts) == 0:
			lines = append(lines, fmt.Sprintf("This reverts commit %s.", p.What))
		case p.Verb == model.Revert:
			var of []string
			of = append(of, p.Paths...)
			for _, part := range p.Parts {
				of = append(of, "a part of "+part.Address)
			}
			lines = append(lines, fmt.Sprintf("This takes back %s in commit %s.", text.Line(strings.Join(of, ", ")), p.What))
		case p.Verb == model.EditFiles:
			lines = append(lines, fmt.Sprintf("Edit %s.", name))
		}
	}
	return lines
}
