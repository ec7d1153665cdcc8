package gitcli_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumb/gitops/objects"
	"plumb/gitops/objects/gitcli"
	"plumb/gitops/objects/objectstest"
	"plumb/model"
)

// packed makes a repository with some commits over a few directories, all in one pack.
func packed(t testing.TB, init ...string) (dir string, commits []model.Hash) {
	t.Helper()
	dir = t.TempDir()
	objectstest.Git(t, dir, append([]string{"init", "--quiet", "--initial-branch=main"}, init...)...)
	var in strings.Builder
	for i := range 40 {
		fmt.Fprintf(&in, "commit refs/heads/main\ncommitter Ada <ada@example.org> %d +0000\ndata <<.\ncommit %d\n.\n", 1_700_000_000+i, i)
		for d := range 20 {
			if i == 0 || d == i%20 {
				fmt.Fprintf(&in, "M 644 inline hosts/h%d/etc/conf\ndata <<.\n%d\n.\n", d, i)
			}
		}
	}
	objectstest.GitInput(t, dir, in.String(), "fast-import", "--quiet")
	objectstest.Git(t, dir, "repack", "-adq")
	for id := range strings.FieldsSeq(objectstest.Git(t, dir, "rev-list", "--reverse", "main")) {
		commits = append(commits, model.Hash(id))
	}
	return dir, commits
}

// openTold opens a repository and keeps the commands that ran.
func openTold(t testing.TB, dir string) (objects.Store, *recorder) {
	t.Helper()
	var r recorder
	s, err := gitcli.Open(t.Context(), dir, r.ran)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, &r
}

// walk lists all files below a tree.
func walk(t testing.TB, s objects.Store, tree model.Hash, dir string) (files []string) {
	t.Helper()
	entries, err := s.Tree(t.Context(), tree)
	if err != nil {
		t.Error(err)
	}
	for _, e := range entries {
		if e.Mode == model.ModeTree {
			files = append(files, walk(t, s, e.Hash, dir+e.Name+"/")...)
			continue
		}
		data, err := s.Blob(t.Context(), e.Hash)
		if size, sizeErr := s.Size(t.Context(), e.Hash); err != nil || sizeErr != nil || size != int64(len(data)) {
			t.Errorf("%s is of %d bytes and said to be of %d: %v, %v", e.Name, len(data), size, err, sizeErr)
		}
		files = append(files, string(e.Hash)+" "+dir+e.Name)
	}
	return files
}

// listed is what git says walk should say.
func listed(t testing.TB, dir string, commit model.Hash) string {
	t.Helper()
	return objectstest.Git(t, dir, "ls-tree", "-r", "--format=%(objectname) %(path)", string(commit))
}

func TestReadingObjectsNeedsNoChildren(t *testing.T) {
	dir, commits := packed(t)
	linked := filepath.Join(t.TempDir(), "linked")
	objectstest.Git(t, dir, "worktree", "add", "--quiet", linked)
	borrower := filepath.Join(t.TempDir(), "borrower")
	objectstest.Git(t, dir, "clone", "--quiet", "--shared", dir, borrower)
	longIDs, longCommits := packed(t, "--object-format=sha256")
	for name, c := range map[string]struct {
		dir     string
		commits []model.Hash
	}{"work tree": {dir, commits}, "linked": {linked, commits}, "borrowed objects": {borrower, commits}, "SHA-256": {longIDs, longCommits}} {
		t.Run(name, func(t *testing.T) {
			s, told := openTold(t, c.dir)
			before := len(told.commands)
			for i, id := range c.commits {
				commit, err := s.Commit(t.Context(), id)
				if want := fmt.Sprintf("commit %d", i); err != nil || commit.Subject.String() != want {
					t.Fatalf("commit %q, %v; want %q", commit.Subject, err, want)
				}
				if got, want := strings.Join(walk(t, s, commit.Tree, ""), "\n"), listed(t, c.dir, id); got != want {
					t.Fatalf("files are\n%s\nwant\n%s", got, want)
				}
			}
			if ran := told.commands[before:]; len(ran) > 0 {
				t.Errorf("reading ran %v", ran)
			}
		})
	}
}

