package providertest

import (
	"strings"
	"testing"

	"plumb/model"
	"plumb/providers"
)

// adopt asks for the edits that make git say what is live for the keys.
func (w World) adopt(t *testing.T, base model.Snapshot, keys ...string) ([]model.Edit, error) {
	t.Helper()
	a, ok := providers.AsAdopter(w.Provider)
	if !ok {
		t.Skip("the provider cannot adopt")
	}
	req := model.AdoptRequest{Environment: "lab", Target: w.Target, Base: base}
	live := w.observe(t, base, base)
	for _, key := range keys {
		r, ok := live[key]
		if !ok {
			t.Fatalf("nothing was observed at %s", key)
		}
		req.Resources = append(req.Resources, r)
	}
	return a.Adopt(t.Context(), req)
}

func adopted(t *testing.T, fixture Fixture) {
	w := fixture(t, model.FileRule{Path: "/etc/key", Mode: "0600"}, model.FileRule{Path: "/etc/cron.d", Exclusive: true})
	base := w.Snapshot(map[string]File{
		"all/etc/shared":          {Data: "shared"},
		"all/etc/key":             {Data: "key"},
		"all/usr/bin/tool":        {Data: "tool", Mode: 0o755},
		w.hosts()[1] + "/etc/own": {Data: "own"},
	})
	settled := w.settle(t, base)
	for _, c := range []struct {
		what    string
		prepare func(w World, h []string) []string // Makes drift and answers what is to be adopted.
	}{
		{"an edit on one host", func(w World, h []string) []string {
			w.Set(h[0], "/etc/shared", File{Data: "by hand"})
			return []string{h[0] + "/etc/shared"}
		}},
		{"the same edit on all hosts", func(w World, h []string) []string {
			return each(h, "/etc/shared", func(host string) { w.Set(host, "/etc/shared", File{Data: "by hand"}) })
		}},
		{"another edit on each host", func(w World, h []string) []string {
			return each(h, "/etc/shared", func(host string) { w.Set(host, "/etc/shared", File{Data: "on " + host}) })
		}},
		{"an edit of a host's own file", func(w World, h []string) []string {
			w.Set(h[1], "/etc/own", File{Data: "\x00by hand\xff"})
			return []string{h[1] + "/etc/own"}
		}},
		{"a host's own file is missing", func(w World, h []string) []string {
			w.Remove(h[1], "/etc/own")
			return []string{h[1] + "/etc/own"}
		}},
		{"a shared file is missing everywhere", func(w World, h []string) []string {
			return each(h, "/etc/shared", func(host string) { w.Remove(host, "/etc/shared") })
		}},
		{"extra files", func(w World, h []string) []string {
			w.Set(h[0], "/etc/cron.d/extra", File{Data: "extra", Mode: 0o755})
			w.Set(h[1], "/etc/cron.d/link", File{Data: "../shared", Link: true})
			return []string{h[0] + "/etc/cron.d/extra", h[1] + "/etc/cron.d/link"}
		}},
		{"executable now, and not executable now", func(w World, h []string) []string {
			w.Set(h[0], "/etc/shared", File{Data: "shared", Mode: 0o755})
			w.Set(h[0], "/usr/bin/tool", File{Data: "tool", Mode: 0o644})
			return []string{h[0] + "/etc/shared", h[0] + "/usr/bin/tool"}
		}},
		{"a file that is a link now", func(w World, h []string) []string {
			w.Set(h[0], "/etc/shared", File{Data: "/somewhere/else", Link: true})
			return []string{h[0] + "/etc/shared"}
		}},
		{"content under a rule for the mode", func(w World, h []string) []string {
			w.Set(h[0], "/etc/key", File{Data: "by hand", Mode: 0o600})
			return []string{h[0] + "/etc/key"}
		}},
		{"what is in sync", func(w World, h []string) []string { return []string{h[0] + "/etc/shared"} }},
	} {
		h := w.hosts()
		keys := c.prepare(w, h)
		before := w.Live()
		edits, err := w.adopt(t, base, keys...)
		if err != nil {
			t.Fatalf("%s: %v", c.what, err)
		}
		after := w.Edit(base, edits)
		if after.Revision == base.Revision && len(edits) > 0 {
			t.Errorf("%s: %d edits that change nothing", c.what, len(edits))
		}
		for key, r := range w.observe(t, after, after) {
			if r.Status != model.InSync {
				t.Errorf("%s: %s is %s: %s", c.what, key, r.Status, r.Reason)
			}
		}
		same(t, c.what+": live", before, w.Live())
		w.apply(t, w.plan(t, base, after))
		same(t, c.what+": live after restoring", settled, w.Live())
	}
}

// each does something on every host and answers the keys.
func each(hosts []string, name string, do func(host string)) []string {
	var keys []string
	for _, h := range hosts {
		do(h)
		keys = append(keys, h+name)
	}
	return keys
}

func adoptRefuses(t *testing.T, fixture Fixture) {
	w := fixture(t, model.FileRule{Path: "/etc/*.key", Mode: "0600"})
	h := w.hosts()
	base := w.Snapshot(map[string]File{"all/etc/shared": {Data: "s"}, "all/etc/a.key": {Data: "k"}, "all/etc/huge": {Data: "h"}})
	w.settle(t, base)
	w.Remove(h[0], "/etc/shared")
	w.Set(h[0], "/etc/a.key", File{Data: "k", Mode: 0o640})
	w.Set(h[0], "/etc/huge", File{Data: strings.Repeat("h", int(w.Observe)+1)})
	for key, says := range map[string]string{
		h[0] + "/etc/shared": "one host alone",
		h[0] + "/etc/a.key":  "/etc/*.key",
		h[0] + "/etc/huge":   "not loaded",
	} {
		edits, err := w.adopt(t, base, key)
		if err == nil || !strings.Contains(err.Error(), says) || model.Hint(err) == "" {
			t.Errorf("%s: %d edits, %v (hint %q)", key, len(edits), err, model.Hint(err))
		}
	}
}
