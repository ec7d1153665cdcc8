package packs

import (
	"fmt"
	"os"
)

// openRegular opens a file that is one: opening a named pipe that someone put
// in its place would wait for a writer without end.
func openRegular(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file: %w", path, ErrCorrupt)
	}
	return os.Open(path)
}

// readFile reads a whole file into memory, for where it cannot be mapped.
func readFile(f *os.File, size int) (data []byte, release func() error, err error) {
	data = make([]byte, size)
	if _, err := f.ReadAt(data, 0); err != nil {
		return nil, nil, err
	}
	return data, func() error { return nil }, nil
}
