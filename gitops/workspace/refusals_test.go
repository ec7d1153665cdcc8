package workspace_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/diff"
)

// wantError checks that an error is there, says the words, is of the class (nil for an ordinary one), and knows a way out.
func wantError(t *testing.T, err, class error, words ...string) {
	t.Helper()
	if err == nil {
		t.Error("there is no error")
		return
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%q does not say %q", err, w)
		}
	}
	if class != nil && !errors.Is(err, class) {
		t.Errorf("%q is not %v", err, class)
	}
	if model.Hint(err) == "" {
		t.Errorf("%q knows no way out", err)
	}
}

func draftError(t *testing.T, ws *workspace.Workspace, req workspace.Request) error {
	t.Helper()
	_, err := ws.Draft(t.Context(), req)
	return err
}

func TestWhatCannotBeDrafted(t *testing.T) {
	w := newWorld(t)
	w.land(workspace.Request{Environment: "production", Kind: model.Deploy})
	edited := w.commit("Edit", map[string]string{"production/all/etc/app.conf": "port 80\nworkers 3\ntimeout 30\nlog on\nuser www\n"})
	w.commit("Edit again", map[string]string{"production/all/etc/app.conf": "port 80\nworkers 4\ntimeout 30\nlog on\nuser www\n"})
	w.git("switch", "-q", "-c", "feature")
	feature := w.commit("Not yet", map[string]string{"production/all/etc/app.conf": "port 90\n"})
	w.git("switch", "-q", "main")
	w.write(w.host("web-1", "etc/logrotate.d/app"), "daily\n")
	ada := w.as("Ada")
	for _, tt := range []struct {
		name  string
		req   workspace.Request
		words []string
	}{
		{"an unknown environment", workspace.Request{Environment: "prod", Kind: model.Deploy}, []string{`no environment "prod"`}},
		{"an unknown kind", workspace.Request{Environment: "production", Kind: "explode"}, nil},
		{"a revision that is not there", workspace.Request{Environment: "production", Kind: model.Deploy, Subject: "v9"}, []string{`"v9"`}},
		{"a revision that looks like an option", workspace.Request{Environment: "production", Kind: model.Deploy, Subject: "--all"}, nil},
		{"a revision of another branch", workspace.Request{Environment: "production", Kind: model.Deploy, Subject: feature}, []string{"is not on main"}},
		{"taking back a commit of another branch", workspace.Request{Environment: "production", Kind: model.Revert, Subject: feature}, []string{"neither live"}},
		{"taking back what was edited since", workspace.Request{Environment: "production", Kind: model.Revert, Subject: edited}, []string{"production/all/etc/app.conf"}},
		{"taking back the first commit", workspace.Request{Environment: "production", Kind: model.Revert, Subject: w.git("rev-list", "--max-parents=0", "main")}, []string{"first commit"}},
		{"restoring nothing", workspace.Request{Environment: "production", Kind: model.Restore}, []string{"no address"}},
		{"restoring what is not there", workspace.Request{Environment: "production", Kind: model.Restore, Addresses: []string{"web-1:/etc/no"}}, []string{"web-1:/etc/no"}},
		{"restoring what is in sync", workspace.Request{Environment: "production", Kind: model.Restore, Addresses: []string{"web-2:/etc/motd"}}, []string{"in sync"}},
		{"adopting what waits", workspace.Request{Environment: "production", Kind: model.Adopt, Addresses: []string{"web-1:/etc/app.conf"}}, []string{"did not drift"}},
		{"rolling back what never was", workspace.Request{Environment: "production", Kind: model.Rollback, Subject: "deploy-nothing"}, []string{"neither a change nor a commit"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := draftError(t, ada, tt.req)
			if tt.name == "an unknown kind" {
				if err == nil {
					t.Error("there is no error")
				}
				return
			}
			wantError(t, err, nil, tt.words...)
		})
	}
	if d, err := ada.Draft(t.Context(), workspace.Request{Environment: "production", Kind: model.Deploy}); err != nil {
		t.Error(err)
	} else if _, err := ada.Seal(t.Context(), d, " \n"); err == nil || model.Hint(err) == "" {
		t.Errorf("a change without a reason: %v", err)
	}
	if refs := w.git("for-each-ref", "refs/heads/plumb"); refs != "" {
		t.Errorf("drafting left branches behind: %s", refs)
	}
}

