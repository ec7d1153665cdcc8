package reviewed

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"plumb/model"
)

func TestOnAFullOrReadOnlyDiskMarksLastForTheSession(t *testing.T) {
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=20k"); err != nil {
		t.Skipf("a small disk cannot be made here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, 0); err != nil {
			t.Error(err)
		}
	})
	dir := filepath.Join(disk, "reviewed")
	s := opened(t, dir)
	must(t, s.Set(numbers(0, 10), true))
	before, err := os.ReadFile(filepath.Join(dir, fileName))
	must(t, err)
	err = s.Set(numbers(10, 1000), true)
	if err == nil || !strings.Contains(err.Error(), "no space left") || !strings.Contains(model.Hint(err), "make room") {
		t.Errorf("got %v, hint %q", err, model.Hint(err))
	}
	if s.Count(numbers(0, 1000)...) != 1000 {
		t.Error("forgotten in this session")
	}
	if after, err := os.ReadFile(filepath.Join(dir, fileName)); err != nil || string(after) != string(before) {
		t.Errorf("the file has %d bytes; had %d (%v)", len(after), len(before), err)
	}
	if err := syscall.Mount("", disk, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Skipf("the disk cannot be made read-only: %v", err)
	}
	s = opened(t, dir)
	if err := s.Set(numbers(10, 11), true); err == nil || !strings.Contains(err.Error(), "read-only") {
		t.Errorf("got %v", err)
	}
	if s.Count(numbers(0, 11)...) != 11 {
		t.Error("what is on the disk cannot be read, or what was set is forgotten")
	}
}
