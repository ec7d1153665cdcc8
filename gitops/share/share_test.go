package share_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plumb/gitops/objects"
	"plumb/gitops/share"
	"plumb/model"
)

func TestWhatOneRecordsAllHaveAfterAnExchange(t *testing.T) {
	for _, prefix := range []string{"refs/plumb/", "refs/heads/plumb/"} {
		t.Run(prefix, func(t *testing.T) {
			tm := newTeam(t)
			tm.prefix = prefix
			tm.at("config", "receive.denyNonFastForwards", "true")
			tm.at("config", "receive.denyDeletes", "true")
			ada, bob := tm.clone("ada"), tm.clone("bob")
			ada.add("a1")
			bob.add("b1")
			ada.sync()
			bob.sync()
			bob.wantRecord("a1 b1")
			ada.wantRecord("a1")
			bob.add("b2")
			if err := bob.exchange.PushOwn(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
			if news := ada.sync(); len(news.Took) != 1 || news.Took[0].Entries != 2 || len(news.Problems) > 0 {
				t.Errorf("ada took %+v", news)
			}
			ada.wantRecord("a1 b1 b2")
			if news := ada.sync(); len(news.Took) != 0 {
				t.Errorf("nothing was new, and ada took %+v", news)
			}
		})
	}
}

func TestARemoteThatLostOrChangedALogIsNotBelieved(t *testing.T) {
	tests := []struct {
		name, want string
		tamper     func(tm *team, log string, tips []string)
	}{
		{"rewound", "shorter than it was: 2 of its entries are gone", func(tm *team, log string, tips []string) { tm.at("update-ref", log, tips[0]) }},
		{"deleted", "was deleted", func(tm *team, log string, _ []string) { tm.at("update-ref", "-d", log) }},
		{"forked", "another one than it was", func(tm *team, log string, tips []string) {
			fork := tm.at("commit-tree", "-p", tips[1], "-m", "fork", tips[2]+"^{tree}")
			tm.at("update-ref", log, fork)
		}},
		{"extended by something else", "payload does not end", func(tm *team, log string, tips []string) {
			tm.at("update-ref", log, tm.at("commit-tree", "-p", tips[2], "-m", "more", tm.at("mktree", "--missing")))
		}},
		{"extended by what was there already", "does not follow", func(tm *team, log string, tips []string) {
			tm.at("update-ref", log, tm.at("commit-tree", "-p", tips[2], "-m", "again", tips[1]+"^{tree}"))
		}},
		{"replaced by a blob", "replaced by a blob", func(tm *team, log string, tips []string) {
			tm.at("update-ref", log, tm.at("rev-parse", tips[2]+":payload"))
		}},
		{"replaced by a tag", "replaced by a tag", func(tm *team, log string, tips []string) {
			tm.at("tag", "-a", "-m", "x", "x", tips[2])
			tm.at("update-ref", log, tm.at("rev-parse", "refs/tags/x"))
		}},
		{"beside one of no usable name", "is no log by its name", func(tm *team, _ string, tips []string) { tm.at("update-ref", "refs/plumb/log/x", tips[2]) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tm := newTeam(t)
			ada, bob := tm.clone("ada"), tm.clone("bob")
			// A configuration that would have git say nothing of it.
			for _, setting := range []string{"fetch.showForcedUpdates=false", "fetch.fsckObjects=false", "transfer.fsckObjects=false", "remote.origin.tagOpt=--tags"} {
				key, value, _ := strings.Cut(setting, "=")
				tm.git("-C", ada.dir, "config", key, value)
			}
			tm.git("-C", ada.dir, "config", "--add", "remote.origin.fetch", "+refs/plumb/*:refs/plumb/*")
			var tips []string
			log := ""
			for i := range 3 {
				e := bob.add(fmt.Sprintf("b%d", i+1))
				tips, log = append(tips, string(e.ID)), e.Log
			}
			bob.sync()
			ada.sync()
			tt.tamper(tm, log, tips)
			for range 2 { // It is not forgotten after it was said once.
				ada.reopen()
				news := ada.sync()
				if len(news.Problems) != 1 || !strings.Contains(news.Problems[0].What, tt.want) || len(news.Took) > 0 {
					t.Errorf("ada was told %+v", news)
				}
				ada.wantRecord("b1 b2 b3")
			}
			if tt.name == "forked" || strings.HasPrefix(tt.name, "extended") || strings.HasPrefix(tt.name, "replaced") || strings.HasPrefix(tt.name, "beside") {
				return
			}
			// Whose log it is has all of it still, and brings it back; so does the command that is said.
			if tt.name == "deleted" {
				_, command, _ := strings.Cut(ada.sync().Problems[0].What, "; git ")
				tm.git(append([]string{"-C", ada.dir}, strings.Fields(strings.TrimSuffix(command, " brings it back"))...)...)
			} else if _, err := bob.exchangeAll(t.Context()); err != nil {
				t.Fatal(err)
			}
			if news := ada.sync(); len(news.Problems) > 0 {
				t.Errorf("ada is told %+v of what is whole again", news.Problems)
			}
		})
	}
}

func TestARewoundLogHereComesBackFromTheRemote(t *testing.T) {
	tm := newTeam(t)
	ada, bob := tm.clone("ada"), tm.clone("bob")
	first := bob.add("b1")
	bob.add("b2")
	bob.sync()
	ada.sync()
	ada.wantRecord("b1 b2")
	tm.git("-C", ada.dir, "update-ref", first.Log, string(first.ID))
	ada.reopen()
	if _, problems := ada.says(); len(problems) != 1 {
		t.Errorf("nobody noticed: %v", problems)
	}
	ada.sync()
	ada.wantRecord("b1 b2")
}

func TestACloneThatWasMadeAnewTakesTheRecordOver(t *testing.T) {
	tm := newTeam(t)
	ada, bob := tm.clone("ada"), tm.clone("bob")
	bob.add("b1")
	bob.sync()
	ada.add("a1")
	ada.sync()
	ada.wantRecord("b1 a1")
	if err := os.RemoveAll(ada.dir); err != nil {
		t.Fatal(err)
	}
	tm.git("clone", "-q", tm.origin, ada.dir)
	ada.reopen()
	if _, problems := ada.says(); len(problems) != 2 {
		t.Errorf("what was believed before is not missed: %v", problems)
	}
	ada.sync()
	ada.wantRecord("b1 a1")
	ada.add("a2")
	ada.sync()
	ada.reopen().wantRecord("b1 a1 a2")
}

func TestARemoteThatTakesBranchesOnlyIsToldOf(t *testing.T) {
	for _, tt := range []struct{ name, hook string }{
		{"by its hook", "case $1 in refs/heads/*) ;; *) echo branches only >&2; exit 1;; esac"},
		{"by its configuration", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tm := newTeam(t)
			if tm.hook(tt.hook); tt.hook == "" {
				tm.at("config", "receive.hideRefs", "refs/plumb")
			}
			ada := tm.clone("ada")
			ada.add("a1")
			_, err := ada.exchangeAll(t.Context())
			if _, denied := errors.AsType[*share.DeniedError](err); !denied || !strings.Contains(model.Hint(err), "ledger: refs/heads/plumb/") {
				t.Errorf("ada is told %v (%s)", err, model.Hint(err))
			}
			ada.prefix = "refs/heads/plumb/"
			ada.reopen()
			ada.add("a1")
			ada.sync()
			bob := tm.clone("bob")
			bob.prefix = tm.prefix
			bob.reopen().sync()
			bob.wantRecord("a1")
		})
	}
}

