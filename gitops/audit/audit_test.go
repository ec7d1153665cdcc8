package audit_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"plumb/gitops/audit"
	"plumb/gitops/change"
	"plumb/gitops/ledger"
	"plumb/model"
	"plumb/model/text"
)

var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func person(name string) model.Principal {
	return model.Principal{Name: text.Line(strings.ToUpper(name[:1]) + name[1:]), Email: text.Line(name + "@example.org")}
}

func hash(digit string) model.Hash { return model.Hash(strings.Repeat(digit, 40)) }

// diary is a ledger that is written by hand: one entry a minute.
type diary struct {
	entries []ledger.Entry
	at      time.Time
}

func (d *diary) write(by string, verb ledger.Verb, fields []ledger.Field, files map[string][]byte) *ledger.Entry {
	if d.at.IsZero() {
		d.at = start
	}
	d.at = d.at.Add(time.Minute)
	d.entries = append(d.entries, ledger.Entry{
		ID: model.Hash(fmt.Sprintf("%040x", len(d.entries)+1)), Log: "refs/plumb/log/" + by + "@example.org/unsigned",
		Verb: verb, By: person(by), At: d.at, Seq: len(d.entries) + 1, Fields: fields, Files: files,
	})
	return &d.entries[len(d.entries)-1]
}

func plan(class model.UndoClass) model.Plan {
	return model.Plan{Environment: "production", Target: "web", Provider: "hosts", Revision: hash("c"), Coverage: model.Coverage{Predicted: 1, Total: 1},
		Steps: []model.Step{{Address: "web-1:/etc/motd", Action: model.Update, Undo: model.Undo{Class: class}}}}
}

// seal records a change of Ada's.
func (d *diary) seal(id string, edit ...func(*model.Change)) model.Change {
	p := plan(model.UndoLossy)
	c := model.Change{ID: model.ChangeID(id), Environment: "production", Kind: model.Deploy, Title: text.Lit("Raise limits"), Reason: text.Lit("it is slow"),
		Author: person("ada"), SealedAt: start, Revision: hash("c"), Commits: []model.Hash{hash("c")}, Plans: []model.PlanRef{}}
	for _, e := range edit {
		e(&c)
	}
	p.Revision = c.Revision
	c.Plans = append(c.Plans, p.Ref())
	c.Digest, c.State = c.Seal(), model.Sealed
	fields, files, err := change.Entry(c, []model.Plan{p})
	if err != nil {
		panic(err)
	}
	d.write("ada", ledger.Seal, fields, files)
	return c
}

func (d *diary) approve(by string, c model.Change) *ledger.Entry {
	return d.write(by, ledger.Approve, change.Approval(c), nil)
}

func (d *diary) begin(by string, c model.Change, run string, glass ...string) *ledger.Entry {
	fields := change.Intent(c, model.RunID(run), "bastion")
	if len(glass) > 0 {
		fields = append(fields, change.Glass(model.Run{Glass: text.Line(glass[0]), Overruled: glass[1:]})...)
	}
	return d.write(by, ledger.Intent, fields, nil)
}

func (d *diary) end(by string, c model.Change, run string, how model.Outcome, message string) *ledger.Entry {
	fields, files, err := change.Outcome(c, model.Run{ID: model.RunID(run), Outcome: how, Message: text.Line(message)})
	if err != nil {
		panic(err)
	}
	return d.write(by, ledger.Outcome, fields, files)
}

func (d *diary) book(problems ...ledger.Problem) audit.Book {
	return audit.Tell(d.entries, problems, change.Fold(d.entries, change.Trust{}))
}

// told is what the accounts say, oldest first, with why one does not count.
func told(b audit.Book) string {
	var words strings.Builder
	for _, a := range slices.Backward(b.Accounts) {
		words.WriteString(a.Text.String())
		if !a.Counts() {
			words.WriteString(" -- " + a.Not.String())
		}
		if a.Loud {
			words.WriteString(" !")
		}
		words.WriteString("\n")
	}
	return words.String()
}

