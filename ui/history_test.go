package ui

import (
	"context"
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"plumb/gitops/objects"
	"plumb/model"
	"plumb/ui/action"
)

// git runs git in the demo's repository, as a colleague or a program beside plumb would.
func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", append([]string{"-C", dir, "-c", "user.name=Mallory Quick", "-c", "user.email=mallory@shop.example"}, args...)...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// looksAround lets the screen notice what happened to the repository.
func (s *screen) looksAround() {
	s.pass(watchTime)
	s.pass(watchTime)
}

func TestCommitsOfOthersAppearByThemselves(t *testing.T) {
	s, world := openStory(t, 160, 45, Options{})
	s.looksAround()
	for range 20 {
		s.press("j")
	}
	at, height := s.app.history.hash(), s.app.history.list.Cursor()-s.app.history.list.Offset()
	git(t, world.Repository, "commit", "--allow-empty", "-m", "Somebody else was quicker")
	s.looksAround()
	if s.app.history.hash() != at || s.app.history.list.Cursor()-s.app.history.list.Offset() != height {
		t.Error("what the reader looked at moved")
	}
	s.press("g")
	s.sees("Somebody else was quicker")
	// History that was rewritten is the one that is shown.
	git(t, world.Repository, "reset", "--soft", "HEAD~1")
	s.looksAround()
	s.seesNot("Somebody else was quicker")
}

func TestFetchBringsWhatOthersPushed(t *testing.T) {
	s, world := openStory(t, 160, 45, Options{})
	elsewhere := filepath.Join(t.TempDir(), "origin")
	git(t, world.Repository, "clone", "-q", "--bare", ".", elsewhere)
	git(t, world.Repository, "remote", "add", "origin", elsewhere)
	colleague := filepath.Join(t.TempDir(), "colleague")
	git(t, world.Repository, "clone", "-q", elsewhere, colleague)
	git(t, colleague, "commit", "-q", "--allow-empty", "-m", "Pushed by a colleague")
	git(t, colleague, "push", "-q")
	s.press("f")
	s.sees("fetched")
	s.press(":")
	s.write("history of origin/main")
	s.press("enter")
	s.sees("Pushed by a colleague", "[origin/main]")
	s.press("esc")
	s.seesNot("Pushed by a colleague")
	git(t, world.Repository, "remote", "set-url", "origin", filepath.Join(t.TempDir(), "gone"))
	s.press("f")
	s.sees("Not fetched")
}

func TestMergesUnfoldInPlace(t *testing.T) {
	s, world := openStory(t, 160, 45, Options{})
	s.sees("first parent", "#438 Slow down who guesses passwords")
	before := s.app.history.rows.Len()
	s.press("j", "o")
	s.sees("○─╮")
	if n := s.app.history.rows.Len(); n <= before {
		t.Errorf("unfolded, there are %d rows of %d", n, before)
	}
	s.press("j", "o")
	s.seesNot("○─╮")
	if n := s.app.history.rows.Len(); n != before {
		t.Errorf("folded again, there are %d rows of %d", n, before)
	}
	s.press("M")
	s.seesNot("first parent")
	s.sees("○─╮", " 60 ")
	// A commit inside a folded merge is found, and unfolded to be seen.
	s.press("M")
	s.goesTo(world.Bad)
	if s.app.history.hash() != world.Bad {
		t.Error("the commit that was asked for is hidden")
	}
}

func TestTheCursorStaysNearWhereTheFilterWasBegun(t *testing.T) {
	s, _ := openStory(t, 160, 45, Options{})
	s.press("j", "j")
	s.press("/")
	s.write("is:production since:1w")
	s.sees("since:1w ×", "▌  ·", "Renew the certificate")
	if got := s.app.history.list.Cursor(); got != 1 {
		t.Errorf("the cursor is on row %d of what matches, and was between the first two", got)
	}
	s.press("esc")
	if got := s.app.history.list.Cursor(); got != 2 {
		t.Errorf("the input was left, and the cursor is on row %d", got)
	}
}

// signers counts how often signatures are asked about, and never knows.
type signers struct {
	source
	asked int
}

func (s *signers) Signatures(context.Context, []model.Hash) (map[model.Hash]objects.Signing, error) {
	s.asked++
	return nil, errors.New("nobody can tell")
}

// Verifying costs a process each, so a key that is held down must not begin it anew with every step.
func TestASignatureThatCannotBeCheckedIsAskedAboutOnce(t *testing.T) {
	ws, world, now := story(t)
	key := filepath.Join(t.TempDir(), "key")
	if out, err := exec.CommandContext(t.Context(), "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	git(t, world.Repository, "-c", "gpg.format=ssh", "-c", "user.signingkey="+key, "commit", "-q", "-S", "--allow-empty", "-m", "Signed")
	src := &signers{source: opened{ws}}
	s := openScreen(t, src, 160, 45, now(), Options{Workspace: ws, Trusted: true})
	s.sees("Signed")
	s.press("j", "j", "j", "k", "k", "k")
	if src.asked != 1 {
		t.Errorf("asked %d times", src.asked)
	}
}

func TestTheNextMatchUnfoldsTheMergeThatHidesIt(t *testing.T) {
	s, world := openStory(t, 160, 45, Options{})
	s.press("/")
	s.write("Tighten proxy timeouts")
	s.sees("1 match", "#431")
	s.press("enter", "n")
	s.sees("Tighten proxy timeouts", "1 of 1")
	if s.app.history.hash() != world.Bad {
		t.Error("the cursor is not on the match")
	}
}

func TestFiltersOfTheDemoFindWhatTheyName(t *testing.T) {
	s, _ := openStory(t, 160, 45, Options{})
	for filter, want := range map[string][]string{
		"is:production since:4d":                               {"#438", "Be ready for the sale"},
		"env:dev author:dan":                                   {"Try HTTP/3"},
		"target:production/web #43":                            {"#438"},
		"resource:web-2:/etc/nginx/conf.d/proxy.conf since:1w": {"#431"},
		"-G proxy_connect_timeout":                             {"Be ready"},
		"~slwpsswd":                                            {"Slow down who guesses passwords"},
		"is:request !author:bob":                               {"#424"},
	} {
		s.press("/")
		s.press("ctrl+u")
		s.write(filter)
		s.sees(want...)
		s.press("enter")
		s.press("esc")
	}
	s.press("/")
	s.write("au")
	s.sees("author:")
	s.press("tab")
	s.write("dan")
	s.press("enter")
	s.sees(" author:dan × ")
	zone := s.app.history.chips[0]
	r := s.app.frame.panes[action.History]
	s.send(tea.MouseClickMsg{X: r.x + zone.to - 1, Y: r.y + 1, Button: tea.MouseLeft})
	s.seesNot("author:dan")
}
