package objects

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"plumb/model"
)

// FS is the files of a commit as a file system: rooted at the repository's
// root, with modes and symbolic links (it is an [fs.ReadLinkFS]), read on demand. Submodules are
// empty directories. It may be read from several goroutines at once.
//
// Open, ReadFile and Stat follow symbolic links, within the repository only; a
// link that leads out of it leads nowhere. All times are the commit's.
func FS(ctx context.Context, s Store, commit model.Hash) (fs.FS, error) {
	c, err := s.Commit(ctx, commit)
	if err != nil {
		return nil, err
	}
	return &files{ctx: ctx, store: s, root: c.Tree, when: c.Committer.When, trees: map[model.Hash][]TreeEntry{}}, nil
}

// Snapshot is FS with its revision.
func Snapshot(ctx context.Context, s Store, commit model.Hash) (model.Snapshot, error) {
	files, err := FS(ctx, s, commit)
	return model.Snapshot{Revision: commit, Files: files}, err
}

// files is the file system of one commit.
type files struct {
	ctx   context.Context // Of the reader; the interfaces of io/fs have no place for it.
	store Store
	root  model.Hash
	when  time.Time

	mu    sync.Mutex
	trees map[model.Hash][]TreeEntry // Sorted by name.
}

var (
	_ fs.ReadDirFS  = (*files)(nil)
	_ fs.ReadFileFS = (*files)(nil)
	_ fs.StatFS     = (*files)(nil)
	_ fs.ReadLinkFS = (*files)(nil)
)

var (
	errLinks     = errors.New("too many symbolic links")
	errLeadsAway = errors.New("the symbolic link leads out of the repository")
	errIsDir     = errors.New("is a directory")
	errNotDir    = errors.New("not a directory")
)

// mostLinks is how many symbolic links may be followed for one name.
const mostLinks = 40

// tree lists a directory, from the cache where it was read before.
func (f *files) tree(id model.Hash) ([]TreeEntry, error) {
	f.mu.Lock()
	entries, ok := f.trees[id]
	f.mu.Unlock()
	if ok {
		return entries, nil
	}
	entries, err := f.store.Tree(f.ctx, id)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		// Leaving such an entry out would say that git does not want a file
		// that it does name; handing it on would let it climb out of its directory.
		if e.Name == "" || e.Name == "." || e.Name == ".." || strings.Contains(e.Name, "/") {
			return nil, fmt.Errorf("tree %s has an entry named %q", id.Short(), e.Name)
		}
	}
	entries = slices.Clone(entries)
	slices.SortStableFunc(entries, func(a, b TreeEntry) int { return strings.Compare(a.Name, b.Name) })
	f.mu.Lock()
	f.trees[id] = entries
	f.mu.Unlock()
	return entries, nil
}

// lookup finds the entry of a name. Links on the way are followed, and the last one if follow says so.
func (f *files) lookup(op, name string, follow bool) (TreeEntry, error) {
	e, err := f.find(name, follow)
	if err != nil {
		return e, &fs.PathError{Op: op, Path: name, Err: err}
	}
	e.Name = path.Base(name)
	return e, nil
}

func (f *files) find(name string, follow bool) (TreeEntry, error) {
	root := TreeEntry{Name: ".", Mode: model.ModeTree, Hash: f.root}
	if !isValid(name) {
		return root, fs.ErrInvalid
	}
	// The directories from the root to where the walk stands, to go back up on "..".
	at := []TreeEntry{root}
	todo := strings.Split(name, "/")
	links := 0
	for len(todo) > 0 {
		segment := todo[0]
		todo = todo[1:]
		switch segment {
		case "", ".":
			continue
		case "..":
			if len(at) == 1 {
				return root, errLeadsAway
			}
			at = at[:len(at)-1]
			continue
		}
		e, err := f.child(at[len(at)-1], segment)
		if err != nil {
			return root, err
		}
		if e.Mode != model.ModeSymlink || len(todo) == 0 && !follow {
			at = append(at, e)
			continue
		}
		if links++; links > mostLinks {
			return root, errLinks
		}
		target, err := f.store.Blob(f.ctx, e.Hash)
		if err != nil {
			return root, err
		}
		if strings.HasPrefix(string(target), "/") {
			return root, errLeadsAway
		}
		todo = append(strings.Split(string(target), "/"), todo...)
	}
	return at[len(at)-1], nil
}

// isValid is [fs.ValidPath] for names of any bytes: git's need not be UTF-8.
func isValid(name string) bool {
	if name == "." {
		return true
	}
	for segment := range strings.SplitSeq(name, "/") {
		if segment == "" || segment == "." || segment == ".." {
			return false
		}
	}
	return true
}

