package gogit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"plumb/gitops/objects/internal/loose"
	"plumb/gitops/objects/internal/reffile"
	"plumb/model"
	"plumb/model/text"
)

// fileRefs changes refs on disk with git's own protocol: NAME.lock is created,
// and whoever has it may change NAME. It writes no reflog.
type fileRefs struct {
	reffile.Files
	objects *loose.Writer
}

func (r *fileRefs) get(name string) (ref, error) { return r.Get(name) }

func (r *fileRefs) list() ([]ref, error) {
	all, _, err := r.List("refs/")
	return slices.Collect(maps.Values(all)), err
}

func (r *fileRefs) update(ctx context.Context, name string, next, prev model.Hash) error {
	if err := r.objects.Sync(); err != nil {
		return err
	}
	path := r.Path(name)
	if next != "" {
		if err := hasRoom(r, name); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	check := func() error {
		now, err := current(r, name)
		if err == nil && now != prev {
			err = moved(now, prev)
		}
		return err
	}
	lock, err := r.lock(ctx, path, check)
	if err != nil {
		return err
	}
	defer lock.release()
	if err := check(); err != nil {
		return err
	}
	if next != "" {
		removeEmpty(path)
		return lock.commit([]byte(next + "\n"))
	}
	// The packed name goes first: were it last, a crash would bring an old value back.
	if err := r.unpack(ctx, name); err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// removeEmpty removes a directory that deleted refs left behind where the file
// of a ref is to be. What is not empty or not a directory stays.
func removeEmpty(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if e.IsDir() {
			removeEmpty(filepath.Join(dir, e.Name()))
		}
	}
	// Where this fails, so does the rename that follows, and that says why.
	_ = syscall.Rmdir(dir)
}

// unpack takes a ref out of packed-refs.
func (r *fileRefs) unpack(ctx context.Context, name string) error {
	path := filepath.Join(r.Common, "packed-refs")
	lock, err := r.lock(ctx, path, func() error { return nil })
	if err != nil {
		return err
	}
	defer lock.release()
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var kept bytes.Buffer
	isGone := false
	for line := range strings.Lines(string(data)) {
		if isGone && strings.HasPrefix(line, "^") {
			continue // What the tag leads to goes with it.
		}
		_, ref, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if isGone = ref == name; !isGone {
			kept.WriteString(line)
		}
	}
	if kept.Len() == len(data) {
		return nil
	}
	return lock.commit(kept.Bytes())
}

// lockWait is how long another program may hold a lock, and lockPause how often to look.
const (
	lockWait  = time.Second
	lockPause = 5 * time.Millisecond
)

// heldLock is a lock file that is ours.
type heldLock struct {
	path string
	file *os.File
	done bool
}

// lock creates path.lock. While another program has it, isFutile is asked whether to go on waiting.
func (r *fileRefs) lock(ctx context.Context, path string, isFutile func() error) (*heldLock, error) {
	tick := time.NewTicker(lockPause)
	defer tick.Stop()
	for waited := time.Duration(0); ; waited += lockPause {
		f, err := os.OpenFile(path+".lock", os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if err == nil {
			return &heldLock{path: path, file: f}, nil
		}
		if errors.Is(err, syscall.ENOTDIR) {
			return nil, fmt.Errorf("another ref is in the way: %w", err)
		}
		if !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
		if err := isFutile(); err != nil {
			return nil, err
		}
		if waited >= lockWait {
			return nil, model.WithHint(err, "another program holds the lock; if none runs, delete the file %s", text.Line(path+".lock"))
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-tick.C:
		}
	}
}

// commit makes data the content of the locked file, atomically and durably.
func (l *heldLock) commit(data []byte) error {
	if _, err := l.file.Write(data); err != nil {
		return err
	}
	if err := l.file.Sync(); err != nil {
		return err
	}
	if err := l.file.Close(); err != nil {
		return err
	}
	if err := os.Rename(l.path+".lock", l.path); err != nil {
		return err
	}
	l.done = true
	return syncDir(filepath.Dir(l.path))
}

// release gives the lock up; after a commit there is nothing to give up.
func (l *heldLock) release() {
	if l.done {
		return
	}
	// Closing twice is no harm, and a lock that cannot be removed names itself to the next writer.
	_ = l.file.Close()
	_ = os.Remove(l.path + ".lock")
}

func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
