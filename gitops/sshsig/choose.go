package sshsig

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"

	"plumb/model"
)

// ErrNoKey is that nothing says which key to sign with. It is a fact about a configuration rather than a fault in one:
// a program can go on unsigned, where that is enough.
var ErrNoKey = errors.New("no SSH key to sign with is configured")

// Config holds what the operator's own git configuration says, each value as git config --get prints it.
type Config struct {
	PlumbSigningKey   string // The value of plumb.signingkey, which wins: an SSH key for those who sign commits with OpenPGP.
	SigningKey        string // The value of user.signingkey; counts where gpg.format is ssh.
	Format            string // The value of gpg.format.
	Program           string // The value of gpg.ssh.program.
	DefaultKeyCommand string // The value of gpg.ssh.defaultKeyCommand; counts where gpg.format is ssh and there is no key.

	Dir string   // Where relative names begin and programs run; empty for the working directory.
	Env []string // What programs are given as their environment; nil for that of this process.
}

// Choose finds the key to sign with, as git does, and its public half. It fails with [ErrNoKey] when
// nothing names one. It may run the key command and ssh-keygen, which ask nothing.
func Choose(ctx context.Context, c Config) (*Signer, error) {
	name := cmp.Or(c.PlumbSigningKey, c.SigningKey)
	if c.PlumbSigningKey == "" && c.Format != "ssh" {
		const hint = "git config --global plumb.signingkey ~/.ssh/id_ed25519.pub"
		if c.SigningKey != "" {
			return nil, model.WithHint(fmt.Errorf("%w: user.signingkey is not one, because gpg.format is %q", ErrNoKey, cmp.Or(c.Format, "openpgp")), hint)
		}
		return nil, model.WithHint(ErrNoKey, hint)
	}
	s := &Signer{Program: "ssh-keygen", Dir: c.Dir, Env: c.Env}
	if c.Program != "" {
		program, err := expandHome(c.Program, c.Env)
		if err != nil {
			return nil, fmt.Errorf("gpg.ssh.program: %w", err)
		}
		s.Program = program
	}
	if name == "" && c.DefaultKeyCommand != "" {
		var err error
		if name, err = askForKey(ctx, c); err != nil {
			return nil, fmt.Errorf("gpg.ssh.defaultKeyCommand: %w", err)
		}
	}
	if name == "" {
		return nil, model.WithHint(ErrNoKey, "git config --global user.signingkey ~/.ssh/id_ed25519.pub")
	}
	if err := s.use(ctx, name); err != nil {
		return nil, fmt.Errorf("find the key to sign with: %w", err)
	}
	return s, nil
}

// literalKey is the public key that the setting is, if it is one rather than the name of a file.
func literalKey(setting string) (key string, literal bool) {
	if key, ok := strings.CutPrefix(setting, "key::"); ok {
		return key, true
	}
	return setting, strings.HasPrefix(setting, "ssh-")
}

// use finds the public half of the key that a setting names.
func (s *Signer) use(ctx context.Context, setting string) (err error) {
	if key, literal := literalKey(setting); literal {
		s.literal = true
		if s.public, _, err = ParsePublicKey(strings.TrimSpace(key)); err != nil {
			return model.WithHint(err, "the setting must be a whole public key, as in KEY.pub, or the name of a file")
		}
		s.Key = s.public.String()
		return nil
	}
	if s.Key, err = expandHome(setting, s.Env); err != nil {
		return err
	}
	file := s.Key
	if !filepath.IsAbs(file) {
		// A name is never to be taken for an option.
		file, err = filepath.Abs(filepath.Join(s.Dir, file))
		if err != nil {
			return err
		}
		s.Key = file
	}
	if s.public, err = readPublic(file); err == nil {
		return nil
	}
	if errors.Is(err, fs.ErrNotExist) {
		// A key that is in the agent only has a public half here, and that was looked for as well.
		if s.public, err = readPublic(file + ".pub"); err == nil {
			return nil
		}
		return model.WithHint(fmt.Errorf("there is no %s", file), "make a key with ssh-keygen -t ed25519, or set user.signingkey to the one that there is")
	}
	if s.public, err = readPublic(file + ".pub"); err == nil {
		return nil
	}
	return s.derive(ctx, file)
}

// derive has ssh-keygen say the public half of a private key. An empty passphrase is given, so that it asks for none.
func (s *Signer) derive(ctx context.Context, file string) error {
	cmd := exec.CommandContext(ctx, "ssh-keygen", "-y", "-P", "", "-f", file)
	cmd.Dir, cmd.Env = s.Dir, s.Env
	detach(cmd)
	out, err := cmd.Output()
	if err == nil {
		s.public, _, err = ParsePublicKey(string(out))
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return model.WithHint(fmt.Errorf("the public half of %s is not known: there is no %s.pub, and %w", file, file, said(err)),
			"ssh-keygen -y -f %s > %s.pub", file, file)
	}
	return nil
}

