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

// mapping is a file as memory.
type mapping struct {
	data  []byte
	relax func() // Lets go of the pages that were read. They are read again where they are needed.
	unmap func() error
}

// unmapped is a mapping of what has been read already.
func unmapped(data []byte) mapping {
	return mapping{data, func() {}, func() error { return nil }}
}

// readFile reads a whole file into memory, for where it cannot be mapped.
func readFile(f *os.File, size int) (mapping, error) {
	data := make([]byte, size)
	if _, err := f.ReadAt(data, 0); err != nil {
		return mapping{}, err
	}
	return unmapped(data), nil
}
