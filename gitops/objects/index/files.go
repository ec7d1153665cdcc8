package index

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
	"slices"
	"strings"
)

// make makes the directory, for nobody but the user. One that others could write until now becomes private and loses its manifest.
func (c cache) make() error {
	if err := os.MkdirAll(c.dir, 0o700); err != nil {
		return err
	}
	info, err := os.Stat(c.dir)
	if err != nil || isPrivate(info) == nil {
		return err
	}
	if !isOwn(info) {
		return errors.New("it belongs to someone else")
	}
	if err := os.Chmod(c.dir, 0o700); err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(c.dir, manifestName)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// write writes a segment under a name that no other one has.
func (c cache) write(data []byte) (name string, err error) {
	sum := sha256.Sum256(data)
	name = hex.EncodeToString(sum[:12]) + segmentSuffix
	return name, replace(c.dir, name, data)
}

// commit makes the segments those that count.
func (c cache) commit(segments chain) error {
	data, err := json.MarshalIndent(manifest{format, c.repository, c.history, c.idSize, segments}, "", "  ")
	if err != nil {
		return err
	}
	return replace(c.dir, manifestName, append(data, '\n'))
}

// replace writes a file in one step: whoever reads it sees the old one or the new one.
func replace(dir, name string, data []byte) error {
	f, err := os.CreateTemp(dir, name+".*"+newSuffix)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(dir, name))
	}
	if err != nil {
		// A full disk is not made fuller by what was not finished.
		_ = os.Remove(f.Name())
	}
	return err
}

// sweep removes the files that do not count any more. What cannot be removed now goes the next time.
func (c cache) sweep(keep chain) {
	entries, err := os.ReadDir(c.dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		name := e.Name()
		counts := slices.ContainsFunc(keep, func(l link) bool { return l.Name == name })
		if !counts && (strings.HasSuffix(name, segmentSuffix) || strings.HasSuffix(name, newSuffix)) {
			_ = os.Remove(filepath.Join(c.dir, name))
		}
	}
}

// readFile reads a file that is one, and is not longer than that.
func readFile(name string, longest int64) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	// Opening a named pipe would wait for whoever writes to it.
	if !info.Mode().IsRegular() || info.Size() > longest {
		return nil, fmt.Errorf("%s: %w", name, errDamaged)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data := make([]byte, info.Size())
	_, err = io.ReadFull(f, data)
	return data, err
}
