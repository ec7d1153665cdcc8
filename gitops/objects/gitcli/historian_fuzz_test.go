package gitcli

import (
	"bufio"
	"bytes"
	"errors"
	"strings"
	"testing"

	"plumb/gitops/objects"
	"plumb/model"
)

// FuzzBlame makes sure that no output of git blame is anything but groups and an error.
func FuzzBlame(f *testing.F) {
	id := strings.Repeat("0a", 20)
	f.Add([]byte(id + " 1 2 3\nauthor A\nboundary\nprevious " + id + " \"a\\nb\\303\\244\"\nfilename f\n" + id + " 4 5 6\nfilename g\n"))
	f.Add([]byte(id + " 1 2 3\nprevious x\nfilename \"\\"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p := &blameParser{in: bufio.NewReader(bytes.NewReader(data)), boundaries: map[model.Hash]bool{}}
		for range len(data) + 1 {
			g, err := p.next()
			if err != nil {
				return
			}
			if g.From < 1 || g.At < 1 || g.Count < 1 {
				t.Errorf("a group is %+v", g)
			}
		}
		t.Error("more groups than bytes")
	})
}

// FuzzLines does the same for git log -L.
func FuzzLines(f *testing.F) {
	id := "\x00" + strings.Repeat("0a", 20) + "\n\n"
	f.Add([]byte(id + "diff --git a/x b/y\n--- a/x\n+++ b/y\n@@ -1,2 +1,1 @@\n-a\n b\n\\ No newline at end of file\n" + id))
	f.Add([]byte(id + "diff --git a/y b/y\n--- /dev/null\n+++ b/y\n@@ -0,0 +1,1 @@\n+a\n"))
	f.Add([]byte(id + "diff --git \"a/\\n\" \"b/\\n\"\nindex 0..1\n--- \"a/\\n\"\n+++ \"b/\\n\"\n@@ -1 +1 @@\n-a\n+b\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p := &linesParser{in: bufio.NewReader(bytes.NewReader(data))}
		for range len(data) + 1 {
			if _, err := p.next(); err != nil {
				return
			}
		}
		t.Error("more versions than bytes")
	})
}

// TestNamesInHeaders covers the ways in which versions of git write them.
func TestNamesInHeaders(t *testing.T) {
	for head, want := range map[string][2]string{
		"diff --git a/x b/x\n--- a/x\n+++ b/x\n":                                                     {"x", "x"},
		"diff --git a/x b/y\n--- a/x\n+++ b/y\n":                                                     {"x", "y"},
		"diff --git a/x b/x\n--- /dev/null\n+++ b/x\n":                                               {"", "x"},
		"diff --git a/a b/b b/c d\n--- a/a b/b\n+++ b/c d\n":                                         {"a b/b", "c d"},
		"diff --git a/x\ny b/x\ny\n--- a/x\ny\n+++ b/x\ny\n":                                         {"x\ny", "x\ny"},
		"diff --git a/x y b/x y\nindex 1234567..89abcde 100644\n--- a/x y\t\n+++ b/x y\t\n":          {"x y", "x y"},
		"diff --git \"a/x\\ny\" b/z\nsimilarity index 90%\n--- \"a/x\\ny\"\n+++ b/z\n":               {"x\ny", "z"},
		"diff --git a/x b/x\nnew file mode 100644\nindex 0000000..89abcde\n--- /dev/null\n+++ b/x\n": {"", "x"},
	} {
		p := &linesParser{in: bufio.NewReader(strings.NewReader(head))}
		var v objects.LineVersion
		if err := p.header(&v); err != nil || v.BeforePath != want[0] || v.Path != want[1] {
			t.Errorf("%q has the names %q and %q (%v); want %q", head, v.BeforePath, v.Path, err, want)
		}
	}
}

// FuzzPick does the same for git diff-tree.
func FuzzPick(f *testing.F) {
	id := strings.Repeat("0a", 20)
	f.Add([]byte(id+"\x00:100644 000000 "+id+" "+id+" D\x00path\x00"+id+"\x00"+endOfBatch), true)
	f.Add([]byte(id+"\x00:100644 100644 "+id+" "+id+" R090\x00path\x00"), true)
	f.Add([]byte(":\x00"), false)
	f.Fuzz(func(t *testing.T, data []byte, isBoundary bool) {
		p := &picker{out: bufio.NewReader(bytes.NewReader(data))}
		b := &batch{ids: []model.Hash{model.Hash(id), model.Hash(id)}}
		if err := p.answers(b, []int{0, 1}); err == nil && !bytes.HasPrefix(data, []byte(id)) {
			t.Errorf("%q is an answer", data)
		}
		for _, i := range b.found {
			if i < 0 || i >= len(b.ids) {
				t.Errorf("candidate %d of %d is found", i, len(b.ids))
			}
		}
	})
}

// TestQuoting covers what git writes for a path that does not fit on a line as it is.
func TestQuoting(t *testing.T) {
	for quoted, want := range map[string]string{
		`plain name`: "plain name", `"a\tb\n\"\\\001\303\244"`: "a\tb\n\"\\\x01ä", `""`: "",
	} {
		if got, err := unquote(quoted); err != nil || got != want {
			t.Errorf("%s is %q (%v); want %q", quoted, got, err, want)
		}
	}
	for _, quoted := range []string{`"`, `"a`, `"\"`, `"\x"`, `"\40"`, `"\400"`, `"\08"`} {
		if got, err := unquote(quoted); !errors.Is(err, errQuoting) {
			t.Errorf("%s is %q: %v", quoted, got, err)
		}
	}
}
