//go:build unix

package index

import (
	"errors"
	"os"
	"syscall"

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

// isPrivate says why others than the user could have written what is in a directory; nil where they could not.
func isPrivate(dir os.FileInfo) error {
	switch {
	case !dir.IsDir():
		return errors.New("it is not a directory")
	case !isOwn(dir):
		return errors.New("it belongs to someone else")
	case dir.Mode().Perm()&0o022 != 0:
		return errors.New("others can write in it")
	}
	return nil
}

// isOwn reports whether the directory belongs to the user.
func isOwn(dir os.FileInfo) bool {
	stat, ok := dir.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Geteuid()
}
