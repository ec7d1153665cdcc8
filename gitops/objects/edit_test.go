package objects_test

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"plumb/gitops/objects"
	"plumb/gitops/objects/gogit"
	"plumb/model"
)

func TestEdits(t *testing.T) {
	s := gogit.NewMemory()
	file := func(path string) model.Edit { return model.Edit{Path: path, Data: []byte(path)} }
	gone := func(path string) model.Edit { return model.Edit{Path: path, Delete: true} }
	start, err := objects.EditTree(t.Context(), s, "", []model.Edit{
		file("a"), file("d/e/f"), file("d/g"), {Path: "run", Mode: model.ModeExecutable, Data: []byte("old")},
	})
	if err != nil {
		t.Fatal(err)
	}
	entries, err := s.Tree(t.Context(), start)
	if err != nil {
		t.Fatal(err)
	}
	start, err = s.WriteTree(t.Context(), append(entries, objects.TreeEntry{Name: "sub", Mode: model.ModeSubmodule, Hash: start}))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name  string
		edits []model.Edit
		want  string // What changed, or the path that the error names.
		fails bool
	}{
		{"nothing", nil, "", false},
		{"a new file", []model.Edit{file("x/y/z")}, "+x/y/z", false},
		{"the last file takes its directories along", []model.Edit{gone("d/e/f")}, "-d/e/f", false},
		{"a mode alone", []model.Edit{{Path: "a", Mode: model.ModeExecutable, Data: []byte("a")}}, "~a", false},
		{"the mode stays", []model.Edit{{Path: "run", Data: []byte("new")}}, "~run 100755", false},
		{"a directory for a file", []model.Edit{gone("a"), file("a/b")}, "-a +a/b", false},
		{"a file for a directory", []model.Edit{file("d"), gone("d/g"), gone("d/e/f")}, "+d -d/e/f -d/g", false},
		{"a file where a directory is", []model.Edit{file("d"), gone("d/g")}, `"d"`, true},
		{"a file below a file", []model.Edit{file("a/b")}, `"a"`, true},
		{"a file in a submodule", []model.Edit{file("sub/x")}, `"sub"`, true},
		{"a submodule deleted", []model.Edit{gone("sub")}, `"sub"`, true},
		{"deleting nothing", []model.Edit{gone("d/x")}, `"d/x"`, true},
		{"deleting a directory", []model.Edit{gone("d/e")}, `"d/e"`, true},
		{"deleting below nothing", []model.Edit{gone("n/x")}, `"n/x"`, true},
		{"the same path twice", []model.Edit{file("n"), gone("n")}, `"n"`, true},
		{"no path", []model.Edit{file("")}, `""`, true},
		{"a way up", []model.Edit{file("../x")}, `"../x"`, true},
		{"a way up in the middle", []model.Edit{file("d/../../x")}, `"d/../../x"`, true},
		{"an absolute path", []model.Edit{file("/etc/passwd")}, `"/etc/passwd"`, true},
		{"git's own directory", []model.Edit{file(".git/hooks/post-merge")}, `".git/hooks/post-merge"`, true},
		{"git's own directory, in disguise", []model.Edit{file("d/.GiT ./config")}, `"d/.GiT ./config"`, true},
		{"an empty segment", []model.Edit{file("d//x")}, `"d//x"`, true},
		{"a slash at the end", []model.Edit{file("d/x/")}, `"d/x/"`, true},
		{"a NUL", []model.Edit{file("d\x00x")}, `"d\x00x"`, true},
		{"a mode of a directory", []model.Edit{{Path: "n", Mode: model.ModeTree}}, `"n"`, true},
		{"a name with a newline is a name", []model.Edit{file("a\nb")}, "+a\nb", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			after, err := objects.EditTree(t.Context(), s, start, tt.edits)
			if tt.fails {
				if err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("the error is %v; want one that names %s", err, tt.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var changes []string
			for c, err := range objects.DiffTrees(t.Context(), s, start, after) {
				if err != nil {
					t.Fatal(err)
				}
				switch {
				case c.OldMode == 0:
					changes = append(changes, "+"+c.Path)
				case c.NewMode == 0:
					changes = append(changes, "-"+c.Path)
				case c.Path == "run":
					changes = append(changes, fmt.Sprintf("~%s %o", c.Path, c.NewMode))
				default:
					changes = append(changes, "~"+c.Path)
				}
			}
			if got := strings.Join(changes, " "); got != tt.want {
				t.Errorf("changed: %q; want %q", got, tt.want)
			}
		})
	}
}

// What is laid over a commit is read as if it were there, and nothing of it is written.
func TestAnOverlayIsReadAndNotWritten(t *testing.T) {
	ada := objects.Signature{Name: "Ada", Email: "ada@example.com", When: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	s := gogit.NewMemory()
	tree, err := objects.EditTree(t.Context(), s, "", []model.Edit{{Path: "a", Data: []byte("a")}, {Path: "d/b", Data: []byte("b")}, {Path: "d/c", Data: []byte("c")}})
	if err != nil {
		t.Fatal(err)
	}
	id, err := s.WriteCommit(t.Context(), objects.NewCommit{Tree: tree, Author: ada, Committer: ada, Message: "Begin\n"})
	if err != nil {
		t.Fatal(err)
	}
	files, err := objects.Overlay(t.Context(), s, id, []model.Edit{
		{Path: "d/b", Mode: model.ModeExecutable, Data: []byte("B, longer")}, {Path: "d/c", Delete: true}, {Path: "e/f", Data: []byte{}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := fstest.TestFS(files, "a", "d/b", "e/f"); err != nil {
		t.Error(err)
	}
	if data, err := fs.ReadFile(files, "d/b"); err != nil || string(data) != "B, longer" {
		t.Errorf("d/b is %q (%v)", data, err)
	}
	if info, err := fs.Stat(files, "d/b"); err != nil || info.Mode().Perm()&0o111 == 0 || info.Size() != int64(len("B, longer")) {
		t.Errorf("d/b is %v (%v)", info, err)
	}
	if _, err := fs.Stat(files, "d/c"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("d/c is still there (%v)", err)
	}
	written, err := s.WriteBlob(t.Context(), []byte("B, longer"))
	if err != nil {
		t.Fatal(err)
	}
	fresh := gogit.NewMemory()
	if tree, err = objects.EditTree(t.Context(), fresh, "", []model.Edit{{Path: "a", Data: []byte("a")}}); err != nil {
		t.Fatal(err)
	}
	if id, err = fresh.WriteCommit(t.Context(), objects.NewCommit{Tree: tree, Author: ada, Committer: ada, Message: "Begin\n"}); err != nil {
		t.Fatal(err)
	}
	if _, err := objects.Overlay(t.Context(), fresh, id, []model.Edit{{Path: "a", Data: []byte("B, longer")}}); err != nil {
		t.Fatal(err)
	}
	if _, err := fresh.Blob(t.Context(), written); !errors.Is(err, objects.ErrNotFound) {
		if _, ok := errors.AsType[*objects.MissingError](err); !ok {
			t.Errorf("the edit was written (%v)", err)
		}
	}
}
