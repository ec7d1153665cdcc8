package providertest

import (
	"errors"
	"strings"
	"testing"

	"plumb/model"
)

func failingCheck(t *testing.T, fixture Fixture) {
	for _, check := range []struct {
		what string
		argv []string
	}{
		{"of the new file", []string{"grep", "-q", "good", "{}"}},
		{"of everything", []string{"grep", "-q", "good", "etc/conf"}},
	} {
		for _, action := range []string{"update", "create"} {
			t.Run(check.what+" on "+action, func(t *testing.T) {
				w := fixture(t, model.FileRule{Path: "/etc/conf", Check: check.argv})
				h := w.hosts()
				good := w.Snapshot(map[string]File{"all/etc/conf": {Data: "good 1\n"}, "all/etc/z": {Data: "1"}})
				bad := w.Snapshot(map[string]File{"all/etc/conf": {Data: "bad\n"}, "all/etc/z": {Data: "2"}})
				if action == "update" {
					ends := w.apply(t, w.plan(t, good, model.Snapshot{}))
					if m := ends[h[0]+"/etc/conf"].Message.String(); !strings.Contains(m, "check passed") {
						t.Errorf("the step ended with %q", m)
					}
				}
				before := w.Live()
				ends, err := w.run(t.Context(), t, w.plan(t, bad, good), nil)
				if err == nil || errors.Is(err, model.ErrUncertain) || !strings.Contains(err.Error(), "check failed") {
					t.Errorf("apply: %v", err)
				}
				same(t, "phase", model.PhaseFailed, ends[h[0]+"/etc/conf"].Phase)
				same(t, "live", before, w.Live())
			})
		}
	}
}

func reloads(t *testing.T, fixture Fixture) {
	reload := []string{"sh", "-c", `cat etc/app/* | wc -c | tr -d ' ' >>reloaded`}
	w := fixture(t, model.FileRule{Path: "/etc/app/*", Reload: reload}, model.FileRule{Path: "/etc/other", Reload: []string{"touch", "other reloaded"}})
	snap := w.Snapshot(map[string]File{"all/etc/app/1": {Data: "1"}, "all/etc/app/2": {Data: "2"}, "all/etc/app/3": {Data: "3"}, "all/etc/other": {Data: "x"}})
	plan := w.plan(t, snap, snap)
	for _, s := range plan.Steps {
		if len(s.Effects) == 0 || !strings.HasPrefix(s.Effects[0], model.EffectReload) {
			t.Errorf("%s has the effects %q", s.Address, s.Effects)
		}
	}
	w.apply(t, plan)
	live := w.Live()
	for _, h := range w.hosts() {
		same(t, "bytes in effect at each reload", "3\n", live[h+"/reloaded"].Data)
		if _, ok := live[h+"/other reloaded"]; !ok {
			t.Errorf("the other reload did not run on %s", h)
		}
	}
}

func failingReload(t *testing.T, fixture Fixture) {
	// It succeeds as long as no file says "bad".
	w := fixture(t, model.FileRule{Path: "/etc/app/*", Reload: []string{"sh", "-c", `! grep -q bad etc/app/*`}})
	h := w.hosts()
	good := w.Snapshot(map[string]File{"all/etc/app/1": {Data: "good"}, "all/etc/app/2": {Data: "good"}, "all/etc/app/4": {Data: "tool", Link: true}, "all/usr/bin/z": {Data: "1"}})
	bad := w.Snapshot(map[string]File{"all/etc/app/1": {Data: "new"}, "all/etc/app/3": {Data: "bad"}, "all/etc/app/4": {Data: "2"}, "all/usr/bin/z": {Data: "2"}})
	w.settle(t, good)
	w.Set(h[0], "/etc/app/2", File{Data: "by hand", Mode: 0o600})
	before := w.Live()
	ends, err := w.run(t.Context(), t, w.plan(t, bad, good), nil)
	if err == nil || errors.Is(err, model.ErrUncertain) {
		t.Errorf("apply: %v", err)
	}
	for _, name := range []string{"1", "2", "3", "4"} {
		end := ends[h[0]+"/etc/app/"+name]
		if end.Phase != model.PhaseFailed || !strings.Contains(end.Message.String(), "back") {
			t.Errorf("%s ended as %s: %s", name, end.Phase, end.Message)
		}
	}
	same(t, "phase on another host", model.PhaseSkipped, ends[h[1]+"/etc/app/1"].Phase)
	before[h[0]+"/usr/bin/z"] = File{Data: "2", Mode: 0o644} // It has no part in the reload.
	same(t, "live", before, w.Live())

	// Where the earlier files do not reload either, nobody knows what is in effect.
	w2 := fixture(t, model.FileRule{Path: "/etc/app/*", Reload: []string{"false"}})
	ends, err = w2.run(t.Context(), t, w2.plan(t, good, model.Snapshot{}), nil)
	if !errors.Is(err, model.ErrUncertain) {
		t.Errorf("apply: %v", err)
	}
	same(t, "phase", model.PhaseUnknown, ends[h[0]+"/etc/app/1"].Phase)
}
