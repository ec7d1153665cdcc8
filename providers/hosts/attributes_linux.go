package hosts

import (
	"bytes"
	"os"

	"golang.org/x/sys/unix"
)

// copyAttributes carries over what plumb does not manage: access lists, labels and
// other extended attributes. Where the file system or the rights do not allow it, they stay behind.
func copyAttributes(from, to *os.File) {
	list := make([]byte, 64<<10)
	n, err := unix.Flistxattr(int(from.Fd()), list)
	if err != nil {
		return
	}
	for name := range bytes.SplitSeq(list[:n], []byte{0}) {
		if len(name) == 0 {
			continue
		}
		value := make([]byte, 64<<10)
		if m, err := unix.Fgetxattr(int(from.Fd()), string(name), value); err == nil {
			_ = unix.Fsetxattr(int(to.Fd()), string(name), value[:m], 0)
		}
	}
}
