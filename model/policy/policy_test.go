package policy_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"plumb/model"
	"plumb/model/policy"
	"plumb/model/text"
)

var now = time.Date(2026, 3, 6, 15, 0, 0, 0, time.UTC) // A Friday.

func person(email string) model.Principal {
	return model.Principal{Name: text.Line(email), Email: text.Line(email)}
}

// sealed is Ada's change: it replaces a file on web-1 and deletes one on db-1.
func sealed() model.Change {
	c := model.Change{
		ID: "deploy-production-c2-0102", Environment: "production", Kind: model.Deploy, Title: text.Lit("Deploy c2"), Reason: text.Lit("it is time"),
		Author: person("ada@example.com"), SealedAt: now.Add(-time.Hour), Base: "b1", Revision: "c2", State: model.Sealed,
		Plans: []model.PlanRef{{Target: "web", Provider: "hosts", Steps: []model.StepRef{
			{Address: "web-1:/etc/ssh/sshd_config", Action: model.Update, Undo: model.Undo{Class: model.UndoDisruptive}},
			{Address: "db-1:/var/lib/db/data", Action: model.Delete, Undo: model.Undo{Class: model.UndoLossy}},
		}}},
	}
	c.Digest = c.Seal()
	return c
}

func approved(c model.Change, by ...string) model.Change {
	for _, email := range by {
		c.Approvals = append(c.Approvals, model.Approval{By: person(email), At: now.Add(-30 * time.Minute), Change: c.ID, Commit: c.Revision, Digest: c.Digest})
	}
	return c
}

func TestDecideWhetherAChangeMayBeApplied(t *testing.T) {
	const ada, bob, carol = "ada@example.com", "bob@example.com", "carol@example.com"
	with := func(c model.Change, change func(*model.Change)) model.Change { change(&c); return c }
	for _, tt := range []struct {
		name   string
		needed int
		change model.Change
		ok     bool
		got    string // The rule that is not met, or the text of the approvals rule.
	}{
		{"none needed", 0, sealed(), true, ""},
		{"one needed, none given", 1, sealed(), false, "approvals 0 of 1"},
		{"one needed: the author's own counts", 1, approved(sealed(), ada), true, "approvals 1 of 1"},
		{"two needed: the author's own does not", 2, approved(sealed(), ada, bob), false, "approvals 1 of 2"},
		{"two needed: nor in capitals", 2, approved(sealed(), "Ada@Example.COM", bob), false, "approvals 1 of 2"},
		{"two needed: the same person twice", 2, approved(sealed(), bob, bob), false, "approvals 1 of 2"},
		{"two needed: the same person in capitals", 2, approved(sealed(), bob, "BOB@example.com"), false, "approvals 1 of 2"},
		{"two needed: one key in two names", 2, with(approved(sealed(), bob, carol), func(c *model.Change) { c.Approvals[0].Key, c.Approvals[1].Key = "SHA256:k", "SHA256:k" }), false, "approvals 1 of 2"},
		{"two needed: two colleagues", 2, approved(sealed(), bob, carol), true, "approvals 2 of 2"},
		{"three needed: two colleagues", 3, approved(sealed(), ada, bob, carol), false, "approvals 2 of 3"},
		{"another digest", 1, with(approved(sealed(), bob), func(c *model.Change) { c.Approvals[0].Digest = "sha256:0" }), false, "approvals 0 of 1"},
		{"no digest", 1, with(approved(sealed(), bob), func(c *model.Change) { c.Approvals[0].Digest = "" }), false, "approvals 0 of 1"},
		{"another commit", 1, with(approved(sealed(), bob), func(c *model.Change) { c.Approvals[0].Commit = "c3" }), false, "approvals 0 of 1"},
		{"a void approval", 1, with(approved(sealed(), bob), func(c *model.Change) { c.Approvals[0].Void = "moved" }), false, "approvals 0 of 1"},
		{"a void approval, and one that is not", 1, with(approved(sealed(), bob, bob), func(c *model.Change) { c.Approvals[0].Void = "moved" }), true, "approvals 1 of 1"},
		{"abandoned", 0, with(sealed(), func(c *model.Change) { c.State = model.Abandoned }), false, "the change is abandoned"},
		{"void", 0, with(sealed(), func(c *model.Change) { c.State = model.Void }), false, "the change is void"},
		{"under way", 0, with(sealed(), func(c *model.Change) { c.State = model.Applying }), false, "the change is applying"},
		{"applied already", 0, with(sealed(), func(c *model.Change) { c.State = model.Applied }), false, "the change is applied"},
		{"of no state", 0, with(sealed(), func(c *model.Change) { c.State = "" }), false, "the change is "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			env := model.Environment{Name: "production", Approvals: tt.needed}
			rules := policy.Decide(policy.Facts{Environment: env, Change: tt.change})
			if model.Allowed(rules) != tt.ok {
				t.Errorf("it may be applied: %v, want %v: %+v", !tt.ok, tt.ok, rules)
			}
			if tt.got != "" && !containsRule(rules, tt.got) {
				t.Errorf("no rule says %q: %+v", tt.got, rules)
			}
			env.ReadOnly = true
			if model.Allowed(policy.Decide(policy.Facts{Environment: env, Change: tt.change})) {
				t.Error("it may be applied to a read-only environment")
			}
		})
	}
}

