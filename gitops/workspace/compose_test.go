package workspace_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/text"
)

// compose asks for a change of production that takes the picks.
func compose(picks ...workspace.Pick) workspace.Request {
	return workspace.Request{Environment: "production", Kind: model.Compose, Picks: picks}
}

func restore(address string) workspace.Pick {
	return workspace.Pick{Verb: model.Restore, Address: address}
}

func adopt(address string) workspace.Pick {
	return workspace.Pick{Verb: model.Adopt, Address: address}
}

func revert(commit string) workspace.Pick {
	return workspace.Pick{Verb: model.Revert, Commit: commit}
}

// edit edits a file as it would be with the other picks: it replaces words by others.
func edit(t *testing.T, ws *workspace.Workspace, path, old, next string, others ...workspace.Pick) workspace.Pick {
	t.Helper()
	e, err := ws.Editable(t.Context(), "production", others, path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(e.New), old) {
		t.Fatalf("%s has no %q:\n%s", path, old, e.New)
	}
	e.New = []byte(strings.Replace(string(e.New), old, next, 1))
	return workspace.Pick{Verb: model.EditFiles, Edit: e}
}

// quarrelling fails unless the picks are refused, for what is wrong with the named ones of them.
func quarrelling(t *testing.T, ws *workspace.Workspace, of []int, words []string, picks ...workspace.Pick) {
	t.Helper()
	_, err := ws.Draft(t.Context(), compose(picks...))
	wrong, ok := errors.AsType[*workspace.PickError](err)
	if !ok {
		t.Fatalf("%v: %v", picks, err)
	}
	if !slices.Equal(wrong.Picks, of) {
		t.Errorf("%v: it is the fault of %v, want %v: %v", picks, wrong.Picks, of, err)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%v: %q does not say %q", picks, err, w)
		}
	}
}

const logrotate = "production/all/etc/logrotate.d/app"

// story has a commit that is to be taken back, drift of three kinds, and a commit that waits.
func (w *world) mess() (bad string) {
	w.t.Helper()
	bad = w.commit("Rotate less", map[string]string{logrotate: "monthly\n"})
	w.land(workspace.Request{Environment: "production", Kind: model.Deploy})
	w.write(w.host("web-1", "etc/app.conf"), appEdited)
	w.write(w.host("web-2", "etc/motd"), "gone fishing\n")
	if err := os.Remove(w.host("web-2", "etc/cron.daily/clean")); err != nil {
		w.t.Fatal(err)
	}
	w.commit("Say more", map[string]string{"production/web-1/etc/motd": "hello\n"})
	return bad
}

func TestSeveralPicksBecomeOneChange(t *testing.T) {
	w := newWorld(t)
	bad := w.mess()
	ada := w.as("Ada")
	cron := edit(t, ada, "production/all/etc/cron.daily/clean", "exit 0", "exit 1")
	c := w.land(compose(restore("web-2:/etc/motd"), adopt("web-1:/etc/app.conf"), revert(bad), cron))

	if c.Kind != model.Compose || c.Title.String() != "Restore web-2:/etc/motd, adopt web-1:/etc/app.conf, revert "+bad[:7]+", edit production/all/etc/cron.daily/clean" {
		t.Errorf("it is a %s called %q", c.Kind, c.Title)
	}
	want := []model.Pick{{Verb: model.Restore, What: "web/web-2:/etc/motd"}, {Verb: model.Adopt, What: "web/web-1:/etc/app.conf"},
		{Verb: model.Revert, What: bad}, {Verb: model.EditFiles, What: "production/all/etc/cron.daily/clean", Added: 1, Removed: 1}}
	wantSame(t, "the record of what was picked", want, c.Picks)

	for path, content := range map[string]string{
		"web-1/etc/app.conf": appEdited, "web-2/etc/app.conf": appConf,
		"web-1/etc/logrotate.d/app": "weekly\n", "web-2/etc/logrotate.d/app": "weekly\n",
		"web-2/etc/motd": "this is web-2\n", "web-1/etc/motd": "",
		// The edit goes where the file is as it was applied, and where somebody deleted it as well.
		"web-1/etc/cron.daily/clean": "#!/bin/sh\nexit 1\n", "web-2/etc/cron.daily/clean": "#!/bin/sh\nexit 1\n",
	} {
		host, name, _ := strings.Cut(path, "/")
		if got := w.live(host, name); got != content {
			t.Errorf("%s is %q, want %q", path, got, content)
		}
	}
	message := w.git("log", "-1", "--format=%B", string(c.Commits[0]))
	for _, line := range []string{c.Title.String(), "because the test says so", "This reverts commit " + bad + ".", "Adopt web-1:/etc/app.conf as live on production.", "Plumb-Change: " + string(c.ID)} {
		if !strings.Contains(message, line) {
			t.Errorf("the commit does not say %q:\n%s", line, message)
		}
	}
	// What waits still waits, and nothing of it was deployed along.
	if got := statuses(t, ada, "production"); len(got) != 1 || got["web-1:/etc/motd"] != model.Missing && got["web-1:/etc/motd"] != model.Pending {
		t.Errorf("afterwards %v", got)
	}
	if n := len(strings.Fields(w.git("rev-list", string(c.Base)+".."+string(c.Commits[0])))); n != 1 {
		t.Errorf("it made %d commits on top of what was applied", n)
	}
}

