package ledger

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha512"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"plumb/gitops/objects/gitcli"
	"plumb/gitops/sshsig"
	"plumb/model"
	"plumb/model/text"
)

// softKey signs as ssh-keygen does, without a process for each signature.
type softKey struct {
	private ed25519.PrivateKey
	public  []byte // On the wire.
}

func wire(fields ...[]byte) []byte {
	var b []byte
	for _, f := range fields {
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(f))), f...)
	}
	return b
}

func newSoftKey(seed byte) softKey {
	private := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))
	return softKey{private: private, public: wire([]byte("ssh-ed25519"), private.Public().(ed25519.PublicKey))}
}

func (k softKey) Sign(_ context.Context, payload []byte) ([]byte, error) {
	sum := sha512.Sum512(payload)
	signed := append([]byte("SSHSIG"), wire([]byte(Namespace), nil, []byte("sha512"), sum[:])...)
	blob := append([]byte("SSHSIG\x00\x00\x00\x01"), wire(k.public, []byte(Namespace), nil, []byte("sha512"),
		wire([]byte("ssh-ed25519"), ed25519.Sign(k.private, signed)))...)
	var b strings.Builder
	b.WriteString("-----BEGIN SSH SIGNATURE-----\n")
	for line := base64.StdEncoding.EncodeToString(blob); line != ""; {
		n := min(70, len(line))
		b.WriteString(line[:n] + "\n")
		line = line[n:]
	}
	b.WriteString("-----END SSH SIGNATURE-----\n")
	return []byte(b.String()), nil
}

func (k softKey) Key() string {
	key, _, err := sshsig.ParsePublicKey("ssh-ed25519 " + base64.StdEncoding.EncodeToString(k.public))
	if err != nil {
		panic(err)
	}
	return key.Key8()
}

// large is a repository with a ledger of people who each wrote as many signed entries, as a fresh clone has it: in a pack.
func large(tb testing.TB, people, each int) string {
	tb.Helper()
	dir := tb.TempDir()
	tb.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	tb.Setenv("GIT_CONFIG_SYSTEM", os.DevNull)
	if out, err := exec.CommandContext(tb.Context(), "git", "init", "-q", dir).CombinedOutput(); err != nil {
		tb.Fatalf("git init: %v\n%s", err, out)
	}
	var stream bytes.Buffer
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for p := range people {
		key := newSoftKey(byte(p))
		email := fmt.Sprintf("p%d@example.com", p)
		ref := DefaultPrefix + "log/" + email + "/" + key.Key()
		var prev model.Digest
		for i := range each {
			e := Entry{Verb: Approve, By: model.Principal{Name: text.Line("P"), Email: text.Line(email)}, At: at.Add(time.Duration(i) * time.Minute), Seq: i + 1, Prev: prev,
				Fields: []Field{{"change", fmt.Sprintf("c-%d-%d", p, i)}, {"environment", "production"}, {"commit", strings.Repeat("a", 40)}, {"digest", string(model.Sum(nil))}}}
			if i%2 == 0 {
				e.Verb, e.Files = Seal, map[string][]byte{"change.json": bytes.Repeat([]byte("{\"address\": \"web-1:/etc/app.conf\"}\n"), 40)}
			}
			payload := e.payload(e.sums())
			sig, _ := key.Sign(tb.Context(), payload)
			prev = model.Sum(payload)
			fmt.Fprintf(&stream, "commit %s\ncommitter P <%s> %d +0000\ndata 0\ndeleteall\n", ref, email, e.At.Unix())
			files := map[string][]byte{payloadName: payload, signatureName: sig}
			maps.Copy(files, e.Files)
			for name, data := range files {
				fmt.Fprintf(&stream, "M 100644 inline %s\ndata %d\n%s\n", name, len(data), data)
			}
		}
	}
	cmd := exec.CommandContext(tb.Context(), "git", "-C", dir, "fast-import", "--quiet", "--depth=10")
	cmd.Stdin = &stream
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("git fast-import: %v\n%s", err, out)
	}
	return dir
}

// openLarge opens it as another process does, with pins or without.
func openLarge(tb testing.TB, dir, pins string) *Ledger {
	tb.Helper()
	store, err := gitcli.Open(tb.Context(), dir, nil)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = store.Close() })
	return Open(Options{Store: store, Self: model.Principal{Name: text.Line("Me"), Email: text.Line("me@example.com")}, Pins: pins, Now: time.Now})
}

func readLarge(tb testing.TB, l *Ledger, want int) {
	tb.Helper()
	entries, problems, err := l.Read(tb.Context())
	if err != nil || len(problems) > 0 || len(entries) != want {
		tb.Fatalf("%d entries, %v, %v; want %d", len(entries), problems, err, want)
	}
}

func TestSignedLogsOfManyAreRead(t *testing.T) {
	dir := large(t, 3, 40)
	pins := filepath.Join(t.TempDir(), "pins")
	readLarge(t, openLarge(t, dir, pins), 120)
	readLarge(t, openLarge(t, dir, pins), 120) // What was verified before, and is not again.
}

// BenchmarkLedger is a ledger of 100,000 signed entries by ten people: on first sight, by a process that comes later, and with one
// entry more.
func BenchmarkLedger(b *testing.B) {
	const people, each = 10, 10_000
	dir := large(b, people, each)
	pins := filepath.Join(b.TempDir(), "pins")
	b.Run("first sight", func(b *testing.B) {
		for b.Loop() {
			readLarge(b, openLarge(b, dir, filepath.Join(b.TempDir(), "pins")), people*each)
		}
	})
	readLarge(b, openLarge(b, dir, pins), people*each)
	b.Run("another process", func(b *testing.B) {
		for b.Loop() {
			readLarge(b, openLarge(b, dir, pins), people*each)
		}
	})
	b.Run("one entry more", func(b *testing.B) {
		l := openLarge(b, dir, pins)
		readLarge(b, l, people*each)
		other := openLarge(b, dir, "")
		n := people * each
		for b.Loop() {
			b.StopTimer()
			if _, err := other.Append(b.Context(), newSoftKey(99), Void, nil, nil); err != nil {
				b.Fatal(err)
			}
			n++
			b.StartTimer()
			readLarge(b, l, n)
		}
	})
}

// FuzzSignature looks for an entry that is accepted and that the key did not sign.
func FuzzSignature(f *testing.F) {
	key := newSoftKey(1)
	payload := []byte(canonical())
	sig, err := key.Sign(context.Background(), payload)
	if err != nil {
		f.Fatal(err)
	}
	l := Open(Options{Self: model.Principal{Email: text.Line("me@example.com")}, Now: time.Now})
	log := l.opt.logs() + "ada@example.com/" + key.Key()
	accepts := func(payload, sig []byte) bool {
		e, _, err := parsePayload(payload)
		if err != nil {
			return false
		}
		e.Log = log
		return l.attribute(&e, payload, sig, false) == nil
	}
	if !accepts(payload, sig) {
		f.Fatal("what was signed is not accepted")
	}
	f.Add(payload, sig)
	f.Add([]byte(strings.Replace(string(payload), "approve", "refuse", 1)), sig)
	f.Add(payload, []byte(nil))
	f.Fuzz(func(t *testing.T, mutated, with []byte) {
		if accepts(mutated, with) && !bytes.Equal(mutated, payload) {
			t.Errorf("accepted, and never signed: %q", mutated)
		}
	})
}
