package workspace

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"plumb/gitops/objects"
	"plumb/model"
	"plumb/model/diff"
	"plumb/model/secret"
	"plumb/model/text"
)

const (
	// maxShown is the size in bytes above which a file is not loaded to be shown unless that is asked for.
	maxShown = 4 << 20
	// maxLoaded is the size in bytes above which a file is not loaded at all.
	maxLoaded = 256 << 20
)

// Commit reads one commit.
func (w *Workspace) Commit(ctx context.Context, id model.Hash) (model.Commit, error) {
	return w.opt.Store.Commit(ctx, id)
}

// Files lists what differs between two revisions, in path order. An empty a is the empty tree.
func (w *Workspace) Files(ctx context.Context, a, b model.Hash, paths ...string) ([]model.FileChange, error) {
	var trees [2]model.Hash
	for i, id := range []model.Hash{a, b} {
		if id == "" {
			continue
		}
		c, err := w.opt.Store.Commit(ctx, id)
		if err != nil {
			return nil, fmt.Errorf("compare %s with %s: %w", a.Short(), b.Short(), err)
		}
		trees[i] = c.Tree
	}
	var files []model.FileChange
	for f, err := range objects.DiffTrees(ctx, w.opt.Store, trees[0], trees[1], paths...) {
		if err != nil {
			return files, fmt.Errorf("compare %s with %s: %w", a.Short(), b.Short(), err)
		}
		files = append(files, f)
	}
	return files, nil
}

// CommitFiles lists what a commit changed against its first parent.
func (w *Workspace) CommitFiles(ctx context.Context, id model.Hash) ([]model.FileChange, error) {
	c, err := w.opt.Store.Commit(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("read commit %s: %w", id.Short(), err)
	}
	var parent model.Hash
	if len(c.Parents) > 0 {
		parent = c.Parents[0]
	}
	return w.Files(ctx, parent, id)
}

// FileDiff reads both sides of one file and compares them, secrets masked. A side of more than most bytes, 0 for the usual
// limit, is not loaded: the difference says how large it is. A missing object is told in the note.
func (w *Workspace) FileDiff(ctx context.Context, f model.FileChange, opt diff.Options, most int64) diff.File {
	if most == 0 {
		most = maxShown
	}
	before, errOld := w.blob(ctx, f.OldMode, f.OldHash, most)
	after, errNew := w.blob(ctx, f.NewMode, f.NewHash, most)
	d := compare(f.Path, before, after, w.isSensitive(f.Path) || w.isSensitive(f.OldPath), opt)
	if err := errors.Join(errOld, errNew); err != nil {
		d = d.WithoutLines()
		var large *tooLarge
		if errors.As(err, &large) {
			d.Note, d.Unloaded = large.note(), large.size
		} else {
			d.Note = text.Error(err)
		}
	}
	if f.OldPath != "" && f.OldHash != "" {
		d.OldPath = text.Line(f.OldPath)
	}
	setMode := func(side *string, m model.FileMode) {
		if m != 0 {
			*side = fmt.Sprintf("%06o", uint32(m))
		}
	}
	setMode(&d.OldMode, f.OldMode)
	setMode(&d.NewMode, f.NewMode)
	return d
}

// tooLarge is a file that was not loaded for its size in bytes.
type tooLarge struct{ size int64 }

func (e *tooLarge) Error() string { return fmt.Sprintf("%d MiB, not loaded", e.size>>20) }

// note is what there is to say beyond the size: nothing where it can be loaded after all.
func (e *tooLarge) note() text.Safe {
	if e.size <= maxLoaded {
		return text.Safe{}
	}
	return text.Format("%d MiB: too large to be compared here", e.size>>20)
}

// isSensitive reports whether plumb.yaml says that a file of the repository is a secret as a whole.
func (w *Workspace) isSensitive(file string) bool {
	for _, e := range w.Environments() {
		for _, t := range e.Targets {
			if t.IsSensitive(file) {
				return true
			}
		}
	}
	return false
}

