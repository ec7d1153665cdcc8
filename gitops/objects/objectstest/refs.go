package objectstest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"plumb/gitops/objects"
	"plumb/model"
)

func testRefs(t *testing.T, s objects.Store) {
	ctx := t.Context()
	root := must[model.Hash](t)(s.WriteTree(ctx, nil))
	a, b := commit(t, s, root, 0, "a"), commit(t, s, root, 1, "b")
	set := func(name string, next, prev model.Hash) {
		t.Helper()
		if err := s.UpdateRef(ctx, name, next, prev); err != nil {
			t.Fatal(err)
		}
	}
	assert := func(prefix string, want ...objects.Ref) {
		t.Helper()
		if got := must[[]objects.Ref](t)(s.Refs(ctx, prefix)); !slices.Equal(got, want) {
			t.Errorf("refs with %q are %v; want %v", prefix, got, want)
		}
	}
	set("refs/plumb/log/ada/1", a, "")
	set("refs/heads/one", a, "")
	set("refs/heads/plumb/x", b, "")
	set("refs/heads/plumb-like", b, "")
	one, x, like, ledger := objects.Ref{Name: "refs/heads/one", Hash: a}, objects.Ref{Name: "refs/heads/plumb/x", Hash: b},
		objects.Ref{Name: "refs/heads/plumb-like", Hash: b}, objects.Ref{Name: "refs/plumb/log/ada/1", Hash: a}
	assert("refs/", one, like, x, ledger)
	assert("", one, like, x, ledger)
	assert("refs/heads/plumb/", x)
	assert("refs/heads/plumb", like, x)
	assert("refs/heads/o", one)
	assert("refs/heads/one", one)
	assert("refs/nothing/")
	assert("refs/heads/*")
	assert("-x")
	set("refs/heads/one", b, a)
	assert("refs/heads/one", objects.Ref{Name: "refs/heads/one", Hash: b})
	set("refs/heads/one", b, b)

	for what, err := range map[string]error{
		"a ref that is there already": s.UpdateRef(ctx, "refs/heads/one", a, ""),
		"a ref that moved":            s.UpdateRef(ctx, "refs/heads/one", b, a),
		"a ref that is gone":          s.UpdateRef(ctx, "refs/heads/gone", b, a),
		"deleting a ref that moved":   s.UpdateRef(ctx, "refs/heads/one", "", a),
		"deleting a ref that is gone": s.UpdateRef(ctx, "refs/heads/gone", "", a),
	} {
		if !errors.Is(err, objects.ErrMoved) {
			t.Errorf("%s: %v; want moved", what, err)
		}
	}
	for _, name := range []string{
		"", "main", "HEAD", "refs", "refs/", "refs/heads/", "refs/heads/../../x", "refs/heads/a..b", "refs/heads/.a", "refs/heads/a.lock",
		"refs/heads/a b", "refs/heads/a\nb", "refs/heads/a\x00b", "refs/heads/a~", "refs/heads/@{", "refs//x", "-d", "refs/heads/one/below",
	} {
		if err := s.UpdateRef(ctx, name, a, ""); err == nil {
			t.Errorf("a ref named %q was made", name)
		}
	}
	if err := s.UpdateRef(ctx, "refs/heads/plumb", a, ""); err == nil {
		t.Error("a ref was made where a directory of refs is")
	}
	if err := s.UpdateRef(ctx, "refs/heads/tree", root, ""); err == nil {
		t.Error("a branch leads to a tree")
	}
	if err := s.UpdateRef(ctx, "refs/heads/none", "", ""); err == nil {
		t.Error("an update of nothing to nothing was accepted")
	}
	set("refs/heads/plumb/x", "", b)
	assert("refs/heads/plumb/")
	// What a deleted ref leaves behind is in nobody's way.
	set("refs/heads/plumb", a, "")
	assert("refs/heads/plumb", objects.Ref{Name: "refs/heads/plumb", Hash: a}, like)
	set("refs/heads/plumb", "", a)
	set("refs/heads/plumb/x", b, "")
}

func testRefRace(t *testing.T, s objects.Store) {
	ctx := t.Context()
	root := must[model.Hash](t)(s.WriteTree(ctx, nil))
	start := commit(t, s, root, 0, "start")
	var next []model.Hash
	for i := range 20 {
		next = append(next, commit(t, s, root, i+1, fmt.Sprint("by ", i), start))
	}
	race := func(name string, prev model.Hash, to func(i int) model.Hash) int {
		var wg sync.WaitGroup
		errs := make([]error, len(next))
		for i := range next {
			wg.Go(func() { errs[i] = s.UpdateRef(ctx, name, to(i), prev) })
		}
		wg.Wait()
		winner := -1
		for i, err := range errs {
			switch {
			case err == nil && winner >= 0:
				t.Errorf("%d and %d have both won", winner, i)
			case err == nil:
				winner = i
			case !errors.Is(err, objects.ErrMoved):
				t.Errorf("a loser was told: %v", err)
			}
		}
		if winner < 0 {
			t.Fatal("nobody won")
		}
		return winner
	}
	const name = "refs/plumb/lock/production"
	won := next[race(name, "", func(i int) model.Hash { return next[i] })]
	if got := must[model.Hash](t)(s.Resolve(ctx, name)); got != won {
		t.Errorf("the ref is at %s; the winner wrote %s", got, won)
	}
	race(name, won, func(int) model.Hash { return start })
	race(name, start, func(int) model.Hash { return "" })
	if refs := must[[]objects.Ref](t)(s.Refs(ctx, name)); len(refs) != 0 {
		t.Errorf("the ref is still there: %v", refs)
	}
}
