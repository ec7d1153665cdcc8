//go:build !unix

package sshsig

import "os/exec"

// detach only limits how long a program may take to end: there are no sessions.
func detach(cmd *exec.Cmd) { cmd.WaitDelay = grace }
