package gitcli_test

import (
	"os"
	"path/filepath"
	"testing"

	"plumb/gitops/objects/objectstest"
)

// print is the fingerprint now, twice taken.
func (a archive) print(t *testing.T) uint64 {
	t.Helper()
	n, err := a.Fingerprint()
	if err != nil {
		t.Fatal(err)
	}
	if again, err := a.Fingerprint(); err != nil || again != n {
		t.Fatalf("asked again, it is %x (%v), not %x", again, err, n)
	}
	return n
}

func TestTheFingerprintTellsWhenRefsChange(t *testing.T) {
	remote := newArchive(t)
	remote.commit(t, "first", map[string]string{"f": "one\n"})
	dir := filepath.Join(t.TempDir(), "clone")
	remote.git(t, "clone", "--quiet", ".", dir)
	main := openArchive(t, dir)
	other := filepath.Join(t.TempDir(), "other")
	main.git(t, "worktree", "add", "--quiet", "-b", "work", other)
	linked := openArchive(t, other)
	write := func(name, content string) func() {
		return func() {
			t.Helper()
			name := filepath.Join(dir, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	git := func(args ...string) func() {
		return func() { t.Helper(); main.git(t, args...) }
	}
	head := string(main.at(t, "HEAD")) + "\n"
	for _, step := range []struct {
		what         string
		do           func()
		main, linked bool // Whose fingerprint changes.
	}{
		{"a commit", git("commit", "--quiet", "--allow-empty", "-m", "second"), true, true},
		{"another", git("commit", "--quiet", "--allow-empty", "-m", "third"), true, true},
		{"a commit taken back", git("reset", "--quiet", "--soft", "HEAD~1"), true, true},
		{"a branch", git("branch", "deep/er/new"), true, true},
		{"a tag", git("tag", "v1"), true, true},
		{"refs packed", git("pack-refs", "--all", "--prune"), true, true},
		{"a packed branch deleted", git("branch", "-D", "deep/er/new"), true, true},
		{"a loose branch", git("branch", "loose"), true, true},
		{"it deleted", git("branch", "-D", "loose"), true, true},
		{"HEAD on another branch", git("checkout", "--quiet", "-b", "side"), true, true},
		{"HEAD back", git("checkout", "--quiet", "main"), true, false},
		{"HEAD detached", git("checkout", "--quiet", "--detach"), true, false},
		{"HEAD attached", git("checkout", "--quiet", "main"), true, false},
		{"a commit in the other work tree", func() { linked.git(t, "commit", "--quiet", "--allow-empty", "-m", "there") }, true, true},
		{"its HEAD detached", func() { linked.git(t, "checkout", "--quiet", "--detach") }, false, true},
		{"a ref of the other work tree alone", func() { linked.git(t, "update-ref", "refs/worktree/mine", "HEAD") }, false, true},
		{"a fetch with news", func() {
			remote.git(t, "commit", "--quiet", "--allow-empty", "-m", "news")
			main.git(t, "fetch", "--quiet")
		}, true, true},
		{"a fetch without", git("fetch", "--quiet"), false, false},
		{"a replaced object", git("replace", "HEAD", "HEAD~1"), true, true},
		{"it restored", func() { main.git(t, "replace", "-d", main.git(t, "rev-parse", "HEAD")) }, true, true},
		{"a graft", write(".git/info/grafts", head), true, true},
		{"a shallow boundary", write(".git/shallow", head), true, true},
		{"refs in tables", write(".git/reftable/tables.list", "one\n"), true, true},
		{"a lock", write(".git/refs/heads/main.lock", ""), false, false},
		{"a file", write("f", "two\n"), false, false},
		{"the index", git("add", "f"), false, false},
		{"a look", git("status"), false, false},
		{"an object", git("hash-object", "-w", "f"), false, false},
		{"an empty directory of refs", func() {
			if err := os.MkdirAll(filepath.Join(dir, ".git", "refs", "empty"), 0o755); err != nil {
				t.Fatal(err)
			}
		}, false, false},
	} {
		inMain, inLinked := main.print(t), linked.print(t)
		step.do()
		if changed := main.print(t) != inMain; changed != step.main {
			t.Errorf("%s: changed is %v; want %v", step.what, changed, step.main)
		}
		if changed := linked.print(t) != inLinked; changed != step.linked {
			t.Errorf("%s, seen from the other work tree: changed is %v; want %v", step.what, changed, step.linked)
		}
	}
	if children := main.ran.with("for-each-ref"); len(children) != 0 {
		t.Errorf("it took children: %v", children)
	}
}

func TestBareRepositoriesHaveAFingerprint(t *testing.T) {
	dir := t.TempDir()
	objectstest.Git(t, dir, "init", "--quiet", "--bare")
	a := openArchive(t, dir)
	before := a.print(t)
	tree := objectstest.Git(t, dir, "mktree")
	objectstest.Git(t, dir, "update-ref", "refs/heads/main", objectstest.Git(t, dir, "commit-tree", "-m", "first", tree))
	if a.print(t) == before {
		t.Error("the first commit is not seen")
	}
}

func TestAlteredHistoryIsKnown(t *testing.T) {
	a := newArchive(t)
	assertAltered := func(what string, want bool) {
		t.Helper()
		if got, err := a.Altered(); err != nil || got != want {
			t.Errorf("%s: altered is %v (%v); want %v", what, got, err, want)
		}
	}
	assertAltered("unborn", false)
	first := a.commit(t, "first", nil)
	second := a.commit(t, "second", nil)
	assertAltered("ordinary", false)
	a.git(t, "replace", string(second), string(first))
	assertAltered("replaced", true)
	a.git(t, "pack-refs", "--all", "--prune")
	assertAltered("replaced and packed", true)
	a.git(t, "replace", "-d", string(second))
	assertAltered("restored", false)
	grafts := filepath.Join(a.dir, ".git", "info", "grafts")
	for content, want := range map[string]bool{"": false, "# a comment\n\n": false, string(second) + "\n": true} {
		if err := os.MkdirAll(filepath.Dir(grafts), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(grafts, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		assertAltered("grafts "+content, want)
	}
}
