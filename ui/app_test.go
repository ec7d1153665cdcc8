package ui

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/google/go-cmp/cmp"

	"plumb/gitops/history"
	"plumb/gitops/ledger"
	"plumb/gitops/objects"
	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/diff"
	"plumb/model/text"
	"plumb/ui/action"
)

// scripted is a source whose answers a test decides.
type scripted struct {
	source
	envs    []model.Environment
	info    objects.Info
	entries []history.Entry
	broken  error
	run     func(ctx context.Context, watch func(model.Event)) (model.Run, error)
	changes []model.Change
	damage  []ledger.Problem
	draft   *workspace.Draft
}

func (s *scripted) Name() string             { return "shop" }
func (s *scripted) Info() objects.Info       { return s.info }
func (s *scripted) Origin() workspace.Origin { return workspace.FromFile }
func (s *scripted) Self() model.Principal {
	return model.Principal{Name: text.Lit("Ada"), Email: text.Lit("ada@shop.example")}
}
func (s *scripted) Environments() []model.Environment         { return s.envs }
func (s *scripted) Runs(context.Context) ([]model.Run, error) { return nil, s.broken }
func (s *scripted) Changes(context.Context) ([]model.Change, error) {
	return s.changes, s.broken
}

func (s *scripted) Damage(context.Context) ([]ledger.Problem, error) { return s.damage, s.broken }

func (s *scripted) MaySign() error { return nil }

func (s *scripted) Observe(context.Context, string, func(model.Resource)) (workspace.Observation, error) {
	return workspace.Observation{}, s.broken
}

func (s *scripted) CommitFiles(context.Context, model.Hash) ([]model.FileChange, error) {
	return nil, s.broken
}

func (s *scripted) Review(_ context.Context, c model.Change) (workspace.Review, error) {
	return workspace.Review{Holds: true}, s.broken
}

func (s *scripted) Draft(ctx context.Context, _ workspace.Request) (*workspace.Draft, error) {
	return s.draft, s.broken
}

func (s *scripted) Apply(ctx context.Context, _ model.ChangeID, watch func(model.Event)) (model.Run, error) {
	return s.run(ctx, watch)
}

func (s *scripted) History(context.Context, history.Query) (feed, error) {
	return &slice{s.entries}, s.broken
}

// slice is a feed of what is there already.
type slice struct{ rest []history.Entry }

func (f *slice) Next(_ context.Context, n int) ([]history.Entry, error) {
	n = min(n, len(f.rest))
	page := f.rest[:n]
	f.rest = f.rest[n:]
	return page, nil
}

func (f *slice) Close() {}

var noon = time.Date(2026, 3, 27, 12, 0, 0, 0, time.UTC)

func commits(n int) []history.Entry {
	list := make([]history.Entry, n)
	for i := range list {
		id := model.Hash(strings.Repeat("0", 34) + text.Format("%06d", i).String())
		list[i].Commit = model.Commit{Hash: "c" + id[1:], Subject: text.Format("Change number %d", i), Author: model.Person{Name: text.Lit("Ada"), When: noon.Add(-time.Duration(i) * time.Hour)}}
	}
	return list
}

func openScripted(t *testing.T, src *scripted, w, h int) *screen {
	t.Helper()
	return openScreen(t, src, w, h, noon, Options{Trusted: true})
}

func TestEscNeverLeaves(t *testing.T) {
	s := openScripted(t, &scripted{entries: commits(5)}, 160, 45)
	s.press("enter", "esc", "esc", "esc", "z", "esc", "esc", "?", "esc", "w", "esc", "esc")
	if s.quit {
		t.Error("plumb was left with esc")
	}
	s.press("w", "q")
	if s.quit {
		t.Error("q in a view left plumb and not the view")
	}
	s.press("q")
	if !s.quit {
		t.Error("q on the main screen did not leave")
	}
}

func TestHistoryIsReadInPagesAsTheCursorComesNear(t *testing.T) {
	s := openScripted(t, &scripted{entries: commits(1000)}, 160, 45)
	if n := len(s.app.history.entries); n != firstPage {
		t.Errorf("%d commits were read for the first screen, want %d", n, firstPage)
	}
	s.sees("100+")
	s.press("G", "G", "G", "G", "G", "G", "G")
	s.sees("1,000", "Change number 999")
	s.seesNot("1,000+")
}

