package hosts

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"os/exec"
	"path"
	"slices"
	"strings"
	"syscall"
	"time"

	"plumb/model"
	"plumb/model/text"
)

// sshOptions keep ssh from asking, hanging and doing more than running one
// command. All else is as the operator's configuration says.
var sshOptions = []string{
	"-T",
	"-o", "BatchMode=yes",
	"-o", "ConnectTimeout=10",
	"-o", "ServerAliveInterval=15",
	"-o", "ServerAliveCountMax=4",
	"-o", "LogLevel=ERROR",
	"-o", "RemoteCommand=none",
	"-o", "ClearAllForwardings=yes",
	"-o", "ForwardAgent=no",
}

// bootstrap is the command on the remote side: it reads a script from the first
// line of its input and runs it. It means the same to every login shell, and
// sh's own read takes not a byte more than the line.
const bootstrap = `exec sh -c 'IFS= read -r s; eval "$(printf %s "$s" | base64 -d)"'`

// remote is a host that is reached with the operator's ssh.
type remote struct {
	p    *Provider
	host model.Host
	why  string
	root string // Without a slash at its end; empty for "/".
	me   owner

	many   bool // Several calls are to come, so they are worth a shared connection.
	shared *sharing
	anew   bool   // Each call makes a connection of its own, whatever ssh's configuration says of sharing.
	guard  string // The guard that must still be armed when a file is put in place; empty for none.
}

func (p *Provider) newRemote(h model.Host, why string, many bool) (machine, error) {
	if err := checkDestination(h.SSH); err != nil {
		return nil, fmt.Errorf("host %s: %w", h.Name, err)
	}
	if h.Root != "" && !path.IsAbs(h.Root) {
		return nil, fmt.Errorf("host %s: root %q is over there and must be absolute", h.Name, h.Root)
	}
	return &remote{p: p, host: h, why: why, root: strings.TrimRight(h.Root, "/"), many: many}, nil
}

func (r *remote) fresh() owner { return r.me }

// call runs a script over there with input behind it, and answers what it
// printed, line by line. An error that wraps errCut means that the script had
// started; with any other, nothing happened over there.
func (r *remote) call(ctx context.Context, script string, input []byte) ([]string, error) {
	if r.many && r.shared == nil {
		if err := r.connect(ctx); err != nil {
			return nil, err
		}
		r.many = false
	}
	var nonce [8]byte
	rand.Read(nonce[:]) // Never fails.
	marker := "plumb " + hex.EncodeToString(nonce[:])
	var stdin bytes.Buffer
	stdin.WriteString(base64.StdEncoding.EncodeToString([]byte(script)) + "\n")
	stdin.WriteString(hex.EncodeToString(nonce[:]) + "\n")
	stdin.Write(input)

	argv := slices.Concat(r.p.opt.SSH, r.options(), []string{"--", r.host.SSH, bootstrap})
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	var stdout bytes.Buffer
	stderr := tail{limit: 16 << 10}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = &stdin, &stdout, &stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 2 * time.Second
	at := r.p.opt.Now()
	err := cmd.Run()
	// What start-up files of the login shell print comes before the marker.
	_, out, started := strings.Cut(stdout.String(), marker+"\n")
	switch {
	case ctx.Err() != nil:
		err = ctx.Err()
	case !started || err != nil:
		err = r.explain(err, stderr.String(), started)
	}
	if err != nil && started {
		err = fmt.Errorf("%w: %w", errCut, err)
	}
	r.p.log(model.Command{At: at, Why: r.why, Argv: argv}, err)
	if err != nil {
		return nil, err
	}
	return strings.Split(strings.TrimSuffix(out, "\n"), "\n"), nil
}

// errCut wraps the end of a connection in the middle of a script.
var errCut = errors.New("the connection was lost")

// tail keeps the end of what is written to it.
type tail struct {
	bytes.Buffer
	limit int
}

func (t *tail) Write(b []byte) (int, error) {
	n := len(b)
	if n > t.limit {
		b = b[n-t.limit:]
	}
	if over := t.Len() + len(b) - t.limit; over > 0 {
		t.Next(over)
	}
	t.Buffer.Write(b)
	return n, nil
}

// explain makes an error of what ssh said, with what to do about it.
func (r *remote) explain(err error, stderr string, started bool) error {
	host, dest := r.host.Name, r.host.SSH
	said := lastLine(stderr)
	has := func(parts ...string) bool {
		return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(stderr, p) })
	}
	wrap := func(what, hint string, args ...any) error {
		if said != "" {
			what += ": " + said
		}
		return model.WithHint(fmt.Errorf("host %s %s", host, what), hint, args...)
	}
	var missing *exec.Error
	switch {
	case errors.As(err, &missing):
		return model.WithHint(fmt.Errorf("host %s: %w", host, err), "install the OpenSSH client")
	case has("REMOTE HOST IDENTIFICATION HAS CHANGED", "Offending "):
		return model.WithHint(fmt.Errorf("host %s is unreachable: its host key has changed", host),
			"ask who administers it whether that is right; then: ssh-keygen -R %s, and connect once with: ssh %s", dest, dest)
	case has("Host key verification failed", "host key is known"):
		return model.WithHint(fmt.Errorf("host %s is unreachable: its host key is not known", host), "connect once by hand and compare the key: ssh %s", dest)
	case has("Permission denied ("):
		return noEntry{model.WithHint(fmt.Errorf("host %s is unreachable: it does not accept your key, or asks for a password (%s)", host, said),
			"plumb never types passwords; load the key into your agent until this works without asking: ssh -o BatchMode=yes %s true", dest)}
	case has("Could not resolve", "Connection refused", "timed out", "No route to host", "Network is unreachable", "Connection closed", "Connection reset", "kex_exchange_identification", "UNKNOWN port"):
		return wrap("is unreachable", "try by hand: ssh %s", dest)
	case !started && has("base64: not found", "base64: command not found", "base64: inaccessible"):
		return model.WithHint(fmt.Errorf("host %s has no base64", host), "install coreutils or busybox on it")
	case !started && (err == nil || has("not found", "No such file", "not available", "only")):
		return wrap("did not run plumb's script", "the login shell of %s must allow to run: sh -c COMMAND", dest)
	case err == nil:
		return wrap("answered in part", "try again")
	}
	if said == "" {
		said = err.Error()
	}
	return model.WithHint(fmt.Errorf("host %s: %s", host, said), "try by hand: ssh %s", dest)
}

// noEntry is an error for a host that was reached and does not let the operator in: to try again soon is of no use.
type noEntry struct{ error }

func (e noEntry) Unwrap() error { return e.error }

// lastLine is the last line with anything on it, made printable and of a bearable length.
func lastLine(s string) string {
	lines := strings.Split(strings.TrimSpace(strings.ReplaceAll(s, "\r", "\n")), "\n")
	return text.Line(strings.TrimSpace(lines[len(lines)-1])).Truncate(200, "…").String()
}
