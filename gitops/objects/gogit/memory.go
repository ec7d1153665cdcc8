package gogit

import (
	"context"
	"io"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/storage/memory"

	"plumb/gitops/objects"
	"plumb/gitops/objects/internal/object"
	"plumb/model"
)

// NewMemory is an empty, bare repository in memory, on the unborn branch main.
func NewMemory() objects.Store {
	storage := memory.NewStorage()
	// A map takes every value.
	_ = storage.SetReference(plumbing.NewSymbolicReference(plumbing.HEAD, plumbing.Main))
	return &store{storage: storage, objects: memoryWriter{storage}, refs: memoryRefs{storage}, closer: io.NopCloser(nil), reindex: func() {}}
}

// memoryWriter stores objects in memory.
type memoryWriter struct{ storage *memory.Storage }

func (w memoryWriter) Write(kind object.Kind, data []byte) (model.Hash, error) {
	id, err := object.ID(kind, data)
	if err != nil {
		return "", err
	}
	t, err := plumbing.ParseObjectType(string(kind))
	if err != nil {
		return "", err
	}
	o := w.storage.NewEncodedObject()
	o.SetType(t)
	out, err := o.Writer()
	if err != nil {
		return "", err
	}
	if _, err := out.Write(data); err != nil {
		return "", err
	}
	if err := out.Close(); err != nil {
		return "", err
	}
	_, err = w.storage.SetEncodedObject(o)
	return id, err
}

// memoryRefs are refs in memory, where the mutex of the store is lock enough.
type memoryRefs struct{ storage *memory.Storage }

func (r memoryRefs) get(name string) (ref, error) {
	stored, err := r.storage.Reference(plumbing.ReferenceName(name))
	if err != nil {
		return ref{}, objects.ErrNotFound
	}
	return fromStorage(stored), nil
}

func fromStorage(stored *plumbing.Reference) ref {
	if stored.Type() == plumbing.SymbolicReference {
		return ref{Name: stored.Name().String(), Target: stored.Target().String()}
	}
	return ref{Name: stored.Name().String(), ID: model.Hash(stored.Hash().String())}
}

func (r memoryRefs) list() ([]ref, error) {
	iter, err := r.storage.IterReferences()
	if err != nil {
		return nil, err
	}
	var all []ref
	err = iter.ForEach(func(stored *plumbing.Reference) error {
		if stored.Name() != plumbing.HEAD {
			all = append(all, fromStorage(stored))
		}
		return nil
	})
	return all, err
}

func (r memoryRefs) update(_ context.Context, name string, next, prev model.Hash) error {
	now, err := current(r, name)
	if err != nil {
		return err
	}
	if now != prev {
		return moved(now, prev)
	}
	if next == "" {
		return r.storage.RemoveReference(plumbing.ReferenceName(name))
	}
	if err := hasRoom(r, name); err != nil {
		return err
	}
	return r.storage.SetReference(plumbing.NewHashReference(plumbing.ReferenceName(name), plumbing.NewHash(string(next))))
}
