package headless

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"plumb/gitops/audit"
	"plumb/gitops/history"
	"plumb/gitops/objects"
	"plumb/gitops/share"
	"plumb/gitops/sshsig"
	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/diff"
	"plumb/model/policy"
	"plumb/model/text"
)

const (
	hashA = model.Hash("a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4")
	hashB = model.Hash("77aa01977aa01977aa01977aa01977aa01977aa0")
	evil  = "x\x1b[2Jy\u202ez"
)

var (
	now   = time.Date(2026, 11, 2, 14, 2, 11, 0, time.FixedZone("CET", 3600))
	carol = model.Principal{Name: text.Lit("Carol"), Email: text.Lit("carol@example.org")}
)

func observation() workspace.Observation {
	production := model.Environment{Name: "production", Production: true}
	return workspace.Observation{
		Position: workspace.Position{
			Environment: production, Branch: "refs/heads/main", Tracked: hashB, Applied: hashA, Source: workspace.AppliedLedger,
			Pending: []model.Commit{{Hash: hashB}},
			Holds: []model.Hold{
				{ID: "rollback-1", Environment: "production", Since: now, By: carol, Why: text.Lit("it broke"), Change: "rollback-1", Revision: hashA},
				{ID: "hold-1a2b", Environment: "production", Since: now, By: carol, Why: text.Lit("incident 42"), Until: now.Add(time.Hour), Addresses: []string{"web-1:/etc/**"}},
			},
		},
		Targets: []workspace.TargetObservation{
			{
				Target: model.Target{Name: "web", Provider: "hosts"}, CheckedAt: now.Add(-4 * time.Second),
				Resources: []model.Resource{
					{Target: "web", Address: "web-1:/etc/nginx/nginx.conf", Kind: "file", Status: model.InSync},
					{Target: "web", Address: "web-2:/etc/logrotate.d/nginx", Kind: "file", Status: model.Missing, Reason: text.Lit("missing")},
					{Target: "web", Address: "web-2:/etc/nginx/nginx.conf", Kind: "file", Status: model.Drifted, Reason: text.Lit("content differs")},
				},
			},
			{Target: model.Target{Name: "db", Provider: "hosts"}, CheckedAt: now, Err: errors.New("db-1: connection " + evil)},
		},
	}
}

func change() model.Change {
	return model.Change{
		ID: "restore-web-2-3f9c", Environment: "production", Kind: model.Restore, Title: text.Lit("Restore 2 files on web-2"),
		Reason: text.Lit("edited by hand"), Author: carol, SealedAt: now, Addresses: []string{"web/web-2:/etc/nginx/nginx.conf"},
		Base: hashA, Revision: hashA, Digest: model.Sum(nil), State: model.Sealed,
		Plans: []model.PlanRef{{
			Target: "web", Provider: "hosts", Digest: model.Sum(nil), Coverage: model.Coverage{Predicted: 2, Total: 2},
			Steps: []model.StepRef{
				{Address: "web-2:/etc/nginx/nginx.conf", Action: model.Update, Undo: model.Undo{Class: model.UndoClean, Reason: "the earlier content is kept"},
					Drifted: true, Effects: []string{"then systemctl reload nginx"}},
				{Address: "web-2:/etc/ssh/sshd_config", Action: model.Create, Undo: model.Undo{Class: model.UndoDisruptive, Reason: "sshd reads it", LockOut: true}},
			},
		}},
		Approvals: []model.Approval{{By: carol, At: now, Change: "restore-web-2-3f9c", Commit: hashA, Digest: model.Sum(nil)}},
	}
}

func run() model.Run {
	return model.Run{
		ID: "7c41", Change: "restore-web-2-3f9c", Environment: "production", By: carol, Host: "bastion-1",
		Started: now, Ended: now.Add(1400 * time.Millisecond), Outcome: model.RunPartial, Message: text.Lit("1 of 2 steps"),
		Events: []model.Event{
			{At: now, Target: "web", Address: "web-2:/etc/nginx/nginx.conf", Phase: model.PhaseBegin},
			{At: now, Target: "web", Address: "web-2:/etc/nginx/nginx.conf", Phase: model.PhaseProgress, Message: text.Lit("written, check passed")},
			{At: now, Target: "web", Address: "web-2:/etc/nginx/nginx.conf", Phase: model.PhaseDone, Took: 400 * time.Millisecond},
			{At: now, Target: "web", Address: "web-2:/etc/ssh/sshd_config", Phase: model.PhaseFailed, Message: text.Clean("disk " + evil)},
		},
	}
}

