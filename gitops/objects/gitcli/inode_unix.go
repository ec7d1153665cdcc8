//go:build unix

package gitcli

import (
	"io/fs"
	"syscall"
)

// inode is the number that a file system knows a file by.
func inode(st fs.FileInfo) uint64 {
	if sys, ok := st.Sys().(*syscall.Stat_t); ok {
		return uint64(sys.Ino) //nolint:unconvert // It has another type on some systems.
	}
	return 0
}