func TestOtherDriftIsLeftAlone(t *testing.T) {
	w := newWorld(t)
	bad := w.mess()
	c := w.land(compose(restore("web-2:/etc/motd"), revert(bad)))
	if c.Steps() != 3 || c.Count(model.Update) != 3 {
		t.Errorf("the plan is %+v", c.Plans)
	}
	if got := w.live("web-1", "etc/app.conf"); got != appEdited {
		t.Errorf("drift that nobody picked is now %q", got)
	}
	if got := w.live("web-2", "etc/cron.daily/clean"); got != "" {
		t.Errorf("what was deleted came back: %q", got)
	}
}

func TestPicksOfOneKindStayThatKind(t *testing.T) {
	w := newWorld(t)
	bad := w.mess()
	ada := w.as("Ada")
	worse := w.git("rev-parse", "HEAD")
	for _, tt := range []struct {
		name   string
		picks  []workspace.Pick
		kind   model.ChangeKind
		title  string
		picked int
	}{
		{"restoring two", []workspace.Pick{restore("web-2:/etc/motd"), restore("web-1:/etc/app.conf")}, model.Restore, "Restore 2 files on web-1, web-2", 0},
		{"adopting one", []workspace.Pick{adopt("web-2:/etc/motd")}, model.Adopt, "Adopt web-2:/etc/motd", 0},
		{"reverting one", []workspace.Pick{revert(bad)}, model.Revert, "Revert " + bad[:7] + " Rotate less", 0},
		{"reverting what waits", []workspace.Pick{revert(worse)}, model.Revert, "Revert " + worse[:7] + " Say more", 0},
		{"editing", []workspace.Pick{edit(t, ada, logrotate, "monthly", "daily")}, model.EditFiles, "Edit " + logrotate, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, err := ada.Draft(t.Context(), compose(tt.picks...))
			if err != nil {
				t.Fatal(err)
			}
			if c := d.Change; c.Kind != tt.kind || len(c.Picks) != tt.picked || !strings.HasPrefix(c.Title.String(), strings.Split(tt.title, " files")[0]) {
				t.Errorf("it is a %s called %q of %v", c.Kind, c.Title, c.Picks)
			}
		})
	}
	c := w.land(compose(edit(t, ada, logrotate, "monthly", "daily")))
	if got := w.live("web-1", "etc/logrotate.d/app"); got != "daily\n" || c.Kind != model.EditFiles || c.Steps() != 2 {
		t.Errorf("live is %q after %+v", got, c.Plans)
	}
}

