package sshsig

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"plumb/model"
)

// Signer signs with the operator's own ssh-keygen, as git does: an agent, a security key or a program in its place keep working. [Choose] makes one.
type Signer struct {
	Program string // What signs, called as ssh-keygen -Y sign is.
	Key     string // The file of the key, or of its public half; or the public half itself, of a key in the agent.

	// Detached signs without a terminal, so that nothing paints a question over a screen. What asks for a passphrase is then
	// what SSH_ASKPASS names, if anything.
	Detached bool
	// Progress is given what the program says while it runs, such as that a security key is to be touched; nil for nothing.
	Progress io.Writer

	Dir string   // Where programs run; empty for the working directory.
	Env []string // Their environment; nil for that of this process.

	public  PublicKey
	literal bool
}

// Public is the public half of the key.
func (s *Signer) Public() PublicKey { return s.public }

// Key8 is the short name of the key, see [PublicKey.Key8].
func (s *Signer) Key8() string { return s.public.Key8() }

// Fingerprint is that of the key, "SHA256:…".
func (s *Signer) Fingerprint() string { return s.public.Fingerprint() }

// Command is what Sign runs, for people to read: the names of the files that it makes stand as words.
func (s *Signer) Command(namespace string) []string {
	if s.literal {
		return s.arguments(namespace, "PUBLICKEY", "MESSAGE")
	}
	return s.arguments(namespace, s.Key, "MESSAGE")
}

func (s *Signer) arguments(namespace, key, message string) []string {
	args := []string{s.Program, "-Y", "sign", "-n", namespace, "-f", key}
	if s.literal {
		args = append(args, "-U") // The agent has it.
	}
	return append(args, message)
}

// grace is how long a program may take to end after it was told to.
const grace = 2 * time.Second

// Sign makes a signature of the message for the namespace and returns it as [Parse] reads it. It is verified
// before it is returned, and is one of the key that [Signer.Public] says. It can take as long as a person does: the context limits it.
func (s *Signer) Sign(ctx context.Context, namespace string, message []byte) ([]byte, error) {
	armored, err := s.make(ctx, namespace, message)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	// Another program than ssh-keygen can break the lines otherwise. What is kept has one form.
	sig, err := parseArmored(armored)
	if err != nil {
		return nil, model.WithHint(fmt.Errorf("sign: what %s made cannot be read: %w", s.Program, err), "see gpg.ssh.program")
	}
	if err := sig.Verify(namespace, message); err != nil {
		return nil, fmt.Errorf("sign: %s made a signature that does not count: %w", s.Program, err)
	}
	if !sig.key.SameKey(s.public) {
		return nil, model.WithHint(fmt.Errorf("sign: %s signed with key %s, and not with %s", s.Program, sig.Fingerprint(), s.Fingerprint()),
			"%s and the file .pub beside it belong to different keys: ssh-keygen -y -f says which it is", s.Key)
	}
	return sig.Armored(), nil
}

// make has the program sign. The message goes through a file, because programs that stand in for ssh-keygen know git's way only.
func (s *Signer) make(ctx context.Context, namespace string, message []byte) (armored []byte, err error) {
	scratch, err := os.MkdirTemp("", "plumb-sign-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	file, key := filepath.Join(scratch, "message"), s.Key
	if err := os.WriteFile(file, message, 0o600); err != nil {
		return nil, err
	}
	if s.literal {
		key = filepath.Join(scratch, "key.pub")
		if err := os.WriteFile(key, []byte(s.Key+"\n"), 0o600); err != nil {
			return nil, err
		}
	}
	args := s.arguments(namespace, key, file)
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir, cmd.Env, cmd.WaitDelay = s.Dir, s.Env, grace
	words := &firstBytes{most: 4 << 10}
	cmd.Stderr = words
	if s.Progress != nil {
		cmd.Stderr = io.MultiWriter(words, s.Progress)
	}
	if s.Detached {
		detach(cmd)
	}
	if err := cmd.Run(); err != nil {
		return nil, s.explain(ctx, err, string(words.kept))
	}
	signature, err := os.Open(file + ".sig")
	if err != nil {
		return nil, model.WithHint(fmt.Errorf("%s ended well and made no signature: %w", s.Program, err), "see gpg.ssh.program")
	}
	defer signature.Close()
	return io.ReadAll(io.LimitReader(signature, maxArmored+1))
}

// explain says why nothing was signed, with what helps against the reasons that people meet.
func (s *Signer) explain(ctx context.Context, err error, stderr string) error {
	words := oneLine(stderr)
	has := func(parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(strings.ToLower(stderr), p) {
				return true
			}
		}
		return false
	}
	failed := fmt.Errorf("%s: %w", s.Program, err)
	if words != "" {
		failed = fmt.Errorf("%s: %s", s.Program, words)
	}
	add := "ssh-add " + strings.TrimSuffix(s.Key, ".pub")
	if s.literal {
		add = "ssh-add KEY, the file of key " + s.Fingerprint()
	}
	switch {
	case ctx.Err() != nil:
		failed = fmt.Errorf("%s was stopped before it had signed: %w", s.Program, ctx.Err())
		if s.hardware() {
			return model.WithHint(failed, "sign again, and touch the security key when it blinks")
		}
		return model.WithHint(failed, "sign again, and answer what asks: the agent, a dialog, or a security key that wants to be touched")
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, os.ErrNotExist):
		return model.WithHint(failed, "install OpenSSH (openssh-client), or see gpg.ssh.program")
	case has("usage:", "illegal option", "unknown option", "unsupported operation"):
		return model.WithHint(failed, "signing needs OpenSSH 8.2 or later, and a key in the agent alone 8.9")
	case has("agent refused"):
		return model.WithHint(failed, "the agent refused: unlock it, confirm in its dialog, or touch the security key; then sign again")
	case has("passphrase"):
		return model.WithHint(failed, "the key has a passphrase: %s", add)
	case has("couldn't get agent socket", "agent has no identities", "couldn't find key in agent"):
		return model.WithHint(failed, "the key is to be in the ssh agent: start one with eval $(ssh-agent), then %s", add)
	case s.hardware():
		return model.WithHint(failed, "plug in the security key, and touch it when it blinks")
	case has("no private key found", "no such file"):
		return model.WithHint(failed, "neither the agent nor a file beside the public key has the private key: %s", add)
	}
	return model.WithHint(failed, "see whether it works by hand: %s", strings.Join(s.Command("test"), " "))
}

// hardware reports whether the key lives in a security key.
func (s *Signer) hardware() bool { return strings.HasPrefix(s.public.kind, "sk-") }

// said is what a program said as it failed, or how it ended.
func said(err error) error {
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		if words := oneLine(string(exit.Stderr)); words != "" {
			return errors.New(words)
		}
	}
	return err
}

// oneLine makes one line of a program's words.
func oneLine(words string) string { return strings.Join(strings.Fields(words), " ") }

// firstBytes keeps the beginning of what is written to it.
type firstBytes struct {
	kept []byte
	most int
}

func (f *firstBytes) Write(p []byte) (int, error) {
	f.kept = append(f.kept, p[:min(len(p), f.most-len(f.kept))]...)
	return len(p), nil
}
