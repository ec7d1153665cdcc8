package providertest

import (
	"strings"
	"testing"
	"unicode"

	"plumb/model"
)

func statuses(t *testing.T, fixture Fixture) {
	w := fixture(t)
	h := w.hosts()
	applied := w.Snapshot(map[string]File{
		"all/etc/same":    {Data: "same\n"},
		"all/etc/waits":   {Data: "earlier\n"},
		"all/etc/touched": {Data: "said\n"},
		"all/etc/gone":    {Data: "gone\n"},
		"all/etc/retired": {Data: "retired\n"},
	})
	tracked := w.Snapshot(map[string]File{
		"all/etc/same":         {Data: "same\n"},
		"all/etc/waits":        {Data: "later\n"},
		"all/etc/touched":      {Data: "said\n"},
		"all/etc/gone":         {Data: "gone\n"},
		"all/etc/new":          {Data: "new\n"},
		h[1] + "/etc/own":      {Data: "own\n"},
		h[1] + "/etc/same":     {Data: "different\n"},
		"README.md":            {Data: "Not for any host.\n"},
		"all/etc/empty":        {},
		"all/etc/deep/er/file": {Data: "deep\n"},
	})
	for _, host := range h {
		w.Set(host, "/etc/same", File{Data: "same\n"})
		w.Set(host, "/etc/waits", File{Data: "earlier\n"})
		w.Set(host, "/etc/touched", File{Data: "said\nand more\n"})
		w.Set(host, "/etc/retired", File{Data: "retired\n"})
		w.Set(host, "/etc/nobodys", File{Data: "of the host itself\n"})
		w.Set(host, "/etc/empty", File{})
	}
	got := w.observe(t, tracked, applied)
	want := map[string]model.Status{h[1] + "/etc/own": model.Pending}
	for _, host := range h {
		want[host+"/etc/same"] = model.InSync
		want[host+"/etc/waits"] = model.Pending
		want[host+"/etc/touched"] = model.Drifted
		want[host+"/etc/gone"] = model.Missing
		want[host+"/etc/retired"] = model.Pending
		want[host+"/etc/new"] = model.Pending
		want[host+"/etc/empty"] = model.InSync
		want[host+"/etc/deep/er/file"] = model.Pending
	}
	want[h[1]+"/etc/same"] = model.Pending
	same(t, "statuses", want, statusesOf(got))

	touched := got[h[0]+"/etc/touched"]
	same(t, "live content", "said\nand more\n", string(touched.Live.Content.Data))
	same(t, "tracked content", "said\n", string(touched.Tracked.Content.Data))
	same(t, "reason", "1 line", touched.Reason.String())
	if touched.Tracked.Source == "" || touched.Live.Source != "" {
		t.Errorf("sources are %q and %q", touched.Tracked.Source, touched.Live.Source)
	}
	if touched.Live.Modified.IsZero() {
		t.Errorf("nothing says when the live file was changed")
	}

	// Without an applied revision, what differs is drift, and what is not there is missing.
	unknown := w.observe(t, tracked, model.Snapshot{})
	same(t, "status of what waits", model.Drifted, unknown[h[0]+"/etc/waits"].Status)
	same(t, "status of what is new", model.Missing, unknown[h[0]+"/etc/new"].Status)
	if r, ok := unknown[h[0]+"/etc/retired"]; ok {
		t.Errorf("%s is %s although nothing knows it", r.Address, r.Status)
	}
	if unknown[h[0]+"/etc/same"].Applied != nil {
		t.Errorf("an applied state out of nowhere")
	}
}

