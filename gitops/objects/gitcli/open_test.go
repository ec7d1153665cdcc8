package gitcli_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"plumb/gitops/objects"
	"plumb/gitops/objects/gitcli"
	"plumb/gitops/objects/objectstest"
	"plumb/model"
)

func TestWhereThereIsNoRepositoryTheErrorSaysWhatToDo(t *testing.T) {
	empty := t.TempDir()
	t.Setenv("GIT_CEILING_DIRECTORIES", filepath.Dir(empty))
	file := filepath.Join(empty, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{empty, filepath.Join(empty, "nowhere"), file} {
		_, err := gitcli.Open(t.Context(), dir, nil)
		if !errors.Is(err, objects.ErrNotRepository) || model.Hint(err) == "" {
			t.Errorf("open %s: %v (hint %q)", dir, err, model.Hint(err))
		}
	}
}

func TestARepositoryOfAnotherUserIsRefusedWithTheWayOut(t *testing.T) {
	dir := t.TempDir()
	objectstest.Git(t, dir, "init", "--quiet")
	t.Setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
	_, err := gitcli.Open(t.Context(), dir, nil)
	if !errors.Is(err, model.ErrRefused) || !strings.Contains(err.Error(), "dubious ownership") || !strings.Contains(model.Hint(err), "git config --global --add safe.directory ") {
		t.Errorf("open: %v (hint %q)", err, model.Hint(err))
	}
}

// fakeGit puts a git on PATH that says what a script says.
func fakeGit(t *testing.T, script string) {
	t.Helper()
	dir := t.TempDir()
	if script != "" {
		if err := os.WriteFile(filepath.Join(dir, "git"), []byte("#!/bin/sh\n"+script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
}

func TestWithoutAUsableGitTheErrorSaysSo(t *testing.T) {
	dir := t.TempDir()
	objectstest.Git(t, dir, "init", "--quiet")
	for name, script := range map[string]string{"none": "", "too old": "echo git version 2.17.1", "something else": "echo no version here"} {
		t.Run(name, func(t *testing.T) {
			fakeGit(t, script)
			if _, err := gitcli.Open(t.Context(), dir, nil); !errors.Is(err, gitcli.ErrNoGit) {
				t.Errorf("open: %v", err)
			}
		})
	}
}

func TestVariablesThatLeakInLeadNowhereElse(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	objectstest.Git(t, dir, "init", "--quiet")
	objectstest.Git(t, other, "init", "--quiet")
	for _, name := range []string{"GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_INDEX_FILE"} {
		t.Setenv(name, filepath.Join(other, ".git"))
	}
	t.Setenv("GIT_NAMESPACE", "elsewhere")
	t.Setenv("GIT_EXTERNAL_DIFF", "/bin/false")
	s := open(t, dir)
	defer s.Close()
	if info := s.Info(); filepath.Dir(info.GitDir) != info.WorkTree || filepath.Base(info.WorkTree) != filepath.Base(dir) {
		t.Errorf("info is %+v", info)
	}
}

// recorder keeps the commands that ran.
type recorder struct {
	mu       sync.Mutex
	commands []model.Command
}

func (r *recorder) ran(c model.Command) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.commands = append(r.commands, c)
}

// with are the commands with the subcommand.
func (r *recorder) with(subcommand string) (found []model.Command) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.commands {
		if slices.Contains(c.Argv, subcommand) {
			found = append(found, c)
		}
	}
	return found
}

func TestCommandsAreToldAsTheyRan(t *testing.T) {
	dir := t.TempDir()
	objectstest.Git(t, dir, "init", "--quiet")
	objectstest.Git(t, dir, "commit", "--quiet", "--allow-empty", "-m", "first")
	var r recorder
	s, err := gitcli.Open(t.Context(), dir, r.ran)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, name := range []string{"HEAD", "refs/heads/" + filepath.Base(s.Info().Head), string(s.Info().HeadHash)} {
		if id, err := s.Resolve(t.Context(), name); err != nil || id != s.Info().HeadHash {
			t.Errorf("%s is %s: %v", name, id, err)
		}
	}
	if got := r.with("cat-file"); len(got) != 0 {
		t.Errorf("what needs no child ran %v", got)
	}
	for range 100 {
		if _, err := s.Resolve(t.Context(), "HEAD~0"); err != nil {
			t.Fatal(err)
		}
	}
	if got := r.with("cat-file"); len(got) != 1 {
		t.Errorf("cat-file was told %d times; want once", len(got))
	}
	for _, err := range s.Log(t.Context(), objects.LogQuery{}) {
		if err != nil {
			t.Fatal(err)
		}
	}
	logs := r.with("log")
	if len(logs) != 1 || logs[0].Err != "" || logs[0].Why == "" || logs[0].At.IsZero() {
		t.Fatalf("log was told as %+v", logs)
	}
	// What was told can be run again, and says the same.
	if out := objectstest.Git(t, "/", logs[0].Argv[1:]...); !strings.Contains(out, "first") {
		t.Errorf("run again, it says %q", out)
	}
	if _, err := s.WriteBlob(t.Context(), make([]byte, 100)); err != nil {
		t.Fatal(err)
	}
	if got := r.with("hash-object"); len(got) != 0 {
		t.Errorf("an object cost a process: %v", got)
	}
}

func TestWhereARepositoryIsTakesFewChildrenToFindOut(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	main, bare, linked := filepath.Join(dir, "two\nlines"), filepath.Join(dir, "a\nbare.git"), filepath.Join(dir, "linked\n")
	plain, old := filepath.Join(dir, "plain"), filepath.Join(dir, "old")
	for _, d := range []string{main, plain, old} {
		objectstest.Git(t, dir, "init", "--quiet", "-b", "main", d)
		objectstest.Git(t, d, "commit", "--quiet", "--allow-empty", "-m", "first")
	}
	objectstest.Git(t, dir, "clone", "--quiet", "--bare", plain, bare)
	objectstest.Git(t, main, "worktree", "add", "--quiet", "-b", "work", linked)
	if err := errors.Join(os.Remove(filepath.Join(old, ".git", "HEAD")), os.Symlink("refs/heads/main", filepath.Join(old, ".git", "HEAD"))); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, dir, gitDir, workTree, head string
		children                          int
	}{
		{"a usual one", plain, filepath.Join(plain, ".git"), plain, "refs/heads/main", 3},
		{"within .git", filepath.Join(plain, ".git", "refs"), filepath.Join(plain, ".git"), plain, "refs/heads/main", 3},
		{"a line end in the name", main, filepath.Join(main, ".git"), main, "refs/heads/main", 4},
		{"bare", bare, bare, "", "refs/heads/main", 3},
		{"linked", linked, filepath.Join(main, ".git", "worktrees", "linked"), linked, "refs/heads/work", 4},
		{"HEAD is a link", old, filepath.Join(old, ".git"), old, "refs/heads/main", 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			var r recorder
			s, err := gitcli.Open(t.Context(), c.dir, r.ran)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if n := len(r.commands); n != c.children {
				t.Errorf("%d children ran: %v", n, r.commands)
			}
			info := s.Info()
			if filepath.Clean(info.GitDir) != c.gitDir && c.name != "linked" || info.WorkTree != c.workTree || info.HeadHash == "" {
				t.Errorf("found %+v; want %+v", info, c)
			}
			if c.name != "HEAD is a link" && info.Head != c.head {
				t.Errorf("HEAD is %q", info.Head)
			}
		})
	}
}