func TestARepositoryWithoutCommits(t *testing.T) {
	w := newWorld(t)
	w.git("update-ref", "-d", "refs/heads/main")
	ada := w.as("Ada")
	p, err := ada.Position(t.Context(), "production")
	if err != nil || p.Tracked != "" || p.Applied != "" {
		t.Errorf("position is %+v (%v)", p, err)
	}
	_, err = ada.Observe(t.Context(), "production", nil)
	wantError(t, err, nil, "no commit yet")
	wantError(t, draftError(t, ada, workspace.Request{Environment: "production", Kind: model.Deploy}), nil, "no commit yet")
}

func TestARepositoryWithoutEnvironments(t *testing.T) {
	w := newWorld(t)
	w.write(filepath.Join(w.root, "plumb.yaml"), "version: 1\nenvironments: []\n")
	_, err := w.as("Ada").Observe(t.Context(), "production", nil)
	wantError(t, err, nil, "production")
	if !strings.Contains(model.Hint(err), "plumb init") {
		t.Errorf("the hint is %q", model.Hint(err))
	}
}

func TestADetachedHeadHasNoBranchForACommit(t *testing.T) {
	w := newWorld(t)
	w.git("switch", "-q", "--detach")
	w.git("branch", "-q", "-D", "main")
	w.land(workspace.Request{Environment: "staging", Kind: model.Deploy})
	w.write(w.host("stg-1", "etc/app.conf"), "port 81\n")
	wantError(t, draftError(t, w.as("Ada"), workspace.Request{Environment: "staging", Kind: model.Adopt, Addresses: []string{"stg-1:/etc/app.conf"}}), nil, "detached")
	// What needs no commit goes on as ever.
	w.land(workspace.Request{Environment: "staging", Kind: model.Restore, Addresses: []string{"stg-1:/etc/app.conf"}})
}

func TestAbandonDeletesTheBranch(t *testing.T) {
	w := newWorld(t)
	w.land(workspace.Request{Environment: "staging", Kind: model.Deploy})
	w.write(w.host("stg-1", "etc/app.conf"), "port 81\n")
	ada := w.as("Ada")
	c := seal(t, ada, workspace.Request{Environment: "staging", Kind: model.Adopt, Addresses: []string{"stg-1:/etc/app.conf"}})
	if got := w.git("for-each-ref", "--format=%(refname)", "refs/heads/plumb"); got != c.ID.Branch() {
		t.Fatalf("branches are %q, want %s", got, c.ID.Branch())
	}
	c, err := ada.Abandon(t.Context(), c.ID, "never mind")
	if err != nil || c.State != model.Abandoned || c.Note != "never mind" {
		t.Errorf("it is %s, %q (%v)", c.State, c.Note, err)
	}
	if got := w.git("for-each-ref", "refs/heads/plumb"); got != "" {
		t.Errorf("branches are left: %q", got)
	}
	_, err = ada.Abandon(t.Context(), c.ID, "again")
	wantError(t, err, model.ErrRefused, "abandoned")
	_, err = ada.Apply(t.Context(), c.ID, nil)
	wantError(t, err, model.ErrRefused, "abandoned")
}

// runs are all runs on record.
func runs(t *testing.T, ws *workspace.Workspace) []model.Run {
	t.Helper()
	all, err := ws.Runs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestNothingIsBegunInAReadOnlyEnvironment(t *testing.T) {
	for name, configured := range map[string]string{
		"the environment": strings.Replace(configuration, "- name: staging\n", "- name: staging\n    readonly: true\n", 1),
		"the repository":  strings.Replace(configuration, "version: 1\n", "version: 1\nreadonly: true\n", 1),
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.commit("Look only", map[string]string{"plumb.yaml": configured})
			ada := w.as("Ada")
			c := seal(t, ada, workspace.Request{Environment: "staging", Kind: model.Deploy})
			_, err := ada.Apply(t.Context(), c.ID, nil)
			wantError(t, err, model.ErrRefused, "staging is read-only")
			if got := w.live("stg-1", "etc/app.conf"); got != "" || len(runs(t, ada)) != 0 {
				t.Errorf("live is %q, runs are %+v", got, runs(t, ada))
			}
		})
	}
}

