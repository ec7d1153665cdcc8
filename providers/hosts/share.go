package hosts

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"plumb/model"
)

// sharing is a connection that several calls to a host go through. It lives as
// long as its process holds its input open, so it ends with plumb, however plumb ends.
type sharing struct {
	dir  string // Private; holds the socket.
	stop func()
}

// maxSocket is how long the path of a socket may be: the systems allow a little
// over a hundred bytes, and ssh appends some for a moment.
const maxSocket = 80

// holdOpen is the command of the session that keeps a shared connection.
const holdOpen = "exec sh -c 'echo plumb-ready; cat'"

// connect opens a connection for the calls to come. Where that is not possible
// for reasons of this machine, each call makes its own.
func (r *remote) connect(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "plumb-")
	if err != nil || len(dir) > maxSocket {
		return nil
	}
	argv := slices.Concat(r.p.opt.SSH, sshOptions, []string{"-M", "-S", filepath.Join(dir, "s"), "-o", "ControlPersist=no", "--", r.host.SSH, holdOpen})
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 2 * time.Second
	stderr := tail{limit: 16 << 10}
	cmd.Stderr = &stderr
	stdin, err1 := cmd.StdinPipe()
	stdout, err2 := cmd.StdoutPipe()
	if err1 != nil || err2 != nil {
		_ = os.Remove(dir)
		return nil
	}
	at := r.p.opt.Now()
	fail := func(err error) error {
		_ = os.RemoveAll(dir)
		if ctx.Err() != nil {
			err = ctx.Err()
		} else {
			err = r.explain(err, stderr.String(), false)
		}
		r.p.log(model.Command{At: at, Why: r.why, Argv: argv}, err)
		return err
	}
	if err := cmd.Start(); err != nil {
		return fail(err)
	}
	lines := bufio.NewReader(stdout)
	for {
		line, err := lines.ReadString('\n')
		if strings.TrimSpace(line) == "plumb-ready" {
			break
		}
		if err != nil {
			_ = stdin.Close()
			if err := cmd.Wait(); err != nil {
				return fail(err)
			}
			return fail(fmt.Errorf("the connection ended at once"))
		}
	}
	r.p.log(model.Command{At: at, Why: r.why, Argv: argv}, nil)
	r.shared = &sharing{dir: dir, stop: func() {
		// How a connection that is not needed any more ends is no news.
		_ = stdin.Close()
		// A connection that is dead would end only when ssh notices.
		defer time.AfterFunc(cmd.WaitDelay, func() { _ = cmd.Process.Kill() }).Stop()
		_, _ = io.Copy(io.Discard, lines)
		_ = cmd.Wait()
		_ = os.RemoveAll(dir)
	}}
	return nil
}

// options are ssh's for a call: through the shared connection, if there is one.
func (r *remote) options() []string {
	switch {
	case r.anew:
		// Unlike an option, -S wins over whatever path was named before.
		return slices.Concat(sshOptions, []string{"-S", "none", "-o", "ControlMaster=no", "-o", "ControlPath=none"})
	case r.shared == nil:
		return sshOptions
	}
	return slices.Concat(sshOptions, []string{"-S", filepath.Join(r.shared.dir, "s"), "-o", "ControlMaster=no"})
}

func (r *remote) close() {
	if r.shared != nil {
		r.shared.stop()
	}
}
