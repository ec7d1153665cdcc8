//go:build unix

package sshsig_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"plumb/gitops/sshsig"
	"plumb/model"
)

// agent starts an ssh-agent that holds the keys, and returns how to reach it.
func (b bench) agent(keys ...string) (env string) {
	b.Helper()
	socket := b.file("agent")
	cmd := exec.CommandContext(b.Context(), "ssh-agent", "-s", "-a", socket)
	cmd.Env = b.env()
	out, err := cmd.Output()
	if err != nil {
		b.Fatal(err)
	}
	env = "SSH_AUTH_SOCK=" + socket
	b.Cleanup(func() {
		stop := exec.Command("ssh-agent", "-k")
		stop.Env = b.env(env, string(regexp.MustCompile(`SSH_AGENT_PID=\d+`).Find(out)))
		if out, err := stop.CombinedOutput(); err != nil {
			b.Errorf("stop the agent: %v\n%s", err, out)
		}
	})
	for _, k := range keys {
		b.add(env, k)
	}
	return env
}

func (b bench) add(env string, args ...string) {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), "ssh-add", append([]string{"-q"}, args...)...)
	cmd.Env = b.env(env)
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("ssh-add %q: %v\n%s", args, err, out)
	}
}

// script makes a program.
func (b bench) script(name, content string) string {
	b.Helper()
	file := b.write(name, "#!/bin/sh\n"+content)
	if err := os.Chmod(file, 0o700); err != nil {
		b.Fatal(err)
	}
	return file
}

func (b bench) choose(c sshsig.Config, env ...string) *sshsig.Signer {
	b.Helper()
	c.Env = b.env(env...)
	s, err := sshsig.Choose(b.Context(), c)
	if err != nil {
		b.Fatalf("%+v: %v", c, err)
	}
	s.Detached = true
	return s
}

func TestKeyOfGitsConfigurationSigns(t *testing.T) {
	b := newBench(t)
	key, inAgent := b.key("key", "ed25519"), b.key("in agent", "ecdsa 256")
	moved := b.key("only in agent", "ed25519")
	env := b.agent(inAgent, moved)
	if err := os.Remove(moved); err != nil {
		t.Fatal(err)
	}
	certificate := b.certify(key, "certified", key, "-n", "alice")
	bare := b.key("bare", "ed25519")
	barePublic := b.public(bare)
	if err := os.Remove(bare + ".pub"); err != nil {
		t.Fatal(err)
	}
	command := b.script("my keys", `printf '%s\n%s\n' "$1 $2" "another line"`)
	fields := strings.Fields(b.public(inAgent))
	program := b.script("signs-as-well", `echo "$@" > "`+b.file("called")+`"; exec ssh-keygen "$@"`)
	for _, c := range []struct {
		what   string
		config sshsig.Config
		public string
		env    string
	}{
		{"a file", sshsig.Config{Format: "ssh", SigningKey: key}, b.public(key), ""},
		{"its public half", sshsig.Config{Format: "ssh", SigningKey: key + ".pub"}, b.public(key), ""},
		{"a file at home", sshsig.Config{Format: "ssh", SigningKey: "~/key"}, b.public(key), ""},
		{"a file in the folder", sshsig.Config{Format: "ssh", SigningKey: "key.pub", Dir: b.dir}, b.public(key), ""},
		{"a file without a public half", sshsig.Config{Format: "ssh", SigningKey: bare}, barePublic, ""},
		{"a certificate", sshsig.Config{Format: "ssh", SigningKey: certificate}, b.public(certificate), ""},
		{"a file, in the agent, too", sshsig.Config{Format: "ssh", SigningKey: inAgent}, b.public(inAgent), env},
		{"a public half, the rest is in the agent", sshsig.Config{Format: "ssh", SigningKey: moved + ".pub"}, b.public(moved), env},
		{"the same, as git takes it as well", sshsig.Config{Format: "ssh", SigningKey: moved}, b.public(moved), env},
		{"a literal key", sshsig.Config{Format: "ssh", SigningKey: b.public(moved)}, b.public(moved), env},
		{"a literal key of any type", sshsig.Config{Format: "ssh", SigningKey: "key::" + b.public(inAgent)}, b.public(inAgent), env},
		{"plumb's own key", sshsig.Config{PlumbSigningKey: key, SigningKey: "0xDEADBEEF", Format: "openpgp"}, b.public(key), ""},
		{"plumb's own key before git's", sshsig.Config{PlumbSigningKey: key, SigningKey: bare, Format: "ssh"}, b.public(key), ""},
		{"the first key of a command", sshsig.Config{Format: "ssh", DefaultKeyCommand: `'` + command + `' "key::` + fields[0] + `" ` + fields[1]}, b.public(inAgent), env},
		{"the first key in the agent", sshsig.Config{Format: "ssh", SigningKey: "", DefaultKeyCommand: `sh -c 'ssh-add -L | grep ^ssh-'`}, b.public(moved), env},
		{"another program", sshsig.Config{Format: "ssh", SigningKey: key, Program: "~/signs-as-well"}, b.public(key), ""},
	} {
		t.Run(c.what, func(t *testing.T) {
			b := bench{t, b.dir}
			s := b.choose(c.config, c.env)
			want, _, err := sshsig.ParsePublicKey(c.public)
			if err != nil {
				t.Fatal(err)
			}
			if !s.Public().Equal(want) || s.Key8() != want.Key8() || s.Fingerprint() != want.Fingerprint() {
				t.Errorf("the key is %s, not %s", s.Public(), want)
			}
			armored, err := s.Sign(t.Context(), namespace, []byte(message))
			if err != nil {
				t.Fatalf("%v (%s)", err, model.Hint(err))
			}
			if sig := b.parse(armored); !sig.Key().Equal(want) || sig.Verify(namespace, []byte(message)) != nil {
				t.Errorf("signed by %s: %v", sig.Key(), sig.Verify(namespace, []byte(message)))
			}
			if ok, words := b.accepts(armored, message, question{namespace: namespace}); !ok {
				t.Error(words)
			}
			if c.config.Program != "" {
				if called, err := os.ReadFile(b.file("called")); err != nil || !strings.HasPrefix(string(called), "-Y sign -n "+namespace+" -f "+key) || s.Program != program {
					t.Errorf("%s was called with %s: %v", s.Program, called, err)
				}
			}
		})
	}
}