func TestTheLifeOfAChangeIsToldInWordsOfOperations(t *testing.T) {
	var d diary
	c := d.seal("deploy-1")
	c.Checks = []model.CheckResult{{Name: "terraform fmt", State: model.CheckFailed}, {Name: "lint", State: model.CheckPassed}, {Name: "slow", State: model.CheckNotRun}}
	d.approve("bob", c)
	d.begin("ada", c, "r1")
	d.end("ada", c, "r1", model.RunPartial, "web-2 was not there")
	back := d.seal("rollback-1", func(c *model.Change) { c.Kind = model.Rollback; c.Reason = text.Lit("it hurts") })
	d.begin("carol", back, "r2", "nobody is awake", "approvals 0 of 1")
	d.end("carol", back, "r2", model.RunApplied, "")
	again := d.seal("deploy-2", func(c *model.Change) { c.Base = hash("c") })
	d.begin("ada", again, "r3")
	d.end("ada", again, "r3", model.RunApplied, "")
	adopt := d.seal("adopt-1", func(c *model.Change) {
		c.Kind, c.Addresses = model.Adopt, []string{"web/web-1:/etc/a", "web/web-1:/etc/b", "web/web-2:/etc/a"}
	})
	d.begin("ada", adopt, "r4")
	d.end("ada", adopt, "r4", model.RunApplied, "")
	gone := d.seal("deploy-3")
	d.write("ada", ledger.Abandon, change.End(gone, "not needed"), nil)
	void := d.seal("deploy-4")
	d.write("bob", ledger.Void, change.End(void, "web-1 changed"), nil)
	hold := model.Hold{ID: "h1", Environment: "production", Why: text.Lit("migration"), Addresses: []string{"web-1:/etc/a", "web-1:/etc/b"}, Until: start.Add(time.Hour)}
	d.write("bob", ledger.Hold, change.Hold(hold), nil)
	d.write("carol", ledger.Lift, change.Lift(hold, "done"), nil)
	d.write("bob", "refuse", append(change.End(c, "too risky"), ledger.Field{}), nil)
	d.write("bob", "withdraw", change.End(c, ""), nil)

	want := `Ada sealed deploy-1 for production: Raise limits (1 step, worst undo: lossy), because it is slow
checks of deploy-1 (production): 1 passed, 1 failed, 1 not run, terraform fmt, as Bob saw them !
Bob approved deploy-1 (production, worst undo: lossy)
Ada began run r1 of deploy-1 (production) on bastion
run r1 of deploy-1 (production) ended partial: web-2 was not there !
Ada sealed rollback-1 for production: Raise limits (1 step, worst undo: lossy), because it hurts
Carol BROKE THE GLASS for run r2 of rollback-1 (production) on bastion: nobody is awake (overruled: approvals 0 of 1) !
run r2 of rollback-1 (production) ended applied
production is held at ccccccc after the rollback rollback-1: it hurts !
Ada sealed deploy-2 for production: Raise limits (1 step, worst undo: lossy), because it is slow
Ada began run r3 of deploy-2 (production) on bastion
run r3 of deploy-2 (production) ended applied
the hold on production is lifted by deploy-2
Ada sealed adopt-1 for production: Raise limits (1 step, worst undo: lossy), because it is slow
Ada began run r4 of adopt-1 (production) on bastion
run r4 of adopt-1 (production) ended applied
Ada adopted 2 files of web-1, 1 file of web-2 (production)
Ada sealed deploy-3 for production: Raise limits (1 step, worst undo: lossy), because it is slow
Ada gave deploy-3 (production) up: not needed
Ada sealed deploy-4 for production: Raise limits (1 step, worst undo: lossy), because it is slow
deploy-4 (production) is void: web-1 changed, as Bob found
Bob holds web-1:/etc/a, web-1:/etc/b in production until 2026-03-02T10:00:00Z: migration (hold h1) !
Carol lifted the hold h1 of production: done
Bob refused deploy-1 (production): too risky -- it came after run r1 had begun !
Bob took back what they had said of deploy-1 (production) -- it came after run r1 had begun
`
	if got := told(d.book()); got != want {
		t.Errorf("told:\n%s\nwant:\n%s", got, want)
	}
}

