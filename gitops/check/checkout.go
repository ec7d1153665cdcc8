package check

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"plumb/gitops/objects"
	"plumb/model"
)

// A tree can name the same tree again and again, so that a few objects stand for more than any disk holds.
const (
	maxEntries = 2_000_000
	maxBytes   = 8 << 30
)

// Checkout writes a tree into an empty directory: the exact bytes and modes, symbolic links as they are, submodules
// as empty directories. Nothing is ever written outside of dir, whatever the tree holds, and no .git. It answers
// the paths of all files, with slashes.
func Checkout(ctx context.Context, store objects.Store, tree model.Hash, dir string) (map[string]bool, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("check out: %w", err)
	}
	defer root.Close()
	w := &writer{store: store, root: root, files: map[string]bool{}}
	if err := w.directory(ctx, tree, "."); err != nil {
		return nil, fmt.Errorf("check out: %w", err)
	}
	return w.files, nil
}

type writer struct {
	store   objects.Store
	root    *os.Root
	files   map[string]bool
	entries int
	bytes   int64
}

func (w *writer) directory(ctx context.Context, tree model.Hash, dir string) error {
	entries, err := w.store.Tree(ctx, tree)
	if err != nil {
		return fmt.Errorf("%s: %w", dir, err)
	}
	for _, e := range entries {
		if err := usable(e.Name); err != nil {
			return fmt.Errorf("%s: %w", dir, err)
		}
		if w.entries++; w.entries > maxEntries {
			return fmt.Errorf("the revision has more than %d files", maxEntries)
		}
		if err := w.entry(ctx, e, path.Join(dir, e.Name)); err != nil {
			return err
		}
	}
	return nil
}

// usable refuses what git would not check out either: names that lead elsewhere, and git's own directory.
func usable(name string) error {
	switch {
	case name == "", name == ".", name == "..", strings.ContainsAny(name, "/\x00"), filepath.Separator != '/' && strings.ContainsRune(name, filepath.Separator):
		return fmt.Errorf("a file is named %q", name)
	case strings.EqualFold(name, ".git"):
		return model.WithHint(fmt.Errorf("a file is named %q, as git's own directory", name), "git fsck tells more; such a revision cannot be checked out")
	}
	return nil
}

// entry writes one entry. It must not be there yet: where two names are one to this file system, the checkout would not be exact.
func (w *writer) entry(ctx context.Context, e objects.TreeEntry, name string) error {
	if e.Mode == model.ModeTree || e.Mode == model.ModeSubmodule {
		if err := w.root.Mkdir(name, 0o755); err != nil {
			return err
		}
		if e.Mode == model.ModeSubmodule {
			return nil
		}
		return w.directory(ctx, e.Hash, name)
	}
	size, err := w.store.Size(ctx, e.Hash)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if w.bytes += size; w.bytes > maxBytes {
		return fmt.Errorf("the revision has more than %d bytes", int64(maxBytes))
	}
	data, err := w.store.Blob(ctx, e.Hash)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	w.files[name] = true
	if e.Mode == model.ModeSymlink {
		return w.root.Symlink(string(data), name)
	}
	mode := fs.FileMode(0o644)
	if e.Mode == model.ModeExecutable {
		mode = 0o755
	}
	file, err := w.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	// The operator's umask must not make other files of what git says.
	return errors.Join(err, file.Chmod(mode), file.Close())
}

// remove deletes a scratch directory, also where a command took the permission to do so away.
func remove(dir string) error {
	if os.RemoveAll(dir) == nil {
		return nil
	}
	_ = filepath.WalkDir(dir, func(name string, e fs.DirEntry, _ error) error {
		if e != nil && e.IsDir() {
			_ = os.Chmod(name, 0o700)
		}
		return nil
	})
	if err := os.RemoveAll(dir); err != nil {
		return model.WithHint(fmt.Errorf("remove the scratch directory: %w", err), "remove %s by hand", dir)
	}
	return nil
}