func TestWithoutAKeyNothingIsWrong(t *testing.T) {
	for what, c := range map[string]sshsig.Config{
		"nothing":                 {},
		"ssh without a key":       {Format: "ssh"},
		"an OpenPGP key":          {SigningKey: "0xDEADBEEF"},
		"an OpenPGP key and more": {SigningKey: "0xDEADBEEF", Format: "openpgp", DefaultKeyCommand: "ssh-add -L"},
	} {
		s, err := sshsig.Choose(t.Context(), c)
		if s != nil || !errors.Is(err, sshsig.ErrNoKey) || model.Hint(err) == "" {
			t.Errorf("%s: %v, %v", what, s, err)
		}
	}
}

func TestConfigurationThatCannotBeUsedSaysSo(t *testing.T) {
	b := newBench(t)
	locked := b.file("locked")
	b.keygen("-q", "-t", "ed25519", "-N", "secret words", "-f", locked)
	if err := os.Remove(locked + ".pub"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		config     sshsig.Config
		want, hint string
	}{
		{sshsig.Config{Format: "ssh", SigningKey: b.file("none")}, "there is no " + b.file("none"), "ssh-keygen"},
		{sshsig.Config{Format: "ssh", SigningKey: "ssh-ed25519 nonsense"}, "the key is cut off", "whole public key"},
		{sshsig.Config{Format: "ssh", SigningKey: locked}, "the public half of " + locked + " is not known", "ssh-keygen -y -f"},
		{sshsig.Config{Format: "ssh", DefaultKeyCommand: "ssh-add -L | head -1"}, "needs a shell", "script"},
		{sshsig.Config{Format: "ssh", DefaultKeyCommand: "echo `id`"}, "needs a shell", "script"},
		{sshsig.Config{Format: "ssh", DefaultKeyCommand: "sh 'unclosed"}, "not closed", "script"},
		{sshsig.Config{Format: "ssh", DefaultKeyCommand: "false"}, "false: exit status 1", "user.signingkey"},
		{sshsig.Config{Format: "ssh", DefaultKeyCommand: "echo none here"}, "echo printed no key", "ssh-add"},
	} {
		c.config.Env = b.env()
		_, err := sshsig.Choose(t.Context(), c.config)
		if err == nil || errors.Is(err, sshsig.ErrNoKey) || !strings.Contains(err.Error(), c.want) || !strings.Contains(model.Hint(err), c.hint) {
			t.Errorf("%+v: got %v (%s)", c.config, err, model.Hint(err))
		}
	}
}

func TestKeyWithAPassphraseNeedsAnAgent(t *testing.T) {
	b := newBench(t)
	key := b.file("locked")
	b.keygen("-q", "-t", "ed25519", "-N", "secret words", "-f", key)
	s := b.choose(sshsig.Config{Format: "ssh", SigningKey: key})
	if _, err := s.Sign(t.Context(), namespace, []byte(message)); err == nil || !strings.Contains(model.Hint(err), "ssh-add "+key) {
		t.Errorf("got %v (%s)", err, model.Hint(err))
	}
	// What SSH_ASKPASS names is asked, where there is something.
	asks := b.script("asks", "echo secret words")
	s = b.choose(sshsig.Config{Format: "ssh", SigningKey: key}, "SSH_ASKPASS="+asks, "SSH_ASKPASS_REQUIRE=force")
	if _, err := s.Sign(t.Context(), namespace, []byte(message)); err != nil {
		t.Error(err)
	}
}

