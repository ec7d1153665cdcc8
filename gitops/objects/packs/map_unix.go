//go:build unix

package packs

import (
	"os"

	"golang.org/x/sys/unix"
)

// mapFile shows a file as memory. The pages belong to the system: it drops them
// when it needs the room. Unmap ends it.
func mapFile(f *os.File, size int) (data []byte, unmap func() error, err error) {
	data, err = unix.Mmap(int(f.Fd()), 0, size, unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		// Some network file systems cannot map.
		return readFile(f, size)
	}
	return data, func() error { return unix.Munmap(data) }, nil
}
