package workspace_test

import (
	"strings"
	"testing"

	"plumb/model"
	"plumb/model/diff"
)

// A file that was moved and edited reads as one change, and not as a file that went and another that came.
func TestAFileThatMovedIsOneChange(t *testing.T) {
	w := newWorld(t)
	body := strings.Repeat("a line of its own\n", 3) + "image: web:1.25\nreplicas: 3\nports: [80, 443]\nrestart: always\n"
	w.commit("Add", map[string]string{"apps/old/release.yaml": body, "apps/old/notes.txt": "nothing in common with anything else\n"})
	w.git("mv", "apps/old/release.yaml", "apps/release.yaml")
	w.git("rm", "-q", "apps/old/notes.txt")
	id := w.commit("Move", map[string]string{"apps/release.yaml": strings.Replace(body, "1.25", "1.26", 1), "apps/new.txt": "quite other words\n"})
	w.git("mv", "apps/release.yaml", "apps/web.yaml")
	moved := w.commit("Move alone", map[string]string{"apps/unrelated.txt": "so that something is new\n"})
	files, err := w.as("ada").CommitFiles(t.Context(), model.Hash(moved))
	if err != nil || len(files) != 2 {
		t.Fatalf("%+v, %v", files, err)
	}
	if d := w.as("ada").FileDiff(t.Context(), files[1], diff.Options{}, 0); d.Note.String() != "moved, and not changed" {
		t.Errorf("a file that only moved says %q", d.Note)
	}
	files, err = w.as("ada").CommitFiles(t.Context(), model.Hash(id))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range files {
		d := w.as("ada").FileDiff(t.Context(), f, diff.Options{}, 0)
		got = append(got, f.OldPath+" > "+f.Path)
		if f.Path == "apps/release.yaml" && (d.Added != 1 || d.Removed != 1 || d.OldPath.String() != "apps/old/release.yaml") {
			t.Errorf("+%d -%d from %q", d.Added, d.Removed, d.OldPath)
		}
	}
	if s := strings.Join(got, ", "); s != " > apps/new.txt,  > apps/old/notes.txt, apps/old/release.yaml > apps/release.yaml" {
		t.Error(s)
	}
}
