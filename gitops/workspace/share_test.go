package workspace_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"plumb/gitops/change"
	"plumb/gitops/config"
	"plumb/gitops/history"
	"plumb/gitops/ledger"
	"plumb/gitops/objects/gitcli"
	"plumb/gitops/run"
	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/text"
	"plumb/providers/hosts"
)

// team is the world with a remote, and a clone for each of its people.
type team struct {
	*world
	origin string
}

func newTeam(t *testing.T) *team {
	w := newWorld(t)
	tm := &team{w, filepath.Join(filepath.Dir(w.root), "origin.git")}
	w.git("clone", "-q", "--bare", w.root, tm.origin)
	return tm
}

// at runs git on the remote.
func (tm *team) at(args ...string) string {
	return tm.git(append([]string{"--git-dir", tm.origin}, args...)...)
}

func (tm *team) dir(name string) string {
	return filepath.Join(filepath.Dir(tm.root), strings.ToLower(name))
}

// clone opens the clone of a person, which is made at first.
func (tm *team) clone(name string, share workspace.Sharing) *workspace.Workspace {
	t, dir := tm.t, tm.dir(name)
	t.Helper()
	if _, err := os.Stat(dir); err != nil {
		tm.git("clone", "-q", tm.origin, dir)
		tm.git("-C", dir, "config", "user.name", name)
		tm.git("-C", dir, "config", "user.email", strings.ToLower(name)+"@example.com")
	}
	store, err := gitcli.Open(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	data, err := os.ReadFile(filepath.Join(dir, config.FileName))
	if err != nil {
		t.Fatal(err)
	}
	conf, err := config.ParseRepository(config.FileName, data)
	if err != nil {
		t.Fatal(err)
	}
	git, err := gitcli.NewOperator(store, nil)
	if err != nil {
		t.Fatal(err)
	}
	return workspace.New(workspace.Options{
		Store: store, Git: git, Remote: git, Share: share, Config: conf, Origin: workspace.FromFile,
		Engines:  map[string]workspace.Engine{"hosts": hosts.New(hosts.Options{Root: dir})},
		Self:     model.Principal{Name: text.Line(name), Email: text.Line(strings.ToLower(name) + "@example.com")},
		Host:     "host-of-" + strings.ToLower(name),
		StateDir: filepath.Join(os.Getenv("XDG_STATE_HOME"), name),
		Clone:    func() (string, error) { return fmt.Sprintf("%08x", name), nil },
		Now:      tm.passing,
		Rand:     rand.Reader,
	})
}

func (tm *team) sync(w *workspace.Workspace) []workspace.RemoteNews {
	tm.t.Helper()
	news, err := w.Sync(tm.t.Context())
	if err != nil {
		tm.t.Fatal(err)
	}
	return news
}

func TestWhatIsSealedInOneCloneIsApprovedAndAppliedInOthers(t *testing.T) {
	tm := newTeam(t)
	ada, bob, carol := tm.clone("Ada", workspace.ShareNow), tm.clone("Bob", workspace.ShareNow), tm.clone("Carol", workspace.ShareNow)
	if err := os.MkdirAll(tm.host("web-1", "etc"), 0o755); err != nil {
		t.Fatal(err)
	}
	tm.write(tm.host("web-1", "etc/app.conf"), "port 81\n")
	c := seal(t, ada, workspace.Request{Environment: "production", Kind: model.Adopt, Addresses: []string{"web/web-1:/etc/app.conf"}})
	for _, w := range []*workspace.Workspace{bob, carol} {
		tm.sync(w)
		if _, err := w.Approve(t.Context(), c.ID, nil); err != nil {
			t.Fatal(err)
		}
		if err := w.Unshared(); err != nil {
			t.Error(err)
		}
	}
	if _, err := ada.Apply(t.Context(), c.ID, nil); err != nil {
		t.Fatal(err)
	}
	for name, w := range map[string]*workspace.Workspace{"ada": ada, "bob": bob} {
		tm.sync(w)
		if got, err := w.Change(t.Context(), string(c.ID)); err != nil || got.State != model.Applied {
			t.Errorf("%s sees %s (%v)", name, got.State, err)
		}
	}
	for name, dir := range map[string]string{"ada": tm.dir("Ada"), "bob": tm.dir("Bob"), "the remote": tm.origin} {
		if left := tm.git("-C", dir, "for-each-ref", "refs/heads/plumb"); left != "" {
			t.Errorf("%s still has %s", name, left)
		}
	}
	if h := lockOf(tm, "production"); h != nil {
		t.Errorf("the lock is still held: %+v", h)
	}
}

// lockOf is who holds a lock on the remote.
func lockOf(tm *team, env string) *run.Holder {
	tm.t.Helper()
	store, err := gitcli.Open(tm.t.Context(), tm.origin, nil)
	if err != nil {
		tm.t.Fatal(err)
	}
	defer store.Close()
	ref := "refs/plumb/lock/" + env
	l, err := run.ReadShared(tm.t.Context(), store, ref, model.Hash(tm.at("rev-parse", ref)))
	if err != nil {
		tm.t.Fatal(err)
	}
	return l.Holder
}

func TestOfTwoClonesThatApplyTheSameChangeAtOnceOneDoes(t *testing.T) {
	rounds := 5
	if os.Getenv("PLUMB_THOROUGH") == "1" { // make thorough
		rounds = 20
	}
	tm := newTeam(t)
	people := []*workspace.Workspace{tm.clone("Ada", workspace.ShareNow), tm.clone("Bob", workspace.ShareNow)}
	for round := range rounds {
		req := workspace.Request{Environment: "staging", Kind: model.Deploy}
		if round > 0 {
			tm.write(tm.host("stg-1", "etc/app.conf"), fmt.Sprintf("port %d\n", 100+round))
			req = workspace.Request{Environment: "staging", Kind: model.Restore, Addresses: []string{"web/stg-1:/etc/app.conf"}}
		}
		c := seal(t, people[round%2], req)
		for _, w := range people {
			tm.sync(w)
		}
		var wait sync.WaitGroup
		var runs [2]model.Run
		var errs [2]error
		for i, w := range people {
			wait.Go(func() { runs[i], errs[i] = w.Apply(t.Context(), c.ID, nil) })
		}
		wait.Wait()
		applied := 0
		for i, err := range errs {
			switch {
			case err == nil && runs[i].Outcome == model.RunApplied:
				applied++
			case !errors.Is(err, model.ErrRefused) || runs[i].ID != "":
				t.Errorf("round %d: %v (%+v)", round, err, runs[i])
			}
		}
		if applied != 1 {
			t.Fatalf("round %d: applied %d times: %v", round, applied, errs)
		}
		for _, w := range people {
			tm.sync(w)
			all, err := w.Runs(t.Context())
			if err != nil || len(all) != round+1 {
				t.Fatalf("round %d: %d runs are on record (%v)", round, len(all), err)
			}
		}
	}
}

func TestWhoComesSecondIsToldWhoIsAtWork(t *testing.T) {
	tm := newTeam(t)
	ada, bob := tm.clone("Ada", workspace.ShareNow), tm.clone("Bob", workspace.ShareNow)
	c := seal(t, ada, workspace.Request{Environment: "staging", Kind: model.Deploy})
	other := seal(t, ada, workspace.Request{Environment: "staging", Kind: model.Deploy})
	tm.sync(bob)
	asked := false
	if _, err := ada.Apply(t.Context(), c.ID, func(model.Event) {
		if asked {
			return
		}
		asked = true
		_, err := bob.Apply(t.Context(), other.ID, nil)
		wantError(t, err, model.ErrRefused, "ada@example.com is at work on staging since 09:")
		wantError(t, err, model.ErrRefused, "from host-of-ada (run ")
		_, err = bob.Apply(t.Context(), c.ID, nil)
		wantError(t, err, model.ErrRefused, "is applying")
	}); err != nil || !asked {
		t.Fatal(err)
	}
	_, err := bob.Apply(t.Context(), c.ID, nil)
	wantError(t, err, model.ErrRefused, "the change is applied, by ada@example.com")
}

func TestALockWhoseHolderIsGoneIsTakenOver(t *testing.T) {
	tm := newTeam(t)
	ada, bob := tm.clone("Ada", workspace.ShareNow), tm.clone("Bob", workspace.ShareNow)
	c := seal(t, ada, workspace.Request{Environment: "staging", Kind: model.Deploy})
	tm.sync(bob)
	// What a process leaves that was killed after it took the lock.
	gone := exec.CommandContext(t.Context(), "git", "version")
	if err := gone.Run(); err != nil {
		t.Fatal(err)
	}
	store, err := gitcli.Open(t.Context(), tm.origin, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	lock := run.SharedLock{Ref: "refs/plumb/lock/staging"}
	next, err := lock.Take(t.Context(), store, run.Holder{Run: "dead0001", By: ada.Self(), Host: "host-of-ada", Clone: fmt.Sprintf("%08x", "Ada"), PID: gone.Process.Pid, Start: "boot/1", Since: tm.now})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.UpdateRef(t.Context(), lock.Ref, next.At, ""); err != nil {
		t.Fatal(err)
	}
	// Elsewhere nobody can know, and is told what to do.
	_, err = bob.Apply(t.Context(), c.ID, nil)
	wantError(t, err, model.ErrRefused, "ada@example.com is at work on staging")
	_, command, ok := strings.Cut(model.Hint(err), ": git push")
	if !ok {
		t.Fatalf("the hint is %q", model.Hint(err))
	}
	// Where it ran it is taken over, or given back.
	tm.sync(ada)
	if h := lockOf(tm, "staging"); h != nil {
		t.Errorf("the lock is still held by %+v", h)
	}
	// The command that was proposed does not free what has moved meanwhile.
	shell := exec.CommandContext(t.Context(), "sh", "-c", "git push"+command)
	shell.Dir = tm.dir("Bob")
	if out, err := shell.CombinedOutput(); err == nil {
		t.Errorf("it was freed twice: %s", out)
	}
	tm.at("update-ref", lock.Ref, string(next.At))
	shell = exec.CommandContext(t.Context(), "sh", "-c", "git push"+command)
	shell.Dir = tm.dir("Bob")
	if out, err := shell.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	if _, err := bob.Apply(t.Context(), c.ID, nil); err != nil {
		t.Fatal(err)
	}
}

func TestOutOfReachOfTheRemote(t *testing.T) {
	tm := newTeam(t)
	ada, bob, carol := tm.clone("Ada", workspace.ShareNow), tm.clone("Bob", workspace.ShareNow), tm.clone("Carol", workspace.ShareNow)
	approved := seal(t, ada, workspace.Request{Environment: "production", Kind: model.Deploy})
	for _, w := range []*workspace.Workspace{bob, carol} {
		tm.sync(w)
		if _, err := w.Approve(t.Context(), approved.ID, nil); err != nil {
			t.Fatal(err)
		}
	}
	tm.sync(ada)
	away := tm.origin + ".away"
	if err := os.Rename(tm.origin, away); err != nil {
		t.Fatal(err)
	}
	free := seal(t, ada, workspace.Request{Environment: "staging", Kind: model.Deploy})
	if err := ada.Unshared(); err == nil {
		t.Error("nobody says that it is not shared")
	}
	_, err := ada.Apply(t.Context(), approved.ID, nil)
	wantError(t, err, model.ErrRefused, "others may have refused or applied it meanwhile")
	var told bytes.Buffer
	if _, err := ada.Apply(t.Context(), free.ID, func(e model.Event) { fmt.Fprintln(&told, e.Message) }); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(told.String(), "nobody elsewhere is kept from working on staging") {
		t.Errorf("it is not said that nobody else is kept out: %s", &told)
	}
	if err := os.Rename(away, tm.origin); err != nil {
		t.Fatal(err)
	}
	tm.sync(ada)
	tm.sync(bob)
	if c, err := bob.Change(t.Context(), string(free.ID)); err != nil || c.State != model.Applied {
		t.Errorf("bob sees %s (%v)", c.State, err)
	}
	if _, err := ada.Apply(t.Context(), approved.ID, nil); err != nil {
		t.Error(err)
	}
}

func TestARemoteThatTakesNoLocksIsTold(t *testing.T) {
	tm := newTeam(t)
	hook := "#!/bin/sh\ncase $1 in refs/heads/*) ;; *) exit 1;; esac\n"
	if err := os.WriteFile(filepath.Join(tm.origin, "hooks", "update"), []byte(hook), 0o755); err != nil {
		t.Fatal(err)
	}
	ada := tm.clone("Ada", workspace.ShareNow)
	c := seal(t, ada, workspace.Request{Environment: "staging", Kind: model.Deploy})
	if err := ada.Unshared(); err == nil || !strings.Contains(model.Hint(err), "ledger: refs/heads/plumb/") {
		t.Errorf("it is said %v (%s)", err, model.Hint(err))
	}
	var told bytes.Buffer
	if _, err := ada.Apply(t.Context(), c.ID, func(e model.Event) { fmt.Fprintln(&told, e.Message) }); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(told.String(), "origin takes no locks: hook declined") || !strings.Contains(told.String(), "ledger: refs/heads/plumb/") {
		t.Errorf("it is told %s", &told)
	}
}

func TestNothingIsSharedWhereItIsSwitchedOff(t *testing.T) {
	tm := newTeam(t)
	ada := tm.clone("Ada", workspace.ShareNever)
	c := seal(t, ada, workspace.Request{Environment: "staging", Kind: model.Deploy})
	if _, err := ada.Apply(t.Context(), c.ID, nil); err != nil {
		t.Fatal(err)
	}
	if got := tm.at("for-each-ref", "refs/plumb"); got != "" {
		t.Errorf("the remote has %s", got)
	}
	tm.sync(ada)
	if got := tm.at("for-each-ref", "--format=%(refname)", "refs/plumb"); !strings.HasPrefix(got, "refs/plumb/log/ada@example.com/unsigned.") {
		t.Errorf("the remote has %s", got)
	}
}

func TestLogsAreNoBranchesInHistory(t *testing.T) {
	tm := newTeam(t)
	tm.commit("Keep the record among branches", map[string]string{"plumb.yaml": strings.Replace(configuration, "version: 1\n", "version: 1\nledger: refs/heads/plumb/\n", 1)})
	tm.git("push", "-q", tm.origin, "main")
	ada, bob := tm.clone("Ada", workspace.ShareNow), tm.clone("Bob", workspace.ShareNow)
	c := seal(t, ada, workspace.Request{Environment: "staging", Kind: model.Deploy})
	tm.sync(bob)
	if _, err := bob.Apply(t.Context(), c.ID, nil); err != nil {
		t.Fatal(err)
	}
	tm.git("-C", tm.dir("Bob"), "fetch", "-q") // Brings logs and locks as if they were branches.
	for ref := range strings.FieldsSeq(tm.git("-C", tm.dir("Bob"), "for-each-ref", "--format=%(refname)")) {
		isRecord := strings.Contains(ref, "/plumb/log/") || strings.Contains(ref, "/plumb/lock/")
		if bob.IsRecord(ref) != isRecord && !strings.HasPrefix(ref, "refs/plumb") {
			t.Errorf("%s is of the record: %v", ref, !isRecord)
		}
	}
	if err := bob.History().Update(t.Context()); err != nil {
		t.Fatal(err)
	}
	// Nor does history begin from them: the logs' commits are not in it, not even under all branches.
	v, err := bob.History().View(t.Context(), history.Range{})
	if err != nil {
		t.Fatal(err)
	}
	for ref := range strings.FieldsSeq(tm.git("-C", tm.dir("Bob"), "for-each-ref", "--format=%(objectname)", "refs/heads/plumb/log")) {
		if v.Has(model.Hash(ref)) || v.Progress.Commits > v.Len() {
			t.Errorf("history has the entry %s, or more than %d commits: %+v", ref, v.Len(), v.Progress)
		}
	}
}

func TestNothingThatNeedsApprovalsIsAppliedWhileTheRemoteWithholdsALog(t *testing.T) {
	tm := newTeam(t)
	ada, bob, carol := tm.clone("Ada", workspace.ShareNow), tm.clone("Bob", workspace.ShareNow), tm.clone("Carol", workspace.ShareNow)
	c := seal(t, ada, workspace.Request{Environment: "production", Kind: model.Deploy})
	for _, w := range []*workspace.Workspace{bob, carol} {
		tm.sync(w)
		if _, err := w.Approve(t.Context(), c.ID, nil); err != nil {
			t.Fatal(err)
		}
	}
	tm.sync(ada)
	log := tm.at("for-each-ref", "--format=%(refname)", "refs/plumb/log/bob@example.com")
	tm.at("update-ref", "-d", log)
	_, err := ada.Apply(t.Context(), c.ID, nil)
	wantError(t, err, model.ErrRefused, "at origin, "+log+" was deleted")
	tm.sync(bob)
	if _, err := ada.Apply(t.Context(), c.ID, nil); err != nil {
		t.Error(err)
	}
}

func TestARunThatDiedAfterItWasAnnouncedIsRunNowhere(t *testing.T) {
	tm := newTeam(t)
	ada, bob := tm.clone("Ada", workspace.ShareNow), tm.clone("Bob", workspace.ShareNow)
	died := seal(t, ada, workspace.Request{Environment: "staging", Kind: model.Deploy})
	next := seal(t, ada, workspace.Request{Environment: "staging", Kind: model.Deploy})
	// What a process leaves that was killed after it had told the others.
	gone := exec.CommandContext(t.Context(), "git", "version")
	if err := gone.Run(); err != nil {
		t.Fatal(err)
	}
	store, err := gitcli.Open(t.Context(), tm.dir("Ada"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	clone := fmt.Sprintf("%08x", "Ada")
	h := run.Holder{Run: "dead0001", By: ada.Self(), Host: "host-of-ada", Clone: clone, PID: gone.Process.Pid, Start: "boot/1", Since: tm.now}
	if _, _, err := run.Acquire(t.Context(), store, "staging", h, run.Alive); err != nil {
		t.Fatal(err)
	}
	l := ledger.Open(ledger.Options{Store: store, Self: ada.Self(), Clone: func() (string, error) { return clone, nil }, Now: tm.passing})
	if _, err := l.Append(t.Context(), ledger.Unsigned{}, ledger.Intent, change.Intent(died, h.Run, h.Host), nil); err != nil {
		t.Fatal(err)
	}
	lock, err := run.SharedLock{Ref: "refs/plumb/lock/staging"}.Take(t.Context(), store, h)
	if err != nil {
		t.Fatal(err)
	}
	tm.git("-C", tm.dir("Ada"), "push", "-q", "origin", "refs/plumb/log/*:refs/plumb/log/*", string(lock.At)+":"+lock.Ref)

	tm.sync(bob)
	tm.sync(ada) // Nobody knows how it ended: the lock is not given back.
	_, err = bob.Apply(t.Context(), died.ID, nil)
	wantError(t, err, model.ErrRefused, "applying")
	_, err = bob.Apply(t.Context(), next.ID, nil)
	wantError(t, err, model.ErrRefused, "ada@example.com is at work on staging")
	if _, err := ada.Apply(t.Context(), next.ID, nil); err != nil {
		t.Fatal(err)
	}
	tm.sync(bob)
	for id, want := range map[model.ChangeID]model.ChangeState{died.ID: model.Uncertain, next.ID: model.Applied} {
		if c, err := bob.Change(t.Context(), string(id)); err != nil || c.State != want {
			t.Errorf("%s is %s (%v), want %s", id, c.State, err, want)
		}
	}
	if h := lockOf(tm, "staging"); h != nil {
		t.Errorf("the lock is still held by %+v", h)
	}
}
