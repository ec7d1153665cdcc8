package index

import (
	"bufio"
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

// write writes a segment under a name that no other one has: a hash of what it says.
func (c cache) write(say func(io.Writer) (int64, error)) (name string, size int64, err error) {
	hash := sha256.New()
	err = replace(c.dir, func(f io.Writer) (string, error) {
		buffered := bufio.NewWriterSize(io.MultiWriter(f, hash), 1<<16)
		if size, err = say(buffered); err != nil {
			return "", err
		}
		if err := buffered.Flush(); err != nil {
			return "", err
		}
		name = hex.EncodeToString(hash.Sum(nil)[:12]) + segmentSuffix
		return name, nil
	})
	return name, size, err
}

// commit makes the segments those that count.
func (c cache) commit(segments chain) error {
	data, err := json.MarshalIndent(manifest{format, c.repository, c.history, c.idSize, segments}, "", "  ")
	if err != nil {
		return err
	}
	return replace(c.dir, func(f io.Writer) (string, error) {
		_, err := f.Write(append(data, '\n'))
		return manifestName, err
	})
}

// replace writes a file in one step: whoever reads it sees the old one or the new one. Its name is known when it is written.
func replace(dir string, say func(io.Writer) (name string, err error)) error {
	f, err := os.CreateTemp(dir, "*"+newSuffix)
	if err != nil {
		return err
	}
	name, err := say(f)
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

// openFile opens a file that is one, and is not longer than that.
func openFile(name string, longest int64) (*os.File, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	// Opening a named pipe would wait for whoever writes to it.
	if !info.Mode().IsRegular() || info.Size() > longest {
		return nil, fmt.Errorf("%s: %w", name, errDamaged)
	}
	return os.Open(name)
}

// readFile reads such a file.
func readFile(name string, longest int64) ([]byte, error) {
	f, err := openFile(name, longest)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, longest))
}
