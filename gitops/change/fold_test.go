package change_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"plumb/gitops/change"
	"plumb/gitops/ledger"
	"plumb/model"
	"plumb/model/diff"
	"plumb/model/policy"
	"plumb/model/text"
)

var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func person(name string) model.Principal {
	return model.Principal{Name: text.Line(name), Email: text.Line(name + "@example.com")}
}

func hash(digit string) model.Hash { return model.Hash(strings.Repeat(digit, 40)) }

// plans are two plans of a change to revision c.
func plans() []model.Plan {
	file := func(s string) model.State {
		return model.State{Exists: true, Kind: "file", Content: model.NewContent([]byte(s)), Attrs: []model.Attr{{Name: "mode", Value: "0644"}}}
	}
	return []model.Plan{
		{Environment: "production", Target: "web", Provider: "hosts", Engine: "hosts 1", Base: hash("b"), Revision: hash("c"), Coverage: model.Coverage{Predicted: 2, Total: 2},
			Steps: []model.Step{
				{Address: "web-2:/etc/b", Action: model.Update, Before: file("1"), After: file("2"), Undo: model.Undo{Class: model.UndoDisruptive, Reason: "restarts"}, Effects: []string{"reload: systemctl restart b", "check: b -t"}},
				{Address: `web-1:/etc/a "quoted"`, Action: model.Create, After: file("1"), Undo: model.Undo{Class: model.UndoClean}},
			}},
		{Environment: "production", Target: "db", Provider: "hosts", Revision: hash("c"), Coverage: model.Coverage{Predicted: 1, Total: 1},
			Steps: []model.Step{{Address: "db-1:/etc/c", Action: model.Delete, Before: file("1"), Undo: model.Undo{Class: model.UndoLossy, Reason: "it is large"}}}},
	}
}

// sealed is a change of Ada's.
func sealed(id string, edit ...func(*model.Change)) (model.Change, ledger.Entry) {
	c := model.Change{ID: model.ChangeID(id), Environment: "production", Kind: model.Deploy, Title: text.Lit("Deploy"), Reason: text.Lit("it is time"),
		Author: person("ada"), SealedAt: start, Base: hash("b"), Revision: hash("c"), Commits: []model.Hash{hash("c")}}
	for _, p := range plans() {
		c.Plans = append(c.Plans, p.Ref())
	}
	for _, e := range edit {
		e(&c)
	}
	c.Digest, c.State = c.Seal(), model.Sealed
	fields, files, err := change.Entry(c, plans()[:len(c.Plans)])
	if err != nil {
		panic(err)
	}
	return c, entry("ada", ledger.Seal, fields, files)
}

// parts are parts of resources, with two blocks each.
func parts(addresses ...string) []model.Part {
	var list []model.Part
	for _, a := range addresses {
		list = append(list, model.Part{Address: a, New: model.Sum([]byte("live")), Blocks: []diff.Block{{OldLo: 1, OldHi: 2, NewLo: 3, NewHi: 4}, {OldLo: 5, OldHi: 5, NewLo: 6, NewHi: 9}}})
	}
	return list
}

func entry(by string, verb ledger.Verb, fields []ledger.Field, files map[string][]byte) ledger.Entry {
	return ledger.Entry{Verb: verb, By: person(by), At: start, Fields: fields, Files: files}
}

func approval(by string, c model.Change) ledger.Entry {
	return entry(by, ledger.Approve, change.Approval(c), nil)
}

func intent(by string, c model.Change, run model.RunID) ledger.Entry {
	return entry(by, ledger.Intent, change.Intent(c, run, "bastion"), nil)
}

func outcome(c model.Change, run model.RunID, how model.Outcome) ledger.Entry {
	fields, files, err := change.Outcome(c, model.Run{ID: run, Outcome: how, Message: text.Lit("so it went"),
		Events: []model.Event{{Phase: model.PhaseBegin, Address: "a"}, {Phase: model.PhaseDone, Address: "a"}}})
	if err != nil {
		panic(err)
	}
	return entry("ada", ledger.Outcome, fields, files)
}

