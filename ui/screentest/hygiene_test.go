package screentest

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// restored fails unless plumb left the terminal as it found it.
func (s *screen) restored() ending {
	s.t.Helper()
	end := s.ends()
	if end.Before != end.After {
		s.t.Errorf("the terminal's settings were %s, and are %s", end.Before, end.After)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.emulator.IsAltScreen() {
		s.t.Error("the alternate screen was not left")
	}
	if !s.cursor {
		s.t.Error("the cursor is hidden")
	}
	for _, m := range []ansi.Mode{
		ansi.ModeMouseX10, ansi.ModeMouseNormal, ansi.ModeMouseButtonEvent, ansi.ModeMouseAnyEvent, ansi.ModeMouseExtSgr,
		ansi.ModeFocusEvent, ansi.ModeBracketedPaste, ansi.ModeSynchronizedOutput,
	} {
		if s.modes[m] {
			s.t.Errorf("mode %d is still on", m.Mode())
		}
	}
	raw := s.raw.String()
	if i := strings.LastIndex(raw, "\x1b[>4"); i >= 0 && !strings.HasPrefix(raw[i:], "\x1b[>4m") {
		s.t.Error("modifyOtherKeys is still on")
	}
	if strings.LastIndex(raw, "\x1b[>1u") > strings.LastIndex(raw, "\x1b[<1u") {
		s.t.Error("kitty's keyboard protocol is still on")
	}
	return end
}

// entered fails unless plumb uses the terminal as a full-screen program does; otherwise leaving it proves nothing.
func (s *screen) entered() {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.emulator.IsAltScreen() || s.cursor || !s.modes[ansi.ModeMouseExtSgr] {
		s.t.Errorf("no alternate screen, a cursor, or no mouse: %v %v %v", s.emulator.IsAltScreen(), s.cursor, s.modes)
	}
}

func TestTheTerminalIsLeftAsItWasFound(t *testing.T) {
	t.Parallel()
	w := newDemo(t)
	places := map[string]func(s *screen){
		"a list": func(s *screen) {},
		"a draft": func(s *screen) {
			s.press("2", "g", "j")
			s.shows(`▌ ∅ web-2`)
			s.press("x")
			s.shows(`seal it`)
		},
		"a question": func(s *screen) {
			s.press("3")
			s.shows(`▌○ prd Deploy`)
			s.press("a")
			s.shows(`type production`)
		},
		"a search": func(s *screen) {
			s.press("/")
			s.shows(`words, author:`)
		},
		"the palette": func(s *screen) {
			s.press(":")
			s.shows(`┌`)
		},
	}
	ways := map[string]func(s *screen){
		"ctrl+c":  func(s *screen) { s.press("ctrl+c") },
		"SIGTERM": func(s *screen) { s.signal(syscall.SIGTERM) },
		"SIGHUP":  func(s *screen) { s.signal(syscall.SIGHUP) },
		"SIGINT":  func(s *screen) { s.signal(syscall.SIGINT) },
	}
	for place, goes := range places {
		for way, leaves := range ways {
			t.Run(way+" in "+place, func(t *testing.T) {
				s := w.at(t).open(window{})
				s.shows(`PRODUCTION  2 drifted`, `○ prd Deploy .* sealed`)
				s.entered()
				goes(s)
				leaves(s)
				if end := s.restored(); end.Code != 0 || end.Signal != "" {
					t.Errorf("plumb ended with %+v", end)
				}
			})
		}
	}
	t.Run("q in a list", func(t *testing.T) {
		s := w.at(t).open(window{})
		s.shows(`PRODUCTION  2 drifted`)
		s.entered()
		s.press("q")
		if end := s.restored(); end.Code != 0 {
			t.Errorf("plumb ended with %+v", end)
		}
	})
	t.Run("the window is closed", func(t *testing.T) {
		s := w.at(t).open(window{})
		s.shows(`PRODUCTION  2 drifted`)
		s.tty.Close()
		if end := s.ends(); end.Signal != "" || end.Code > 1 {
			t.Errorf("plumb ended with %+v", end)
		}
	})
}

// gated makes the check of staging's nginx wait: a deploy stays under way until the gate is opened for good. Held waits until
// one has come there.
func (w *world) gated() (held, open func()) {
	w.t.Helper()
	gate, nginx := filepath.Join(w.dir, "gate"), w.live("staging-web", "bin/nginx")
	if err := syscall.Mkfifo(gate, 0o600); err != nil {
		w.t.Fatal(err)
	}
	w.program(nginx, "read -r _ < '"+gate+"'")
	var file *os.File
	held = func() {
		w.t.Helper()
		var err error
		if file, err = os.OpenFile(gate, os.O_WRONLY, 0); err != nil { // Until somebody reads.
			w.t.Fatal(err)
		}
	}
	return held, func() {
		w.t.Helper()
		w.program(nginx, "exit 0")
		if _, err := file.WriteString("open\n"); err != nil {
			w.t.Fatal(err)
		}
		if err := file.Close(); err != nil {
			w.t.Fatal(err)
		}
	}
}

// program replaces a program by a shell script.
func (w *world) program(path, script string) {
	w.t.Helper()
	if err := os.Remove(path); err != nil {
		w.t.Fatal(err)
	}
	w.write(path, "#!/bin/sh\n"+script+"\n")
	if err := os.Chmod(path, 0o755); err != nil {
		w.t.Fatal(err)
	}
}

// begins deploys to staging, up to where the gate holds it.
func (s *screen) begins() {
	s.t.Helper()
	s.shows(`○ prd Deploy .* sealed`)
	s.press("e")
	s.shows(`▌dev  in sync ▐`)
	s.press("e")
	s.shows(`▌staging  2 pending ▐`, `─ Live  staging`)
	s.press("d")
	s.seal("Try")
	s.press("A")
	s.shows(`y  apply it`)
	s.press("y")
	s.shows(`▌Run`, `(?m)^ plumb .* run under way *$`, `[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] staging-web:/etc/nginx`, `0 of 2`)
}

// Whoever leaves, in whatever way, leaves the run to itself, and finds it again from its beginning.
func TestARunGoesOnWhenTheScreenIsLeft(t *testing.T) {
	t.Parallel()
	for way, leave := range map[string]func(s *screen){
		"q": func(s *screen) {
			s.press("esc")
			s.shows(`▌Change`)
			s.press("q")
		},
		"ctrl+c": func(s *screen) {
			s.press("ctrl+c")
			s.shows(`Stop run \w+\?`, `staging: 0 of 2 steps are done`)
			s.press("ctrl+c")
		},
		"SIGTERM": func(s *screen) { s.signal(syscall.SIGTERM); s.left() },
		"SIGHUP":  func(s *screen) { s.signal(syscall.SIGHUP); s.left() },
		"SIGKILL": func(s *screen) { s.signal(syscall.SIGKILL) },
	} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			w := newDemo(t)
			held, open := w.gated()
			s := w.open(window{})
			s.begins()
			held()
			leave(s)
			if way == "SIGKILL" {
				s.ends()
			} else if end := s.restored(); end.Code != 0 || end.Signal != "" {
				t.Errorf("plumb ended with %+v", end)
			}
			again, other := w.open(window{}), w.open(window{cols: 100, rows: 30})
			again.shows(`▌Run`, `run \w+ is at work on staging`, `0 of 2`)
			other.shows(`▌Run`, `0 of 2`)
			open()
			for _, s := range []*screen{again, other} {
				s.shows(`✓ applied  2 of 2 steps`)
				s.press("ctrl+c")
				s.restored()
			}
			w.same("staging-web", "/etc/nginx/nginx.conf", "main", "staging/web/all/etc/nginx/nginx.conf")
			if runs := w.run(w.infra, program("plumb"), "runs"); !regexp.MustCompile(`^\w+ +applied +staging .* You\n`).MatchString(runs) {
				t.Errorf("the run is not on record as applied:\n%s", runs)
			}
		})
	}
}

