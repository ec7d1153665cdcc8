package gitcli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"plumb/gitops/objects"
	"plumb/model"
	"plumb/model/text"
)

// ErrNoGit is wrapped where there is no git to run, or one that is too old.
var ErrNoGit = errors.New("no usable git")

// hardened are the options under which a repository that nobody trusts can be read: with
// them, nothing that its configuration names is ever run, and what an id stands for cannot be replaced.
var hardened = []string{
	"--no-pager", "--no-optional-locks", "--no-replace-objects", "--literal-pathspecs",
	"-c", "core.fsmonitor=false",
	"-c", "core.hooksPath=/dev/null",
	"-c", "core.pager=cat",
	"-c", "diff.external=",
	"-c", "protocol.ext.allow=never",
	"-c", "log.showSignature=false",
	"-c", "gc.auto=0",
	"-c", "maintenance.auto=false",
}

// grace is how long a child may take to end after SIGTERM before it is killed.
const grace = 2 * time.Second

// git starts children for one repository.
type git struct {
	program string   // The path of the git program.
	at      []string // The options that lead git to the repository.
	options []string // Further options before the subcommand.
	env     []string
	detach  bool // Give children a session of their own, without a terminal to ask questions on.
	report  func(model.Command)
}

// find looks for the git program.
func find(ran func(model.Command)) (git, error) {
	program, err := exec.LookPath("git")
	if err != nil {
		return git{}, model.WithHint(fmt.Errorf("%w: %w", ErrNoGit, err), "install git %d.%d or newer, and have it on PATH", oldest[0], oldest[1])
	}
	if ran == nil {
		ran = func(model.Command) {}
	}
	return git{program: program, report: ran}, nil
}

// reading is git with everything off that could run a program of the
// repository's choice, reach for the network, or ask a question.
func (g git) reading(at ...string) git {
	g.at = at
	g.options = hardened
	g.env = append(environment(),
		"GIT_TERMINAL_PROMPT=0",
		"GIT_OPTIONAL_LOCKS=0",
		"LC_ALL=C",
		// Objects that only a promisor has are reported as missing. Older git
		// does not know the first of these and is stopped by the second.
		"GIT_NO_LAZY_FETCH=1",
		"GIT_ALLOW_PROTOCOL=none",
		// Grafts would show other parents than the commit's id stands for.
		"GIT_GRAFT_FILE=/dev/null/none",
	)
	return g
}

// operating is git as the operator configured it, but for questions, which
// would be asked behind the screen.
func (g git) operating(at ...string) git {
	g.at = at
	g.options = []string{"--no-pager"}
	g.env = append(environment(operatorVariables...), "GIT_TERMINAL_PROMPT=0", "LC_ALL=C")
	g.detach = true
	return g
}

// kept are the variables of git that say where its own parts and the operator's configuration
// are. All others are dropped: a GIT_DIR or GIT_INDEX_FILE that leaks in from a
// hook or a shell would lead git to another repository.
var kept = []string{
	"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_EXEC_PATH",
	"GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM",
	"GIT_TEST_ASSUME_DIFFERENT_OWNER", // Makes git more careful, never less.
}

var operatorVariables = []string{
	"GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSH_VARIANT", "GIT_ASKPASS", "GIT_PROXY_COMMAND",
	"GIT_EDITOR", "GIT_SSL_NO_VERIFY", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "GIT_SSL_CERT", "GIT_SSL_KEY",
	"GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL",
}

func environment(also ...string) []string {
	return slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		if name == "LC_ALL" || name == "LANGUAGE" {
			return true
		}
		return strings.HasPrefix(name, "GIT_") && !slices.Contains(kept, name) && !slices.Contains(also, name)
	})
}

// child is a started git.
type child struct {
	*exec.Cmd
	stderr  head
	started time.Time
	why     string
	git     git
}

// command prepares a child that ends with ctx: SIGTERM first, and a kill after the grace.
func (g git) command(ctx context.Context, why string, args ...string) *child {
	cmd := exec.CommandContext(ctx, g.program, slices.Concat(g.at, g.options, args)...)
	cmd.Args[0] = "git"
	cmd.Env = g.env
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = grace
	c := &child{Cmd: cmd, why: why, git: g}
	cmd.Stderr = &c.stderr
	if g.detach {
		detach(cmd)
	}
	return c
}

func (c *child) start() error {
	c.started = time.Now()
	if err := c.Start(); err != nil {
		err = fmt.Errorf("start git: %w", err)
		c.done(err)
		return err
	}
	return nil
}

// wait reaps the child, reports it and answers how it failed.
func (c *child) wait(ctx context.Context) error {
	err := c.failure(ctx, c.Wait())
	c.done(err)
	return err
}

func (c *child) done(err error) {
	ran := model.Command{At: c.started, Why: c.why, Argv: c.Args, Took: time.Since(c.started)}
	// An exit code of 1 without a word is an answer: "no".
	if err != nil && (exitCode(err) != 1 || c.stderr.String() != "") {
		ran.Err = err.Error()
	}
	c.git.report(ran)
}

func (c *child) failure(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", c.why, context.Cause(ctx))
	}
	failed := &failure{why: c.why, err: err, stderr: c.stderr.String()}
	if id := missingIn(failed.stderr); id != "" {
		return fmt.Errorf("%s: %w", c.why, &objects.MissingError{ID: id})
	}
	return failed
}

// run is a child whose whole output is the answer.
func (g git) run(ctx context.Context, why string, stdin io.Reader, args ...string) ([]byte, error) {
	c := g.command(ctx, why, args...)
	var out bytes.Buffer
	c.Stdin, c.Stdout = stdin, &out
	if err := c.start(); err != nil {
		return nil, err
	}
	err := c.wait(ctx)
	return out.Bytes(), err
}

// failure is a git that ended badly, in its own words.
type failure struct {
	why    string
	err    error
	stderr string // As git wrote it.
}

func (f *failure) Error() string {
	words := strings.TrimSpace(f.stderr)
	if words == "" {
		return fmt.Sprintf("%s: git: %v", f.why, f.err)
	}
	return fmt.Sprintf("%s: git: %s", f.why, text.Clean(words))
}

func (f *failure) Unwrap() error { return f.err }

// exitCode is the exit code in err, or -1.
func exitCode(err error) int {
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode()
	}
	return -1
}

// stderrOf is what git wrote as it failed, raw.
func stderrOf(err error) string {
	if f, ok := errors.AsType[*failure](err); ok {
		return f.stderr
	}
	return ""
}

// missing is what git says of an object that it needs and does not have, in its several ways.
var missing = regexp.MustCompile(`(?i)(?:could not (?:read|fetch)|unable to read(?: tree)?|bad object|missing (?:object|blob|tree|commit)|bad tree object|nonexistent object|missing blob object)[^0-9a-f\n]{0,3}([0-9a-f]{40,64})\b`)

func missingIn(stderr string) model.Hash {
	if m := missing.FindStringSubmatch(stderr); m != nil {
		return model.Hash(m[1])
	}
	return ""
}

// head keeps the beginning of what is written to it: the first error is the
// one that tells, and a child can write without end.
type head struct{ data []byte }

const headSize = 16 << 10

func (h *head) Write(p []byte) (int, error) {
	h.data = append(h.data, p[:min(len(p), headSize-len(h.data))]...)
	return len(p), nil
}

func (h *head) String() string { return string(h.data) }