func TestSigningThatFailsSaysWhatHelps(t *testing.T) {
	b := newBench(t)
	key, other := b.key("key", "ed25519"), b.key("other", "ed25519")
	env := b.agent(other)
	wrong := b.key("wrong", "ed25519")
	b.write("wrong.pub", b.public(other)+"\n")
	sign := func(s *sshsig.Signer) error {
		_, err := s.Sign(t.Context(), namespace, []byte(message))
		return err
	}
	for what, c := range map[string]struct {
		err  error
		hint string
	}{
		"no agent":            {sign(b.choose(sshsig.Config{Format: "ssh", SigningKey: b.public(key)})), "start one"},
		"not in the agent":    {sign(b.choose(sshsig.Config{Format: "ssh", SigningKey: b.public(key)}, env)), "ssh-add KEY"},
		"no ssh-keygen":       {sign(b.choose(sshsig.Config{Format: "ssh", SigningKey: key, Program: b.file("nothing")})), "install OpenSSH"},
		"another public half": {sign(b.choose(sshsig.Config{Format: "ssh", SigningKey: wrong})), "by hand"},
		"an old ssh-keygen":   {sign(b.choose(sshsig.Config{Format: "ssh", SigningKey: key, Program: b.script("old", "echo 'usage: ssh-keygen' >&2; exit 1")})), "OpenSSH 8.2"},
		"an agent that asks":  {sign(b.choose(sshsig.Config{Format: "ssh", SigningKey: key, Program: b.script("no", "echo 'Couldn'\"'\"'t sign message: agent refused operation' >&2; exit 255")})), "the agent refused"},
		"no signature":        {sign(b.choose(sshsig.Config{Format: "ssh", SigningKey: key, Program: b.script("lazy", "exit 0")})), "gpg.ssh.program"},
		"nonsense":            {sign(b.choose(sshsig.Config{Format: "ssh", SigningKey: key, Program: b.script("silly", `for last; do :; done; echo hello > "$last.sig"`)})), "gpg.ssh.program"},
		"another key":         {sign(b.choose(sshsig.Config{Format: "ssh", SigningKey: key, Program: b.script("swaps", `for last; do :; done; exec ssh-keygen -Y sign -n "$4" -f '`+other+`' "$last"`)})), "different keys"},
		"another namespace":   {sign(b.choose(sshsig.Config{Format: "ssh", SigningKey: key, Program: b.script("renames", `for last; do :; done; exec ssh-keygen -Y sign -n git -f '`+key+`' "$last"`)})), "sign it again"},
	} {
		if c.err == nil || !strings.Contains(model.Hint(c.err), c.hint) {
			t.Errorf("%s: got %v (%s)", what, c.err, model.Hint(c.err))
		}
	}
}

func TestAgentThatWantsItConfirmedRefuses(t *testing.T) {
	b := newBench(t)
	key := b.key("key", "ed25519")
	public := b.public(key)
	env := b.agent()
	b.add(env, "-c", key) // Nobody is there to confirm.
	s := b.choose(sshsig.Config{Format: "ssh", SigningKey: public}, env)
	if _, err := s.Sign(t.Context(), namespace, []byte(message)); err == nil || !strings.Contains(model.Hint(err), "the agent refused") {
		t.Errorf("got %v (%s)", err, model.Hint(err))
	}
}

func TestSignatureOfAnotherFormIsKeptInOurs(t *testing.T) {
	b := newBench(t)
	key := b.key("key", "ed25519")
	program := b.script("windows", `for last; do :; done; ssh-keygen "$@" && sed -i 's/$/\r/' "$last.sig"`)
	s := b.choose(sshsig.Config{Format: "ssh", SigningKey: key, Program: program})
	armored, err := s.Sign(t.Context(), namespace, []byte(message))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(armored, b.sign(key, namespace, message)) {
		t.Errorf("got\n%s", armored)
	}
}

func TestSigningEndsWhenNobodyWaits(t *testing.T) {
	b := newBench(t)
	fifo := b.file("fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	// It says that it waits for somebody, and goes on doing so.
	s := b.choose(sshsig.Config{Format: "ssh", SigningKey: b.key("key", "ed25519"), Program: b.script("waits", "echo touch >&2; read x < '"+fifo+"'")})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	s.Progress = writer(func(p []byte) { cancel() })
	_, err := s.Sign(ctx, namespace, []byte(message))
	if !errors.Is(err, context.Canceled) || !strings.Contains(model.Hint(err), "touched") {
		t.Errorf("got %v (%s)", err, model.Hint(err))
	}
}

// writer is a function that is written to.
type writer func([]byte)

func (w writer) Write(p []byte) (int, error) {
	w(p)
	return len(p), nil
}

func TestSigningLeavesNothingBehind(t *testing.T) {
	b := newBench(t)
	key := b.key("key", "ed25519")
	scratch := filepath.Join(b.dir, "scratch")
	if err := os.Mkdir(scratch, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", scratch)
	s := b.choose(sshsig.Config{Format: "ssh", SigningKey: key})
	if _, err := s.Sign(t.Context(), namespace, []byte(message)); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(scratch); err != nil || len(left) != 0 {
		t.Errorf("left: %v, %v", left, err)
	}
	if got, want := strings.Join(s.Command(namespace), " "), "ssh-keygen -Y sign -n "+namespace+" -f "+key+" MESSAGE"; got != want {
		t.Errorf("the command is %q, not %q", got, want)
	}
}
