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
	"plumb/gitops/objects/objectstest"
	"plumb/model"
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

// commit writes a commit, a minute after the one before, that sets files (FILE or FILE=CONTENT) on its first parent's tree.
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
		edits = append(edits, model.Edit{Path: path, Data: []byte(name + content), Delete: content == "-"})
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

// place is where an environment of one directory stands.
func (g *graph) place(env, tracked, applied string) history.Place {
	return history.Place{Environment: env, Paths: []string{env}, Tracked: g.ids[tracked], Applied: g.ids[applied]}
}

// rows reads a feed in pages, one line a commit: "name touches:a live:a at:a head:a", leaving out what is empty.
func (g *graph) rows(q history.Query, page int, places ...history.Place) []string {
	g.Helper()
	feed := history.Open(g, places, q)
	defer feed.Close()
	var rows []string
	for {
		entries, err := feed.Next(g.Context(), page)
		if err != nil {
			g.Fatal(err)
		}
		for _, e := range entries {
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
		if len(entries) < page {
			return rows
		}
	}
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
	q := history.Query{From: "main"}
	check(t, g.rows(q, 100, eu, us),
		"5 touches:eu head:eu",
		"4 touches:eu,us live:us at:us head:us",
		"3",
		"2 touches:eu live:eu at:eu",
		"1 touches:eu,us live:eu,us")
	check(t, g.rows(history.Query{From: "main", Paths: []string{"us/", "README"}}, 100, eu, us),
		"4 touches:eu,us live:us at:us head:us",
		"3",
		"1 touches:eu,us live:eu,us")
	check(t, g.rows(history.Query{From: "main", Exclude: string(g.ids["3"])}, 100, eu, us),
		"5 touches:eu head:eu",
		"4 touches:eu,us live:us at:us head:us")
	unknown := g.place("eu", "5", "")
	check(t, g.rows(q, 100, unknown)[:2], "5 touches:eu head:eu", "4 touches:eu")
	unborn := g.place("eu", "", "")
	check(t, g.rows(q, 100, unborn)[:2], "5 touches:eu", "4 touches:eu")
	whole := history.Place{Environment: "all", Paths: []string{"."}, Tracked: g.ids["5"], Applied: g.ids["3"]}
	check(t, g.rows(q, 100, whole)[2:4], "3 touches:all live:all at:all", "2 touches:all live:all")
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
	check(t, g.rows(history.Query{From: "feature"}, 2, eu),
		"side touches:eu",
		"2 touches:eu live:eu",
		"1 touches:eu live:eu")
	check(t, g.rows(history.Query{From: string(g.ids["2"])}, 100, eu),
		"2 touches:eu live:eu",
		"1 touches:eu live:eu")
	check(t, g.rows(history.Query{From: "main", Exclude: "feature"}, 100, eu),
		"4 touches:eu head:eu",
		"3 touches:eu live:eu at:eu")
	// A revision that this clone does not have is no reason to show nothing.
	eu.Applied = "0123456789012345678901234567890123456789"
	check(t, g.rows(history.Query{From: "feature"}, 100, eu), "side touches:eu", "2 touches:eu", "1 touches:eu")
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
	check(t, g.rows(history.Query{From: "main"}, 100, eu),
		"merge touches:eu head:eu",
		"later touches:eu",
		"live touches:eu live:eu at:eu",
		"right touches:eu live:eu",
		"left touches:eu live:eu",
		"base touches:eu live:eu")
	check(t, g.rows(history.Query{From: "main", FirstParent: true}, 100, eu),
		"merge touches:eu head:eu",
		"live touches:eu live:eu at:eu",
		"left touches:eu live:eu",
		"base touches:eu live:eu")
	// What is live on a side line is live below where that line left the main one, and is not on it itself.
	side := g.place("eu", "merge", "later")
	check(t, g.rows(history.Query{From: "main", FirstParent: true}, 100, side),
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
	check(t, g.rows(history.Query{From: "main"}, 3, g.place("eu", "top", "a3"), g.place("us", "top", "b2")),
		"top touches:us head:us",
		"b3 touches:us",
		"a3 touches:eu live:eu at:eu head:eu",
		"b2 touches:eu",
		"a2 touches:us",
		"b1 touches:us live:us at:us",
		"a1 touches:eu live:eu",
		"base touches:eu,us live:eu,us")
}

func TestPagesAreTheSameAsOneRead(t *testing.T) {
	g := newGraph(t, gogit.NewMemory())
	g.commit("0", "", "eu/a", "us/a")
	for i := 1; i < 40; i++ {
		parents := fmt.Sprint(i - 1)
		if i%7 == 0 {
			parents += fmt.Sprintf(" %d", i-5)
		}
		g.commit(fmt.Sprint(i), parents, []string{"eu/a", "us/a", "README"}[i%3])
	}
	g.branch("main", "39")
	places := []history.Place{g.place("eu", "39", "20"), g.place("us", "30", "11")}
	for _, q := range []history.Query{{From: "main"}, {From: "main", Paths: []string{"eu"}}, {From: "main", FirstParent: true}, {From: "main", Exclude: string(g.ids["10"])}} {
		want := g.rows(q, 1000, places...)
		for _, page := range []int{1, 2, 7, len(want), len(want) + 1} {
			if got := g.rows(q, page, places...); !slices.Equal(got, want) {
				t.Errorf("%+v in pages of %d:\n  %s\nwant\n  %s", q, page, strings.Join(got, "\n  "), strings.Join(want, "\n  "))
			}
		}
	}
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
	for _, page := range []int{1, 2, 100} {
		check(t, g.rows(history.Query{}, page, g.place("eu", "4", "2")),
			"4 touches:eu head:eu",
			"3 touches:eu",
			"2 touches:eu live:eu at:eu",
			"1 touches:eu live:eu",
			"0 touches:eu live:eu")
	}
}

func TestAShallowCloneEndsWhereItEnds(t *testing.T) {
	g := clone(t, "--depth=2")
	check(t, g.rows(history.Query{}, 100, g.place("eu", "4", "2")), "4 touches:eu head:eu", "3")
}

func TestAnUnbornBranchHasNoHistory(t *testing.T) {
	dir := t.TempDir()
	objectstest.Git(t, dir, "init", "-q", ".")
	s, err := gitcli.Open(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	check(t, newGraph(t, s).rows(history.Query{}, 10, history.Place{Environment: "eu", Paths: []string{"eu"}}))
}

func TestCloseLeavesNothingBehind(t *testing.T) {
	g := clone(t)
	feed := history.Open(g, nil, history.Query{})
	feed.Close() // Before anything was read.
	feed = history.Open(g, nil, history.Query{})
	if entries, err := feed.Next(g.Context(), 2); err != nil || len(entries) != 2 {
		t.Fatalf("%d entries: %v", len(entries), err)
	}
	feed.Close()
	feed.Close()
	if entries, err := feed.Next(g.Context(), 2); err != nil || len(entries) != 0 {
		t.Errorf("after the end there are %d entries: %v", len(entries), err)
	}
	lists, err := filepath.Glob("/proc/self/task/*/children")
	if err != nil || len(lists) == 0 {
		t.Skip("this system does not tell which children a process has")
	}
	for _, list := range lists {
		pids, _ := os.ReadFile(list) // A thread may have ended since.
		for pid := range strings.FieldsSeq(string(pids)) {
			line, _ := os.ReadFile(filepath.Join("/proc", pid, "cmdline"))
			if args := strings.Split(string(line), "\x00"); slices.Contains(args, "log") {
				t.Errorf("a child is left: %q", args)
			}
		}
	}
}

func TestACancelledReadCanGoOnLater(t *testing.T) {
	g := clone(t)
	feed := history.Open(g, nil, history.Query{})
	defer feed.Close()
	ctx, cancel := context.WithCancel(t.Context())
	if entries, err := feed.Next(ctx, 1); err != nil || len(entries) != 1 {
		t.Fatalf("%d entries: %v", len(entries), err)
	}
	cancel()
	if entries, err := feed.Next(ctx, 1); !errors.Is(err, context.Canceled) || len(entries) != 0 {
		t.Errorf("cancelled: %d entries, %v", len(entries), err)
	}
	if entries, err := feed.Next(t.Context(), 10); err != nil || len(entries) != 4 || g.names[entries[0].Hash] != "3" {
		t.Errorf("later: %d entries, %v", len(entries), err)
	}
}
