package objects

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"

	"plumb/gitops/objects/internal/object"
	"plumb/model"
)

// Overlay is FS of a commit with edits carried out. They are kept in memory alone: nothing is written, so
// that what is only looked at, and may be secret, does not get into the repository.
func Overlay(ctx context.Context, s Store, commit model.Hash, edits []model.Edit) (fs.FS, error) {
	c, err := s.Commit(ctx, commit)
	if err != nil {
		return nil, err
	}
	sheet := &overlay{Store: s, blobs: map[model.Hash][]byte{}, trees: map[model.Hash][]TreeEntry{}}
	root, err := EditTree(ctx, sheet, c.Tree, edits)
	if err != nil {
		return nil, fmt.Errorf("lay edits over %s: %w", commit.Short(), err)
	}
	return &files{ctx: ctx, store: sheet, root: root, when: c.Committer.When, trees: map[model.Hash][]TreeEntry{}}, nil
}

// overlay is a store whose new trees and blobs are in memory. All writing is over before anything reads it.
type overlay struct {
	Store
	blobs map[model.Hash][]byte
	trees map[model.Hash][]TreeEntry
}

func (o *overlay) WriteBlob(_ context.Context, data []byte) (model.Hash, error) {
	id, err := object.ID(object.Blob, data)
	if err == nil {
		o.blobs[id] = bytes.Clone(data)
	}
	return id, err
}

func (o *overlay) WriteTree(_ context.Context, entries []TreeEntry) (model.Hash, error) {
	plain := make([]object.Entry, len(entries))
	for i, e := range entries {
		plain[i] = object.Entry(e)
	}
	data, err := object.EncodeTree(plain)
	if err != nil {
		return "", err
	}
	id, err := object.ID(object.Tree, data)
	if err == nil {
		o.trees[id] = entries
	}
	return id, err
}

func (o *overlay) Tree(ctx context.Context, id model.Hash) ([]TreeEntry, error) {
	if entries, ok := o.trees[id]; ok {
		return entries, nil
	}
	return o.Store.Tree(ctx, id)
}

func (o *overlay) Blob(ctx context.Context, id model.Hash) ([]byte, error) {
	if data, ok := o.blobs[id]; ok {
		return bytes.Clone(data), nil // Who reads a blob may change what was read.
	}
	return o.Store.Blob(ctx, id)
}

func (o *overlay) Size(ctx context.Context, id model.Hash) (int64, error) {
	if data, ok := o.blobs[id]; ok {
		return int64(len(data)), nil
	}
	return o.Store.Size(ctx, id)
}