// glassRun is a run that overruled rules.
func glassRun() model.Run {
	r := run()
	r.Glass, r.Overruled = text.Line("down "+hostile), []string{"approvals 0 of 2", hostile}
	return r
}

func entry() history.Entry {
	p := model.Person{Name: text.Lit("Alice"), Email: text.Lit("alice@example.org"), When: now}
	return history.Entry{
		Commit:  model.Commit{Hash: hashA, Parents: []model.Hash{hashB}, Author: p, Committer: p, Subject: text.Lit("Raise worker connections")},
		Touches: []string{"production"}, Live: []string{"production"}, LiveAt: []string{"production"}, HeadAt: []string{"production", "staging"},
	}
}

func difference() Diff {
	f := diff.Text([]byte("a\nb\nc\n"), []byte("a\nB\nc"), diff.Options{Path: "hosts/web/nginx.conf", OldLabel: "git", NewLabel: "live"})
	f.OldMode, f.NewMode = "100644", "100755"
	f.Attrs = []diff.AttrChange{{Name: "owner", Old: "root", New: "www"}}
	return Diff{
		From: Side{"git", hashA}, To: Side{"live", ""},
		Files: []FileDiff{
			{File: f},
			{Environment: "production", Target: "web", Address: "web-2:/etc/motd", Status: model.Unknown, File: diff.File{Note: text.Lit("cannot be compared")}},
		},
	}
}

func comparison() Comparison {
	p := model.Person{Name: text.Clean("Alice " + evil), Email: text.Lit("alice@example.org"), When: now}
	c := Comparison{Names: [2]string{"live:production", string(hashB)}, Counts: []workspace.LineCount{
		{Added: 3, Removed: 1}, {Unknown: workspace.IsBinary}, {}, {Unknown: workspace.IsNotHere}, {}, {Unknown: workspace.IsSubmodule},
	}}
	c.A = model.Commit{Hash: hashA, Author: p, Subject: text.Lit("Begin")}
	c.B = model.Commit{Hash: hashB, Author: p, Subject: text.Lit("Raise worker connections")}
	c.Base = hashA
	c.OnlyB = history.Share{Commits: 12, Authors: []history.Author{{Name: text.Lit("Alice"), Commits: 11}, {Name: text.Lit("Bob"), Commits: 1}}}
	c.OnlyA = history.Share{Commits: 1, Authors: []history.Author{{Name: text.Lit("Carol"), Commits: 1}}}
	c.Reconfigured = true
	c.Files = []model.FileChange{
		{Path: "hosts/web/all/etc/app.conf", OldMode: model.ModeFile, NewMode: model.ModeFile, OldHash: hashA, NewHash: hashB},
		{Path: "hosts/web/all/etc/app.db", NewMode: model.ModeFile, NewHash: hashB},
		{Path: "hosts/web/all/usr/bin/" + evil, OldMode: model.ModeFile, NewMode: model.ModeExecutable, OldHash: hashA, NewHash: hashA},
		{Path: "modules/dns/main.tf", OldMode: model.ModeFile, OldHash: hashA},
		{Path: "modules/net/main.tf", OldPath: "net/main.tf", OldMode: model.ModeFile, NewMode: model.ModeFile, OldHash: hashA, NewHash: hashA},
		{Path: "vendor", OldMode: model.ModeFile, NewMode: model.ModeSubmodule, OldHash: hashA, NewHash: hashB},
	}
	c.Effects = []workspace.EnvironmentEffect{
		{Environment: model.Environment{Name: "production", Production: true}, Targets: []workspace.TargetEffect{
			{Target: model.Target{Name: "web", Provider: "hosts"}, Files: 3, Resources: []workspace.Effect{
				{Address: "web-1:/etc/app.conf", Group: "web-1", Name: "/etc/app.conf", Action: model.Update, Differs: []string{"content", "mode"}, Source: "hosts/web/all/etc/app.conf"},
				{Address: "web-2:/etc/app.db", Group: "web-2", Name: "/etc/app.db", Action: model.Create, Source: "hosts/web/all/etc/app.db"},
			}},
			{Target: model.Target{Name: "network", Provider: "terraform"}, Files: 2, FilesOnly: true},
		}},
		{Environment: model.Environment{Name: "staging"}, Targets: []workspace.TargetEffect{{Target: model.Target{Name: "db"}, Files: 1, Err: errors.New("it " + evil)}}},
		{Environment: model.Environment{Name: "dev"}},
	}
	return c
}

