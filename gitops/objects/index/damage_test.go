package index_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plumb/gitops/objects/index"
	"plumb/gitops/objects/objectstest"
	"plumb/model"
)

// write writes a file below a directory.
func write(t testing.TB, dir, name, content string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// line is a repository of ten commits in a row, all in files of their own: commit i says i and changes the file d/i.
func line(t *testing.T) (dir string, ids []string) {
	t.Helper()
	dir = t.TempDir()
	objectstest.Git(t, dir, "init", "--quiet")
	for i := range 10 {
		commit(t, dir, fmt.Sprint("d/", i), "x")
		ids = append(ids, objectstest.Git(t, dir, "rev-parse", "HEAD"))
	}
	return dir, ids
}

// looseFile is the file of an object.
func looseFile(dir, id string) string { return filepath.Join(dir, ".git", "objects", id[:2], id[2:]) }

func TestAMissingCommitEndsHistoryThereAndIsNamed(t *testing.T) {
	dir, ids := line(t)
	lost := looseFile(dir, ids[4])
	kept, err := os.ReadFile(lost)
	if err != nil {
		t.Fatal(err)
	}
	for name, harm := range map[string]func() error{
		"missing":    func() error { return os.Remove(lost) },
		"unreadable": func() error { return os.Chmod(lost, 0) },
		"garbage":    func() error { write(t, dir, ".git/objects/"+ids[4][:2]+"/"+ids[4][2:], "garbage"); return nil },
		"empty":      func() error { write(t, dir, ".git/objects/"+ids[4][:2]+"/"+ids[4][2:], ""); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			write(t, dir, ".git/objects/"+ids[4][:2]+"/"+ids[4][2:], string(kept))
			if err := harm(); err != nil {
				t.Fatal(err)
			}
			if f, err := os.Open(lost); err == nil {
				f.Close()
				if name == "unreadable" {
					t.Skip("whoever may read everything reads this too")
				}
			}
			s := open(t, dir)
			cacheDir := t.TempDir()
			x := newIndex(t, s, cacheDir)
			for _, x := range []*index.Index{x, x, newIndex(t, s, cacheDir)} {
				snapshot := update(t, x, s)
				if snapshot.Len() != 5 {
					t.Errorf("there are %d commits; want the 5 newest", snapshot.Len())
				}
				oldest := find(t, snapshot, ids[5])
				if p := snapshot.Parents(oldest, nil); len(p) != 1 || p[0] != index.Absent || !snapshot.Unknown(oldest) {
					t.Errorf("before the missing one is %v", p)
				}
				if p := snapshot.Problem; p == nil || !strings.Contains(p.Error(), ids[4][:7]) || model.Hint(p) == "" {
					t.Errorf("the problem is %v; want one that names %s", p, ids[4][:7])
				}
			}
			// It is there again.
			write(t, dir, ".git/objects/"+ids[4][:2]+"/"+ids[4][2:], string(kept))
			for _, x := range []*index.Index{x, newIndex(t, s, cacheDir)} {
				snapshot := update(t, x, s)
				assertLikeGit(t, snapshot, dir)
				if snapshot.Problem != nil {
					t.Errorf("there is still a problem: %v", snapshot.Problem)
				}
			}
		})
	}
}

func TestAMissingTreeHidesWhatItsCommitsChanged(t *testing.T) {
	dir, ids := line(t)
	tree := objectstest.Git(t, dir, "rev-parse", ids[4]+":d")
	lost := looseFile(dir, tree)
	kept, err := os.ReadFile(lost)
	if err != nil {
		t.Fatal(err)
	}
	for name, harm := range map[string]func() error{
		"missing": func() error { return os.Remove(lost) },
		"garbage": func() error { write(t, dir, ".git/objects/"+tree[:2]+"/"+tree[2:], "garbage"); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			write(t, dir, ".git/objects/"+tree[:2]+"/"+tree[2:], string(kept))
			if err := harm(); err != nil {
				t.Fatal(err)
			}
			s := open(t, dir)
			cacheDir := t.TempDir()
			x := newIndex(t, s, cacheDir)
			for _, x := range []*index.Index{x, x, newIndex(t, s, cacheDir)} {
				snapshot := update(t, x, s)
				for i, id := range ids {
					o := find(t, snapshot, id)
					if unknown := i == 4 || i == 5; snapshot.Unknown(o) != unknown {
						t.Errorf("of commit %d it is unknown what it changed: %v; want %v", i, !unknown, unknown)
					}
					if got := snapshot.Touching(true, func(p string) bool { return p == fmt.Sprint("d/", i) }); got.Has(o) == snapshot.Unknown(o) {
						t.Errorf("commit %d changed its file: %v", i, got.Has(o))
					}
				}
				if p := snapshot.Problem; p == nil || !strings.Contains(p.Error(), tree[:7]) {
					t.Errorf("the problem is %v; want one that names %s", p, tree[:7])
				}
			}
			write(t, dir, ".git/objects/"+tree[:2]+"/"+tree[2:], string(kept))
			for _, x := range []*index.Index{x, newIndex(t, s, cacheDir)} {
				snapshot := update(t, x, s)
				assertLikeGit(t, snapshot, dir)
				if snapshot.Problem != nil {
					t.Errorf("there is still a problem: %v", snapshot.Problem)
				}
			}
		})
	}
}

