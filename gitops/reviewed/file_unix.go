//go:build unix

package reviewed

import (
	"errors"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A lock is held for as long as it takes to append a few lines. Whoever holds it for longer was stopped.
const (
	lockTries = 100
	lockPause = 20 * time.Millisecond
)

var errLocked = errors.New("another plumb has been writing there for seconds")

// lock keeps other processes from writing until unlock is called, or this process ends.
func lock(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	for try := 1; ; try++ {
		err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if err == nil {
			return func() { _ = f.Close() }, nil // Closing gives the lock up.
		}
		isHeld := errors.Is(err, unix.EWOULDBLOCK)
		if isHeld && try == lockTries {
			err = errLocked
		}
		if !isHeld && !errors.Is(err, unix.EINTR) || try == lockTries {
			_ = f.Close() // Nothing was written.
			return nil, err
		}
		time.Sleep(lockPause)
	}
}

// isPrivate says why others than the user could have written a file; nil where they could not.
func isPrivate(file os.FileInfo) error {
	stat, ok := file.Sys().(*syscall.Stat_t)
	switch {
	case !ok || int(stat.Uid) != os.Geteuid():
		return errors.New("it belongs to someone else")
	case file.Mode().Perm()&0o022 != 0:
		return errors.New("others can write it")
	}
	return nil
}
