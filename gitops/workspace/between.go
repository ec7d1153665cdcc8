package workspace

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"

	"plumb/gitops/config"
	"plumb/gitops/history"
	"plumb/gitops/objects"
	"plumb/model"
)

// Comparison is what lies between two revisions, A and B. What the way from A to B would change in the
// environments is answered by [Workspace.Effects], the lines by [Workspace.CountLines]: both have to read files.
type Comparison struct {
	A, B         model.Commit
	Base         model.Hash         // A best common ancestor; empty where the two have none that is known here.
	OnlyA, OnlyB history.Share      // The commits that one has and the other has not.
	Files        []model.FileChange // In path order. A file that moved is one change, with its OldPath.
	IsShallow    bool               // History ends here before its beginning: there may be more commits.
	Reconfigured bool               // plumb.yaml differs: the environments meant everywhere are those of now.
}

// IsAncestor reports whether A's history is all in B's: going from A to B takes nothing back.
func (c Comparison) IsAncestor() bool { return c.Base == c.A.Hash }

// Between compares two revisions: their commits and their files. It reads no file.
func (w *Workspace) Between(ctx context.Context, a, b model.Hash) (Comparison, error) {
	c := Comparison{IsShallow: w.Info().IsShallow}
	fail := func(err error) (Comparison, error) {
		return c, fmt.Errorf("compare %s with %s: %w", a.Short(), b.Short(), err)
	}
	var err error
	if c.A, err = w.Commit(ctx, a); err != nil {
		return fail(err)
	}
	if c.B, err = w.Commit(ctx, b); err != nil {
		return fail(err)
	}
	if c.Base, err = w.opt.Store.MergeBase(ctx, a, b); err != nil && !errors.Is(err, objects.ErrNotFound) {
		return fail(err)
	}
	if c.OnlyA, c.OnlyB, err = w.apart(ctx, a, b); err != nil {
		return fail(err)
	}
	files, err := w.Files(ctx, a, b)
	if err != nil {
		return c, err
	}
	if c.Files, err = w.joinRenames(ctx, files); err != nil {
		return c, err
	}
	c.Reconfigured = slices.ContainsFunc(files, func(f model.FileChange) bool { return f.Path == config.FileName })
	return c, nil
}

// apart counts the commits that only one side has: from the index where it knows all of history, else git has to walk.
func (w *Workspace) apart(ctx context.Context, a, b model.Hash) (ofA, ofB history.Share, err error) {
	if a == b {
		return ofA, ofB, nil
	}
	ofA, ofB, ok := w.history.Apart(a, b)
	if ok {
		return ofA, ofB, nil
	}
	if ofA, err = w.beyond(ctx, a, b); err != nil {
		return ofA, ofB, err
	}
	ofB, err = w.beyond(ctx, b, a)
	return ofA, ofB, err
}

func (w *Workspace) beyond(ctx context.Context, from, exclude model.Hash) (history.Share, error) {
	var t history.Tally
	q := objects.LogQuery{From: []string{string(from)}, Exclude: []string{string(exclude)}, ByDate: true}
	for e, err := range w.opt.Store.Log(ctx, q) {
		if err != nil {
			return history.Share{}, err
		}
		t.Add(e.Commit)
	}
	return t.Share(), nil
}

// joinMoves makes one change of a file that went and one that came with the same content: it was moved. Which of
// several equal files went where nobody knows; those of the same name belong together before all others, and empty
// files say nothing unless they have the same name.
func joinMoves(files []model.FileChange) []model.FileChange {
	gone := map[model.Hash][]int{}
	for i, f := range files {
		if f.NewMode == 0 && f.OldMode != model.ModeSubmodule {
			gone[f.OldHash] = append(gone[f.OldHash], i)
		}
	}
	if len(gone) == 0 {
		return files
	}
	from := map[int]int{} // By the index of what came.
	join := func(fits func(gone, came model.FileChange) bool) {
		for i, f := range files {
			if _, joined := from[i]; joined || f.OldMode != 0 || f.NewMode == model.ModeSubmodule {
				continue
			}
			left := gone[f.NewHash]
			at := slices.IndexFunc(left, func(k int) bool { return fits(files[k], f) })
			if at < 0 {
				continue
			}
			from[i] = left[at]
			gone[f.NewHash] = slices.Delete(left, at, at+1)
		}
	}
	sameKind := func(a, b model.FileChange) bool {
		return (a.OldMode == model.ModeSymlink) == (b.NewMode == model.ModeSymlink)
	}
	join(func(a, b model.FileChange) bool { return sameKind(a, b) && path.Base(a.Path) == path.Base(b.Path) })
	join(func(a, b model.FileChange) bool { return sameKind(a, b) && !isEmptyBlob(b.NewHash) })
	return joined(files, from)
}

// isEmptyBlob reports the id of the file without content, of either kind of ids.
func isEmptyBlob(id model.Hash) bool {
	return id == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391" || id == "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813"
}
