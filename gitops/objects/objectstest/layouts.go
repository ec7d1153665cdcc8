package objectstest

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plumb/gitops/objects"
	"plumb/model"
)

func unborn(t *testing.T, open func(string) objects.Store) {
	dir := t.TempDir()
	Git(t, dir, "init", "--quiet", "-b", "trunk")
	s := open(dir)
	info := s.Info()
	if info.Head != "refs/heads/trunk" || info.HeadHash != "" || info.WorkTree != resolved(t, dir) || info.GitDir != filepath.Join(resolved(t, dir), ".git") {
		t.Errorf("info is %+v", info)
	}
	if got := log(t, s, objects.LogQuery{}); len(got) != 0 {
		t.Errorf("history is %v", got)
	}
	write(t, dir, "f", "x")
	Git(t, dir, "add", ".")
	Git(t, dir, "commit", "--quiet", "-m", "first")
	assertLikeGit(t, s, dir)
	if info := s.Info(); string(info.HeadHash) != Git(t, dir, "rev-parse", "HEAD") {
		t.Errorf("the first commit is not seen: %+v", info)
	}
}

func bare(t *testing.T, open func(string) objects.Store) {
	from := sample(t)
	dir := filepath.Join(t.TempDir(), "store.git")
	Git(t, from, "clone", "--quiet", "--bare", "--no-local", ".", dir)
	s := open(filepath.Join(dir, "refs"))
	if info := s.Info(); info.WorkTree != "" || info.GitDir != resolved(t, dir) || info.Head != "refs/heads/main" {
		t.Errorf("info is %+v", info)
	}
	assertLikeGit(t, s, dir)
	// A packed ref is moved and deleted like any other, and git sees the same.
	x := must[model.Hash](t)(s.Resolve(t.Context(), "x"))
	for _, err := range []error{
		s.UpdateRef(t.Context(), "refs/heads/x", must[model.Hash](t)(s.Resolve(t.Context(), "y")), x),
		s.UpdateRef(t.Context(), "refs/heads/z", "", must[model.Hash](t)(s.Resolve(t.Context(), "z"))),
		s.UpdateRef(t.Context(), "refs/plumb/new", x, ""),
	} {
		if err != nil {
			t.Error(err)
		}
	}
	assertLikeGit(t, s, dir)
	Git(t, dir, "fsck", "--strict")
}

func detached(t *testing.T, open func(string) objects.Store) {
	dir := sample(t)
	Git(t, dir, "checkout", "--quiet", "--detach", "HEAD~1")
	s := open(filepath.Join(dir, "hosts", "web-1"))
	if info := s.Info(); info.Head != "" || string(info.HeadHash) != Git(t, dir, "rev-parse", "HEAD") || info.WorkTree != resolved(t, dir) {
		t.Errorf("info is %+v", info)
	}
	assertLikeGit(t, s, dir)
}

func linked(t *testing.T, open func(string) objects.Store) {
	dir := sample(t)
	other := filepath.Join(t.TempDir(), "other")
	Git(t, dir, "worktree", "add", "--quiet", other, "x")
	s := open(other)
	if info := s.Info(); info.Head != "refs/heads/x" || info.WorkTree != resolved(t, other) || filepath.Dir(info.GitDir) != filepath.Join(resolved(t, dir), ".git", "worktrees") {
		t.Errorf("info is %+v", info)
	}
	assertLikeGit(t, s, other)
	id := commit(t, s, tree(t, s, map[string]string{"f": "from the linked one"}), 0, "linked")
	if err := s.UpdateRef(t.Context(), "refs/heads/new", id, ""); err != nil {
		t.Fatal(err)
	}
	if got := Git(t, dir, "rev-parse", "new"); got != string(id) {
		t.Errorf("the other work tree sees %s; want %s", got, id)
	}
}

func elsewhere(t *testing.T, open func(string) objects.Store) {
	dir, git := t.TempDir(), filepath.Join(t.TempDir(), "git dir\nwith a line")
	Git(t, dir, "init", "--quiet", "--separate-git-dir", git)
	write(t, dir, "f", "x")
	Git(t, dir, "add", ".")
	Git(t, dir, "commit", "--quiet", "-m", "first")
	s := open(dir)
	if info := s.Info(); info.GitDir != resolved(t, git) || info.WorkTree != resolved(t, dir) {
		t.Errorf("info is %+v", info)
	}
	assertLikeGit(t, s, dir)
}

func entries(t *testing.T, open func(string) objects.Store) {
	dir := t.TempDir()
	Git(t, dir, "init", "--quiet")
	write(t, dir, "plain", "x")
	for _, name := range []string{"-rf", "--upload-pack=x", "$(id)", "`id`", "a\nb", "tab\there", "\x1b]0;owned\x07", "\xff\xfe", "git~2", "trailing ", "cr\r", "\u202egnp.exe", `back\slash`, "deep/er/est", strings.Repeat("n", 255)} {
		write(t, dir, name, name)
	}
	if err := os.Symlink("/etc/shadow", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(dir, "plain"), 0o755); err != nil {
		t.Fatal(err)
	}
	Git(t, dir, "add", ".")
	Git(t, dir, "update-index", "--add", "--cacheinfo", "160000,0123456789abcdef0123456789abcdef01234567,module")
	Git(t, dir, "commit", "--quiet", "-m", "names")
	Git(t, dir, "rm", "--quiet", "--cached", "module")
	write(t, dir, "module/f", "a directory where a submodule was")
	Git(t, dir, "rm", "--quiet", "link")
	write(t, dir, "link", "a file where a link was")
	Git(t, dir, "add", ".")
	Git(t, dir, "commit", "--quiet", "-m", "kinds change")
	s := open(dir)
	assertLikeGit(t, s, dir)
	for _, path := range []string{"-rf", "a\nb", "\x1b]0;owned\x07", "\xff\xfe", `back\slash`, "deep/er"} {
		if got := log(t, s, objects.LogQuery{Paths: []string{path}}); len(got) != 1 {
			t.Errorf("%d commits changed %q; want 1", len(got), path)
		}
	}
}

func tags(t *testing.T, open func(string) objects.Store) {
	dir := sample(t)
	Git(t, dir, "tag", "-m", "annotated", "v1")
	Git(t, dir, "tag", "-m", "a tag of a tag", "v1-signed-off", "v1")
	Git(t, dir, "tag", "light", "HEAD~1")
	s := open(dir)
	assertLikeGit(t, s, dir)
	head := must[model.Hash](t)(s.Resolve(t.Context(), "HEAD"))
	for _, name := range []string{"v1", "v1-signed-off", "v1^{commit}", "v1^0", Git(t, dir, "rev-parse", "v1")} {
		if got, err := s.Resolve(t.Context(), name); err != nil || got != head {
			t.Errorf("%s is %s (%v); want %s", name, got, err, head)
		}
	}
	// A tag of a file leads to no commit.
	Git(t, dir, "tag", "blob", "HEAD:README")
	Git(t, dir, "tag", "-m", "m", "annotated-tree", "HEAD^{tree}")
	for _, name := range []string{"blob", "annotated-tree"} {
		if got, err := s.Resolve(t.Context(), name); !errors.Is(err, objects.ErrNotFound) {
			t.Errorf("%s is %s (%v); want not found", name, got, err)
		}
		if refs := must[[]objects.Ref](t)(s.Refs(t.Context(), "refs/tags/"+name)); len(refs) != 0 {
			t.Errorf("refs are %v", refs)
		}
	}
}