func TestSearchGoesFromMatchToMatch(t *testing.T) {
	s := openScripted(t, &scripted{entries: commits(40)}, 160, 45)
	s.press("/")
	s.write("number 3")
	s.sees("/number 3", "11 matches", "1 of 11")
	s.press("enter", "n")
	s.sees("2 of 11")
	s.press("N", "N")
	s.sees("11 of 11")
	s.press("esc")
	s.seesNot("of 11")
	s.press("/")
	s.write("nothing of the kind")
	s.press("enter")
	s.sees("nothing here matches")
}

func TestAnswersNobodyWaitsForAreDropped(t *testing.T) {
	s := openScripted(t, &scripted{entries: commits(5)}, 160, 45)
	q := &s.app.history.ask
	stale := answer[historyPage]{to: q, id: q.id, value: historyPage{fresh: true, end: true}}
	s.send(stale)
	if n := len(s.app.history.entries); n != 5 {
		t.Errorf("an answer that came twice left %d commits", n)
	}
	ctx, id := q.begin(t.Context(), noon)
	q.begin(t.Context(), noon)
	if ctx.Err() == nil {
		t.Error("the work for the earlier question was not cancelled")
	}
	if q.waitsFor(id) {
		t.Error("the earlier answer is still waited for")
	}
}

func TestTooSmallAScreenSaysWhatItNeedsAndTakesNoActions(t *testing.T) {
	s := openScripted(t, &scripted{entries: commits(5), envs: []model.Environment{{Name: "staging"}}}, 20, 5)
	s.sees("needs 60×15", "has 20×5")
	s.press("d", "?", ":", "x")
	if len(s.app.dialogs) > 0 {
		t.Error("a dialog opened where nobody could read it")
	}
	s.press("q")
	if !s.quit {
		t.Error("q does not leave")
	}
}

func TestTroublesAreSaidWhereTheyBelong(t *testing.T) {
	trouble := model.WithHint(errors.New("object 1234567 is missing"), "git fetch --unshallow")
	s := openScripted(t, &scripted{broken: trouble, envs: []model.Environment{{Name: "staging", Targets: []model.Target{{Name: "web"}}}}}, 160, 45)
	all := s.text()
	if n := strings.Count(all, "object 1234567 is missing"); n != 3 {
		t.Errorf("History, Live and Change say it %d times:\n%s", n, all)
	}
	s.sees("git fetch --unshallow")
	s = openScripted(t, &scripted{info: objects.Info{Head: "refs/heads/main"}}, 160, 45)
	s.sees("No history yet.", "The branch main has no commits", "No environments.")
}

// open is a sealed change that needs nothing more.
func openChange(env string) model.Change {
	return model.Change{ID: "deploy-1", Environment: env, State: model.Approved, Title: text.Lit("Deploy it"), Plans: []model.PlanRef{{Target: "web",
		Steps: []model.StepRef{{Address: "web-1:/etc/motd", Action: model.Update, Undo: model.Undo{Class: model.UndoClean}}}}}}
}

func TestKeysTypedBeforeAConfirmationDoNotAnswerIt(t *testing.T) {
	applied := false
	src := &scripted{envs: []model.Environment{{Name: "staging"}}, changes: []model.Change{openChange("staging")},
		run: func(context.Context, func(model.Event)) (model.Run, error) { applied = true; return model.Run{}, nil }}
	s := openScripted(t, src, 160, 45)
	s.press("3", "A")
	s.sees("Apply “Deploy it” for staging", "~1 update")
	for range 3 {
		s.press("y", "enter")
		s.pass(quietTime / 2)
	}
	if applied {
		t.Fatal("a key that was typed before the question applied the change")
	}
	s.pass(quietTime)
	s.sees("y  apply it")
	s.press("enter", "space", "Y", "n")
	if applied {
		t.Fatal("another key than y applied it")
	}
	s.press("y")
	if !applied {
		t.Error("y did not apply it")
	}
}

func TestGraceEndsEvenWhileKeysComeIn(t *testing.T) {
	s := openScripted(t, &scripted{}, 160, 45)
	var g grace
	g.begin(s.app)
	for range 14 {
		if ok, _ := g.takes(s.app); ok {
			t.Fatal("a key counted before its time")
		}
		s.now = s.now.Add(graceCap / 15)
	}
	s.now = s.now.Add(graceCap / 10)
	if ok, _ := g.takes(s.app); !ok {
		t.Error("keys still do not count after the longest time")
	}
}

