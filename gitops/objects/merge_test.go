package objects_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumb/gitops/objects"
	"plumb/gitops/objects/objectstest"
	"plumb/model"
)

func TestMergesAreThoseOfGit(t *testing.T) {
	dir, s := repository(t)
	mergeText := func(base, ours, theirs []byte) ([]byte, int) { return mergeFile(t, base, ours, theirs) }
	clean, conflicting := 0, 0
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 3))
		before := grow(r, 3)
		base, ours, theirs := plant(t, s, before, ""), plant(t, s, mutate(r, before, 3), ""), plant(t, s, mutate(r, before, 3), "")
		root := objectstest.Git(t, dir, "commit-tree", "-m", "base", string(base))
		a := objectstest.Git(t, dir, "commit-tree", "-p", root, "-m", "ours", string(ours))
		b := objectstest.Git(t, dir, "commit-tree", "-p", root, "-m", "theirs", string(theirs))
		wantTree, wantConflicts := gitMerge(t, dir, a, b)
		tree, conflicts, err := objects.MergeTrees(t.Context(), s, base, ours, theirs, mergeText)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(wantConflicts, orEmpty(conflicts)); d != "" {
			t.Errorf("seed %d: conflicts (-git +ours):\n%s", seed, d)
		}
		if len(wantConflicts) > 0 {
			conflicting++
			continue
		}
		clean++
		if tree != wantTree {
			t.Errorf("seed %d: the merged tree differs from git's:\n%s", seed, strings.Join(diff(t, s, wantTree, tree), "\n"))
		}
	}
	if clean < 10 || conflicting < 10 {
		t.Errorf("the cases are one-sided: %d clean, %d conflicting", clean, conflicting)
	}
}

func orEmpty(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

// gitMerge asks git merge-tree, and maps the names under which it keeps both of
// a file and a directory back to the one that clashes.
func gitMerge(t *testing.T, dir, a, b string) (model.Hash, []string) {
	t.Helper()
	// Git exits with 1 for conflicts, which is no failure here.
	out := objectstest.GitMay(t, dir, "merge-tree", "--write-tree", "--name-only", "--no-messages", "-z", a, b)
	fields := strings.Split(strings.TrimRight(out, "\x00"), "\x00")
	conflicts := []string{}
	for _, path := range fields[1:] {
		for _, side := range []string{a, b} {
			path = strings.TrimSuffix(path, "~"+side)
		}
		conflicts = append(conflicts, path)
	}
	slices.Sort(conflicts)
	return model.Hash(fields[0]), slices.Compact(conflicts)
}

// mergeFile is git's own merge of texts.
func mergeFile(t *testing.T, base, ours, theirs []byte) ([]byte, int) {
	t.Helper()
	dir := t.TempDir()
	for name, data := range map[string][]byte{"base": base, "ours": ours, "theirs": theirs} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out := objectstest.GitMay(t, dir, "merge-file", "-p", "ours", "base", "theirs")
	return []byte(out), strings.Count(out, "<<<<<<<")
}
