// Package trust remembers which repositories the operator allows to run their
// code: observing and planning do that, looking never does. One small file per
// repository holds the answer, so that two plumbs at once lose nothing.
package trust

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"plumb/gitops/statefile"
	"plumb/model"
)

// maxBytes is far more than an entry needs; a larger file is none of ours.
const maxBytes = 64 << 10

// Key is what trust is given to: one repository, as it was when the operator looked.
type Key struct {
	GitDir      string `json:"git_dir"`     // The repository's git directory, absolute.
	Fingerprint string `json:"fingerprint"` // Of what would run, made by the caller: when that changes, trust is gone.
}

// Entry is the record that a repository is trusted.
type Entry struct {
	Key
	By string    `json:"by"` // Who said so.
	At time.Time `json:"at"`
}

// Store is the operator's memory of trusted repositories. Its methods may be
// called from several goroutines and processes at once.
type Store struct{ dir string }

// StateDir is where plumb keeps what it remembers: plumb in $XDG_STATE_HOME, or in
// ~/.local/state. Getenv is [os.Getenv]; the XDG rules ignore a path that is not absolute.
func StateDir(getenv func(string) string) string {
	dir := getenv("XDG_STATE_HOME")
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(getenv("HOME"), ".local", "state")
	}
	return filepath.Join(dir, "plumb")
}

// Open uses the folder "trust" of the state directory. It neither reads nor
// writes anything yet.
func Open(stateDir string) *Store { return &Store{filepath.Join(stateDir, "trust")} }

// IsTrusted reports whether the key was trusted. What cannot be read, or does not
// say exactly this key, is not trust.
func (s *Store) IsTrusted(key Key) bool {
	entry, err := s.Entry(key)
	return err == nil && entry.Key == key
}

// Entry is the record for the key's repository, whatever its fingerprint: a caller can tell
// "never trusted" from "has changed since". It fails with [fs.ErrNotExist] where there is none.
func (s *Store) Entry(key Key) (Entry, error) {
	file, err := os.Open(s.file(key))
	if err != nil {
		return Entry{}, fmt.Errorf("read what is trusted: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	switch {
	case err != nil:
		return Entry{}, fmt.Errorf("read what is trusted: %w", err)
	case info.Mode().Perm()&0o022 != 0:
		return Entry{}, model.Refuse("plumb trust writes it anew", "read what is trusted: others may write %s", file.Name())
	}
	data, err := io.ReadAll(io.LimitReader(file, maxBytes))
	if err != nil {
		return Entry{}, fmt.Errorf("read what is trusted: %w", err)
	}
	var entry Entry
	if err := json.Unmarshal(data, &entry); err != nil {
		return Entry{}, model.WithHint(fmt.Errorf("read what is trusted: %s: %w", file.Name(), err), "plumb trust writes it anew")
	}
	if entry.GitDir != key.GitDir {
		return Entry{}, model.WithHint(fmt.Errorf("read what is trusted: %s is about another repository", file.Name()), "plumb trust writes it anew")
	}
	return entry, nil
}

// Trust remembers that by trusts the key, in place of what was trusted of the same repository.
// After a crash there is the old record or the new one, whole.
func (s *Store) Trust(key Key, by string, at time.Time) error {
	data, err := json.Marshal(Entry{key, by, at.UTC()})
	if err != nil {
		return fmt.Errorf("remember trust: %w", err)
	}
	if err := statefile.Write(s.file(key), append(data, '\n')); err != nil {
		return fmt.Errorf("remember trust: %w", err)
	}
	return nil
}

// Revoke forgets that the key's repository is trusted, whatever the fingerprint. It is not an
// error when it was not.
func (s *Store) Revoke(key Key) error {
	if err := os.Remove(s.file(key)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("revoke trust: %w", err)
	}
	return nil
}

// file is named by a checksum, because a path can hold anything. The fingerprint
// is not part of it: a repository has one record, and Revoke finds it.
func (s *Store) file(key Key) string {
	sum := sha256.Sum256([]byte(key.GitDir))
	return filepath.Join(s.dir, hex.EncodeToString(sum[:])+".json")
}
