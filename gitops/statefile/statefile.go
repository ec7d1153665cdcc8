// Package statefile writes the small private files in which plumb remembers something on this machine.
package statefile

import (
	"errors"
	"os"
	"path/filepath"
)

// Write replaces a file that nobody else may read. After a crash, whenever it comes, the file is there as before or as it is to be,
// and nothing between. Its directory is made where it is missing.
func Write(name string, data []byte) (err error) {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(name), ".new-*") // Mode 0600.
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file.Name()))
		}
	}()
	if _, err := file.Write(data); err != nil {
		return errors.Join(err, file.Close())
	}
	if err := errors.Join(file.Sync(), file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), name)
}