func TestWhatCannotBeTakenBackAsksForTheName(t *testing.T) {
	for _, tc := range []struct {
		name string
		env  model.Environment
		undo model.Undo
		want string
	}{
		{"ordinary", model.Environment{Name: "staging"}, model.Undo{Class: model.UndoClean}, ""},
		{"an interruption", model.Environment{Name: "staging"}, model.Undo{Class: model.UndoDisruptive}, ""},
		{"production", model.Environment{Name: "prod", Production: true}, model.Undo{Class: model.UndoClean}, "prod"},
		{"lossy", model.Environment{Name: "staging"}, model.Undo{Class: model.UndoLossy}, "staging"},
		{"final", model.Environment{Name: "staging"}, model.Undo{Class: model.UndoFinal}, "staging"},
		{"nobody knows", model.Environment{Name: "staging"}, model.Undo{}, "staging"},
		{"may lock out", model.Environment{Name: "staging"}, model.Undo{Class: model.UndoDisruptive, LockOut: true}, "staging"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := openScripted(t, &scripted{envs: []model.Environment{tc.env}}, 160, 45)
			plans := []model.PlanRef{{Steps: []model.StepRef{{Undo: model.Undo{Class: model.UndoClean}}, {Undo: tc.undo}}}}
			c, _ := s.app.newConsent(text.Lit("apply it"), s.app.env(), plans)
			if c.word != tc.want {
				t.Fatalf("asks for %q, want %q", c.word, tc.want)
			}
			s.now = s.now.Add(quietTime)
			if c.word == "" {
				return
			}
			for _, k := range []string{"y", "ctrl+y"} {
				if yes, _ := c.key(s.app, keyNamed(k)); yes {
					t.Fatalf("%s is a yes without the name", k)
				}
			}
			c.in.set(tc.want)
			if yes, _ := c.key(s.app, keyNamed("enter")); yes {
				t.Error("enter is a yes")
			}
			if yes, _ := c.key(s.app, keyNamed("ctrl+y")); !yes {
				t.Error("the name and ctrl+y are no yes")
			}
		})
	}
}

func TestLeavingDuringARunAsksAndThenStopsIt(t *testing.T) {
	stopped := make(chan struct{})
	src := &scripted{envs: []model.Environment{{Name: "staging"}}, changes: []model.Change{openChange("staging")},
		run: func(ctx context.Context, watch func(model.Event)) (model.Run, error) {
			watch(model.Event{Target: "web", Address: "web-1:/etc/motd", Phase: model.PhaseBegin})
			<-ctx.Done()
			close(stopped)
			watch(model.Event{Target: "web", Address: "web-1:/etc/motd", Phase: model.PhaseDone})
			return model.Run{ID: "7c41", Started: noon, Outcome: model.RunPartial}, model.ErrUncertain
		}}
	s := openScripted(t, src, 160, 45)
	s.press("3", "A")
	s.pass(quietTime)
	// The run is under way until it is stopped, so nothing can be waited for here.
	s.deliver(keyNamed("y"))
	s.deliver(keyNamed("ctrl+c"))
	s.sees("A run is under way")
	if s.quit {
		t.Fatal("ctrl+c left while a run was under way")
	}
	s.deliver(keyNamed("ctrl+c"))
	<-stopped
	s.settle()
	if !s.quit {
		t.Error("plumb was not left after the run had ended")
	}
	if got := s.app.run.steps[0].phase; got != model.PhaseDone {
		t.Errorf("what happened after the stop is not known: %q", got)
	}
}