func TestBranchesOfChangesComeAndGoWithThem(t *testing.T) {
	tm := newTeam(t)
	ada, bob := tm.clone("ada"), tm.clone("bob")
	tree := tm.git("-C", ada.dir, "mktree", "--missing")
	commit := model.Hash(tm.git("-C", ada.dir, "commit-tree", "-m", "c", tree))
	other := model.Hash(tm.git("-C", ada.dir, "commit-tree", "-m", "other", tree))
	one, two := share.Branch{Name: "refs/heads/plumb/one", Commit: commit}, share.Branch{Name: "refs/heads/plumb/two", Commit: commit}
	tm.git("-C", ada.dir, "update-ref", one.Name, string(commit))
	tm.git("-C", ada.dir, "update-ref", two.Name, string(other)) // Not what was sealed.
	tm.git("-C", ada.dir, "push", "-q", "origin", two.Name)
	settle := func(c *clone, branches ...share.Branch) {
		t.Helper()
		news, err := c.exchange.Fetch(t.Context())
		if err == nil {
			_, _, err = c.exchange.Settle(t.Context(), news, branches)
		}
		if err == nil {
			_, err = c.exchange.Push(t.Context(), news, branches)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	has := func(dir string) string {
		return strings.Join(strings.Fields(tm.git("-C", dir, "for-each-ref", "--format=%(refname:lstrip=3)", "refs/heads/plumb")), " ")
	}
	settle(ada, one, two)
	settle(bob, one, two)
	if got := has(bob.dir); got != "one" {
		t.Errorf("bob has the branches %q", got)
	}
	one.Ended = true
	settle(bob, one, two)
	settle(ada, one, two)
	if a, b, o := has(ada.dir), has(bob.dir), has(tm.origin); a != "two" || b != "" || o != "two" {
		t.Errorf("left are %q, %q, and at the remote %q", a, b, o)
	}
}

func TestNothingIsAskedOfARemoteThatIsNotThere(t *testing.T) {
	tm := newTeam(t)
	ada := tm.clone("ada")
	ada.add("a1")
	if err := os.Rename(tm.origin, filepath.Join(t.TempDir(), "gone")); err != nil {
		t.Fatal(err)
	}
	if _, err := ada.exchange.Fetch(t.Context()); err == nil {
		t.Error("nobody noticed")
	}
	err := ada.exchange.PushOwn(t.Context(), nil)
	if _, denied := errors.AsType[*share.DeniedError](err); err == nil || denied || errors.Is(err, objects.ErrMoved) {
		t.Errorf("pushing said %v", err)
	}
}
