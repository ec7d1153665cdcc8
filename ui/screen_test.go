package ui

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"plumb/gitops/config"
	"plumb/gitops/demo"
	"plumb/gitops/objects/gitcli"
	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/text"
	"plumb/providers/hosts"
)

// screen drives an App as a person and a terminal would, with a clock of its own: it runs
// the commands, and waits until none is under way. Nothing waits for time to pass.
type screen struct {
	t      testing.TB
	app    *App
	now    time.Time
	timers []timer
	inbox  chan tea.Msg
	busy   int // Commands under way.
	quit   bool
	copied string
}

type timer struct {
	at  time.Time
	msg tea.Msg
}

// seed is a time: the present of the demo's story, so that its ages are those of a person who looks at it just then.
const seed = 1774623600 // 2026-03-27 15:00 UTC

// story makes the demo's infrastructure and opens a workspace on it.
func story(t testing.TB) (*workspace.Workspace, demo.World, func() time.Time) {
	t.Helper()
	for _, v := range []string{"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"} {
		t.Setenv(v, os.DevNull)
	}
	now := func() time.Time { return time.Unix(seed, 0).UTC().Add(30 * time.Second) }
	state := t.TempDir()
	world, err := demo.Make(t.Context(), demo.Options{
		Dir: filepath.Join(t.TempDir(), "demo"), Seed: seed,
		Engine: func(root string) workspace.Engine { return hosts.New(hosts.Options{Root: root, Now: now}) },
	})
	if err != nil {
		t.Fatal(err)
	}
	store, err := gitcli.Open(t.Context(), world.Repository, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	data, err := os.ReadFile(filepath.Join(world.Repository, config.FileName))
	if err != nil {
		t.Fatal(err)
	}
	repository, err := config.ParseRepository(config.FileName, data)
	if err != nil {
		t.Fatal(err)
	}
	operator, err := gitcli.NewOperator(store, nil)
	if err != nil {
		t.Fatal(err)
	}
	ws := workspace.New(workspace.Options{
		Store: store, Git: operator, Config: repository, Origin: workspace.FromFile,
		Engines: map[string]workspace.Engine{"hosts": hosts.New(hosts.Options{Root: world.Repository, Now: now})},
		Self:    model.Principal{Name: text.Lit("You"), Email: text.Lit("you@shop.example")}, Host: "bastion-1",
		StateDir: state, Now: now, Rand: rand.NewChaCha8([32]byte{}),
	})
	return ws, world, now
}

// openStory shows the demo on a screen of w by h cells.
func openStory(t testing.TB, w, h int, opt Options) (*screen, demo.World) {
	t.Helper()
	ws, world, now := story(t)
	opt.Workspace, opt.Trusted = ws, true
	return openScreen(t, opened{ws}, w, h, now(), opt), world
}

// openScreen shows a source and waits until all of it is there.
func openScreen(t testing.TB, ws source, w, h int, now time.Time, opt Options) *screen {
	t.Helper()
	s := startScreen(t, ws, w, h, now, opt)
	s.settle()
	return s
}

// startScreen shows a source, and waits for nothing.
func startScreen(t testing.TB, ws source, w, h int, now time.Time, opt Options) *screen {
	t.Helper()
	s := &screen{t: t, now: now, inbox: make(chan tea.Msg, 1024)}
	opt.Now = func() time.Time { return s.now }
	if opt.Theme == "" {
		opt.Theme = "dark"
	}
	ctx, cancel := context.WithCancel(t.Context())
	s.app = newApp(ctx, ws, opt)
	s.app.after = func(d time.Duration, msg tea.Msg) tea.Cmd {
		s.timers = append(s.timers, timer{s.now.Add(d), msg})
		return nil
	}
	t.Cleanup(func() {
		cancel()
		s.app.working.Wait()
	})
	s.run(s.app.Init())
	s.deliver(tea.WindowSizeMsg{Width: w, Height: h})
	return s
}

// run starts a command.
func (s *screen) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	s.busy++
	go func() { s.inbox <- cmd() }()
}

// send gives the app a message and waits until nothing is under way.
func (s *screen) send(msg tea.Msg) {
	s.t.Helper()
	s.deliver(msg)
	s.settle()
}

func (s *screen) deliver(msg tea.Msg) {
	switch m := msg.(type) {
	case nil:
		return
	case tea.QuitMsg:
		s.quit = true
		return
	case tea.BatchMsg:
		for _, cmd := range m {
			s.run(cmd)
		}
		return
	}
	if v := reflect.ValueOf(msg); v.Kind() == reflect.String && strings.Contains(v.Type().String(), "setClipboard") {
		s.copied = v.String()
		return
	}
	_, cmd := s.app.Update(msg)
	_ = s.app.View() // It runs after every message, so it does here.
	s.run(cmd)
}

