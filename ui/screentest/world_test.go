package screentest

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// world is a home, a repository and its hosts, all in a directory of the test's own.
type world struct {
	t     *testing.T
	dir   string
	infra string
	told  string // What plumb demo said.
}

// newWorld is an empty one.
func newWorld(t *testing.T) *world {
	t.Helper()
	dir := t.TempDir()
	w := &world{t: t, dir: dir, infra: filepath.Join(dir, "demo", "infra")}
	for _, d := range []string{"home", "config", "state", "cache"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(w.raced)
	return w
}

// raced fails if the race detector, where the tests have it, found plumb's own code in a race. Bubble Tea
// has some among its own goroutines, at a resize and at its end.
func (w *world) raced() {
	logs, err := filepath.Glob(filepath.Join(w.dir, "race.*"))
	if err != nil {
		w.t.Error(err)
	}
	for _, log := range logs {
		for report := range strings.SplitSeq(w.read(log), "==================\n") {
			for stack := range strings.SplitSeq(report, "\n\n") {
				if access.MatchString(stack) && strings.HasPrefix(innermost(stack), "plumb/") {
					w.t.Error(report)
					break
				}
			}
		}
	}
}

// access begins a stack of the race detector that read or wrote.
var access = regexp.MustCompile(`(?m)^(Previous )?(?i:read|write) at `)

// innermost is the function on top of a stack, without the standard library's.
func innermost(stack string) string {
	for line := range strings.Lines(stack) {
		f, isFunction := strings.CutPrefix(line, "  ")
		first, _, _ := strings.Cut(f, "/")
		if isFunction && !strings.HasPrefix(f, " ") && (strings.Contains(first, ".") && strings.Contains(f, "/") && !strings.Contains(first, "(") || first == "plumb") {
			return f
		}
	}
	return ""
}

// newDemo is the world of plumb demo, always the same one.
func newDemo(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.told = w.run(w.dir, program("plumb"), "demo", "--dir", filepath.Join(w.dir, "demo"), "--seed", "7", "--no-ui")
	return w
}

// environ is the environment of a person whose home is this world.
func (w *world) environ() []string {
	return []string{
		"PATH=" + os.Getenv("PATH"), "TMPDIR=" + w.dir, "LANG=C.UTF-8", "TZ=UTC", "TERM=xterm-256color", "COLORTERM=truecolor",
		"HOME=" + filepath.Join(w.dir, "home"), "XDG_CONFIG_HOME=" + filepath.Join(w.dir, "config"),
		"XDG_STATE_HOME=" + filepath.Join(w.dir, "state"), "XDG_CACHE_HOME=" + filepath.Join(w.dir, "cache"),
		"GORACE=exitcode=0 log_path=" + filepath.Join(w.dir, "race"),
		"GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "GIT_CEILING_DIRECTORIES=" + w.dir, "GIT_TERMINAL_PROMPT=0",
	}
}

// run runs a program to its end and answers what it printed.
func (w *world) run(dir, name string, args ...string) string {
	w.t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, w.environ()
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		w.t.Fatalf("%s %s: %v\n%s%s", filepath.Base(name), strings.Join(args, " "), err, out, stderr.Bytes())
	}
	return string(out)
}

// git answers what git prints in the repository.
func (w *world) git(args ...string) string {
	w.t.Helper()
	return strings.TrimRight(w.run(w.infra, "git", args...), "\n")
}

// blob is a file of a revision, to the byte.
func (w *world) blob(revision, path string) string {
	w.t.Helper()
	return w.run(w.infra, "git", "cat-file", "blob", revision+":"+path)
}

// live is the path of a host's file.
func (w *world) live(host, path string) string {
	return filepath.Join(w.dir, "demo", "hosts", host, path)
}

func (w *world) read(path string) string {
	w.t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		w.t.Fatal(err)
	}
	return string(data)
}

func (w *world) write(path, content string) {
	w.t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		w.t.Fatal(err)
	}
}

// same fails unless a host's file, or link, is as a revision of the repository has it.
func (w *world) same(host, path, revision, inGit string) {
	w.t.Helper()
	got, want := "", w.blob(revision, inGit)
	if to, err := os.Readlink(w.live(host, path)); err == nil {
		got = to
	} else {
		got = w.read(w.live(host, path))
	}
	if got != want {
		w.t.Errorf("%s:%s is not as %s has it; got\n%s\nwant\n%s", host, path, revision, got, want)
	}
}

// clean fails if the work tree or the index differ from HEAD.
func (w *world) clean() {
	w.t.Helper()
	if status := w.git("status", "--porcelain"); status != "" {
		w.t.Errorf("the work tree is not clean:\n%s", status)
	}
}

// bad is the commit of the demo that wants rolling back.
func (w *world) bad() string {
	w.t.Helper()
	m := regexp.MustCompile(`rollback --env production ([0-9a-f]+)`).FindStringSubmatch(w.told)
	if m == nil {
		w.t.Fatalf("the demo does not say which commit is bad:\n%s", w.told)
	}
	return w.git("rev-parse", m[1])
}

// commit is the one whose subject has the words, not the merge that brought it.
func (w *world) commit(words string) string {
	w.t.Helper()
	return w.git("log", "-1", "--format=%H", "--no-merges", "--fixed-strings", "--grep="+words, "main")
}

// at is the same world for a subtest.
func (w *world) at(t *testing.T) *world {
	sub := *w
	sub.t = t
	return &sub
}

// exits is run for a program that may fail; it answers the exit code and all that was printed.
func (w *world) exits(dir, name string, args ...string) (int, string) {
	w.t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, w.environ()
	out, err := cmd.CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		w.t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}
