package check

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"

	"plumb/model"
)

// execute runs the command of a check and says why it did not pass; empty when it did. Definite
// is false for a failure that lies in the circumstances rather than in the files.
func (j Job) execute(ctx context.Context, c model.Check, p place, out *output) (why string, definite bool) {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	cmd, err := j.start(ctx, c, p, out)
	if err != nil {
		return fmt.Sprintf("could not be run: %s", innermost(err)), false
	}
	err = cmd.Wait()
	killGroup(cmd)
	exit, ended := errors.AsType[*exec.ExitError](err)
	switch {
	case err == nil:
		return "", true
	case ctx.Err() != nil:
		return fmt.Sprintf("took longer than %s", brief(c.Timeout)), false
	case errors.Is(err, exec.ErrWaitDelay):
		return "", true // It ended well, and left a child behind that kept its output open.
	case ended && exit.Exited():
		return fmt.Sprintf("exit code %d", exit.ExitCode()), true
	case ended:
		return exit.Error(), false
	}
	return err.Error(), false
}

// mostTries is how often a command is started that the system takes for a file that is being written.
const mostTries = 20

// start starts the command. A child that is forked elsewhere in this process at the same moment can hold a file of the
// checkout open for writing until it becomes a program of its own; nothing can be run from that file so long.
func (j Job) start(ctx context.Context, c model.Check, p place, out *output) (*exec.Cmd, error) {
	for try := 1; ; try++ {
		cmd := exec.CommandContext(ctx, c.Run[0], c.Run[1:]...)
		cmd.Dir, cmd.Env = p.tree, j.environ(c, p)
		cmd.Stdout, cmd.Stderr = out, out
		cmd.WaitDelay = cmp.Or(j.Grace, grace)
		asGroup(cmd)
		err := cmd.Start()
		if !errors.Is(err, syscall.ETXTBSY) || try == mostTries {
			return cmd, err
		}
		select {
		case <-ctx.Done():
			return cmd, ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// innermost is what an error says without the path of the scratch directory, which is gone when it is read.
func innermost(err error) error {
	if e, ok := errors.AsType[*os.PathError](err); ok {
		return e.Err
	}
	if e, ok := errors.AsType[*exec.Error](err); ok {
		return fmt.Errorf("%s: %w", e.Name, e.Err)
	}
	return err
}

// brief is a duration as people write it: "5m", not "5m0s".
func brief(d time.Duration) string {
	switch {
	case d%time.Hour == 0:
		return fmt.Sprintf("%dh", d/time.Hour)
	case d%time.Minute == 0:
		return fmt.Sprintf("%dm", d/time.Minute)
	}
	return d.String()
}
