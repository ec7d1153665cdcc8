package command

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumb/ui"
)

func TestChoicesOutliveTheScreen(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state", "plumb")
	f := choicesIn(dir)
	if got := f.load(); got != (ui.Choices{}) {
		t.Errorf("without a file the choices are %+v", got)
	}
	want := ui.Choices{Split: new(false), Wrap: true, Structure: true}
	if err := f.save(want); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, choicesIn(dir).load()); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".screen-*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
	if err := os.WriteFile(string(f), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := f.load(); got != (ui.Choices{}) {
		t.Errorf("a damaged file makes the choices %+v", got)
	}
	if err := choicesIn(filepath.Join(string(f), "below")).save(want); err == nil {
		t.Error("what cannot be kept is not told")
	}
}
