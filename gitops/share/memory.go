package share

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"plumb/gitops/statefile"
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
	if err := statefile.Write(file, b.Bytes()); err != nil {
		return fmt.Errorf("remember what is on the remote: %w", err)
	}
	return nil
}