func containsRule(rules []model.Rule, words string) bool {
	for _, r := range rules {
		if r.Text == words {
			return true
		}
	}
	return false
}

func TestWhoMayApprove(t *testing.T) {
	two := model.Environment{Name: "production", Approvals: 2}
	ended := func(s model.ChangeState) model.Change { c := sealed(); c.State = s; return c }
	moved := approved(sealed(), "bob@example.com")
	moved.Approvals[0].Void = "it was given to another version of the change"
	for _, tt := range []struct {
		name    string
		env     model.Environment
		change  model.Change
		who     string
		refused string
	}{
		{"a colleague", two, sealed(), "bob@example.com", ""},
		{"a second colleague", two, approved(sealed(), "bob@example.com"), "carol@example.com", ""},
		{"the author where two are needed", two, sealed(), "ADA@example.com", "author's own does not count"},
		{"the author where one is needed", model.Environment{Name: "staging", Approvals: 1}, sealed(), "ada@example.com", ""},
		{"the same person again", two, approved(sealed(), "bob@example.com"), "Bob@example.com", "you have approved"},
		{"the same person, after the first was void", two, moved, "bob@example.com", ""},
		{"an approved change that waits", two, ended(model.Approved), "bob@example.com", ""},
		{"an abandoned change", two, ended(model.Abandoned), "bob@example.com", "is abandoned"},
		{"a void change", two, ended(model.Void), "bob@example.com", "is void"},
		{"a change that was applied", two, ended(model.Applied), "bob@example.com", "is applied"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := policy.MayApprove(policy.Facts{Environment: tt.env, Change: tt.change}, person(tt.who))
			switch {
			case tt.refused == "" && err != nil:
				t.Errorf("refused: %v", err)
			case tt.refused != "" && (!errors.Is(err, model.ErrRefused) || !strings.Contains(err.Error(), tt.refused) || model.Hint(err) == ""):
				t.Errorf("error is %v with the hint %q, want a refusal that says %q and a way out", err, model.Hint(err), tt.refused)
			}
		})
	}
}

func with(p model.Policy) model.Environment {
	return model.Environment{Name: "production", Policy: p}
}