func TestMouseSelectsScrollsAndSwitches(t *testing.T) {
	s := openScripted(t, &scripted{entries: commits(60), envs: []model.Environment{{Name: "production", Production: true}, {Name: "staging"}}}, 160, 45)
	click := func(x, y int) { s.send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft}) }
	click(30, 6)
	if got := s.app.history.list.Cursor(); got != 4 {
		t.Errorf("a click on the fifth row selects row %d", got)
	}
	r := s.app.frame.panes[action.Live]
	click(r.x+3, r.y+3)
	if s.app.shape.focus != action.Live {
		t.Error("a click does not focus the pane")
	}
	s.send(tea.MouseWheelMsg{X: 30, Y: 6, Button: tea.MouseWheelDown})
	if from, _ := s.app.history.list.Window(); from != wheelRows || s.app.shape.focus != action.Live {
		t.Errorf("the wheel scrolled to %d with the focus on %s", from, s.app.shape.focus)
	}
	x := strings.Index(s.text(), "staging")
	click(len([]rune(s.text()[:x]))+1, 0)
	if s.app.env().Name != "staging" {
		t.Error("a click on an environment does not go there")
	}
}

func TestSpunWheelIsOneMessagePerFrame(t *testing.T) {
	now := noon
	filter := coalesce(func() time.Time { return now })
	var sent, rows int
	for range 100 {
		if m, ok := filter(nil, tea.MouseWheelMsg{Button: tea.MouseWheelDown}).(wheelMsg); ok {
			sent++
			rows += m.n
		}
		now = now.Add(time.Millisecond)
	}
	if sent > 10 || rows < 80 {
		t.Errorf("%d messages for %d of 100 notches", sent, rows)
	}
	if filter(nil, tea.MouseMotionMsg{}) != nil {
		t.Error("motion comes through")
	}
}

func TestCopiedPatchIsPlainAndApplies(t *testing.T) {
	f := diff.Text([]byte("a\nb\nc\n"), []byte("a\nB\nc\nd\n"), diff.Options{Path: "etc/motd"})
	want := "--- a/etc/motd\n+++ b/etc/motd\n@@ -1,3 +1,4 @@\n a\n-b\n+B\n c\n+d\n"
	if d := cmp.Diff(want, patch([]diff.File{f})); d != "" {
		t.Error(d)
	}
	s := openScripted(t, &scripted{entries: commits(3)}, 160, 45)
	s.press("j", "y")
	if s.copied != string(commits(3)[1].Hash) {
		t.Errorf("copied %q", s.copied)
	}
}

func TestHostileTextStaysText(t *testing.T) {
	entries := commits(1)
	entries[0].Subject = text.Line("\x1b]0;owned\x07\x1b[2Jhello\u202eevil")
	entries[0].Author.Name = text.Line("\x1b[31mred")
	s := openScripted(t, &scripted{entries: entries, envs: []model.Environment{{Name: "a\x1b[2Jb"}}}, 160, 45)
	for _, r := range s.app.rows() {
		for _, bad := range []string{"\x1b]", "\x1b[2J", "\x07", "\u202e"} {
			if strings.Contains(r, bad) {
				t.Errorf("%q reached the terminal in %q", bad, r)
			}
		}
	}
}

func TestAnswersOfTheTerminalChangeTheTheme(t *testing.T) {
	s := openScreen(t, &scripted{}, 160, 45, noon, Options{Theme: "auto"})
	if s.app.st.Palette.Name != "dark" {
		t.Errorf("begins with %s", s.app.st.Palette.Name)
	}
	s.send(tea.BackgroundColorMsg{Color: white{}})
	if s.app.st.Palette.Name != "light" {
		t.Errorf("on a light terminal the theme is %s", s.app.st.Palette.Name)
	}
	s.press(":")
	s.write("theme dark")
	s.press("enter")
	if s.app.st.Palette.Name != "dark" {
		t.Errorf("the palette chose %s", s.app.st.Palette.Name)
	}
}

type white struct{}

func (white) RGBA() (r, g, b, a uint32) { return 0xffff, 0xffff, 0xffff, 0xffff }

// BenchmarkView draws the whole screen after each step of the cursor.
func BenchmarkView(b *testing.B) {
	src := &scripted{entries: commits(5000)}
	a := newApp(b.Context(), src, Options{Now: func() time.Time { return noon }, Theme: "dark"})
	a.after = func(time.Duration, tea.Msg) tea.Cmd { return nil }
	a.Update(tea.WindowSizeMsg{Width: 200, Height: 60})
	a.history.entries, a.history.loaded, a.history.complete = src.entries, true, true
	a.history.list.SetLen(len(src.entries))
	b.ReportAllocs()
	for b.Loop() {
		a.Update(keyNamed("j"))
		_ = a.View()
	}
}