func TestACancelledRunStopsAfterItsStep(t *testing.T) {
	w := newWorld(t)
	w.commit("One environment", map[string]string{"staging/all/etc/b.conf": "b\n", "staging/all/etc/c.conf": "c\n", "staging/all/etc/d.conf": "d\n"})
	ada := w.as("Ada")
	c := seal(t, ada, workspace.Request{Environment: "staging", Kind: model.Deploy})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var done, skipped []model.Address
	r, err := ada.Apply(ctx, c.ID, func(e model.Event) {
		switch {
		case e.Address == "":
		case e.Phase == model.PhaseDone:
			done = append(done, e.Address)
			cancel()
		case e.Phase == model.PhaseSkipped:
			skipped = append(skipped, e.Address)
		}
	})
	wantError(t, err, model.ErrUncertain, "ended partial on staging")
	if len(done) == 0 || len(skipped) == 0 || len(done)+len(skipped) != 4 {
		t.Errorf("done are %v, skipped %v", done, skipped)
	}
	for _, a := range skipped {
		if got := w.live("stg-1", strings.TrimPrefix(string(a), "stg-1:/")); got != "" {
			t.Errorf("%s was skipped and is %q", a, got)
		}
	}
	all := runs(t, ada)
	if len(all) != 1 || all[0].ID != r.ID || all[0].Outcome != model.RunPartial || all[0].Ended.IsZero() {
		t.Errorf("on record are %+v", all)
	}
	kept, err := ada.Run(t.Context(), string(r.ID))
	if err != nil || len(kept.Events) == 0 || kept.Events[len(kept.Events)-1].Address != "" {
		t.Errorf("the journal has %+v (%v)", kept.Events, err)
	}
	if c, err = ada.Change(t.Context(), string(c.ID)); err != nil || c.State != model.Partial {
		t.Errorf("the change is %s (%v)", c.State, err)
	}
	if p, err := ada.Position(t.Context(), "staging"); err != nil || p.Source == workspace.AppliedLedger {
		t.Errorf("a partial run counts as applied: %+v (%v)", p, err)
	}
	// The lock is free again, and the same change is not run twice.
	_, err = ada.Apply(t.Context(), c.ID, nil)
	wantError(t, err, model.ErrRefused, "partial")
	w.land(workspace.Request{Environment: "staging", Kind: model.Deploy})
}

func TestWithoutAJournalNothingIsBegun(t *testing.T) {
	w := newWorld(t)
	ada := w.as("Ada")
	c := seal(t, ada, workspace.Request{Environment: "staging", Kind: model.Deploy})
	inTheWay := filepath.Join(os.Getenv("XDG_STATE_HOME"), "plumb", "runs")
	w.write(inTheWay, "")
	if _, err := ada.Apply(t.Context(), c.ID, nil); err == nil || !strings.Contains(err.Error(), "journal") {
		t.Errorf("error is %v", err)
	}
	if got := w.live("stg-1", "etc/app.conf"); got != "" || len(runs(t, ada)) != 0 {
		t.Errorf("live is %q, runs are %+v", got, runs(t, ada))
	}
	// Nothing is left to clean up: once there is room, the same change goes through.
	if err := os.Remove(inTheWay); err != nil {
		t.Fatal(err)
	}
	if _, err := ada.Apply(t.Context(), c.ID, nil); err != nil {
		t.Error(err)
	}
}

