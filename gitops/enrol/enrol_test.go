package enrol_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"plumb/gitops/enrol"
	"plumb/gitops/sshsig"
	"plumb/model"
)

var (
	names = enrol.Names{Allowed: "allowed_signers", Revoked: "revoked_keys"}
	now   = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
)

// newKey makes a real key.
func newKey(t *testing.T, kind string) sshsig.PublicKey {
	t.Helper()
	file := filepath.Join(t.TempDir(), "key")
	if out, err := exec.Command("ssh-keygen", "-q", "-t", kind, "-N", "", "-f", file).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	key, err := sshsig.ReadPublicKey(file + ".pub")
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestAKeyIsAddedBelowWhatIsThere(t *testing.T) {
	ada, bob := newKey(t, "ed25519"), newKey(t, "ecdsa")
	first, _, err := enrol.Key(enrol.Files{}, names, "ada@example.org", ada, now)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(first), "# Whose signatures count") {
		t.Errorf("the file does not say what it is: %s", first)
	}
	// Whoever edits by hand may leave the last line open.
	open := []byte(strings.TrimSuffix(string(first), "\n"))
	both, _, err := enrol.Key(enrol.Files{Allowed: open}, names, "bob@example.org", bob, now)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(both), string(first)) {
		t.Errorf("what was there did not stay: %s", both)
	}
	_, listed, err := enrol.Key(enrol.Files{Allowed: both}, names, "bob@example.org", bob, now)
	if err != nil || listed != strings.Count(string(both), "\n") {
		t.Errorf("a key that is listed: line %d, %v", listed, err)
	}
}

func TestAKeyThatWouldNotCountIsRefused(t *testing.T) {
	ada := newKey(t, "ed25519")
	line := ada.String()
	for _, tt := range []struct{ name, email, allowed, revoked, want string }{
		{"no address", "ada", "", "", "is no e-mail address"},
		{"everybody's address", "*@example.org", "", "", "mean nobody else"},
		{"two lines", "a@b\nc@d", "", "", "mean nobody else"},
		{"revoked", "ada@example.org", "", line, "is revoked (revoked_keys, line 1)"},
		{"somebody else's", "ada@example.org", "bob@example.org " + line, "", "is listed for bob@example.org (allowed_signers, line 1)"},
		{"expired", "ada@example.org", `ada@example.org valid-before="20200101Z" ` + line, "", "with limits that it does not fulfil now"},
		{"for something else", "ada@example.org", `ada@example.org namespaces="git" ` + line, "", "with limits"},
		{"a broken file", "ada@example.org", "\nada@example.org ssh-rsa", "", "allowed_signers, line 2"},
		{"broken revoked keys", "ada@example.org", "", "# ok\nnonsense", "revoked_keys, line 2"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			after, listed, err := enrol.Key(enrol.Files{Allowed: []byte(tt.allowed), Revoked: []byte(tt.revoked)}, names, tt.email, ada, now)
			if err == nil || !strings.Contains(err.Error(), tt.want) || after != nil || listed != 0 {
				t.Errorf("got %q, line %d, %v; want an error with %q", after, listed, err, tt.want)
			}
			if model.Hint(err) == "" {
				t.Errorf("%v: there is no way out", err)
			}
		})
	}
}

func TestTheLastKeyCannotBeRevoked(t *testing.T) {
	ada, bob := newKey(t, "ed25519"), newKey(t, "ed25519")
	f := enrol.Files{Allowed: []byte("ada@example.org " + ada.String() + "\nbob@example.org " + bob.String() + "\n")}
	key, err := enrol.Find(f, names, bob.Fingerprint())
	if err != nil {
		t.Fatal(err)
	}
	if f.Revoked, _, err = enrol.Revoke(f, names, key); err != nil {
		t.Fatal(err)
	}
	if _, listed, err := enrol.Revoke(f, names, key); err != nil || listed == 0 {
		t.Errorf("revoked twice: line %d, %v", listed, err)
	}
	if _, _, err := enrol.Revoke(f, names, ada); !errors.Is(err, model.ErrRefused) {
		t.Errorf("nobody could sign any more: %v", err)
	}
	if _, err := enrol.Find(f, names, "SHA256:nobody"); !errors.Is(err, model.ErrRefused) {
		t.Errorf("a key that nobody has: %v", err)
	}
}

func TestAFileIsWrittenWholeOrNotAtAll(t *testing.T) {
	dir := t.TempDir()
	names := enrol.Names{Allowed: ".plumb/allowed_signers", Revoked: ".plumb/revoked_keys"}
	if err := enrol.Write(dir, names.Allowed, nil, []byte("one\n")); err != nil {
		t.Fatal(err)
	}
	f, err := enrol.Read(dir, names)
	if err != nil || string(f.Allowed) != "one\n" || f.Revoked != nil {
		t.Fatalf("%q, %q: %v", f.Allowed, f.Revoked, err)
	}
	// Somebody edited it in between.
	if err := enrol.Write(dir, names.Allowed, []byte("none\n"), []byte("two\n")); !errors.Is(err, model.ErrRefused) {
		t.Errorf("an edit was lost: %v", err)
	}
	// Somebody writes it now.
	scratch := filepath.Join(dir, names.Allowed+".new")
	if err := os.WriteFile(scratch, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := enrol.Write(dir, names.Allowed, []byte("one\n"), []byte("two\n")); !errors.Is(err, model.ErrRefused) {
		t.Errorf("two wrote at once: %v", err)
	}
	if err := os.Remove(scratch); err != nil {
		t.Fatal(err)
	}
	f, err = enrol.Read(dir, names)
	if err != nil || string(f.Allowed) != "one\n" {
		t.Errorf("%q: %v", f.Allowed, err)
	}
}

func TestLinksLeadNowhere(t *testing.T) {
	dir, out := t.TempDir(), t.TempDir()
	names := enrol.Names{Allowed: ".plumb/allowed_signers", Revoked: ".plumb/revoked_keys"}
	if err := os.Symlink(out, filepath.Join(dir, ".plumb")); err != nil {
		t.Fatal(err)
	}
	if err := enrol.Write(dir, names.Allowed, nil, []byte("one\n")); err == nil {
		t.Error("a link out of the work tree was followed")
	}
	if list, err := os.ReadDir(out); err != nil || len(list) > 0 {
		t.Errorf("%v, %v", list, err)
	}
}