func TestWhatDoesNotCountSaysWhy(t *testing.T) {
	for _, tt := range []struct {
		name  string
		write func(d *diary)
		want  string
	}{
		{"an approval of what nobody sealed", func(d *diary) { d.approve("bob", model.Change{ID: "deploy-9", Environment: "production"}) }, "a change that nobody sealed"},
		{"an approval of another version", func(d *diary) {
			c := d.seal("deploy-1")
			c.Digest = model.Sum(nil)
			d.approve("bob", c)
		}, "another version"},
		{"an approval that died", func(d *diary) {
			c := d.seal("deploy-1")
			d.write("ada", ledger.Void, change.End(c, "web-1 changed"), nil)
			d.approve("bob", c)
		}, "web-1 changed"},
		{"a second run", func(d *diary) {
			c := d.seal("deploy-1")
			d.begin("ada", c, "r1")
			d.begin("ada", c, "r2")
		}, "the change was applying by then"},
		{"a second end", func(d *diary) {
			c := d.seal("deploy-1")
			d.begin("ada", c, "r1")
			d.end("ada", c, "r1", model.RunFailed, "")
			d.end("bob", c, "r1", model.RunApplied, "")
		}, "that nobody began, or that had ended"},
		{"the end of a run that never began", func(d *diary) { d.end("ada", d.seal("deploy-1"), "r1", model.RunApplied, "") }, "that nobody began"},
		{"a change that is sealed twice", func(d *diary) { d.seal("deploy-1"); d.seal("deploy-1") }, "another change has the same id"},
		{"a change that is not what its digest says", func(d *diary) {
			d.seal("deploy-1")
			e := &d.entries[0]
			e.Files["change.json"] = []byte(strings.Replace(string(e.Files["change.json"]), "Raise", "Lower", 1))
		}, "not what its digest says"},
		{"giving up what is over", func(d *diary) {
			c := d.seal("deploy-1")
			d.begin("ada", c, "r1")
			d.write("ada", ledger.Abandon, change.End(c, ""), nil)
		}, "the change was applying by then"},
		{"an approval of what has begun", func(d *diary) {
			c := d.seal("deploy-1")
			d.begin("ada", c, "r1")
			d.approve("bob", c)
		}, "it came after run r1 had begun"},
		{"what a newer plumb wrote", func(d *diary) { d.write("ada", "frobnicate", change.End(d.seal("deploy-1"), ""), nil) }, "an entry of an unknown kind, by a newer plumb?"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var d diary
			tt.write(&d)
			last := d.book().Accounts[0]
			if !strings.Contains(last.Not.String(), tt.want) {
				t.Errorf("%q does not count because of %q, want %q in it", last.Text, last.Not, tt.want)
			}
			for _, a := range d.book().Accounts[1:] {
				if !a.Counts() {
					t.Errorf("%q does not count either: %s", a.Text, a.Not)
				}
			}
		})
	}
}

func TestWhatWasTakenBackNoLongerCounts(t *testing.T) {
	var d diary
	c := d.seal("deploy-1")
	d.approve("bob", c)
	d.write("carol", ledger.Refuse, change.Refusal(c, "no"), nil)
	d.write("bob", ledger.Withdraw, change.Withdrawal(c), nil)
	d.write("carol", ledger.Withdraw, change.Withdrawal(c), nil)
	if got := strings.Count(told(d.book()), "it was withdrawn"); got != 2 {
		t.Errorf("%d were withdrawn:\n%s", got, told(d.book()))
	}
}

func TestWhatOthersWroteIsTamed(t *testing.T) {
	var d diary
	d.seal("deploy-1", func(c *model.Change) {
		c.Title = text.Line("\x1b[2J <b>x</b>")
		c.Reason = text.Line("password=hunter2hunter2")
	})
	d.write("ada", "x\x1b[2J", []ledger.Field{{Key: "change", Value: "\x1b[2J"}, {Key: "environment", Value: "\x9b"}}, nil)
	for _, a := range d.book().Accounts {
		if s := a.Text.String() + string(a.Change) + a.Environment + string(a.Kind); strings.ContainsAny(s, "\x1b\u009b") || strings.Contains(s, "hunter2") {
			t.Errorf("%q", s)
		}
	}
}

func TestDamagedLogsComeFirst(t *testing.T) {
	var d diary
	d.seal("deploy-1")
	b := d.book(ledger.Problem{Log: "refs/plumb/log/eve/k", What: "was rewound: entries that were known are gone"})
	if a := b.Accounts[0]; a.Kind != audit.Damaged || !a.Loud || !strings.Contains(a.Text.String(), "was rewound") {
		t.Errorf("%+v", a)
	}
	f, err := audit.ParseFilter("env:staging since:2h", start)
	if got := f.Select(b.Accounts); err != nil || len(got) != 1 {
		t.Errorf("a filter hides that a log is damaged: %v, %v", got, err)
	}
}

