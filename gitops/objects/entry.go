package objects

import (
	"context"
	"fmt"
	"strings"

	"plumb/model"
	"plumb/model/text"
)

// EntryAt finds what a path is in a commit; the empty path is its tree. Nothing is followed: a link is a link. A
// path that the commit does not have is an error that wraps [ErrNotFound].
func EntryAt(ctx context.Context, s Store, commit model.Hash, path string) (TreeEntry, error) {
	c, err := s.Commit(ctx, commit)
	if err != nil {
		return TreeEntry{}, fmt.Errorf("read %s in %s: %w", text.Line(path), commit.Short(), err)
	}
	at, err := EntryIn(ctx, s, c.Tree, path)
	if err != nil {
		return at, fmt.Errorf("read %s in %s: %w", text.Line(path), commit.Short(), err)
	}
	return at, nil
}

// EntryIn is EntryAt for a tree.
func EntryIn(ctx context.Context, s Store, tree model.Hash, path string) (TreeEntry, error) {
	at := TreeEntry{Mode: model.ModeTree, Hash: tree}
	if path == "" {
		return at, nil
	}
	var err error
	for name := range strings.SplitSeq(path, "/") {
		if at, err = child(ctx, s, at, name); err != nil {
			return TreeEntry{}, err
		}
	}
	return at, nil
}

// child is the entry of a name in a directory.
func child(ctx context.Context, s Store, dir TreeEntry, name string) (TreeEntry, error) {
	if dir.Mode == model.ModeTree {
		entries, err := s.Tree(ctx, dir.Hash)
		if err != nil {
			return TreeEntry{}, err
		}
		for _, e := range entries {
			if e.Name == name {
				return e, nil
			}
		}
	}
	return TreeEntry{}, ErrNotFound
}
