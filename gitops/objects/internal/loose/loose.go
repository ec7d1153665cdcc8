// Package loose writes git objects as loose files from within this process.
//
// A process for each of the hundreds of objects of a large change would cost
// more than all else together. Writing them here is safe because a loose object
// is the simplest thing in a repository: its name is the hash of its content,
// it appears by rename in one piece, it is never changed afterwards, and until
// a ref leads to it nobody looks at it. Refs are where writers can disagree, and
// those are not written here. Data crafted to collide in SHA-1 is refused.
package loose

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"plumb/gitops/objects/internal/object"
	"plumb/model"
)

// Writer writes loose objects into one object directory. It may be used from
// several goroutines and beside any other writer of the repository.
type Writer struct {
	dir string

	mu       sync.Mutex
	unsynced []string // Written, and not yet known to be on the disk.
}

// New is a writer for an object directory, ".git/objects".
func New(dir string) *Writer { return &Writer{dir: dir} }

// Write stores an object and answers its id. It is durable only after [Writer.Sync].
func (w *Writer) Write(kind object.Kind, data []byte) (model.Hash, error) {
	id, err := object.ID(kind, data)
	if err != nil {
		return "", err
	}
	path := filepath.Join(w.dir, string(id[:2]), string(id[2:]))
	// An object that is there already is made young again, as git does, so that
	// a collection of garbage which runs now does not take it away.
	now := time.Now()
	if err := os.Chtimes(path, now, now); err == nil {
		w.remember(path)
		return id, nil
	}
	if err := w.create(path, kind, data); err != nil {
		return "", fmt.Errorf("write %s %s: %w", kind, id.Short(), err)
	}
	w.remember(path)
	return id, nil
}

func (w *Writer) remember(path string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.unsynced = append(w.unsynced, path)
}

func (w *Writer) create(path string, kind object.Kind, data []byte) error {
	// Who may read the object directory may read its objects: this is what git's
	// core.sharedRepository comes to.
	root, err := os.Stat(w.dir)
	if err != nil {
		return err
	}
	dir := filepath.Dir(path)
	if err := os.Mkdir(dir, root.Mode().Perm()); err == nil {
		if err := os.Chmod(dir, root.Mode()&(fs.ModePerm|fs.ModeSetgid)); err != nil {
			return err
		}
	} else if !errors.Is(err, fs.ErrExist) {
		return err
	}
	// Git's garbage collection knows temporary objects by this prefix.
	f, err := os.CreateTemp(dir, "tmp_obj_")
	if err != nil {
		return err
	}
	err = write(f, kind, data, 0o444&root.Mode().Perm())
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// compressors are used again and again: a new one costs more than a small object does.
var compressors = sync.Pool{New: func() any {
	// The level is valid, so there is no error.
	z, _ := zlib.NewWriterLevel(nil, zlib.BestSpeed)
	return z
}}

func write(f *os.File, kind object.Kind, data []byte, perm fs.FileMode) error {
	var b bytes.Buffer
	z := compressors.Get().(*zlib.Writer)
	defer compressors.Put(z)
	z.Reset(&b)
	for _, part := range [][]byte{object.Header(kind, len(data)), data} {
		if _, err := z.Write(part); err != nil {
			return err
		}
	}
	if err := z.Close(); err != nil {
		return err
	}
	if _, err := f.Write(b.Bytes()); err != nil {
		return err
	}
	return f.Chmod(perm)
}

// Sync makes all that was written durable. It must come before a ref is moved
// to any of it: otherwise a loss of power could leave a ref that leads nowhere.
func (w *Writer) Sync() error {
	w.mu.Lock()
	paths := w.unsynced
	w.unsynced = nil
	w.mu.Unlock()
	if len(paths) == 0 {
		return nil
	}
	// The names must be as durable as what they name.
	dirs := []string{w.dir}
	for _, p := range paths {
		dirs = append(dirs, filepath.Dir(p))
	}
	slices.Sort(dirs)
	err := syncAll(paths)
	if err == nil {
		err = syncAll(slices.Compact(dirs))
	}
	if err != nil {
		w.mu.Lock()
		w.unsynced = append(w.unsynced, paths...)
		w.mu.Unlock()
		return fmt.Errorf("make objects durable: %w", err)
	}
	return nil
}

// syncAll syncs side by side, so that one journal commit of the file system serves several.
func syncAll(paths []string) error {
	var g errgroup.Group
	g.SetLimit(16)
	for _, p := range paths {
		g.Go(func() error {
			f, err := os.Open(p)
			if errors.Is(err, fs.ErrNotExist) {
				return nil // Packed by git in the meantime, which made it durable.
			}
			if err != nil {
				return err
			}
			return errors.Join(f.Sync(), f.Close())
		})
	}
	return g.Wait()
}