func attributes(t *testing.T, fixture Fixture) {
	w := fixture(t, model.FileRule{Path: "/etc/**/*.key", Mode: "0600"})
	snap := w.Snapshot(map[string]File{
		"all/etc/plain":       {Data: "x"},
		"all/usr/bin/tool":    {Data: "x", Mode: 0o755},
		"all/etc/tls/a.key":   {Data: "x"},
		"all/etc/tls/b.key":   {Data: "x"},
		"all/etc/link":        {Data: "plain", Link: true},
		"all/etc/other":       {Data: "plain", Link: true},
		"all/etc/not-a-link":  {Data: "x"},
		"all/usr/bin/no-tool": {Data: "x", Mode: 0o755},
	})
	h := w.hosts()[0]
	w.Set(h, "/etc/plain", File{Data: "x", Mode: 0o640})
	w.Set(h, "/usr/bin/tool", File{Data: "x", Mode: 0o711})
	w.Set(h, "/usr/bin/no-tool", File{Data: "x", Mode: 0o644})
	w.Set(h, "/etc/tls/a.key", File{Data: "x", Mode: 0o600})
	w.Set(h, "/etc/tls/b.key", File{Data: "x", Mode: 0o644})
	w.Set(h, "/etc/link", File{Data: "plain", Link: true})
	w.Set(h, "/etc/other", File{Data: "elsewhere", Link: true})
	w.Set(h, "/etc/not-a-link", File{Data: "x", Link: true})
	got := w.observe(t, snap, snap)
	for name, want := range map[string]string{
		"/etc/plain":       "in sync: ",
		"/usr/bin/tool":    "in sync: ",
		"/usr/bin/no-tool": "drifted: not executable",
		"/etc/tls/a.key":   "in sync: ",
		"/etc/tls/b.key":   "drifted: mode 0644, git says 0600",
		"/etc/link":        "in sync: ",
		"/etc/other":       "drifted: leads to elsewhere",
		"/etc/not-a-link":  "drifted: symlink, git says file",
	} {
		r := got[h+name]
		same(t, name, want, string(r.Status)+": "+r.Reason.String())
	}
	mode, _ := got[h+"/etc/plain"].Live.Attr("mode")
	same(t, "mode", "0640", mode)
	if owner, _ := got[h+"/etc/plain"].Live.Attr("owner"); !strings.Contains(owner, ":") {
		t.Errorf("owner %q", owner)
	}
	plan := w.plan(t, snap, model.Snapshot{})
	w.apply(t, plan)
	w.wantInSync(t, snap)
	live := w.Live()
	same(t, "mode that nothing manages", uint32(0o640), live[h+"/etc/plain"].Mode)
	same(t, "mode that a rule sets", uint32(0o600), live[h+"/etc/tls/b.key"].Mode)
	same(t, "mode of what git calls executable", uint32(0o755), live[h+"/usr/bin/no-tool"].Mode)
}

func extras(t *testing.T, fixture Fixture) {
	w := fixture(t, model.FileRule{Path: "/etc/cron.d", Exclusive: true})
	h := w.hosts()
	snap := w.Snapshot(map[string]File{"all/etc/cron.d/known": {Data: "x"}})
	before := w.settle(t, snap)
	w.Set(h[0], "/etc/cron.d/sub/by hand", File{Data: "extra"})
	w.Set(h[0], "/etc/cron.d/link", File{Data: "known", Link: true})
	w.Set(h[0], "/etc/cron.daily/else", File{Data: "not claimed"})
	got := w.observe(t, snap, snap)
	want := map[string]model.Status{h[0] + "/etc/cron.d/sub/by hand": model.Extra, h[0] + "/etc/cron.d/link": model.Extra}
	for _, host := range h {
		want[host+"/etc/cron.d/known"] = model.InSync
	}
	same(t, "statuses", want, statusesOf(got))
	same(t, "content of an extra file", "extra", string(got[h[0]+"/etc/cron.d/sub/by hand"].Live.Content.Data))
	plan := w.plan(t, snap, snap)
	same(t, "steps", []string{"delete " + h[0] + "/etc/cron.d/link", "delete " + h[0] + "/etc/cron.d/sub/by hand"}, actions(plan))
	w.apply(t, plan)
	before[h[0]+"/etc/cron.daily/else"] = File{Data: "not claimed", Mode: 0o644}
	same(t, "live", before, w.Live())
}

func lookingChangesNothing(t *testing.T, fixture Fixture) {
	w := fixture(t, model.FileRule{Path: "/etc/a", Check: []string{"touch", "checked"}, Reload: []string{"touch", "reloaded"}})
	snap := w.Snapshot(map[string]File{"all/etc/a": {Data: "new"}, "all/etc/b": {Data: "new"}})
	w.Set(w.hosts()[0], "/etc/a", File{Data: "old"})
	before := w.Live()
	w.observe(t, snap, snap)
	w.plan(t, snap, snap)
	if _, err := w.Provider.Validate(t.Context(), w.Target, snap); err != nil {
		t.Errorf("validate: %v", err)
	}
	same(t, "live", before, w.Live())
}

