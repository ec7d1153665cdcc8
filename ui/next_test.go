package ui

import (
	"slices"
	"testing"

	"plumb/model"
	"plumb/ui/action"
)

// A key that does nothing where it is pressed says so, and where it does something.
func TestNoKeyIsSilent(t *testing.T) {
	s, _ := openStory(t, 120, 36, Options{})
	s.press("2", "X")
	s.sees("X is “abandon” in Change, and nothing here")
	s.press("=")
	s.sees("= does nothing; ? shows every key")
	s.press("1", "esc")
	s.sees("this is the first level; q leaves plumb")
}

func TestEscGoesFromARunToTheListItWasOpenedFrom(t *testing.T) {
	s, _ := openStory(t, 120, 36, Options{})
	s.press(":")
	s.write("runs")
	s.press("enter", "enter")
	s.sees("▌Run ", "R roll back", "esc back")
	s.press("esc")
	s.sees("▌Runs")
	s.press("esc")
	s.sees("▌History")
}

// What stands in Diff is what its keys are about, not what is selected in a pane that is not looked at.
func TestKeysInDiffAreAboutWhatIsShown(t *testing.T) {
	s, world := openStory(t, 120, 36, Options{})
	s.selectsResource("nginx.conf")
	s.press("enter", "a")
	s.sees("cannot approve: what is shown here is no change")
	s.press("3")
	s.app.change.choose(world.Waiting)
	s.run(s.app.showSelected())
	s.settle()
	s.press("4", "x")
	s.sees("cannot restore: what is shown here is no live resource")
	s.press("a")
	s.sees("Approve “")
}

// Going to the environment of a run sorts the changes anew, and must not lead to another one.
func TestRollingBackFromARunIsAboutItsChange(t *testing.T) {
	s, _ := openStory(t, 160, 45, Options{})
	s.press(":")
	s.write("runs")
	s.press("enter")
	i := slices.IndexFunc(s.app.runs.all, func(r model.Run) bool { return r.Environment == "staging" })
	s.app.runs.list.SetCursor(i)
	s.press("enter")
	want := s.app.run.run.Change
	s.press("R")
	d := s.app.drafting()
	if d == nil {
		t.Fatalf("no draft:\n%s", s.text())
	}
	if d.req.Environment != "staging" || d.req.Subject != string(want) {
		t.Errorf("the draft is about %s in %s, want %s in staging", d.req.Subject, d.req.Environment, want)
	}
}

// At 80x24 one pane is on the screen: the others are named, and so is the way back.
func TestOnASmallScreenThereIsAWayToTheOtherPanes(t *testing.T) {
	s, _ := openStory(t, 80, 24, Options{})
	for _, p := range []struct {
		key  string
		sees string
	}{{"1", "tab Live"}, {"2", "tab Change"}, {"3", "tab Diff"}, {"4", "esc back"}} {
		s.press(p.key)
		s.sees(p.sees, "? help")
	}
	s.press("esc")
	if s.app.shape.focus != action.Change {
		t.Errorf("esc went from Diff to %s, want the pane that was left", s.app.shape.focus)
	}
}

// The key for the previous view goes to and fro between the last two places, as cd - does.
func TestThePreviousViewIsWhereOneWas(t *testing.T) {
	s, _ := openStory(t, 160, 45, Options{})
	s.press("-")
	s.sees("previous view: nothing was shown before")
	s.press("3", "-")
	s.sees("▌History")
	s.press("-")
	s.sees("▌Change")
	s.press("w", "-")
	s.sees("▌Change")
	s.press("-")
	s.sees("▌What ran")
}

// Targets answer in any order; whoever comes to Live later finds the worst of all under the cursor.
func TestTheCursorOfLiveWaitsForAllTargets(t *testing.T) {
	env := model.Environment{Name: "prod", Targets: []model.Target{{Name: "web"}, {Name: "edge"}}}
	s := openScripted(t, &scripted{envs: []model.Environment{env}, entries: commits(3)}, 160, 45)
	resource := func(target, name string, status model.Status) model.Resource {
		return model.Resource{Target: target, Address: model.Address(name), Group: "h", Name: name, Status: status}
	}
	e := s.app.env()
	e.obs, e.partial = nil, []model.Resource{resource("edge", "/etc/edge", model.Pending)}
	s.app.live.rows = nil
	s.app.live.refill(s.app)
	e.partial = append(e.partial, resource("web", "/etc/web", model.Missing))
	s.app.live.refill(s.app)
	if r := s.app.live.resource(s.app); r == nil || r.Name != "/etc/web" {
		t.Errorf("the cursor is on %v; want the missing file of the first target", r)
	}

	// Under the eyes of the operator it stays where it is.
	s.press("2", "j")
	on := s.app.live.resource(s.app)
	e.partial = append(e.partial, resource("web", "/etc/a", model.Missing))
	s.app.live.refill(s.app)
	if now := s.app.live.resource(s.app); (now == nil) != (on == nil) || now != nil && now.Name != on.Name {
		t.Errorf("the cursor went from %v to %v", on, now)
	}
}
