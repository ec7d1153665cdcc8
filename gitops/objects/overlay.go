package objects

import (
	"context"
	"fmt"
	"io/fs"

	"plumb/model"
)

// Overlay is FS of a commit with edits carried out. They are kept in memory alone: nothing is written, so
// that what is only looked at, and may be secret, does not get into the repository.
func Overlay(ctx context.Context, s Store, commit model.Hash, edits []model.Edit) (fs.FS, error) {
	c, err := s.Commit(ctx, commit)
	if err != nil {
		return nil, err
	}
	sheet := NewScratch(s)
	root, err := EditTree(ctx, sheet, c.Tree, edits)
	if err != nil {
		return nil, fmt.Errorf("lay edits over %s: %w", commit.Short(), err)
	}
	return &files{ctx: ctx, store: sheet, root: root, when: c.Committer.When, trees: map[model.Hash][]TreeEntry{}}, nil
}