func TestCommitsThatBuildUponEachOtherAreTakenBackTogether(t *testing.T) {
	w := newWorld(t)
	first := w.commit("Monthly", map[string]string{logrotate: "monthly\n"})
	second := w.commit("Yearly", map[string]string{logrotate: "yearly\n"})
	w.land(workspace.Request{Environment: "production", Kind: model.Deploy})
	ada := w.as("Ada")
	if _, err := ada.Draft(t.Context(), compose(revert(first))); err == nil {
		t.Error("the first alone was taken back, although the second changed the same lines")
	}
	c := w.land(compose(revert(first), revert(second)))
	if c.Kind != model.Revert || c.Title.String() != "Revert "+first[:7]+" "+second[:7] {
		t.Errorf("it is a %s called %q", c.Kind, c.Title)
	}
	if got := w.live("web-1", "etc/logrotate.d/app"); got != "weekly\n" {
		t.Errorf("live is %q", got)
	}
}

func TestPartsInOneChange(t *testing.T) {
	w := newWorld(t)
	bad := w.mess()
	w.write(w.host("web-2", "etc/app.conf"), appEdited)
	ada := w.as("Ada")
	half := func(verb model.ChangeKind, address model.Address) workspace.Pick {
		return workspace.Pick{Verb: verb, Address: string(address), Parts: []workspace.Part{part(t, ada, address, first)}}
	}
	c := w.land(compose(half(model.Adopt, "web-1:/etc/app.conf"), half(model.Restore, "web-2:/etc/app.conf"), revert(bad)))
	if got := w.git("show", "main:production/web-1/etc/app.conf"); got+"\n" != strings.Replace(appConf, "80", "8080", 1) {
		t.Errorf("git wants %q", got)
	}
	if got := w.live("web-1", "etc/app.conf"); got != appEdited {
		t.Errorf("what was adopted in part is live as %q", got)
	}
	if got := w.live("web-2", "etc/app.conf"); got != strings.Replace(appEdited, "8080", "80", 1) {
		t.Errorf("what was restored in part is live as %q", got)
	}
	if len(c.Parts) != 2 || c.VerbOf(c.Parts[0].Address) != model.Adopt || c.VerbOf(c.Parts[1].Address) != model.Restore {
		t.Errorf("the parts are %+v", c.Parts)
	}
	w.knowsNothingOf("nice 5")
	app := edit(t, ada, "production/all/etc/app.conf", "timeout 30", "timeout 60")
	quarrelling(t, ada, []int{0, 1}, []string{"edit production/all/etc/app.conf", "restore web-2:/etc/app.conf", "a part was picked"}, half(model.Restore, "web-2:/etc/app.conf"), app)
}

func TestPicksThatDoNotGoTogetherAreNamed(t *testing.T) {
	w := newWorld(t)
	bad := w.mess()
	w.write(w.host("web-1", "etc/logrotate.d/app"), "daily\n")
	w.write(w.host("web-2", "etc/logrotate.d/app"), "daily\n")
	ada := w.as("Ada")
	waits := w.git("rev-parse", "HEAD")
	rotate := edit(t, ada, logrotate, "monthly", "yearly")
	stale := rotate
	stale.Edit.Old = []byte("something else\n")
	same := rotate
	same.Edit.New = same.Edit.Old
	for _, tt := range []struct {
		name  string
		of    []int
		words []string
		picks []workspace.Pick
	}{
		{"adopting and restoring the same", []int{0, 1}, []string{"adopt web-1:/etc/app.conf and restore web/web-1:/etc/app.conf do not go together"},
			[]workspace.Pick{adopt("web-1:/etc/app.conf"), restore("web/web-1:/etc/app.conf")}},
		{"editing lines that are taken back", []int{0, 2}, []string{"revert " + bad[:7], "edit " + logrotate, "the same lines"},
			[]workspace.Pick{revert(bad), restore("web-2:/etc/motd"), rotate}},
		{"the same commit twice", []int{0, 1}, []string{"about the same commit"}, []workspace.Pick{revert(bad), revert(bad), restore("web-2:/etc/motd")}},
		{"the same file twice", []int{0, 2}, []string{"about the same file"}, []workspace.Pick{rotate, restore("web-2:/etc/motd"), rotate}},
		{"what is in sync", []int{1}, []string{"in sync"}, []workspace.Pick{revert(bad), restore("web-1:/etc/cron.daily/clean")}},
		{"what only waits", []int{0}, []string{"not live in production"}, []workspace.Pick{revert(waits), restore("web-2:/etc/motd")}},
		{"an edit of another file", []int{1}, []string{"is another file by now"}, []workspace.Pick{restore("web-2:/etc/motd"), stale}},
		{"an edit of nothing", []int{1}, []string{"nothing of " + logrotate + " was edited"}, []workspace.Pick{restore("web-2:/etc/motd"), same}},
		{"a deploy among them", []int{1}, []string{"cannot be done with others"}, []workspace.Pick{restore("web-2:/etc/motd"), {Verb: model.Deploy, Commit: "main"}}},
	} {
		t.Run(tt.name, func(t *testing.T) { quarrelling(t, ada, tt.of, tt.words, tt.picks...) })
	}
}

