package check_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plumb/gitops/check"
	"plumb/gitops/objects"
	"plumb/gitops/objects/gitcli"
	"plumb/model"
	"plumb/model/text"
)

// world is a real repository, and a scratch directory of its own.
type world struct {
	t             *testing.T
	root, scratch string
	store         objects.Store
}

func newWorld(t *testing.T) *world {
	t.Helper()
	for _, v := range []string{"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"} {
		t.Setenv(v, os.DevNull)
	}
	w := &world{t: t, root: filepath.Join(t.TempDir(), "infra"), scratch: t.TempDir()}
	if err := os.Mkdir(w.root, 0o755); err != nil {
		t.Fatal(err)
	}
	w.git("init", "-q", "-b", "main")
	w.git("config", "user.name", "Ada")
	w.git("config", "user.email", "ada@example.org")
	w.put("app.conf", "port 80\n", 0o644)
	w.put("tools/lint.sh", "#!/bin/sh\nexit 0\n", 0o755)
	return w
}

func (w *world) git(args ...string) string {
	w.t.Helper()
	cmd := exec.CommandContext(w.t.Context(), "git", args...)
	cmd.Dir = w.root
	out, err := cmd.CombinedOutput()
	if err != nil {
		w.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

func (w *world) put(name, content string, mode fs.FileMode) {
	w.t.Helper()
	name = filepath.Join(w.root, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, []byte(content), mode)); err != nil {
		w.t.Fatal(err)
	}
}

// job is a commit of all that is in the work tree, and checks of it.
func (w *world) job(checks ...model.Check) check.Job {
	w.t.Helper()
	w.git("add", "-A")
	w.git("commit", "-q", "--allow-empty", "-m", "x")
	if w.store == nil {
		store, err := gitcli.Open(w.t.Context(), w.root, nil)
		if err != nil {
			w.t.Fatal(err)
		}
		w.store = store
		w.t.Cleanup(func() { _ = store.Close() })
	}
	revision := model.Hash(w.git("rev-parse", "HEAD"))
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	return check.Job{
		Store: w.store, Revision: revision, Tree: model.Hash(w.git("rev-parse", "HEAD^{tree}")), Checks: checks, Scratch: w.scratch,
		Getenv: os.Getenv, Now: func() time.Time { return now },
	}
}

func shell(name, script string, args ...string) model.Check {
	return model.Check{Name: name, Run: append([]string{"sh", "-c", script, name}, args...), Timeout: time.Minute}
}

// run runs the checks of a job, after which nothing must be left of them.
func (w *world) run(j check.Job) []model.CheckResult {
	w.t.Helper()
	results, err := j.Run(w.t.Context(), nil)
	if err != nil {
		w.t.Fatal(err)
	}
	w.clean()
	return results
}

func (w *world) clean() {
	w.t.Helper()
	if left, err := os.ReadDir(w.scratch); err != nil || len(left) > 0 {
		w.t.Errorf("%d things were left in the scratch directory, %v", len(left), err)
	}
}

func TestCheckSeesExactlyTheFilesOfTheRevision(t *testing.T) {
	w := newWorld(t)
	w.put("odd\nname", "a\r\nb", 0o644)
	w.put(".gitattributes", "* text=auto eol=crlf\n", 0o644)
	if err := os.Symlink("../../outside", filepath.Join(w.root, "link")); err != nil {
		t.Fatal(err)
	}
	w.git("config", "core.autocrlf", "false")
	j := w.job(shell("list", `find . -mindepth 1 -print0 | LC_ALL=C sort -z | tr "\\0" ";"; echo; cat app.conf | od -c; readlink link; stat -c %a app.conf tools/lint.sh; test ! -e .git`))
	w.put("untracked", "x", 0o644)
	w.put("app.conf", "edited", 0o644)
	r := w.run(j)[0]
	if r.State != model.CheckPassed {
		t.Fatalf("%+v", r)
	}
	for _, want := range []string{"./.gitattributes;./app.conf;./link;./odd\nname;./tools;./tools/lint.sh;\n", "p   o   r   t       8   0  \\n", "../../outside\n644\n755"} {
		if !strings.Contains(r.Output.String(), want) {
			t.Errorf("no %q in\n%s", want, r.Output)
		}
	}
}

func TestCheckThatWritesChangesNeitherGitNorTheWorkTreeNorAnotherCheck(t *testing.T) {
	w := newWorld(t)
	j := w.job(
		shell("writes", `rm -rf app.conf && echo changed > app.conf && git init -q . && git add -A; mkdir deep; touch deep/f; chmod 0 deep`),
		shell("reads", `cat app.conf`), shell("reads-too", `cat app.conf`),
	)
	before := w.git("rev-parse", "HEAD") + w.git("status", "--porcelain") + w.git("count-objects")
	for _, r := range w.run(j) {
		if r.State != model.CheckPassed || strings.HasPrefix(r.Name, "reads") && r.Output.String() != "port 80\n" {
			t.Errorf("%+v", r)
		}
	}
	if after := w.git("rev-parse", "HEAD") + w.git("status", "--porcelain") + w.git("count-objects"); after != before {
		t.Errorf("before\n%s\nafter\n%s", before, after)
	}
}

func TestCheckFindsNoRepositoryAboveItsCheckout(t *testing.T) {
	w := newWorld(t)
	w.scratch = filepath.Join(w.root, "..", "infra-scratch")
	if err := os.Mkdir(w.scratch, 0o755); err != nil {
		t.Fatal(err)
	}
	w.git("init", "-q", filepath.Dir(w.scratch))
	r := w.run(w.job(shell("git", "git rev-parse --show-toplevel")))[0]
	if r.State != model.CheckFailed || !strings.Contains(r.Output.String(), "not a git repository") {
		t.Errorf("%+v", r)
	}
}

func TestToolGetsOnlyTheEnvironmentThatItNeeds(t *testing.T) {
	w := newWorld(t)
	for name, value := range map[string]string{"SSH_AUTH_SOCK": "/agent", "AWS_SECRET_ACCESS_KEY": "hush", "HTTPS_PROXY": "http://proxy", "LANG": "C", "HOME": "/home/ada"} {
		t.Setenv(name, value)
	}
	c := shell("env", `test -d "$TMPDIR" && touch "$TMPDIR/x" && env -0 | tr '\0' '\n' | cut -d= -f1 | grep -v '^_$\|^PWD$\|^SHLVL$\|^OLDPWD$' | LC_ALL=C sort; echo $PLUMB_REVISION $PLUMB_BASE $PLUMB_ENVIRONMENT`)
	c.Environment = "staging"
	j := w.job(c)
	j.Base = "base"
	want := "GIT_CEILING_DIRECTORIES\nHOME\nHTTPS_PROXY\nLANG\nPATH\nPLUMB_BASE\nPLUMB_ENVIRONMENT\nPLUMB_REVISION\nTMPDIR\n" + string(j.Revision) + " base staging\n"
	if diff := cmp.Diff(want, w.run(j)[0].Output.String()); diff != "" {
		t.Error(diff)
	}
}

func TestNoShellReadsTheArguments(t *testing.T) {
	w := newWorld(t)
	got := w.run(w.job(model.Check{Name: "echo", Run: []string{"printf", "%s|", "a b", "$(id)", "*", "; rm -rf /"}, Timeout: time.Minute}))[0]
	if got.Output.String() != "a b|$(id)|*|; rm -rf /|" {
		t.Errorf("%q", got.Output)
	}
}

func TestHowACheckEndedIsTold(t *testing.T) {
	w := newWorld(t)
	w.put("tools/plain", "no program\n", 0o644)
	tests := []struct {
		check model.Check
		state model.CheckState
		why   string
		kept  bool
	}{
		{model.Check{Name: "of-the-tree", Run: []string{"./tools/lint.sh"}, Timeout: time.Minute}, model.CheckPassed, "", true},
		{shell("fails", "exit 3"), model.CheckFailed, "exit code 3", true},
		{shell("dies", "kill -9 $$"), model.CheckFailed, "signal: killed", false},
		{model.Check{Name: "nowhere", Run: []string{"plumb-no-such-program"}, Timeout: time.Minute}, model.CheckFailed, "could not be run: plumb-no-such-program: executable file not found in $PATH", false},
		{model.Check{Name: "no-program", Run: []string{"./tools/plain"}, Timeout: time.Minute}, model.CheckFailed, "could not be run: permission denied", false},
		{model.Check{Name: "hangs", Run: []string{"sleep", "1000"}, Timeout: 20 * time.Millisecond}, model.CheckFailed, "took longer than 20ms", false},
	}
	var checks []model.Check
	for _, tt := range tests {
		checks = append(checks, tt.check)
	}
	j := w.job(checks...)
	j.Kept = check.Open(t.TempDir())
	for i, r := range w.run(j) {
		if r.Name != tests[i].check.Name || r.State != tests[i].state || r.Why.String() != tests[i].why {
			t.Errorf("%+v", r)
		}
		kept, ok := j.Kept.Load(j.Tree, tests[i].check)
		if ok != tests[i].kept {
			t.Errorf("%s: kept %v", r.Name, ok)
		}
		if diff := cmp.Diff(r, kept, cmp.AllowUnexported(text.Safe{})); ok && diff != "" {
			t.Error(diff)
		}
	}
}

func TestKeptResultIsOfThatTreeAndThatDefinition(t *testing.T) {
	w := newWorld(t)
	dir := t.TempDir()
	c := shell("a", "echo it is")
	j := w.job(c)
	j.Kept = check.Open(dir)
	w.run(j)
	other := shell("a", "echo it is not")
	if _, ok := j.Kept.Load(j.Tree, other); ok {
		t.Error("another command has its result")
	}
	w.put("app.conf", "port 81\n", 0o644)
	if _, ok := j.Kept.Load(w.job().Tree, c); ok {
		t.Error("other files have its result")
	}
	c.Advisory = true
	if r, ok := check.Open(dir).Load(j.Tree, c); !ok || !r.Advisory {
		t.Errorf("%+v", r)
	}
	files, err := filepath.Glob(filepath.Join(dir, "checks", "*", "*.json"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	for _, damaged := range []string{"", "{", `{"format":2,"result":{"Name":"a","State":"passed"}}`, `{"format":1,"result":{"Name":"b","State":"passed"}}`, `{"format":1,"result":{"Name":"a","State":"maybe"}}`} {
		if err := os.WriteFile(files[0], []byte(damaged), 0o600); err != nil {
			t.Fatal(err)
		}
		if r, ok := j.Kept.Load(j.Tree, c); ok {
			t.Errorf("%q is %+v", damaged, r)
		}
	}
}

// fifo makes a named pipe that a check can tell the test something through.
func fifo(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func read(t *testing.T, fifo string) string {
	t.Helper()
	data, err := os.ReadFile(fifo)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(data))
}

func TestCancellingAsksTheWholeGroupToStopAndThenKillsIt(t *testing.T) {
	for name, tt := range map[string]struct{ script, says string }{
		"polite":   {`trap 'echo asked > "$2"; exit 0' TERM; echo $$ > "$1"; read never < "$3"`, "asked"},
		"stubborn": {`trap 'echo asked >> "$2"' TERM; echo $$ > "$1"; while :; do read never < "$3"; done`, "asked"},
		"child":    {`(trap 'echo asked > "$2"; exit' TERM; echo $$ > "$1"; read never < "$3") & wait`, "asked"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			begun, never, asked := fifo(t), fifo(t), filepath.Join(t.TempDir(), "asked")
			j := w.job(shell(name, tt.script, begun, asked, never))
			j.Grace = 200 * time.Millisecond
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() {
				_, err := j.Run(ctx, nil)
				ended <- err
			}()
			pid := read(t, begun)
			cancel()
			if err := <-ended; !errors.Is(err, context.Canceled) {
				t.Errorf("ended with %v", err)
			}
			if got := read(t, asked); !strings.HasPrefix(got, tt.says) {
				t.Errorf("%q", got)
			}
			var leader int
			if _, err := fmt.Sscan(pid, &leader); err != nil {
				t.Fatal(err)
			}
			if state, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", leader)); err == nil && !strings.Contains(string(state), ") Z ") {
				t.Errorf("still there: %s", state)
			}
			w.clean()
		})
	}
}