func TestAChangeCannotLowerItsOwnBar(t *testing.T) {
	w := newWorld(t)
	w.land(workspace.Request{Environment: "production", Kind: model.Deploy})
	w.commit("No approvals any more", map[string]string{"plumb.yaml": strings.Replace(configuration, "approvals: 2", "approvals: 0", 1), "production/web-2/etc/motd": "free\n"})
	ada := w.as("Ada")
	c := seal(t, ada, workspace.Request{Environment: "production", Kind: model.Deploy})
	_, err := ada.Apply(t.Context(), c.ID, nil)
	wantError(t, err, model.ErrRefused, "approvals 0 of 2")
	_, err = ada.Approve(t.Context(), c.ID, nil)
	wantError(t, err, model.ErrRefused, "author")
	for _, name := range []string{"Bob", "Carol"} {
		if _, err := w.as(name).Approve(t.Context(), c.ID, nil); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := ada.Apply(t.Context(), c.ID, nil); err != nil {
		t.Fatal(err)
	}
	// From here on it holds.
	if env, err := ada.Governed(t.Context(), "production"); err != nil || env.Approvals != 0 {
		t.Errorf("%d approvals are needed (%v)", env.Approvals, err)
	}
}

func TestAnApprovalCoversTheMachinesAndTheCommands(t *testing.T) {
	for _, tt := range []struct{ name, old, new, because string }{
		{"another directory plays the host", "root: ../hosts/web-1}", "root: ../hosts/elsewhere}", "other machines"},
		{"another reload command", "touch, one", "touch, two", "web"},
		{"a reload command with another secret", "token=4711xyzzy4711", "token=0815xyzzy0815", "web"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			if err := os.MkdirAll(w.host("elsewhere", ""), 0o755); err != nil {
				t.Fatal(err)
			}
			w.commit("Reload", map[string]string{"plumb.yaml": strings.Replace(configuration, "path: production,",
				`path: production, files: [{path: /etc/app.conf, reload: [touch, one, "token=4711xyzzy4711"]}],`, 1)})
			ada := w.as("Ada")
			c := seal(t, ada, workspace.Request{Environment: "production", Kind: model.Deploy})
			if record := w.git("grep", "-h", "-e", "token", w.git("for-each-ref", "--format=%(objectname)", "refs/plumb/log")); strings.Contains(record, "xyzzy") || !strings.Contains(record, "fingerprint") {
				t.Errorf("the ledger says %s", record)
			}
			for _, name := range []string{"Bob", "Carol"} {
				if _, err := w.as(name).Approve(t.Context(), c.ID, nil); err != nil {
					t.Fatal(err)
				}
			}
			data, err := os.ReadFile(filepath.Join(w.root, "plumb.yaml"))
			if err != nil {
				t.Fatal(err)
			}
			w.write(filepath.Join(w.root, "plumb.yaml"), strings.Replace(string(data), tt.old, tt.new, 1))
			_, err = w.as("Ada").Apply(t.Context(), c.ID, nil)
			wantError(t, err, model.ErrRefused, "no longer holds", tt.because)
			for _, h := range []string{"web-1", "elsewhere"} {
				if got := w.live(h, "etc/app.conf"); got != "" {
					t.Errorf("%s was written: %q", h, got)
				}
			}
		})
	}
}

func TestBeforeTheFirstRunAnEditDoesNotLowerTheBar(t *testing.T) {
	w := newWorld(t)
	w.write(filepath.Join(w.root, "plumb.yaml"), strings.Replace(configuration, "approvals: 2", "approvals: 0", 1))
	ada := w.as("Ada")
	c := seal(t, ada, workspace.Request{Environment: "production", Kind: model.Deploy})
	_, err := ada.Apply(t.Context(), c.ID, nil)
	wantError(t, err, model.ErrRefused, "approvals 0 of 2")
}

func TestTakingBackSaysWhatItChangesElsewhere(t *testing.T) {
	w := newWorld(t)
	both := w.commit("Move the port", map[string]string{"staging/all/etc/app.conf": "port 81\n", "production/web-2/etc/motd": "port 81\n"})
	w.land(workspace.Request{Environment: "production", Kind: model.Deploy})
	d, err := w.as("Ada").Draft(t.Context(), workspace.Request{Environment: "production", Kind: model.Rollback, Subject: both})
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Notes) != 1 || !strings.Contains(d.Notes[0].String(), "files of staging") {
		t.Errorf("the notes are %q", d.Notes)
	}
}

