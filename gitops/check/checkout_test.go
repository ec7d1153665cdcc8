package check_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"plumb/gitops/check"
	"plumb/model"
)

// literally writes an object that git would refuse to write.
func (w *world) literally(kind string, data []byte) model.Hash {
	w.t.Helper()
	cmd := exec.CommandContext(w.t.Context(), "git", "hash-object", "-w", "--literally", "--stdin", "-t", kind)
	cmd.Dir, cmd.Stdin = w.root, bytes.NewReader(data)
	out, err := cmd.Output()
	if err != nil {
		w.t.Fatal(err)
	}
	return model.Hash(strings.TrimSpace(string(out)))
}

// line is one entry of a tree as git writes it.
func line(mode, name string, id model.Hash) string {
	raw, err := hex.DecodeString(string(id))
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf("%s %s\x00%s", mode, name, raw)
}

func TestCheckoutNeverLeavesItsDirectory(t *testing.T) {
	w := newWorld(t)
	store := w.job().Store
	outside := t.TempDir()
	evil, link := w.literally("blob", []byte("evil")), w.literally("blob", []byte(outside))
	inner := w.literally("tree", []byte(line("100644", "evil", evil)))
	for name, tree := range map[string]string{
		"through a link of the same name": line("120000", "a", link) + line("40000", "a", inner),
		"into git's own directory":        line("40000", ".GIT", inner),
		"upwards":                         line("40000", "..", inner),
		"by a path":                       line("100644", "../evil", evil),
		"through itself":                  line("40000", ".", inner),
		"twice":                           line("100644", "a", evil) + line("100644", "a", link),
	} {
		t.Run(name, func(t *testing.T) {
			around := t.TempDir()
			dir := filepath.Join(around, "tree")
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			if _, err := check.Checkout(t.Context(), store, w.literally("tree", []byte(tree)), dir); err == nil {
				t.Error("was checked out")
			}
			for _, d := range []string{outside, around} {
				found, err := filepath.Glob(filepath.Join(d, "*"))
				if err != nil || strings.Contains(strings.Join(found, " "), "evil") {
					t.Errorf("%v, %v", found, err)
				}
			}
		})
	}
}

func TestRevisionThatCannotBeCheckedOutIsAnErrorAndLeavesNothing(t *testing.T) {
	w := newWorld(t)
	j := w.job(shell("a", ""))
	j.Tree = w.literally("tree", []byte(line("40000", ".git", w.literally("tree", nil))))
	if _, err := j.Run(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "check a: check out") || model.Hint(err) == "" {
		t.Errorf("%v", err)
	}
	w.clean()
}

func TestSubmoduleIsAnEmptyDirectory(t *testing.T) {
	w := newWorld(t)
	j := w.job()
	dir := t.TempDir()
	files, err := check.Checkout(t.Context(), j.Store, w.literally("tree", []byte(line("160000", "vendor", j.Revision))), dir)
	info, statErr := os.Stat(filepath.Join(dir, "vendor"))
	if err != nil || statErr != nil || !info.IsDir() || len(files) > 0 {
		t.Errorf("%v, %v, %v", files, err, statErr)
	}
}

func TestCheckConcernsChangesOfItsPaths(t *testing.T) {
	touched := []model.FileChange{{Path: "hosts/web/a.yaml"}, {Path: "new", OldPath: "docs/old.md"}}
	for _, tt := range []struct {
		when []string
		want bool
	}{
		{nil, true}, {[]string{"hosts/"}, true}, {[]string{"hosts/web"}, true}, {[]string{"*.yaml"}, true}, {[]string{"**/*.yaml"}, true},
		{[]string{"docs/**"}, true}, {[]string{"host"}, false}, {[]string{"*.tf", "hosts/db/**"}, false}, {[]string{"*.tf", "hosts/**"}, true},
	} {
		if got := check.Concerns(model.Check{When: tt.when}, touched); got != tt.want {
			t.Errorf("%q: %v", tt.when, got)
		}
	}
}
