package workspace

import (
	"context"
	"errors"
	"iter"

	"plumb/gitops/objects"
	"plumb/model"
	"plumb/model/diff"
	"plumb/model/filekind"
)

// Bounds of what is read to count lines: whoever compares revisions that are years apart wants an answer, and
// not the last number in it.
const (
	maxCounted  = 5000     // Files.
	maxCounting = 64 << 20 // Bytes over all files.
)

// LineCount is how many lines of a file differ, or why that is not known.
type LineCount struct {
	Added, Removed int
	Unknown        Uncounted // Empty where the lines are counted.
}

// Uncounted says why lines were not counted.
type Uncounted string

// The reasons.
const (
	Counted      Uncounted = ""
	IsBinary     Uncounted = "binary"
	IsSubmodule  Uncounted = "submodule"
	IsLarge      Uncounted = "large"
	IsNotHere    Uncounted = "not here" // The contents are somewhere else: in a partial clone, or lost.
	IsNotCounted Uncounted = "not counted"
)

// CountLines counts the lines that differ, file by file in their order: it answers the index of each file with its
// count. What is beyond a limit in number and size is not counted and says so at once.
func (w *Workspace) CountLines(ctx context.Context, files []model.FileChange) iter.Seq2[int, LineCount] {
	return func(yield func(int, LineCount) bool) {
		room := int64(maxCounting)
		for i, f := range files {
			if ctx.Err() != nil {
				return
			}
			n := LineCount{Unknown: IsNotCounted}
			if i < maxCounted && room > 0 {
				n = w.countLines(ctx, f, &room)
			}
			if !yield(i, n) {
				return
			}
		}
	}
}

// countLines counts one file, and takes what it reads off the room that is left.
func (w *Workspace) countLines(ctx context.Context, f model.FileChange, room *int64) LineCount {
	switch {
	case f.OldMode == model.ModeSubmodule || f.NewMode == model.ModeSubmodule:
		return LineCount{Unknown: IsSubmodule}
	case f.OldHash == f.NewHash:
		return LineCount{} // Its mode or its place, and nothing in it.
	}
	var sides [2][]byte
	for i, id := range []model.Hash{f.OldHash, f.NewHash} {
		if id == "" {
			continue
		}
		size, err := w.opt.Store.Size(ctx, id)
		if err == nil && size > maxShown {
			return LineCount{Unknown: IsLarge}
		}
		if err == nil {
			*room -= size
			sides[i], err = w.opt.Store.Blob(ctx, id)
		}
		var gone *objects.MissingError
		switch {
		case errors.As(err, &gone):
			return LineCount{Unknown: IsNotHere}
		case err != nil:
			return LineCount{Unknown: IsNotCounted}
		}
	}
	for i, mode := range []model.FileMode{f.OldMode, f.NewMode} {
		is := version{exists: sides[i] != nil, mode: mode, data: sides[i]}.kind(f.Path)
		if is.Kind != filekind.Symlink && !is.Kind.HasLines() {
			return LineCount{Unknown: IsBinary}
		}
	}
	// What is masked is counted as it is shown: how many lines a secret has is part of it.
	old, now := masked(f.Path, sides[0], sides[1], w.isSensitive(f.Path) || w.isSensitive(f.OldPath))
	var n LineCount
	n.Added, n.Removed = diff.Stat(old, now)
	return n
}