func TestAPartialRunCanBeTakenBack(t *testing.T) {
	w := newWorld(t)
	w.land(workspace.Request{Environment: "production", Kind: model.Deploy})
	w.commit("Change much", map[string]string{"plumb.yaml": strings.Replace(configuration, "path: production,", `path: production, files: [{path: /etc/motd, check: ["false"]}],`, 1),
		"production/all/etc/app.conf": "port 81\n", "production/all/etc/added": "new\n", "production/all/etc/logrotate.d/app": "", "production/web-1/etc/motd": "hello\n"})
	before := w.live("web-1", "etc/app.conf")
	ada := w.as("Ada")
	c := seal(t, ada, workspace.Request{Environment: "production", Kind: model.Deploy})
	for _, name := range []string{"Bob", "Carol"} {
		if _, err := w.as(name).Approve(t.Context(), c.ID, nil); err != nil {
			t.Fatal(err)
		}
	}
	_, err := ada.Apply(t.Context(), c.ID, nil)
	wantError(t, err, model.ErrUncertain, "partial")
	if w.live("web-1", "etc/added") == "" || w.live("web-1", "etc/app.conf") == before {
		t.Fatal("the run did nothing")
	}
	back := w.land(workspace.Request{Environment: "production", Kind: model.Rollback, Subject: string(c.ID)})
	if w.live("web-1", "etc/added") != "" || w.live("web-1", "etc/app.conf") != before || w.live("web-1", "etc/logrotate.d/app") != "weekly\n" {
		t.Errorf("live is still a mixture: %q", w.live("web-1", "etc/app.conf"))
	}
	for address, s := range statuses(t, w.as("Ada"), "production") {
		if s != model.Pending {
			t.Errorf("%s is %s", address, s)
		}
	}
	if back.Revision != c.Base || back.Onto != "" {
		t.Errorf("it leads to %s, onto %q", back.Revision, back.Onto)
	}
}

func TestWhatWasMadeByHandDoesNotVanishWithItsTarget(t *testing.T) {
	w := newWorld(t)
	w.land(workspace.Request{Environment: "production", Kind: model.Deploy})
	w.write(w.host("web-1", "etc/app.conf"), "port 8080\n")
	c := w.land(workspace.Request{Environment: "production", Kind: model.Restore, Addresses: []string{"web-1:/etc/app.conf"}})
	w.write(filepath.Join(w.root, "plumb.yaml"), strings.Replace(configuration, "{name: web, provider: hosts, path: production", "{name: site, provider: hosts, path: production", 1))
	err := draftError(t, w.as("Ada"), workspace.Request{Environment: "production", Kind: model.Rollback, Subject: string(c.ID)})
	wantError(t, err, nil, "web-1:/etc/app.conf", `"web"`)
}

func TestASecretFileIsNotShownInHistoryEither(t *testing.T) {
	w := newWorld(t)
	id := w.commit("Add a key", map[string]string{
		"plumb.yaml":                   strings.Replace(configuration, "path: production,", "path: production, files: [{path: /etc/app/*, sensitive: true}],", 1),
		"production/all/etc/app/token": "correct horse battery staple\n",
	})
	ada := w.as("Ada")
	files, err := ada.CommitFiles(t.Context(), model.Hash(id))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if words := wordsOf(ada.FileDiff(t.Context(), f, diff.Options{OldLabel: "a", NewLabel: "b"}, 0)); words == "" || strings.Contains(words, "horse") {
			t.Errorf("%s shows %q", f.Path, words)
		}
	}
}

func TestWhatRunElsewhereOverwroteDoesNotComeBackSilently(t *testing.T) {
	w := newWorld(t)
	w.land(workspace.Request{Environment: "production", Kind: model.Deploy})
	w.write(w.host("web-1", "etc/app.conf"), "port 8080\n")
	c := w.land(workspace.Request{Environment: "production", Kind: model.Restore, Addresses: []string{"web-1:/etc/app.conf"}})
	t.Setenv("XDG_STATE_HOME", t.TempDir()) // As on another machine.
	err := draftError(t, w.as("Ada"), workspace.Request{Environment: "production", Kind: model.Rollback, Subject: string(c.ID)})
	wantError(t, err, nil, "web-1:/etc/app.conf", "on the machine of that run only")
}

func TestLocalEditsAreNotOverwritten(t *testing.T) {
	w := newWorld(t)
	w.land(workspace.Request{Environment: "production", Kind: model.Deploy})
	bad := w.commit("Raise the port", map[string]string{"production/web-2/etc/motd": "port 81\n"})
	w.land(workspace.Request{Environment: "production", Kind: model.Deploy})
	ada := w.as("Ada")
	c := seal(t, ada, workspace.Request{Environment: "production", Kind: model.Rollback, Subject: bad})
	for _, name := range []string{"Bob", "Carol"} {
		if _, err := w.as(name).Approve(t.Context(), c.ID, nil); err != nil {
			t.Fatal(err)
		}
	}
	edited := filepath.Join(w.root, "production/web-2/etc/motd")
	w.write(edited, "not committed yet\n")
	tip := w.git("rev-parse", "main")
	_, err := ada.Apply(t.Context(), c.ID, nil)
	wantError(t, err, model.ErrRefused, "production/web-2/etc/motd", "changed nothing on production")
	if !strings.Contains(model.Hint(err), "commit, stash or take back") {
		t.Errorf("the hint is %q", model.Hint(err))
	}
	if got := w.live("web-2", "etc/motd"); got != "port 81\n" {
		t.Errorf("live is %q", got)
	}
	if data, err := os.ReadFile(edited); err != nil || string(data) != "not committed yet\n" || w.git("rev-parse", "main") != tip {
		t.Errorf("the work tree has %q (%v), main moved from %s to %s", data, err, tip, w.git("rev-parse", "main"))
	}
	if all := runs(t, ada); all[0].Outcome != model.RunFailed {
		t.Errorf("the run is on record as %+v", all[0])
	}
}

