package demo

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync"

	"plumb/gitops/objects"
	"plumb/model"
)

// recorder is a store that remembers all that is written to it: the bytes, to be put into one pack, because hundreds
// of loose files would cost more than all else together, and what they mean, because
// the story reads the same files over and over.
type recorder struct {
	objects.Store

	mu      sync.RWMutex
	objects []packed
	blobs   map[model.Hash][]byte
	trees   map[model.Hash][]objects.TreeEntry // In git's order.
	commits map[model.Hash]model.Commit
}

func record(s objects.Store) *recorder {
	return &recorder{Store: s, blobs: map[model.Hash][]byte{}, trees: map[model.Hash][]objects.TreeEntry{}, commits: map[model.Hash]model.Commit{}}
}

// keep remembers an object that is new to the map.
func keep[T any](r *recorder, of map[model.Hash]T, kind byte, id model.Hash, object T, data []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, known := of[id]; !known {
		of[id] = object
		r.objects = append(r.objects, packed{id, kind, data})
	}
}

// recall answers an object that was written here. All were.
func recall[T any](r *recorder, of map[model.Hash]T, id model.Hash) (T, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	object, ok := of[id]
	if !ok {
		return object, fmt.Errorf("read: %w", &objects.MissingError{ID: id})
	}
	return object, nil
}

// Blob reads a blob whole.
func (r *recorder) Blob(_ context.Context, id model.Hash) ([]byte, error) {
	return recall(r, r.blobs, id)
}

// Size is the size of a blob.
func (r *recorder) Size(_ context.Context, id model.Hash) (int64, error) {
	data, err := recall(r, r.blobs, id)
	return int64(len(data)), err
}

// Tree lists a tree.
func (r *recorder) Tree(_ context.Context, id model.Hash) ([]objects.TreeEntry, error) {
	return recall(r, r.trees, id)
}

// Commit reads a commit.
func (r *recorder) Commit(_ context.Context, id model.Hash) (model.Commit, error) {
	return recall(r, r.commits, id)
}

// WriteBlob stores data.
func (r *recorder) WriteBlob(ctx context.Context, data []byte) (model.Hash, error) {
	id, err := r.Store.WriteBlob(ctx, data)
	if err == nil {
		keep(r, r.blobs, packedBlob, id, data, data)
	}
	return id, err
}

// WriteTree stores a tree.
func (r *recorder) WriteTree(ctx context.Context, entries []objects.TreeEntry) (model.Hash, error) {
	id, err := r.Store.WriteTree(ctx, entries)
	if err == nil {
		sorted, data := encodeTree(entries)
		keep(r, r.trees, packedTree, id, sorted, data)
	}
	return id, err
}

// WriteCommit stores a commit.
func (r *recorder) WriteCommit(ctx context.Context, c objects.NewCommit) (model.Hash, error) {
	id, err := r.Store.WriteCommit(ctx, c)
	if err != nil {
		return id, err
	}
	parsed, err := r.Store.Commit(ctx, id)
	if err == nil {
		keep(r, r.commits, packedCommit, id, parsed, encodeCommit(c))
	}
	return id, err
}

// encodeTree sorts and writes what the store accepted as a tree.
func encodeTree(entries []objects.TreeEntry) (sorted []objects.TreeEntry, data []byte) {
	name := func(e objects.TreeEntry) string {
		if e.Mode == model.ModeTree {
			return e.Name + "/"
		}
		return e.Name
	}
	sorted = slices.Clone(entries)
	slices.SortFunc(sorted, func(a, b objects.TreeEntry) int { return strings.Compare(name(a), name(b)) })
	for _, e := range sorted {
		data = fmt.Appendf(data, "%o %s\x00%s", uint32(e.Mode), e.Name, rawID(e.Hash))
	}
	return sorted, data
}

// encodeCommit writes what the store accepted as a commit.
func encodeCommit(c objects.NewCommit) []byte {
	data := fmt.Appendf(nil, "tree %s\n", c.Tree)
	for _, p := range c.Parents {
		data = fmt.Appendf(data, "parent %s\n", p)
	}
	person := func(role string, s objects.Signature) {
		data = fmt.Appendf(data, "%s %s <%s> %d %s\n", role, s.Name, s.Email, s.When.Unix(), s.When.Format("-0700"))
	}
	person("author", c.Author)
	person("committer", c.Committer)
	data = fmt.Appendf(data, "\n%s", c.Message)
	if !strings.HasSuffix(c.Message, "\n") {
		data = append(data, '\n')
	}
	return data
}

func rawID(id model.Hash) []byte {
	raw, _ := hex.DecodeString(string(id)) // The store made it.
	return raw
}
