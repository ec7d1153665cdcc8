package history_test

import (
	"slices"
	"testing"

	"plumb/gitops/history"
	"plumb/gitops/objects/objectstest"
	"plumb/model"
	"plumb/model/filter"
	"plumb/model/request"
	"plumb/testdata/repositories"
)

// narrowed lists the rows that typed words leave.
func (p *proof) narrowed(v *history.View, words string) []string {
	p.Helper()
	f, err := filter.Parse(words, start)
	if err != nil {
		p.Fatal(err)
	}
	return ids(v.Rows(history.Listing{Only: p.match(v, asking{terms: f.Terms})}))
}

func TestWordsThatGitDoesNotKnowMeanWhatRowsSay(t *testing.T) {
	for name, dir := range map[string]string{
		"made like a company's": made(t, repositories.Like(800)),
		"tangled":               tangle{seed: 1, commits: 250}.write(t),
	} {
		p := newProof(t, dir, 31)
		p.marks("HEAD~5")
		p.places[0].Production, p.places[3].Production = true, true
		p.places[1].Applied = ""
		if err := p.history.Update(t.Context()); err != nil {
			t.Fatal(err)
		}
		v := look(t, p.history, history.Range{})
		r := v.Rows(history.Listing{})
		for words, is := range map[string]func(e history.Entry, c model.Commit) bool{
			"is:request": func(_ history.Entry, c model.Commit) bool { _, ok := request.Of(c); return ok },
			"is:production": func(e history.Entry, _ model.Commit) bool {
				return slices.Contains(e.Touches, "a") || slices.Contains(e.Touches, "d")
			},
			"is:live":   func(e history.Entry, _ model.Commit) bool { return len(e.Live) > 0 },
			"!is:live":  func(e history.Entry, _ model.Commit) bool { return len(e.Live) == 0 },
			"is:signed": func(e history.Entry, _ model.Commit) bool { return e.IsSigned },
			// All environments but the one of which nobody knows what is live there want the same.
			"is:pending": func(e history.Entry, _ model.Commit) bool {
				return slices.ContainsFunc(e.Touches, func(env string) bool { return env != "b" && !slices.Contains(e.Live, env) })
			},
			"~mrg": func(_ history.Entry, c model.Commit) bool { return filter.HasFuzzy("mrg", c.Subject.String()) },
			"~Up2": func(_ history.Entry, c model.Commit) bool { return filter.HasFuzzy("Up2", c.Subject.String()) },
			"~öße": func(_ history.Entry, c model.Commit) bool { return filter.HasFuzzy("öße", c.Subject.String()) },
			`~"t f"`: func(_ history.Entry, c model.Commit) bool {
				return filter.HasFuzzy("t f", c.Subject.String())
			},
		} {
			var want []string
			for i := range r.Len() {
				e := r.Entry(i)
				c, err := p.store.Commit(t.Context(), e.Hash)
				if err != nil {
					t.Fatal(err)
				}
				if is(e, c) {
					want = append(want, string(e.Hash))
				}
			}
			p.same(name+": "+words, p.narrowed(v, words), want)
			if len(want) == 0 && words != "is:signed" {
				t.Errorf("%s: %s finds nothing", name, words)
			}
		}
	}
}

func TestWhatASearchFindsOnTheWayIsPartOfTheAnswer(t *testing.T) {
	p := newProof(t, made(t, repositories.Like(800)), 41)
	v := look(t, p.history, history.Range{})
	f, err := filter.Parse(`!is:merge adds:replicas !adds:nothing`, start)
	if err != nil {
		t.Fatal(err)
	}
	for _, terms := range [][]filter.Term{f.Terms[:2], f.Terms} {
		var found []string
		looked, told := 0, 0
		all, err := p.history.Match(t.Context(), v, history.Wanted{Filter: filter.Filter{Terms: terms}}, func(m *history.Matches) {
			told++
			now := ids(v.Rows(history.Listing{Only: m}))
			if m.Done || m.Looked < looked || m.Looked > m.Of || len(now) < len(found) || !slices.Equal(now[:len(found)], found) {
				t.Errorf("after %d of %d were looked at, and %d found, it is done: %v, %d of %d, and %d are found", looked, m.Of, len(found), m.Done, m.Looked, m.Of, len(now))
			}
			looked, found = m.Looked, now
		})
		if err != nil {
			t.Fatal(err)
		}
		want := ids(v.Rows(history.Listing{Only: all}))
		if len(terms) == 2 && (told < 3 || len(want) == 0 || !slices.Equal(found, want)) {
			t.Errorf("what was told in the end are %d commits, the answer %d", len(found), len(want))
		}
		if len(terms) == 3 && told > 0 {
			t.Error("what another word may take away is told")
		}
	}
}

func TestEnvironmentsOfACommitWithoutTreesAreFound(t *testing.T) {
	g := clone(t, "--filter=tree:0")
	place := g.place("eu", "4", "2")
	check(t, g.rows(query{Filter: "is:live"}, place),
		"2 touches:eu live:eu at:eu",
		"1 touches:eu live:eu",
		"0 touches:eu live:eu")
	check(t, g.rows(query{Filter: "is:pending"}, place), "4 touches:eu head:eu", "3 touches:eu")
}

func TestRefsStandAtTheirCommits(t *testing.T) {
	dir := tangle{seed: 51, commits: 30}.write(t)
	objectstest.Git(t, dir, "tag", "-a", "-m", "annotated", "signed-off", "main~3")
	p := newProof(t, dir, 51)
	r := look(t, p.history, history.Range{}).Rows(history.Listing{})
	for i := range r.Len() {
		e := r.Entry(i)
		var names []string
		for _, ref := range e.Refs {
			names = append(names, ref.Name)
		}
		want := p.list("for-each-ref", "--points-at", string(e.Hash), "--format=%(refname)", "refs/heads", "refs/remotes", "refs/tags")
		if !slices.Equal(names, want) {
			t.Errorf("at %s stand %s; want %s", e.Hash.Short(), names, want)
		}
	}
}
