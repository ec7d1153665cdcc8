package model_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"plumb/model"
	"plumb/model/text"
)

func person(email string) model.Principal {
	return model.Principal{Name: text.Line(email), Email: text.Line(email)}
}

// sealed is Ada's change as it was sealed.
func sealed() model.Change {
	c := model.Change{
		ID: "deploy-production-c2-0102", Environment: "production", Kind: model.Deploy, Title: text.Lit("Deploy c2"), Reason: text.Lit("it is time"),
		Author: person("ada@example.com"), SealedAt: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC),
		Subject: "c2", Addresses: []string{"web/web-1:/a"}, Base: "b1", Revision: "c2", Onto: "refs/heads/main",
		Commits: []model.Hash{"c2", "c1"}, Plans: []model.PlanRef{aPlan().Ref()}, State: model.Sealed,
	}
	c.Digest = c.Seal()
	return c
}

func approved(c model.Change, by ...string) model.Change {
	for _, email := range by {
		c.Approvals = append(c.Approvals, model.Approval{By: person(email), Change: c.ID, Commit: c.Revision, Digest: c.Digest})
	}
	return c
}

func TestASealCoversAllThatWasShown(t *testing.T) {
	was := sealed().Seal()
	for name, change := range map[string]func(*model.Change){
		"id":                  func(c *model.Change) { c.ID = "other" },
		"environment":         func(c *model.Change) { c.Environment = "staging" },
		"kind":                func(c *model.Change) { c.Kind = model.Rollback },
		"title":               func(c *model.Change) { c.Title = text.Lit("Harmless") },
		"reason":              func(c *model.Change) { c.Reason = text.Lit("no reason") },
		"subject":             func(c *model.Change) { c.Subject = "c3" },
		"addresses":           func(c *model.Change) { c.Addresses = nil },
		"addresses, joined":   func(c *model.Change) { c.Addresses = []string{`web/web-1:/a" "web/web-1:/b`} },
		"base":                func(c *model.Change) { c.Base = "" },
		"revision":            func(c *model.Change) { c.Revision = "c3" },
		"branch":              func(c *model.Change) { c.Onto = "refs/heads/other" },
		"commits":             func(c *model.Change) { c.Commits = c.Commits[:1] },
		"plans":               func(c *model.Change) { c.Plans = nil },
		"target":              func(c *model.Change) { c.Plans[0].Target = "db" },
		"plan":                func(c *model.Change) { c.Plans[0].Digest = "sha256:0" },
		"title with a line":   func(c *model.Change) { c.Title = text.Clean("Deploy c2\"\nreason \"x") },
		"order of the plans":  func(c *model.Change) { c.Plans = []model.PlanRef{{Target: "a"}, c.Plans[0]} },
		"order of the plans ": func(c *model.Change) { c.Plans = []model.PlanRef{c.Plans[0], {Target: "a"}} },
	} {
		c := sealed()
		change(&c)
		if c.Seal() == was {
			t.Errorf("an approval would still hold after %s changed", name)
		}
	}
	c := sealed()
	c.SealedAt, c.Author, c.State, c.Note, c.Run = time.Time{}, person("bob@example.com"), model.Void, "moved", "r1"
	c = approved(c, "bob@example.com")
	if c.Seal() != was {
		t.Error("what becomes of a change is not to change what it is")
	}
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
			rules := model.Decide(env, tt.change)
			if model.Allowed(rules) != tt.ok {
				t.Errorf("it may be applied: %v, want %v: %+v", !tt.ok, tt.ok, rules)
			}
			if tt.got != "" && !containsRule(rules, tt.got) {
				t.Errorf("no rule says %q: %+v", tt.got, rules)
			}
			env.ReadOnly = true
			if model.Allowed(model.Decide(env, tt.change)) {
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
			err := model.MayApprove(tt.env, tt.change, person(tt.who))
			switch {
			case tt.refused == "" && err != nil:
				t.Errorf("refused: %v", err)
			case tt.refused != "" && (!errors.Is(err, model.ErrRefused) || !strings.Contains(err.Error(), tt.refused) || model.Hint(err) == ""):
				t.Errorf("error is %v with the hint %q, want a refusal that says %q and a way out", err, model.Hint(err), tt.refused)
			}
		})
	}
}