func file() File {
	return File{workspace.File{Revision: hashA, Path: "hosts/web/nginx.conf", Mode: model.ModeFile, Size: 20, NoFinal: true,
		Lines: []text.Safe{text.Lit("port 80"), text.Clean("  log " + evil)}}}
}

func blame() Blame {
	bob := model.Commit{Hash: hashB, Author: model.Person{Name: text.Lit("Bob"), When: now}, Subject: text.Lit("Begin")}
	return Blame{Revision: hashA, Path: "hosts/new.conf", Lines: []BlameLine{
		{Number: 9, Text: text.Lit("port 80"), Commit: entry().Commit, Path: "hosts/new.conf", Original: 9, Before: hashB, BeforePath: "hosts/old.conf"},
		{Number: 10, Text: text.Lit("log on"), Commit: bob, Path: "hosts/old.conf", Original: 1, Boundary: true},
	}}
}

func versions() Lines {
	b := blame()
	return Lines{Revision: hashA, Path: b.Path, Range: objects.LineRange{From: 9, To: 10}, Versions: []LineVersion{
		{objects.LineVersion{Commit: hashA, Path: b.Path, Lines: objects.LineRange{From: 9, To: 10}, Before: objects.LineRange{From: 1, To: 2}, BeforePath: "hosts/old.conf"}, b.Lines[0].Commit},
		{objects.LineVersion{Commit: hashB, Path: "hosts/old.conf", Boundary: true}, b.Lines[1].Commit},
	}}
}

func commit() Commit {
	c := entry().Commit
	c.Body = text.Lit("Because of the sale.")
	return Commit{Commit: c, Files: []diff.File{difference().Files[0].File, {NewPath: text.Lit("icon.png"), Added: 1, Note: text.Lit("binary, 3 B")}}}
}

// keys are those of three environments: with some, with none asked for, and with a file that nobody can read.
func keys() Keys {
	allowed, err := sshsig.ParseAllowedSigners(".plumb/allowed_signers", []byte(`# Who may sign.
carol@shop.example namespaces="ledger-v1@plumb" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl
dan@shop.example namespaces="ledger-v1@plumb",valid-before="20260101Z" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJm
`))
	if err != nil {
		panic(err)
	}
	own := allowed.Entries()[0].Key.Fingerprint()
	return Keys{Self: carol, Now: now, Environments: []KeysOf{
		{Name: "production", Standing: workspace.Standing{Keys: workspace.Keys{Required: true, Revision: hashA, Signers: allowed.Entries(), First: true},
			Revoked: []sshsig.RevokedKey{{Line: 1, Fingerprint: "SHA256:x"}}, Own: own}},
		{Name: "staging"},
		{Name: "dev", Standing: workspace.Standing{Keys: workspace.Keys{Required: true, Revision: hashA, Broken: errors.New("line 3: no key")},
			Problem: model.Refuse("correct it", "nothing can be signed")}},
	}}
}

func checks() Checks {
	return Checks{Revision: hashA, Environments: []string{"production"}, Results: []model.CheckResult{
		{Name: model.Validation, Environment: "production", State: model.CheckPassed, At: now, Took: 12 * time.Millisecond},
		{
			Name: "lint", State: model.CheckFailed, Why: text.Lit("exit code 1"), At: now, Took: 1500 * time.Millisecond, Output: text.Clean("a\nb " + evil),
			Findings: []model.Finding{
				{Path: "hosts/a b:" + evil, Line: 3, Column: 7, Severity: model.SeverityError, Text: text.Lit("no <such> & \"key\"")},
				{Path: "plumb.yaml", Severity: model.SeverityNote, Text: text.Line(evil)},
			},
		},
		{Name: "test", Environment: "production", State: model.CheckFailed, Why: text.Lit("took longer than 5m"), At: now, Took: 5 * time.Minute, Output: text.Clean("it\nhangs " + evil)},
		{Name: "advice", Advisory: true, State: model.CheckFailed, Why: text.Lit("exit code 2"), At: now, Took: time.Second},
		{Name: "docs", State: model.CheckSkipped, Why: text.Lit("no file that it is about differs")},
		{Name: "late", State: model.CheckNotRun, Why: text.Line("not trusted " + evil)},
	}}
}

