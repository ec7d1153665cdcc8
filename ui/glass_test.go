package ui

import (
	"context"
	"strings"
	"testing"
	"time"

	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/policy"
)

// strict is a source whose changes are judged by a policy.
type strict struct {
	*scripted
	glass string // Why it was broken.
}

func (s *strict) Review(_ context.Context, c model.Change) (workspace.Review, error) {
	f := policy.Facts{Environment: s.envs[0], Change: c, Now: noon}
	r := workspace.Review{Holds: true, At: noon, Rules: policy.Decide(f)}
	f.Applier = s.Self()
	r.Applied, r.Glass = policy.Decide(f), policy.MayBreakGlass(f, s.Self()) == nil
	return r, nil
}

func (s *strict) BreakGlass(ctx context.Context, _ model.ChangeID, why string, watch func(model.Event)) (model.Run, error) {
	s.glass = why
	return s.run(ctx, watch)
}

// frozen is an environment with a freeze, and a group that has to approve.
func frozen(glass ...string) model.Environment {
	return model.Environment{Name: "staging", Policy: model.Policy{
		BreakGlass: glass,
		Freezes: []model.Freeze{{
			From: model.Moment{At: noon.Add(-time.Hour)}, To: model.Moment{At: noon.Add(24 * time.Hour)}, Zone: time.UTC, Why: "moving house",
		}},
		Rules: []model.ApprovalRule{{Approvals: 1, By: []string{"dba"}, People: []string{"carol@shop.example"}}},
	}}
}

func openStrict(t *testing.T, env model.Environment) (*strict, *screen) {
	t.Helper()
	c := openChange("staging")
	c.State = model.Sealed
	src := &strict{scripted: &scripted{envs: []model.Environment{env}, changes: []model.Change{c}}}
	src.run = func(context.Context, func(model.Event)) (model.Run, error) {
		return model.Run{ID: "7c41", Started: noon, Outcome: model.RunApplied}, nil
	}
	return src, openScreen(t, src, 160, 45, noon, Options{Trusted: true})
}

func TestARuleThatIsNotMetSaysWhoCouldHelp(t *testing.T) {
	_, s := openStrict(t, frozen())
	s.press("3")
	s.sees("✗ staging is frozen until", "✗ approvals 0 of 1 by dba  from carol@shop.example", "missing: 1 approval by dba, from carol@shop.example")
	s.press("A")
	s.sees("staging is frozen until")
	s.press("a")
	s.sees("yours does not count")
}

func TestBreakingTheGlassTakesTheNameAndAReason(t *testing.T) {
	src, s := openStrict(t, frozen("ada@shop.example"))
	s.press("3", "A")
	s.pass(quietTime)
	s.sees("✗ staging is frozen until", "moving house", "missing: the end of the freeze, or broken glass, from ada@shop.example",
		"✗ approvals 0 of 1 by dba", "missing: 1 approval by dba, from carol@shop.example", "the glass can be broken", "type staging and why")
	s.press("y", "enter", "ctrl+y")
	for range 10 {
		s.press("backspace")
	}
	s.press(strings.Split("staging", "")...)
	s.press("ctrl+y")
	s.press("space", "space", "ctrl+y")
	if src.glass != "" {
		t.Fatalf("the glass was broken without a reason: %q", src.glass)
	}
	s.press(strings.Split("fire", "")...)
	s.sees("ctrl+y  break the glass")
	s.press("ctrl+y")
	if src.glass != "fire" {
		t.Errorf("it was broken because %q", src.glass)
	}
}