func TestPolicyAsPeopleWriteIt(t *testing.T) {
	const ada, bob, carol, dan = "ada@example.com", "bob@example.com", "carol@example.com", "dan@example.com"
	dba := []string{"Carol@example.com", dan}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	weekend := model.Freeze{From: model.Moment{Day: time.Friday, Minute: 16 * 60}, To: model.Moment{Day: time.Monday, Minute: 8 * 60}, Zone: berlin, Why: "weekend"}
	one, none := 1, 0
	rule := func(r model.ApprovalRule) model.Policy { return model.Policy{Rules: []model.ApprovalRule{r}} }
	for _, tt := range []struct {
		name     string
		policy   model.Policy
		needed   int
		applier  string
		change   model.Change
		ok       bool
		text     string // Of the rule that is looked at; empty for no rule at all.
		missing  string
		whoCould string
	}{
		{name: "nothing is asked", change: sealed(), ok: true},
		{name: "four eyes: the author's own approval does not count, even where one is enough", policy: model.Policy{FourEyes: true}, needed: 1,
			change: approved(sealed(), ada), text: "approvals 0 of 1", missing: "1 approval", whoCould: "anybody but ada@example.com"},
		{name: "four eyes: a colleague's does", policy: model.Policy{FourEyes: true}, needed: 1, change: approved(sealed(), bob), ok: true, text: "approvals 1 of 1"},
		{name: "who applies does not count where two are asked for", needed: 2, applier: bob, change: approved(sealed(), bob, carol),
			text: "approvals 1 of 2", missing: "1 approval", whoCould: "anybody but carol@example.com, ada@example.com, bob@example.com"},
		{name: "who applies counts where one is", needed: 1, applier: bob, change: approved(sealed(), bob), ok: true, text: "approvals 1 of 1"},
		{name: "a group, by path", policy: rule(model.ApprovalRule{Paths: []string{"/var/lib/**"}, Approvals: 1, By: []string{"dba"}, People: dba}),
			change: approved(sealed(), bob), text: "approvals 0 of 1 by dba for /var/lib/**", missing: "1 approval by dba", whoCould: "Carol@example.com, dan@example.com"},
		{name: "a group: capitals make no difference", policy: rule(model.ApprovalRule{Paths: []string{"db-*:/var/lib/**"}, Approvals: 1, By: []string{"dba"}, People: dba}),
			change: approved(sealed(), carol), ok: true, text: "approvals 1 of 1 by dba for db-*:/var/lib/**"},
		{name: "a group of which two are asked", policy: rule(model.ApprovalRule{Approvals: 2, By: []string{"dba"}, People: dba}),
			change: approved(sealed(), carol, bob), text: "approvals 1 of 2 by dba", missing: "1 approval by dba", whoCould: dan},
		{name: "a path that is not touched", policy: rule(model.ApprovalRule{Paths: []string{"/srv/**"}, Approvals: 1}), change: sealed(), ok: true},
		{name: "a provider that has nothing to do", policy: rule(model.ApprovalRule{Providers: []string{"terraform"}, Approvals: 1}), change: sealed(), ok: true},
		{name: "the worst undo class", policy: rule(model.ApprovalRule{Undo: model.UndoLossy, Approvals: 1}), change: sealed(), text: "approvals 0 of 1 for undo lossy",
			missing: "1 approval", whoCould: "anybody"},
		{name: "an undo class that is worse than what is done", policy: rule(model.ApprovalRule{Undo: model.UndoFinal, Approvals: 1}), change: sealed(), ok: true},
		{name: "all conditions have to fit the same step", policy: rule(model.ApprovalRule{Paths: []string{"/etc/**"}, Undo: model.UndoLossy, Approvals: 1}), change: sealed(), ok: true},
		{name: "an approval that has expired", policy: model.Policy{Expires: 30 * time.Minute}, needed: 1, change: approved(sealed(), bob), text: "approvals 0 of 1",
			missing: "1 approval", whoCould: "anybody"},
		{name: "an approval that has a minute left", policy: model.Policy{Expires: 31 * time.Minute}, needed: 1, change: approved(sealed(), bob), ok: true, text: "approvals 1 of 1"},
		{name: "an approval from the future never ends", policy: model.Policy{Expires: time.Hour}, needed: 1,
			change: func() model.Change { c := approved(sealed(), bob); c.Approvals[0].At = now.Add(time.Hour); return c }(),
			text:   "approvals 0 of 1", missing: "1 approval", whoCould: "anybody"},
		{name: "a freeze wins over approvals", policy: model.Policy{Freezes: []model.Freeze{weekend}, BreakGlass: []string{dan}}, needed: 1, change: approved(sealed(), bob),
			text: "production is frozen until Mon 08:00 Europe/Berlin: weekend", missing: "the end of the freeze, or broken glass", whoCould: dan},
		{name: "deletions within bounds", policy: model.Policy{MaxDeletions: &one}, change: sealed(), ok: true, text: "deletions 1, at most 1"},
		{name: "too many deletions", policy: model.Policy{MaxDeletions: &none}, change: sealed(), text: "deletions 1, at most 0", missing: "a change that deletes and replaces less"},
		{name: "a protected address", policy: model.Policy{Protected: []string{"/var/lib/db/**"}}, change: sealed(),
			text: "db-1:/var/lib/db/data is protected and would be deleted or replaced", missing: "protected: in plumb.yaml has to let it go, in a change that is applied before"},
		{name: "what is protected may be updated", policy: model.Policy{Protected: []string{"/etc/ssh/**"}}, change: sealed(), ok: true, text: "nothing protected is deleted"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			env := with(tt.policy)
			env.Approvals = tt.needed
			f := policy.Facts{Environment: env, Change: tt.change, Now: now}
			if tt.applier != "" {
				f.Applier = person(tt.applier)
			}
			rules := policy.Decide(f)
			if model.Allowed(rules) != tt.ok {
				t.Errorf("it may be applied: %v, want %v: %+v", !tt.ok, tt.ok, rules)
			}
			if tt.text == "" {
				if len(rules) > 0 {
					t.Errorf("rules that nobody asked for: %+v", rules)
				}
				return
			}
			i := slices.IndexFunc(rules, func(r model.Rule) bool { return r.Text == tt.text })
			if i < 0 {
				t.Fatalf("no rule says %q: %+v", tt.text, rules)
			}
			if r := rules[i]; r.Missing != tt.missing || strings.Join(r.WhoCould, ", ") != tt.whoCould {
				t.Errorf("missing is %q, want %q; it could come from %q, want %q", r.Missing, tt.missing, r.WhoCould, tt.whoCould)
			}
		})
	}
}

