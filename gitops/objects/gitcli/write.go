package gitcli

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"plumb/gitops/objects"
	"plumb/gitops/objects/internal/object"
	"plumb/model"
)

// WriteBlob stores data.
func (s *store) WriteBlob(ctx context.Context, data []byte) (model.Hash, error) {
	return s.write(ctx, object.Blob, data)
}

// WriteTree stores a tree.
func (s *store) WriteTree(ctx context.Context, entries []objects.TreeEntry) (model.Hash, error) {
	list := make([]object.Entry, len(entries))
	for i, e := range entries {
		list[i] = object.Entry(e)
	}
	data, err := object.EncodeTree(list)
	if err != nil {
		return "", fmt.Errorf("write tree: %w", err)
	}
	return s.write(ctx, object.Tree, data)
}

// WriteCommit stores a commit.
func (s *store) WriteCommit(ctx context.Context, c objects.NewCommit) (model.Hash, error) {
	data, err := object.EncodeCommit(c.Tree, c.Parents, object.Signature(c.Author), object.Signature(c.Committer), c.Message)
	if err != nil {
		return "", fmt.Errorf("write commit: %w", err)
	}
	return s.write(ctx, object.Commit, data)
}

// write stores an object in this process where the repository's ids are SHA-1,
// and through git otherwise. Package loose says why that is safe.
func (s *store) write(ctx context.Context, kind object.Kind, data []byte) (model.Hash, error) {
	if err := ctx.Err(); err != nil {
		return "", fmt.Errorf("write %s: %w", kind, context.Cause(ctx))
	}
	if s.objects != nil {
		return s.objects.Write(kind, data)
	}
	g := s.git
	g.options = append(slices.Clip(g.options), "-c", "core.fsync=all")
	out, err := g.run(ctx, fmt.Sprintf("write %s", kind), bytes.NewReader(data), "hash-object", "-w", "--no-filters", "-t", string(kind), "--stdin")
	return model.Hash(strings.TrimSpace(string(out))), err
}

// Sync makes all that was written durable; every UpdateRef begins with it. It
// is for those who move refs past the store, as [Operator] does.
func (s *store) Sync() error {
	if s.objects == nil {
		return nil // Git does so with each object.
	}
	return s.objects.Sync()
}