func TestAReaderThatDiedIsStartedAgain(t *testing.T) {
	dir := t.TempDir()
	objectstest.Git(t, dir, "init", "--quiet")
	s := open(t, dir)
	defer s.Close()
	id, err := s.WriteBlob(t.Context(), make([]byte, 1<<20))
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		// A call that is cancelled on its way costs the reader that worked for it.
		ctx, cancel := context.WithCancel(t.Context())
		go cancel()
		if _, err := s.Blob(ctx, id); err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v", err)
		}
		if data, err := s.Blob(t.Context(), id); err != nil || len(data) != 1<<20 {
			t.Fatalf("afterwards: %d bytes, %v", len(data), err)
		}
	}
}

func TestAClosedStoreSaysSo(t *testing.T) {
	dir := t.TempDir()
	objectstest.Git(t, dir, "init", "--quiet")
	s := open(t, dir)
	for range 2 {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := s.Resolve(t.Context(), "HEAD"); err == nil || errors.Is(err, objects.ErrNotFound) {
		t.Errorf("resolve: %v", err)
	}
}

func TestErrorsOfGitComeWithoutItsControlCharacters(t *testing.T) {
	dir := t.TempDir()
	objectstest.Git(t, dir, "init", "--quiet")
	s := open(t, dir)
	defer s.Close()
	err := s.UpdateRef(t.Context(), "refs/heads/\x1b]0;owned\x07", "0123456789abcdef0123456789abcdef01234567", "")
	if err == nil || strings.ContainsAny(err.Error(), "\x1b\x07") {
		t.Errorf("the error is %q", err)
	}
}
