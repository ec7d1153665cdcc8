package ui

import (
	"testing"

	"plumb/model"
)

func TestAChangeIsRefusedWithAReasonAndThatIsTakenBack(t *testing.T) {
	s, world := openStory(t, 160, 45, Options{})
	s.press("3")
	s.app.change.choose(world.Waiting)
	s.press("!")
	s.sees("Refuse “", "PRODUCTION", "nobody can apply the change")
	s.pass(quietTime)
	s.sees("why is missing")
	s.press("ctrl+y")
	s.sees("Refuse “") // Nothing was said yet.
	s.write("not before the sale")
	s.press("ctrl+y")
	s.sees("is refused", "refused it: not before the sale")
	if c := s.app.change.selected(); len(c.Refusals) != 1 || c.Refusals[0].Void != "" {
		t.Fatalf("the refusals are %+v", c.Refusals)
	}
	s.press("u")
	s.sees("Take back what you said")
	s.pass(quietTime)
	s.press("y")
	if c := s.app.change.selected(); c.Refusals[0].Void == "" {
		t.Errorf("the refusals are %+v", c.Refusals)
	}
}

func TestAResourceIsHeldFromTheScreen(t *testing.T) {
	s, _ := openStory(t, 160, 45, Options{})
	s.selectsResource("nginx.conf")
	s.press("p")
	s.sees("Hold web-2:/etc/nginx/nginx.conf", "until the hold is lifted", "empty until it is lifted")
	s.pass(quietTime)
	s.write("Dan looks at it")
	s.press("tab")
	s.write("soon")
	s.press("ctrl+y")
	s.sees("nobody can read \"soon\" as a time")
	s.press("ctrl+u")
	s.write("2h")
	s.press("ctrl+y")
	s.sees("plumb hold lift ends it")
	holds := s.app.env().obs.Holds
	if len(holds) != 1 || holds[0].Why.String() != "Dan looks at it" || holds[0].Until.Sub(holds[0].Since).Hours() > 2 || !holds[0].Covers(model.Address("web-2:/etc/nginx/nginx.conf")) {
		t.Errorf("held is %+v", holds)
	}
}
