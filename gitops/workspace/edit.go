package workspace

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"plumb/gitops/objects"
	"plumb/model"
	"plumb/model/diff"
	"plumb/model/text"
)

// maxEdited is the most that a file that is edited may have, in bytes.
const maxEdited = maxShown

// Editable is a file as it would be with what was picked so far, for somebody to edit. Old is without an edit of the file
// that is among the picks, and New with it. A file that is not there is empty, with a nil Old. What no editor should be
// let at is an error that says why: what is no file, or binary, encrypted, or too large.
func (w *Workspace) Editable(ctx context.Context, env string, picks []Pick, path string) (Edit, error) {
	e := Edit{Path: cleanPath(path)}
	if e.Path == "" {
		return e, model.WithHint(errors.New("the root is no file"), "name a file")
	}
	p, err := w.Position(ctx, env)
	if err != nil {
		return e, err
	}
	if p.anchor() == "" {
		return e, model.WithHint(fmt.Errorf("there is no commit yet to bring to %s", env), "commit something first")
	}
	sketch := w.sketching(objects.NewScratch(w.opt.Store))
	isThis := func(p Pick) bool { return p.Verb == model.EditFiles && cleanPath(p.Edit.Path) == e.Path }
	others := slices.DeleteFunc(slices.Clone(picks), isThis)
	c, err := sketch.compose(ctx, p, others)
	if err != nil {
		return e, err
	}
	if e.Old, _, err = c.file(ctx, e.Path); err != nil {
		return e, err
	}
	e.New = e.Old
	if err := editable(e.Path, e.Old); err != nil {
		return e, err
	}
	if i := slices.IndexFunc(picks, isThis); i >= 0 {
		merged, conflicts := diff.Merge(picks[i].Edit.Old, e.Old, picks[i].Edit.New)
		if conflicts > 0 {
			return e, &PickError{[]int{i}, model.WithHint(fmt.Errorf("%s and what else is picked do not go together", picks[i]), "put the edit back, then edit again")}
		}
		e.New = merged
	}
	return e, nil
}

// EditDiff is what an edit changes, with secrets masked.
func (w *Workspace) EditDiff(e Edit, opt diff.Options) diff.File {
	return compare(e.Path, e.Old, e.New, w.isSensitive(e.Path), opt)
}

// MayEdit refuses what cannot be put into git this way: what is binary, encrypted, or too large.
func MayEdit(e Edit) error { return editable(cleanPath(e.Path), e.New) }

// editable refuses contents that are not lines of text for people.
func editable(path string, data []byte) error {
	why := ""
	if len(data) > maxEdited {
		why = fmt.Sprintf("it has %s", text.Size(int64(len(data))))
	} else if data != nil {
		why = indivisible(path, data)
	}
	if why == "" {
		return nil
	}
	return model.WithHint(fmt.Errorf("%s cannot be edited here: %s", text.Line(path), why), "edit it with the tool that it is made with, and commit it")
}

// file is a file of what was composed so far; nil where it is not there.
func (c *composition) file(ctx context.Context, path string) ([]byte, model.FileMode, error) {
	e, err := objects.EntryIn(ctx, c.opt.Store, c.tree, path)
	switch {
	case errors.Is(err, objects.ErrNotFound):
		return nil, model.ModeFile, nil
	case err != nil:
		return nil, 0, fmt.Errorf("read %s: %w", text.Line(path), err)
	case e.Mode != model.ModeFile && e.Mode != model.ModeExecutable:
		return nil, 0, model.WithHint(fmt.Errorf("%s is no file that could be edited", text.Line(path)), "name one of its files, or what it leads to")
	}
	size, err := c.opt.Store.Size(ctx, e.Hash)
	if err == nil && size > maxEdited {
		return nil, 0, model.WithHint(fmt.Errorf("%s cannot be edited here: it has %s", text.Line(path), text.Size(size)), "edit it by hand, and commit it")
	}
	data, err := c.opt.Store.Blob(ctx, e.Hash)
	if err != nil {
		return nil, 0, fmt.Errorf("read %s: %w", text.Line(path), err)
	}
	if data == nil {
		data = []byte{}
	}
	return data, e.Mode, nil
}
