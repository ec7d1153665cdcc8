package workspace

import (
	"bytes"
	"context"
	"fmt"
	"sync"

	"plumb/gitops/objects"
	"plumb/model"
	"plumb/model/diff"
	"plumb/model/filekind"
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

// CommitFiles lists what a commit changed against its first parent. A file that moved is one change, with its OldPath.
func (w *Workspace) CommitFiles(ctx context.Context, id model.Hash) ([]model.FileChange, error) {
	c, err := w.opt.Store.Commit(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("read commit %s: %w", id.Short(), err)
	}
	var parent model.Hash
	if len(c.Parents) > 0 {
		parent = c.Parents[0]
	}
	files, err := w.Files(ctx, parent, id)
	if err != nil {
		return files, err
	}
	return w.joinRenames(ctx, files)
}

// FileDiff reads both sides of one file and compares them, secrets and cipher texts masked. What has no lines to compare, as an image,
// says in the note what it is. A side of more than most bytes, 0 for the usual limit, is not loaded: the difference
// says how large it is. A missing object is told in the note.
func (w *Workspace) FileDiff(ctx context.Context, f model.FileChange, opt diff.Options, most int64) diff.File {
	if most == 0 {
		most = maxShown
	}
	if f.OldPath != "" && f.OldPath != f.Path && f.OldHash == f.NewHash {
		return movedOnly(f, opt)
	}
	var (
		before, after  version
		errOld, errNew error
		read           sync.WaitGroup
	)
	read.Go(func() { before, errOld = w.version(ctx, f.OldMode, f.OldHash, most) })
	after, errNew = w.version(ctx, f.NewMode, f.NewHash, most)
	read.Wait()
	attrs := w.attributes(ctx, f.Path)
	isBinary := attrs.Binary || f.OldPath != "" && f.OldPath != f.Path && w.attributes(ctx, f.OldPath).Binary
	whole := w.isSensitive(f.Path) || w.isSensitive(f.OldPath)
	d := compareVersions(f.Path, before, after, whole, opt)
	large, err := unread(errOld, errNew)
	switch {
	case err != nil:
		d = d.WithoutLines()
		d.Note = text.Error(err)
	case isBinary && (large > 0 || len(d.Blocks) > 0):
		d = d.WithoutLines()
		d.Note = binaryNote(before, after)
	case large > 0:
		d = d.WithoutLines()
		d.Note = largeNote(large)
		if large <= maxLoaded && f.OldHash != f.NewHash {
			d.Unloaded = large
		}
	}
	d.Generated = attrs.Generated
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

// movedOnly is a file of which only the path changed, and perhaps the mode: that nothing differs in it is no news.
func movedOnly(f model.FileChange, opt diff.Options) diff.File {
	d := diff.File{OldPath: text.Line(f.OldPath), NewPath: text.Line(f.Path), OldLabel: opt.OldLabel, NewLabel: opt.NewLabel, Note: text.Lit("moved, and not changed")}
	if f.OldMode != f.NewMode {
		d.Note = text.Format("moved, and %s now", Became(f))
	}
	return d
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

// compare is the one place where two versions are put beside each other, so that no view can forget the mask.
func compare(path string, before, after []byte, whole bool, opt diff.Options) diff.File {
	opt.Path = path
	if len(before)+len(after) >= worthTwo {
		return compareLarge(path, before, after, whole, opt)
	}
	old, new := masked(path, before, after, whole)
	d := diff.Text(old, new, opt)
	if !bytes.Equal(old, before) || !bytes.Equal(new, after) {
		d.Masked = string(model.Sum(before) + model.Sum(after))
	}
	return d
}

// worthTwo is how many bytes two versions have together from which on they are compared while they are searched for secrets.
const worthTwo = 256 << 10

// compareLarge is compare for versions that take their time. Most files have no secrets: they are compared beside the
// search for them, which then leaves out what both versions share, and only where some are found once more, masked. What was compared
// unmasked leaves here only where there was nothing to mask.
func compareLarge(path string, before, after []byte, whole bool, opt diff.Options) diff.File {
	compared := make(chan struct{})
	var unmasked diff.File
	go func() {
		unmasked = diff.Text(before, after, opt)
		close(compared)
	}()
	old, new := filekind.MaskEncrypted(secret.MaskCompared(path, before, after, whole, func() []diff.Block {
		<-compared
		return unmasked.Blocks
	}))
	<-compared
	if bytes.Equal(old, before) && bytes.Equal(new, after) {
		return unmasked
	}
	d := diff.Text(old, new, opt)
	d.Masked = string(model.Sum(before) + model.Sum(after))
	return d
}

// masked are two versions as they may be shown: without secrets and cipher texts.
func masked(path string, before, after []byte, whole bool) (old, new []byte) {
	return filekind.MaskEncrypted(secret.MaskPair(path, before, after, whole))
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
	d := compareVersions(address, liveVersion(before), liveVersion(after), before.Sensitive || after.Sensitive, opt)
	switch {
	case before.Content.Omitted != "" || after.Content.Omitted != "":
		d = d.WithoutLines()
		d.Note = text.Format("%s → %s", contentNote(before), contentNote(after))
	case before.Exists && after.Exists && before.Kind != after.Kind && d.Note.IsEmpty():
		d.Note = text.Format("%s → %s", before.Kind, after.Kind)
	}
	d.Attrs = attrChanges(before, after)
	return d
}

// liveVersion is what is compared of a state.
func liveVersion(s model.State) version {
	v := version{exists: s.Exists, size: s.Content.Size, data: s.Content.Data, hash: model.Hash(s.Content.Sum)}
	switch s.Kind {
	case "symlink":
		v.mode = model.ModeSymlink
	case "directory":
		v.mode = model.ModeTree
	}
	return v
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