func TestAFreezeIsOnByTheClockOfItsZone(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	weekend := model.Freeze{From: model.Moment{Day: time.Friday, Minute: 16 * 60}, To: model.Moment{Day: time.Monday, Minute: 8 * 60}, Zone: berlin}
	noon := model.Freeze{From: model.Moment{Day: time.Tuesday, Minute: 11 * 60}, To: model.Moment{Day: time.Tuesday, Minute: 12 * 60}, Zone: time.UTC}
	once := model.Freeze{From: model.Moment{At: time.Date(2026, 12, 20, 0, 0, 0, 0, berlin)}, To: model.Moment{At: time.Date(2027, 1, 7, 8, 0, 0, 0, berlin)}, Zone: berlin}
	for _, tt := range []struct {
		freeze model.Freeze
		at     string
		on     bool
	}{
		{weekend, "2026-03-06T14:59:59Z", false}, // 15:59 in Berlin, in winter.
		{weekend, "2026-03-06T15:00:00Z", true},
		{weekend, "2026-03-07T12:00:00Z", true},
		{weekend, "2026-03-08T12:00:00Z", true},
		{weekend, "2026-03-09T06:59:59Z", true},
		{weekend, "2026-03-09T07:00:00Z", false},
		{weekend, "2026-06-05T13:59:59Z", false},
		{weekend, "2026-06-05T14:00:00Z", true}, // 16:00 in Berlin, in summer.
		{weekend, "2026-03-30T05:59:59Z", true}, // The night before, the clock was put forward.
		{weekend, "2026-03-30T06:00:00Z", false},
		{noon, "2026-03-10T10:59:59Z", false},
		{noon, "2026-03-10T11:00:00Z", true},
		{noon, "2026-03-10T12:00:00Z", false},
		{noon, "2026-03-11T11:30:00Z", false},
		{once, "2026-12-19T22:59:59Z", false},
		{once, "2026-12-19T23:00:00Z", true},
		{once, "2027-01-07T06:59:59Z", true},
		{once, "2027-01-07T07:00:00Z", false},
	} {
		at, err := time.Parse(time.RFC3339, tt.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := tt.freeze.Active(at); got != tt.on {
			t.Errorf("%s is on at %s: %v", tt.freeze.Words(), tt.at, got)
		}
	}
}

func TestPatternsOfAddresses(t *testing.T) {
	for _, tt := range []struct {
		pattern string
		address model.Address
		fits    bool
	}{
		{"/etc/ssh/**", "web-1:/etc/ssh/sshd_config", true},
		{"/etc/ssh/*", "web-1:/etc/ssh/a/b", false},
		{"web-1:/etc/ssh/**", "web-1:/etc/ssh/a/b", true},
		{"web-1:/etc/ssh/**", "web-10:/etc/ssh/a", false},
		{"db-*:/var/**", "db-2:/var/lib/x", true},
		{"db-*", "db-2:/var/lib/x", true},
		{"db-2", "db-2:/var/lib/x", true},
		{"db", "db-2:/var/lib/x", false},
		{"db-2:*", "db-2:/var/lib/x", true},
		{"**", "db-2:/var/lib/x", true},
		{"*", "db-2:/var/lib/x", true},
		{"aws_db_instance.*", "aws_db_instance.main", true},
		{"aws_db_instance.*", `aws_db_instance.all["a/b"]`, true},
		{"aws_db_instance.*", "aws_instance.main", false},
		{"/etc/**", "aws_db_instance.main", false},
	} {
		if tt.address.Matches(tt.pattern) != tt.fits {
			t.Errorf("%s fits %s: %v", tt.pattern, tt.address, !tt.fits)
		}
	}
}

func TestWhatOthersDidMeanwhileHasToBeKnownWhereApprovalsOrSignaturesAreAskedFor(t *testing.T) {
	glass := []string{"dan@example.com"}
	for _, tt := range []struct {
		name string
		env  model.Environment
		asks bool
	}{
		{"nothing is asked for", model.Environment{Name: "staging"}, false},
		{"approvals", model.Environment{Name: "production", Approvals: 1, Policy: model.Policy{BreakGlass: glass}}, true},
		{"signatures", model.Environment{Name: "production", Policy: model.Policy{Keys: "signed", BreakGlass: glass}}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			facts := policy.Facts{Environment: tt.env, Change: approved(sealed(), "bob@example.com"), Now: now, Unshared: "origin is away"}
			rules := policy.Decide(facts)
			i := slices.IndexFunc(rules, func(r model.Rule) bool { return r.Name == policy.Shared })
			if asks := i >= 0; asks != tt.asks || policy.MustBeShared(facts) != tt.asks {
				t.Fatalf("the rules are %+v", rules)
			}
			if !tt.asks {
				return
			}
			if r := rules[i]; r.OK || !strings.Contains(r.Text, "origin is away") || r.Missing == "" || !slices.Equal(r.WhoCould, glass) {
				t.Errorf("the rule is %+v", r)
			}
			if err := policy.MayBreakGlass(facts, person("dan@example.com")); err != nil {
				t.Errorf("the glass cannot be broken: %v", err)
			}
			if facts.Unshared = ""; slices.ContainsFunc(policy.Decide(facts), func(r model.Rule) bool { return r.Name == policy.Shared }) {
				t.Error("it is asked for where it is known")
			}
		})
	}
}

