//go:build unix

package sshsig

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

// detach gives a program a session of its own, without a terminal to ask on; cancelling reaches what it started, too.
func detach(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cmd.WaitDelay = grace
	cmd.Cancel = func() error {
		err := syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
		if errors.Is(err, syscall.ESRCH) {
			return os.ErrProcessDone
		}
		return err
	}
}
