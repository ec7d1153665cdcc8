package history_test

import (
	"context"
	"os"
	"testing"
	"time"

	"plumb/gitops/history"
	"plumb/gitops/objects"
	"plumb/gitops/objects/gitcli"
	"plumb/gitops/objects/index"
	"plumb/model"
	"plumb/model/filter"
	"plumb/testdata/repositories"
)

// benched is a history to measure on, with some environments: that of a real repository, or of one with 10,000 commits.
func benched(b *testing.B) (*history.History, string) {
	b.Helper()
	dir := os.Getenv(realRepository)
	if dir == "" {
		dir = b.TempDir() + "/made.git"
		if _, err := repositories.Write(b.Context(), dir, repositories.Like(10_000)); err != nil {
			b.Fatal(err)
		}
	}
	s, err := gitcli.Open(b.Context(), dir, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	var places []history.Place
	h := history.Open(s, index.Open(s, ""), history.Options{
		Places: func(context.Context) ([]history.Place, error) { return places, nil },
		Paths:  func(_ context.Context, _ filter.Kind, value string) ([]string, error) { return []string{value}, nil },
	})
	b.Cleanup(func() { _ = h.Close() })
	if places, err = standing(b.Context(), s); err != nil {
		b.Fatal(err)
	}
	if err := h.Update(b.Context()); err != nil {
		b.Fatal(err)
	}
	return h, places[0].Paths[0]
}

// standing is environments of the directories in the root: what is live in them is some commits back.
func standing(ctx context.Context, s objects.Store) ([]history.Place, error) {
	var places []history.Place
	head, err := s.Resolve(ctx, "HEAD")
	if err != nil {
		return nil, err
	}
	live, err := s.Resolve(ctx, "HEAD~50")
	if err != nil {
		return nil, err
	}
	c, err := s.Commit(ctx, head)
	if err != nil {
		return nil, err
	}
	entries, err := s.Tree(ctx, c.Tree)
	for _, e := range entries {
		if e.Mode == model.ModeTree && len(places) < 6 {
			places = append(places, history.Place{Environment: e.Name, Production: len(places) == 1, Paths: []string{e.Name}, Tracked: head, Applied: live})
		}
	}
	return places, err
}

func view(b *testing.B, h *history.History) *history.View {
	b.Helper()
	v, err := h.View(b.Context(), history.Range{})
	if err != nil {
		b.Fatal(err)
	}
	return v
}

// BenchmarkView measures what it takes to look at history after it changed, and when it did not.
func BenchmarkView(b *testing.B) {
	h, _ := benched(b)
	b.Run("again", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			view(b, h)
		}
	})
	b.Run("anew", func(b *testing.B) {
		b.ReportAllocs()
		// What is asked for in turns is not remembered.
		turns := []string{"HEAD", "HEAD^0"}
		for i := 0; b.Loop(); i++ {
			if _, err := h.View(b.Context(), history.Range{From: turns[i%2]}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkRows measures what it takes to list a view in each of its ways.
func BenchmarkRows(b *testing.B) {
	h, _ := benched(b)
	v := view(b, h)
	f, err := filter.Parse("the", time.Now())
	if err != nil {
		b.Fatal(err)
	}
	m, err := h.Match(b.Context(), v, history.Wanted{Filter: f}, nil)
	if err != nil {
		b.Fatal(err)
	}
	line := v.Rows(history.Listing{FirstParent: true})
	unfolded := map[model.Hash]bool{}
	for i := range min(line.Len(), 50) {
		unfolded[line.Hash(i)] = true
	}
	for _, c := range []struct {
		name    string
		listing history.Listing
	}{
		{"all", history.Listing{}},
		{"first parent", history.Listing{FirstParent: true}},
		{"unfolded", history.Listing{FirstParent: true, Unfolded: unfolded}},
		{"matches", history.Listing{Only: m}},
		{"rolled up", history.Listing{FirstParent: true, Only: m}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				v.Rows(c.listing)
			}
		})
	}
	b.Run("entries", func(b *testing.B) {
		all := v.Rows(history.Listing{})
		for b.Loop() {
			for i := range min(all.Len(), 50) {
				all.Entry(i)
			}
		}
	})
	last := v.Rows(history.Listing{})
	end := last.Hash(last.Len() - 1)
	b.Run("find", func(b *testing.B) {
		for b.Loop() {
			last.Find(end)
		}
	})
	b.Run("position", func(b *testing.B) {
		for b.Loop() {
			m.Position(end)
		}
	})
	b.Run("next", func(b *testing.B) {
		for b.Loop() {
			m.Next(end, -1)
		}
	})
}

// BenchmarkMatch measures what a filter takes after each key that is typed.
func BenchmarkMatch(b *testing.B) {
	h, dir := benched(b)
	v := view(b, h)
	for _, words := range []string{
		"t", "the", "Merge", "zzzz", "abcd", "größe", "~upng", "author:a", "since:1y", "path:*.yaml", "path:**/" + dir + "/**", "path:" + dir + "/**/*.tf", "env:" + dir,
		"trailer:Signed-off-by", "is:merge", "is:request", "is:production", "is:live", "is:pending", "in:HEAD~100..HEAD", "author:a !the env:" + dir,
	} {
		f, err := filter.Parse(words, time.Now())
		if err != nil {
			b.Fatal(err)
		}
		b.Run(words, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				m, err := h.Match(b.Context(), v, history.Wanted{Filter: f}, nil)
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(m.Len()), "matches")
				// Answers are remembered until something else is asked.
				if _, err := h.Match(b.Context(), v, history.Wanted{}, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