func TestRefsAreAsGitSaysWithoutAChild(t *testing.T) {
	for _, c := range []struct {
		name    string
		arrange [][]string
		file    string // To be written below .git, with content.
		content string
		asksGit bool
	}{
		{name: "loose"},
		{name: "packed", arrange: [][]string{{"pack-refs", "--all"}}},
		{name: "packed, and changed since", arrange: [][]string{{"pack-refs", "--all"}, {"update-ref", "refs/heads/other", "main~1"}, {"update-ref", "-d", "refs/tags/light"}}},
		{name: "symbolic", arrange: [][]string{{"symbolic-ref", "refs/remotes/origin/HEAD", "refs/heads/other"}, {"symbolic-ref", "refs/remotes/origin/nowhere", "refs/heads/nowhere"}}},
		{name: "tags of tags, of a tree and of a blob", arrange: [][]string{{"tag", "-am", "x", "outer", "annotated"}, {"tag", "-am", "x", "tree", "main^{tree}"}, {"tag", "blob", "main:hosts/h0/etc/conf"}, {"pack-refs", "--all"}}},
		{name: "a lock and a name that is none", file: "refs/heads/x.lock", content: "x"},
		{name: "a damaged one", file: "refs/heads/damaged", content: "x", asksGit: true},
		{name: "one in an unusual form", file: "refs/heads/odd", content: "ref:refs/heads/main", asksGit: true},
		{name: "one to another place", file: "refs/heads/odd", content: "ref: ../../x", asksGit: true},
		{name: "in a work tree", arrange: [][]string{{"update-ref", "refs/worktree/mine", "main"}, {"update-ref", "refs/bisect/bad", "main"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, _ := packed(t)
			for _, args := range append([][]string{{"branch", "other", "main~3"}, {"tag", "light", "main~2"}, {"tag", "-am", "x", "annotated", "main~1"}}, c.arrange...) {
				objectstest.Git(t, dir, args...)
			}
			if c.file != "" {
				if err := os.WriteFile(filepath.Join(dir, ".git", c.file), []byte(c.content+"\n"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			linked := filepath.Join(t.TempDir(), "linked")
			objectstest.Git(t, dir, "worktree", "add", "--quiet", "--detach", linked)
			objectstest.Git(t, linked, "update-ref", "refs/worktree/other", "main~1")
			for _, at := range []string{dir, linked} {
				s, told := openTold(t, at)
				for _, prefix := range []string{"", "refs/", "refs/tags/", "refs/heads/ma", "refs/worktree/"} {
					var want []string
					for line := range strings.Lines(objectstest.Git(t, at, "for-each-ref", "--format=%(refname)")) {
						name := strings.TrimSpace(line)
						id := strings.TrimSpace(objectstest.GitMay(t, at, "rev-parse", "--verify", "--quiet", name+"^{commit}"))
						if id != "" && strings.HasPrefix(name, prefix) {
							want = append(want, id+" "+name)
						}
					}
					refs, err := s.Refs(t.Context(), prefix)
					if err != nil {
						t.Fatal(err)
					}
					var got []string
					for _, r := range refs {
						got = append(got, string(r.Hash)+" "+r.Name)
						if id, err := s.Resolve(t.Context(), r.Name); err != nil || id != r.Hash {
							t.Errorf("%s is %s: %v", r.Name, id, err)
						}
					}
					if diff := cmp.Diff(want, got); diff != "" {
						t.Errorf("%s, refs of %q (-want +got):\n%s", at, prefix, diff)
					}
				}
				if got := told.with("for-each-ref"); (len(got) > 0) != c.asksGit {
					t.Errorf("git was asked: %v", got)
				}
			}
		})
	}
}

func TestRefsInTablesAreAsGitSays(t *testing.T) {
	dir, commits := packed(t)
	s, _ := openTold(t, dir)
	if out := objectstest.GitMay(t, dir, "refs", "migrate", "--ref-format=reftable"); strings.Contains(out, "usage") || objectstest.GitMay(t, dir, "config", "extensions.refstorage") == "" {
		t.Skip("this git has no tables of refs")
	}
	objectstest.Git(t, dir, "update-ref", "refs/heads/main", string(commits[5]))
	later, _ := openTold(t, dir)
	// One was opened when refs were in files.
	for _, s := range []objects.Store{s, later} {
		refs, err := s.Refs(t.Context(), "")
		if err != nil || len(refs) != 1 || refs[0] != (objects.Ref{Name: "refs/heads/main", Hash: commits[5]}) {
			t.Errorf("refs are %v: %v", refs, err)
		}
		if id, err := s.Resolve(t.Context(), "refs/heads/main"); err != nil || id != commits[5] || s.Info().HeadHash != id {
			t.Errorf("main is %s: %v; HEAD is %s", id, err, s.Info().HeadHash)
		}
	}
}

func TestObjectsThatAppearWhileOpenAreFound(t *testing.T) {
	dir, commits := packed(t)
	s, _ := openTold(t, dir)
	if _, err := s.Commit(t.Context(), commits[0]); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		then []string
	}{{"loose", nil}, {"packed", []string{"repack", "-dq"}}, {"repacked", []string{"repack", "-adq"}}, {"collected", []string{"gc", "--quiet", "--prune=now"}}} {
		t.Run(c.name, func(t *testing.T) {
			objectstest.Git(t, dir, "commit", "--quiet", "--allow-empty", "-m", c.name)
			id := model.Hash(objectstest.Git(t, dir, "rev-parse", "HEAD"))
			if c.then != nil {
				objectstest.Git(t, dir, c.then...)
			}
			for _, id := range append(commits, id) {
				commit, err := s.Commit(t.Context(), id)
				if err != nil || commit.Hash != id {
					t.Fatalf("commit %s: %v", id, err)
				}
				walk(t, s, commit.Tree, "")
			}
		})
	}
}

func TestADamagedObjectIsAnErrorThatNamesIt(t *testing.T) {
	dir, commits := packed(t)
	tree := objectstest.Git(t, dir, "rev-parse", string(commits[39])+"^{tree}")
	var offset int64
	for line := range strings.Lines(objectstest.Git(t, dir, "verify-pack", "-v", packFile(t, dir, "*.idx"))) {
		if f := strings.Fields(line); len(f) > 4 && f[0] == tree {
			fmt.Sscan(f[4], &offset)
		}
	}
	path := packFile(t, dir, "*.pack")
	data, err := os.ReadFile(path)
	if err != nil || offset == 0 {
		t.Fatal(offset, err)
	}
	copy(data[offset+3:], "\xff\xff\xff\xff\xff\xff\xff\xff")
	if err := errors.Join(os.Chmod(path, 0o600), os.WriteFile(path, data, 0o600)); err != nil {
		t.Fatal(err)
	}
	s, _ := openTold(t, dir)
	for range 2 {
		if entries, err := s.Tree(t.Context(), model.Hash(tree)); err == nil || !strings.Contains(err.Error(), tree[:7]) {
			t.Errorf("a damaged tree has %d entries: %v", len(entries), err)
		}
		if _, err := s.Commit(t.Context(), commits[39]); err != nil {
			t.Errorf("what is sound is not read any more: %v", err)
		}
	}
}

// packFile is a file of the repository's only pack.
func packFile(t testing.TB, dir, pattern string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, ".git", "objects", "pack", pattern))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	return files[0]
}

func TestLargeBlobsAreReadWhole(t *testing.T) {
	dir, _ := packed(t)
	s, _ := openTold(t, dir)
	for _, size := range []int{0, 1, 3 << 20, 8 << 20, 8<<20 + 1} {
		want := bytes.Repeat([]byte{'x'}, size)
		id, err := s.WriteBlob(t.Context(), want)
		if err != nil {
			t.Fatal(err)
		}
		said, err := s.Size(t.Context(), id)
		got, readErr := s.Blob(t.Context(), id)
		if err != nil || readErr != nil || said != int64(size) || !bytes.Equal(got, want) {
			t.Errorf("%d bytes, said to be %d: %v, %v; want %d", len(got), said, err, readErr, size)
		}
	}
}

func TestManyReadAtTheSameTime(t *testing.T) {
	dir, commits := packed(t)
	s, _ := openTold(t, dir)
	want := listed(t, dir, commits[39])
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			commit, err := s.Commit(t.Context(), commits[39])
			if err != nil {
				t.Error(err)
			}
			if got := strings.Join(walk(t, s, commit.Tree, ""), "\n"); got != want {
				t.Errorf("files are\n%s\nwant\n%s", got, want)
			}
		})
	}
	objectstest.Git(t, dir, "repack", "-adfq")
	wg.Wait()
}

func TestClosingWaitsForWhoReads(t *testing.T) {
	dir, commits := packed(t)
	s, _ := openTold(t, dir)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for {
				if c, err := s.Commit(t.Context(), commits[0]); err != nil {
					return
				} else if c.Subject.String() != "commit 0" {
					t.Errorf("commit %q", c.Subject)
				}
			}
		})
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	wg.Wait()
}

func BenchmarkTree(b *testing.B) {
	dir, commits := packed(b)
	s, _ := openTold(b, dir)
	var trees []model.Hash
	for _, id := range commits {
		c, err := s.Commit(b.Context(), id)
		if err != nil {
			b.Fatal(err)
		}
		trees = append(trees, c.Tree)
	}
	for i := 0; b.Loop(); i++ {
		if _, err := s.Tree(b.Context(), trees[i%len(trees)]); err != nil {
			b.Fatal(err)
		}
	}
}
