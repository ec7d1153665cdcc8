package reffile_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plumb/gitops/objects"
	"plumb/gitops/objects/internal/reffile"
	"plumb/model"
)

func TestWhatIsRememberedOfPackedRefsIsOfTheFileAsItIsNow(t *testing.T) {
	dir := t.TempDir()
	f := reffile.Files{GitDir: dir, Common: dir, Memory: new(reffile.Memory)}
	a, b := strings.Repeat("a", 40), strings.Repeat("b", 40)
	// Git writes a new file in the place of the old one. It can have the same size, and be made in the same tick of the clock.
	pack := func(lines string) {
		t.Helper()
		name := filepath.Join(dir, "packed-refs")
		if err := errors.Join(os.WriteFile(name+".lock", []byte(lines), 0o600), os.Rename(name+".lock", name)); err != nil {
			t.Fatal(err)
		}
	}
	want := func(id string) {
		t.Helper()
		for range 2 {
			r, err := f.Get("refs/heads/main")
			if id == "" && !errors.Is(err, objects.ErrNotFound) || id != "" && err != nil || r.ID != model.Hash(id) {
				t.Fatalf("main is at %q (%v); want %q", r.ID, err, id)
			}
		}
	}
	want("")
	for range 20 {
		pack(a + " refs/heads/main\n")
		want(a)
		pack(b + " refs/heads/main\n")
		want(b)
	}
	loose := f.Path("refs/heads/main")
	if err := errors.Join(os.MkdirAll(filepath.Dir(loose), 0o700), os.WriteFile(loose, []byte(a+"\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	want(a)
	if err := os.Remove(loose); err != nil {
		t.Fatal(err)
	}
	want(b)
	pack("")
	want("")
	if err := os.Remove(filepath.Join(dir, "packed-refs")); err != nil {
		t.Fatal(err)
	}
	want("")
}