// documents are all answers, full and empty.
func documents() map[string][]func(Printer) error {
	return map[string][]func(Printer) error{
		"status": {
			func(p Printer) error { return p.Status(Status{Environments: []workspace.Observation{observation()}}) },
			func(p Printer) error { return p.Status(Status{}) },
			func(p Printer) error {
				return p.Status(Status{Environments: []workspace.Observation{{}, {Targets: []workspace.TargetObservation{{}}}}})
			},
		},
		"log": {
			func(p Printer) error {
				return p.Log(Log{Entries: []history.Entry{entry(), {}}, Glass: map[model.Hash][]model.Run{hashA: {glassRun()}}})
			},
			func(p Printer) error { return p.Log(Log{}) },
		},
		"diff": {
			func(p Printer) error { return p.Diff(difference()) },
			func(p Printer) error { return p.Diff(Diff{}) },
		},
		"compare": {
			func(p Printer) error { return p.Compare(comparison()) },
			func(p Printer) error { return p.Compare(Comparison{Problem: errors.New("plumb.yaml " + evil)}) },
		},
		"file": {
			func(p Printer) error { return p.File(file()) },
			func(p Printer) error { return p.File(File{}) },
			func(p Printer) error {
				return p.File(File{workspace.File{Path: evil, Note: text.Lit("directory, 2 entries"), Mode: model.ModeTree}})
			},
		},
		"blame": {
			func(p Printer) error { return p.Blame(blame()) },
			func(p Printer) error { return p.Blame(Blame{}) },
		},
		"lines": {
			func(p Printer) error { return p.Lines(versions()) },
			func(p Printer) error { return p.Lines(Lines{}) },
		},
		"commit": {
			func(p Printer) error { return p.Commit(commit()) },
			func(p Printer) error { return p.Commit(Commit{}) },
		},
		"change": {
			func(p Printer) error {
				c := change()
				c.Checks = checks().Results
				return p.Change(Change{Change: c})
			},
			func(p Printer) error {
				return p.Change(Change{Change: change(), Notes: []text.Safe{text.Lit("mind the gap")}, Rules: policy.Decide(policy.Facts{Environment: model.Environment{Approvals: 2}, Change: change(), Now: now})})
			},
		},
		"changes": {
			func(p Printer) error {
				c := change()
				c.Checks = checks().Results
				return p.Changes([]model.Change{c})
			},
			func(p Printer) error { return p.Changes([]model.Change{change()}) },
			func(p Printer) error { return p.Changes(nil) },
		},
		"run": {
			func(p Printer) error { return p.Run(run()) },
			func(p Printer) error { return p.Run(model.Run{ID: "1", Started: now}) },
		},
		"runs": {
			func(p Printer) error { return p.Runs([]model.Run{run()}) },
			func(p Printer) error { return p.Runs(nil) },
		},
		"keys": {
			func(p Printer) error { return p.Keys(keys()) },
			func(p Printer) error { return p.Keys(Keys{}) },
		},
		"holds": {
			func(p Printer) error { return p.Holds(observation().Holds) },
			func(p Printer) error { return p.Holds(nil) },
		},
		"check": {
			func(p Printer) error { return p.Checks(checks()) },
			func(p Printer) error { return p.Checks(Checks{}) },
		},
		"sync": {
			func(p Printer) error {
				return p.Sync(Sync{Remotes: []workspace.RemoteNews{{
					Remote: "origin" + evil, Took: []share.Log{{Owner: "ada@example.org", Name: "unsigned.1", Entries: 2}}, Gave: []share.Log{{Owner: evil, Name: evil, Entries: 1}},
					Came: 1, Went: 2, Problems: []string{"at origin, a log was deleted" + evil},
				}}, Problem: errors.New("no route " + evil)})
			},
			func(p Printer) error { return p.Sync(Sync{}) },
		},
		"audit": {
			func(p Printer) error { return p.Audit(Audit{}) },
			func(p Printer) error { b := book(); return p.Audit(Audit{b.Accounts, len(b.Accounts) + 3}) },
		},
		"audit-verify": {
			func(p Printer) error { return p.Verdict(audit.Verdict{}) },
			func(p Printer) error { v, err := verdict(book()); return errors.Join(err, p.Verdict(v)) },
		},
		"audit-explain": {
			func(p Printer) error { return p.Explanation(audit.Explanation{}) },
			func(p Printer) error {
				return p.Explanation(audit.Explanation{About: text.Line(hostile), Steps: []audit.Step{{About: hostile, Proves: hostile, Command: "true", Expect: hostile}}, Cannot: []string{hostile}})
			},
		},
		"audit-report": {
			func(p Printer) error { return printReport(p, audit.Report{}) },
			func(p Printer) error { return printReport(p, book().Report("shop", audit.Period{}, now)) },
		},
		"version": {
			func(p Printer) error { return p.Version(Version{"v1", "abc", "go1.26", "linux", "amd64"}) },
		},
	}
}