func TestTheLedgerIsFilteredLikeHistory(t *testing.T) {
	var d diary
	c := d.seal("deploy-1")
	d.approve("bob", c)
	d.begin("ada", c, "1f2e", "in a hurry")
	d.end("ada", c, "1f2e", model.RunFailed, "the host is away")
	d.approve("bob", model.Change{ID: "deploy-9", Environment: "staging"})
	d.entries[1].Key = "SHA256:abc"
	b := d.book()
	now := start.Add(10 * time.Minute)
	for filter, want := range map[string]int{
		"": 5, "env:production": 4, "!env:production": 1, "by:bob": 2, "author:BOB": 2, "kind:approve": 2, "kind:run": 2, "kind:intent": 1, "kind:glass": 1,
		"since:7m": 3, "until:7m": 2, "change:deploy-1": 4, "run:1f": 2, "signed:yes": 1, "signed:no": 4, "counts:no": 1, "hurry": 1, `"broke the glass"`: 1, "Broke": 0,
		"outcome:failed": 1, "by:bob env:production": 1, "id:0000": 5, "~apprvd": 2, "-by:bob": 3, "key:SHA256:": 1,
	} {
		f, err := audit.ParseFilter(filter, now)
		if got := f.Select(b.Accounts); err != nil || len(got) != want {
			t.Errorf("%q finds %d, %v; want %d", filter, len(got), err, want)
		}
	}
	for filter, want := range map[string]string{"kind:merge": "one of seal", "signed:perhaps": "one of yes, no", "since:soon": "an age", "by:": "plumb help audit"} {
		_, err := audit.ParseFilter(filter, now)
		if err == nil || !strings.Contains(model.Hint(err), want) {
			t.Errorf("%q: %v, with the hint %q", filter, err, model.Hint(err))
		}
	}
	if _, err := audit.ParseFilterArgs([]string{"broke the glass", "by:Ada"}, now); err != nil {
		t.Error(err)
	}
	for _, w := range audit.Words() {
		if f, err := audit.ParseFilter(w.Example, now); err != nil || f.IsEmpty() {
			t.Errorf("the example %q is none: %v", w.Example, err)
		}
	}
}

// strict are rules that ask for one approval of somebody else, and let Carol break the glass.
func strict(_ context.Context, name string, _ model.Hash) (model.Environment, error) {
	return model.Environment{Name: name, Approvals: 1, Checks: []model.Check{{Name: "lint"}}, Policy: model.Policy{FourEyes: true, BreakGlass: []string{"carol@example.org"}}}, nil
}