func TestWhoMayBreakTheGlass(t *testing.T) {
	const oncall = "Dan@example.com"
	frozen := model.Policy{BreakGlass: []string{oncall}, Freezes: []model.Freeze{{From: model.Moment{Day: time.Friday}, To: model.Moment{Day: time.Saturday}, Zone: time.UTC}}}
	for _, tt := range []struct {
		name    string
		env     model.Environment
		change  model.Change
		who     string
		refused string
	}{
		{"approvals are missing", model.Environment{Approvals: 2, Policy: model.Policy{BreakGlass: []string{oncall}}}, sealed(), "dan@example.com", ""},
		{"a freeze is on", with(frozen), sealed(), "dan@example.com", ""},
		{"a stranger", with(frozen), sealed(), "eve@example.com", "you may not"},
		{"nobody", with(frozen), sealed(), "", "you may not"},
		{"where nobody may", model.Environment{Name: "production", Approvals: 2}, sealed(), "dan@example.com", "nobody may break the glass"},
		{"where nothing has to be overruled", model.Environment{Approvals: 0, Policy: model.Policy{BreakGlass: []string{oncall}}}, sealed(), "dan@example.com", "every rule is met"},
		{"a read-only environment", model.Environment{Name: "production", ReadOnly: true, Approvals: 2, Policy: model.Policy{BreakGlass: []string{oncall}}}, sealed(), "dan@example.com", "read-only"},
		{"what is protected", with(model.Policy{BreakGlass: []string{oncall}, Protected: []string{"db-*"}}), sealed(), "dan@example.com", "is protected"},
		{"a change that is over", with(frozen), func() model.Change { c := sealed(); c.State = model.Applied; return c }(), "dan@example.com", "is applied"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := policy.MayBreakGlass(policy.Facts{Environment: tt.env, Change: tt.change, Now: now}, person(tt.who))
			switch {
			case tt.refused == "" && err != nil:
				t.Errorf("refused: %v", err)
			case tt.refused != "" && (!errors.Is(err, model.ErrRefused) || !strings.Contains(err.Error(), tt.refused) || model.Hint(err) == ""):
				t.Errorf("error is %v with the hint %q, want a refusal that says %q and a way out", err, model.Hint(err), tt.refused)
			}
		})
	}
}

