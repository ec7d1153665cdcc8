package runner

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"plumb/model"
	"plumb/model/text"
)

// Command is the hidden command of plumb that is a runner; its argument is the file of the request.
const Command = "runner"

// Starter starts runners.
type Starter struct {
	Place      Place
	By         model.Principal
	Repository string // The directory that was opened, absolute.
	ReadOnly   bool
	Getenv     func(string) string
}

// Start starts a runner for a change and answers the view of it. When Start answers an error, nothing was begun. The
// runner needs neither the caller nor its terminal from then on.
func (s Starter) Start(ctx context.Context, r Request) (*View, error) {
	r.Protocol, r.By, r.Repository, r.ReadOnly, r.Place = protocol, s.By, s.Repository, s.ReadOnly, s.Place
	if err := os.MkdirAll(s.Place.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("start the run: %w", err)
	}
	r.Output = s.Place.file(r.Run, outputSuffix)
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("start the run: find plumb itself: %w", err)
	}
	request, warning := s.Place.file(r.Run, ".request"), ""
	outlives, warning := lasting(s.Getenv)
	var v *View
	if len(outlives) > 0 {
		// Where systemd will not, it is started as everywhere else: nothing was begun.
		v, err = s.launch(ctx, r, request, append(outlives, self, Command, request), "")
	}
	if v == nil && ctx.Err() == nil {
		v, err = s.launch(ctx, r, request, []string{self, Command, request}, os.Args[0])
	}
	if err != nil {
		return nil, fmt.Errorf("start the run: %w", err)
	}
	v.Warning = warning
	return v, nil
}

// launch starts a process, hears that it is ready, and has it begin.
func (s Starter) launch(ctx context.Context, r Request, request string, argv []string, name string) (*View, error) {
	data, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(request, data, 0o600); err != nil {
		return nil, err
	}
	defer os.Remove(request)
	output, err := os.OpenFile(r.Output, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer output.Close()
	ours, theirs, err := pair()
	if err != nil {
		return nil, err
	}
	defer theirs.Close()
	// Not with ctx: the runner outlives it.
	cmd := &exec.Cmd{Path: argv[0], Args: argv, Stdout: output, Stderr: output, ExtraFiles: []*os.File{theirs},
		SysProcAttr: &syscall.SysProcAttr{Setsid: true}}
	if name != "" {
		cmd.Args = append([]string{name}, argv[1:]...)
	}
	if err := cmd.Start(); err != nil {
		return nil, errors.Join(err, ours.Close())
	}
	go func() { _ = cmd.Wait() }() // Nothing of it is left behind when it ends before its starter.
	_ = theirs.Close()
	defer context.AfterFunc(ctx, func() { _ = ours.SetDeadline(time.Unix(1, 0)) })()
	v, err := meet(ours)
	if err == nil {
		err = v.ask(asked{Go: true})
	}
	if err != nil {
		_ = ours.Close()
		return nil, s.because(ctx, r, err)
	}
	return v, nil
}

// because says why a runner did not begin, in its own words where it had any.
func (s Starter) because(ctx context.Context, r Request, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	words, readErr := os.ReadFile(r.Output)
	last := strings.TrimPrefix(string(bytes.TrimSpace(words[:min(len(words), 1000)])), "error: ")
	if readErr != nil || last == "" {
		if errors.Is(err, io.EOF) {
			err = errors.New("its process ended at once")
		}
		return err
	}
	_ = os.Remove(r.Output)
	return errors.New(text.Line(last).String())
}

// pair is a connection of which a child process gets the other end.
func pair() (net.Conn, *os.File, error) {
	syscall.ForkLock.RLock()
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err == nil {
		syscall.CloseOnExec(fds[0])
		syscall.CloseOnExec(fds[1])
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, nil, fmt.Errorf("connect: %w", err)
	}
	mine, theirs := os.NewFile(uintptr(fds[0]), "runner"), os.NewFile(uintptr(fds[1]), "starter")
	c, err := net.FileConn(mine)
	if err = errors.Join(err, mine.Close()); err != nil {
		return nil, nil, errors.Join(err, theirs.Close())
	}
	return c, theirs, nil
}

// lasting is what goes in front of a command so that it outlives the operator's session, and what to warn of. The manager of
// the user's own services is of use only where it outlives that session itself, that is with lingering: otherwise it takes
// the run along. Where logind leaves processes alone at logout, a session of its own is all that a run needs.
func lasting(getenv func(string) string) (argv []string, warning string) {
	dir := getenv("XDG_RUNTIME_DIR")
	if dir == "" {
		return nil, ""
	}
	if _, err := os.Stat(filepath.Join(dir, "systemd", "private")); err != nil {
		return nil, ""
	}
	user := cmp.Or(getenv("USER"), getenv("LOGNAME"))
	if user != "" && filepath.Base(user) == user {
		if _, err := os.Stat(filepath.Join("/var/lib/systemd/linger", user)); err == nil {
			path, err := exec.LookPath("systemd-run")
			if err != nil {
				return nil, ""
			}
			return []string{path, "--user", "--scope", "--quiet", "--collect", "--"}, ""
		}
	}
	if getenv("XDG_SESSION_ID") == "" || spared() {
		return nil, ""
	}
	return nil, "lingering is off: if you log out of this machine, it may end the run; loginctl enable-linger keeps it"
}

// spared reports whether logind says that it leaves processes alone when their user logs out.
func spared() bool {
	const patience = 2 * time.Second
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	out, err := exec.CommandContext(ctx, "busctl", "get-property", "org.freedesktop.login1", "/org/freedesktop/login1",
		"org.freedesktop.login1.Manager", "KillUserProcesses").Output()
	return err == nil && strings.TrimSpace(string(out)) == "b false"
}
