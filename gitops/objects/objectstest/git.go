package objectstest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// environment keeps the machine's configuration, time and language out of fixtures.
func environment() []string {
	kept := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "GIT_") })
	return append(kept,
		"GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "LC_ALL=C", "GIT_TERMINAL_PROMPT=0",
		"GIT_AUTHOR_NAME=Ada Admin", "GIT_AUTHOR_EMAIL=ada@example.org", "GIT_AUTHOR_DATE=2024-01-02T03:04:05+01:00",
		"GIT_COMMITTER_NAME=Ada Admin", "GIT_COMMITTER_EMAIL=ada@example.org", "GIT_COMMITTER_DATE=2024-01-02T03:04:05+01:00",
		"GIT_CONFIG_COUNT=4", "GIT_CONFIG_KEY_0=init.defaultBranch", "GIT_CONFIG_VALUE_0=main",
		"GIT_CONFIG_KEY_1=protocol.file.allow", "GIT_CONFIG_VALUE_1=always",
		// Nothing works on in the background after the command has ended, and the test with it.
		"GIT_CONFIG_KEY_2=gc.auto", "GIT_CONFIG_VALUE_2=0", "GIT_CONFIG_KEY_3=maintenance.auto", "GIT_CONFIG_VALUE_3=false",
	)
}

// Git runs the real git in dir, without any configuration of the machine and
// with a fixed author and time, and answers what it printed. A failure fails the test.
func Git(t testing.TB, dir string, args ...string) string {
	t.Helper()
	return GitInput(t, dir, "", args...)
}

// GitInput is [Git] with something to read.
func GitInput(t testing.TB, dir, stdin string, args ...string) string {
	t.Helper()
	out, err := run(t.Context(), dir, stdin, args)
	if err != nil {
		t.Fatalf("git %q: %v", args, err)
	}
	return strings.TrimSuffix(out, "\n")
}

// GitMay is [Git] where an exit code is an answer: of conflicts, of a
// difference. The output comes as it is.
func GitMay(t testing.TB, dir string, args ...string) string {
	t.Helper()
	out, err := run(t.Context(), dir, "", args)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("git %q: %v", args, err)
	}
	return out
}

func run(ctx context.Context, dir, stdin string, args []string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir, cmd.Env, cmd.Stdin = dir, environment(), strings.NewReader(stdin)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("%w\n%s", err, stderr.String())
	}
	return string(out), err
}