func TestEveryRunIsJudgedByWhatWasOnRecordWhenItBegan(t *testing.T) {
	for _, tt := range []struct {
		name  string
		write func(d *diary, c model.Change)
		want  []string
	}{
		{"approved", func(d *diary, c model.Change) {
			d.approve("bob", c)
			d.begin("ada", c, "r1")
			d.end("ada", c, "r1", model.RunApplied, "")
		}, nil},
		{"ended badly, and known", func(d *diary, c model.Change) {
			d.approve("bob", c)
			d.begin("ada", c, "r1")
			d.end("ada", c, "r1", model.RunFailed, "")
		}, nil},
		{"not approved", func(d *diary, c model.Change) { d.begin("ada", c, "r1"); d.end("ada", c, "r1", model.RunApplied, "") }, []string{"was not allowed when it began: approvals 0 of 1"}},
		{"approved by the author", func(d *diary, c model.Change) {
			d.approve("ada", c)
			d.begin("bob", c, "r1")
			d.end("bob", c, "r1", model.RunApplied, "")
		}, []string{"was not allowed"}},
		{"approved by who applied it", func(d *diary, c model.Change) {
			d.approve("bob", c)
			d.begin("bob", c, "r1")
			d.end("bob", c, "r1", model.RunApplied, "")
		}, []string{"was not allowed"}},
		{"approved afterwards", func(d *diary, c model.Change) {
			d.begin("ada", c, "r1")
			d.at = d.at.Add(time.Hour)
			d.approve("bob", c)
			d.end("ada", c, "r1", model.RunApplied, "")
		}, []string{"was not allowed when it began: approvals 0 of 1"}},
		{"approved a minute afterwards", func(d *diary, c model.Change) {
			d.begin("ada", c, "r1")
			d.approve("bob", c)
			d.end("ada", c, "r1", model.RunApplied, "")
		}, []string{"clocks may differ, or it came too late"}},
		{"the glass was broken", func(d *diary, c model.Change) {
			d.begin("carol", c, "r1", "fire", "approvals 0 of 1")
			d.end("carol", c, "r1", model.RunApplied, "")
		}, nil},
		{"the glass was broken by somebody", func(d *diary, c model.Change) {
			d.begin("ada", c, "r1", "fire", "approvals 0 of 1")
			d.end("ada", c, "r1", model.RunApplied, "")
		}, []string{"the glass was broken, and that was not allowed"}},
		{"held", func(d *diary, c model.Change) {
			d.write("bob", ledger.Hold, change.Hold(model.Hold{ID: "h1", Environment: "production", Why: text.Lit("migration")}), nil)
			d.approve("bob", c)
			d.begin("ada", c, "r1")
			d.end("ada", c, "r1", model.RunApplied, "")
		}, []string{"production is held by bob@example.org: migration"}},
		{"held no longer", func(d *diary, c model.Change) {
			hold := model.Hold{ID: "h1", Environment: "production", Why: text.Lit("migration")}
			d.write("bob", ledger.Hold, change.Hold(hold), nil)
			d.write("bob", ledger.Lift, change.Lift(hold, ""), nil)
			d.approve("bob", c)
			d.begin("ada", c, "r1")
			d.end("ada", c, "r1", model.RunApplied, "")
		}, nil},
		{"a check had failed", func(d *diary, c model.Change) {
			d.approve("bob", c)
			c.Checks = []model.CheckResult{{Name: "lint", State: model.CheckPassed}, {Name: model.Validation, State: model.CheckFailed}}
			d.begin("ada", c, "r1")
			d.end("ada", c, "r1", model.RunApplied, "")
		}, []string{"checks 1 of 2"}},
		{"a check had failed that nobody asks for", func(d *diary, c model.Change) {
			d.approve("bob", c)
			c.Checks = []model.CheckResult{{Name: "spelling", State: model.CheckFailed}}
			d.begin("ada", c, "r1")
			d.end("ada", c, "r1", model.RunApplied, "")
		}, nil},
		{"refused", func(d *diary, c model.Change) {
			d.approve("bob", c)
			d.write("carol", ledger.Refuse, change.Refusal(c, "too risky"), nil)
			d.begin("ada", c, "r1")
			d.end("ada", c, "r1", model.RunApplied, "")
		}, []string{"carol@example.org refused it: too risky"}},
		{"the approval was taken back", func(d *diary, c model.Change) {
			d.approve("bob", c)
			d.write("bob", ledger.Withdraw, change.Withdrawal(c), nil)
			d.begin("ada", c, "r1")
			d.end("ada", c, "r1", model.RunApplied, "")
		}, []string{"was not allowed"}},
		{"the approval was taken back afterwards", func(d *diary, c model.Change) {
			d.approve("bob", c)
			d.begin("ada", c, "r1")
			d.write("bob", ledger.Withdraw, change.Withdrawal(c), nil)
			d.end("ada", c, "r1", model.RunApplied, "")
		}, nil},
		{"no outcome", func(d *diary, c model.Change) { d.approve("bob", c); d.begin("ada", c, "r1") }, []string{"nobody knows how it ended"}},
		{"a second run", func(d *diary, c model.Change) {
			d.approve("bob", c)
			d.begin("ada", c, "r1")
			d.end("ada", c, "r1", model.RunApplied, "")
			d.begin("ada", c, "r2")
		}, []string{"run r2 is a second run of deploy-1"}},
		{"a run of what was void", func(d *diary, c model.Change) {
			d.approve("bob", c)
			d.write("ada", ledger.Void, change.End(c, "web-1 changed"), nil)
			d.begin("ada", c, "r1")
		}, []string{"was begun and may not have been"}},
		{"a run on ground that had moved", func(d *diary, c model.Change) {
			d.approve("bob", c)
			d.begin("ada", c, "r1")
			d.end("ada", c, "r1", model.RunApplied, "")
			next := d.seal("deploy-2", func(c *model.Change) { c.Base = hash("b") })
			d.approve("bob", next)
			d.begin("ada", next, "r2")
			d.end("ada", next, "r2", model.RunApplied, "")
		}, []string{"its ground had moved"}},
		{"a seal that is not to be believed", func(d *diary, _ model.Change) {
			d.seal("deploy-2")
			e := &d.entries[len(d.entries)-1]
			e.Files["plan-1"] = append(e.Files["plan-1"], "step\n"...)
		}, []string{"not to be believed"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var d diary
			tt.write(&d, d.seal("deploy-1"))
			v, err := d.book().Verify(t.Context(), strict, nil)
			if err != nil || len(v.Findings) != len(tt.want) || v.Proven() != (len(tt.want) == 0) {
				t.Fatalf("%+v, %v; want %q", v.Findings, err, tt.want)
			}
			for i, f := range v.Findings {
				if !strings.Contains(f.Text.String(), tt.want[i]) || f.Entry == "" {
					t.Errorf("%q of %s, want %q in it", f.Text, f.Entry, tt.want[i])
				}
			}
		})
	}
}

