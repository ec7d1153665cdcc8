package objectstest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"plumb/gitops/objects"
	"plumb/model"
)

// helloCommit is the id of an empty commit that says hello.
const helloCommit model.Hash = "23d2e2338da2f2c9dd7cf80a8794e8356d3ffe12"

// made is a history whose every commit is known.
type made struct {
	commits []model.Hash // Parents come before their children.
	seconds map[model.Hash]int
	parents map[model.Hash][]model.Hash
	trees   map[model.Hash]model.Hash
}

// random writes a history with branches, merges of two and three, criss-crosses,
// several roots, empty commits, equal times, and children older than their parents.
func random(t *testing.T, s objects.Store, seed uint64, n int) made {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	m := made{seconds: map[model.Hash]int{}, parents: map[model.Hash][]model.Hash{}, trees: map[model.Hash]model.Hash{}}
	empty := must[model.Hash](t)(s.WriteTree(t.Context(), nil))
	for i := range n {
		var parents []model.Hash
		for range []int{1, 1, 1, 1, 1, 2, 2, 2, 3, 0}[r.IntN(10)] {
			if i == 0 {
				break
			}
			// Mostly from the last few, so that branches stay short and cross.
			p := m.commits[max(0, i-1-r.IntN(6))]
			if !slices.Contains(parents, p) {
				parents = append(parents, p)
			}
		}
		tree := empty
		if len(parents) > 0 {
			// A merge may take its tree from any side, as a real one does for what only that side changed.
			tree = m.trees[parents[r.IntN(len(parents))]]
		}
		if r.IntN(5) > 0 {
			tree = must[model.Hash](t)(objects.EditTree(t.Context(), s, tree, []model.Edit{
				{Path: []string{"a/x", "a/y", "b", "c/d/e"}[r.IntN(4)], Mode: model.ModeFile, Data: fmt.Append(nil, r.IntN(9))},
			}))
		}
		seconds := []int{i, i / 4, i - 20 + r.IntN(40)}[r.IntN(3)]
		id := commit(t, s, tree, 100+seconds, fmt.Sprint("commit ", i), parents...)
		if m.trees[id] != "" {
			continue
		}
		m.commits = append(m.commits, id)
		m.seconds[id], m.parents[id], m.trees[id] = seconds, parents, tree
		if len(m.commits) != i+1 {
			t.Fatal("two commits are the same")
		}
	}
	return m
}

// reach is what can be reached from the commits, themselves included.
func (m made) reach(firstParent bool, from ...model.Hash) map[model.Hash]bool {
	seen := map[model.Hash]bool{}
	for len(from) > 0 {
		id := from[0]
		from = from[1:]
		if seen[id] {
			continue
		}
		seen[id] = true
		p := m.parents[id]
		if firstParent && len(p) > 1 {
			p = p[:1]
		}
		from = append(from, p...)
	}
	return seen
}

// heads are the commits without children.
func (m made) heads() (heads []string) {
	isParent := map[model.Hash]bool{}
	for _, ps := range m.parents {
		for _, p := range ps {
			isParent[p] = true
		}
	}
	for _, c := range m.commits {
		if !isParent[c] {
			heads = append(heads, string(c))
		}
	}
	return heads
}

// assertOrder fails unless each commit is the newest of those whose children have all come.
func (m made) assertOrder(t *testing.T, ids []model.Hash, firstParent bool) {
	t.Helper()
	left := map[model.Hash]int{} // Of each commit that is to come, how many children are.
	for _, id := range ids {
		left[id] += 0
		p := m.parents[id]
		if firstParent && len(p) > 1 {
			p = p[:1]
		}
		for _, p := range p {
			left[p]++
		}
	}
	wanted := map[model.Hash]bool{}
	for _, id := range ids {
		wanted[id] = true
	}
	for i, id := range ids {
		if left[id] != 0 {
			t.Errorf("%s, entry %d, comes before its child", id.Short(), i)
		}
		for other := range wanted {
			if left[other] == 0 && m.seconds[other] > m.seconds[id] {
				t.Errorf("%s, entry %d, comes before the newer %s", id.Short(), i, other.Short())
			}
		}
		delete(wanted, id)
		p := m.parents[id]
		if firstParent && len(p) > 1 {
			p = p[:1]
		}
		for _, p := range p {
			left[p]--
		}
	}
}

