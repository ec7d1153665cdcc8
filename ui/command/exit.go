package command

import (
	"errors"
	"strings"

	"plumb/model"
)

// The exit codes, as plumb help exit-codes explains them.
const (
	exitFine       = 0
	exitError      = 1
	exitDifference = 2
	exitRefused    = 3
	exitUncertain  = 4
)

// errDiffers ends a command that has told its differences already.
var errDiffers = errors.New("live differs from git")

// errUnseen ends a status that has told already what could not be seen.
var errUnseen = errors.New("not everything could be looked at")

// usageError is a command line that means nothing.
type usageError struct{ error }

func (u usageError) Unwrap() error { return u.error }

func usage(err error) error {
	if err == nil {
		return nil
	}
	return usageError{err}
}

// exit tells err to the operator and answers the exit code for it. It is the only
// place where either is decided.
func (inv *invocation) exit(err error) int {
	code := exitCode(err)
	if err == nil || errors.Is(err, errDiffers) || errors.Is(err, errUnseen) || errors.Is(err, errChecks) || errors.Is(err, errUnproven) {
		return code
	}
	hint := model.Hint(err)
	var wrong usageError
	if errors.As(err, &wrong) && hint == "" {
		hint = inv.usageHint()
	}
	// When standard error is gone, there is nobody left to tell; the exit code still says it.
	_ = inv.text(inv.Err).Problem(err, hint)
	return code
}

func exitCode(err error) int {
	switch {
	case err == nil:
		return exitFine
	case errors.Is(err, model.ErrUncertain), errors.Is(err, errUnseen):
		return exitUncertain
	case errors.Is(err, model.ErrRefused):
		return exitRefused
	case errors.Is(err, errDiffers), errors.Is(err, errChecks), errors.Is(err, errUnproven):
		return exitDifference
	}
	return exitError
}

func (inv *invocation) usageHint() string {
	if inv.used == nil || !inv.used.HasParent() {
		return "plumb help"
	}
	return strings.TrimSpace(inv.used.CommandPath()) + " --help"
}
