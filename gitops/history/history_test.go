package history_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"plumb/gitops/history"
	"plumb/gitops/objects"
	"plumb/gitops/objects/gitcli"
	"plumb/gitops/objects/gogit"
	"plumb/gitops/objects/index"
	"plumb/gitops/objects/objectstest"
	"plumb/model"
	"plumb/model/filter"
)

var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// graph is a history whose commits have names.
type graph struct {
	*testing.T
	objects.Store
	ids   map[string]model.Hash
	names map[model.Hash]string
}

func newGraph(t *testing.T, s objects.Store) *graph {
	return &graph{t, s, map[string]model.Hash{}, map[model.Hash]string{}}
}

// commit writes a commit, a minute after the one before, that changes files of its first parent's tree: FILE, FILE=CONTENT,
// FILE=- to remove it, or FILE@OTHER to make it what another one was.
func (g *graph) commit(name, parents string, files ...string) {
	g.Helper()
	var tree model.Hash
	c := objects.NewCommit{Message: name + "\n"}
	for p := range strings.FieldsSeq(parents) {
		c.Parents = append(c.Parents, g.ids[p])
	}
	if len(c.Parents) > 0 {
		parent, err := g.Commit(g.Context(), c.Parents[0])
		if err != nil {
			g.Fatal(err)
		}
		tree = parent.Tree
	}
	var edits []model.Edit
	for _, f := range files {
		path, content, _ := strings.Cut(f, "=")
		data := []byte(name + content)
		if to, other, ok := strings.Cut(f, "@"); ok {
			e, err := objects.EntryAt(g.Context(), g, c.Parents[0], other)
			if err != nil {
				g.Fatal(err)
			}
			path = to
			if data, err = g.Blob(g.Context(), e.Hash); err != nil {
				g.Fatal(err)
			}
		}
		edits = append(edits, model.Edit{Path: path, Data: data, Delete: content == "-"})
	}
	var err error
	if c.Tree, err = objects.EditTree(g.Context(), g, tree, edits); err != nil {
		g.Fatal(err)
	}
	who := objects.Signature{Name: "Ada", Email: "ada@example.com", When: start.Add(time.Duration(len(g.ids)) * time.Minute)}
	c.Author, c.Committer = who, who
	id, err := g.WriteCommit(g.Context(), c)
	if err != nil {
		g.Fatal(err)
	}
	g.ids[name], g.names[id] = id, name
}

func (g *graph) branch(name, at string) {
	g.Helper()
	if err := g.UpdateRef(g.Context(), "refs/heads/"+name, g.ids[at], ""); err != nil {
		g.Fatal(err)
	}
}