func renderingErrors(t *testing.T, fixture Fixture) {
	w := fixture(t)
	good := w.Snapshot(map[string]File{"all/etc/a": {Data: "a"}})
	before := w.settle(t, good)
	target := w.Target
	target.Path += "-gone"
	err := w.Provider.Observe(t.Context(), model.ObserveRequest{Target: target, Tracked: good, Applied: good}, func(r model.Resource) {
		t.Errorf("%s is %s", r.Address, r.Status)
	})
	if err == nil {
		t.Errorf("observe found nothing wrong")
	}
	if plan, err := w.Provider.Plan(t.Context(), model.PlanRequest{Target: target, Want: good, Applied: good}); err == nil {
		t.Errorf("a plan with %d steps", len(plan.Steps))
	}
	torn := w.Snapshot(map[string]File{"all/etc/a": {Data: "a"}, w.hosts()[0] + "/etc/a/b": {Data: "b"}})
	if _, err := w.Provider.Plan(t.Context(), w.request(torn, good)); err == nil {
		t.Errorf("a file that is a directory as well was planned")
	}
	same(t, "live", before, w.Live())
}

func unreadable(t *testing.T, fixture Fixture) {
	w := fixture(t)
	h := w.hosts()
	snap := w.Snapshot(map[string]File{"all/etc/loop/file": {Data: "x"}, "all/etc/fine": {Data: "x"}})
	w.Set(h[0], "/etc/loop", File{Data: "loop", Link: true})
	w.Set(h[0], "/etc/fine", File{Data: "x"})
	got := w.observe(t, snap, snap)
	r := got[h[0]+"/etc/loop/file"]
	same(t, "status", model.Unknown, r.Status)
	if !strings.Contains(r.Reason.String(), "symbolic links") {
		t.Errorf("the reason is %q", r.Reason)
	}
	same(t, "status of the others", model.InSync, got[h[0]+"/etc/fine"].Status)
	if _, err := w.Provider.Plan(t.Context(), w.request(snap, snap)); err == nil || !strings.Contains(err.Error(), string(r.Address)) {
		t.Errorf("the plan's error is %v", err)
	}
	// What is not asked for may be unreadable.
	w.plan(t, snap, snap, got[h[1]+"/etc/loop/file"].Address)
}

func lostHost(t *testing.T, fixture Fixture) {
	w := fixture(t)
	h := w.hosts()
	snap := w.Snapshot(map[string]File{"all/etc/a": {Data: "a"}, "all/etc/b": {Data: "b"}})
	w.settle(t, snap)
	w.Lose(h[0])
	got := w.observe(t, snap, snap)
	for _, name := range []string{"/etc/a", "/etc/b"} {
		r := got[h[0]+name]
		same(t, "status on the lost host", model.Unknown, r.Status)
		if !strings.Contains(r.Reason.String(), h[0]) {
			t.Errorf("the reason is %q", r.Reason)
		}
		same(t, "status on another host", model.InSync, got[h[1]+name].Status)
	}
	_, err := w.Provider.Plan(t.Context(), w.request(snap, snap))
	if err == nil || model.Hint(err) == "" {
		t.Errorf("the plan's error is %v with hint %q", err, model.Hint(err))
	}
	w.plan(t, snap, snap, got[h[1]+"/etc/a"].Address)
}

// kinds are contents that programs like to trip over.
func kinds(limit int64) map[string]string {
	return map[string]string{
		"empty":     "",
		"binary":    "\x00\x01\x02\xff\xfe",
		"latin-1":   "caf\xe9\n",
		"utf-16":    "\xff\xfea\x00b\x00",
		"escapes":   "\x1b]52;c;ZXZpbA==\x07\x1b[2J\x9b2J",
		"no-end":    "no newline at the end",
		"newlines":  "\n\n\n",
		"crlf":      "a\r\nb\r\n",
		"quotes":    "'\"`$(touch owned)`\\\n",
		"base64":    "cGx1bWI=\n",
		"huge":      strings.Repeat("0123456789abcde\n", int(limit)/16+1),
		"long-line": strings.Repeat("x", int(limit)-1),
	}
}