func TestErrorsKeepTheirClassAndTheirWayOut(t *testing.T) {
	refused := model.Refuse("ask %d colleagues", "no: %s", "not yet")
	if refused.Error() != "no: not yet" || model.Hint(refused) != "ask %d colleagues" {
		t.Errorf("it says %q and hints %q", refused, model.Hint(refused))
	}
	for name, err := range map[string]error{
		"wrapped":       fmt.Errorf("apply: %w", refused),
		"wrapped twice": fmt.Errorf("a: %w", fmt.Errorf("b: %w", refused)),
		"joined":        errors.Join(io.EOF, refused),
	} {
		if !errors.Is(err, model.ErrRefused) || errors.Is(err, model.ErrUncertain) || model.Hint(err) != "ask %d colleagues" {
			t.Errorf("%s: refused %v, hint %q", name, errors.Is(err, model.ErrRefused), model.Hint(err))
		}
	}
	outer := model.WithHint(refused, "try %s", "that")
	if model.Hint(outer) != "try that" || !errors.Is(outer, model.ErrRefused) {
		t.Errorf("the hint nearest to the person is %q", model.Hint(outer))
	}
	if model.WithHint(nil, "x") != nil || model.Hint(nil) != "" || model.Hint(io.EOF) != "" {
		t.Error("no error has no hint")
	}
	if err := model.WithHint(fmt.Errorf("%w (%w)", io.EOF, model.ErrUncertain), "look"); !errors.Is(err, model.ErrUncertain) || !errors.Is(err, io.EOF) {
		t.Errorf("a hint hides what it was given: %v", err)
	}
}

func TestNothingComesAfterTheEndOfAStep(t *testing.T) {
	for phase, want := range map[model.Phase]bool{
		model.PhaseBegin: false, model.PhaseProgress: false,
		model.PhaseDone: true, model.PhaseSkipped: true, model.PhaseFailed: true, model.PhaseUnknown: true,
	} {
		if phase.IsEnd() != want {
			t.Errorf("%s ends a step: %v, want %v", phase, phase.IsEnd(), want)
		}
	}
}

func TestChangeMayBeAppliedWhenTheChecksThatCountHavePassed(t *testing.T) {
	result := func(name string, state model.CheckState, advisory bool) model.CheckResult {
		return model.CheckResult{Name: name, State: state, Advisory: advisory}
	}
	tests := []struct {
		checks []model.CheckResult
		ok     bool
		want   string
	}{
		{nil, true, ""},
		{[]model.CheckResult{result("a", model.CheckSkipped, false), result("b", model.CheckFailed, true)}, true, ""},
		{[]model.CheckResult{result("a", model.CheckPassed, false), result("b", model.CheckFailed, true)}, true, "checks 1 of 1"},
		{[]model.CheckResult{result("a", model.CheckPassed, false), result("b", model.CheckFailed, false)}, false, "checks 1 of 2: b failed"},
		{[]model.CheckResult{result("a", model.CheckNotRun, false), result("b", model.CheckRunning, false)}, false, "checks 0 of 2: a not run, b running"},
	}
	for _, tt := range tests {
		rules := model.Decide(model.Environment{Name: "staging"}, model.Change{State: model.Approved, Checks: tt.checks})
		got := ""
		for _, r := range rules {
			got += r.Text
		}
		if got != tt.want || model.Allowed(rules) != tt.ok {
			t.Errorf("%v: %q, allowed %v", tt.checks, got, model.Allowed(rules))
		}
	}
}
