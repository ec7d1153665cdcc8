package command

import (
	"crypto/rand"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plumb/gitops/workspace"
	"plumb/model"
)

// discoverable makes a repository without plumb.yaml in which there is a target.
func discoverable(t *testing.T) (dir string, opt OpenOptions) {
	t.Helper()
	dir = t.TempDir()
	for _, v := range []string{"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"} {
		t.Setenv(v, os.DevNull)
	}
	file := filepath.Join(dir, "production", "web", "all", "etc", "motd")
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("hello\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"init", "--quiet", "-b", "main"}, {"config", "user.name", "You"}, {"config", "user.email", "you@shop.example"},
		{"add", "."}, {"commit", "--quiet", "-m", "Greet"},
	} {
		if out, err := exec.CommandContext(t.Context(), "git", append([]string{"-C", dir}, args...)...).CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	home := t.TempDir()
	getenv := func(name string) string { return map[string]string{"HOME": home}[name] }
	return dir, OpenOptions{Dir: dir, Getenv: getenv, Now: time.Now, Rand: rand.Reader}
}

func TestEnvironmentsThatAreLookedForLaterAreTheSame(t *testing.T) {
	_, opt := discoverable(t)
	at, err := Open(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	defer at.Close()
	want := at.Workspace.Environments()
	if len(want) != 1 || at.Discover != nil || at.Workspace.Origin() != workspace.FromDiscovery {
		t.Fatalf("opened at once, there are %v from %s", want, at.Workspace.Origin())
	}
	if err := at.Trust(); err != nil {
		t.Fatal(err)
	}

	opt.Later = true
	later, err := Open(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	defer later.Close()
	if got := later.Workspace.Environments(); len(got) != 0 || later.Trusted() || later.Discover == nil {
		t.Fatalf("before the look there are %v, trusted: %v", got, later.Trusted())
	}
	if id, err := later.Workspace.Resolve(t.Context(), "HEAD"); err != nil || id == "" {
		t.Errorf("history has to wait: %v", err)
	}
	if err := later.Workspace.MaySign(); model.Hint(err) == "" {
		t.Errorf("before it is known what would be run, signing is refused with %v", err)
	}
	if err := later.Discover(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, later.Workspace.Environments()); diff != "" || !later.Trusted() || later.Problem != nil {
		t.Errorf("later there are others (trusted: %v, problem: %v):\n%s", later.Trusted(), later.Problem, diff)
	}
}

func TestWithPlumbYAMLThereIsNothingToLookFor(t *testing.T) {
	dir, opt := discoverable(t)
	if err := os.WriteFile(filepath.Join(dir, "plumb.yaml"), []byte("environments: []\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	opt.Later = true
	o, err := Open(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	if o.Discover != nil {
		t.Error("there is something to look for")
	}
}
