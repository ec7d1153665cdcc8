package hosts

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"

	"plumb/model"
	"plumb/providers/providertest"
)

// observeLimit is small, so that huge files need not be.
const observeLimit = 64 << 10

// lab is a world whose hosts are directories of this machine, reached as reach says.
type lab struct {
	t   *testing.T
	dir string
}

// newWorld makes a world of two hosts. Reach makes a host of a name and its
// directory; lose makes it unreachable.
func newWorld(t *testing.T, opt Options, rules []model.FileRule, reach func(name, dir string) model.Host) providertest.World {
	t.Helper()
	l := lab{t: t, dir: t.TempDir()}
	opt.Root = l.dir
	opt.Limits.Observe = observeLimit
	target := model.Target{Name: "web", Provider: "hosts", Path: "lab/web", Files: rules}
	for _, name := range []string{"web-1", "web-2"} {
		if err := os.MkdirAll(l.path(name, ""), 0o755); err != nil {
			t.Fatal(err)
		}
		target.Hosts = append(target.Hosts, reach(name, l.path(name, "")))
	}
	return providertest.World{
		Provider: New(opt), Target: target, Observe: observeLimit,
		Snapshot: snapshot, Edit: edit, Set: l.set, Remove: l.remove, Live: l.live,
		Lose: func(host string) {
			for i, h := range target.Hosts {
				if h.Name == host && h.SSH != "" {
					target.Hosts[i].SSH = "closed"
				}
			}
			if target.Hosts[0].SSH == "" {
				if err := os.Rename(l.path(host, ""), l.path(host+"-away", "")); err != nil {
					t.Fatal(err)
				}
			}
		},
	}
}

// snapshot is a revision with files below the target's path.
func snapshot(files map[string]providertest.File) model.Snapshot {
	tree := fstest.MapFS{}
	for key, f := range files {
		mode := fs.FileMode(0o644)
		switch {
		case f.Link:
			mode = fs.ModeSymlink | 0o777
		case f.Mode != 0:
			mode = fs.FileMode(f.Mode)
		}
		tree["lab/web/"+key] = &fstest.MapFile{Data: []byte(f.Data), Mode: mode}
	}
	return revisionOf(tree)
}

// revisionOf gives a tree a hash of its own.
func revisionOf(tree fstest.MapFS) model.Snapshot {
	var all strings.Builder
	for _, name := range sortedKeys(tree) {
		fmt.Fprintf(&all, "%q %o %q\n", name, tree[name].Mode, tree[name].Data)
	}
	return model.Snapshot{Revision: model.Hash(strings.TrimPrefix(string(model.Sum([]byte(all.String()))), "sha256:")[:40]), Files: tree}
}

func edit(base model.Snapshot, edits []model.Edit) model.Snapshot {
	tree := maps.Clone(base.Files.(fstest.MapFS))
	for _, e := range edits {
		if e.Delete {
			delete(tree, e.Path)
			continue
		}
		mode := fs.FileMode(e.Mode & 0o777)
		if e.Mode == model.ModeSymlink {
			mode = fs.ModeSymlink | 0o777
		}
		tree[e.Path] = &fstest.MapFile{Data: e.Data, Mode: mode}
	}
	return revisionOf(tree)
}

func (l lab) path(host, name string) string { return filepath.Join(l.dir, host) + name }

func (l lab) set(host, name string, f providertest.File) {
	l.t.Helper()
	file := l.path(host, name)
	must := func(err error) {
		if err != nil {
			l.t.Helper()
			l.t.Fatal(err)
		}
	}
	must(os.MkdirAll(path.Dir(file), 0o755))
	must(os.RemoveAll(file))
	if f.Link {
		must(os.Symlink(f.Data, file))
		return
	}
	if f.Mode == 0 {
		f.Mode = 0o644
	}
	must(os.WriteFile(file, []byte(f.Data), fs.FileMode(f.Mode)))
	must(os.Chmod(file, fs.FileMode(f.Mode)))
}

func (l lab) remove(host, name string) {
	if err := os.RemoveAll(l.path(host, name)); err != nil {
		l.t.Fatal(err)
	}
}

func (l lab) live() map[string]providertest.File {
	l.t.Helper()
	files := map[string]providertest.File{}
	err := filepath.WalkDir(l.dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		key := strings.TrimPrefix(name, l.dir+"/")
		if d.Type()&fs.ModeSymlink != 0 {
			target, err := os.Readlink(name)
			files[key] = providertest.File{Data: target, Link: true}
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		data, err := os.ReadFile(name)
		files[key] = providertest.File{Data: string(data), Mode: info.Sys().(*syscall.Stat_t).Mode & 0o7777}
		return err
	})
	if err != nil {
		l.t.Fatal(err)
	}
	return files
}

// dirOf is the directory that plays a host of a world.
func dirOf(w providertest.World, host string) string {
	for _, h := range w.Target.Hosts {
		if h.Name == host && filepath.IsAbs(h.Root) {
			return h.Root
		}
	}
	return filepath.Join(w.Provider.(*Provider).opt.Root, host)
}
