package runner

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"plumb/model"
)

// Kill ends a runner and all that it started in its session at once. What is in effect by then nobody knows until somebody looks. Its
// process is checked to be the one that was started as the runner. Kill comes back when it is gone.
func (p Place) Kill(ctx context.Context, i Info) error {
	// The end of the connection is the end of the process. Nothing is read before: one that answers nobody is killed all the same.
	c, watchErr := dial(i.Socket)
	if watchErr == nil {
		defer c.Close()
	}
	if !i.alive() {
		p.forget(i)
		return model.WithHint(fmt.Errorf("run %s is not under way", i.Run), "plumb run show %s tells how it ended", i.Run)
	}
	if err := killSession(i.PID); err != nil {
		return fmt.Errorf("kill run %s: %w", i.Run, err)
	}
	if watchErr == nil {
		const patience = 10 * time.Second
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		defer context.AfterFunc(ctx, func() { _ = c.SetReadDeadline(time.Unix(1, 0)) })()
		// However the connection ends.
		if _, err := io.Copy(io.Discard, c); errors.Is(err, os.ErrDeadlineExceeded) {
			return fmt.Errorf("kill run %s: wait for its end: %w", i.Run, context.Cause(ctx))
		}
	}
	p.forget(i)
	return nil
}

// killSession kills the leader of a session first, so that it starts nothing more, then the rest of it.
func killSession(leader int) error {
	if leader <= 1 {
		return fmt.Errorf("%d is not the id of a runner", leader)
	}
	members := session(leader)
	if err := syscall.Kill(leader, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		return err
	}
	for _, pid := range append(members, session(leader)...) {
		if pid != leader {
			_ = syscall.Kill(pid, syscall.SIGKILL) // It may have ended by itself.
		}
	}
	// Where the system does not list processes, this is what is left of it.
	_ = syscall.Kill(-leader, syscall.SIGKILL)
	return nil
}

// session lists the processes of a session, where the system tells.
func session(leader int) []int {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	var pids []int
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		stat, err := os.ReadFile("/proc/" + e.Name() + "/stat")
		if err != nil {
			continue
		}
		// Behind the name in parentheses: state, parent, group, session.
		const sessionField = 3
		fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
		if len(fields) > sessionField && fields[sessionField] == strconv.Itoa(leader) {
			pids = append(pids, pid)
		}
	}
	return pids
}
