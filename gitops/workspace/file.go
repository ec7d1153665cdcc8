package workspace

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"strings"

	"plumb/gitops/objects"
	"plumb/model"
	"plumb/model/diff"
	"plumb/model/filekind"
	"plumb/model/secret"
	"plumb/model/text"
)

// File is a file of the repository as it is at a revision, secrets masked.
type File struct {
	Revision model.Hash
	Path     string // From the root of the repository, with slashes.
	Mode     model.FileMode
	Size     int64 // Bytes, before anything was masked; 0 for a directory or a submodule.
	Lines    []text.Safe
	NoFinal  bool      // The last line does not end with a newline.
	Note     text.Safe // What it is, where that is no plain text: "binary, 3 KiB", "directory, 12 entries".

	// Whole is set where the lines are those of git: who wrote each of them can be asked. It is
	// not for a file that is a secret as a whole, whose one line only tells its size.
	Whole bool
	// Large is set for a file that was not loaded because of its size only.
	Large bool
}

// FileAt reads a file as it is at a commit. One of more than most bytes is not loaded and says so; 0 takes
// what is usual for the screen. Directories, submodules and binary files say what they are in the note. A
// path that the commit does not have is an error that wraps [objects.ErrNotFound].
func (w *Workspace) FileAt(ctx context.Context, rev model.Hash, name string, most int64) (File, error) {
	f := File{Revision: rev, Path: cleanPath(name)}
	e, err := w.entryAt(ctx, rev, f.Path)
	if err != nil {
		return f, err
	}
	f.Mode = e.Mode
	switch e.Mode {
	case model.ModeSubmodule:
		f.Note = text.Format("submodule at %s", e.Hash) // All of it: it is looked up in another repository.
		return f, nil
	case model.ModeTree:
		entries, err := w.opt.Store.Tree(ctx, e.Hash)
		if err != nil {
			return f, fmt.Errorf("read %s in %s: %w", text.Line(f.Path), rev.Short(), err)
		}
		f.Note = text.Format("directory, %d entries", len(entries))
		if len(entries) == 1 {
			f.Note = text.Lit("directory, 1 entry")
		}
		return f, nil
	}
	if f.Size, err = w.opt.Store.Size(ctx, e.Hash); err != nil {
		return f, fmt.Errorf("read %s in %s: %w", text.Line(f.Path), rev.Short(), err)
	}
	if most == 0 {
		most = maxShown
	}
	if f.Size > most {
		f.Note, f.Large = text.Format("%s, not loaded", text.Size(f.Size)), true
		return f, nil
	}
	data, err := w.opt.Store.Blob(ctx, e.Hash)
	if err != nil {
		return f, fmt.Errorf("read %s in %s: %w", text.Line(f.Path), rev.Short(), err)
	}
	f.fill(data, w.isSensitive(f.Path))
	if f.Mode == model.ModeSymlink {
		f.Note = text.Lit("symbolic link")
	}
	return f, nil
}

// fill takes the lines from a comparison with nothing, so that they are masked, cut and sanitised as in every difference.
func (f *File) fill(data []byte, whole bool) {
	if data == nil {
		data = []byte{}
	}
	v := version{exists: true, mode: f.Mode, size: f.Size, data: data}
	is := v.kind(f.Path)
	if !is.Kind.HasLines() && f.Mode != model.ModeSymlink {
		f.Note = is.Describe()
		return
	}
	d := compare(f.Path, nil, data, whole, diff.Options{})
	if is.Kind == filekind.SOPS {
		f.Note = is.Describe()
	}
	for b := range d.Blocks {
		n := d.BlockRows(b)
		f.Lines = make([]text.Safe, 0, n)
		for k := range n {
			r := d.BlockRow(b, k)
			f.Lines = append(f.Lines, joinSpans(r.New.Spans))
			f.NoFinal = r.New.NoFinal
		}
	}
	isSecret := len(data) > 0 && len(f.Lines) == 1 && bytes.Equal(secret.Mask(f.Path, data, whole), secret.Mask(f.Path, data, true))
	if isSecret {
		f.Note = text.Lit("a secret as a whole")
	}
	f.Whole = !isSecret
	if f.Mode == model.ModeSymlink {
		f.Whole = !isSecret && len(f.Lines) > 0
	}
}

func joinSpans(spans []diff.Span) text.Safe {
	if len(spans) == 1 {
		return spans[0].Text
	}
	parts := make([]text.Safe, len(spans))
	for i, s := range spans {
		parts[i] = s.Text
	}
	return text.Join("", parts...)
}

