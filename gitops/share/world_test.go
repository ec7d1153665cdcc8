package share_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha512"
	"encoding/base64"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"plumb/gitops/ledger"
	"plumb/gitops/objects"
	"plumb/gitops/objects/gitcli"
	"plumb/gitops/share"
	"plumb/gitops/sshsig"
	"plumb/model"
	"plumb/model/text"
)

// key signs as ssh-keygen does, without a process for each signature.
type key struct {
	private ed25519.PrivateKey
	public  []byte
}

func newKey(seed byte) key {
	private := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))
	return key{private, wire([]byte("ssh-ed25519"), private.Public().(ed25519.PublicKey))}
}

func wire(fields ...[]byte) []byte {
	var b []byte
	for _, f := range fields {
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(f))), f...)
	}
	return b
}

func (k key) Sign(_ context.Context, payload []byte) ([]byte, error) {
	sum := sha512.Sum512(payload)
	signed := append([]byte("SSHSIG"), wire([]byte(ledger.Namespace), nil, []byte("sha512"), sum[:])...)
	blob := append([]byte("SSHSIG\x00\x00\x00\x01"), wire(k.public, []byte(ledger.Namespace), nil, []byte("sha512"),
		wire([]byte("ssh-ed25519"), ed25519.Sign(k.private, signed)))...)
	armored := "-----BEGIN SSH SIGNATURE-----\n"
	for line := base64.StdEncoding.EncodeToString(blob); line != ""; {
		n := min(70, len(line))
		armored, line = armored+line[:n]+"\n", line[n:]
	}
	return []byte(armored + "-----END SSH SIGNATURE-----\n"), nil
}

func (k key) Key() string {
	public, _, err := sshsig.ParsePublicKey("ssh-ed25519 " + base64.StdEncoding.EncodeToString(k.public))
	if err != nil {
		panic(err)
	}
	return public.Key8()
}

// team is a bare repository, and the clones of those who work with it.
type team struct {
	*testing.T
	origin string
	prefix string

	mu  sync.Mutex
	now time.Time
}

func newTeam(t *testing.T) *team {
	for _, v := range []string{"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"} {
		t.Setenv(v, os.DevNull)
	}
	tm := &team{T: t, origin: filepath.Join(t.TempDir(), "origin.git"), prefix: ledger.DefaultPrefix, now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	tm.git("init", "-q", "--bare", "-b", "main", tm.origin)
	return tm
}

func (tm *team) git(args ...string) string {
	tm.Helper()
	cmd := exec.CommandContext(tm.Context(), "git", args...)
	cmd.Env = append(os.Environ(), "GIT_AUTHOR_NAME=T", "GIT_AUTHOR_EMAIL=t@example.com", "GIT_COMMITTER_NAME=T", "GIT_COMMITTER_EMAIL=t@example.com")
	out, err := cmd.CombinedOutput()
	if err != nil {
		tm.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// at runs git on the remote.
func (tm *team) at(args ...string) string {
	return tm.git(append([]string{"--git-dir", tm.origin}, args...)...)
}

// hook lets the remote judge every ref that is pushed.
func (tm *team) hook(script string) {
	if err := os.WriteFile(filepath.Join(tm.origin, "hooks", "update"), []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		tm.Fatal(err)
	}
}

func (tm *team) clock() time.Time {
	tm.mu.Lock()
	defer tm.mu.Unlock()
	tm.now = tm.now.Add(time.Second)
	return tm.now
}

// clone is where one person works.
type clone struct {
	*team
	dir, state, email string
	key               key
	exchange          share.Exchange
	store             objects.Store
}

func (tm *team) clone(name string) *clone {
	c := &clone{team: tm, dir: filepath.Join(tm.TempDir(), name), state: tm.TempDir(), email: name + "@example.com", key: newKey(name[len(name)-1])}
	tm.git("clone", "-q", tm.origin, c.dir)
	return c.reopen()
}

// reopen is the same clone for another process.
func (c *clone) reopen() *clone {
	c.Helper()
	if c.store != nil {
		_ = c.store.Close()
	}
	store, err := gitcli.Open(c.Context(), c.dir, nil)
	if err != nil {
		c.Fatal(err)
	}
	c.Cleanup(func() { _ = store.Close() })
	operator, err := gitcli.NewOperator(store, nil)
	if err != nil {
		c.Fatal(err)
	}
	self := model.Principal{Name: text.Line(c.email), Email: text.Line(c.email)}
	l := ledger.Open(ledger.Options{Store: store, Prefix: c.prefix, Self: self, Pins: filepath.Join(c.state, "pins"), Now: c.clock})
	c.store = store
	c.exchange = share.Exchange{Git: operator, Store: store, Ledger: l, Prefix: c.prefix, Remote: "origin", Self: self, Dir: filepath.Join(c.state, "remotes")}
	return c
}

func (c *clone) note(ctx context.Context, why string) (ledger.Entry, error) {
	return c.exchange.Ledger.Append(ctx, c.key, ledger.Void, []ledger.Field{{Key: "why", Value: why}}, nil)
}

func (c *clone) add(why string) ledger.Entry {
	c.Helper()
	e, err := c.note(c.Context(), why)
	if err != nil {
		c.Fatalf("append %s: %v", why, err)
	}
	return e
}

func (c *clone) exchangeAll(ctx context.Context) (share.News, error) {
	news, err := c.exchange.Fetch(ctx)
	if err != nil {
		return news, err
	}
	_, err = c.exchange.Push(ctx, news, nil)
	return news, err
}

func (c *clone) sync() share.News {
	c.Helper()
	news, err := c.exchangeAll(c.Context())
	if err != nil {
		c.Fatalf("%s: %v", c.email, err)
	}
	return news
}

// says is what the record has, and what is wrong with it.
func (c *clone) says() (string, []ledger.Problem) {
	c.Helper()
	entries, problems, err := c.exchange.Ledger.Read(c.Context())
	if err != nil {
		c.Fatal(err)
	}
	var words []string
	for _, e := range entries {
		words = append(words, e.Field("why"))
	}
	return strings.Join(words, " "), problems
}

func (c *clone) wantRecord(want string) {
	c.Helper()
	if got, problems := c.says(); got != want || len(problems) > 0 {
		c.Errorf("%s has %q with %v, want %q", c.email, got, problems, want)
	}
}
