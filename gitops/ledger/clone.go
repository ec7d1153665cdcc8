package ledger

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"plumb/model"
)

// Clone answers what tells a clone from others of the same person, from a private file of the clone. It is made up and kept there
// when it is asked for the first time.
func Clone(file string, random io.Reader) (string, error) {
	name, err := readClone(file)
	if !errors.Is(err, fs.ErrNotExist) {
		return name, err
	}
	var raw [4]byte
	if _, err := io.ReadFull(random, raw[:]); err != nil {
		return "", fmt.Errorf("name this clone: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return "", fmt.Errorf("name this clone: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(file), ".clone-*")
	if err != nil {
		return "", fmt.Errorf("name this clone: %w", err)
	}
	defer func() { _ = os.Remove(f.Name()) }() // Its other name stays.
	_, err = f.WriteString(hex.EncodeToString(raw[:]) + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", fmt.Errorf("name this clone: %w", err)
	}
	// A link, and not a new name: where another process was faster, its name counts.
	if err := os.Link(f.Name(), file); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("name this clone: %w", err)
	}
	return readClone(file)
}

func readClone(file string) (string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("read the name of this clone: %w", err)
	}
	name := strings.TrimSuffix(string(data), "\n")
	if name == "" || strings.Trim(name, "0123456789abcdef") != "" {
		return "", model.WithHint(fmt.Errorf("read the name of this clone: %s is damaged", file), "delete it: this clone gets a new name, and a new log")
	}
	return name, nil
}