func compile(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	data, ok := Schema(name)
	if !ok {
		t.Fatalf("no schema for %s", name)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(name, doc); err != nil {
		t.Fatal(err)
	}
	return c.MustCompile(name)
}

// Scripts can rely on the documents: each one is as its schema says, full or empty.
func TestDocumentsAreAsTheirSchemasSay(t *testing.T) {
	all := documents()
	for _, name := range SchemaNames() {
		if len(all[name]) == 0 {
			t.Errorf("the document %s is not tested", name)
		}
	}
	for name, prints := range all {
		schema := compile(t, name)
		for i, print := range prints {
			var b bytes.Buffer
			if err := print(JSON{&b}); err != nil {
				t.Fatal(err)
			}
			doc, err := jsonschema.UnmarshalJSON(&b)
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(doc); err != nil {
				t.Errorf("%s %d: %v", name, i, err)
			}
		}
	}
}

// No document and no text gives a terminal anything to obey.
func TestForeignTextIsSanitised(t *testing.T) {
	for name, prints := range documents() {
		for _, print := range prints {
			var j, p bytes.Buffer
			if err := errors.Join(print(JSON{&j}), print(Text{W: &p, Now: now})); err != nil {
				t.Fatal(err)
			}
			var doc any
			if err := json.Unmarshal(j.Bytes(), &doc); err != nil {
				t.Fatal(err)
			}
			if strings.ContainsAny(p.String()+j.String(), "\x1b\u202e") || strings.Contains(j.String(), `\u001b`) {
				t.Errorf("%s: control characters came through", name)
			}
		}
	}
}

func TestTextIsReadable(t *testing.T) {
	time.Local = time.UTC
	tests := []struct {
		name  string
		print func(Text) error
		want  string
	}{
		{"status", func(p Text) error { return p.Status(Status{Environments: []workspace.Observation{observation()}}) }, `
production  at a1b2c3d, git wants 77aa019 · 1 commit pending
  hold since 2026-11-02 by Carol: it broke (rollback-1)
  hold of web-1:/etc/** since 2026-11-02 until 2026-11-02 14:02 by Carol: incident 42 (hold-1a2b)
  web  hosts · checked 4 s ago · 3 resources
    ∅ missing  web-2:/etc/logrotate.d/nginx  missing
    ≠ drifted  web-2:/etc/nginx/nginx.conf   content differs
  db  hosts · checked now · 0 resources
    ? unknown  db-1: connection x␛[2Jy<U+202E>z
  db could not be checked, 1 missing, 1 drifted, 1 in sync
`},
		{"log", func(p Text) error { return p.Log(Log{Entries: []history.Entry{entry()}}) }, `
a1b2c3d  2026-11-02  Alice  [production] (staging) Raise worker connections
`},
		{"file", func(p Text) error { return p.File(file()) }, "port 80\n  log x␛[2Jy<U+202E>z"},
		{"blame", func(p Text) error { return p.Blame(blame()) }, `
 a1b2c3d  hosts/new.conf  2026-11-02  Alice   9  port 80
^77aa019  hosts/old.conf  2026-11-02  Bob    10  log on
`},
		{"lines", func(p Text) error { return p.Lines(versions()) }, `
a1b2c3d  2026-11-02  Alice  hosts/new.conf:9-10  Raise worker connections
77aa019  2026-11-02  Bob    hosts/old.conf:none  Begin  (known history begins here)
`},
		{"commit", func(p Text) error { return p.Commit(commit()) }, `
a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4  Raise worker connections
  author     Alice <alice@example.org>, 2026-11-02 14:02:11 +0100
  after      77aa01977aa01977aa01977aa01977aa01977aa0

    Because of the sale.

  ~ +2 -2  hosts/web/nginx.conf
  + +1 -0  icon.png  binary, 3 B
`},
		{"diff", func(p Text) error { return p.Diff(difference()) }, `
~ hosts/web/nginx.conf  +2 -2  git → live
  mode 100644 → 100755
  owner root → www
@@ -1,3 +1,3 @@  · hunk 1
 a
-b
-c
+B
+c
\ No newline at end of file

production  web/web-2:/etc/motd  ? unknown
  cannot be compared
`},
		{"patch", func(p Text) error { p.Pipe = true; return p.Diff(difference()) }, `
# owner root → www
diff --git a/hosts/web/nginx.conf b/hosts/web/nginx.conf
old mode 100644
new mode 100755
--- a/hosts/web/nginx.conf
+++ b/hosts/web/nginx.conf
@@ -1,3 +1,3 @@
 a
-b
-c
+B
+c
\ No newline at end of file
# production web/web-2:/etc/motd: unknown
# cannot be compared
`},
		{"diff counts", func(p Text) error { d := difference(); d.Form = AsCounts; return p.Diff(d) }, `
~ hosts/web/nginx.conf             +2 -2
? production  web/web-2:/etc/motd  cannot be compared
2 files  +2 -2
`},
		{"change", func(p Text) error {
			return p.Change(Change{Change: change(), Rules: []model.Rule{{OK: true, Text: "open"}, {Text: "approvals 1 of 2"}}, Next: []string{"plumb approve x", "plumb apply x"}})
		}, `
restore-web-2-3f9c  sealed
  what       Restore 2 files on web-2
  where      production
  why        edited by hand
  author     Carol <carol@example.org>, 2026-11-02 13:02
  git        stays as it is, at a1b2c3d
  undo       disruptive: sshd reads it
  approved   Carol <carol@example.org>
  digest     sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855

  web  hosts  1 to update, 1 to create
    ~ update   web-2:/etc/nginx/nginx.conf
      undo clean: the earlier content is kept
      ! replaces a state that was made by hand
      then systemctl reload nginx
    + create   web-2:/etc/ssh/sshd_config
      undo disruptive: sshd reads it
      ! can lock you out of the host

  ✓ open
  ✗ approvals 1 of 2

  next       plumb approve x
             plumb apply x
`},
		{"compare", func(p Text) error { return p.Compare(comparison()) }, `
A  a1b2c3d  live:production  2026-11-02  Alice x␛[2Jy<U+202E>z  Begin
B  77aa019  2026-11-02  Alice x␛[2Jy<U+202E>z  Raise worker connections
12 commits to B · 2 authors  Alice 11, Bob 1
! 1 commit only in A · 1 author  Carol 1

A deploy of B over A, as git wants it:
  production  web  ~1 update  +1 create on web-1, web-2
                ~ web-1:/etc/app.conf  content, mode
                + web-2:/etc/app.db
              network  2 files only: what becomes of them is known beside what is live
  staging     db  ? unknown: it x␛[2Jy<U+202E>z
  dev         not touched
  ! plumb.yaml differs: this is with the environments as they are set up now

6 files  +3 -1  lines of 1 not counted
  hosts/web/all/             +3 -1
    etc/                     +3 -1
      app.conf               +3 -1
      app.db                 binary  new
    usr/bin/x␛[2Jy<U+202E>z  executable
  modules/
    dns/main.tf              contents not here  gone
    net/main.tf              moved from net/main.tf
  vendor                     now a submodule
`},
		{"run", func(p Text) error { return p.Run(run()) }, `
7c41  partial
  1 of 2 steps
  change     restore-web-2-3f9c
  where      production
  by         Carol <carol@example.org> on bastion-1
  started    2026-11-02 13:02:11
  took       1.4 s

  · web-2:/etc/nginx/nginx.conf  written, check passed
  ✓ web-2:/etc/nginx/nginx.conf  done, 0.4 s
  ✗ web-2:/etc/ssh/sshd_config  disk x␛[2Jy<U+202E>z
`},
		{"problem", func(p Text) error { return p.Problem(errors.New("it broke\nbadly"), "mend it") }, `
error: it broke
       badly
hint: mend it
`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var b bytes.Buffer
			if err := tt.print(Text{W: &b, Now: now}); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(strings.TrimPrefix(tt.want, "\n"), b.String()); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}