func end(verb ledger.Verb, c model.Change, why string) ledger.Entry {
	return entry("ada", verb, change.End(c, why), nil)
}

// the is the only change of a record.
func the(t *testing.T, entries ...ledger.Entry) (model.Change, change.Record) {
	t.Helper()
	r := change.Fold(entries, change.Trust{})
	if len(r.Changes) != 1 {
		t.Fatalf("there are %d changes, want one", len(r.Changes))
	}
	return r.Changes[0], r
}

func TestTheLifeOfAChange(t *testing.T) {
	c, seal := sealed("deploy-1")
	got, _ := the(t, seal)
	if got.State != model.Sealed || got.Title != c.Title || got.Digest != c.Digest || got.Seal() != c.Digest || got.Undo().Class != model.UndoLossy || got.Steps() != 3 {
		t.Errorf("sealed: %+v", got)
	}
	got, r := the(t, seal, approval("bob", c), intent("ada", c, "r1"))
	if got.State != model.Applying || got.Run != "r1" || len(got.Approvals) != 1 || got.Approvals[0].Void != "" || len(r.Runs) != 1 || r.Runs[0].Outcome != "" || r.Runs[0].Host != "bastion" {
		t.Errorf("under way: %+v and %+v", got, r.Runs)
	}
	for how, want := range map[model.Outcome]model.ChangeState{
		model.RunApplied: model.Applied, model.RunPartial: model.Partial, model.RunFailed: model.Failed, model.RunUncertain: model.Uncertain,
		"": model.Uncertain, "splendid": model.Uncertain,
	} {
		got, r := the(t, seal, intent("ada", c, "r1"), outcome(c, "r1", how))
		if got.State != want || got.Note != "so it went" || len(r.Runs[0].Events) != 1 {
			t.Errorf("outcome %q: the change is %s (%s), want %s; run %+v", how, got.State, got.Note, want, r.Runs[0])
		}
		if applied := r.Applied["production"]; (applied == c.Revision) != (how == model.RunApplied) {
			t.Errorf("outcome %q: applied is %q", how, applied)
		}
		if how != model.RunApplied && how != model.RunPartial && how != model.RunFailed && r.Runs[0].Outcome != model.RunUncertain {
			t.Errorf("outcome %q reads as %q", how, r.Runs[0].Outcome)
		}
	}
}

