package objects_test

import (
	"fmt"
	"strings"
	"testing"

	"plumb/gitops/objects"
	"plumb/gitops/objects/gitcli"
	"plumb/gitops/objects/gogit"
	"plumb/gitops/objects/objectstest"
	"plumb/model"
)

// generate makes a repository of n commits over 2,000 files, by fast-import: a
// file for each commit, a merge now and then.
func generate(b *testing.B, n int) string {
	b.Helper()
	dir := b.TempDir()
	objectstest.Git(b, dir, "init", "--quiet", "--bare")
	var in strings.Builder
	for i := range n {
		fmt.Fprintf(&in, "commit refs/heads/main\nmark :%d\ncommitter Ada <ada@example.org> %d +0000\ndata <<.\ncommit %d\n.\n", i+1, 1_700_000_000+i*60, i)
		if i > 0 {
			fmt.Fprintf(&in, "from :%d\n", i)
		}
		if i > 10 && i%10 == 0 {
			fmt.Fprintf(&in, "merge :%d\n", i-5)
		}
		if i == 0 {
			for f := range 2000 {
				fmt.Fprintf(&in, "M 644 inline sites/s%d/hosts/h%d/f%d\ndata <<.\n%d\n.\n", f%10, f/10%20, f/200, f)
			}
		}
		fmt.Fprintf(&in, "M 644 inline sites/s%d/hosts/h%d/f%d\ndata <<.\ncommit %d\n.\n", i%10, i/10%20, i/200%10, i)
	}
	objectstest.GitInput(b, dir, in.String(), "fast-import", "--quiet")
	return dir
}

func stores(b *testing.B, run func(b *testing.B, s objects.Store)) {
	dir := generate(b, 5000)
	git, err := gitcli.Open(b.Context(), dir, nil)
	if err != nil {
		b.Fatal(err)
	}
	defer git.Close()
	b.Run("git", func(b *testing.B) { run(b, git) })
	inside, err := gogit.Open(dir)
	if err != nil {
		b.Fatal(err)
	}
	defer inside.Close()
	b.Run("go-git", func(b *testing.B) { run(b, inside) })
}

func BenchmarkLogFirst200(b *testing.B) {
	stores(b, func(b *testing.B, s objects.Store) {
		for b.Loop() {
			n := 0
			for _, err := range s.Log(b.Context(), objects.LogQuery{Limit: 200}) {
				if err != nil {
					b.Fatal(err)
				}
				n++
			}
			if n != 200 {
				b.Fatalf("%d commits", n)
			}
		}
	})
}

func BenchmarkLogAllWithFiles(b *testing.B) {
	stores(b, func(b *testing.B, s objects.Store) {
		for b.Loop() {
			for _, err := range s.Log(b.Context(), objects.LogQuery{WithFiles: true}) {
				if err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}

func BenchmarkDiffTreesOfACommit(b *testing.B) {
	stores(b, func(b *testing.B, s objects.Store) {
		var trees []model.Hash
		for e, err := range s.Log(b.Context(), objects.LogQuery{Limit: 200, FirstParent: true}) {
			if err != nil {
				b.Fatal(err)
			}
			trees = append(trees, e.Tree)
		}
		for i := 0; b.Loop(); i++ {
			k := i % (len(trees) - 1)
			for _, err := range objects.DiffTrees(b.Context(), s, trees[k+1], trees[k]) {
				if err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}