func TestAHeadThatIsNotThereIsLeftOut(t *testing.T) {
	dir, ids := line(t)
	s := open(t, dir)
	x := newIndex(t, s, "")
	nowhere := model.Hash(strings.Repeat("1", 40))
	tree := model.Hash(objectstest.Git(t, dir, "rev-parse", "HEAD^{tree}"))
	if err := x.Update(t.Context(), []model.Hash{nowhere, "", "nonsense", model.Hash(ids[3]), model.Hash(strings.Repeat("2", 64))}); err != nil {
		t.Fatal(err)
	}
	if n := x.Snapshot().Len(); n != 4 {
		t.Errorf("there are %d commits; want 4", n)
	}
	// What is no commit is not what anybody means.
	if err := x.Update(t.Context(), []model.Hash{tree}); err != nil {
		t.Fatal(err)
	}
	if n, p := x.Snapshot().Len(), x.Snapshot().Problem; n != 4 || p == nil {
		t.Errorf("there are %d commits; want 4, and a problem (%v)", n, p)
	}
}

func TestCommitsThatNoProgramWritesDoNoHarm(t *testing.T) {
	dir := t.TempDir()
	objectstest.Git(t, dir, "init", "--quiet")
	commit(t, dir, "f", "x")
	tree, first := objectstest.Git(t, dir, "rev-parse", "HEAD^{tree}"), objectstest.Git(t, dir, "rev-parse", "HEAD")
	who := "author " + ada + "\ncommitter " + ada + "\n"
	object := func(kind, data string) string {
		return objectstest.GitInput(t, dir, data, "hash-object", "-w", "--literally", "-t", kind, "--stdin")
	}
	parents := strings.Repeat("parent "+first+"\n", 70_000)
	heads := map[string]string{
		"an id of another kind":    object("commit", "tree "+tree+"\nparent "+strings.Repeat("a", 64)+"\n"+who+"\nx\n"),
		"its tree is a commit":     object("commit", "tree "+first+"\n"+who+"\nx\n"),
		"its parent is a tree":     object("commit", "tree "+tree+"\nparent "+tree+"\n"+who+"\nx\n"),
		"no tree":                  object("commit", who+"\nx\n"),
		"nothing":                  object("commit", ""),
		"the same parent again":    object("commit", "tree "+tree+"\n"+parents+who+"\nx\n"),
		"a tree in no order":       object("commit", "tree "+object("tree", "100644 b\x00"+strings.Repeat("b", 20)+"100644 a\x00"+strings.Repeat("a", 20))+"\nparent "+first+"\n"+who+"\nx\n"),
		"a tree that is cut":       object("commit", "tree "+object("tree", "100644 b\x00"+strings.Repeat("b", 7))+"\nparent "+first+"\n"+who+"\nx\n"),
		"a tree that holds itself": object("commit", "tree "+object("tree", "40000 d\x00"+strings.Repeat("\x00", 20))+"\nparent "+first+"\nparent "+first+"\n"+who+"\nx\n"),
	}
	s := open(t, dir)
	for name, id := range heads {
		cacheDir := t.TempDir()
		for range 2 {
			x := newIndex(t, s, cacheDir)
			if err := x.Update(t.Context(), []model.Hash{model.Hash(id), model.Hash(first)}); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if _, ok := x.Snapshot().Find(model.Hash(first)); !ok {
				t.Errorf("%s: the sound commit is not there", name)
			}
		}
	}
}

func TestPartialClonesHaveAllCommitsAndWhatIsKnownOfThem(t *testing.T) {
	from := random(t, 9, 40)
	objectstest.Git(t, from, "config", "uploadpack.allowFilter", "true")
	want := fresh(t, from)
	indexedWant := indexed(want)
	for _, filter := range []string{"blob:none", "tree:0"} {
		t.Run(filter, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "partial")
			objectstest.Git(t, from, "clone", "--quiet", "--mirror", "--no-local", "--filter="+filter, "file://"+from, dir)
			s := open(t, dir)
			cacheDir := t.TempDir()
			x := newIndex(t, s, cacheDir)
			for _, x := range []*index.Index{x, newIndex(t, s, cacheDir)} {
				snapshot := update(t, x, s)
				if snapshot.Problem != nil {
					t.Errorf("there is a problem: %v", snapshot.Problem)
				}
				if filter == "blob:none" {
					assertSame(t, want, snapshot)
					continue
				}
				if snapshot.Len() != want.Len() {
					t.Errorf("there are %d commits; want %d", snapshot.Len(), want.Len())
				}
				for o := range index.Ordinal(snapshot.Len()) {
					// Where the whole tree is the same, nothing changed.
					id := string(snapshot.Hash(o))
					if isSame := len(indexedWant[id].Changed) == 0; snapshot.Unknown(o) == isSame {
						t.Errorf("of %s it is unknown what it changed: %v; want %v", id, isSame, !isSame)
					}
				}
			}
			if filter == "blob:none" {
				return
			}
			// The trees are fetched some day.
			objectstest.Git(t, dir, "fetch", "--quiet", "--refetch", "--filter=blob:none", "origin")
			assertSame(t, want, update(t, newIndex(t, s, cacheDir), s))
			assertSame(t, want, update(t, x, s))
			assertSame(t, want, update(t, newIndex(t, s, cacheDir), s))
		})
	}
}
