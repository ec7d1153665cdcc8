package history_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"plumb/gitops/history"
	"plumb/gitops/objects"
	"plumb/gitops/objects/gitcli"
	"plumb/gitops/objects/index"
	"plumb/gitops/objects/objectstest"
	"plumb/model"
	"plumb/model/filter"
	"plumb/testdata/repositories"
)

// growing is a repository that is large enough to be seen growing, with clocks that are right.
func growing(t *testing.T) (dir string) {
	t.Helper()
	return made(t, repositories.Shape{Commits: 5000, Seed: 5, Requests: 0.6, Bots: 0.2, Files: 400})
}

// opened is the history of a repository with some environments in it, of which nothing is read yet.
func opened(t *testing.T, dir string) *history.History {
	t.Helper()
	s, err := gitcli.Open(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	places, err := standing(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	h := history.Open(s, index.Open(s, ""), history.Options{
		Places: func(context.Context) ([]history.Place, error) { return places, nil },
		Paths:  func(_ context.Context, _ filter.Kind, value string) ([]string, error) { return []string{value}, nil },
	})
	t.Cleanup(func() { _ = h.Close() })
	return h
}

// watch brings a history up to date, and looks at it whenever there is more, and at the end.
func watch(t *testing.T, h *history.History, look func()) {
	t.Helper()
	err := h.Until(t.Context(), func() (bool, error) {
		look()
		return false, nil
	})
	if err != nil {
		t.Error(err)
	}
	look()
}

func look(t *testing.T, h *history.History, r history.Range) *history.View {
	t.Helper()
	v, err := h.View(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestWhatIsListedWhileHistoryIsReadStays(t *testing.T) {
	dir := growing(t)
	git := func(args ...string) []string { return strings.Fields(objectstest.Git(t, dir, args...)) }
	for _, c := range []struct {
		name    string
		span    history.Range
		listing history.Listing
		want    []string
	}{
		{"all", history.Range{}, history.Listing{}, git("rev-list", "--date-order", "HEAD")},
		{"along first parents", history.Range{}, history.Listing{FirstParent: true}, git("rev-list", "--first-parent", "HEAD")},
		{"a range", history.Range{From: "HEAD", Exclude: "HEAD~500"}, history.Listing{}, git("rev-list", "--date-order", "HEAD", "^HEAD~500")},
		{"from far below", history.Range{From: "HEAD~1000"}, history.Listing{}, git("rev-list", "--date-order", "HEAD~1000")},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := opened(t, dir)
			before, grew := 0, 0
			watch(t, h, func() {
				got := ids(look(t, h, c.span).Rows(c.listing))
				if len(got) < before || len(got) > len(c.want) || !slices.Equal(got, c.want[:len(got)]) {
					t.Errorf("after %d rows there are %d, which are not the first of all %d", before, len(got), len(c.want))
				}
				if len(got) > before {
					before = len(got)
					grew++
				}
			})
			if before != len(c.want) {
				t.Errorf("in the end there are %d rows; want %d", before, len(c.want))
			}
			t.Logf("it grew %d times", grew)
		})
	}
}

func TestARowThatIsKnownDoesNotChangeAnyMore(t *testing.T) {
	h := opened(t, growing(t))
	known := map[model.Hash]history.Entry{}
	marked := 0
	remember := func(r *history.Rows) {
		for i := 0; i < r.Len(); i += 1 + i/50 {
			if !r.IsKnown(i) {
				continue
			}
			now := r.Entry(i)
			was, ok := known[now.Hash]
			if ok && (!slices.Equal(was.Touches, now.Touches) || !slices.Equal(was.Live, now.Live) ||
				!slices.Equal(was.LiveAt, now.LiveAt) || !slices.Equal(was.HeadAt, now.HeadAt)) {
				t.Errorf("row %d was known as\n%+v, and is\n%+v", i, was, now)
			}
			known[now.Hash] = now
			marked += len(now.LiveAt)
		}
	}
	var all []*history.Rows
	watch(t, h, func() {
		r := look(t, h, history.Range{}).Rows(history.Listing{})
		remember(r)
		all = append(all, r)
	})
	if len(known) == 0 || marked == 0 {
		t.Errorf("%d rows are known, of which %d have marks", len(known), marked)
	}
	// What was listed in the beginning knows no more than it did then.
	for _, r := range all {
		remember(r)
	}
}

func TestTheReaderKeepsHistoryWhileWhatWasFetchedIsRead(t *testing.T) {
	origin, dir := growing(t), t.TempDir()
	objectstest.Git(t, dir, "init", "-q", "--bare", "-b", "main", ".")
	objectstest.Git(t, origin, "branch", "old", "HEAD~1000")
	fetch := func(from string) {
		objectstest.Git(t, dir, "fetch", "-q", "--no-tags", "file://"+origin, from+":refs/heads/main")
	}
	fetch("old")
	h := opened(t, dir)
	if err := h.Update(t.Context()); err != nil {
		t.Fatal(err)
	}
	before := ids(look(t, h, history.Range{}).Rows(history.Listing{}))
	fetch("main")
	lines := len(before)
	watch(t, h, func() {
		v := look(t, h, history.Range{})
		if v.Len() < lines {
			t.Errorf("of %d rows %d are left", lines, v.Len())
		}
		lines = v.Len()
		for _, id := range []string{before[0], before[len(before)/2], before[len(before)-1]} {
			if !v.Has(model.Hash(id)) {
				t.Errorf("%s, which the reader may be looking at, is not listed any more", id)
			}
		}
	})
	want := strings.Fields(objectstest.Git(t, dir, "rev-list", "--date-order", "main"))
	if got := ids(look(t, h, history.Range{}).Rows(history.Listing{})); !slices.Equal(got, want) {
		t.Errorf("in the end there are %d rows; want %d", len(got), len(want))
	}
	// A branch that is taken back is shorter.
	fetch("+old")
	if err := h.Update(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := ids(look(t, h, history.Range{}).Rows(history.Listing{})); !slices.Equal(got, before) {
		t.Errorf("after the branch went back there are %d rows; want %d", len(got), len(before))
	}
}

func TestHistoryIsReadAndAskedAtTheSameTime(t *testing.T) {
	h := opened(t, growing(t))
	f, err := filter.Parse("the !is:merge author:a path:*.yaml", start)
	if err != nil {
		t.Fatal(err)
	}
	ask := func() error {
		v, err := h.View(t.Context(), history.Range{})
		if err != nil {
			return err
		}
		m, err := h.Match(t.Context(), v, history.Wanted{Filter: f, Folded: true}, nil)
		if err != nil {
			return err
		}
		for _, l := range []history.Listing{{}, {FirstParent: true}, {FirstParent: true, Only: m}, {Only: m}} {
			r := v.Rows(l)
			for i := range min(r.Len(), 30) {
				e := r.Entry(i)
				r.Find(e.Hash)
				r.FindFolded(e.Hash)
				r.Parents(i)
				m.Next(e.Hash, 1)
			}
		}
		return nil
	}
	updated := make(chan error, 1)
	go func() { updated <- h.Update(t.Context()) }()
	var group sync.WaitGroup
	done := make(chan struct{})
	for range 3 {
		group.Go(func() {
			for {
				if err := ask(); err != nil {
					t.Error(err)
					return
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	if err := <-updated; err != nil {
		t.Error(err)
	}
	close(done)
	group.Wait()
}

func TestReadingStopsWhenItIsEnough(t *testing.T) {
	dir := growing(t)
	h := opened(t, dir)
	asked := 0
	enough := func() (bool, error) {
		asked++
		return true, nil
	}
	if err := h.Until(t.Context(), enough); err != nil || asked != 1 {
		t.Errorf("asked %d times: %v", asked, err)
	}
	why := errors.New("cannot be shown")
	if err := h.Until(t.Context(), func() (bool, error) { return false, why }); !errors.Is(err, why) {
		t.Errorf("reading ended with %v; want %v", err, why)
	}
	// Whoever gives up leaves what is read to the next.
	ctx, cancel := context.WithCancel(t.Context())
	err := h.Until(ctx, func() (bool, error) { cancel(); return false, nil })
	if err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("reading was cancelled: %v", err)
	}
	if err := h.Update(t.Context()); err != nil {
		t.Fatal(err)
	}
	if at := h.Progress(); !at.Done || !at.Walked || at.Commits != 5000 || at.Looked != 5000 {
		t.Errorf("in the end history is at %+v", at)
	}
	cancel()
	if _, err := h.View(ctx, history.Range{From: "HEAD~7"}); !errors.Is(err, context.Canceled) {
		t.Errorf("a view that nobody wants any more: %v", err)
	}
}

func TestARevisionThatNoRefLeadsToHasAHistory(t *testing.T) {
	p := newProof(t, tangle{seed: 11, commits: 60}.write(t), 11)
	id := p.git("commit-tree", "-p", "main", "-m", "Lost", "main^{tree}")
	other := p.git("commit-tree", "-p", id, "-p", "main~3", "-m", "Lost too", "main^{tree}")
	full := look(t, p.history, history.Range{})
	for _, c := range []struct {
		span history.Range
		want []string
	}{
		{history.Range{From: other, Exclude: "main"}, []string{"rev-list", "--date-order", other, "^main"}},
		{history.Range{From: other}, []string{"rev-list", "--date-order", other}},
		{history.Range{Exclude: id}, []string{"rev-list", "--date-order", "HEAD", "^" + id}},
	} {
		p.same(c.span.Exclude+".."+c.span.From, ids(look(t, p.history, c.span).Rows(history.Listing{})), p.list(c.want...))
	}
	third := p.git("commit-tree", "-p", other, "-m", "Lost as well", "main^{tree}")
	in := []filter.Term{{Kind: filter.Revision, Value: "main~5.." + third}}
	m := p.match(full, asking{terms: in})
	p.same("in a range of it", ids(full.Rows(history.Listing{Only: m})), p.list("rev-list", "--date-order", "main", "^main~5"))
	if _, err := p.history.View(t.Context(), history.Range{From: "main", Exclude: "nowhere"}); !errors.Is(err, objects.ErrNotFound) {
		t.Errorf("a range from a revision that does not exist: %v", err)
	}
	if _, err := p.history.View(t.Context(), history.Range{Exclude: "nowhere"}); !errors.Is(err, objects.ErrNotFound) {
		t.Errorf("a range from a revision that does not exist to HEAD: %v", err)
	}
}
