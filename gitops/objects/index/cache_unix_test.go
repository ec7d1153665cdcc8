//go:build unix

package index_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestACacheThatOthersCouldWriteIsNotBelieved(t *testing.T) {
	dir := random(t, 15, 20)
	s := open(t, dir)
	cacheDir := t.TempDir()
	update(t, newIndex(t, s, cacheDir), s)
	forged := files(t, cacheDir)
	if err := os.Chmod(cacheDir, 0o777); err != nil {
		t.Fatal(err)
	}
	marker := filepath.Join(cacheDir, "forged.segment")
	write(t, cacheDir, "forged.segment", "someone else was here")
	assertLikeGit(t, update(t, newIndex(t, s, cacheDir), s), dir)
	if info, err := os.Stat(cacheDir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the directory is still %v (%v)", info.Mode(), err)
	}
	if _, err := os.Stat(marker); err == nil {
		t.Error("what others put there is still there")
	}
	if got := files(t, cacheDir); len(got) != len(forged) {
		t.Errorf("the cache has %d files; want %d", len(got), len(forged))
	}
	if os.Geteuid() != 0 {
		t.Skip("only root can give a directory to someone else")
	}
	if err := os.Chown(cacheDir, 12345, 12345); err != nil {
		t.Fatal(err)
	}
	before := files(t, cacheDir)
	snapshot := update(t, newIndex(t, s, cacheDir), s)
	assertLikeGit(t, snapshot, dir)
	if p := snapshot.Problem; p == nil || !strings.Contains(p.Error(), "someone else") {
		t.Errorf("the problem is %v; want one that says whose the directory is", p)
	}
	if got := files(t, cacheDir); len(got) != len(before) {
		t.Errorf("the directory of someone else has %d files now; want %d", len(got), len(before))
	}
}

func TestAPipeInTheCacheIsNotWaitedFor(t *testing.T) {
	dir := random(t, 16, 20)
	s := open(t, dir)
	cacheDir := t.TempDir()
	update(t, newIndex(t, s, cacheDir), s)
	for name := range files(t, cacheDir) {
		if name == "lock" {
			continue
		}
		if err := os.Remove(filepath.Join(cacheDir, name)); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Mkfifo(filepath.Join(cacheDir, name), 0o600); err != nil {
			t.Fatal(err)
		}
		snapshot := update(t, newIndex(t, s, cacheDir), s)
		assertLikeGit(t, snapshot, dir)
		if snapshot.Problem != nil {
			t.Errorf("there is a problem: %v", snapshot.Problem)
		}
	}
}