func TestACommitWhoseLinesWereAdoptedOverIsRefusedWithBothNames(t *testing.T) {
	w := newWorld(t)
	bad := w.commit("Greet", map[string]string{"production/web-2/etc/motd": "welcome\n"})
	w.land(workspace.Request{Environment: "production", Kind: model.Deploy})
	w.write(w.host("web-2", "etc/motd"), "welcome back\n")
	quarrelling(t, w.as("Ada"), []int{0, 1}, []string{"revert " + bad[:7] + " and adopt web-2:/etc/motd do not go together", "production/web-2/etc/motd"},
		revert(bad), adopt("web-2:/etc/motd"))
}

func TestWhatIsOnlyPickedIsInNoRepository(t *testing.T) {
	w := newWorld(t)
	w.mess()
	ada := w.as("Ada")
	secret := edit(t, ada, logrotate, "monthly", "hunter2")
	d, err := ada.Draft(t.Context(), compose(adopt("web-2:/etc/motd"), secret))
	if err != nil || d.Change.Steps() == 0 {
		t.Fatal(d, err)
	}
	w.knowsNothingOf("gone fishing")
	w.knowsNothingOf("hunter2")
}

func TestAComposedChangeIsRolledBack(t *testing.T) {
	w := newWorld(t)
	bad := w.mess()
	ada := w.as("Ada")
	c := w.land(compose(restore("web-2:/etc/motd"), adopt("web-1:/etc/app.conf"), revert(bad)))
	w.land(workspace.Request{Environment: "production", Kind: model.Rollback, Subject: string(c.ID)})
	for path, content := range map[string]string{
		"web-1/etc/logrotate.d/app": "monthly\n", "web-2/etc/logrotate.d/app": "monthly\n",
		"web-2/etc/motd": "gone fishing\n", "web-1/etc/app.conf": appConf,
	} {
		host, name, _ := strings.Cut(path, "/")
		if got := w.live(host, name); got != content {
			t.Errorf("%s is %q, want %q", path, got, content)
		}
	}
	p, err := ada.Position(t.Context(), "production")
	if err != nil || len(p.Holds) == 0 {
		t.Errorf("nothing holds what was taken back (%v)", err)
	}
}

func TestAComposedChangeIsVoidWhenRealityMoves(t *testing.T) {
	w := newWorld(t)
	bad := w.mess()
	ada := w.as("Ada")
	c := seal(t, ada, compose(restore("web-2:/etc/motd"), revert(bad)))
	r, err := ada.Review(t.Context(), c)
	if err != nil || !r.Holds {
		t.Fatalf("it does not hold: %s (%v)", r.Because, err)
	}
	w.write(w.host("web-1", "etc/cron.daily/clean"), "something else\n") // Not picked: no business of the change.
	if r, err := ada.Review(t.Context(), c); err != nil || !r.Holds {
		t.Fatalf("it does not hold any more: %s (%v)", r.Because, err)
	}
	w.write(w.host("web-2", "etc/motd"), "on holiday\n")
	if r, err := ada.Review(t.Context(), c); err != nil || r.Holds {
		t.Fatalf("it still holds (%v)", err)
	}
}

