package runner

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"syscall"

	"plumb/model"
)

// longestSocket is how long the name of a unix socket may be on every system, in bytes.
const longestSocket = 103

// listen opens the socket of a runner where only its user can come: in the state directory, or, where its name would be too long or
// its file system has no sockets, in a private directory for temporary files. It is never below XDG_RUNTIME_DIR, which goes
// away when its user logs out for the last time; that is when a run has to go on.
func listen(p Place, id model.RunID) (net.Listener, string, error) {
	var problems error
	for _, dir := range []string{p.Dir, temporary(os.TempDir()), temporary("/tmp")} {
		name := filepath.Join(dir, string(id)+socketSuffix)
		if len(name) > longestSocket {
			problems = errors.Join(problems, fmt.Errorf("%s is too long a name for a socket", name))
			continue
		}
		if err := private(dir); err != nil {
			problems = errors.Join(problems, err)
			continue
		}
		_ = os.Remove(name) // Of a run that died; its id is not used twice while it lives.
		l, err := net.Listen("unix", name)
		if err == nil {
			err = os.Chmod(name, 0o600)
		}
		if err == nil {
			return l, name, nil
		}
		problems = errors.Join(problems, err)
	}
	return nil, "", fmt.Errorf("open a socket for viewers: %w", problems)
}

// dial connects to a runner's socket, if it is where nobody else could have put it.
func dial(name string) (net.Conn, error) {
	if err := private(filepath.Dir(name)); err != nil {
		return nil, err
	}
	return net.Dial("unix", name)
}

func temporary(dir string) string { return filepath.Join(dir, fmt.Sprintf("plumb-%d", os.Getuid())) }

// private makes a directory that is the user's own, or is an error where it is not: anybody can make one with a name that is known
// in a directory for temporary files.
func private(dir string) error {
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !info.IsDir() || info.Mode().Perm()&0o077 != 0 || !ok || int(stat.Uid) != os.Getuid() {
		return fmt.Errorf("%s is not a directory of yours alone", dir)
	}
	return nil
}
