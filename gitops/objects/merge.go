package objects

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"plumb/model"
)

// MergeTrees merges what ours and theirs each made of base, path by path, and
// answers the tree and the sorted paths that need a person. Each tree may be
// empty. Text that both sides changed goes through mergeText, which answers the merged text and how
// many conflicts are left in it; base is nil for a file that both sides made. The tree then has the text
// as mergeText left it. Where no text can be merged, the tree has our side, and
// for a file that one side deleted the version of the other. Renames are not detected.
func MergeTrees(ctx context.Context, s Store, base, ours, theirs model.Hash,
	mergeText func(base, ours, theirs []byte) (merged []byte, conflicts int),
) (tree model.Hash, conflicts []string, err error) {
	m := merger{ctx: ctx, store: s, mergeText: mergeText}
	entries, err := m.trees("", base, ours, theirs, 0)
	if err == nil {
		tree, err = s.WriteTree(ctx, entries)
	}
	if err != nil {
		return "", nil, fmt.Errorf("merge trees %s and %s: %w", ours.Short(), theirs.Short(), err)
	}
	slices.Sort(m.conflicts)
	return tree, slices.Compact(m.conflicts), nil
}

// merger is one merge of two trees.
type merger struct {
	ctx       context.Context
	store     Store
	mergeText func(base, ours, theirs []byte) ([]byte, int)
	conflicts []string
}

// versions are the three versions of one name; the zero entry is none.
type versions struct{ base, ours, theirs TreeEntry }

// settled is the version that holds where two sides agree.
func (v versions) settled() (TreeEntry, bool) {
	switch {
	case same(v.ours, v.theirs), same(v.base, v.theirs):
		return v.ours, true
	case same(v.base, v.ours):
		return v.theirs, true
	}
	return TreeEntry{}, false
}

func same(a, b TreeEntry) bool { return a.Mode == b.Mode && a.Hash == b.Hash }

func (m *merger) trees(dir string, base, ours, theirs model.Hash, depth int) ([]TreeEntry, error) {
	if depth > deepest {
		return nil, errTooDeep
	}
	files, dirs := map[string]*versions{}, map[string]*versions{}
	var names []string
	for i, id := range []model.Hash{base, ours, theirs} {
		entries, err := entriesOf(m.ctx, m.store, dir, id)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			// A name can be a file on one side and a directory on the other: each is merged for itself.
			kind := files
			if e.Mode == model.ModeTree {
				kind = dirs
			}
			if files[e.Name] == nil && dirs[e.Name] == nil {
				names = append(names, e.Name)
			}
			if kind[e.Name] == nil {
				kind[e.Name] = &versions{}
			}
			*[]*TreeEntry{&kind[e.Name].base, &kind[e.Name].ours, &kind[e.Name].theirs}[i] = e
		}
	}
	slices.Sort(names)
	var merged []TreeEntry
	for _, name := range names {
		entries, err := m.name(dir, name, files[name], dirs[name], depth)
		if err != nil {
			return nil, err
		}
		merged = append(merged, entries...)
	}
	return merged, nil
}

// name merges what has one name: at most one entry is left of it.
func (m *merger) name(dir, name string, file, tree *versions, depth int) ([]TreeEntry, error) {
	var left []TreeEntry
	if tree != nil {
		e, ok := tree.settled()
		if !ok {
			inside, err := m.trees(dir+name+"/", tree.base.Hash, tree.ours.Hash, tree.theirs.Hash, depth+1)
			if err != nil {
				return nil, err
			}
			e = TreeEntry{}
			if len(inside) > 0 {
				id, err := m.store.WriteTree(m.ctx, inside)
				if err != nil {
					return nil, fmt.Errorf("directory %q: %w", dir+name, err)
				}
				e = TreeEntry{name, model.ModeTree, id}
			}
		}
		if e.Hash != "" {
			left = append(left, e)
		}
	}
	if file != nil {
		e, ok := file.settled()
		if !ok {
			var err error
			if e, err = m.file(dir+name, *file); err != nil {
				return nil, err
			}
		}
		if e.Hash != "" {
			left = append(left, e)
		}
	}
	if len(left) == 2 {
		// A file and a directory cannot both be there; ours stays.
		m.conflicts = append(m.conflicts, dir+name)
		if file.ours.Hash != "" {
			left = left[1:]
		} else {
			left = left[:1]
		}
	}
	return left, nil
}

// file merges a file that no two sides agree on.
func (m *merger) file(path string, v versions) (TreeEntry, error) {
	switch {
	case v.ours.Hash == "": // Deleted by us, changed by them.
		m.conflicts = append(m.conflicts, path)
		return v.theirs, nil
	case v.theirs.Hash == "":
		m.conflicts = append(m.conflicts, path)
		return v.ours, nil
	}
	if !isRegular(v.ours.Mode) || !isRegular(v.theirs.Mode) {
		// Links, submodules and changes between them and files have no text to merge.
		m.conflicts = append(m.conflicts, path)
		return v.ours, nil
	}
	e := v.ours
	isClean := true
	switch {
	case v.ours.Mode == v.theirs.Mode || v.ours.Mode == v.base.Mode:
		e.Mode = v.theirs.Mode
	case v.theirs.Mode != v.base.Mode:
		isClean = false
	}
	switch {
	case v.ours.Hash == v.theirs.Hash || v.theirs.Hash == v.base.Hash:
	case v.ours.Hash == v.base.Hash:
		e.Hash = v.theirs.Hash
	default:
		id, conflicts, err := m.text(v)
		if err != nil {
			return e, fmt.Errorf("file %q: %w", path, err)
		}
		e.Hash = id
		isClean = isClean && conflicts == 0
	}
	if !isClean {
		m.conflicts = append(m.conflicts, path)
	}
	return e, nil
}

func isRegular(m model.FileMode) bool { return m == model.ModeFile || m == model.ModeExecutable }

// text merges the contents of a file; binary ones are a conflict that keeps ours.
func (m *merger) text(v versions) (model.Hash, int, error) {
	contents := make([][]byte, 3)
	for i, e := range []TreeEntry{v.base, v.ours, v.theirs} {
		if !isRegular(e.Mode) {
			continue // The base was no file, which is as if there had been none.
		}
		data, err := m.store.Blob(m.ctx, e.Hash)
		if err != nil {
			return "", 0, err
		}
		if isBinary(data) {
			return v.ours.Hash, 1, nil
		}
		contents[i] = data
	}
	merged, conflicts := m.mergeText(contents[0], contents[1], contents[2])
	id, err := m.store.WriteBlob(m.ctx, merged)
	return id, conflicts, err
}

// isBinary is git's rule: a NUL near the beginning.
func isBinary(data []byte) bool { return bytes.IndexByte(data[:min(len(data), 8000)], 0) >= 0 }