// bare opens a new repository of real git.
func bare(t *testing.T) objects.Store {
	t.Helper()
	dir := t.TempDir()
	objectstest.Git(t, dir, "init", "-q", "--bare", "-b", "main", ".")
	s, err := gitcli.Open(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// place is where an environment of one directory stands.
func (g *graph) place(env, tracked, applied string) history.Place {
	return history.Place{Environment: env, Paths: []string{env}, Tracked: g.ids[tracked], Applied: g.ids[applied]}
}

// query is what history is asked for.
type query struct {
	history.Range
	FirstParent bool
	Paths       []string
	Filter      string
}

// open is the history of the graph as it is indexed now, from the first commit on.
func (g *graph) open(places ...history.Place) *history.History {
	g.Helper()
	h := history.Open(g.Store, index.Open(g.Store, ""), history.Options{
		Places: func(context.Context) ([]history.Place, error) { return places, nil },
		Paths: func(_ context.Context, kind filter.Kind, value string) ([]string, error) {
			for _, p := range places {
				if kind == filter.Environment && p.Environment == value {
					return p.Paths, nil
				}
			}
			return nil, fmt.Errorf("there is no %s %q", kind, value)
		},
	})
	if err := h.Update(g.Context()); err != nil {
		g.Fatal(err)
	}
	g.Cleanup(func() { _ = h.Close() })
	return h
}

// rows lists history, one line a commit: "name touches:a live:a at:a head:a", leaving out what is empty.
func (g *graph) rows(q query, places ...history.Place) []string {
	g.Helper()
	h := g.open(places...)
	v, err := h.View(g.Context(), q.Range)
	if err != nil {
		g.Fatal(err)
	}
	l := history.Listing{FirstParent: q.FirstParent}
	if q.Filter != "" || len(q.Paths) > 0 {
		f, err := filter.Parse(q.Filter, start.Add(24*time.Hour))
		if err != nil {
			g.Fatal(err)
		}
		if l.Only, err = h.Match(g.Context(), v, history.Wanted{Filter: f, Below: q.Paths, FirstParent: q.FirstParent}, nil); err != nil {
			g.Fatal(err)
		}
	}
	return g.lines(v.Rows(l))
}

func (g *graph) lines(list *history.Rows) []string {
	var rows []string
	for i := range list.Len() {
		e := list.Entry(i)
		row := g.names[e.Hash]
		for _, mark := range []struct {
			name string
			envs []string
		}{{"touches", e.Touches}, {"live", e.Live}, {"at", e.LiveAt}, {"head", e.HeadAt}} {
			if len(mark.envs) > 0 {
				row += " " + mark.name + ":" + strings.Join(mark.envs, ",")
			}
		}
		rows = append(rows, row)
	}
	return rows
}

func check(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("rows are\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func TestEachCommitSaysWhereItIsLive(t *testing.T) {
	g := newGraph(t, gogit.NewMemory())
	g.commit("1", "", "eu/a", "us/a", "README")
	g.commit("2", "1", "eu/a")
	g.commit("3", "2", "README")
	g.commit("4", "3", "us/a", "eu/b")
	g.commit("5", "4", "eu/b=-", "eu-west/a")
	g.branch("main", "5")
	eu, us := g.place("eu", "5", "3"), g.place("us", "5", "5")
	q := query{Range: history.Range{From: "main"}}
	check(t, g.rows(q, eu, us),
		"5 touches:eu head:eu",
		"4 touches:eu,us live:us at:us head:us",
		"3",
		"2 touches:eu live:eu at:eu",
		"1 touches:eu,us live:eu,us")
	check(t, g.rows(query{Range: history.Range{From: "main"}, Paths: []string{"us/", "README"}}, eu, us),
		"4 touches:eu,us live:us at:us head:us",
		"3",
		"1 touches:eu,us live:eu,us")
	check(t, g.rows(query{Range: history.Range{From: "main", Exclude: string(g.ids["3"])}}, eu, us),
		"5 touches:eu head:eu",
		"4 touches:eu,us live:us at:us head:us")
	unknown := g.place("eu", "5", "")
	check(t, g.rows(q, unknown)[:2], "5 touches:eu head:eu", "4 touches:eu")
	unborn := g.place("eu", "", "")
	check(t, g.rows(q, unborn)[:2], "5 touches:eu", "4 touches:eu")
	whole := history.Place{Environment: "all", Paths: []string{"."}, Tracked: g.ids["5"], Applied: g.ids["3"]}
	check(t, g.rows(q, whole)[2:4], "3 touches:all live:all at:all", "2 touches:all live:all")
}

func TestWhatIsLiveDoesNotDependOnWhereOneLooksFrom(t *testing.T) {
	g := newGraph(t, gogit.NewMemory())
	g.commit("1", "", "eu/a")
	g.commit("2", "1", "eu/a")
	g.commit("side", "2", "eu/b")
	g.commit("3", "2", "eu/a")
	g.commit("4", "3", "eu/a")
	g.branch("main", "4")
	g.branch("feature", "side")
	eu := g.place("eu", "4", "3")
	// Looked at from a branch that does not have it, what is applied is live below where they part.
	check(t, g.rows(query{Range: history.Range{From: "feature"}}, eu),
		"side touches:eu",
		"2 touches:eu live:eu",
		"1 touches:eu live:eu")
	check(t, g.rows(query{Range: history.Range{From: string(g.ids["2"])}}, eu),
		"2 touches:eu live:eu",
		"1 touches:eu live:eu")
	check(t, g.rows(query{Range: history.Range{From: "main", Exclude: "feature"}}, eu),
		"4 touches:eu head:eu",
		"3 touches:eu live:eu at:eu")
	// A revision that this clone does not have is no reason to show nothing.
	eu.Applied = "0123456789012345678901234567890123456789"
	check(t, g.rows(query{Range: history.Range{From: "feature"}}, eu), "side touches:eu", "2 touches:eu", "1 touches:eu")
}

func TestMarksPassThroughMerges(t *testing.T) {
	g := newGraph(t, gogit.NewMemory())
	g.commit("base", "", "eu/a")
	g.commit("left", "base", "eu/l")
	g.commit("right", "base", "eu/r")
	g.commit("live", "left right", "eu/r=same")
	g.commit("later", "right", "eu/x")
	g.commit("merge", "live later", "eu/x=same")
	g.branch("main", "merge")
	eu := g.place("eu", "merge", "live")
	check(t, g.rows(query{Range: history.Range{From: "main"}}, eu),
		"merge touches:eu head:eu",
		"later touches:eu",
		"live touches:eu live:eu at:eu",
		"right touches:eu live:eu",
		"left touches:eu live:eu",
		"base touches:eu live:eu")
	check(t, g.rows(query{Range: history.Range{From: "main"}, FirstParent: true}, eu),
		"merge touches:eu head:eu",
		"live touches:eu live:eu at:eu",
		"left touches:eu live:eu",
		"base touches:eu live:eu")
	// What is live on a side line is live below where that line left the main one, and is not on it itself.
	side := g.place("eu", "merge", "later")
	check(t, g.rows(query{Range: history.Range{From: "main"}, FirstParent: true}, side),
		"merge touches:eu head:eu",
		"live touches:eu",
		"left touches:eu",
		"base touches:eu live:eu")
}

func TestMarksPassThroughCrissCross(t *testing.T) {
	g := newGraph(t, gogit.NewMemory())
	g.commit("base", "", "eu/a", "us/a")
	g.commit("a1", "base", "eu/a")
	g.commit("b1", "base", "us/b")
	g.commit("a2", "a1 b1", "us/b=")
	g.commit("b2", "b1 a1", "eu/a=")
	g.commit("a3", "a2", "eu/a")
	g.commit("b3", "b2", "us/b")
	g.commit("top", "a3 b3", "us/b=x")
	g.branch("main", "top")
	check(t, g.rows(query{Range: history.Range{From: "main"}}, g.place("eu", "top", "a3"), g.place("us", "top", "b2")),
		"top touches:us head:us",
		"b3 touches:us",
		"a3 touches:eu live:eu at:eu head:eu",
		"b2 touches:eu",
		"a2 touches:us",
		"b1 touches:us live:us at:us",
		"a1 touches:eu live:eu",
		"base touches:eu,us live:eu,us")
}

// clone is a repository of real git with some commits, and a clone of it with these options.
func clone(t *testing.T, options ...string) *graph {
	t.Helper()
	dir := t.TempDir()
	origin := filepath.Join(dir, "origin")
	objectstest.Git(t, dir, "init", "-q", "-b", "main", "origin")
	for i := range 5 {
		path := filepath.Join(origin, []string{"eu", "us"}[i%2], "a")
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, fmt.Append(nil, i), 0o644); err != nil {
			t.Fatal(err)
		}
		objectstest.Git(t, origin, "add", "-A")
		objectstest.Git(t, origin, "commit", "-q", "-m", fmt.Sprint(i))
	}
	objectstest.Git(t, dir, "clone", "-q", "--bare", "origin", "bare.git")
	objectstest.Git(t, filepath.Join(dir, "bare.git"), "config", "uploadpack.allowFilter", "true")
	args := append(append([]string{"clone", "-q", "--bare"}, options...), "file://"+filepath.Join(dir, "bare.git"), "clone.git")
	objectstest.Git(t, dir, args...)
	s, err := gitcli.Open(t.Context(), filepath.Join(dir, "clone.git"), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	g := newGraph(t, s)
	for i := range 5 {
		id := model.Hash(objectstest.Git(t, origin, "rev-parse", fmt.Sprintf("main~%d", 4-i)))
		g.ids[fmt.Sprint(i)], g.names[id] = id, fmt.Sprint(i)
	}
	// The origin is out of reach now: history is not to wait for it.
	if err := os.RemoveAll(filepath.Join(dir, "bare.git")); err != nil {
		t.Fatal(err)
	}
	return g
}

func TestAPartialCloneStillHasAHistory(t *testing.T) {
	g := clone(t, "--filter=tree:0")
	check(t, g.rows(query{}, g.place("eu", "4", "2")),
		"4 touches:eu head:eu",
		"3 touches:eu",
		"2 touches:eu live:eu at:eu",
		"1 touches:eu live:eu",
		"0 touches:eu live:eu")
}

func TestAShallowCloneEndsWhereItEnds(t *testing.T) {
	g := clone(t, "--depth=2")
	check(t, g.rows(query{}, g.place("eu", "4", "2")), "4 touches:eu head:eu", "3")
}

func TestAnUnbornBranchHasNoHistory(t *testing.T) {
	dir := t.TempDir()
	objectstest.Git(t, dir, "init", "-q", ".")
	s, err := gitcli.Open(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	check(t, newGraph(t, s).rows(query{}, history.Place{Environment: "eu", Paths: []string{"eu"}}))
}

// prompt is a store that has answered before anybody can cancel.
type prompt struct{ objects.Store }

func (p prompt) Refs(ctx context.Context, prefix string) ([]objects.Ref, error) {
	return p.Store.Refs(context.WithoutCancel(ctx), prefix)
}

func (p prompt) Resolve(ctx context.Context, revision string) (model.Hash, error) {
	return p.Store.Resolve(context.WithoutCancel(ctx), revision)
}

func TestAnUpdateThatNobodyWantsAnyMoreDoesNotUndoTheNextOne(t *testing.T) {
	g := newGraph(t, gogit.NewMemory())
	g.commit("1", "", "eu/a")
	g.commit("2", "1", "eu/a")
	g.branch("main", "2")
	before, after := g.place("eu", "2", "1"), g.place("eu", "2", "2")
	var h *history.History
	late := func() {}
	place := before
	h = history.Open(prompt{g.Store}, index.Open(g.Store, ""), history.Options{Places: func(context.Context) ([]history.Place, error) {
		found := place
		late() // Another update comes and goes before this answer is used.
		return []history.Place{found}, nil
	}})
	t.Cleanup(func() { _ = h.Close() })
	ctx, cancel := context.WithCancel(t.Context())
	late = func() {
		late = func() {}
		cancel()
		place = after
		if err := h.Update(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if err := h.Update(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("the update that nobody wants: %v", err)
	}
	v, err := h.View(t.Context(), history.Range{From: "main"})
	if err != nil {
		t.Fatal(err)
	}
	check(t, g.lines(v.Rows(history.Listing{})), "2 touches:eu live:eu at:eu head:eu", "1 touches:eu live:eu")
}
