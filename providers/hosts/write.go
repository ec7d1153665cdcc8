package hosts

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"plumb/model"
	"plumb/model/secret"
)

// put writes a temporary file beside the path and renames it, so that a reader sees the
// earlier file or the new one and never a part.
func (l *local) put(ctx context.Context, j job) (v verdict, err error) {
	at := l.p.opt.Now()
	defer func() {
		failed := err
		if failed == nil && v.outcome != jobDone {
			failed = errors.New(v.message)
		}
		what := "write"
		if j.kind == "" {
			what = "delete"
		}
		l.p.log(model.Command{At: at, Why: l.why, Internal: what + " " + filepath.Join(l.dir, j.path)}, failed)
	}()
	name, temp, backup := l.rel(j.path), l.rel(j.temp), l.rel(j.temp+".old")
	moved := verdict{outcome: jobMoved, message: "changed since the plan was made"}
	if l.see(ctx, j.path).mark() != j.before && ctx.Err() == nil {
		return moved, nil
	}
	fail := func(format string, args ...any) (verdict, error) {
		l.discard(temp, backup)
		return verdict{outcome: jobFailed, message: fmt.Sprintf(format, args...)}, nil
	}
	if j.kind != "" {
		if err := l.root.MkdirAll(path.Dir(name), 0o755); err != nil {
			return fail("make its directory: %s", reason(err))
		}
		if err := l.prepare(j, name, temp); err != nil {
			return fail("write: %s", reason(err))
		}
	}
	if j.checksFirst() && j.kind != "" {
		if out, err := l.command(ctx, j.checkArgv(filepath.Join(l.dir, temp))); err != nil {
			return fail("%s", failure("check", err, out))
		}
	}
	checksAfter := len(j.check) > 0 && !j.checksFirst()
	if j.before != "absent" && checksAfter {
		if err := l.root.Link(name, backup); err != nil {
			return fail("keep the earlier file: %s", reason(err))
		}
	}
	// The check may have taken long: look once more before the file takes effect.
	mark := l.see(ctx, j.path).mark()
	if ctx.Err() != nil {
		return fail("%s", ctx.Err())
	}
	if mark != j.before {
		l.discard(temp, backup)
		return moved, nil
	}
	if j.kind == "" {
		err = l.root.Remove(name)
	} else {
		err = l.root.Rename(temp, name)
	}
	if err != nil {
		return fail("put in place: %s", reason(err))
	}
	if checksAfter {
		if out, err := l.command(ctx, j.check); err != nil {
			message := failure("check", err, out) + "; the earlier file is back"
			if j.before == "absent" {
				err = l.root.Remove(name)
			} else {
				err = l.root.Rename(backup, name)
			}
			if err != nil {
				return verdict{}, fmt.Errorf("%w: %s, and the earlier file could not be put back: %s", model.ErrUncertain, message, reason(err))
			}
			l.syncDir(name)
			return verdict{outcome: jobFailed, message: message}, nil
		}
		l.discard(backup)
	}
	l.syncDir(name)
	checked := len(j.check) > 0 && (j.kind != "" || checksAfter)
	return verdict{outcome: jobDone, mark: l.see(ctx, j.path).mark(), checked: checked}, nil
}

// prepare makes the temporary file or link as it is to be, durable on disk.
func (l *local) prepare(j job, name, temp string) error {
	uid, gid, err := ids(j.owner)
	if err != nil {
		return err
	}
	if j.kind == "symlink" {
		if err := l.root.Symlink(string(j.data), temp); err != nil {
			return err
		}
		if j.owner != "" {
			return l.root.Lchown(temp, uid, gid)
		}
		return nil
	}
	f, err := l.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	if old, err := l.root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK|syscall.O_NOFOLLOW, 0); err == nil {
		copyAttributes(old, f)
		_ = old.Close() // It was only read.
		if err := f.Chmod(0o600); err != nil {
			return err
		}
	}
	if _, err := io.Copy(f, bytes.NewReader(j.data)); err != nil {
		return err
	}
	if j.owner != "" {
		if err := f.Chown(uid, gid); err != nil {
			return fmt.Errorf("set the owner to %s: %s", j.owner, reason(err))
		}
	}
	// After the owner, because changing that takes set-user-id bits away.
	if err := f.Chmod(goMode(j.perm)); err != nil {
		return fmt.Errorf("set the mode: %s", reason(err))
	}
	if err := f.Sync(); err != nil {
		return err
	}
	return f.Close()
}

// goMode is a Unix mode as Go writes it.
func goMode(perm uint32) fs.FileMode {
	m := fs.FileMode(perm & 0o777)
	for bit, flag := range map[uint32]fs.FileMode{0o4000: fs.ModeSetuid, 0o2000: fs.ModeSetgid, 0o1000: fs.ModeSticky} {
		if perm&bit != 0 {
			m |= flag
		}
	}
	return m
}

// syncDir makes a rename or a removal durable. Where a file system cannot, nothing is lost but that.
func (l *local) syncDir(name string) {
	if d, err := l.root.Open(path.Dir(name)); err == nil {
		_ = errors.Join(d.Sync(), d.Close())
	}
}

// discard removes files of plumb's own. One that stays is in nobody's way: its name is used once.
func (l *local) discard(names ...string) {
	for _, name := range names {
		_ = l.root.Remove(name)
	}
}

func (l *local) run(ctx context.Context, argv []string) (string, error) {
	out, err := l.command(ctx, argv)
	if err != nil && ctx.Err() != nil {
		err = fmt.Errorf("%w: %s was cancelled: %w", model.ErrUncertain, argv[0], ctx.Err())
	}
	return out, err
}

// maxOutput is how much of a command's output is kept for people.
const maxOutput = 4096

// command runs argv with the host's root as working directory. Its output goes
// to a file: a daemon that it starts may hold a pipe open for ever.
func (l *local) command(ctx context.Context, argv []string) (string, error) {
	out, err := os.CreateTemp("", "plumb-output-")
	if err != nil {
		return "", err
	}
	defer out.Close()
	defer func() { _ = os.Remove(out.Name()) }()
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = l.dir, out, out
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 2 * time.Second
	at := l.p.opt.Now()
	err = cmd.Run()
	l.p.log(model.Command{At: at, Why: l.why, Argv: argv}, err)
	text := make([]byte, maxOutput)
	n, _ := out.ReadAt(text, 0)
	return strings.TrimSpace(string(text[:n])), err
}

// failure says how a command failed, with the last line of what it printed. It goes into the record, so
// secrets are masked.
func failure(what string, err error, output string) string {
	message := what + " failed: " + err.Error()
	if lines := strings.Split(strings.TrimSpace(output), "\n"); lines[len(lines)-1] != "" {
		message += ": " + lines[len(lines)-1]
	}
	return secret.MaskText(message)
}