func TestEntriesThatDoNotFitAreLeftOut(t *testing.T) {
	c, seal := sealed("deploy-1")
	other, more := sealed("deploy-1", func(c *model.Change) { c.Title = text.Lit("Deploy more") })
	for _, tt := range []struct {
		name    string
		entries []ledger.Entry
		state   model.ChangeState
		runs    int
	}{
		{"an approval of another digest", []ledger.Entry{seal, approval("bob", other)}, model.Sealed, 0},
		{"an outcome that nobody announced", []ledger.Entry{seal, outcome(c, "r1", model.RunApplied)}, model.Sealed, 0},
		{"an outcome of another run", []ledger.Entry{seal, intent("ada", c, "r1"), outcome(c, "r2", model.RunApplied)}, model.Applying, 1},
		{"an outcome of another digest", []ledger.Entry{seal, intent("ada", c, "r1"), outcome(other, "r1", model.RunApplied)}, model.Applying, 1},
		{"a second outcome", []ledger.Entry{seal, intent("ada", c, "r1"), outcome(c, "r1", model.RunFailed), outcome(c, "r1", model.RunApplied)}, model.Failed, 1},
		{"a run of another digest", []ledger.Entry{seal, intent("ada", other, "r1")}, model.Sealed, 0},
		{"a second run", []ledger.Entry{seal, intent("ada", c, "r1"), intent("bob", c, "r2"), outcome(c, "r2", model.RunApplied)}, model.Applying, 1},
		{"a run after the first has failed", []ledger.Entry{seal, intent("ada", c, "r1"), outcome(c, "r1", model.RunFailed), intent("ada", c, "r2")}, model.Failed, 1},
		{"a run of what was abandoned", []ledger.Entry{seal, end(ledger.Abandon, c, "no"), intent("ada", c, "r1")}, model.Abandoned, 0},
		{"a run of what is void", []ledger.Entry{seal, end(ledger.Void, c, "moved"), intent("ada", c, "r1")}, model.Void, 0},
		{"a run with a path for its id", []ledger.Entry{seal, intent("ada", c, "../../etc")}, model.Sealed, 0},
		{"a run without an id", []ledger.Entry{seal, intent("ada", c, "")}, model.Sealed, 0},
		{"giving up what runs", []ledger.Entry{seal, intent("ada", c, "r1"), end(ledger.Abandon, c, "no")}, model.Applying, 1},
		{"giving up another digest", []ledger.Entry{seal, end(ledger.Abandon, other, "no")}, model.Sealed, 0},
		{"a second seal of the id", []ledger.Entry{seal, more}, model.Sealed, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, r := the(t, tt.entries...)
			if got.State != tt.state || got.Title != c.Title || len(r.Runs) != tt.runs || len(r.Applied) != 0 {
				t.Errorf("it is %s with %d runs, applied %v; want %s with %d", got.State, len(r.Runs), r.Applied, tt.state, tt.runs)
			}
		})
	}
}

func TestApprovalsAreBoundToOneVersion(t *testing.T) {
	c, seal := sealed("deploy-1")
	other, _ := sealed("deploy-1", func(c *model.Change) { c.Plans[0].Steps = c.Plans[0].Steps[:1] })
	moved, _ := sealed("deploy-1", func(c *model.Change) { c.Revision = hash("d") })
	moved.Digest = c.Digest
	got, _ := the(t, seal, approval("bob", c), approval("carol", moved), approval("dave", c), end(ledger.Void, c, "web-1 moved\x1b[2J"), approval("erin", c))
	voids := map[string]string{}
	for _, a := range got.Approvals {
		voids[a.By.Name.String()] = a.Void
	}
	if got.State != model.Void || !strings.Contains(voids["bob"], "web-1 moved") || !strings.Contains(voids["carol"], "another version") || voids["dave"] != voids["bob"] || voids["erin"] != voids["bob"] {
		t.Errorf("%s with %q", got.State, voids)
	}
	if strings.ContainsRune(voids["bob"], 0x1b) {
		t.Errorf("what is shown obeys the terminal: %q", voids["bob"])
	}
	if other.Digest != c.Digest {
		t.Error("the digest of a change is over plans, not over how the ledger lists their steps")
	}
	unknown, _ := sealed("deploy-2")
	if got, _ := the(t, seal, approval("bob", unknown)); len(got.Approvals) != 0 {
		t.Errorf("an approval of a change that nobody sealed landed on another: %+v", got.Approvals)
	}
}

func TestHoldsComeWithRollbacksAndGoWithDeploys(t *testing.T) {
	back, sealBack := sealed("rollback-1", func(c *model.Change) { c.Kind = model.Rollback })
	restore, sealRestore := sealed("restore-1", func(c *model.Change) { c.Kind = model.Restore })
	forth, sealForth := sealed("deploy-1")
	entries := []ledger.Entry{sealBack, intent("ada", back, "r1"), outcome(back, "r1", model.RunApplied), sealRestore, intent("ada", restore, "r2"), outcome(restore, "r2", model.RunApplied)}
	if holds := change.Fold(entries, change.Trust{}).HoldsOf("production"); len(holds) != 1 {
		t.Errorf("holds are %+v", holds)
	} else if h := holds[0]; h.Change != back.ID || h.Revision != back.Revision || h.Why != back.Reason {
		t.Errorf("hold is %+v", h)
	}
	entries = append(entries, sealForth, intent("ada", forth, "r3"))
	for how, want := range map[model.Outcome]bool{model.RunFailed: true, model.RunPartial: true, model.RunApplied: false} {
		if ok := len(change.Fold(append(slices.Clip(entries), outcome(forth, "r3", how)), change.Trust{}).HoldsOf("production")) > 0; ok != want {
			t.Errorf("after a deploy that ended %s it is held: %v, want %v", how, ok, want)
		}
	}
}

