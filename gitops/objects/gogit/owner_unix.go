//go:build unix

package gogit

import (
	"os"
	"strconv"
	"syscall"
)

// isOwn reports whether the directory belongs to whoever runs plumb, or to who
// became root by sudo to run it.
func isOwn(dir string) bool {
	info, err := os.Lstat(dir)
	if err != nil {
		return false
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return false
	}
	me := os.Geteuid()
	if int(st.Uid) == me {
		return true
	}
	sudo, err := strconv.Atoi(os.Getenv("SUDO_UID"))
	return me == 0 && err == nil && int(st.Uid) == sudo
}
