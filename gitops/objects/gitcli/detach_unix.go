//go:build unix

package gitcli

import (
	"os/exec"
	"syscall"
)

// detach gives the child a session of its own. Without a terminal, ssh and
// credential helpers fail where they would otherwise paint a question over the
// screen. Cancelling then reaches the programs that git started, too.
func detach(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
}
