package ui

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/golden"

	"plumb/model"
)

// stages picks drift to be restored and to be adopted, and a commit to be taken back.
func (s *screen) stages() {
	s.t.Helper()
	s.selectsResource("logrotate.d/nginx")
	s.press("s")
	s.selectsResource("nginx.conf")
	s.press("M")
	s.sees("2 resources picked: ctrl+y makes one change of it")
}

func TestAMixedStageBecomesOneChange(t *testing.T) {
	s, world := openStory(t, 160, 45, Options{})
	s.stages()
	s.goesTo(world.Bad)
	s.press("1", "s")
	s.sees("staged, not sealed  2 resources, 1 commit", "restore web-2:/etc/logrotate.d/nginx", "adopt   web-2:/etc/nginx/nginx.conf", "revert  "+world.Bad.Short())
	s.press("2", "x")
	s.sees("cannot restore: what is staged is of several kinds")
	s.press("3", "g")
	s.sees("Staged, not sealed in production", "3 steps", "undo clean", "+ create", "one commit: Restore web-2:/etc/logrotate.d/nginx, adopt")
	s.press("ctrl+y")
	s.sees("Draft  Restore web-2:/etc/logrotate.d/nginx, adopt", "title  Restore web-2", "writes a commit onto main")
	s.press("tab", "ctrl+u")
	s.write("Clean up")
	s.press("tab")
	s.sealsWith("after the sale")
	s.sees("prd Clean up")
	s.seesNot("staged, not sealed")
	if c := s.app.change.selected(); c == nil || c.Kind != model.Compose || len(c.Picks) != 3 {
		t.Fatalf("the change is %+v", c)
	}
	s.approvesAndApplies()
	if got := onHost(t, world.Repository, "web-2", "etc/nginx/nginx.conf"); !strings.Contains(got, "4096") {
		t.Errorf("what was adopted is gone:\n%s", got)
	}
	if got := onHost(t, world.Repository, "web-2", "etc/logrotate.d/nginx"); got == "" {
		t.Error("what was missing was not restored")
	}
	if got := onHost(t, world.Repository, "web-1", "etc/nginx/conf.d/proxy.conf"); !strings.Contains(got, "proxy_read_timeout     60s") {
		t.Errorf("the bad timeout is still there:\n%s", got)
	}
}

func TestPicksArePutBackWhereTheyCameFromAndInTheStage(t *testing.T) {
	s, world := openStory(t, 160, 45, Options{})
	s.stages()
	s.goesTo(world.Bad)
	s.press("1", "s")
	s.press("3", "g", "j")
	s.sees("2 resources, 1 commit")
	s.press("delete")
	s.sees("1 resource, 1 commit")
	s.seesNot("restore web-2:/etc/logrotate.d/nginx")
	s.goesTo(world.Bad)
	s.press("1", "s")
	s.sees("staged, not sealed  1 resource")
	// M again puts it back, s gives it the other verb.
	s.selectsResource("nginx.conf")
	s.press("s")
	s.sees("restore web-2:/etc/nginx/nginx.conf")
	s.selectsResource("nginx.conf")
	s.press("s")
	s.sees("nothing is picked any more")
	s.seesNot("staged, not sealed")
	s.stages()
	s.press("Z")
	s.sees("put back: 2 resources; nothing was changed by it")
	s.seesNot("staged, not sealed")
	s.press("Z")
	s.sees("nothing is staged")
}

func TestWhatDoesNotGoTogetherIsSaidAtTheStage(t *testing.T) {
	s, world := openStory(t, 160, 45, Options{})
	s.stages()
	waits := s.app.history.rows.Entry(0).Commit
	s.press("1", "g", "s")
	s.press("3", "g")
	s.sees("✗ cannot be", waits.Hash.Short()+" is not live in production", "take it back in a change of its own")
	for range 3 {
		s.press("j")
	}
	s.sees("✗ revert  " + waits.Hash.Short())
	s.press("delete")
	s.seesNot("✗ cannot be", "is not live in production")
	s.sees("1 step")
	_ = world
}

func TestAStaleAnswerOfTheStageIsDropped(t *testing.T) {
	s, _ := openStory(t, 160, 45, Options{})
	s.stages()
	e := s.app.env()
	id, version := e.stage.ask.id, e.stage.version
	s.send(answer[previewed]{to: &e.stage.ask, id: id, value: previewed{env: e.Name}})
	if e.stage.draft == nil {
		t.Error("an answer that nobody waited for was taken")
	}
	s.selectsResource("nginx.conf")
	s.deliver(keyNamed("s"))
	if e.stage.version == version || e.stage.draft != nil {
		t.Error("what the earlier picks would do is still shown")
	}
	s.send(stageMsg{e.Name, version})
	if e.stage.draft == nil {
		t.Error("the newer picks were not worked out")
	}
}

// edits lets a script be the editor.
func (s *screen) edits(script string) *string {
	s.t.Helper()
	file := filepath.Join(s.t.TempDir(), "editor")
	if err := os.WriteFile(file, []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		s.t.Fatal(err)
	}
	s.t.Setenv("GIT_EDITOR", file)
	where := new(string)
	s.app.exec = func(c *exec.Cmd, done tea.ExecCallback) tea.Cmd {
		*where = c.Args[len(c.Args)-1]
		return func() tea.Msg { return done(c.Run()) }
	}
	return where
}

func TestAnEditedFileIsStaged(t *testing.T) {
	s, world := openStory(t, 160, 45, Options{})
	s.app.opt.Private = t.TempDir()
	where := s.edits(`sed -i 's/worker_connections .*/worker_connections 9000;/' "$1"`)
	s.selectsResource("nginx.conf")
	s.press("ctrl+e")
	s.sees("1 edited file", "▌  edit ", "nginx.conf", "+1 -1", "9000", "edited")
	if left, err := os.ReadDir(s.app.opt.Private); err != nil || len(left) > 0 || !strings.HasPrefix(*where, s.app.opt.Private) {
		t.Errorf("left behind in %s: %v (%v)", *where, left, err)
	}
	// What was written into git's work tree meanwhile has nothing to do with it.
	s.edits(`grep -q 9000 "$1" || exit 3; printf 'x\0y' >"$1"`)
	s.press("ctrl+e")
	s.sees("Not staged", "cannot be edited here", "is binary")
	s.press("esc")
	s.edits("exit 1")
	s.press("ctrl+e")
	s.sees("Not edited", "the editor did not end well")
	s.press("esc")
	s.press("ctrl+y")
	s.sees("Draft  Edit ")
	s.sealsWith("more connections")
	if c := s.app.change.selected(); c == nil || c.Kind != model.EditFiles {
		t.Fatalf("the change is %+v", c)
	}
	s.edits("true")
	s.selectsResource("nginx.conf")
	s.press("ctrl+e")
	s.sees("is as it was: nothing is staged of it")
	_ = world
}

func TestStageLooksAsItDid(t *testing.T) {
	s, world := openStory(t, 160, 45, Options{})
	s.stages()
	s.goesTo(world.Bad)
	s.press("1", "s", "3", "g")
	for _, size := range [][2]int{{160, 45}, {80, 24}} {
		s.app.notice = notice{}
		s.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		t.Run(map[int]string{160: "wide", 80: "small"}[size[0]], func(t *testing.T) { golden.RequireEqual(t, s.text()+"\n") })
	}
}
