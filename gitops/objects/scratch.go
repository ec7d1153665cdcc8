package objects

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"plumb/gitops/objects/internal/object"
	"plumb/model"
)

// Scratch is a store over another one that keeps what is written to it in memory: a change can be worked out, looked at and
// forgotten, and nothing of it is in the repository unless [Scratch.Keep] puts it there. Refs cannot be moved in it.
type Scratch struct {
	Store

	mu      sync.RWMutex
	blobs   map[model.Hash][]byte
	trees   map[model.Hash][]TreeEntry
	commits map[model.Hash]model.Commit
}

// NewScratch lays a scratch over a store.
func NewScratch(s Store) *Scratch {
	return &Scratch{Store: s, blobs: map[model.Hash][]byte{}, trees: map[model.Hash][]TreeEntry{}, commits: map[model.Hash]model.Commit{}}
}

// WriteBlob keeps a blob in memory.
func (o *Scratch) WriteBlob(_ context.Context, data []byte) (model.Hash, error) {
	id, err := object.IDLike(o.Info().HeadHash, object.Blob, data)
	if err == nil {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.blobs[id] = bytes.Clone(data)
	}
	return id, err
}

// WriteTree keeps a tree in memory.
func (o *Scratch) WriteTree(_ context.Context, entries []TreeEntry) (model.Hash, error) {
	entries = slices.SortedFunc(slices.Values(entries), compareEntries)
	plain := make([]object.Entry, len(entries))
	for i, e := range entries {
		plain[i] = object.Entry(e)
	}
	data, err := object.EncodeTree(plain)
	if err != nil {
		return "", err
	}
	id, err := object.IDLike(o.Info().HeadHash, object.Tree, data)
	if err == nil {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.trees[id] = entries
	}
	return id, err
}

// WriteCommit keeps a commit in memory.
func (o *Scratch) WriteCommit(_ context.Context, c NewCommit) (model.Hash, error) {
	data, err := object.EncodeCommit(c.Tree, c.Parents, object.Signature(c.Author), object.Signature(c.Committer), c.Message)
	if err != nil {
		return "", fmt.Errorf("write commit: %w", err)
	}
	id, err := object.IDLike(o.Info().HeadHash, object.Commit, data)
	if err != nil {
		return "", err
	}
	made, err := object.ParseCommit(id, data)
	if err == nil {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.commits[id] = made
	}
	return id, err
}

// UpdateRef fails: what is in memory only is nothing that a ref could lead to.
func (o *Scratch) UpdateRef(context.Context, string, model.Hash, model.Hash) error {
	return errors.New("nothing that is only sketched can be given a name")
}

// Tree lists the entries of a tree.
func (o *Scratch) Tree(ctx context.Context, id model.Hash) ([]TreeEntry, error) {
	o.mu.RLock()
	entries, ok := o.trees[id]
	o.mu.RUnlock()
	if ok {
		return slices.Clone(entries), nil
	}
	return o.Store.Tree(ctx, id)
}

// Blob reads a blob.
func (o *Scratch) Blob(ctx context.Context, id model.Hash) ([]byte, error) {
	if data, ok := o.blob(id); ok {
		return bytes.Clone(data), nil // Who reads a blob may change what was read.
	}
	return o.Store.Blob(ctx, id)
}

// Size is the size of a blob.
func (o *Scratch) Size(ctx context.Context, id model.Hash) (int64, error) {
	if data, ok := o.blob(id); ok {
		return int64(len(data)), nil
	}
	return o.Store.Size(ctx, id)
}

func (o *Scratch) blob(id model.Hash) ([]byte, bool) {
	o.mu.RLock()
	defer o.mu.RUnlock()
	data, ok := o.blobs[id]
	return data, ok
}

// Commit reads a commit.
func (o *Scratch) Commit(ctx context.Context, id model.Hash) (model.Commit, error) {
	if c, ok := o.sketched(id); ok {
		return c, nil
	}
	return o.Store.Commit(ctx, id)
}

func (o *Scratch) sketched(id model.Hash) (model.Commit, bool) {
	o.mu.RLock()
	defer o.mu.RUnlock()
	c, ok := o.commits[id]
	return c, ok
}

// MergeBase is a best common ancestor of a commit of the repository and one that may be in memory, which has one parent.
func (o *Scratch) MergeBase(ctx context.Context, a, b model.Hash) (model.Hash, error) {
	if c, ok := o.sketched(b); ok && a != b && len(c.Parents) == 1 {
		return o.MergeBase(ctx, a, c.Parents[0])
	}
	return o.Store.MergeBase(ctx, a, b)
}

// Keep writes a tree with all that is below it into the repository, as far as it is in memory only.
func (o *Scratch) Keep(ctx context.Context, tree model.Hash) error {
	o.mu.RLock()
	entries, ok := o.trees[tree]
	o.mu.RUnlock()
	if !ok {
		return nil // Its parts are in the repository, as it is.
	}
	for _, e := range entries {
		if isDir(e) {
			if err := o.Keep(ctx, e.Hash); err != nil {
				return err
			}
			continue
		}
		if data, ok := o.blob(e.Hash); ok {
			if _, err := o.Store.WriteBlob(ctx, data); err != nil {
				return fmt.Errorf("write %s: %w", e.Name, err)
			}
		}
	}
	if _, err := o.Store.WriteTree(ctx, entries); err != nil {
		return fmt.Errorf("write a directory: %w", err)
	}
	return nil
}
