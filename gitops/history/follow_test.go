package history_test

import (
	"slices"
	"strings"
	"testing"

	"plumb/gitops/history"
	"plumb/gitops/objects/gogit"
	"plumb/model"
	"plumb/model/filter"
)

// followed lists the commits of a file's history.
func (p *proof) followed(from, file string) []string {
	p.Helper()
	v, err := p.history.View(p.Context(), history.Range{From: from})
	if err != nil {
		p.Fatal(err)
	}
	m := p.match(v, asking{from: from, terms: []filter.Term{{Kind: filter.File, Value: file}}})
	return ids(v.Rows(history.Listing{Only: m}))
}

func TestAFileIsFollowedAlongALineAsGitDoes(t *testing.T) {
	for _, seed := range []uint64{21, 22, 23} {
		p := newProof(t, tangle{seed: seed, commits: 120, linear: true}.write(t), seed)
		renamed := 0
		for _, file := range slices.Compact(slices.Sorted(slices.Values(p.files))) {
			for _, from := range []string{"HEAD", "HEAD~25"} {
				want := p.list("--literal-pathspecs", "log", "--follow", "--full-history", "--format=%H", from, "--", file)
				p.same("followed from "+from+": "+file, p.followed(from, file), want)
				if len(want) > len(p.list("--literal-pathspecs", "log", "--full-history", "--format=%H", from, "--", file)) {
					renamed++
				}
			}
		}
		if renamed < 5 {
			t.Errorf("only %d files had another name before", renamed)
		}
	}
}

// move is a commit that moves files: each is "FROM TO", and keeps its content.
func (g *graph) move(name, parent string, moves ...string) {
	g.Helper()
	var edits []string
	for _, m := range moves {
		from, to, _ := strings.Cut(m, " ")
		edits = append(edits, from+"=-", to+"@"+from)
	}
	g.commit(name, parent, edits...)
}

func TestAFileIsFollowedThroughMerges(t *testing.T) {
	g := newGraph(t, bare(t))
	g.commit("start", "", "old", "other")
	g.commit("edit", "start", "old")
	// One side moves the file while the other goes on with it under its old name.
	g.move("move", "edit", "old new")
	g.commit("parallel", "edit", "old")
	g.commit("aside", "move", "other")
	g.commit("merge", "aside parallel", "new=both")
	g.commit("on", "merge", "new")
	// What takes the old name afterwards is another file.
	g.commit("again", "on", "old=else")
	g.commit("last", "again", "old=else", "other")
	g.branch("main", "last")
	check(t, g.rows(query{Range: history.Range{From: "main"}, Filter: "file:new"}), "on", "merge", "parallel", "move", "edit", "start")
	check(t, g.rows(query{Range: history.Range{From: "main"}, Filter: "file:new", FirstParent: true}), "on", "merge", "move", "edit", "start")
	check(t, g.rows(query{Range: history.Range{From: "main"}, Filter: "!file:new"}), "last", "again", "aside")
}

func TestADirectoryIsFollowedToWhereItWas(t *testing.T) {
	g := newGraph(t, bare(t))
	g.commit("start", "", "hosts/web/a", "hosts/web/b", "hosts/db/a")
	g.commit("edit", "start", "hosts/web/a")
	g.move("move", "edit", "hosts/web/a live/web/a", "hosts/web/b live/web/b")
	g.commit("more", "move", "live/web/c")
	g.commit("db", "more", "hosts/db/a")
	g.commit("again", "db", "hosts/web/z=another")
	g.branch("main", "again")
	for _, path := range []string{"live/web", "/live/web/"} {
		check(t, g.rows(query{Range: history.Range{From: "main"}, Filter: "file:" + path}), "more", "move", "edit", "start")
	}
	check(t, g.rows(query{Range: history.Range{From: "main"}, Filter: "file:hosts/web"}), "again", "move", "edit", "start")
	check(t, g.rows(query{Range: history.Range{From: "main"}, Filter: "file:nothing"}))
}

func TestWithoutGitAFileIsFollowedUnderItsName(t *testing.T) {
	g := newGraph(t, gogit.NewMemory())
	g.commit("start", "", "old")
	g.move("move", "start", "old new")
	g.commit("edit", "move", "new")
	g.branch("main", "edit")
	check(t, g.rows(query{Range: history.Range{From: "main"}, Filter: "file:new"}), "edit", "move")
	f, err := filter.Parse("adds:x", start)
	if err != nil {
		t.Fatal(err)
	}
	h := g.open()
	v, err := h.View(t.Context(), history.Range{From: "main"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Match(t.Context(), v, history.Wanted{Filter: f}, nil); err == nil || !strings.Contains(model.Hint(err), "install git") {
		t.Errorf("changes are searched without git: %v, hint %q", err, model.Hint(err))
	}
}