func TestTheOperatorNamesTheChange(t *testing.T) {
	w := newWorld(t)
	w.mess()
	ada := w.as("Ada")
	d, err := ada.Draft(t.Context(), compose(adopt("web-1:/etc/app.conf"), restore("web-2:/etc/motd")))
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"", " \t", strings.Repeat("long ", 60)} {
		if d.Rename(bad) == nil {
			t.Errorf("a change can be called %q", bad)
		}
	}
	if err := d.Rename(" Clean up\nafter the sale\x1b[2J "); err != nil {
		t.Fatal(err)
	}
	c, err := ada.Seal(t.Context(), d, "it is over")
	if err != nil {
		t.Fatal(err)
	}
	if want := text.Line("Clean up\nafter the sale\x1b[2J"); c.Title != want || w.git("log", "-1", "--format=%s", string(c.Commits[0])) != want.String() {
		t.Errorf("it is called %q", c.Title)
	}
}

func TestWhatNoEditorIsLetAt(t *testing.T) {
	w := newWorld(t)
	w.link("production/all/etc/link", "app.conf")
	w.commit("More", map[string]string{"production/all/etc/logo.png": "\x89PNG\x00\x01", "production/all/etc/large": strings.Repeat("0123456789abcdef\n", 300000)})
	w.land(workspace.Request{Environment: "production", Kind: model.Deploy})
	ada := w.as("Ada")
	for path, why := range map[string]string{
		"production/all/etc/logo.png": "binary", "production/all/etc/large": "MiB", "production/all/etc/link": "no file that could be edited",
		"production/all": "no file that could be edited", "": "the root is no file",
	} {
		if _, err := ada.Editable(t.Context(), "production", nil, path); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%q: %v, want %q", path, err, why)
		}
	}
	for path, content := range map[string]string{logrotate: "a\x00b", "../outside": "x\n", "production/.git/config": "x\n"} {
		e := workspace.Edit{Path: path, New: []byte(content)}
		if e.Path == logrotate {
			e.Old = []byte("weekly\n")
		}
		if _, err := ada.Draft(t.Context(), compose(workspace.Pick{Verb: model.EditFiles, Edit: e})); err == nil {
			t.Errorf("%q was written to %s", content, path)
		}
	}
	made, err := ada.Editable(t.Context(), "production", nil, "production/all/etc/new.conf")
	if err != nil || made.Old != nil || made.New != nil {
		t.Fatalf("%+v, %v", made, err)
	}
	made.New = []byte("new\n")
	d, err := ada.Draft(t.Context(), compose(workspace.Pick{Verb: model.EditFiles, Edit: made}))
	if err != nil || len(d.Notes) != 1 || d.Change.Count(model.Create) != 2 {
		t.Fatalf("%+v, %v", d, err)
	}
}

func TestAnEditStandsOnItsOwnFeet(t *testing.T) {
	w := newWorld(t)
	w.commit("Configure web-1", map[string]string{"production/web-1/etc/app.conf": appConf})
	w.drift(strings.Replace(appConf, "port 80", "port 8080", 1))
	ada := w.as("Ada")
	// It was made on top of what is adopted, and is kept when that is put back.
	app := edit(t, ada, "production/web-1/etc/app.conf", "user www", "user nginx", adopt("web-1:/etc/app.conf"))
	if !strings.Contains(string(app.Edit.Old), "8080") {
		t.Fatalf("what was to be adopted was not in the editor: %q", app.Edit.Old)
	}
	for _, tt := range []struct {
		name  string
		picks []workspace.Pick
		want  string
	}{
		{"with it", []workspace.Pick{adopt("web-1:/etc/app.conf"), app}, strings.NewReplacer("80", "8080", "www", "nginx").Replace(appConf)},
		{"without it", []workspace.Pick{app}, strings.Replace(appConf, "www", "nginx", 1)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := seal(t, ada, compose(tt.picks...))
			if got := w.git("show", string(c.Commits[0])+":production/web-1/etc/app.conf") + "\n"; got != tt.want {
				t.Errorf("git would want %q", got)
			}
		})
	}
	e, err := ada.Editable(t.Context(), "production", []workspace.Pick{app}, "production/web-1/etc/app.conf")
	if err != nil || string(e.Old) != appConf || string(e.New) != strings.Replace(appConf, "www", "nginx", 1) {
		t.Errorf("edited once more it is %q, from %q (%v)", e.New, e.Old, err)
	}
}
