package index_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plumb/gitops/objects"
	"plumb/gitops/objects/index"
	"plumb/gitops/objects/objectstest"
	"plumb/model"
	"plumb/testdata/repositories"
)

// realRepository names the directory of a repository to measure on beside the made ones. It is only read.
const realRepository = "PLUMB_HISTORY_REPOSITORY"

// onEach measures on repositories of several sizes, and on a real one where one is named.
func onEach(b *testing.B, measure func(b *testing.B, dir string)) {
	made := b.TempDir()
	for name, commits := range map[string]int{"1000": 1000, "10000": 10_000} {
		b.Run(name, func(b *testing.B) {
			dir, err := repositories.Cached(b.Context(), made, repositories.Like(commits))
			if err != nil {
				b.Fatal(err)
			}
			measure(b, dir)
		})
	}
	if dir := os.Getenv(realRepository); dir != "" {
		b.Run("real", func(b *testing.B) { measure(b, dir) })
	}
}

// built is the index of a repository, with what it was built from.
func built(b *testing.B, dir, cacheDir string) (objects.Store, []model.Hash, *index.Snapshot) {
	b.Helper()
	s := open(b, dir)
	heads := tips(b, s)
	x := newIndex(b, s, cacheDir)
	return s, heads, indexOf(b, x, heads)
}

func indexOf(b *testing.B, x *index.Index, heads []model.Hash) *index.Snapshot {
	b.Helper()
	if err := x.Update(b.Context(), heads); err != nil {
		b.Fatal(err)
	}
	return x.Snapshot()
}

func BenchmarkBuild(b *testing.B) {
	onEach(b, func(b *testing.B, dir string) {
		s := open(b, dir)
		heads := tips(b, s)
		b.ReportAllocs()
		n := 0
		for b.Loop() {
			n = indexOf(b, newIndex(b, s, ""), heads).Len()
		}
		b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "µs/commit")
	})
}

// BenchmarkGitLog is what building is compared with.
func BenchmarkGitLog(b *testing.B) {
	onEach(b, func(b *testing.B, dir string) {
		for b.Loop() {
			objectstest.Git(b, dir, "log", "--all", "--name-only", "--no-renames", "--format=%H")
		}
	})
}

func BenchmarkLoad(b *testing.B) {
	onEach(b, func(b *testing.B, dir string) {
		cacheDir := b.TempDir()
		s, heads, _ := built(b, dir, cacheDir)
		b.ReportAllocs()
		for b.Loop() {
			indexOf(b, newIndex(b, s, cacheDir), heads)
		}
	})
}

func BenchmarkExtendBy100(b *testing.B) {
	onEach(b, func(b *testing.B, dir string) {
		// A real repository is not written into: what is new is in one that borrows from it.
		grown := filepath.Join(b.TempDir(), "grown")
		objectstest.Git(b, filepath.Dir(grown), "clone", "--quiet", "--mirror", "--shared", dir, grown)
		cacheDir := b.TempDir()
		s := open(b, grown)
		x := newIndex(b, s, cacheDir)
		indexOf(b, x, tips(b, s))
		for round := 0; b.Loop(); round++ {
			b.StopTimer()
			grow(b, grown, "grown", round, 100)
			heads := tips(b, s)
			b.StartTimer()
			indexOf(b, x, heads)
		}
	})
}

func BenchmarkSaying(b *testing.B) {
	onEach(b, func(b *testing.B, dir string) {
		_, _, snapshot := built(b, dir, "")
		for b.Loop() {
			snapshot.Saying("Database", true)
			snapshot.Saying("Database", false)
		}
	})
}

func BenchmarkTouching(b *testing.B) {
	onEach(b, func(b *testing.B, dir string) {
		_, _, snapshot := built(b, dir, "")
		for b.Loop() {
			snapshot.Touching(false, func(path string) bool { return strings.Contains(path, "production/") })
		}
	})
}
