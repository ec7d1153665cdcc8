package index_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestOnAFullDiskAllWorksAndNothingIsLeft(t *testing.T) {
	dir := team(t, 600)
	s := open(t, dir)
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=20k"); err != nil {
		t.Skipf("a small disk cannot be made here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, 0); err != nil {
			t.Error(err)
		}
	})
	cacheDir := filepath.Join(disk, "cache")
	snapshot := update(t, newIndex(t, s, cacheDir), s)
	assertLikeGit(t, snapshot, dir)
	if p := snapshot.Problem; p == nil || !strings.Contains(p.Error(), "no space left") {
		t.Errorf("the problem is %v; want one that says that there is no space", p)
	}
	for name, data := range files(t, cacheDir) {
		if data != "" {
			t.Errorf("%s was left behind, with %d bytes", name, len(data))
		}
	}
	if err := syscall.Mount("", disk, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Skipf("the disk cannot be made read-only: %v", err)
	}
	snapshot = update(t, newIndex(t, s, cacheDir), s)
	if p := snapshot.Problem; p == nil || !strings.Contains(p.Error(), "read-only") {
		t.Errorf("the problem is %v; want one that says that nothing can be written", p)
	}
	if err := os.Remove(filepath.Join(cacheDir, "lock")); err == nil {
		t.Error("the disk is not read-only")
	}
}