func TestSpansReadAsPeopleSayThem(t *testing.T) {
	for d, want := range map[time.Duration]string{
		20 * time.Second: "less than a minute", time.Minute: "1m", 59 * time.Minute: "59m", time.Hour: "1h", 90 * time.Minute: "1h30m",
		22 * time.Hour: "22h", 22*time.Hour + 10*time.Minute: "22h", 24 * time.Hour: "1d", 30 * time.Hour: "30h", 72 * time.Hour: "3d",
	} {
		if got := policy.Span(d); got != want {
			t.Errorf("%s reads as %q, want %q", d, got, want)
		}
	}
}

// Random policies and votes are judged by a reference that says it in the plainest way: for each thing that is asked, go over all people
// that there are, and count those with at least one good vote who may count.
func TestDecisionsAgreeWithAPlainReference(t *testing.T) {
	people := []string{"ada@example.com", "bob@example.com", "carol@example.com", "dan@example.com", "eve@example.com"}
	addresses := []model.Address{"web-1:/etc/a", "web-1:/srv/b", "db-1:/var/c"}
	patterns := []string{"/etc/**", "db-*:/var/**", "/nowhere"}
	covers := map[string]model.Address{"/etc/**": "web-1:/etc/a", "db-*:/var/**": "db-1:/var/c"}
	rank := map[model.UndoClass]int{model.UndoClean: 1, model.UndoDisruptive: 2, model.UndoLossy: 3, model.UndoUnknown: 4, model.UndoFinal: 5}
	actions := []model.Action{model.Create, model.Update, model.Replace, model.Delete}
	allowed := 0
	const cases = 20000
	for seed := range uint64(cases) {
		r := rand.New(rand.NewPCG(seed, 5))
		some := func(p float64) bool { return r.Float64() < p }
		anyone := func() string { return people[r.IntN(len(people))] }
		few := func() (list []string) {
			for _, p := range people {
				if some(0.5) {
					list = append(list, p)
				}
			}
			return list
		}
		c := model.Change{ID: "x", Author: person(anyone()), Revision: "c2", State: model.Sealed, Plans: []model.PlanRef{{Provider: "hosts"}}}
		for _, a := range addresses {
			if some(0.5) {
				c.Plans[0].Steps = append(c.Plans[0].Steps, model.StepRef{Address: a, Action: actions[r.IntN(4)], Undo: model.Undo{Class: model.UndoClass(r.IntN(5))}})
			}
		}
		c.Digest = c.Seal()
		p := model.Policy{FourEyes: some(0.3)}
		if some(0.4) {
			p.Expires = time.Hour
		}
		if some(0.3) {
			n := r.IntN(3)
			p.MaxDeletions = &n
		}
		if some(0.2) {
			p.Protected = []string{patterns[r.IntN(len(patterns))]}
		}
		if some(0.2) {
			from := now.Add(time.Duration(r.IntN(5)-2) * time.Hour)
			p.Freezes = []model.Freeze{{From: model.Moment{At: from}, To: model.Moment{At: from.Add(time.Hour)}, Zone: time.UTC}}
		}
		for range r.IntN(3) {
			rule := model.ApprovalRule{Approvals: 1 + r.IntN(2)}
			if some(0.5) {
				rule.Paths = []string{patterns[r.IntN(len(patterns))]}
			}
			if some(0.2) {
				rule.Providers = []string{[]string{"hosts", "terraform"}[r.IntN(2)]}
			}
			if some(0.4) {
				rule.Undo = []model.UndoClass{model.UndoDisruptive, model.UndoLossy, model.UndoFinal}[r.IntN(3)]
			}
			if some(0.5) {
				rule.By, rule.People = []string{"group"}, few()
			}
			p.Rules = append(p.Rules, rule)
		}
		for range r.IntN(6) {
			email := anyone()
			if some(0.3) {
				email = strings.ToUpper(email)
			}
			a := model.Approval{By: person(email), At: now.Add(-time.Duration(r.IntN(90)) * time.Minute), Commit: c.Revision, Digest: c.Digest}
			switch r.IntN(10) {
			case 0:
				a.Digest = "sha256:0"
			case 1:
				a.Commit = "c1"
			case 2:
				a.Void = "it moved"
			case 3:
				a.At = now.Add(time.Hour)
			}
			c.Approvals = append(c.Approvals, a)
		}
		if some(0.1) {
			c.Refusals = []model.Refusal{{By: person(anyone())}}
			if some(0.5) {
				c.Refusals[0].Void = "withdrawn"
			}
		}
		if some(0.1) {
			c.Unproven = "it is not signed"
		}
		if some(0.1) {
			c.Doubts = []string{"a log is gone"}
		}
		if some(0.2) {
			h := model.Hold{ID: "hold-1", Environment: "production"}
			if some(0.7) {
				h.Addresses = []string{patterns[r.IntN(len(patterns))]}
			}
			if some(0.5) {
				h.Until = now.Add(time.Duration(r.IntN(3)-1) * time.Hour)
			}
			p.Holds = []model.Hold{h}
		}
		f := policy.Facts{Environment: model.Environment{Name: "production", Approvals: r.IntN(4), Policy: p}, Change: c, Now: now}
		if some(0.5) {
			f.Applier = person(anyone())
		}

		voted := func(who string) bool {
			for _, a := range c.Approvals {
				good := a.Void == "" && a.Commit == "c2" && a.Digest == c.Digest
				if p.Expires > 0 && (now.Sub(a.At) >= p.Expires || a.At.After(now)) {
					good = false
				}
				if good && strings.EqualFold(a.By.Email.String(), who) {
					return true
				}
			}
			return false
		}
		enough := func(count int, group []string, limited bool) bool {
			n := 0
			for _, who := range people {
				involved := who == c.Author.Email.String() || who == f.Applier.Email.String()
				if voted(who) && (!limited || slices.Contains(group, who)) && (!involved || count < 2 && !p.FourEyes) {
					n++
				}
			}
			return n >= count
		}
		want := f.Environment.Approvals == 0 || enough(f.Environment.Approvals, nil, false)
		for _, rule := range p.Rules {
			want = want && (!concerns(rule, c, covers, rank) || enough(rule.Approvals, rule.People, len(rule.By) > 0))
		}
		gone := 0
		for _, s := range c.Plans[0].Steps {
			if s.Action == model.Delete || s.Action == model.Replace {
				gone++
				want = want && !(len(p.Protected) > 0 && covers[p.Protected[0]] == s.Address)
			}
		}
		want = want && (p.MaxDeletions == nil || gone <= *p.MaxDeletions)
		for _, fr := range p.Freezes {
			want = want && (now.Before(fr.From.At) || !now.Before(fr.To.At))
		}

		want = want && c.Unproven == "" && (len(c.Refusals) == 0 || c.Refusals[0].Void != "")
		asked := f.Environment.Approvals > 0
		for _, rule := range p.Rules {
			asked = asked || concerns(rule, c, covers, rank)
		}
		want = want && (len(c.Doubts) == 0 || !asked)
		for _, h := range p.Holds {
			hit := len(h.Addresses) == 0
			for _, s := range c.Plans[0].Steps {
				hit = hit || len(h.Addresses) > 0 && covers[h.Addresses[0]] == s.Address
			}
			want = want && (!hit || !h.Until.IsZero() && !now.Before(h.Until))
		}

		rules := policy.Decide(f)
		if model.Allowed(rules) != want {
			t.Fatalf("seed %d: it may be applied: %v, want %v\npolicy %+v\nchange %+v\nrules %+v", seed, !want, want, p, c, rules)
		}
		for i, rule := range rules {
			if rule.OK != (rule.Missing == "") || rule.Text == "" {
				t.Fatalf("seed %d: rule %+v does not say what is missing", seed, rule)
			}
			checkWhoCould(t, f, i, people)
		}
		if want {
			allowed++
		}
	}
	if allowed < cases/20 || allowed > cases*19/20 {
		t.Errorf("%d of %d were allowed: the cases are no good", allowed, cases)
	}
}

