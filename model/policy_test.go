package model_test

import (
	"errors"
	"fmt"
	"io"
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
