//go:build !unix

package check

import "os/exec"

// asGroup does nothing where there are no process groups: the command itself is killed.
func asGroup(*exec.Cmd) {}

func killGroup(*exec.Cmd) {}