func hashes(entries []objects.LogEntry) []model.Hash {
	ids := make([]model.Hash, len(entries))
	for i, e := range entries {
		ids[i] = e.Hash
	}
	return ids
}

// assertSame fails unless the commits are those of the set, each once.
func assertSame(t *testing.T, what string, ids []model.Hash, want map[model.Hash]bool) {
	t.Helper()
	seen := map[model.Hash]bool{}
	for _, id := range ids {
		if seen[id] {
			t.Errorf("%s: %s comes twice", what, id.Short())
		}
		seen[id] = true
		if !want[id] {
			t.Errorf("%s: %s is not wanted", what, id.Short())
		}
	}
	for id := range want {
		if !seen[id] {
			t.Errorf("%s: %s does not come", what, id.Short())
		}
	}
}

func testLogOrder(t *testing.T, s objects.Store) {
	for seed := range uint64(6) {
		m := random(t, s, seed, 60)
		entries := log(t, s, objects.LogQuery{From: m.heads()})
		ids := hashes(entries)
		assertSame(t, "whole log", ids, m.reach(false, m.commits...))
		m.assertOrder(t, ids, false)
		for _, e := range entries {
			if !slices.Equal(e.Parents, m.parents[e.Hash]) || e.Tree != m.trees[e.Hash] {
				t.Errorf("%s has parents %s and tree %s", e.Hash.Short(), e.Parents, e.Tree)
			}
		}
		first := hashes(log(t, s, objects.LogQuery{From: m.heads(), Limit: 7}))
		if !slices.Equal(first, ids[:7]) {
			t.Errorf("the first seven are %s; want %s", first, ids[:7])
		}
		line := hashes(log(t, s, objects.LogQuery{From: m.heads()[:1], FirstParent: true}))
		assertSame(t, "first parents", line, m.reach(true, model.Hash(m.heads()[0])))
		m.assertOrder(t, line, true)
	}
}

func testLogQueries(t *testing.T, s objects.Store) {
	for seed := range uint64(6) {
		m := random(t, s, seed+100, 50)
		all := m.reach(false, m.commits...)
		without := m.reach(false, m.commits[30])
		newer := map[model.Hash]bool{}
		for id := range all {
			if !without[id] {
				newer[id] = true
			}
		}
		assertSame(t, "exclude", hashes(log(t, s, objects.LogQuery{From: m.heads(), Exclude: []string{string(m.commits[30])}})), newer)
		for _, paths := range [][]string{{"a"}, {"a/x"}, {"b", "c/d"}, {"c/d/e/"}, {"a*"}, {":(glob)**"}, {"--all"}, {"."}, {"nowhere"}} {
			want := map[model.Hash]bool{}
			for id := range all {
				if paths[0] == "." || len(m.changed(t, s, id, paths...)) > 0 {
					want[id] = true
				}
			}
			assertSame(t, fmt.Sprint("paths ", paths), hashes(log(t, s, objects.LogQuery{From: m.heads(), Paths: paths})), want)
		}
		for _, e := range log(t, s, objects.LogQuery{From: m.heads(), Paths: []string{"a"}, WithFiles: true}) {
			if want := m.changed(t, s, e.Hash); !slices.Equal(e.Files, want) {
				t.Errorf("%s has files %v; want %v", e.Hash.Short(), e.Files, want)
			}
		}
	}
}