func (f *files) child(dir TreeEntry, name string) (TreeEntry, error) {
	switch dir.Mode {
	case model.ModeSubmodule:
		return TreeEntry{}, fs.ErrNotExist
	case model.ModeTree:
	default:
		return TreeEntry{}, errNotDir
	}
	entries, err := f.tree(dir.Hash)
	if err != nil {
		return TreeEntry{}, err
	}
	i, ok := slices.BinarySearchFunc(entries, name, func(e TreeEntry, n string) int { return strings.Compare(e.Name, n) })
	if !ok {
		return TreeEntry{}, fs.ErrNotExist
	}
	return entries[i], nil
}

func isDir(e TreeEntry) bool { return e.Mode == model.ModeTree || e.Mode == model.ModeSubmodule }

// Open opens a file or directory. A file is read whole.
func (f *files) Open(name string) (fs.File, error) {
	e, err := f.lookup("open", name, true)
	if err != nil {
		return nil, err
	}
	if isDir(e) {
		list, err := f.list(e)
		if err != nil {
			return nil, &fs.PathError{Op: "open", Path: name, Err: err}
		}
		return &openDir{info: f.describe(e, 0), name: name, left: list}, nil
	}
	data, err := f.store.Blob(f.ctx, e.Hash)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return newOpenFile(f.describe(e, int64(len(data))), data), nil
}

// ReadFile reads a file.
func (f *files) ReadFile(name string) ([]byte, error) {
	e, err := f.lookup("read", name, true)
	if err != nil {
		return nil, err
	}
	if isDir(e) {
		return nil, &fs.PathError{Op: "read", Path: name, Err: errIsDir}
	}
	data, err := f.store.Blob(f.ctx, e.Hash)
	if err != nil {
		return nil, &fs.PathError{Op: "read", Path: name, Err: err}
	}
	return data, nil
}

// ReadDir lists a directory, sorted by name.
func (f *files) ReadDir(name string) ([]fs.DirEntry, error) {
	e, err := f.lookup("readdir", name, true)
	if err != nil {
		return nil, err
	}
	if !isDir(e) {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: errNotDir}
	}
	list, err := f.list(e)
	if err != nil {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: err}
	}
	return list, nil
}

// Stat describes what a name leads to, Lstat the name itself.
func (f *files) Stat(name string) (fs.FileInfo, error) { return f.stat("stat", name, true) }

// Lstat describes a name without following a symbolic link.
func (f *files) Lstat(name string) (fs.FileInfo, error) { return f.stat("lstat", name, false) }

func (f *files) stat(op, name string, follow bool) (fs.FileInfo, error) {
	e, err := f.lookup(op, name, follow)
	if err != nil {
		return nil, err
	}
	info, err := f.sized(e)
	if err != nil {
		return nil, &fs.PathError{Op: op, Path: name, Err: err}
	}
	return info, nil
}

// ReadLink is the target of a symbolic link.
func (f *files) ReadLink(name string) (string, error) {
	e, err := f.lookup("readlink", name, false)
	if err != nil {
		return "", err
	}
	if e.Mode != model.ModeSymlink {
		return "", &fs.PathError{Op: "readlink", Path: name, Err: fs.ErrInvalid}
	}
	data, err := f.store.Blob(f.ctx, e.Hash)
	if err != nil {
		return "", &fs.PathError{Op: "readlink", Path: name, Err: err}
	}
	return string(data), nil
}

func (f *files) list(dir TreeEntry) ([]fs.DirEntry, error) {
	if dir.Mode == model.ModeSubmodule {
		return nil, nil
	}
	entries, err := f.tree(dir.Hash)
	if err != nil {
		return nil, err
	}
	list := make([]fs.DirEntry, len(entries))
	for i, e := range entries {
		list[i] = dirEntry{f, e}
	}
	return list, nil
}

func (f *files) describe(e TreeEntry, size int64) fileInfo {
	return fileInfo{name: e.Name, mode: fileMode(e.Mode), size: size, when: f.when}
}

// sized asks for the size, which a tree does not know.
func (f *files) sized(e TreeEntry) (fs.FileInfo, error) {
	if isDir(e) {
		return f.describe(e, 0), nil
	}
	size, err := f.store.Size(f.ctx, e.Hash)
	if err != nil {
		return nil, err
	}
	return f.describe(e, size), nil
}

func fileMode(m model.FileMode) fs.FileMode {
	switch m {
	case model.ModeTree, model.ModeSubmodule:
		return fs.ModeDir | 0o755
	case model.ModeSymlink:
		return fs.ModeSymlink | 0o777
	case model.ModeExecutable:
		return 0o755
	}
	return 0o644
}
