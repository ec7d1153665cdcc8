package history_test

import (
	"slices"
	"strings"
	"testing"

	"plumb/gitops/history"
	"plumb/model"
	"plumb/model/filter"
)

// order compares the rows of a range with those of git rev-list, in both listings.
func (p *proof) order(from, exclude string) {
	p.Helper()
	what := exclude + ".." + from
	v, err := p.history.View(p.Context(), history.Range{From: from, Exclude: exclude})
	if err != nil {
		p.Fatalf("%s: %v", what, err)
	}
	in := p.within(from, exclude)
	args := []string{"rev-list", "--date-order", from}
	if exclude != "" {
		args = append(args, "^"+exclude)
	}
	want := p.list(args...)
	got := ids(v.Rows(history.Listing{}))
	if exclude != "" && len(want) != len(in) {
		// Git itself takes commits into a range that are not in it, where clocks went wrong.
		if len(got) != len(in) {
			p.Errorf("%s has %d commits; want %d", what, len(got), len(in))
		}
		return
	}
	p.same(what, got, want)
	line := p.line(from, in)
	p.same(what+" along first parents", ids(v.Rows(history.Listing{FirstParent: true})), line)
	// A merge is unfolded into what the line did not have before it, in the order of the whole.
	unfolded := map[model.Hash]bool{}
	var rows []string
	for i, id := range line {
		rows = append(rows, id)
		if len(p.parents[id]) < 2 || p.random.IntN(3) == 0 {
			continue
		}
		unfolded[model.Hash(id)] = true
		brought := p.reach(id)
		delete(brought, id)
		if i+1 < len(line) {
			for had := range p.reach(line[i+1]) {
				delete(brought, had)
			}
		}
		for _, b := range want {
			if brought[b] {
				rows = append(rows, b)
			}
		}
		if len(unfolded) > 5 {
			rows = append(rows, line[i+1:]...)
			break
		}
	}
	r := v.Rows(history.Listing{FirstParent: true, Unfolded: unfolded})
	p.same(what+" unfolded", ids(r), rows)
	p.graph(v.Rows(history.Listing{}))
	p.graph(r)
}

// graph checks that the rows tell of parents what git does, and find each commit at its row.
func (p *proof) graph(r *history.Rows) {
	p.Helper()
	number := map[string]uint32{}
	for i := range r.Len() {
		number[string(r.Hash(i))] = r.ID(i)
	}
	for i := range r.Len() {
		id := r.Hash(i)
		if at, ok := r.Find(id); !ok || at != i {
			p.Fatalf("row %d is found at %d, %v", i, at, ok)
		}
		parents := p.parents[string(id)]
		if r.IsFolded(i) {
			parents = parents[:1]
		}
		var want []uint32
		for _, parent := range parents {
			n, listed := number[parent]
			if !listed {
				n = 1<<32 - 1
			}
			want = append(want, n)
		}
		if got := r.Parents(i); !slices.Equal(got, want) {
			p.Fatalf("row %d has the parents %d; want %d", i, got, want)
		}
	}
}

func (p *proof) orders() {
	p.order("HEAD", "")
	for range 6 {
		p.order(pick(p.random, p.revisions), "")
		p.order(pick(p.random, p.revisions), pick(p.random, p.revisions))
	}
}

// marks compares what rows say of environments with git: what they touch, and where those are live.
func (p *proof) marks(applied string) {
	p.Helper()
	p.places = nil
	for i := range 5 {
		p.places = append(p.places, history.Place{
			Environment: string(rune('a' + i)), Paths: []string{pick(p.random, p.dirs), pick(p.random, p.files)}, Tracked: model.Hash(p.git("rev-parse", "HEAD^0")),
			Applied: model.Hash(p.git("rev-parse", applied+"^0")),
		})
	}
	if err := p.history.Update(p.Context()); err != nil {
		p.Fatal(err)
	}
	v, err := p.history.View(p.Context(), history.Range{})
	if err != nil {
		p.Fatal(err)
	}
	live := p.within(applied, "")
	r := v.Rows(history.Listing{})
	for _, place := range p.places {
		touched := set{}
		args := append(slices.Concat([]string{"log", "--full-history", "--diff-merges=first-parent", "--no-renames", "--name-only", "--format=%x01%H"}, shown), "--")
		for _, path := range place.Paths {
			args = append(args, ":(top,literal)"+path)
		}
		for record := range strings.SplitSeq(p.git(args...), "\x01") {
			if id, names, _ := strings.Cut(record, "\n"); strings.TrimSpace(names) != "" {
				touched[id] = true
			}
		}
		p.seen(touched)
		isLiveAt, isHeadAt := true, true
		for i := range r.Len() {
			e := r.Entry(i)
			id := string(e.Hash)
			is := touched[id]
			check := func(what string, envs []string, want bool) {
				p.Helper()
				if slices.Contains(envs, place.Environment) != want {
					p.Errorf("%s of %s for %q: %v; want %v", what, e.Hash.Short(), place.Paths, !want, want)
				}
			}
			check("touches", e.Touches, is)
			check("live", e.Live, is && live[id])
			check("live at", e.LiveAt, is && live[id] && isLiveAt)
			check("head at", e.HeadAt, is && isHeadAt)
			isLiveAt, isHeadAt = isLiveAt && !(is && live[id]), isHeadAt && !is
		}
	}
}

