package filter

import (
	"errors"
	"os/exec"
	"testing"
)

// What git would refuse is refused while it is typed, and what it takes is not.
func TestExpressionsAreThoseThatGitTakes(t *testing.T) {
	var git func(expression string) bool
	if _, err := exec.LookPath("git"); err == nil {
		dir := t.TempDir()
		git = func(expression string) bool {
			cmd := exec.CommandContext(t.Context(), "git", "grep", "--no-index", "-E", "-e", expression)
			cmd.Dir = dir
			err := cmd.Run()
			exit, ok := errors.AsType[*exec.ExitError](err)
			return err == nil || ok && exit.ExitCode() == 1
		}
	}
	for expression, want := range map[string]bool{
		`replicas: [0-9]+`: true, `a|b`: true, `(a|)+`: true, `()*`: true, `a**`: true, `a)`: true, `\(a`: true, `\[`: true,
		`[\]`: true, `[]a]`: true, `[^]a]`: true, `[a{]`: true, `[[:alpha:]-]`: true, `[[.a.]]`: true,
		`a{2}`: true, `a{2,}`: true, `a{,2}`: true, `a{1,2}b`: true, `a{1}{2}`: true, `a}`: true, `a\{`: true,
		`a(`: false, `(a))(`: false, `[a`: false, `[]`: false, `[[:alpha:]`: false, `a\`: false,
		`*a`: false, `+`: false, `a|*b`: false, `(*b)`: false, `^*a`: false, `$*`: false, `x|$+`: false,
		`{1}`: false, `^{2}`: false, `a{`: false, `a{2`: false, `a{}`: false, `a{x}`: false, `a{ 1}`: false, `name {`: false,
	} {
		problem := expressionProblem(expression)
		if (problem == "") != want {
			t.Errorf("%s: %q, want that it is right: %v", expression, problem, want)
		}
		if git != nil && git(expression) != want {
			t.Errorf("%s: git takes it: %v", expression, !want)
		}
	}
}