// concerns reports whether a rule asks something of the change, said plainly.
func concerns(rule model.ApprovalRule, c model.Change, covers map[string]model.Address, rank map[model.UndoClass]int) bool {
	hit := len(rule.Paths) == 0 && len(rule.Providers) == 0 && rule.Undo == model.UndoUnknown
	for _, s := range c.Plans[0].Steps {
		path := len(rule.Paths) == 0 || covers[rule.Paths[0]] == s.Address
		provider := len(rule.Providers) == 0 || rule.Providers[0] == "hosts"
		undo := rule.Undo == model.UndoUnknown || rank[s.Undo.Class] >= rank[rule.Undo]
		hit = hit || path && provider && undo
	}
	return hit
}

// checkWhoCould makes sure that the approval of everybody who is named brings an approvals rule forward, and that of nobody else does.
func checkWhoCould(t *testing.T, f policy.Facts, i int, people []string) {
	t.Helper()
	rule := policy.Decide(f)[i]
	if rule.Name != policy.Approvals || rule.OK {
		return
	}
	for _, who := range people {
		g := f
		g.Change.Approvals = append(slices.Clone(f.Change.Approvals), model.Approval{By: person(who), At: now, Commit: f.Change.Revision, Digest: f.Change.Digest})
		after := policy.Decide(g)[i]
		helped := after.Text != rule.Text
		if helped != policy.Could(rule, person(who)) {
			t.Fatalf("an approval of %s brings %+v forward: %v\nit becomes %+v", who, rule, helped, after)
		}
	}
}