// cleanPath is a path as git has it: without slashes at its ends. The root is the empty path.
func cleanPath(name string) string {
	if name = strings.Trim(name, "/"); name == "." {
		return ""
	}
	return name
}

// entryAt finds what a path is in a commit.
func (w *Workspace) entryAt(ctx context.Context, rev model.Hash, name string) (objects.TreeEntry, error) {
	e, err := objects.EntryAt(ctx, w.opt.Store, rev, name)
	if errors.Is(err, objects.ErrNotFound) {
		err := fmt.Errorf("there is no file %s in %s: %w", text.Line(name), rev.Short(), absent{})
		return e, model.WithHint(err, "plumb log -- %s lists the commits that had to do with it", text.Line(name))
	}
	return e, err
}

// absent is a path that a commit does not have: both of objects' and of io/fs's kind.
type absent struct{}

func (absent) Error() string        { return objects.ErrNotFound.Error() }
func (absent) Is(target error) bool { return target == objects.ErrNotFound || target == fs.ErrNotExist }

// historian is git, where it is at hand.
func (w *Workspace) historian(what string) (objects.Historian, error) {
	if h, ok := w.opt.Store.(objects.Historian); ok {
		return h, nil
	}
	return nil, model.WithHint(errors.New(what+" needs git itself"), "install git; all else works without it")
}

// Blame tells which commit last changed each line of a file, see [objects.Historian]. Where
// there is no git the only answer is an error that says so.
func (w *Workspace) Blame(ctx context.Context, rev model.Hash, name string, r objects.LineRange) iter.Seq2[objects.BlameGroup, error] {
	return func(yield func(objects.BlameGroup, error) bool) {
		h, err := w.historian("telling who wrote a line")
		if err != nil {
			yield(objects.BlameGroup{}, err)
			return
		}
		for g, err := range h.Blame(ctx, rev, cleanPath(name), r) {
			if !yield(g, err) {
				return
			}
		}
	}
}

// LineHistory streams the commits that changed a range of lines, newest first, see [objects.Historian].
// Where there is no git the only answer is an error that says so.
func (w *Workspace) LineHistory(ctx context.Context, rev model.Hash, name string, r objects.LineRange) iter.Seq2[objects.LineVersion, error] {
	return func(yield func(objects.LineVersion, error) bool) {
		h, err := w.historian("the history of lines")
		if err != nil {
			yield(objects.LineVersion{}, err)
			return
		}
		for v, err := range h.LineHistory(ctx, rev, cleanPath(name), r) {
			if !yield(v, err) {
				return
			}
		}
	}
}

// LineBefore is where a line of a blamed group was before the group's commit, in the file g.BeforePath at g.Before:
// the line itself where it was edited, and else the one before which it was put in. Line counts in the group's own
// commit, from 1. The answer is at least 1, also for an empty file.
func (w *Workspace) LineBefore(ctx context.Context, g objects.BlameGroup, line int) (int, error) {
	after, err := w.plain(ctx, g.Commit, g.Path)
	if err != nil {
		return 0, err
	}
	before, err := w.plain(ctx, g.Before, g.BeforePath)
	if err != nil {
		return 0, err
	}
	at, last, next := line-1, -1, -1 // Numbers from 0: of the equal lines around it, those on the side before.
	offset := 0
	for i, j := range diff.EqualLines(before, after) {
		if j >= at {
			next = i
			break
		}
		last, offset = i, at-j
	}
	was := last + max(offset, 1)
	if last < 0 {
		was = at
	}
	// Where fewer lines stood than stand now, the nearest of them is as good as any.
	if next >= 0 {
		was = min(was, max(next-1, last+1, 0))
	}
	lines := bytes.Count(before, []byte{'\n'})
	if len(before) > 0 && before[len(before)-1] != '\n' {
		lines++
	}
	return max(min(was+1, lines), 1), nil
}

// plain reads a file that is small enough to be shown; a larger one is as good as empty.
func (w *Workspace) plain(ctx context.Context, rev model.Hash, name string) ([]byte, error) {
	e, err := w.entryAt(ctx, rev, name)
	if err != nil {
		return nil, err
	}
	size, err := w.opt.Store.Size(ctx, e.Hash)
	if err != nil || size > maxShown {
		return nil, err
	}
	return w.opt.Store.Blob(ctx, e.Hash)
}
