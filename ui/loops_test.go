package ui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plumb/model"
	"plumb/ui/action"
)

// consents says yes as production asks for it: after a moment, by its name.
func (s *screen) consents() {
	s.t.Helper()
	s.pass(quietTime)
	s.write("production")
	s.press("ctrl+y")
}

// sealsWith gives a reason and seals the draft on the screen.
func (s *screen) sealsWith(reason string) {
	s.t.Helper()
	s.write(reason)
	s.press("ctrl+y")
	s.sees("Change", "sealed")
}

func (s *screen) selectsResource(name string) {
	s.t.Helper()
	s.press("2", "g")
	for range 40 {
		if r := s.app.live.resource(s.app); r != nil && strings.HasSuffix(string(r.Address), name) {
			return
		}
		s.press("j")
	}
	s.t.Fatalf("%s is not in Live:\n%s", name, s.text())
}

func (s *screen) approvesAndApplies() {
	s.t.Helper()
	s.press("a")
	s.sees("Approve “", "PRODUCTION")
	s.consents()
	s.press("A")
	s.sees("Apply “", "PRODUCTION")
	s.consents()
	s.sees("✓ applied")
	s.press("esc")
}

func onHost(t *testing.T, repository, host, path string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(repository, "..", "hosts", host, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestDriftIsRestored(t *testing.T) {
	s, world := openStory(t, 160, 45, Options{})
	s.sees("PRODUCTION  2 drifted")
	s.selectsResource("nginx.conf")
	s.sees("drifted in production", "git", "live", "4096")
	s.press("x")
	s.sees("Draft  Restore web-2:/etc/nginx/nginx.conf", "PRODUCTION", "~1 update", "undo clean", "a reason is missing")
	s.press("ctrl+y")
	s.sees("a reason is missing")
	s.sealsWith("nobody may edit it by hand")
	s.approvesAndApplies()
	s.sees("PRODUCTION  1 drifted")
	if got := onHost(t, world.Repository, "web-2", "etc/nginx/nginx.conf"); strings.Contains(got, "4096") {
		t.Errorf("the edit by hand is still there:\n%s", got)
	}
}

func TestDriftIsAdopted(t *testing.T) {
	s, world := openStory(t, 160, 45, Options{})
	s.selectsResource("nginx.conf")
	s.press("m")
	s.sees("Draft  Adopt", "writes a commit onto main", "nothing is written in production: git takes over what is live")
	s.sealsWith("the sale needs it")
	// Who judges it sees what git would say.
	s.sees("only in git afterwards", "4096")
	s.approvesAndApplies()
	s.press("1", "g")
	s.sees("prd Adopt web-2:/etc/nginx/nginx.co")
	if got := onHost(t, world.Repository, "web-2", "etc/nginx/nginx.conf"); !strings.Contains(got, "4096") {
		t.Errorf("what was adopted is gone:\n%s", got)
	}
}

func TestStagedResourcesBecomeOneChange(t *testing.T) {
	s, _ := openStory(t, 160, 45, Options{})
	s.selectsResource("nginx.conf")
	s.press("s")
	s.selectsResource("logrotate.d/nginx")
	s.press("s")
	s.sees("2 resources picked", "staged, not sealed  2 resources")
	s.press("x")
	s.sees("~1 update  +1 create")
	s.sealsWith("both")
	s.seesNot("staged, not sealed")
}

func TestRevisionIsDeployedToAnotherEnvironment(t *testing.T) {
	s, _ := openStory(t, 160, 45, Options{})
	for s.app.env().Name != "staging" {
		s.press("e")
	}
	s.sees("▌staging  2 pending")
	s.press("1", "g", "d")
	s.sees("Draft  Deploy", "for staging")
	s.sealsWith("the week's changes")
	s.press("A")
	s.sees("Apply “Deploy")
	s.pass(quietTime)
	s.sees("y  apply it")
	s.press("y")
	s.sees("✓ applied")
	s.press("q")
	s.sees("▌staging  in sync")
}

func TestBadCommitIsRolledBack(t *testing.T) {
	s, world := openStory(t, 160, 45, Options{})
	s.goesTo(world.Bad)
	s.press("R")
	s.sees("Draft  Roll back", "PRODUCTION", "comes back exactly", "afterwards")
	s.sealsWith("customers see errors")
	s.approvesAndApplies()
	s.sees("hold")
	if got := onHost(t, world.Repository, "web-1", "etc/nginx/conf.d/proxy.conf"); !strings.Contains(got, "proxy_read_timeout     60s") {
		t.Errorf("the bad timeout is still there:\n%s", got)
	}
}

func TestChangeIsGivenUp(t *testing.T) {
	s, world := openStory(t, 160, 45, Options{})
	s.press("3")
	s.app.change.choose(world.Waiting)
	s.press("X")
	s.sees("Give up “")
	s.pass(quietTime)
	s.press("y")
	s.sees("is given up")
	if c := s.app.change.selected(); c == nil || c.ID != world.Waiting || c.State != model.Abandoned {
		t.Errorf("the change is %+v", c)
	}
}

func TestReadOnlyScreenSaysWhyItRefuses(t *testing.T) {
	s, _ := openStory(t, 160, 45, Options{ReadOnly: true})
	s.sees("read-only")
	s.selectsResource("nginx.conf")
	s.press("x")
	s.sees("cannot restore: plumb was started read-only")
	if len(s.app.dialogs) != 0 || s.app.scope() != action.Live {
		t.Error("a dialog opened all the same")
	}
}

func TestRevisionsAreComparedWithEachOtherAndWithLive(t *testing.T) {
	s, _ := openStory(t, 160, 45, Options{})
	s.press("1", "g", "j", "c", "j", "j", "j", "c")
	s.sees("from ", "to ", "goes back", "files", "split ─ 1/")
	s.press("-")
	s.sees("▌History")
	s.press("c")
	s.sees("is marked")
	s.press("2", "c")
	s.sees("beside what is live in production", "difference")
	s.press("esc", ":")
	s.write("compare live:staging git:staging")
	s.press("enter")
	s.sees("live:staging", "git:staging")
}
