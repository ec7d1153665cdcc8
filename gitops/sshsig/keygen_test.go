package sshsig_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"plumb/gitops/sshsig"
)

const namespace = "ledger-v1@plumb"

// noon is when signatures are judged, unless a test says otherwise.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// bench is a folder with keys, and the stock ssh-keygen to compare with.
type bench struct {
	*testing.T
	dir string
}

// lacks skips the test because something is missing; where nothing may be, it fails.
func lacks(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("PLUMB_REQUIRE_ENGINES") == "1" {
		t.Fatal(why)
	}
	t.Skip(why)
}

func newBench(t *testing.T) bench {
	t.Helper()
	for _, program := range []string{"ssh-keygen", "ssh-agent", "ssh-add"} {
		if _, err := exec.LookPath(program); err != nil {
			lacks(t, program+" is not installed: apt install openssh-client")
		}
	}
	// Agents' sockets need a short name.
	dir, err := os.MkdirTemp("", "sig")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return bench{t, dir}
}

// env is one without an agent, a display, or settings of whoever runs the tests.
func (b bench) env(more ...string) []string {
	return append([]string{"HOME=" + b.dir, "PATH=" + os.Getenv("PATH"), "TZ=UTC"}, more...)
}

func (b bench) file(name string) string { return filepath.Join(b.dir, name) }

func (b bench) write(name, content string) string {
	b.Helper()
	if err := os.WriteFile(b.file(name), []byte(content), 0o600); err != nil {
		b.Fatal(err)
	}
	return b.file(name)
}

// keygen runs ssh-keygen, which must succeed.
func (b bench) keygen(args ...string) []byte {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), "ssh-keygen", args...)
	cmd.Env = b.env()
	out, err := cmd.CombinedOutput()
	if err != nil {
		b.Fatalf("ssh-keygen %q: %v\n%s", args, err, out)
	}
	return out
}

// key makes a key: type is as in "ecdsa 384".
func (b bench) key(name, kind string) string {
	b.Helper()
	kind, bits, sized := strings.Cut(kind, " ")
	args := []string{"-q", "-t", kind, "-N", "", "-C", name, "-f", b.file(name)}
	if sized {
		args = append(args, "-b", bits)
	}
	b.keygen(args...)
	return b.file(name)
}

// certify makes a copy of a key that has a certificate.
func (b bench) certify(key, as, authority string, args ...string) string {
	b.Helper()
	for _, suffix := range []string{"", ".pub"} {
		content, err := os.ReadFile(key + suffix)
		if err != nil {
			b.Fatal(err)
		}
		b.write(as+suffix, string(content))
	}
	b.keygen(append(append([]string{"-q", "-s", authority, "-I", as}, args...), b.file(as)+".pub")...)
	return b.file(as) + "-cert.pub"
}

// public is what stands in KEY.pub, or in a certificate's file.
func (b bench) public(key string) string {
	b.Helper()
	content, err := os.ReadFile(strings.TrimSuffix(key, ".pub") + ".pub")
	if err != nil {
		b.Fatal(err)
	}
	return strings.TrimSpace(string(content))
}

// sign signs with stock ssh-keygen.
func (b bench) sign(key, namespace, message string, options ...string) []byte {
	b.Helper()
	args := append([]string{"-Y", "sign", "-n", namespace, "-f", key}, options...)
	cmd := exec.CommandContext(b.Context(), "ssh-keygen", args...)
	cmd.Stdin, cmd.Env = strings.NewReader(message), b.env()
	out, err := cmd.Output()
	if err != nil {
		b.Fatalf("ssh-keygen %q: %v", args, err)
	}
	return out
}

func (b bench) parse(armored []byte) sshsig.Signature {
	b.Helper()
	sig, err := sshsig.Parse(armored)
	if err != nil {
		b.Fatal(err)
	}
	return sig
}

// accepts is stock ssh-keygen's verdict: with allowed signers, or of the cryptography alone when there is no principal.
func (b bench) accepts(armored []byte, message string, q question) (ok bool, words string) {
	b.Helper()
	args := []string{"-Y", "check-novalidate", "-n", q.namespace, "-s", b.write("judged.sig", string(armored))}
	if q.principal != "" {
		args[1] = "verify"
		args = append(args, "-I", q.principal, "-f", b.write("allowed", q.allowed), "-O", "verify-time="+q.at.UTC().Format("20060102150405Z"))
		if q.revoked != "" {
			args = append(args, "-r", b.write("revoked", q.revoked))
		}
	}
	cmd := exec.CommandContext(b.Context(), "ssh-keygen", args...)
	cmd.Stdin, cmd.Env = strings.NewReader(message), b.env("TZ="+q.zone)
	out, err := cmd.CombinedOutput()
	return err == nil, fmt.Sprintf("ssh-keygen %q\n%s", args, bytes.TrimSpace(out))
}

// question is what is asked about a signature.
type question struct {
	allowed, revoked     string
	principal, namespace string
	at                   time.Time
	zone                 string
}

// judge is our answer to it.
func (q question) judge(sig sshsig.Signature) error {
	allowed, err := sshsig.ParseAllowedSigners("allowed_signers", []byte(q.allowed))
	if err != nil {
		return fmt.Errorf("parse: %w", err)
	}
	revoked, err := sshsig.ParseRevoked("revoked_keys", []byte(q.revoked))
	if err != nil {
		return fmt.Errorf("parse: %w", err)
	}
	return allowed.Allow(sig, q.principal, q.namespace, q.at, revoked)
}
