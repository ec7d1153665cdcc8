package packs_test

import (
	"strings"
	"testing"

	"plumb/gitops/objects/objectstest"
	"plumb/gitops/objects/packs"
)

// benchmarked is a packed repository with its commits and their trees, newest first.
func benchmarked(b *testing.B) (r *packs.Reader, commits, trees []packs.ID) {
	b.Helper()
	dir := generate(b, 1000)
	objectstest.Git(b, dir, "repack", "-adfq")
	for line := range strings.Lines(objectstest.Git(b, dir, "log", "--first-parent", "--format=%H %T")) {
		commit, tree, _ := strings.Cut(strings.TrimSpace(line), " ")
		commits = append(commits, id(b, commit))
		trees = append(trees, id(b, tree))
	}
	return open(b, dir, 20), commits, trees
}

func BenchmarkReadCommits(b *testing.B) {
	r, commits, _ := benchmarked(b)
	for b.Loop() {
		s := r.Session(16 << 20)
		for _, id := range commits {
			if _, _, err := s.Read(id); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(commits)), "ns/commit")
}

func BenchmarkDiffHistory(b *testing.B) {
	r, _, trees := benchmarked(b)
	for b.Loop() {
		s := r.Session(16 << 20)
		for i := range trees[1:] {
			if err := s.Diff(trees[i+1], trees[i], func([]byte, packs.Change) error { return nil }); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(trees)), "ns/commit")
}
