package ui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/google/go-cmp/cmp"

	"plumb/gitops/history"
	"plumb/gitops/ledger"
	"plumb/gitops/objects"
	"plumb/gitops/objects/gogit"
	"plumb/gitops/objects/index"
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
	entries []model.Commit
	past    *history.History
	broken  error
	run     func(ctx context.Context, watch func(model.Event)) (model.Run, error)
	changes []model.Change
	damage  []ledger.Problem
	glass   map[model.Hash][]model.Run
	draft   *workspace.Draft

	standing workspace.Standing
	synced   []workspace.RemoteNews
	syncs    int

	unshared error
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

func (s *scripted) Glass(context.Context) (map[model.Hash][]model.Run, error) {
	return s.glass, s.broken
}

func (s *scripted) MaySign() error { return nil }

func (s *scripted) Standing(context.Context, string) (workspace.Standing, error) {
	return s.standing, nil
}

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

func (s *scripted) History() chronicle {
	if s.past == nil {
		s.past = past(s.entries)
	}
	return chronicleWith{s.past, s.broken}
}

func (s *scripted) Signatures(context.Context, []model.Hash) (map[model.Hash]objects.Signing, error) {
	return nil, s.broken
}
func (s *scripted) Resolve(_ context.Context, revision string) (model.Hash, error) {
	return "", fmt.Errorf("find the revision %q: %w", revision, objects.ErrNotFound)
}
func (s *scripted) Fingerprint() (uint64, error) { return 0, s.broken }
func (s *scripted) Fetch(context.Context) error  { return s.broken }
func (s *scripted) Sync(context.Context) ([]workspace.RemoteNews, error) {
	s.syncs++
	return s.synced, errors.Join(s.broken, s.unshared)
}
func (s *scripted) Looked(model.ChangeID) error { return nil }

// chronicleWith fails to read on when it is broken.
type chronicleWith struct {
	*history.History
	broken error
}

func (c chronicleWith) Update(ctx context.Context) error {
	return errors.Join(c.broken, c.History.Update(ctx))
}

// past is a history of these commits in memory, the newest first.
func past(commits []model.Commit) *history.History {
	ctx := context.Background()
	store := gogit.NewMemory()
	var parents []model.Hash
	for _, c := range slices.Backward(commits) {
		tree, err := store.WriteTree(ctx, nil)
		if err != nil {
			panic(err)
		}
		who := objects.Signature{Name: c.Author.Name.String(), Email: "ada@shop.example", When: c.Author.When}
		id, err := store.WriteCommit(ctx, objects.NewCommit{Tree: tree, Parents: parents, Author: who, Committer: who, Message: c.Subject.String() + "\n"})
		if err != nil {
			panic(err)
		}
		parents = []model.Hash{id}
	}
	if len(parents) > 0 {
		if err := store.UpdateRef(ctx, store.Info().Head, parents[0], ""); err != nil {
			panic(err)
		}
	}
	return history.Open(store, index.Open(store, ""), history.Options{
		Places: func(context.Context) ([]history.Place, error) { return nil, nil },
	})
}

var noon = time.Date(2026, 3, 27, 12, 0, 0, 0, time.UTC)

func commits(n int) []model.Commit {
	list := make([]model.Commit, n)
	for i := range list {
		list[i] = model.Commit{Subject: text.Format("Change number %d", i), Author: model.Person{Name: text.Lit("Ada"), When: noon.Add(-time.Duration(i) * time.Hour)}}
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

func TestTheWholeHistoryIsThereAndCanBeJumpedIn(t *testing.T) {
	s := openScripted(t, &scripted{entries: commits(1000)}, 160, 45)
	s.sees("1,000", "Change number 0")
	s.press("G")
	s.sees("Change number 999")
	s.press("g")
	s.sees("Change number 0")
	goTo := func(place string) {
		s.press("%")
		s.write(place)
		s.press("enter")
	}
	goTo("50%")
	if got := s.app.history.list.Cursor(); got != 499 {
		t.Errorf("the middle is row %d", got)
	}
	goTo("100h")
	if got := s.app.history.list.Cursor(); got != 100 {
		t.Errorf("a hundred hours ago was row %d", got)
	}
	goTo("2026-03-27")
	if got := s.app.history.list.Cursor(); got != 0 {
		t.Errorf("today is row %d", got)
	}
	goTo("1999")
	s.sees("Not found", "1999")
	s.press("esc")
	goTo("1999-01")
	s.sees("nothing is as old")
	if got := s.app.history.list.Cursor(); got != 999 {
		t.Errorf("before the beginning is row %d", got)
	}
}

func TestAFilterNarrowsWhileItIsTyped(t *testing.T) {
	s := openScripted(t, &scripted{entries: commits(40)}, 160, 45)
	s.press("/")
	s.write("number 3")
	s.sees("/number 3", "Change number 3", "Change number 39")
	s.seesNot("Change number 4")
	s.press("enter")
	s.sees("13 matches")
	s.seesNot("/number 3")
	// n leaves the list of matches and walks them in all of history.
	s.press("g", "n")
	s.sees("2 of 13", "Change number 13", "Change number 14")
	s.press("N", "N")
	s.sees("13 of 13")
	s.press("&")
	s.sees("13 matches")
	s.seesNot("Change number 29")
	s.press("esc")
	s.seesNot("matches", " × ")
	s.sees("Change number 38", "Change number 29")
	s.press("/")
	s.write("nothing of the kind")
	s.press("enter")
	s.sees("No commit matches", "backspace")
	s.press("backspace", "backspace", "backspace", "backspace")
	s.sees("Change number 38", "Change number 29")
}

func TestAFilterThatIsNoneSaysWhatWouldBeOne(t *testing.T) {
	s := openScripted(t, &scripted{entries: commits(3)}, 160, 45)
	s.press("/")
	s.write("is:nonsense")
	s.press("enter")
	s.sees("That is no filter", "nonsense")
	s.press("esc")
	s.sees("Change number 2")
}

func TestAnswersNobodyWaitsForAreDropped(t *testing.T) {
	s := openScripted(t, &scripted{entries: commits(5)}, 160, 45)
	q := &s.app.history.listing
	s.send(listPart{to: q, id: q.id, done: true})
	s.sees("Change number 4")
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
	want := "diff --git a/etc/motd b/etc/motd\n--- a/etc/motd\n+++ b/etc/motd\n@@ -1,3 +1,4 @@\n a\n-b\n+B\n c\n+d\n"
	if d := cmp.Diff(want, patch([]diff.File{f})); d != "" {
		t.Error(d)
	}
	s := openScripted(t, &scripted{entries: commits(3)}, 160, 45)
	s.press("j", "y")
	if s.copied != string(s.app.history.rows.Hash(1)) {
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
	h := src.History()
	if err := h.Update(b.Context()); err != nil {
		b.Fatal(err)
	}
	v, err := h.View(b.Context(), history.Range{})
	if err != nil {
		b.Fatal(err)
	}
	a.history.show(a, listed{view: v, rows: v.Rows(history.Listing{})})
	b.ReportAllocs()
	for b.Loop() {
		a.Update(keyNamed("j"))
		_ = a.View()
	}
}