// TestHoweverLogsMeetTheySayTheSame shuffles the entries of four people whose clocks differ: what each
// wrote keeps its order, as it does in the ledger, and all that decides comes out the same.
func TestHoweverLogsMeetTheySayTheSame(t *testing.T) {
	c, seal := sealed("deploy-1")
	other, _ := sealed("deploy-1", func(c *model.Change) { c.Environment = "staging" })
	logs := [][]ledger.Entry{
		{seal, intent("ada", c, "r1"), outcome(c, "r1", model.RunApplied)},
		{approval("bob", other), approval("bob", c)},
		{approval("carol", c)},
		{approval("mallory", other)},
	}
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 1))
		left := slices.Clone(logs)
		var entries []ledger.Entry
		for len(left) > 0 {
			i := r.IntN(len(left))
			entries = append(entries, left[i][0])
			if left[i] = left[i][1:]; len(left[i]) == 0 {
				left = slices.Delete(left, i, i+1)
			}
		}
		got, record := the(t, entries...)
		valid := []string{}
		for _, p := range policy.Approvers(policy.Facts{Environment: model.Environment{Approvals: 2}, Change: got}) {
			valid = append(valid, p.Name.String())
		}
		slices.Sort(valid)
		if got.State != model.Applied || fmt.Sprint(valid) != "[bob carol]" || len(got.Approvals) != 4 || len(record.Runs) != 1 || record.Applied["production"] != c.Revision {
			t.Fatalf("seed %d: %s, approved by %v, %d runs", seed, got.State, valid, len(record.Runs))
		}
	}
}

