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

func (w *Workspace) draftRevert(ctx context.Context, d *Draft, p Position, req Request) error {
	id, err := w.Resolve(ctx, req.Subject)
	if err != nil {
		return err
	}
	return w.takeBack(ctx, d, p, id, "Revert", req)
}

// takeBack drafts the inverse of one commit, or of what the request names of it. A commit that is live is taken
// back on top of what is applied, so that rolling back brings nothing with it that waits; one that only waits is
// taken back in git alone.
func (w *Workspace) takeBack(ctx context.Context, d *Draft, p Position, id model.Hash, verb string, req Request) error {
	c, err := w.Commit(ctx, id)
	if err != nil {
		return err
	}
	parent, err := w.parentOf(ctx, c)
	if err != nil {
		return err
	}
	onto := p.anchor()
	live, err := w.opt.Store.IsAncestor(ctx, id, onto)
	if err != nil {
		return err
	}
	if !live {
		waits, err := w.opt.Store.IsAncestor(ctx, id, p.Tracked)
		if err != nil {
			return err
		}
		if !waits {
			return model.WithHint(fmt.Errorf("%s is neither live in %s nor on the branch that it tracks", id.Short(), p.Environment.Name), "plumb log shows where each commit is live")
		}
		onto = p.Tracked
		d.Notes = append(d.Notes, text.Format("%s is not live in %s: it is taken back in git, nothing changes there", id.Short(), p.Environment.Name))
	}
	base, err := w.Commit(ctx, onto)
	if err != nil {
		return err
	}
	back, err := w.before(ctx, c, parent, req)
	if err != nil {
		return err
	}
	what := fmt.Sprintf("take back %s", back.of(id.Short()))
	if d.tree, err = change.Inverse(ctx, w.opt.Store, what, base.Tree, c.Tree, back.tree, back.paths...); err != nil {
		return err
	}
	if d.tree == base.Tree {
		return model.WithHint(fmt.Errorf("%s was taken back already: nothing of it is left", back.of(id.Short())), "plumb log shows by which commit")
	}
	if err := w.noteOthers(ctx, d, p, base.Tree, func(env string) text.Safe {
		return text.Format("the same commit changed files of %s: they are taken back in git too, and wait there to be deployed", env)
	}); err != nil {
		return err
	}
	d.parent = onto
	if !live {
		d.Change.Revision = p.anchor()
	}
	d.Change.Subject = string(id)
	d.Change.Title = text.Format("%s %s %s", verb, back.of(id.Short()), c.Subject)
	d.message = fmt.Sprintf("Revert %q", c.Subject.String())
	d.trailers = []string{fmt.Sprintf("This reverts commit %s.", id), ""}
	if back.phrase != "" {
		// Who looks for commits that were reverted is not to take the whole for one.
		d.message = fmt.Sprintf("Revert a part of %q", c.Subject.String())
		d.trailers = []string{fmt.Sprintf("This takes back %s.", back.of("commit "+string(id))), ""}
	}
	return nil
}

// parentOf is what was before a commit.
func (w *Workspace) parentOf(ctx context.Context, c model.Commit) (model.Commit, error) {
	if len(c.Parents) == 0 {
		return c, model.WithHint(fmt.Errorf("%s is the first commit: there is nothing before it", c.Hash.Short()), "take back a later one")
	}
	parent, err := w.Commit(ctx, c.Parents[0])
	if err != nil {
		return parent, fmt.Errorf("read what was before %s: %w", c.Hash.Short(), err)
	}
	return parent, nil
}

// noteOthers says what the draft's commit changes for other environments, where it then waits to be deployed.
func (w *Workspace) noteOthers(ctx context.Context, d *Draft, p Position, before model.Hash, note func(env string) text.Safe) error {
	for _, e := range w.Environments() {
		if e.Name == p.Environment.Name || len(e.Targets) == 0 {
			continue
		}
		for _, err := range objects.DiffTrees(ctx, w.opt.Store, before, d.tree, e.Paths()...) {
			if err != nil {
				return fmt.Errorf("compare for %s: %w", e.Name, err)
			}
			d.Notes = append(d.Notes, note(e.Name))
			break
		}
	}
	return nil
}

// goal is what a commit's files are to become when it, or a part of it, is taken back.
type goal struct {
	tree   model.Hash
	paths  []string // What of the tree counts; none for all.
	phrase string   // What is taken back; empty for all of the commit.
}

