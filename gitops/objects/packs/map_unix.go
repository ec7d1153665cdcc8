//go:build unix

package packs

import (
	"os"

	"golang.org/x/sys/unix"
)

// mapFile shows a file as memory. The pages belong to the system: it drops them
// when it needs the room.
func mapFile(f *os.File, size int) (mapping, error) {
	data, err := unix.Mmap(int(f.Fd()), 0, size, unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		// Some network file systems cannot map.
		return readFile(f, size)
	}
	return mapping{
		data:  data,
		relax: func() { _ = unix.Madvise(data, unix.MADV_DONTNEED) }, // Where the system does not listen, nothing is lost.
		unmap: func() error { return unix.Munmap(data) },
	}, nil
}