// wordsOf is all text that a diff shows.
func wordsOf(f diff.File) string {
	var words strings.Builder
	for _, h := range f.Hunks() {
		for _, r := range f.Rows(h) {
			for _, span := range slices.Concat(r.Old.Spans, r.New.Spans) {
				words.WriteString(span.Text.String())
			}
		}
	}
	return words.String()
}

// Neither passwords nor cipher texts are shown: not in files, resources, steps, and not in whole files.
func TestNoViewForgetsTheMask(t *testing.T) {
	for _, tt := range []struct {
		name, file string
		old, next  string
		content    func(value string) string
	}{
		{"a password", "db.env", "hunter2-old-4711", "hunter3-new-0815", func(v string) string { return "DB_USER=app\nDB_PASSWORD=" + v + "\n" }},
		{"a value of SOPS", "db.yaml", sopsOld, sopsNew, func(v string) string { return sopsFile(v, v) }},
		{"a vault in YAML", "vars.yaml", vaultOld, vaultNew, func(v string) string { return "greeting: !vault |\n  " + vaultTop + "  " + v + "\n" }},
	} {
		t.Run(tt.name, func(t *testing.T) { noViewShows(t, tt.file, tt.old, tt.next, tt.content) })
	}
}

func noViewShows(t *testing.T, file, old, next string, content func(value string) string) {
	w := newWorld(t)
	w.commit("Add a secret", map[string]string{"staging/all/etc/" + file: content(old)})
	w.land(workspace.Request{Environment: "staging", Kind: model.Deploy})
	id := w.commit("Change the secret", map[string]string{"staging/all/etc/" + file: content(next)})
	ada := w.as("Ada")
	files, err := ada.CommitFiles(t.Context(), model.Hash(id))
	if err != nil || len(files) != 1 {
		t.Fatalf("%d files (%v)", len(files), err)
	}
	shown := map[string]diff.File{"a file": ada.FileDiff(t.Context(), files[0], diff.Options{OldLabel: "a", NewLabel: "b"}, 0)}
	o, err := ada.Observe(t.Context(), "staging", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range o.Resources() {
		if strings.HasSuffix(r.Name, file) {
			shown["a resource"] = workspace.ResourceDiff(r, workspace.Live, workspace.Tracked, diff.Options{})
		}
	}
	d, err := ada.Draft(t.Context(), workspace.Request{Environment: "staging", Kind: model.Deploy})
	if err != nil {
		t.Fatal(err)
	}
	shown["a step"] = workspace.StepDiff(d.Plans[0].Steps[0], diff.Options{})
	whole := d.Plans[0].Steps[0]
	whole.Before.Sensitive = true
	shown["a secret as a whole"] = workspace.StepDiff(whole, diff.Options{})
	if len(shown) != 4 {
		t.Fatalf("only %d views are compared", len(shown))
	}
	for name, f := range shown {
		before, after := f.Versions()
		if words := wordsOf(f) + string(before) + string(after) + f.Note.String(); strings.Contains(words, old) || strings.Contains(words, next) {
			t.Errorf("%s shows the secret:\n%s", name, words)
		}
		if len(f.Blocks) == 0 || f.Masked == "" {
			t.Errorf("%s does not say that the secret changed: %+v", name, f)
		}
	}
	f, err := ada.FileAt(t.Context(), model.Hash(id), files[0].Path, 0)
	if err != nil || strings.Contains(joined(f), next) || len(f.Lines) == 0 {
		t.Errorf("the file shows the secret (%v):\n%s", err, joined(f))
	}
}
