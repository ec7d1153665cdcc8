package packs_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"plumb/gitops/objects/objectstest"
)

// names sort differently as files and as directories.
var names = []string{"a", "a.b", "a-", "a0", "aa", "a b", "b", "ab/a", "\u00e9", "x\ny", "\xff"}

// generate makes a bare repository of n commits, each a few random edits after
// the one before: files that become directories, links or submodules, modes that change,
// directories that vanish, a wide directory and a deep one. The answer is its directory.
func generate(t testing.TB, n int, init ...string) string {
	t.Helper()
	dir := t.TempDir()
	objectstest.Git(t, dir, append([]string{"init", "--quiet", "--bare"}, init...)...)
	idDigits := 40
	if slices.Contains(init, "--object-format=sha256") {
		idDigits = 64
	}
	r := rand.New(rand.NewPCG(uint64(n), 7))
	files := map[string]string{}
	var in strings.Builder
	for i := range n {
		fmt.Fprintf(&in, "commit refs/heads/main\nmark :%d\ncommitter Ada <ada@example.org> %d +0000\ndata <<.\ncommit %d\n.\n", i+1, 1_700_000_000+i*60, i)
		if i > 0 {
			fmt.Fprintf(&in, "from :%d\n", i)
		}
		if i > 10 && i%10 == 0 {
			fmt.Fprintf(&in, "merge :%d\n", i-5)
		}
		for range 1 + r.IntN(4) {
			edit(r, files, i, idDigits)
		}
		in.WriteString("deleteall\n")
		for _, path := range slices.Sorted(maps.Keys(files)) {
			in.WriteString(strings.ReplaceAll(files[path], "PATH", quoted(path)))
		}
	}
	objectstest.GitInput(t, dir, in.String(), "-c", "fastimport.unpackLimit=0", "fast-import", "--quiet")
	return dir
}

// edit changes one path.
func edit(r *rand.Rand, files map[string]string, i, idDigits int) {
	path := names[r.IntN(len(names))]
	for range r.IntN(4) {
		path += "/" + names[r.IntN(len(names))]
	}
	switch r.IntN(12) {
	case 0:
		path = fmt.Sprintf("wide/%04d", r.IntN(400))
	case 1:
		path = "deep/" + strings.Repeat("er/", 1+r.IntN(30)) + "f"
	case 2:
		// Nothing but a removal.
		maps.DeleteFunc(files, func(p, _ string) bool { return p == path || strings.HasPrefix(p, path+"/") })
		return
	case 3:
		for f := range 400 {
			if r.IntN(i+1) == 0 {
				files[fmt.Sprintf("wide/%04d", f)] = fmt.Sprintf("M 644 inline PATH\ndata <<.\nwide %d\n.\n", f%10)
			}
		}
	}
	// What is in the way of the path goes, as in a work tree.
	maps.DeleteFunc(files, func(p, _ string) bool {
		return strings.HasPrefix(p, path+"/") || strings.HasPrefix(path, p+"/")
	})
	switch mode := []string{"644", "644", "644", "755", "120000", "160000"}[r.IntN(6)]; mode {
	case "160000":
		files[path] = fmt.Sprintf("M 160000 %0*x PATH\n", idDigits, 1+r.IntN(3))
	default:
		files[path] = fmt.Sprintf("M %s inline PATH\ndata <<.\ncontent %d\n.\n", mode, r.IntN(5))
	}
}

// quoted is a path as fast-import reads it.
func quoted(path string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(path) + `"`
}