func (p *proof) allMarks() { p.marks(pick(p.random, p.list("rev-list", "HEAD"))) }

func (p *proof) rollUps() {
	for range 6 {
		q := p.ask(false)
		q.firstParent, q.below = false, nil
		p.rolledUp(q)
	}
}

// rolledUp checks that a merge has a row where it or something that it brought matches.
func (p *proof) rolledUp(q asking) {
	p.Helper()
	v, err := p.history.View(p.Context(), history.Range{From: q.from, Exclude: q.exclude})
	if err != nil {
		p.Fatal(err)
	}
	m := p.match(v, q)
	matches := setOf(ids(v.Rows(history.Listing{Only: m})))
	in := p.within(q.from, q.exclude)
	var want []string
	had := set{}
	line := p.line(q.from, in)
	for _, id := range slices.Backward(line) {
		isListed := false
		for b := range p.reach(id) {
			if !had[b] && in[b] {
				isListed = isListed || matches[b]
			}
			had[b] = true
		}
		if isListed {
			want = append(want, id)
		}
	}
	slices.Reverse(want)
	r := v.Rows(history.Listing{FirstParent: true, Only: m})
	p.same(q.words()+" rolled up", ids(r), want)
	for id := range matches {
		_, isListed := r.Find(model.Hash(id))
		_, isFolded := r.FindFolded(model.Hash(id))
		if !isListed && !isFolded {
			p.Fatalf("%s: no row stands for the match %s", q.words(), id)
		}
	}
}

func TestMatchesAreWalkedRoundAndRound(t *testing.T) {
	p := newProof(t, tangle{seed: 1, commits: 250}.write(t), 1)
	v, err := p.history.View(t.Context(), history.Range{})
	if err != nil {
		t.Fatal(err)
	}
	all := ids(v.Rows(history.Listing{}))
	for range 20 {
		m := p.match(v, p.ask(false))
		matches := ids(v.Rows(history.Listing{Only: m}))
		if len(matches) == 0 {
			if id, ok := m.Next(model.Hash(all[0]), 1); ok {
				t.Errorf("after the first commit comes the match %s; want none", id)
			}
			continue
		}
		last := len(matches) - 1
		for i, id := range matches {
			if at := m.Position(model.Hash(id)); at != i+1 {
				t.Errorf("match %d has the position %d", i+1, at)
			}
			if next, _ := m.Next(model.Hash(id), 1); string(next) != matches[(i+1)%len(matches)] {
				t.Errorf("after match %d comes %s", i+1, next)
			}
			if before, _ := m.Next(model.Hash(id), -1); string(before) != matches[(i+last)%len(matches)] {
				t.Errorf("before match %d comes %s", i+1, before)
			}
		}
		next := 0
		for _, id := range all {
			if next <= last && id == matches[next] {
				next++
				continue
			}
			if at := m.Position(model.Hash(id)); at != 0 {
				t.Errorf("a commit that is no match has the position %d", at)
			}
			if got, _ := m.Next(model.Hash(id), 1); string(got) != matches[next%len(matches)] {
				t.Errorf("after a commit between matches comes %s; want match %d", got, next%len(matches)+1)
			}
			if got, _ := m.Next(model.Hash(id), -1); string(got) != matches[(next+last)%len(matches)] {
				t.Errorf("before a commit between matches comes %s", got)
			}
		}
		// From elsewhere one comes in at the first or the last.
		if got, _ := m.Next("", 1); string(got) != matches[0] {
			t.Errorf("the first match is %s; want %s", got, matches[0])
		}
		if got, _ := m.Next("", -1); string(got) != matches[last] {
			t.Errorf("the last match is %s; want %s", got, matches[last])
		}
	}
}

func (p *proof) match(v *history.View, q asking) *history.Matches {
	p.Helper()
	m, err := p.history.Match(p.Context(), v, history.Wanted{Filter: filter.Filter{Terms: q.terms}, Below: q.below, FirstParent: q.firstParent, Folded: q.folded}, nil)
	if err != nil {
		p.Fatalf("%s: %v", q.words(), err)
	}
	return m
}
