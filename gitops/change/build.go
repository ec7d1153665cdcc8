package change

import (
	"context"
	"fmt"
	"strings"
	"time"

	"plumb/gitops/objects"
	"plumb/model"
	"plumb/model/diff"
)

// ConflictError is a change that cannot be built because later commits touch the same lines.
type ConflictError struct {
	What  string
	Paths []string
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("%s: later commits changed the same lines of %s", e.What, strings.Join(e.Paths, ", "))
}

// Inverse is the tree of onto with what from → to undid taken over: the
// difference between the trees from and to, limited to the paths (none means all), merged into
// the tree onto. What it is called goes into the error.
func Inverse(ctx context.Context, s objects.Store, what string, onto, from, to model.Hash, paths ...string) (model.Hash, error) {
	if len(paths) > 0 {
		var err error
		if to, err = graft(ctx, s, from, to, paths); err != nil {
			return "", fmt.Errorf("%s: %w", what, err)
		}
	}
	return mergeTrees(ctx, s, what, from, onto, to)
}

// graft is the tree from with only the paths as they are in the tree to.
func graft(ctx context.Context, s objects.Store, from, to model.Hash, paths []string) (model.Hash, error) {
	var edits []model.Edit
	for f, err := range objects.DiffTrees(ctx, s, from, to, paths...) {
		if err != nil {
			return "", err
		}
		edit := model.Edit{Path: f.Path, Mode: f.NewMode, Delete: f.NewHash == ""}
		if !edit.Delete {
			if edit.Data, err = s.Blob(ctx, f.NewHash); err != nil {
				return "", fmt.Errorf("read %s: %w", f.Path, err)
			}
		}
		edits = append(edits, edit)
	}
	return objects.EditTree(ctx, s, from, edits)
}

func mergeTrees(ctx context.Context, s objects.Store, what string, base, ours, theirs model.Hash) (model.Hash, error) {
	tree, conflicts, err := objects.MergeTrees(ctx, s, base, ours, theirs, diff.Merge)
	if err != nil {
		return "", fmt.Errorf("%s: %w", what, err)
	}
	if len(conflicts) > 0 {
		return "", &ConflictError{what, conflicts}
	}
	return tree, nil
}

// Commit writes the commit of a change: tree on top of parent.
func Commit(ctx context.Context, s objects.Store, c model.Change, tree, parent model.Hash, subject string, trailers ...string) (model.Hash, error) {
	var m strings.Builder
	fmt.Fprintf(&m, "%s\n\n%s\n\n", strings.TrimSpace(subject), strings.TrimSpace(c.Reason.String()))
	for _, t := range trailers {
		m.WriteString(t + "\n")
	}
	fmt.Fprintf(&m, "Plumb-Change: %s\nPlumb-Environment: %s\n", c.ID, c.Environment)
	return write(ctx, s, c.Author, c.SealedAt, tree, m.String(), parent)
}

// Merge answers the commit that the branch at tip becomes when the change's
// commit is merged into it: the commit itself where that is a fast-forward.
func Merge(ctx context.Context, s objects.Store, c model.Change, tip, commit model.Hash, by model.Principal, at time.Time) (model.Hash, error) {
	base, err := s.MergeBase(ctx, tip, commit)
	if err != nil {
		return "", fmt.Errorf("merge %s: %w", c.ID, err)
	}
	switch base {
	case tip:
		return commit, nil
	case commit:
		return tip, nil // It was merged before.
	}
	var trees [3]model.Hash
	for i, id := range []model.Hash{base, tip, commit} {
		commit, err := s.Commit(ctx, id)
		if err != nil {
			return "", fmt.Errorf("merge %s: %w", c.ID, err)
		}
		trees[i] = commit.Tree
	}
	branch := strings.TrimPrefix(c.Onto, "refs/heads/")
	tree, err := mergeTrees(ctx, s, fmt.Sprintf("merge into %s", branch), trees[0], trees[1], trees[2])
	if err != nil {
		return "", err
	}
	message := fmt.Sprintf("Merge plumb/%s into %s\n\n%s\n", c.ID, branch, c.Title)
	return write(ctx, s, by, at, tree, message, tip, commit)
}

func write(ctx context.Context, s objects.Store, who model.Principal, at time.Time, tree model.Hash, message string, parents ...model.Hash) (model.Hash, error) {
	sig := objects.Signature{Name: who.Name.String(), Email: who.Email.String(), When: at}
	id, err := s.WriteCommit(ctx, objects.NewCommit{Tree: tree, Parents: parents, Author: sig, Committer: sig, Message: message})
	if err != nil {
		return "", fmt.Errorf("write the commit: %w", err)
	}
	return id, nil
}
