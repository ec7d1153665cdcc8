package objects_test

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"

	"plumb/gitops/objects"
	"plumb/gitops/objects/gogit"
	"plumb/gitops/objects/objectstest"
	"plumb/model"
)

func TestHostileTrees(t *testing.T) {
	dir, s := repository(t)
	leaf := blob(t, s, "x")
	entry := func(mode, name string, id model.Hash) string {
		raw := make([]byte, 0, 20)
		for i := 0; i < len(id); i += 2 {
			var b byte
			if _, err := fmt.Sscanf(string(id[i:i+2]), "%02x", &b); err != nil {
				t.Fatal(err)
			}
			raw = append(raw, b)
		}
		return mode + " " + name + "\x00" + string(raw)
	}
	write := func(body string) model.Hash {
		return model.Hash(objectstest.GitInput(t, dir, body, "hash-object", "-w", "--literally", "-t", "tree", "--stdin"))
	}
	t.Run("names that climb out are no files", func(t *testing.T) {
		for _, name := range []string{"..", ".", "a/../../b", "/etc/passwd", ""} {
			root := write(entry("100644", name, leaf))
			c, err := s.WriteCommit(t.Context(), objects.NewCommit{Tree: root, Message: "m", Author: objects.Signature{}, Committer: objects.Signature{}})
			if err == nil {
				t.Fatalf("a commit at no time was written: %s", c)
			}
			id := objectstest.Git(t, dir, "commit-tree", "-m", "m", string(root))
			files, err := objects.FS(t.Context(), s, model.Hash(id))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := fs.ReadDir(files, "."); err == nil {
				t.Errorf("a directory with the name %q was listed", name)
			}
		}
	})
	t.Run("damaged trees are errors", func(t *testing.T) {
		good := entry("100644", "a", leaf)
		for _, body := range []string{"x", good[:len(good)-1], "100644 a", "100644", " a\x00", "9 a\x00" + strings.Repeat("x", 20), "77777777777 a\x00" + strings.Repeat("x", 20)} {
			if got, err := s.Tree(t.Context(), write(body)); err == nil {
				t.Errorf("%q was read as %v", body, got)
			}
		}
	})
	t.Run("doubled and unsorted names do no harm", func(t *testing.T) {
		sub := write(entry("100644", "f", leaf))
		a := write(entry("40000", "z", sub) + entry("100644", "z", leaf) + entry("100664", "a", leaf) + entry("100644", "a", leaf))
		if got := diff(t, s, "", a); len(got) != 4 {
			t.Errorf("the difference is %q", got)
		}
		if _, err := objects.EditTree(t.Context(), s, a, []model.Edit{{Path: "new", Data: []byte("n")}}); err != nil {
			t.Logf("editing is refused: %v", err)
		}
	})
	t.Run("a tree without end is refused", func(t *testing.T) {
		id := write(entry("100644", "f", leaf))
		// Written here, because a process for each would take long.
		for range 2100 {
			var err error
			if id, err = s.WriteTree(t.Context(), []objects.TreeEntry{{Name: "d", Mode: model.ModeTree, Hash: id}}); err != nil {
				t.Fatal(err)
			}
		}
		var last error
		for _, err := range objects.DiffTrees(t.Context(), s, "", id) {
			last = err
		}
		if last == nil {
			t.Error("it was walked to its end")
		}
	})
}

func TestFilesWithLinksStayInside(t *testing.T) {
	s := gogit.NewMemory()
	link := func(path, target string) model.Edit {
		return model.Edit{Path: path, Mode: model.ModeSymlink, Data: []byte(target)}
	}
	root, err := objects.EditTree(t.Context(), s, "", []model.Edit{
		{Path: "d/f", Data: []byte("inside")}, link("abs", "/etc/passwd"), link("up", "../x"), link("d/up2", "../../x"), link("loop", "loop"),
		link("to-dir", "d"), link("d/back", "../to-dir/f"), link("gone", "nowhere"), link("through", "d/f/g"),
	})
	if err != nil {
		t.Fatal(err)
	}
	when := objects.Signature{Name: "a", Email: "b", When: time.Unix(0, 0)}
	id, err := s.WriteCommit(t.Context(), objects.NewCommit{Tree: root, Author: when, Committer: when, Message: "m"})
	if err != nil {
		t.Fatal(err)
	}
	files, err := objects.FS(t.Context(), s, id)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"to-dir/f", "d/back", "to-dir/back"} {
		if got, err := fs.ReadFile(files, name); err != nil || string(got) != "inside" {
			t.Errorf("%s is %q: %v", name, got, err)
		}
	}
	for _, name := range []string{"abs", "up", "d/up2", "loop", "gone", "through", "d", "../x", "/d/f", "d/", "", "d//f", "d/./f"} {
		if got, err := fs.ReadFile(files, name); err == nil {
			t.Errorf("%q was read: %q", name, got)
		}
	}
}
