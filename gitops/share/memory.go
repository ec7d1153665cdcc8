package share

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"plumb/model"
)

// readMemory reads how far each log was known to be on a remote, by ref. Without a file nothing is known.
func readMemory(file string) (map[string]model.Hash, error) {
	known := map[string]model.Hash{}
	if file == "" {
		return known, nil
	}
	data, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read what was on the remote: %w", err)
	}
	for line := range strings.Lines(string(data)) {
		if ref, id, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " "); ok {
			known[ref] = model.Hash(id)
		}
	}
	return known, nil
}

// remember notes how far logs are on a remote. What other processes noted meanwhile stays.
func remember(file string, moved map[string]model.Hash) error {
	known, err := readMemory(file)
	if err != nil {
		return err
	}
	before := maps.Clone(known)
	maps.Copy(known, moved)
	if file == "" || maps.Equal(before, known) {
		return nil
	}
	var b bytes.Buffer
	for _, ref := range slices.Sorted(maps.Keys(known)) {
		fmt.Fprintf(&b, "%s %s\n", ref, known[ref])
	}
	if err := replace(file, b.Bytes()); err != nil {
		return fmt.Errorf("remember what is on the remote: %w", err)
	}
	return nil
}

// replace writes a private file so that it is there as before or as it is to be.
func replace(file string, data []byte) (err error) {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(file), ".shared-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	if _, err := f.Write(data); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}
