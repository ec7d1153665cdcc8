// Package screentest drives plumb as a person does: the whole program, on a
// pseudo-terminal with a terminal emulator behind it, on real repositories and
// real files. Its tests say what a person sees, and look on disk at what it did.
package screentest

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"plumb/ui/command"
)

// programs is the directory where this test binary goes by the names of what it can be.
var programs string

func program(name string) string { return filepath.Join(programs, name) }

// TestMain is also the main function of the programs that the tests start.
func TestMain(m *testing.M) {
	switch filepath.Base(os.Args[0]) {
	case "plumb":
		os.Exit(command.Process(rand.Reader).Main(os.Args[1:]))
	case "shell":
		os.Exit(shell())
	}
	os.Exit(test(m))
}

func test(m *testing.M) int {
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	if programs, err = os.MkdirTemp("", "screentest-"); err != nil {
		panic(err)
	}
	defer os.RemoveAll(programs)
	for _, name := range []string{"plumb", "shell"} {
		if err := os.Symlink(self, program(name)); err != nil {
			panic(err)
		}
	}
	return m.Run()
}

// shell is what stands between a terminal and plumb in real life: the leader of the session, which
// runs plumb in the foreground, outlives it, and finds the terminal as plumb left it. It
// reports on file descriptor 3.
func shell() int {
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP) // Not ignored: plumb would inherit that.
	signal.Ignore(syscall.SIGTTOU)
	report := json.NewEncoder(os.NewFile(3, "report"))

	before := settings()
	self, err := filepath.EvalSymlinks(filepath.Join(filepath.Dir(os.Args[0]), "plumb"))
	if err != nil {
		return 1
	}
	cmd := &exec.Cmd{Path: self, Args: append([]string{"plumb"}, os.Args[1:]...), Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}
	cmd.SysProcAttr = &syscall.SysProcAttr{Foreground: true, Ctty: 0}
	if err := cmd.Start(); err != nil {
		return 1
	}
	if err := report.Encode(map[string]int{"pid": cmd.Process.Pid}); err != nil {
		return 1
	}
	go func() {
		for range hangups {
			_ = cmd.Process.Signal(syscall.SIGHUP) // As shells do when the window is closed.
		}
	}()
	end := ending{Before: before}
	_ = cmd.Wait() // The process state says it better.
	status := cmd.ProcessState.Sys().(syscall.WaitStatus)
	end.Code = status.ExitStatus()
	if status.Signaled() {
		end.Signal = status.Signal().String()
	}
	end.After = settings()
	if err := report.Encode(end); err != nil {
		return 1
	}
	return 0
}

// settings are the terminal's, as stty would print them.
func settings() string {
	t, err := unix.IoctlGetTermios(0, unix.TCGETS)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%x:%x:%x:%x:%x", t.Iflag, t.Oflag, t.Cflag, t.Lflag, t.Cc)
}