func TestAnAlteredRecordIsNotBelieved(t *testing.T) {
	text := func(old, new string) func(*ledger.Entry) {
		return func(e *ledger.Entry) {
			data := string(e.Files["change.json"])
			if !strings.Contains(data, old) {
				panic("no " + old + " in " + data)
			}
			e.Files["change.json"] = []byte(strings.Replace(data, old, new, 1))
		}
	}
	// resealed alters the change and makes the digest fit again, as whoever owns the log could.
	resealed := func(edit func(*model.Change)) func(*ledger.Entry) {
		return func(e *ledger.Entry) {
			_, sealedAnew := sealed("deploy-1", edit)
			e.Fields, e.Files["change.json"] = sealedAnew.Fields, sealedAnew.Files["change.json"]
		}
	}
	for name, alter := range map[string]func(*ledger.Entry){
		"no record":                     func(e *ledger.Entry) { delete(e.Files, "change.json") },
		"not JSON":                      func(e *ledger.Entry) { e.Files["change.json"] = []byte("{") },
		"null":                          func(e *ledger.Entry) { e.Files["change.json"] = []byte("null") },
		"another schema":                text("plumb.ledger.change/1", "plumb.ledger.change/2"),
		"another title":                 text(`"Deploy"`, `"Deplay"`),
		"another revision":              text(strings.Repeat("c", 40), strings.Repeat("d", 40)),
		"another author":                text("ada@example.com", "bob@example.com"),
		"another digest in the entry":   func(e *ledger.Entry) { e.Fields[3].Value = "sha256:0" },
		"another environment":           func(e *ledger.Entry) { e.Fields[1].Value = "staging" },
		"a step less":                   resealed(func(c *model.Change) { c.Plans[0].Steps = c.Plans[0].Steps[1:] }),
		"a step more":                   resealed(func(c *model.Change) { c.Plans[1].Steps = append(c.Plans[1].Steps, c.Plans[1].Steps[0]) }),
		"a milder undo class":           resealed(func(c *model.Change) { c.Plans[1].Steps[0].Undo.Class = model.UndoClean }),
		"a milder action":               resealed(func(c *model.Change) { c.Plans[1].Steps[0].Action = model.Update }),
		"another address":               resealed(func(c *model.Change) { c.Plans[1].Steps[0].Address = "db-1:/etc/other" }),
		"no effect":                     resealed(func(c *model.Change) { c.Plans[0].Steps[0].Effects = nil }),
		"one effect less":               resealed(func(c *model.Change) { c.Plans[0].Steps[0].Effects = c.Plans[0].Steps[0].Effects[1:] }),
		"more coverage":                 resealed(func(c *model.Change) { c.Plans[1].Coverage.Total = 0 }),
		"another target":                resealed(func(c *model.Change) { c.Plans[0].Target = "cache" }),
		"another provider":              resealed(func(c *model.Change) { c.Plans[0].Provider = "ansible" }),
		"the plan of another place":     resealed(func(c *model.Change) { c.Environment = "staging" }),
		"the plan of another revision":  resealed(func(c *model.Change) { c.Revision = hash("d") }),
		"another digest of a plan":      resealed(func(c *model.Change) { c.Plans[0].Digest = "sha256:0" }),
		"a plan left out":               resealed(func(c *model.Change) { c.Plans = c.Plans[:1] }),
		"an unknown kind":               resealed(func(c *model.Change) { c.Kind = "deploy\ntitle \"x\"" }),
		"two facts in a hash":           resealed(func(c *model.Change) { c.Base = hash("b") + "\nrevision x" }),
		"two commits in one":            resealed(func(c *model.Change) { c.Commits = []model.Hash{hash("c") + " " + hash("d")} }),
		"a branch and no commit":        resealed(func(c *model.Change) { c.Onto, c.Commits = "refs/heads/main", nil }),
		"a branch and too many commits": resealed(func(c *model.Change) { c.Onto, c.Commits = "refs/heads/main", []model.Hash{hash("c"), hash("d")} }),
		"a branch that is none":         resealed(func(c *model.Change) { c.Onto = "refs/plumb/log/bob" }),
		"a part of a deploy":            resealed(func(c *model.Change) { c.Addresses, c.Parts = []string{"web/a"}, parts("web/a") }),
		"a part of what was not picked": resealed(func(c *model.Change) { c.Kind, c.Addresses, c.Parts = model.Adopt, []string{"web/a"}, parts("web/b") }),
		"a part that is there twice": resealed(func(c *model.Change) {
			c.Kind, c.Addresses, c.Parts = model.Adopt, []string{"web/a"}, parts("web/a", "web/a")
		}),
		"a part without lines": resealed(func(c *model.Change) {
			c.Kind, c.Addresses, c.Parts = model.Adopt, []string{"web/a"}, parts("web/a")
			c.Parts[0].Blocks = nil
		}),
		"a part of something": resealed(func(c *model.Change) {
			c.Kind, c.Addresses, c.Parts = model.Adopt, []string{"web/a"}, parts("web/a")
			c.Parts[0].New = "it"
		}),
		"a manifest that was altered":    func(e *ledger.Entry) { e.Files["plan-1"] = append(e.Files["plan-1"], '\n') },
		"a manifest that is gone":        func(e *ledger.Entry) { delete(e.Files, "plan-2") },
		"manifests swapped":              func(e *ledger.Entry) { e.Files["plan-1"], e.Files["plan-2"] = e.Files["plan-2"], e.Files["plan-1"] },
		"a manifest too many":            func(e *ledger.Entry) { e.Files["plan-3"] = e.Files["plan-2"] },
		"an id that leads out of a path": func(e *ledger.Entry) { _, *e = sealed("../../x") },
	} {
		_, e := sealed("deploy-1")
		alter(&e)
		if r := change.Fold([]ledger.Entry{e}, change.Trust{}); len(r.Changes) != 0 {
			t.Errorf("%s is believed: %+v", name, r.Changes[0])
		}
	}
	for name, edit := range map[string]func(*model.Change){
		"a branch to merge into": func(c *model.Change) { c.Onto = "refs/heads/main" },
		"no base":                func(c *model.Change) { c.Base = "" },
		"nothing to do anywhere": func(c *model.Change) { c.Plans = nil },
		"a part":                 func(c *model.Change) { c.Kind, c.Addresses, c.Parts = model.Restore, []string{"web/a"}, parts("web/a") },
		"steps in another order": func(c *model.Change) { slices.Reverse(c.Plans[0].Steps) },
	} {
		_, e := sealed("deploy-1", edit)
		if r := change.Fold([]ledger.Entry{e}, change.Trust{}); len(r.Changes) != 1 {
			t.Errorf("%s is not believed", name)
		}
	}
}

