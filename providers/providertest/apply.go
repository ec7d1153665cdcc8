package providertest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"plumb/model"
)

func wantCancelled(t *testing.T, what string, err error) {
	t.Helper()
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%s that was cancelled: %v", what, err)
	}
}

// journey is a change with every action in it: what was, and what is to be.
func journey(h []string) (before, after map[string]File) {
	before = map[string]File{
		"all/etc/updated":        {Data: "1\n"},
		"all/etc/deleted":        {Data: "1\n"},
		"all/etc/becomes-link":   {Data: "1\n"},
		"all/etc/becomes-file":   {Data: "updated", Link: true},
		"all/etc/link":           {Data: "updated", Link: true},
		"all/usr/bin/loses-x":    {Data: "1\n", Mode: 0o755},
		"all/usr/bin/gets-x":     {Data: "1\n"},
		"all/etc/becomes-dir":    {Data: "1\n"},
		h[1] + "/etc/own":        {Data: "1\n"},
		h[1] + "/etc/overridden": {Data: "own\n"},
		"all/etc/overridden":     {Data: "shared\n"},
	}
	after = map[string]File{
		"all/etc/updated":          {Data: "2\n"},
		"all/etc/created/deep":     {Data: "2\n"},
		"all/etc/created/tool":     {Data: "2\n", Mode: 0o755},
		"all/etc/becomes-link":     {Data: "created/deep", Link: true},
		"all/etc/becomes-file":     {Data: "2\n"},
		"all/etc/link":             {Data: "/absolute/../and\nodd", Link: true},
		"all/usr/bin/loses-x":      {Data: "1\n"},
		"all/usr/bin/gets-x":       {Data: "1\n", Mode: 0o755},
		"all/etc/becomes-dir/file": {Data: "2\n"},
		"all/etc/overridden":       {Data: "shared\n"},
	}
	return before, after
}

func appliedIsInSync(t *testing.T, fixture Fixture) {
	w := fixture(t)
	before, after := journey(w.hosts())
	from, to := w.Snapshot(before), w.Snapshot(after)
	w.settle(t, from)
	w.wantInSync(t, from)
	for key, end := range w.apply(t, w.plan(t, to, from)) {
		if end.Phase != model.PhaseDone || end.Message.IsEmpty() {
			t.Errorf("%s ended as %s: %q", key, end.Phase, end.Message)
		}
	}
	w.wantInSync(t, to)
	want := map[string]File{}
	for name, f := range after {
		if f.Mode == 0 && !f.Link {
			f.Mode = 0o644
		}
		for _, host := range w.hosts() {
			want[host+strings.TrimPrefix(name, "all")] = f
		}
	}
	same(t, "live", want, w.Live())
}

func undone(t *testing.T, fixture Fixture) {
	w := fixture(t)
	before, after := journey(w.hosts())
	delete(before, "all/etc/becomes-dir") // The directory stays when its file goes, and is then in the way.
	from, to := w.Snapshot(before), w.Snapshot(after)
	was := w.settle(t, from)
	plan := w.plan(t, to, from)
	w.apply(t, plan)
	back := w.plan(t, from, to)
	same(t, "number of steps", len(plan.Steps), len(back.Steps))
	w.apply(t, back)
	same(t, "live", was, w.Live())
}

func moved(t *testing.T, fixture Fixture) {
	for _, move := range []struct {
		what string
		do   func(w World, host string)
	}{
		{"edited", func(w World, h string) { w.Set(h, "/etc/b", File{Data: "by hand"}) }},
		{"deleted", func(w World, h string) { w.Remove(h, "/etc/b") }},
		{"other mode", func(w World, h string) { w.Set(h, "/etc/b", File{Data: "1", Mode: 0o600}) }},
		{"a link now", func(w World, h string) { w.Set(h, "/etc/b", File{Data: "1", Link: true}) }},
		{"a directory now", func(w World, h string) {
			w.Remove(h, "/etc/b")
			w.Set(h, "/etc/b/inside", File{Data: "by hand"})
		}},
	} {
		t.Run(move.what, func(t *testing.T) {
			w := fixture(t)
			h := w.hosts()
			from := w.Snapshot(map[string]File{"all/etc/a": {Data: "1"}, "all/etc/b": {Data: "1"}, "all/etc/c": {Data: "1"}})
			to := w.Snapshot(map[string]File{"all/etc/a": {Data: "2"}, "all/etc/b": {Data: "2"}, "all/etc/c": {Data: "2"}})
			w.settle(t, from)
			plan := w.plan(t, to, from)
			move.do(w, h[0])
			want := w.Live()
			want[h[0]+"/etc/a"] = File{Data: "2", Mode: 0o644}
			ends, err := w.run(t.Context(), t, plan, nil)
			if err == nil || !strings.Contains(err.Error(), "changed since the plan was made") || errors.Is(err, model.ErrUncertain) {
				t.Errorf("apply: %v", err)
			}
			phase := map[string]model.Phase{h[0] + "/etc/a": model.PhaseDone, h[0] + "/etc/b": model.PhaseFailed, h[0] + "/etc/c": model.PhaseSkipped}
			for _, other := range h[1:] {
				for _, name := range []string{"/etc/a", "/etc/b", "/etc/c"} {
					phase[other+name] = model.PhaseSkipped
				}
			}
			same(t, "phases", phase, phases(ends))
			same(t, "live", want, w.Live())
		})
	}
	t.Run("something new where nothing was", func(t *testing.T) {
		w := fixture(t)
		snap := w.Snapshot(map[string]File{"all/etc/a": {Data: "a"}})
		plan := w.plan(t, snap, snap)
		w.Set(w.hosts()[0], "/etc/a", File{Data: "by hand"})
		want := w.Live()
		if _, err := w.run(t.Context(), t, plan, nil); err == nil {
			t.Errorf("a new file was overwritten")
		}
		same(t, "live", want, w.Live())
	})
}