func TestProgressTellsOfEveryCheck(t *testing.T) {
	w := newWorld(t)
	j := w.job(shell("a", ""), shell("b", "exit 1"), shell("c", ""))
	begun, ended, last := map[string]bool{}, map[string]model.CheckState{}, 0
	_, err := j.Run(t.Context(), func(e model.CheckEvent) {
		if e.Result.State == model.CheckRunning {
			begun[e.Result.Name] = true
		} else {
			ended[e.Result.Name] = e.Result.State
		}
		if e.Total != 3 || e.Done < last {
			t.Errorf("%+v", e)
		}
		last = e.Done
	})
	want := map[string]model.CheckState{"a": model.CheckPassed, "b": model.CheckFailed, "c": model.CheckPassed}
	if diff := cmp.Diff(want, ended); diff != "" || err != nil || len(begun) != 3 || last != 3 {
		t.Errorf("%s\n%v, %v", diff, err, begun)
	}
}

func TestChecksRunTwoAtATime(t *testing.T) {
	w := newWorld(t)
	there, back := fifo(t), fifo(t)
	// Each waits for the other one: opening a named pipe takes two.
	j := w.job(shell("a", `echo x > "$1"; read y < "$2"`, there, back), shell("b", `read x < "$1"; echo y > "$2"`, there, back))
	for _, r := range w.run(j) {
		if r.State != model.CheckPassed {
			t.Errorf("%+v", r)
		}
	}
}