// maxKeyFile is far more than a key needs.
const maxKeyFile = 64 << 10

// ReadPublicKey reads the file of a public key. That of a private key is refused, whoever's it is.
func ReadPublicKey(name string) (PublicKey, error) {
	key, err := readPublic(name)
	if err != nil {
		if path, whole := errors.AsType[*fs.PathError](err); whole {
			err = path.Err
		}
		return PublicKey{}, model.WithHint(fmt.Errorf("read the public key %s: %w", name, err), "a file as id_ed25519.pub is meant, with one line: TYPE KEY")
	}
	return key, nil
}

// readPublic reads a file that holds a public key. It fails for one that holds a private key.
func readPublic(name string) (PublicKey, error) {
	file, err := os.Open(name)
	if err != nil {
		return PublicKey{}, err
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return PublicKey{}, errors.Join(err, fmt.Errorf("%s is not a file", name))
	}
	data, err := io.ReadAll(io.LimitReader(file, maxKeyFile))
	if err != nil {
		return PublicKey{}, err
	}
	for line := range bytes.Lines(data) {
		if text := strings.TrimSpace(string(line)); text != "" && text[0] != '#' {
			key, _, err := ParsePublicKey(text)
			return key, err
		}
	}
	return PublicKey{}, errors.New("it is empty")
}

// expandHome makes a whole name of one that begins with ~/ or ~NAME/, as git does.
func expandHome(name string, env []string) (string, error) {
	rest, ok := strings.CutPrefix(name, "~")
	if !ok {
		return name, nil
	}
	who, rest, _ := strings.Cut(rest, "/")
	if who != "" {
		u, err := user.Lookup(who)
		if err != nil {
			return "", fmt.Errorf("%s: %w", name, err)
		}
		return filepath.Join(u.HomeDir, rest), nil
	}
	home := os.Getenv("HOME")
	for _, e := range env {
		if value, ok := strings.CutPrefix(e, "HOME="); ok {
			home = value
		}
	}
	if home == "" {
		return "", fmt.Errorf("%s: HOME is not set", name)
	}
	return filepath.Join(home, rest), nil
}

// askForKey runs the key command. Its first line of output is to be a public key.
func askForKey(ctx context.Context, c Config) (string, error) {
	words, err := splitCommand(c.DefaultKeyCommand)
	if err != nil {
		return "", model.WithHint(err, "git runs it without a shell, too: put it into a script and set gpg.ssh.defaultKeyCommand to that")
	}
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	cmd.Dir, cmd.Env = c.Dir, c.Env
	detach(cmd)
	out, err := cmd.Output()
	if ctx.Err() != nil {
		return "", fmt.Errorf("%s: %w", words[0], ctx.Err())
	}
	if err != nil {
		return "", model.WithHint(fmt.Errorf("%s: %w", words[0], said(err)), "set user.signingkey, or see why it fails: %s", c.DefaultKeyCommand)
	}
	first, _, _ := strings.Cut(string(out), "\n")
	first = strings.TrimSpace(first)
	if _, literal := literalKey(first); !literal {
		return "", model.WithHint(fmt.Errorf("%s printed no key", words[0]), "ssh-add KEY, if it asks the agent; or set user.signingkey")
	}
	return first, nil
}

// splitCommand splits a command line as git does where it runs one without a shell: at blanks, with
// quotes and backslashes. It refuses what only a shell would understand.
func splitCommand(line string) (words []string, err error) {
	var word []byte
	var quote byte
	inWord := false
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case quote == 0 && strings.IndexByte(" \t\n\r\v\f", c) >= 0:
			if inWord {
				words = append(words, string(word))
			}
			word, inWord = word[:0], false
			continue
		case quote == 0 && (c == '\'' || c == '"'):
			quote = c
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && strings.IndexByte("|&;<>()$`", c) >= 0, quote == '"' && (c == '$' || c == '`'):
			return nil, fmt.Errorf("it needs a shell, because of the %q in it", c)
		default:
			if c == '\\' && quote != '\'' {
				i++
				if i == len(line) {
					return nil, errors.New("it ends with a backslash")
				}
				c = line[i]
			}
			word = append(word, c)
		}
		inWord = true
	}
	if quote != 0 {
		return nil, errors.New("its quotes are not closed")
	}
	if inWord {
		words = append(words, string(word))
	}
	if len(words) == 0 {
		return nil, errors.New("it is empty")
	}
	return words, nil
}
