package workspace_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumb/gitops/workspace"
	"plumb/model"
)

func TestFilesAreATreeWithChainsOfDirectoriesInOneRow(t *testing.T) {
	for _, c := range []struct {
		name  string
		paths string
		want  string
	}{
		{"nothing", "", ""},
		{"a file in the root", "a", "a 1"},
		{"a file alone in its directories", "a/b/c/d", "a/b/c/d 1"},
		{"a chain", "a/b/c/d a/b/c/e", "a/b/c/ 2\n  d 1\n  e 1"},
		{"a chain that forks", "a/b/c/d a/b/e/f/g a/b/e/f/h", "a/b/ 3\n  c/d 1\n  e/f/ 2\n    g 1\n    h 1"},
		{"a directory beside files", "a/b a/c/d a/c/e a/f z", "a/ 4\n  b 1\n  c/ 2\n    d 1\n    e 1\n  f 1\nz 1"},
		{"a file that became a directory", "a a/b a/c", "a 1\na/ 2\n  b 1\n  c 1"},
		{"names that begin alike", "ab a/b ab/c", "ab 1\na/b 1\nab/c 1"},
		{"names of any bytes", "\xff/\x1b[2J \xff/\x1b[3J", "\xff/ 2\n  \x1b[2J 1\n  \x1b[3J 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var files []model.FileChange
			var counts []workspace.LineCount
			for p := range strings.FieldsSeq(c.paths) {
				files = append(files, model.FileChange{Path: p})
				counts = append(counts, workspace.LineCount{Added: 2, Removed: 1})
			}
			nodes := workspace.Tree(files)
			sums := workspace.SumTree(nodes, counts)
			var rows []string
			for i, n := range nodes {
				if sums[i].Added != 2*sums[i].Files || sums[i].Removed != sums[i].Files {
					t.Errorf("%s has %+v", n.Path, sums[i])
				}
				slash := ""
				if n.IsDir() {
					slash = "/"
				} else if n.Path != files[n.File].Path || n.End != i+1 {
					t.Errorf("%+v is not file %d", n, n.File)
				}
				rows = append(rows, fmt.Sprintf("%s%s%s %d", strings.Repeat("  ", n.Depth), n.Name, slash, sums[i].Files))
			}
			if d := cmp.Diff(c.want, strings.Join(rows, "\n")); d != "" {
				t.Error(d)
			}
		})
	}
}
