// Package gogit is the store of a repository that is read and written in this
// process, by go-git: on machines without git, and in memory.
//
// Of go-git it uses the storage alone. Its objects are parsed here, its history
// is walked here, and its refs are locked here the way git locks them, because
// go-git's own ways of doing so are slow, differ from git's, or are not safe
// beside it. It is not safe for concurrent use either, so a mutex guards it; and
// it panics on some corrupt repositories, which becomes an error.
package gogit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/go-git/go-billy/v5/osfs"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/plumbing/storer"
	"github.com/go-git/go-git/v5/storage/filesystem"
	"github.com/go-git/go-git/v5/storage/filesystem/dotgit"

	"plumb/gitops/objects"
	"plumb/gitops/objects/internal/loose"
	"plumb/gitops/objects/internal/object"
	"plumb/gitops/objects/internal/reffile"
	"plumb/model"
)

// backend is what is used of go-git's storage.
type backend interface {
	storer.EncodedObjectStorer
	storer.ShallowStorer
}

// writer writes objects.
type writer interface {
	Write(kind object.Kind, data []byte) (model.Hash, error)
}

// store is one repository.
type store struct {
	info    objects.Info
	packs   string // The directory of packs; empty in memory.
	objects writer
	refs    refs
	closer  io.Closer

	mu      sync.Mutex // Guards all below.
	storage backend
	packsAt time.Time // When the directory of packs changed last, as far as storage knows.
	reindex func()
}

// cacheSize bounds the objects that go-git keeps to resolve deltas.
const cacheSize = 32 * cache.MiByte

// Open finds the repository of dir: its own, or that of a directory above it.
// It fails with an error that wraps [objects.ErrNotRepository] where there is
// none, [ErrUnsupported] where only git can read it, and [model.ErrRefused]
// where it belongs to another user.
func Open(dir string) (objects.Store, error) {
	p, err := locate(dir)
	if err != nil {
		return nil, err
	}
	if err := trusted(p); err != nil {
		return nil, err
	}
	set, err := configure(p.common)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", p.gitDir, err)
	}
	if set.isBare && p.gitDir == p.common {
		p.workTree = ""
	}
	files := dotgit.NewRepositoryFilesystem(osfs.New(p.gitDir), osfs.New(p.common))
	storage := filesystem.NewStorageWithOptions(files, cache.NewObjectLRU(cacheSize), filesystem.Options{
		KeepDescriptors: true,
		AlternatesFS:    osfs.New("/"),
	})
	objectDir := loose.New(filepath.Join(p.common, "objects"))
	s := &store{
		info:    objects.Info{GitDir: p.gitDir, WorkTree: p.workTree, IsPartial: set.isPartial},
		packs:   filepath.Join(p.common, "objects", "pack"),
		objects: objectDir,
		closer:  storage,
		storage: storage,
		reindex: storage.Reindex,
	}
	s.refs = &fileRefs{reffile.Files{GitDir: p.gitDir, Common: p.common, Memory: new(reffile.Memory)}, objectDir}
	s.packsAt = s.packsChanged()
	return s, nil
}

func (s *store) packsChanged() time.Time {
	st, err := os.Stat(s.packs)
	if err != nil {
		return time.Time{}
	}
	return st.ModTime()
}

// locked runs f on the storage. A panic within go-git becomes an error.
func (s *store) locked(ctx context.Context, f func(backend) error) (err error) {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("go-git cannot read the repository: %v", r)
		}
	}()
	return f(s.storage)
}

// Close closes the files of the repository.
func (s *store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closer.Close()
}

// Info is the repository as it was found, with HEAD as it is now.
func (s *store) Info() objects.Info {
	info := s.info
	ctx := context.Background()
	// HEAD cannot be told where it cannot be read; every other call will say why.
	_ = s.locked(ctx, func(b backend) error {
		head, err := s.refs.get("HEAD")
		if err != nil {
			return err
		}
		info.Head = head.Target
		boundary, err := b.Shallow()
		info.IsShallow = len(boundary) > 0
		return err
	})
	if id, err := s.Resolve(ctx, "HEAD"); err == nil {
		info.HeadHash = id
	}
	return info
}