func alreadyDone(t *testing.T, fixture Fixture) {
	w := fixture(t)
	h := w.hosts()
	from := w.Snapshot(map[string]File{"all/etc/a": {Data: "1"}, "all/etc/b": {Data: "1"}})
	to := w.Snapshot(map[string]File{"all/etc/a": {Data: "2"}})
	w.settle(t, from)
	plan := w.plan(t, to, from)
	w.Set(h[0], "/etc/a", File{Data: "2"})
	w.Remove(h[0], "/etc/b")
	ends := w.apply(t, plan)
	same(t, "phase of the file that was written", model.PhaseSkipped, ends[h[0]+"/etc/a"].Phase)
	same(t, "phase of the file that was deleted", model.PhaseSkipped, ends[h[0]+"/etc/b"].Phase)
	same(t, "phase on another host", model.PhaseDone, ends[h[1]+"/etc/a"].Phase)
	w.wantInSync(t, to)
}

func foreignPlan(t *testing.T, fixture Fixture) {
	w, other := fixture(t), fixture(t)
	files := map[string]File{"all/etc/a": {Data: "a"}, "all/etc/b": {Data: "b"}}
	plan := w.plan(t, w.Snapshot(files), model.Snapshot{})
	edited := plan
	edited.Steps = plan.Steps[:1]
	for what, call := range map[string]func() error{
		"made by another provider":  func() error { return other.Provider.Apply(t.Context(), plan, nothing) },
		"changed after it was made": func() error { return w.Provider.Apply(t.Context(), edited, nothing) },
		"made by nobody":            func() error { return w.Provider.Apply(t.Context(), model.Plan{Steps: plan.Steps}, nothing) },
	} {
		if err := call(); !errors.Is(err, model.ErrRefused) {
			t.Errorf("a plan that was %s: %v", what, err)
		}
	}
	same(t, "files", 0, len(w.Live())+len(other.Live()))
}

func nothing(model.Event) error { return nil }

func recordFails(t *testing.T, fixture Fixture) {
	full := errors.New("the journal's disk is full")
	w := fixture(t, model.FileRule{Path: "/etc/a", Check: []string{"test", "-f", "{}"}, Reload: []string{"true"}})
	h := w.hosts()
	from := w.Snapshot(map[string]File{h[0] + "/etc/a": {Data: "1"}, h[0] + "/etc/b": {Data: "1"}})
	to := w.Snapshot(map[string]File{h[0] + "/etc/a": {Data: "2"}, h[1] + "/etc/c": {Data: "2"}})
	w.settle(t, from)
	// There and back again, with another event that cannot be recorded each time.
	for n := 1; ; n++ {
		was := w.Live()
		plan := w.plan(t, to, from)
		seen, began := 0, map[string]bool{}
		what := ""
		_, err := w.run(t.Context(), t, plan, func(e model.Event) error {
			if seen++; seen == n {
				what = fmt.Sprintf("recording %s of %s fails", e.Phase, e.Address)
				return full
			}
			for _, s := range plan.Steps {
				if s.Address == e.Address && e.Phase == model.PhaseBegin {
					began[s.Group+s.Name] = true
				}
			}
			return nil
		})
		if seen < n {
			// All was recorded before anything could fail.
			if err != nil || n == 1 {
				t.Errorf("apply: %v after %d events", err, seen)
			}
			return
		}
		if !errors.Is(err, full) {
			t.Fatalf("%s: %v", what, err)
		}
		live := w.Live()
		w.apply(t, w.plan(t, to, from))
		done := w.Live()
		// Every file is the earlier one or the new one, only steps that began had an effect, and nothing is left over.
		for _, files := range []map[string]File{was, live, done} {
			for key := range files {
				if now := live[key]; now != was[key] && (!began[key] || now != done[key]) {
					t.Errorf("%s: %s is %+v", what, key, now)
				}
			}
		}
		// Looking again and going on led to the end.
		w.wantInSync(t, to)
		from, to = to, from
	}
}