func TestTheStricterOfTwoPoliciesAsksAllThatEitherAsks(t *testing.T) {
	one, two := 1, 2
	noon := model.Freeze{From: model.Moment{Day: time.Monday}, To: model.Moment{Day: time.Tuesday}, Zone: time.UTC}
	a := model.Policy{Expires: time.Hour, MaxDeletions: &two, Protected: []string{"/a"}, BreakGlass: []string{"ada@example.com"}, Freezes: []model.Freeze{noon}, Rules: []model.ApprovalRule{{Approvals: 1}}}
	b := model.Policy{FourEyes: true, Expires: 2 * time.Hour, MaxDeletions: &one, Protected: []string{"/b"}, BreakGlass: []string{"bob@example.com"}, Freezes: []model.Freeze{noon}, Rules: []model.ApprovalRule{{Approvals: 1}, {Approvals: 2}}}
	got := policy.Stricter(a, b)
	if !got.FourEyes || got.Expires != time.Hour || *got.MaxDeletions != 1 || len(got.Protected) != 2 || len(got.Freezes) != 1 || len(got.Rules) != 2 {
		t.Errorf("got %+v", got)
	}
	if !slices.Equal(got.BreakGlass, a.BreakGlass) {
		t.Errorf("the glass may be broken by %v", got.BreakGlass)
	}
	if got = policy.Stricter(model.Policy{}, b); got.Expires != 2*time.Hour || *got.MaxDeletions != 1 || len(got.BreakGlass) != 0 {
		t.Errorf("beside no policy: %+v", got)
	}
}