// A step that has begun is finished, and none is begun after it.
func TestARunThatIsAskedToStopEndsAfterItsStep(t *testing.T) {
	t.Parallel()
	w := newDemo(t)
	held, open := w.gated()
	before := w.read(w.live("staging-web", "/etc/nginx/sites-available/shop.conf"))
	s := w.open(window{})
	s.begins()
	held()
	s.press("ctrl+c")
	s.shows(`Stop run \w+\?`, `y  stop it`)
	s.press("y")
	s.shows(`asked to stop after what it is doing now`)
	open()
	s.shows(`◑ partial`)
	w.same("staging-web", "/etc/nginx/nginx.conf", "main", "staging/web/all/etc/nginx/nginx.conf")
	if got := w.read(w.live("staging-web", "/etc/nginx/sites-available/shop.conf")); got != before {
		t.Error("a step was begun after the run was asked to stop")
	}
	s.press("ctrl+c")
	s.restored()
}

func TestStayingLetsTheRunEnd(t *testing.T) {
	t.Parallel()
	w := newDemo(t)
	held, open := w.gated()
	s := w.open(window{})
	s.begins()
	held()
	s.press("ctrl+c")
	s.shows(`Stop run \w+\?`, `esc  not now`)
	s.closes(`▌Run`)
	open()
	s.shows(`✓ applied  2 of 2 steps`)
	s.closes(`▌Change`)
	s.leaves()
	s.restored()
}