func TestTheRulesAreThoseOfTheRevisionThatWasApplied(t *testing.T) {
	var d diary
	first := d.seal("deploy-1", func(c *model.Change) { c.Revision, c.Commits = hash("a"), []model.Hash{hash("a")} })
	d.begin("ada", first, "r1")
	d.end("ada", first, "r1", model.RunApplied, "")
	second := d.seal("deploy-2", func(c *model.Change) { c.Base = hash("a") })
	d.begin("ada", second, "r2")
	d.end("ada", second, "r2", model.RunApplied, "")
	var asked []model.Hash
	if _, err := d.book().Verify(t.Context(), func(_ context.Context, name string, applied model.Hash) (model.Environment, error) {
		asked = append(asked, applied)
		return model.Environment{Name: name}, nil
	}, nil); err != nil {
		t.Fatal(err)
	}
	// The first run is trust on first use; the second brings other rules, which do not count for itself.
	if len(asked) != 2 || asked[0] != hash("a") || asked[1] != hash("a") {
		t.Errorf("asked for the rules of %v", asked)
	}
}

func TestAReportTellsAPeriodAndTheWholeOfItsChanges(t *testing.T) {
	var d diary
	c := d.seal("deploy-1")
	d.approve("bob", c)
	d.at = d.at.Add(24 * time.Hour)
	d.begin("carol", c, "r1", "fire", "approvals 1 of 2")
	d.end("carol", c, "r1", model.RunApplied, "")
	d.seal("deploy-2")
	d.seal("deploy-3", func(c *model.Change) { c.Environment = "staging" })
	r := d.book().Report("shop", audit.Period{Since: start.Add(12 * time.Hour), Environment: "production"}, d.at)
	if len(r.Changes) != 2 || len(r.Changes[0].Votes) != 1 || len(r.Changes[0].Runs) != 1 || r.Changes[0].Runs[0].Ended == nil || len(r.Changes[0].Proof) != 4 {
		t.Errorf("%+v", r.Changes)
	}
	if s := r.Summary; s.Glass != 1 || s.Runs != 1 || s.Applied != 1 || s.Changes != 1 || s.Approvals != 0 || s.Entries != 3 {
		t.Errorf("%+v", s)
	}
	if len(r.Timeline) != 3 || r.Timeline[0].Kind != audit.Glass {
		t.Errorf("%+v", r.Timeline)
	}
}

// BenchmarkAccounts tells 100,000 entries: changes that are sealed, approved by two people and carried out.
func BenchmarkAccounts(b *testing.B) {
	var d diary
	for i := 0; len(d.entries) < 100_000; i++ {
		c := d.seal(fmt.Sprintf("deploy-%d", i))
		d.approve("bob", c)
		d.approve("carol", c)
		d.begin("ada", c, fmt.Sprintf("r%d", i))
		d.end("ada", c, fmt.Sprintf("r%d", i), model.RunApplied, "")
	}
	b.Run("tell", func(b *testing.B) {
		for b.Loop() {
			d.book()
		}
	})
	book := d.book()
	b.Run("filter", func(b *testing.B) {
		f, err := audit.ParseFilter("env:production by:bob approved", start)
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			f.Select(book.Accounts)
		}
	})
	b.Run("verify", func(b *testing.B) {
		for b.Loop() {
			if _, err := book.Verify(b.Context(), strict, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}
