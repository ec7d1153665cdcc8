package statefile_test

import (
	"os"
	"path/filepath"
	"testing"

	"plumb/gitops/statefile"
)

func TestAFileIsReplacedAsAWhole(t *testing.T) {
	name := filepath.Join(t.TempDir(), "made", "pins")
	for _, words := range []string{"first\n", "second\n"} {
		if err := statefile.Write(name, []byte(words)); err != nil {
			t.Fatal(err)
		}
		if data, err := os.ReadFile(name); err != nil || string(data) != words {
			t.Errorf("it holds %q (%v), want %q", data, err, words)
		}
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("its mode is %v (%v)", info.Mode(), err)
	}
	if left, err := filepath.Glob(filepath.Join(filepath.Dir(name), ".*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v (%v)", left, err)
	}
}

func TestWhatCannotBeReplacedStays(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "pins")
	if err := os.MkdirAll(filepath.Join(name, "in the way"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := statefile.Write(name, []byte("x")); err == nil {
		t.Error("a directory was replaced")
	}
	if left, err := filepath.Glob(filepath.Join(dir, ".*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v (%v)", left, err)
	}
}
