package demo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/format/index"
	"golang.org/x/sys/unix"

	"plumb/gitops/objects"
	"plumb/model"
)

// gitConfig is the repository's own configuration. The operator gets a name, so
// that commits can be made on a machine where git does not know one.
var gitConfig = fmt.Sprintf(`[core]
	repositoryformatversion = 0
	filemode = true
	bare = false
	logallrefupdates = true
[user]
	name = %s
	email = %s
`, operator.name, operator.email)

// publish points main at what it has become.
func (t *teller) publish() error {
	if t.published == t.main {
		return nil
	}
	err := t.store.UpdateRef(t.ctx, "refs/heads/main", t.main, t.published)
	t.published = t.main
	return err
}

// checkOut begins to write the work tree and the index. No commit comes to main any more.
func (t *teller) checkOut() {
	if t.err != nil {
		return
	}
	head := t.main
	t.meanwhile(repositoryName, func() error {
		git := filepath.Join(t.repository, ".git")
		if err := os.MkdirAll(git, 0o755); err != nil {
			return err
		}
		commit, err := t.store.Commit(t.ctx, head)
		if err != nil {
			return err
		}
		entries, err := checkOut(t.ctx, t.repository, "", t.store, commit.Tree)
		if err != nil {
			return fmt.Errorf("check main out: %w", err)
		}
		return writeIndex(filepath.Join(git, "index"), entries)
	})
}

// leave ends the story: the repository is what it has become. It runs no process
// and syncs nothing: what is thrown away need not survive a power cut.
func (t *teller) leave() {
	if t.err == nil {
		t.err = t.writeRepository()
	}
}

func (t *teller) writeRepository() error {
	if err := t.publish(); err != nil {
		return err
	}
	for name, b := range t.branches {
		if err := t.store.UpdateRef(t.ctx, "refs/heads/"+name, b.tip, ""); err != nil {
			return err
		}
	}
	git := filepath.Join(t.repository, ".git")
	for _, dir := range []string{"objects/pack", "refs/heads"} {
		if err := os.MkdirAll(filepath.Join(git, dir), 0o755); err != nil {
			return err
		}
	}
	refs, err := t.store.Refs(t.ctx, "refs/")
	if err != nil {
		return err
	}
	var packedRefs strings.Builder
	packedRefs.WriteString("# pack-refs with: peeled fully-peeled sorted \n")
	for _, r := range refs {
		fmt.Fprintf(&packedRefs, "%s %s\n", r.Hash, r.Name)
	}
	for name, data := range map[string]string{
		"HEAD":        "ref: refs/heads/main\n",
		"config":      gitConfig,
		"packed-refs": packedRefs.String(),
	} {
		if err := os.WriteFile(filepath.Join(git, name), []byte(data), 0o644); err != nil {
			return err
		}
	}
	return t.store.writePack(filepath.Join(git, "objects", "pack"))
}

// checkOut writes the files of a tree, and answers what the index says of them.
func checkOut(ctx context.Context, root, dir string, store objects.Store, tree model.Hash) ([]*index.Entry, error) {
	entries, err := store.Tree(ctx, tree)
	if err != nil {
		return nil, err
	}
	var all []*index.Entry
	for _, e := range entries {
		name := dir + e.Name
		file := filepath.Join(root, filepath.FromSlash(name))
		if e.Mode == model.ModeTree {
			if err := os.Mkdir(file, 0o755); err != nil {
				return nil, err
			}
			below, err := checkOut(ctx, root, name+"/", store, e.Hash)
			if err != nil {
				return nil, err
			}
			all = append(all, below...)
			continue
		}
		data, err := store.Blob(ctx, e.Hash)
		if err != nil {
			return nil, err
		}
		if err := writeFile(file, e.Mode, data); err != nil {
			return nil, err
		}
		entry, err := indexEntry(file, name, e)
		if err != nil {
			return nil, err
		}
		all = append(all, entry)
	}
	return all, nil
}

// writeFile writes a new file or link as git would check it out.
func writeFile(file string, mode model.FileMode, data []byte) error {
	switch mode {
	case model.ModeSymlink:
		return os.Symlink(string(data), file)
	case model.ModeExecutable:
		return os.WriteFile(file, data, 0o755)
	default:
		return os.WriteFile(file, data, 0o644)
	}
}

// indexEntry is what git remembers of a file, to see later without reading it that it is unchanged.
func indexEntry(file, name string, e objects.TreeEntry) (*index.Entry, error) {
	var st unix.Stat_t
	if err := unix.Lstat(file, &st); err != nil {
		return nil, &fs.PathError{Op: "lstat", Path: file, Err: err}
	}
	return &index.Entry{
		Hash: plumbing.NewHash(string(e.Hash)), Name: name, Mode: filemode.FileMode(e.Mode),
		CreatedAt: time.Unix(st.Ctim.Unix()), ModifiedAt: time.Unix(st.Mtim.Unix()),
		Dev: uint32(st.Dev), Inode: uint32(st.Ino), UID: st.Uid, GID: st.Gid, Size: uint32(st.Size),
	}, nil
}

func writeIndex(file string, entries []*index.Entry) error {
	f, err := os.Create(file)
	if err != nil {
		return fmt.Errorf("write the index: %w", err)
	}
	err = index.NewEncoder(f).Encode(&index.Index{Version: 2, Entries: entries})
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write the index: %w", err)
	}
	return nil
}
