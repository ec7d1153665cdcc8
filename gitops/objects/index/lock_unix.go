//go:build unix

package index

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// errLocked says that another process writes at this moment.
var errLocked = errors.New("another plumb writes the index")

// lock keeps other processes from writing until unlock is called, or this process ends.
func lock(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		_ = f.Close() // Nothing was written.
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, errLocked
		}
		return nil, err
	}
	return func() { _ = f.Close() }, nil // Closing gives the lock up.
}