// of names what is taken back of a commit.
func (g goal) of(commit string) string {
	if g.phrase == "" {
		return commit
	}
	return g.phrase + " in " + commit
}

// before is the tree before a commit, but for files of which only a part is to be taken back the commit's own version
// without that part.
func (w *Workspace) before(ctx context.Context, c, parent model.Commit, req Request) (goal, error) {
	if len(req.Paths)+len(req.Parts) == 0 {
		return goal{tree: parent.Tree}, nil
	}
	var g goal
	var phrases []string
	for _, name := range req.Paths {
		if name = cleanPath(name); name == "" {
			return g, model.WithHint(errors.New("the root is no file of a commit"), "name no path to take all of it back")
		}
		if _, err := w.changed(ctx, c, parent, name); err != nil {
			return g, err
		}
		g.paths = append(g.paths, name)
		phrases = append(phrases, text.Line(name).String())
	}
	var edits []model.Edit
	for _, p := range req.Parts {
		name := cleanPath(p.Path)
		if slices.ContainsFunc(g.paths, func(other string) bool { return other == name || strings.HasPrefix(name, other+"/") }) {
			return g, model.WithHint(fmt.Errorf("%s is named twice", text.Line(name)), "take all of it, or all of its parts at once")
		}
		more, phrase, err := w.partBefore(ctx, c, parent, name, p)
		if err != nil {
			return g, err
		}
		g.paths, edits, phrases = append(g.paths, name), append(edits, more...), append(phrases, phrase)
	}
	g.phrase = phrases[0]
	if len(phrases) > 1 {
		g.phrase = fmt.Sprintf("%d files", len(phrases))
		if len(req.Parts) > 0 {
			g.phrase = "parts of " + g.phrase
		}
	}
	var err error
	if g.tree, err = objects.EditTree(ctx, w.opt.Store, parent.Tree, edits); err != nil {
		return g, fmt.Errorf("take back %s: %w", g.of(c.Hash.Short()), err)
	}
	return g, nil
}

// changed finds what a commit changed in a file, or in a directory, of which it is the first file.
func (w *Workspace) changed(ctx context.Context, c, parent model.Commit, name string) (model.FileChange, error) {
	for f, err := range objects.DiffTrees(ctx, w.opt.Store, parent.Tree, c.Tree, name) {
		if err != nil {
			return f, fmt.Errorf("take back %s of %s: %w", text.Line(name), c.Hash.Short(), err)
		}
		return f, nil
	}
	return model.FileChange{}, model.WithHint(fmt.Errorf("%s did not change %s", c.Hash.Short(), text.Line(name)), "plumb diff %s lists what it changed", c.Hash.Short())
}

// partBefore is the edit that makes of a file before a commit the one after it without the part.
func (w *Workspace) partBefore(ctx context.Context, c, parent model.Commit, name string, p Part) (edits []model.Edit, phrase string, err error) {
	f, err := w.changed(ctx, c, parent, name)
	if err != nil {
		return nil, "", err
	}
	if f.Path != name {
		return nil, "", model.WithHint(fmt.Errorf("%s is a directory", text.Line(name)), "name one of its files, as %s", text.Line(f.Path))
	}
	d, err := w.DivideFile(ctx, f)
	if err != nil {
		return nil, "", err
	}
	if d.Old != p.Old || d.New != p.New {
		return nil, "", model.Refuse("look again and pick again", "%s is not what its part was picked from", text.Line(name))
	}
	before, errOld := w.blob(ctx, f.OldMode, f.OldHash, maxLoaded)
	after, errNew := w.blob(ctx, f.NewMode, f.NewHash, maxLoaded)
	if err := errors.Join(errOld, errNew); err != nil {
		return nil, "", fmt.Errorf("take back a part of %s: %w", text.Line(name), err)
	}
	data, err := diff.Except(before, after, p.Blocks)
	if err != nil {
		return nil, "", model.WithHint(fmt.Errorf("what was picked of %s does not fit: %w", text.Line(name), err), "look again and pick again")
	}
	phrase = fmt.Sprintf("%s of %s", amount(p.Blocks, d.Blocks), text.Line(name))
	if data == nil {
		return nil, phrase, nil // The commit made the file, and none of its lines stay: before the commit it was not there.
	}
	mode := f.NewMode
	if f.NewHash == "" {
		mode = f.OldMode
	}
	return []model.Edit{{Path: name, Mode: mode, Data: data}}, phrase, nil
}