// blob reads one side of a file; nil where it does not exist.
func (w *Workspace) blob(ctx context.Context, mode model.FileMode, id model.Hash, most int64) ([]byte, error) {
	switch {
	case id == "":
		return nil, nil
	case mode == model.ModeSubmodule:
		return fmt.Appendf(nil, "submodule at %s\n", id), nil
	}
	size, err := w.opt.Store.Size(ctx, id)
	if err != nil {
		return nil, err
	}
	if size > min(most, maxLoaded) {
		return nil, &tooLarge{size}
	}
	data, err := w.opt.Store.Blob(ctx, id)
	if data == nil {
		data = []byte{}
	}
	return data, err
}

// compare is the one place where two versions are put beside each other, so that no view can forget the mask.
func compare(path string, before, after []byte, whole bool, opt diff.Options) diff.File {
	opt.Path = path
	old, new := secret.MaskPair(path, before, after, whole)
	d := diff.Text(old, new, opt)
	if !bytes.Equal(old, before) || !bytes.Equal(new, after) {
		d.Masked = string(model.Sum(before) + model.Sum(after))
	}
	return d
}

// Side is a version of a resource.
type Side string

// The three versions of a resource.
const (
	Tracked Side = "git"
	Applied Side = "applied"
	Live    Side = "live"
)

// State is the resource's version of that side.
func (s Side) State(r model.Resource) model.State {
	switch {
	case s == Live:
		return r.Live
	case s == Applied && r.Applied != nil:
		return *r.Applied
	}
	return r.Tracked
}

// ResourceDiff compares two versions of a resource, secrets masked. It reads nothing: r holds all versions.
func ResourceDiff(r model.Resource, from, to Side, opt diff.Options) diff.File {
	if opt.OldLabel == "" {
		opt.OldLabel = string(from)
	}
	if opt.NewLabel == "" {
		opt.NewLabel = string(to)
	}
	return stateDiff(string(r.Address), from.State(r), to.State(r), opt)
}

// StepDiff compares before and after of a step, secrets masked.
func StepDiff(s model.Step, opt diff.Options) diff.File {
	if opt.OldLabel == "" {
		opt.OldLabel = "live"
	}
	if opt.NewLabel == "" {
		opt.NewLabel = "after"
	}
	return stateDiff(string(s.Address), s.Before, s.After, opt)
}

func stateDiff(address string, before, after model.State, opt diff.Options) diff.File {
	d := compare(address, shown(before), shown(after), before.Sensitive || after.Sensitive, opt)
	switch {
	case before.Content.Omitted != "" || after.Content.Omitted != "":
		d = d.WithoutLines()
		d.Note = text.Format("%s → %s", contentNote(before), contentNote(after))
	case before.Exists && after.Exists && before.Kind != after.Kind:
		d.Note = text.Format("%s → %s", before.Kind, after.Kind)
	}
	d.Attrs = attrChanges(before, after)
	return d
}

// shown is the content that is compared; nil for what does not exist.
func shown(s model.State) []byte {
	if s.Exists && s.Content.Data == nil {
		return []byte{}
	}
	return s.Content.Data
}

func contentNote(s model.State) string {
	switch {
	case !s.Exists:
		return "absent"
	case s.Content.Omitted != "":
		return s.Content.Omitted
	}
	return fmt.Sprintf("%d bytes", s.Content.Size)
}

// attrChanges are the attributes that both sides speak of and differ in.
func attrChanges(before, after model.State) []diff.AttrChange {
	var changes []diff.AttrChange
	for _, a := range before.Attrs {
		if v, ok := after.Attr(a.Name); ok && v != a.Value {
			changes = append(changes, diff.AttrChange{Name: a.Name, Old: a.Value, New: v})
		}
	}
	return changes
}
