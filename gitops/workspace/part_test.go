package workspace_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"plumb/gitops/change"
	"plumb/gitops/ledger"
	"plumb/gitops/objects"
	"plumb/gitops/run"
	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/diff"
)

const (
	appConf   = "port 80\nworkers 2\ntimeout 30\nlog on\nuser www\n"
	appEdited = "port 8080\nworkers 2\ntimeout 30\nlog on\nuser nginx\nnice 5\n" // Two blocks: the port, and the last two lines.
)

// drift deploys production and edits app.conf of web-1 by hand.
func (w *world) drift(live string) {
	w.t.Helper()
	w.land(workspace.Request{Environment: "production", Kind: model.Deploy})
	w.write(w.host("web-1", "etc/app.conf"), live)
}

// resource is a resource of production as it is seen now.
func resource(t *testing.T, ws *workspace.Workspace, address model.Address) model.Resource {
	t.Helper()
	o, err := ws.Observe(t.Context(), "production", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range o.Resources() {
		if r.Address == address {
			return r
		}
	}
	t.Fatalf("there is no %s", address)
	return model.Resource{}
}

// part picks blocks of a resource, as somebody does who looks at it now.
func part(t *testing.T, ws *workspace.Workspace, address model.Address, pick func([]diff.Block) []diff.Block) workspace.Part {
	t.Helper()
	d, err := workspace.Divide(resource(t, ws, address))
	if err != nil {
		t.Fatal(err)
	}
	return workspace.Part{Address: string(address), Blocks: pick(d.Blocks), Old: d.Old, New: d.New}
}

func first(blocks []diff.Block) []diff.Block { return blocks[:1] }

// newLine picks one line of the live version, counted from 1.
func newLine(n int) func([]diff.Block) []diff.Block {
	return func(blocks []diff.Block) []diff.Block { return diff.WithinNew(blocks, n-1, n) }
}

func TestAdoptingAPartLeavesTheRestAsDrift(t *testing.T) {
	w := newWorld(t)
	w.drift(appEdited)
	if err := os.Chmod(w.host("web-1", "etc/app.conf"), 0o755); err != nil {
		t.Fatal(err)
	}
	ada := w.as("Ada")
	c := w.land(workspace.Request{Environment: "production", Kind: model.Adopt, Parts: []workspace.Part{part(t, ada, "web-1:/etc/app.conf", first)}})
	if got := c.Title.String(); got != "Adopt 1 of 2 changed blocks of web-1:/etc/app.conf" {
		t.Errorf("the change is called %q", got)
	}
	if log := w.git("log", "-1", "--format=%s", "main"); log != "Adopt 1 of 2 changed blocks of web-1:/etc/app.conf as live on production" {
		t.Errorf("the commit is called %q", log)
	}
	if got := w.git("show", "main:production/web-1/etc/app.conf"); got+"\n" != strings.Replace(appConf, "80", "8080", 1) {
		t.Errorf("git wants %q", got)
	}
	if mode := w.git("ls-tree", "main", "production/web-1/etc/app.conf"); !strings.HasPrefix(mode, "100644") {
		t.Errorf("the mode was adopted as well: %s", mode)
	}
	if got := w.live("web-1", "etc/app.conf"); got != appEdited {
		t.Errorf("live was touched: %q", got)
	}
	if info, err := os.Stat(w.host("web-1", "etc/app.conf")); err != nil || info.Mode().Perm() != 0o755 {
		t.Errorf("the live mode was touched: %v (%v)", info.Mode(), err)
	}
	if got := statuses(t, ada, "production"); len(got) != 1 || got["web-1:/etc/app.conf"] != model.Drifted {
		t.Errorf("what was not adopted is to stay drift: %v", got)
	}
	w.knowsNothingOf("nice 5")

	// And the rest, in lines of the live version.
	w.land(workspace.Request{Environment: "production", Kind: model.Adopt, Parts: []workspace.Part{part(t, ada, "web-1:/etc/app.conf", newLine(6))}})
	if got := w.git("show", "main:production/web-1/etc/app.conf"); got+"\n" != "port 8080\nworkers 2\ntimeout 30\nlog on\nuser www\nnice 5\n" {
		t.Errorf("git wants %q", got)
	}
}

// knowsNothingOf makes sure that words are in no object of the repository, not even in one that nothing leads to.
func (w *world) knowsNothingOf(words string) {
	w.t.Helper()
	if all := w.git("cat-file", "--batch-all-objects", "--batch"); strings.Contains(all, words) {
		w.t.Errorf("%q is in the repository, and nobody adopted it", words)
	}
}

func TestRestoringAPartKeepsTheRestLive(t *testing.T) {
	w := newWorld(t)
	w.drift(appEdited)
	if err := os.Chmod(w.host("web-1", "etc/app.conf"), 0o755); err != nil {
		t.Fatal(err)
	}
	ada := w.as("Ada")
	before, err := ada.Position(t.Context(), "production")
	if err != nil {
		t.Fatal(err)
	}
	c := w.land(workspace.Request{Environment: "production", Kind: model.Restore, Parts: []workspace.Part{part(t, ada, "web-1:/etc/app.conf", first)}})
	if got := c.Title.String(); got != "Restore 1 of 2 changed blocks of web-1:/etc/app.conf" {
		t.Errorf("the change is called %q", got)
	}
	if c.Count(model.Update) != 1 || c.Steps() != 1 || c.Undo().Class != model.UndoClean {
		t.Errorf("the plans are %+v", c.Plans)
	}
	rest := strings.Replace(appEdited, "8080", "80", 1)
	if got := w.live("web-1", "etc/app.conf"); got != rest {
		t.Errorf("live is %q, want %q", got, rest)
	}
	if info, err := os.Stat(w.host("web-1", "etc/app.conf")); err != nil || info.Mode().Perm() != 0o755 {
		t.Errorf("the mode is %v, and was not picked (%v)", info.Mode(), err)
	}
	if got := statuses(t, ada, "production"); len(got) != 1 || got["web-1:/etc/app.conf"] != model.Drifted {
		t.Errorf("what was not restored is to stay drift: %v", got)
	}
	after, err := ada.Position(t.Context(), "production")
	if err != nil || after.Applied != before.Applied || after.Tracked != before.Tracked || after.Source != workspace.AppliedLedger {
		t.Errorf("git moved from %s to %s, applied from %s to %s (%v)", before.Tracked, after.Tracked, before.Applied, after.Applied, err)
	}
	w.knowsNothingOf("nice 5")

	// It comes back to the byte.
	w.land(workspace.Request{Environment: "production", Kind: model.Rollback, Subject: string(c.ID)})
	if got := w.live("web-1", "etc/app.conf"); got != appEdited {
		t.Errorf("after the rollback live is %q", got)
	}
}

func TestPartsOfFilesThatCameAndWent(t *testing.T) {
	t.Run("lines of a file that is missing come back", func(t *testing.T) {
		w := newWorld(t)
		w.drift(appConf)
		if err := os.Remove(w.host("web-1", "etc/app.conf")); err != nil {
			t.Fatal(err)
		}
		w.land(workspace.Request{Environment: "production", Kind: model.Restore, Parts: []workspace.Part{part(t, w.as("Ada"), "web-1:/etc/app.conf", func(b []diff.Block) []diff.Block {
			return diff.WithinOld(b, 1, 3)
		})}})
		if got := w.live("web-1", "etc/app.conf"); got != "workers 2\ntimeout 30\n" {
			t.Errorf("live is %q", got)
		}
	})
	t.Run("lines of a file that is missing are given up", func(t *testing.T) {
		w := newWorld(t)
		w.drift(appConf)
		if err := os.Remove(w.host("web-1", "etc/app.conf")); err != nil {
			t.Fatal(err)
		}
		w.land(workspace.Request{Environment: "production", Kind: model.Adopt, Parts: []workspace.Part{part(t, w.as("Ada"), "web-1:/etc/app.conf", func(b []diff.Block) []diff.Block {
			return diff.WithinOld(b, 1, 3)
		})}})
		if got := w.git("show", "main:production/web-1/etc/app.conf"); got != "port 80\nlog on\nuser www" {
			t.Errorf("git wants %q", got)
		}
		if got := statuses(t, w.as("Ada"), "production"); got["web-1:/etc/app.conf"] != model.Missing {
			t.Errorf("statuses are %v", got)
		}
	})
	extra := func(t *testing.T) *world {
		w := newWorld(t)
		w.write(filepath.Join(w.root, "plumb.yaml"), strings.Replace(configuration, "path: production,", `path: production, files: [{path: "/etc/conf.d", exclusive: true}],`, 1))
		w.commit("Own a directory", map[string]string{"production/all/etc/conf.d/a": "a\n"})
		w.drift(appConf)
		w.write(w.host("web-1", "etc/conf.d/b"), "one\ntwo\nthree\n")
		return w
	}
	t.Run("lines of a file that nobody wants go", func(t *testing.T) {
		w := extra(t)
		w.land(workspace.Request{Environment: "production", Kind: model.Restore, Parts: []workspace.Part{part(t, w.as("Ada"), "web-1:/etc/conf.d/b", newLine(2))}})
		if got := w.live("web-1", "etc/conf.d/b"); got != "one\nthree\n" {
			t.Errorf("live is %q", got)
		}
		if got := statuses(t, w.as("Ada"), "production"); got["web-1:/etc/conf.d/b"] != model.Extra {
			t.Errorf("statuses are %v", got)
		}
		// The last of its lines take the file along.
		w.land(workspace.Request{Environment: "production", Kind: model.Restore, Parts: []workspace.Part{part(t, w.as("Ada"), "web-1:/etc/conf.d/b", first)}})
		if _, err := os.Stat(w.host("web-1", "etc/conf.d/b")); !os.IsNotExist(err) {
			t.Errorf("the file is still there (%v)", err)
		}
	})
	t.Run("lines of a file that nobody wants are kept", func(t *testing.T) {
		w := extra(t)
		w.land(workspace.Request{Environment: "production", Kind: model.Adopt, Parts: []workspace.Part{part(t, w.as("Ada"), "web-1:/etc/conf.d/b", newLine(2))}})
		if got := w.git("show", "main:production/web-1/etc/conf.d/b"); got != "two" {
			t.Errorf("git wants %q", got)
		}
	})
}

func TestWholeResourcesAndPartsInOneChange(t *testing.T) {
	w := newWorld(t)
	w.drift(appEdited)
	w.write(w.host("web-2", "etc/motd"), "edited by hand\n")
	w.write(w.host("web-2", "etc/app.conf"), appEdited)
	ada := w.as("Ada")
	c := w.land(workspace.Request{Environment: "production", Kind: model.Adopt, Addresses: []string{"web-2:/etc/motd"}, Parts: []workspace.Part{
		part(t, ada, "web-1:/etc/app.conf", first), part(t, ada, "web-2:/etc/app.conf", first),
	}})
	if got := c.Title.String(); got != "Adopt 3 files on web-2, web-1, 2 of them in part" {
		t.Errorf("the change is called %q", got)
	}
	// Both hosts have the same part, so it goes where both have the file from.
	if got := w.git("show", "main:production/all/etc/app.conf"); !strings.HasPrefix(got, "port 8080\n") || strings.Contains(got, "nice") {
		t.Errorf("git wants %q", got)
	}
	if got := statuses(t, ada, "production"); len(got) != 2 {
		t.Errorf("statuses are %v", got)
	}
	c = w.land(workspace.Request{Environment: "production", Kind: model.Restore, Addresses: []string{"web-1:/etc/app.conf"}, Parts: []workspace.Part{
		part(t, ada, "web-2:/etc/app.conf", newLine(6)),
	}})
	if got := c.Title.String(); got != "Restore 2 files on web-1, web-2, 1 of them in part" {
		t.Errorf("the change is called %q", got)
	}
	if one, two := w.live("web-1", "etc/app.conf"), w.live("web-2", "etc/app.conf"); one != strings.Replace(appConf, "80", "8080", 1) || two != "port 8080\nworkers 2\ntimeout 30\nlog on\nuser nginx\n" {
		t.Errorf("live are %q and %q", one, two)
	}
}

func TestAPartOfSomethingElseIsRefused(t *testing.T) {
	w := newWorld(t)
	w.drift(appEdited)
	ada := w.as("Ada")
	seen := part(t, ada, "web-1:/etc/app.conf", first)
	want := func(req workspace.Request, class error, words ...string) {
		t.Helper()
		req.Environment = "production"
		wantError(t, draftError(t, ada, req), class, words...)
	}
	with := func(edit func(*workspace.Part)) []workspace.Part {
		p := seen
		edit(&p)
		return []workspace.Part{p}
	}
	for _, kind := range []model.ChangeKind{model.Adopt, model.Restore} {
		want(workspace.Request{Kind: kind, Parts: with(func(p *workspace.Part) { p.Blocks = nil })}, nil, "nothing of web-1:/etc/app.conf was picked")
		want(workspace.Request{Kind: kind, Parts: with(func(p *workspace.Part) { p.Blocks = []diff.Block{{OldLo: 90, OldHi: 91}} })}, nil, "does not fit")
		want(workspace.Request{Kind: kind, Parts: []workspace.Part{seen, seen}}, nil, "named twice")
		want(workspace.Request{Kind: kind, Parts: []workspace.Part{seen}, Addresses: []string{"web/web-1:/etc/app.conf"}}, nil, "named twice")
		want(workspace.Request{Kind: kind, Parts: with(func(p *workspace.Part) { p.Old = p.New })}, model.ErrRefused, "not compared with")
		want(workspace.Request{Kind: kind, Parts: with(func(p *workspace.Part) { p.Address = "web-2:/etc/motd" })}, nil, "in sync")
	}
	want(workspace.Request{Kind: model.Deploy, Parts: []workspace.Part{seen}}, nil, "all or nothing")
	want(workspace.Request{Kind: model.Rollback, Subject: "HEAD", Parts: []workspace.Part{seen}}, nil, "all or nothing")
	want(workspace.Request{Kind: model.Restore, Paths: []string{"production"}}, nil, "not about files")

	w.write(w.host("web-1", "etc/app.conf"), appEdited+"more\n")
	for _, kind := range []model.ChangeKind{model.Adopt, model.Restore} {
		want(workspace.Request{Kind: kind, Parts: []workspace.Part{seen}}, model.ErrRefused, "web-1:/etc/app.conf changed since")
	}
}

func TestWhatHasNoPartsSaysWhy(t *testing.T) {
	w := newWorld(t)
	w.write(filepath.Join(w.root, "plumb.yaml"), strings.Replace(configuration, "path: production,", `path: production, files: [{path: /etc/token, sensitive: true}],`, 1))
	w.commit("More files", map[string]string{"production/all/etc/token": "a\nb\n", "production/all/etc/shadow": "root:x\nwww:y\n"})
	w.drift(appConf)
	w.write(w.host("web-1", "etc/token"), "a\nc\n")
	w.write(w.host("web-1", "etc/shadow"), "root:x\nwww:z\n")
	w.write(w.host("web-1", "etc/app.conf"), "\x00\x01")
	w.write(w.host("web-2", "etc/app.conf"), strings.Repeat("large\n", 1<<20))
	if err := os.Chmod(w.host("web-1", "etc/cron.daily/clean"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(w.host("web-2", "etc/motd")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/dev/null", w.host("web-2", "etc/motd")); err != nil {
		t.Fatal(err)
	}
	for address, why := range map[model.Address]string{
		"web-1:/etc/token":            "secret as a whole",
		"web-1:/etc/shadow":           "secret as a whole",
		"web-1:/etc/app.conf":         "binary",
		"web-2:/etc/app.conf":         "not loaded",
		"web-2:/etc/motd":             "symlink",
		"web-1:/etc/cron.daily/clean": "lines do not differ",
	} {
		_, err := workspace.Divide(resource(t, w.as("Ada"), address))
		wantError(t, err, nil, string(address), why)
	}
}

func TestPartsAreNumberedAsTheMaskedDifferenceShowsThem(t *testing.T) {
	w := newWorld(t)
	w.drift("port 80\nworkers 2\npassword = \"hunter2\n  hunter3\"\ntimeout 30\nlog on\nuser nginx\n")
	ada := w.as("Ada")
	p := part(t, ada, "web-1:/etc/app.conf", func(b []diff.Block) []diff.Block { return b[1:] })
	w.land(workspace.Request{Environment: "production", Kind: model.Adopt, Parts: []workspace.Part{p}})
	if got := w.git("show", "main:production/web-1/etc/app.conf"); got+"\n" != strings.Replace(appConf, "www", "nginx", 1) {
		t.Errorf("git wants %q", got)
	}
	w.knowsNothingOf("hunter")
}

func TestASealedPartHoldsAsLongAsRealityDoes(t *testing.T) {
	for _, kind := range []model.ChangeKind{model.Adopt, model.Restore} {
		t.Run(string(kind), func(t *testing.T) {
			w := newWorld(t)
			w.drift(appEdited)
			ada := w.as("Ada")
			c := seal(t, ada, workspace.Request{Environment: "production", Kind: kind, Parts: []workspace.Part{part(t, ada, "web-1:/etc/app.conf", first)}})
			review, err := ada.Review(t.Context(), c)
			if err != nil || !review.Holds {
				t.Fatalf("before anything moved: %+v (%v)", review, err)
			}
			// Even an edit of what was not picked is one that nobody has judged.
			w.write(w.host("web-1", "etc/app.conf"), appEdited+"more\n")
			review, err = ada.Review(t.Context(), c)
			if err != nil || review.Holds || !strings.Contains(review.Because, "web-1:/etc/app.conf changed") {
				t.Errorf("after an edit: %+v (%v)", review, err)
			}
			w.write(w.host("web-1", "etc/app.conf"), appEdited)
			for _, name := range []string{"Bob", "Carol"} {
				if _, err := w.as(name).Approve(t.Context(), c.ID, nil); err != nil {
					t.Fatal(err)
				}
			}
			w.write(w.host("web-1", "etc/app.conf"), appConf)
			_, err = ada.Apply(t.Context(), c.ID, nil)
			wantError(t, err, model.ErrRefused, "no longer holds", "web-1:/etc/app.conf")
			if got := w.live("web-1", "etc/app.conf"); got != appConf {
				t.Errorf("a refused apply wrote %q", got)
			}
		})
	}
}

func TestARunThatDiedWithAPartIsNotRunAgain(t *testing.T) {
	w := newWorld(t)
	w.drift(appEdited)
	ada := w.as("Ada")
	died := seal(t, ada, workspace.Request{Environment: "production", Kind: model.Restore, Parts: []workspace.Part{part(t, ada, "web-1:/etc/app.conf", first)}})
	cmd := exec.CommandContext(t.Context(), "git", "version")
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	var store objects.Store
	w.wrap = func(s objects.Store) objects.Store { store = s; return s }
	w.as("Ada")
	w.wrap = nil
	gone := run.Holder{Run: "dead0001", By: ada.Self(), Host: "bastion-1", PID: cmd.Process.Pid, Start: "boot/1", Since: w.now}
	if _, _, err := run.Acquire(t.Context(), store, "production", gone, run.Alive); err != nil {
		t.Fatal(err)
	}
	if _, err := ledger.Open(ledger.Options{Store: store, Self: ada.Self(), Now: func() time.Time { return w.now }}).Append(t.Context(), ledger.Unsigned{}, ledger.Intent, change.Intent(died, gone.Run, gone.Host), nil); err != nil {
		t.Fatal(err)
	}
	// The file was written, and then the process was gone. The rest is drift as ever, and parts of it can be picked.
	rest := strings.Replace(appEdited, "8080", "80", 1)
	w.write(w.host("web-1", "etc/app.conf"), rest)
	w.land(workspace.Request{Environment: "production", Kind: model.Restore, Parts: []workspace.Part{part(t, ada, "web-1:/etc/app.conf", newLine(6))}})
	if got := w.live("web-1", "etc/app.conf"); got != strings.Replace(rest, "nice 5\n", "", 1) {
		t.Errorf("live is %q", got)
	}
	if c, err := ada.Change(t.Context(), string(died.ID)); err != nil || c.State != model.Uncertain {
		t.Errorf("the change of the dead run is %s (%v)", c.State, err)
	}
}

func TestRevertingAPartOfACommit(t *testing.T) {
	w := newWorld(t)
	id := w.commit("Tune it", map[string]string{
		"production/all/etc/app.conf":        appEdited,
		"production/all/etc/logrotate.d/app": "daily\n",
		"production/all/etc/new.conf":        "one\ntwo\nthree\n",
	})
	w.land(workspace.Request{Environment: "production", Kind: model.Deploy})
	w.commit("Go on", map[string]string{"production/all/etc/app.conf": strings.Replace(appEdited, "timeout 30", "timeout 31", 1)})
	w.land(workspace.Request{Environment: "production", Kind: model.Deploy})
	ada := w.as("Ada")
	file := func(name string, pick func([]diff.Block) []diff.Block) workspace.Part {
		t.Helper()
		files, err := ada.CommitFiles(t.Context(), model.Hash(id))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if f.Path == name {
				d, err := ada.DivideFile(t.Context(), f)
				if err != nil {
					t.Fatal(err)
				}
				return workspace.Part{Path: name, Blocks: pick(d.Blocks), Old: d.Old, New: d.New}
			}
		}
		t.Fatalf("the commit has no %s", name)
		return workspace.Part{}
	}

	c := w.land(workspace.Request{Environment: "production", Kind: model.Revert, Subject: id, Parts: []workspace.Part{file("production/all/etc/app.conf", first)}})
	if got, want := c.Title.String(), "Revert 1 of 2 changed blocks of production/all/etc/app.conf in "+id[:7]+" Tune it"; got != want {
		t.Errorf("the change is called %q, want %q", got, want)
	}
	const half = "port 80\nworkers 2\ntimeout 31\nlog on\nuser nginx\nnice 5\n"
	if got := w.live("web-2", "etc/app.conf"); got != half {
		t.Errorf("live is %q, want %q", got, half)
	}
	if one, two := w.live("web-1", "etc/logrotate.d/app"), w.live("web-1", "etc/new.conf"); one != "daily\n" || two != "one\ntwo\nthree\n" {
		t.Errorf("other files were taken back: %q and %q", one, two)
	}
	message := w.git("log", "-1", "--format=%B", "main")
	if !strings.HasPrefix(message, "Revert a part of \"Tune it\"\n") || strings.Contains(message, "This reverts commit") || !strings.Contains(message, "changed blocks of production/all/etc/app.conf in commit "+id) {
		t.Errorf("the commit says:\n%s", message)
	}

	// A part of a file that the commit made, beside a whole one.
	c = w.land(workspace.Request{Environment: "production", Kind: model.Revert, Subject: id, Paths: []string{"production/all/etc/logrotate.d"}, Parts: []workspace.Part{
		file("production/all/etc/new.conf", newLine(2)),
	}})
	if got, want := c.Title.String(), "Revert parts of 2 files in "+id[:7]+" Tune it"; got != want {
		t.Errorf("the change is called %q, want %q", got, want)
	}
	if one, two := w.live("web-1", "etc/logrotate.d/app"), w.live("web-1", "etc/new.conf"); one != "weekly\n" || two != "one\nthree\n" {
		t.Errorf("live are %q and %q", one, two)
	}

	again := file("production/all/etc/app.conf", first)
	for _, tt := range []struct {
		name  string
		req   workspace.Request
		class error
		words string
	}{
		{"what was taken back before", workspace.Request{Parts: []workspace.Part{again}}, nil, "taken back already"},
		{"a file that the commit left alone", workspace.Request{Paths: []string{"production/web-2/etc/motd"}}, nil, "did not change"},
		{"a part of a directory", workspace.Request{Parts: []workspace.Part{{Path: "production/all/etc", Blocks: again.Blocks}}}, nil, "is a directory"},
		{"a file and a part of it", workspace.Request{Paths: []string{"production/all"}, Parts: []workspace.Part{again}}, nil, "named twice"},
		{"other versions", workspace.Request{Parts: []workspace.Part{{Path: again.Path, Blocks: again.Blocks, Old: again.New, New: again.Old}}}, model.ErrRefused, "not what its part was picked from"},
		{"an address", workspace.Request{Parts: []workspace.Part{{Address: "web-1:/etc/app.conf", Blocks: again.Blocks}}}, nil, "named by its file"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.req.Environment, tt.req.Kind, tt.req.Subject = "production", model.Revert, id
			err := draftError(t, ada, tt.req)
			if tt.name == "an address" {
				if err == nil || !strings.Contains(err.Error(), tt.words) {
					t.Errorf("the error is %v", err)
				}
				return
			}
			wantError(t, err, tt.class, tt.words)
		})
	}
}

func TestPartsWhereNoRunIsOnRecord(t *testing.T) {
	w := newWorld(t)
	w.commit("More of it", map[string]string{"staging/all/etc/app.conf": "port 80\nworkers 2\nlog on\n", "staging/all/etc/motd": "hello\n"})
	w.write(w.host("stg-1", "etc/motd"), "hello\n")
	w.write(w.host("stg-1", "etc/app.conf"), "port 81\nworkers 2\nlog off\n")
	ada := w.as("Ada")
	o, err := ada.Observe(t.Context(), "staging", nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := o.Drifted("stg-1:/etc/app.conf")
	if err != nil {
		t.Fatal(err)
	}
	d, err := workspace.Divide(r)
	if err != nil {
		t.Fatal(err)
	}
	w.land(workspace.Request{Environment: "staging", Kind: model.Restore, Parts: []workspace.Part{{Address: "stg-1:/etc/app.conf", Blocks: d.Blocks[1:], Old: d.Old, New: d.New}}})
	if got := w.live("stg-1", "etc/app.conf"); got != "port 81\nworkers 2\nlog on\n" {
		t.Errorf("live is %q", got)
	}
}

// Drift is told from what was applied, and so are its parts, while somebody's commit waits to be deployed.
func TestAPartIsAdoptedWhileGitHasMovedOn(t *testing.T) {
	w := newWorld(t)
	w.drift(appEdited)
	w.commit("Wait for it", map[string]string{"production/all/etc/app.conf": strings.Replace(appConf, "log on", "log off", 1)})
	ada := w.as("Ada")
	r := resource(t, ada, "web-1:/etc/app.conf")
	if d := workspace.ResourceDiff(r, workspace.Tracked, workspace.Live, diff.Options{}); d.Added != 4 {
		t.Fatalf("from git to live %d lines are added, and the test needs other blocks than from what was applied", d.Added)
	}
	d, err := workspace.Divide(r)
	if err != nil || len(d.Blocks) != 2 || d.Old != model.Sum([]byte(appConf)) {
		t.Fatalf("the parts are %+v (%v)", d, err)
	}
	w.land(workspace.Request{Environment: "production", Kind: model.Adopt, Parts: []workspace.Part{part(t, ada, "web-1:/etc/app.conf", first)}})
	if got := w.git("show", "main:production/web-1/etc/app.conf"); got+"\n" != strings.Replace(appConf, "80", "8080", 1) {
		t.Errorf("git wants %q", got)
	}
	if got := statuses(t, ada, "production"); got["web-2:/etc/app.conf"] != model.Pending || got["web-1:/etc/app.conf"] != model.Drifted {
		t.Errorf("statuses are %v", got)
	}
}

// Git cannot say of one host alone what a rule says of all, so nothing could hold the rest of the drift.
func TestAPartIsNotRestoredWhereItsModeCouldNotStay(t *testing.T) {
	w := newWorld(t)
	w.write(filepath.Join(w.root, "plumb.yaml"), strings.Replace(configuration, "path: production,", `path: production, files: [{path: /etc/app.conf, mode: "0640"}],`, 1))
	w.commit("Say the mode", nil)
	w.drift(appEdited)
	if err := os.Chmod(w.host("web-1", "etc/app.conf"), 0o600); err != nil {
		t.Fatal(err)
	}
	ada := w.as("Ada")
	p := part(t, ada, "web-1:/etc/app.conf", first)
	wantError(t, draftError(t, ada, workspace.Request{Environment: "production", Kind: model.Restore, Parts: []workspace.Part{p}}), nil, "say what stays", "its mode is set to 0640")
	// Adopting does not touch the file, so its mode can stay drift.
	w.land(workspace.Request{Environment: "production", Kind: model.Adopt, Parts: []workspace.Part{p}})
	if info, err := os.Stat(w.host("web-1", "etc/app.conf")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the mode is %v (%v)", info.Mode(), err)
	}
	if err := os.Chmod(w.host("web-1", "etc/app.conf"), 0o640); err != nil {
		t.Fatal(err)
	}
	w.land(workspace.Request{Environment: "production", Kind: model.Restore, Parts: []workspace.Part{part(t, ada, "web-1:/etc/app.conf", newLine(6))}})
	if info, err := os.Stat(w.host("web-1", "etc/app.conf")); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the mode is %v (%v)", info.Mode(), err)
	}
}
