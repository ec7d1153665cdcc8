package providertest

import (
	"context"
	"errors"
	"io/fs"
	"testing"
	"testing/fstest"

	"plumb/model"
	"plumb/providers"
)

// desired holds what a revision is said to want against what a plan, made on hosts where nothing is, does for it.
func desired(t *testing.T, fixture Fixture) {
	w := fixture(t, model.FileRule{Path: "/etc/key", Mode: "0600", Sensitive: true})
	d, ok := providers.AsDesirer(w.Provider)
	if !ok {
		t.Skip("the provider knows what git wants only beside what is live")
	}
	h := w.hosts()
	snap := w.Snapshot(map[string]File{
		"all/etc/shared":   {Data: "shared"},
		"all/etc/key":      {Data: "key"},
		"all/usr/bin/tool": {Data: "tool", Mode: 0o755},
		"all/etc/link":     {Data: "shared", Link: true},
		h[1] + "/etc/own":  {Data: "own"},
		h[1] + "/etc/key":  {Data: "its own key"},
	})
	// Nobody is reached for it.
	for _, host := range h {
		w.Set(host, "/etc/shared", File{Data: "by hand"})
	}
	want, err := d.Desired(t.Context(), w.Target, snap)
	if err != nil {
		t.Fatal(err)
	}
	states := map[model.Address]model.State{}
	for _, r := range want {
		if _, twice := states[r.Address]; twice {
			t.Errorf("%s is wanted twice", r.Address)
		}
		if !r.State.Exists || r.State.Source == "" || r.Group == "" || r.Name == "" {
			t.Errorf("%s: %+v", r.Address, r)
		}
		states[r.Address] = r.State
	}
	for _, host := range h {
		w.Remove(host, "/etc/shared")
	}
	planned := map[model.Address]model.State{}
	for _, s := range w.plan(t, snap, model.Snapshot{}).Steps {
		planned[s.Address] = s.After
	}
	same(t, "what is wanted", planned, states)

	if _, err := d.Desired(t.Context(), w.Target, model.Snapshot{Files: fstest.MapFS{}}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a revision without the target: %v", err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = d.Desired(gone, w.Target, snap)
	wantCancelled(t, "desired", err)
}
