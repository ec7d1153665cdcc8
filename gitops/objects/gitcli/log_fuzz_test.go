package gitcli

import (
	"bufio"
	"bytes"
	"strings"
	"testing"
)

// FuzzLog makes sure that no output of git log, and no beginning of one, is
// anything but entries and an error.
func FuzzLog(f *testing.F) {
	id := strings.Repeat("0a", 20)
	commit := strings.Join([]string{id, id, id + " " + id, "A", "a@b", "1 +0000", "A", "a@b", "1 +0000", "message\n"}, "\x00") + "\x00"
	f.Add([]byte(commit), true)
	f.Add([]byte(commit+"\n:100644 000000 "+id+" "+id+" D\x00path\x00"+commit), true)
	f.Add([]byte(commit[:len(commit)-5]), false)
	f.Fuzz(func(t *testing.T, data []byte, withFiles bool) {
		p := &logParser{in: bufio.NewReader(bytes.NewReader(data)), withFiles: withFiles}
		for range len(data) + 1 {
			if _, err := p.next(); err != nil {
				return
			}
		}
		t.Error("more entries than bytes")
	})
}