func TestAStepCannotHideBehindItsOwnWords(t *testing.T) {
	for _, effects := range [][]string{nil, {}, {""}, {`x effects=[`, ` `, `y`}, {`a" effects=["b`}, {"two\nlines"}, {`a effects=[]`}} {
		for _, shown := range [][]string{nil, {""}, {` `, `y`}, {"b"}, {"lines"}, {`a`}} {
			p := plans()[0]
			p.Steps = p.Steps[:1]
			p.Steps[0].Effects = effects
			c, e := sealed("deploy-1", func(c *model.Change) {
				ref := p.Ref()
				ref.Steps[0].Effects = shown
				c.Plans = []model.PlanRef{ref}
			})
			e.Files["plan-1"] = []byte(p.Manifest())
			same := len(effects) == len(shown) && (len(effects) == 0 || slices.Equal(effects, shown))
			if believed := len(change.Fold([]ledger.Entry{e}, change.Trust{}).Changes) == 1; believed != same {
				t.Errorf("%s: effects %q shown as %q are believed: %v", c.ID, effects, shown, believed)
			}
		}
	}
}

func TestAVeryLongMessageIsCutAndNotLost(t *testing.T) {
	c, seal := sealed("deploy-1")
	fields, files, err := change.Outcome(c, model.Run{ID: "r1", Outcome: model.RunFailed, Message: text.Clean(strings.Repeat("ü", 100_000))})
	if err != nil {
		t.Fatal(err)
	}
	got, _ := the(t, seal, intent("ada", c, "r1"), entry("ada", ledger.Outcome, fields, files))
	if len(got.Note) > 10_000 || !strings.HasSuffix(got.Note, "ü…") || got.State != model.Failed {
		t.Errorf("%s with %d bytes that end with %q", got.State, len(got.Note), got.Note[max(0, len(got.Note)-20):])
	}
}

func FuzzFold(f *testing.F) {
	_, e := sealed("deploy-1")
	f.Add(e.Files["change.json"], e.Files["plan-1"])
	f.Add([]byte(`{"plans":[{"steps":[{}]}]}`), []byte("step"))
	f.Fuzz(func(t *testing.T, record, manifest []byte) {
		var r struct{ Author model.Principal }
		_ = json.Unmarshal(record, &r)
		forged := e
		forged.By = r.Author
		forged.Files = map[string][]byte{"change.json": record, "plan-1": manifest, "plan-2": e.Files["plan-2"]}
		for _, c := range change.Fold([]ledger.Entry{forged, e}, change.Trust{}).Changes {
			if c.Seal() != c.Digest {
				t.Errorf("believed: %+v", c)
			}
		}
	})
}