// changed are the files that a commit changed against its first parent.
func (m made) changed(t *testing.T, s objects.Store, id model.Hash, paths ...string) []model.FileChange {
	t.Helper()
	var before model.Hash
	if p := m.parents[id]; len(p) > 0 {
		before = m.trees[p[0]]
	}
	var files []model.FileChange
	for c, err := range objects.DiffTrees(t.Context(), s, before, m.trees[id], paths...) {
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, c)
	}
	return files
}

func testAncestry(t *testing.T, s objects.Store) {
	m := random(t, s, 7, 30)
	for _, a := range m.commits {
		of := m.reach(false, a)
		for _, b := range m.commits[len(m.commits)-6:] {
			is := must[bool](t)(s.IsAncestor(t.Context(), a, b))
			if want := m.reach(false, b)[a]; is != want {
				t.Errorf("%s is an ancestor of %s: %v; want %v", a.Short(), b.Short(), is, want)
			}
			base, err := s.MergeBase(t.Context(), a, b)
			var best []model.Hash
			for c := range m.reach(false, b) {
				if of[c] {
					best = append(best, c)
				}
			}
			common := slices.Clone(best)
			best = slices.DeleteFunc(best, func(c model.Hash) bool {
				return slices.ContainsFunc(common, func(d model.Hash) bool { return d != c && m.reach(false, d)[c] })
			})
			switch {
			case len(best) == 0 && !errors.Is(err, objects.ErrNotFound):
				t.Errorf("unrelated commits have the base %s: %v", base, err)
			case len(best) > 0 && !slices.Contains(best, base):
				t.Errorf("the base of %s and %s is %s (%v); want one of %s", a.Short(), b.Short(), base, err, best)
			}
		}
	}
}

func testResolve(t *testing.T, s objects.Store) {
	ctx := t.Context()
	root := tree(t, s, map[string]string{"f": "x"})
	first := commit(t, s, root, 0, "first")
	second := commit(t, s, root, 1, "second", first)
	side := commit(t, s, root, 2, "side", first)
	merge := commit(t, s, root, 3, "merge", second, side)
	for name, id := range map[string]model.Hash{
		strings.TrimPrefix(s.Info().Head, ""): merge, "refs/heads/feature/x": second, "refs/remotes/origin/main": first, "refs/tags/feature/x": side,
	} {
		if err := s.UpdateRef(ctx, name, id, ""); err != nil {
			t.Fatal(err)
		}
	}
	for revision, want := range map[string]model.Hash{
		"HEAD": merge, "@": merge, "HEAD^": second, "HEAD~1": second, "HEAD^2": side, "HEAD~2": first, "HEAD^2~1": first, "HEAD~~": first,
		"HEAD^{commit}": merge, "HEAD^0": merge, "origin/main": first, "heads/feature/x": second, "refs/heads/feature/x": second,
		"feature/x": side, string(side): side, string(side[:10]): side, s.Info().Head: merge,
	} {
		got, err := s.Resolve(ctx, revision)
		if err != nil || got != want {
			t.Errorf("%q is %s (%v); want %s", revision, got, err, want)
		}
	}
	for _, revision := range []string{
		"", " ", "nowhere", "-", "--all", "--help", "-rf", "HEAD~9", "HEAD^3", "HEAD^{tree", string(root), string(root[:10]), "HEAD\n", "HEAD\nHEAD", "HEAD\x00",
		"../HEAD", "refs/heads/../heads/main", "refs/heads", "..", "HEAD..HEAD", "^HEAD", "0123456789abcdef0123456789abcdef01234567", "HEAD missing", string(merge) + " commit 12",
	} {
		if got, err := s.Resolve(ctx, revision); !errors.Is(err, objects.ErrNotFound) {
			t.Errorf("%q is %s (%v); want not found", revision, got, err)
		}
	}
	if info := s.Info(); info.HeadHash != merge {
		t.Errorf("HEAD is at %s; want %s", info.HeadHash, merge)
	}
}