func contents(t *testing.T, fixture Fixture) {
	w := fixture(t)
	files, want := map[string]File{}, map[string]File{}
	for name, data := range kinds(w.Observe) {
		files["all/etc/"+name] = File{Data: data}
		for _, host := range w.hosts() {
			want[host+"/etc/"+name] = File{Data: data, Mode: 0o644}
		}
	}
	snap := w.Snapshot(files)
	same(t, "live", want, w.settle(t, snap))
	w.wantInSync(t, snap)

	// The same as drift: everything is told apart, and what is huge is not loaded.
	h := w.hosts()[0]
	blank := map[string]File{}
	for name := range files {
		blank[name] = File{Data: "blank\n"}
	}
	other := w.Snapshot(blank)
	for name, r := range w.observe(t, other, other) {
		if r.Status != model.Drifted || r.Reason.IsEmpty() {
			t.Errorf("%s is %s: %s", name, r.Status, r.Reason)
		}
		huge := strings.HasSuffix(name, "/huge")
		if huge != (r.Live.Content.Omitted != "") || huge != (r.Live.Content.Data == nil && r.Live.Content.Size > 0) {
			t.Errorf("%s: %d bytes, omitted: %q", name, len(r.Live.Content.Data), r.Live.Content.Omitted)
		}
	}
	for _, s := range w.plan(t, other, other).Steps {
		if s.Group == h && string(s.Before.Content.Data) != want[h+s.Name].Data {
			t.Errorf("the plan does not hold all of %s", s.Name)
		}
	}
}

func hostileNames(t *testing.T, fixture Fixture) {
	w := fixture(t, model.FileRule{Path: "/srv", Exclusive: true})
	h := w.hosts()[0]
	names := []string{
		"-rf", "--help", "a b", " lead", "trail ", "new\nline", "end\n", "tab\tbed", "car\rriage", "quote'", `dquote"`, "$(touch owned)", "`touch owned`", ";id", "back\\slash", `\n`, "\\",
		"*", "?", "[a]", "~", "#", "%s", "..a", "...", "\x1b[2J\x1b]0;t\x07", "café", "cafe\u0301", "\u202egnp.exe", "\u200b", "\u009b2J", "日本語", strings.Repeat("n", 200), ".plumb",
	}
	files, want := map[string]File{}, map[string]File{}
	for _, name := range names {
		// One host has them all: another one would be told the same.
		files[h+"/srv/"+name] = File{Data: "of " + name}
		files[h+"/srv/in/"+name+"/deep"] = File{Data: name, Link: true}
		want[h+"/srv/"+name] = File{Data: "of " + name, Mode: 0o644}
		want[h+"/srv/in/"+name+"/deep"] = File{Data: name, Link: true}
	}
	snap := w.Snapshot(files)
	same(t, "live", want, w.settle(t, snap))
	addresses := map[model.Address]string{}
	check := func(key string, r model.Resource) {
		for _, c := range string(r.Address) {
			if !unicode.IsPrint(c) {
				t.Errorf("the address %q cannot be printed", r.Address)
			}
		}
		if other, taken := addresses[r.Address]; taken {
			t.Errorf("%q and %q have the address %s", key, other, r.Address)
		}
		addresses[r.Address] = key
	}
	for key, r := range w.observe(t, snap, snap) {
		if r.Status != model.InSync {
			t.Errorf("%q is %s: %s", key, r.Status, r.Reason)
		}
		check(key, r)
	}
	// Names that git's files cannot have here are still seen and can be removed.
	w.Set(h, "/srv/\xff\xfe", File{Data: "not utf-8"})
	w.Set(h, `/srv/\xff\xfe`, File{Data: "looks alike"})
	empty := map[string]model.Status{h + "/srv/\xff\xfe": model.Extra, h + `/srv/\xff\xfe`: model.Extra}
	for key, r := range w.observe(t, snap, snap) {
		if wanted, ok := empty[key]; ok {
			same(t, "status of an extra file", wanted, r.Status)
			check(key, r)
			delete(empty, key)
		}
	}
	if len(empty) > 0 {
		t.Errorf("not seen: %q", empty)
	}
	nothing := w.Snapshot(map[string]File{"all/etc/x": {Data: "x"}})
	w.apply(t, w.plan(t, nothing, snap))
	same(t, "files left", len(w.hosts()), len(w.Live()))
}
