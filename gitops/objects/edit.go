package objects

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"plumb/gitops/objects/internal/object"
	"plumb/model"
)

// EditTree writes the tree that root becomes by the edits, and answers its id.
// Root may be empty. Directories appear and vanish with their files. An edit that cannot be (a file
// where a directory is, an unsafe path like ".." or ".git") is an error that names the path.
//
// The order of the edits has no meaning, and a path may be edited once only.
// Mode 0 leaves the mode as it is, or makes an ordinary file. Deleting what is
// not there is an error: the edits were made for another tree.
func EditTree(ctx context.Context, s Store, root model.Hash, edits []model.Edit) (model.Hash, error) {
	top := newEdits()
	for _, e := range edits {
		if err := top.add(e); err != nil {
			return "", fmt.Errorf("edit %q: %w", e.Path, err)
		}
	}
	entries, err := top.apply(ctx, s, "", root)
	if err != nil {
		return "", err
	}
	return s.WriteTree(ctx, entries)
}

// directoryEdits is what becomes of one directory.
type directoryEdits struct {
	files map[string]model.Edit
	dirs  map[string]*directoryEdits
}

func newEdits() *directoryEdits {
	return &directoryEdits{map[string]model.Edit{}, map[string]*directoryEdits{}}
}

func (d *directoryEdits) add(e model.Edit) error {
	segments := strings.Split(e.Path, "/")
	if len(segments) > deepest {
		return errTooDeep
	}
	for _, name := range segments {
		if err := object.CheckName(name); err != nil {
			return err
		}
	}
	switch e.Mode {
	case 0, model.ModeFile, model.ModeExecutable, model.ModeSymlink:
	default:
		if !e.Delete {
			return fmt.Errorf("mode %o is not that of a file", uint32(e.Mode))
		}
	}
	last := len(segments) - 1
	for _, name := range segments[:last] {
		if d.dirs[name] == nil {
			d.dirs[name] = newEdits()
		}
		d = d.dirs[name]
	}
	if _, ok := d.files[segments[last]]; ok {
		return errors.New("it is edited twice")
	}
	d.files[segments[last]] = e
	return nil
}

// apply is the entries of a directory after the edits. Dir is its path, with a
// slash at its end. Deletions come first and new files last, so that a file can
// take the place of a directory that the same edits empty, and the other way round.
func (d *directoryEdits) apply(ctx context.Context, s Store, dir string, id model.Hash) ([]TreeEntry, error) {
	before, err := entriesOf(ctx, s, dir, id)
	if err != nil {
		return nil, fmt.Errorf("edit %q: %w", dir, err)
	}
	entries := make(map[string]TreeEntry, len(before))
	for _, e := range before {
		entries[e.Name] = e
	}
	modes := map[string]model.FileMode{}
	for _, name := range slices.Sorted(maps.Keys(d.files)) {
		e, exists := entries[name]
		modes[name] = e.Mode
		if !d.files[name].Delete {
			continue
		}
		if err := isDeletable(e, exists); err != nil {
			return nil, fmt.Errorf("delete %q: %w", dir+name, err)
		}
		delete(entries, name)
	}
	for _, name := range slices.Sorted(maps.Keys(d.dirs)) {
		if err := d.descend(ctx, s, dir, name, entries); err != nil {
			return nil, err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(d.files)) {
		edit := d.files[name]
		if edit.Delete {
			continue
		}
		if e, exists := entries[name]; exists && isDir(e) {
			return nil, fmt.Errorf("edit %q: it is a directory", dir+name)
		}
		hash, err := s.WriteBlob(ctx, edit.Data)
		if err != nil {
			return nil, fmt.Errorf("edit %q: %w", dir+name, err)
		}
		entries[name] = TreeEntry{name, modeAfter(edit.Mode, modes[name]), hash}
	}
	return slices.Collect(maps.Values(entries)), nil
}

func isDeletable(e TreeEntry, exists bool) error {
	switch {
	case !exists:
		return errors.New("there is no such file")
	case e.Mode == model.ModeSubmodule:
		return errors.New("it is a submodule")
	case isDir(e):
		return errIsDir
	}
	return nil
}

func modeAfter(wanted, before model.FileMode) model.FileMode {
	switch {
	case wanted != 0:
		return wanted
	case before == model.ModeExecutable || before == model.ModeSymlink:
		return before
	}
	return model.ModeFile
}

// descend applies the edits of a directory within.
func (d *directoryEdits) descend(ctx context.Context, s Store, dir, name string, entries map[string]TreeEntry) error {
	e, exists := entries[name]
	switch {
	case exists && e.Mode == model.ModeSubmodule:
		return fmt.Errorf("edit below %q: it is a submodule", dir+name)
	case exists && !isDir(e):
		return fmt.Errorf("edit below %q: it is a file", dir+name)
	}
	inside, err := d.dirs[name].apply(ctx, s, dir+name+"/", e.Hash)
	if err != nil {
		return err
	}
	if len(inside) == 0 {
		delete(entries, name)
		return nil
	}
	hash, err := s.WriteTree(ctx, inside)
	if err != nil {
		return fmt.Errorf("edit %q: %w", dir+name, err)
	}
	entries[name] = TreeEntry{name, model.ModeTree, hash}
	return nil
}