// read reads an object of the kind, or of any kind for an empty one.
func (s *store) read(ctx context.Context, kind object.Kind, id model.Hash) (data []byte, is object.Kind, err error) {
	why := fmt.Sprintf("read %s %s", orObject(kind), id.Short())
	if !object.IsID(id) || len(id) != 40 {
		return nil, "", fmt.Errorf("read %s: %w: %q is not an object id", orObject(kind), objects.ErrNotFound, id)
	}
	err = s.locked(ctx, func(b backend) error {
		o, err := s.find(b, id)
		if err != nil {
			return err
		}
		is = object.Kind(o.Type().String())
		if kind != "" && is != kind {
			return fmt.Errorf("it is a %s", is)
		}
		r, err := o.Reader()
		if err != nil {
			return err
		}
		data, err = io.ReadAll(r)
		return errors.Join(err, r.Close())
	})
	if errors.Is(err, plumbing.ErrObjectNotFound) {
		if id == objects.EmptyTree && (kind == object.Tree || kind == "") {
			return nil, object.Tree, nil // Git knows it without having it.
		}
		err = &objects.MissingError{ID: id}
	}
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", why, err)
	}
	return data, is, nil
}

func orObject(kind object.Kind) string {
	if kind == "" {
		return "object"
	}
	return string(kind)
}

// find gets an object from storage. When it is not there and packs have come or
// gone since they were listed, as after a fetch or a repack, they are listed again.
func (s *store) find(b backend, id model.Hash) (plumbing.EncodedObject, error) {
	o, err := b.EncodedObject(plumbing.AnyObject, plumbing.NewHash(string(id)))
	if (errors.Is(err, plumbing.ErrObjectNotFound) || errors.Is(err, fs.ErrNotExist)) && s.isStale() {
		o, err = b.EncodedObject(plumbing.AnyObject, plumbing.NewHash(string(id)))
	}
	return o, err
}

// isStale reports whether the packs had to be listed again.
func (s *store) isStale() bool {
	if s.packs == "" {
		return false
	}
	now := s.packsChanged()
	if now.Equal(s.packsAt) {
		return false
	}
	s.packsAt = now
	s.reindex()
	return true
}

// Commit reads one commit.
func (s *store) Commit(ctx context.Context, id model.Hash) (model.Commit, error) {
	data, _, err := s.read(ctx, object.Commit, id)
	if err != nil {
		return model.Commit{}, err
	}
	return object.ParseCommit(id, data)
}

// Tree lists one tree.
func (s *store) Tree(ctx context.Context, id model.Hash) ([]objects.TreeEntry, error) {
	data, _, err := s.read(ctx, object.Tree, id)
	if err != nil {
		return nil, err
	}
	parsed, err := object.ParseTree(data, len(id)/2)
	if err != nil {
		return nil, fmt.Errorf("read tree %s: %w", id.Short(), err)
	}
	entries := make([]objects.TreeEntry, len(parsed))
	for i, e := range parsed {
		entries[i] = objects.TreeEntry(e)
	}
	return entries, nil
}

// Blob reads one blob.
func (s *store) Blob(ctx context.Context, id model.Hash) ([]byte, error) {
	data, _, err := s.read(ctx, object.Blob, id)
	return data, err
}

// Size is how large a blob is.
func (s *store) Size(ctx context.Context, id model.Hash) (size int64, err error) {
	why := "read the size of " + id.Short()
	if !object.IsID(id) || len(id) != 40 {
		return 0, fmt.Errorf("%s: %w: %q is not an object id", why, objects.ErrNotFound, id)
	}
	err = s.locked(ctx, func(b backend) error {
		// Go-git's own question for the size alone does not look into alternates.
		o, err := s.find(b, id)
		if err != nil {
			return err
		}
		if o.Type() != plumbing.BlobObject {
			return fmt.Errorf("it is a %s", o.Type())
		}
		size = o.Size()
		return nil
	})
	if errors.Is(err, plumbing.ErrObjectNotFound) {
		err = &objects.MissingError{ID: id}
	}
	if err != nil {
		return 0, fmt.Errorf("%s: %w", why, err)
	}
	return size, nil
}

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

func (s *store) write(ctx context.Context, kind object.Kind, data []byte) (id model.Hash, err error) {
	err = s.locked(ctx, func(backend) error {
		id, err = s.objects.Write(kind, data)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("write %s: %w", kind, err)
	}
	return id, nil
}
