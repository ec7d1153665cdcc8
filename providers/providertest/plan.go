package providertest

import (
	"context"
	"testing"

	"plumb/model"
)

func digests(t *testing.T, fixture Fixture) {
	w := fixture(t)
	h := w.hosts()
	snap := w.Snapshot(map[string]File{"all/etc/a": {Data: "a"}, "all/etc/b": {Data: "b"}})
	w.Set(h[0], "/etc/a", File{Data: "drifted"})
	first := w.plan(t, snap, snap)
	same(t, "digest of the same plan", first.Digest(), w.plan(t, snap, snap).Digest())
	for _, change := range []struct {
		what string
		file File
	}{
		{"another content", File{Data: "drifted again"}},
		{"another mode", File{Data: "drifted", Mode: 0o600}},
		{"another kind", File{Data: "drifted", Link: true}},
	} {
		w.Set(h[0], "/etc/a", change.file)
		if w.plan(t, snap, snap).Digest() == first.Digest() {
			t.Errorf("%s leaves the digest as it is", change.what)
		}
	}
	w.Set(h[0], "/etc/a", File{Data: "drifted"})
	same(t, "digest when all is as before", first.Digest(), w.plan(t, snap, snap).Digest())
	other := w.Snapshot(map[string]File{"all/etc/a": {Data: "another"}, "all/etc/b": {Data: "b"}})
	if w.plan(t, other, snap).Digest() == first.Digest() {
		t.Errorf("another wish leaves the digest as it is")
	}
	w.settle(t, snap)
	if plan := w.plan(t, snap, snap); len(plan.Steps) > 0 || plan.Coverage.Total == 0 {
		t.Errorf("nothing to do: %d steps, coverage of %d", len(plan.Steps), plan.Coverage.Total)
	}
}

func only(t *testing.T, fixture Fixture) {
	w := fixture(t)
	h := w.hosts()
	snap := w.Snapshot(map[string]File{"all/etc/a": {Data: "a"}, "all/etc/b": {Data: "b"}})
	address := w.observe(t, snap, snap)[h[1]+"/etc/a"].Address
	plan := w.plan(t, snap, model.Snapshot{}, address)
	same(t, "steps", []string{"create " + h[1] + "/etc/a"}, actions(plan))
	w.apply(t, plan)
	same(t, "live", map[string]File{h[1] + "/etc/a": {Data: "a", Mode: 0o644}}, w.Live())
	same(t, "steps when that is done", 0, len(w.plan(t, snap, model.Snapshot{}, address).Steps))
	if _, err := w.Provider.Plan(t.Context(), w.request(snap, snap, address+"-typo")); err == nil {
		t.Errorf("an address that does not exist was planned")
	}
}

func drifted(t *testing.T, fixture Fixture) {
	w := fixture(t)
	h := w.hosts()[0]
	applied := w.Snapshot(map[string]File{"all/etc/by-hand": {Data: "1"}, "all/etc/waits": {Data: "1"}, "all/etc/goes": {Data: "1"}})
	want := w.Snapshot(map[string]File{"all/etc/by-hand": {Data: "2"}, "all/etc/waits": {Data: "2"}})
	w.settle(t, applied)
	w.Set(h, "/etc/by-hand", File{Data: "hand"})
	w.Set(h, "/etc/goes", File{Data: "hand"})
	got := map[string]bool{}
	for _, s := range w.plan(t, want, applied).Steps {
		if s.Group == h {
			got[s.Name] = s.Drifted
		}
	}
	same(t, "drifted", map[string]bool{"/etc/by-hand": true, "/etc/waits": false, "/etc/goes": true}, got)
	for _, s := range w.plan(t, want, model.Snapshot{}).Steps {
		if s.Drifted {
			t.Errorf("%s is called drifted though nothing was applied", s.Address)
		}
	}
}

func keepsDrift(t *testing.T, fixture Fixture) {
	w := fixture(t, model.FileRule{Path: "/etc/cron.d", Exclusive: true})
	h := w.hosts()[0]
	from := w.Snapshot(map[string]File{h + "/etc/moves": {Data: "1"}, h + "/etc/stays": {Data: "1"}})
	to := w.Snapshot(map[string]File{h + "/etc/moves": {Data: "2"}, h + "/etc/stays": {Data: "1"}})
	w.settle(t, from)
	w.Set(h, "/etc/stays", File{Data: "by hand"})
	w.Set(h, "/etc/cron.d/extra", File{Data: "by hand"})
	req := w.request(to, from)
	req.KeepDrift = true
	plan, err := w.Provider.Plan(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "steps", []string{"update " + h + "/etc/moves"}, actions(plan))
}

func cancelled(t *testing.T, fixture Fixture) {
	w := fixture(t)
	snap := w.Snapshot(map[string]File{"all/etc/a": {Data: "a"}, "all/etc/b": {Data: "b"}})
	plan := w.plan(t, snap, snap)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	err := w.Provider.Observe(gone, model.ObserveRequest{Target: w.Target, Tracked: snap}, func(r model.Resource) {})
	wantCancelled(t, "observe", err)
	_, err = w.Provider.Plan(gone, w.request(snap, snap))
	wantCancelled(t, "plan", err)
	_, err = w.run(gone, t, plan, nil)
	wantCancelled(t, "apply", err)
	same(t, "files after a run that was cancelled before it began", 0, len(w.Live()))

	// In the middle of a step: that one is finished, and no other begins.
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ends, err := w.run(ctx, t, plan, func(e model.Event) error {
		cancel()
		return nil
	})
	wantCancelled(t, "apply", err)
	count := map[model.Phase]int{}
	for _, p := range phases(ends) {
		count[p]++
	}
	same(t, "phases", map[model.Phase]int{model.PhaseDone: 1, model.PhaseSkipped: len(plan.Steps) - 1}, count)
	same(t, "files", 1, len(w.Live()))
}
