//go:build unix

package packs_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"plumb/gitops/objects/objectstest"
	"plumb/gitops/objects/packs"
)

func TestFilesThatAreCutShortWhileOpenAreErrors(t *testing.T) {
	for _, ext := range []string{".idx", ".pack"} {
		t.Run(ext, func(t *testing.T) {
			dir := generate(t, 5)
			head := id(t, objectstest.Git(t, dir, "rev-parse", "main"))
			r := open(t, dir, 20)
			file := only(t, dir, "*"+ext)
			if err := os.Chmod(file, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Truncate(file, 0); err != nil {
				t.Fatal(err)
			}
			_, _, err := r.Session(0).Read(head)
			if err == nil || errors.Is(err, packs.ErrMissing) || !strings.Contains(err.Error(), "pack-") {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

// TestNamedPipesAreNotWaitedFor: opening one for reading waits for somebody who writes.
func TestNamedPipesAreNotWaitedFor(t *testing.T) {
	pipe := func(path string) {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	pipe(filepath.Join(dir, "objects", "info", "alternates"))
	pipe(filepath.Join(dir, "objects", "pack", "pack-1.idx"))
	pipe(filepath.Join(dir, "objects", "pack", "pack-1.pack"))
	r := open(t, dir, 20)
	hash := string(r.Hash(nth(1)))
	pipe(filepath.Join(dir, "objects", hash[:2], hash[2:]))
	if _, _, err := r.Session(0).Read(nth(1)); !errors.Is(err, packs.ErrCorrupt) {
		t.Errorf("the error is %v", err)
	}
}
