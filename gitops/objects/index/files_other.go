//go:build !unix

package index

import (
	"errors"
	"os"
)

// errLocked says that another process writes at this moment.
var errLocked = errors.New("another plumb writes the index")

// lock is nothing here: files are replaced in one step, and of two writers the later one wins.
func lock(string) (unlock func(), err error) { return func() {}, nil }

// isPrivate says why what is there cannot be a cache; nil where it can. Who may write in it is left to the system.
func isPrivate(dir os.FileInfo) error {
	if !dir.IsDir() {
		return errors.New("it is not a directory")
	}
	return nil
}

// isOwn reports whether the directory belongs to the user, as far as that can be told.
func isOwn(os.FileInfo) bool { return true }