// settle waits for all commands, and lets the short timers ring that only wait for the hand to rest.
func (s *screen) settle() {
	for {
		for s.busy > 0 {
			msg := <-s.inbox
			s.busy--
			s.deliver(msg)
		}
		if !s.ring(func(msg tea.Msg) bool {
			switch msg.(type) {
			case restMsg, standMsg, stageMsg:
				return true
			}
			return false
		}) {
			return
		}
	}
}

// until takes in what comes until something is as it should be.
func (s *screen) until(is func() bool) {
	s.t.Helper()
	for !is() {
		if s.busy == 0 {
			s.t.Fatalf("nothing is under way any more, and the screen is\n%s", s.text())
		}
		msg := <-s.inbox
		s.busy--
		s.deliver(msg)
	}
}

// ring delivers the timers that are of the kind, and reports whether there were any.
func (s *screen) ring(is func(tea.Msg) bool) bool {
	var due []tea.Msg
	rest := s.timers[:0]
	for _, t := range s.timers {
		if is(t.msg) {
			due = append(due, t.msg)
		} else {
			rest = append(rest, t)
		}
	}
	s.timers = rest
	for _, msg := range due {
		s.deliver(msg)
	}
	return len(due) > 0
}

// pass lets time pass.
func (s *screen) pass(d time.Duration) {
	s.now = s.now.Add(d)
	due := map[any]bool{}
	rest := s.timers[:0]
	var msgs []tea.Msg
	for _, t := range s.timers {
		if !t.at.After(s.now) {
			if !due[t.msg] {
				msgs = append(msgs, t.msg)
			}
			due[t.msg] = true
		} else {
			rest = append(rest, t)
		}
	}
	s.timers = rest
	for _, m := range msgs {
		s.deliver(m)
	}
	s.settle()
}

// press presses keys, by the names that the catalogue uses.
func (s *screen) press(keys ...string) {
	s.t.Helper()
	for _, k := range keys {
		s.send(keyNamed(k))
	}
}

// write types text.
func (s *screen) write(t string) {
	for _, r := range t {
		s.send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

var namedKeys = map[string]rune{"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown,
	"pgdown": tea.KeyPgDown, "pgup": tea.KeyPgUp, "backspace": tea.KeyBackspace, "delete": tea.KeyDelete, "left": tea.KeyLeft, "right": tea.KeyRight}

func keyNamed(name string) tea.KeyPressMsg {
	switch code, named := namedKeys[name]; {
	case named:
		return tea.KeyPressMsg{Code: code}
	case name == "space":
		return tea.KeyPressMsg{Code: tea.KeySpace, Text: " "}
	case name == "shift+tab":
		return tea.KeyPressMsg{Code: tea.KeyTab, Mod: tea.ModShift}
	case strings.HasPrefix(name, "ctrl+"):
		return tea.KeyPressMsg{Code: rune(name[5]), Mod: tea.ModCtrl}
	}
	r := []rune(name)[0]
	return tea.KeyPressMsg{Code: r, Text: name}
}

// goesTo puts History's cursor on a commit, which may be folded into a merge.
func (s *screen) goesTo(id model.Hash) {
	s.t.Helper()
	cmd, ok := s.app.history.goTo(s.app, id)
	if !ok {
		s.t.Fatalf("%s is not in History", id.Short())
	}
	s.run(cmd)
	s.settle()
}

// text is the screen without colours, without blanks at the ends of rows.
func (s *screen) text() string {
	rows := s.app.rows()
	for i, r := range rows {
		rows[i] = strings.TrimRight(ansi.Strip(r), " ")
	}
	return strings.Join(rows, "\n")
}

// sees fails unless each of the words is on the screen.
func (s *screen) sees(words ...string) {
	s.t.Helper()
	all := s.text()
	for _, w := range words {
		if !strings.Contains(all, w) {
			s.t.Fatalf("%q is not on the screen:\n%s", w, all)
		}
	}
}

// seesNot fails if one of the words is on the screen.
func (s *screen) seesNot(words ...string) {
	s.t.Helper()
	all := s.text()
	for _, w := range words {
		if strings.Contains(all, w) {
			s.t.Fatalf("%q is on the screen:\n%s", w, all)
		}
	}
}
