package screentest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image/color"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	"plumb/themes"
)

// patience ends a wait that would never end. No test depends on how long it is.
const patience = 30 * time.Second

// screen is plumb on a pseudo-terminal of its own, with a terminal emulator behind it that
// answers queries as a real one does. Tests wait for what a user would see, never for time.
type screen struct {
	t       *testing.T
	tty     *os.File // The end that a terminal's window holds.
	reports *json.Decoder
	pid     int // Of plumb itself.

	mu       sync.Mutex
	changed  *sync.Cond // Signalled whenever the picture, or what is known of the process, changed.
	emulator *vt.Emulator
	frame    bool     // A frame is half drawn (synchronized output).
	rows     []string // The picture after the last whole frame.
	raw      bytes.Buffer
	light    bool
	modes    map[ansi.Mode]bool // The DEC modes that are on.
	cursor   bool
	ended    *ending
}

// ending is what a shell sees of a program that ended.
type ending struct {
	Code    int    `json:"code"`
	Signal  string `json:"signal"`
	Before  string `json:"before"` // The terminal's settings.
	After   string `json:"after"`
	Problem string `json:"problem"`
}

// window is what plumb is started in.
type window struct {
	cols, rows int
	dir        string
	env        []string // Above the world's own.
	light      bool     // The background of the terminal.
	args       []string
}

// open starts plumb in a window.
func (w *world) open(in window) *screen {
	w.t.Helper()
	if in.cols == 0 {
		in.cols, in.rows = 160, 45
	}
	if in.dir == "" {
		in.dir = w.infra
	}
	s := &screen{t: w.t, emulator: vt.NewEmulator(in.cols, in.rows), light: in.light, modes: map[ansi.Mode]bool{}, cursor: true}
	s.changed = sync.NewCond(&s.mu)
	s.pretend(in.light)

	reports, report, err := os.Pipe()
	if err != nil {
		w.t.Fatal(err)
	}
	cmd := exec.Command(program("shell"), in.args...)
	cmd.Dir = in.dir
	cmd.Env = append(w.environ(), in.env...)
	cmd.ExtraFiles = []*os.File{report}
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: uint16(in.cols), Rows: uint16(in.rows)})
	if err != nil {
		w.t.Fatal(err)
	}
	report.Close()
	s.tty = closable(w.t, tty)
	s.reports = json.NewDecoder(reports)
	var begun struct{ Pid int }
	if err := s.reports.Decode(&begun); err != nil {
		w.t.Fatalf("plumb did not start: %v", err)
	}
	s.pid = begun.Pid
	go s.answer()
	read := make(chan struct{})
	go func() { defer close(read); s.read() }()
	go s.wait(cmd, read)
	w.t.Cleanup(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.ended == nil {
			_ = syscall.Kill(s.pid, syscall.SIGKILL)
			for s.ended == nil {
				s.changed.Wait()
			}
		}
		s.tty.Close()
		// The emulator's own Close is not safe beside Read.
		if in, ok := s.emulator.InputPipe().(io.Closer); ok {
			in.Close()
		}
		reports.Close()
	})
	return s
}

// closable is a terminal that Close hangs up at once, although it is being read.
func closable(t *testing.T, tty *os.File) *os.File {
	t.Helper()
	defer tty.Close()
	fd, err := unix.FcntlInt(tty.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err == nil {
		err = unix.SetNonblock(fd, true)
	}
	if err != nil {
		t.Fatal(err)
	}
	return os.NewFile(uintptr(fd), tty.Name())
}

// pretend makes the emulator the terminal that people have: with colours, with synchronized output.
func (s *screen) pretend(light bool) {
	ink, paper := ansi.HexColor("#1c1c1c"), ansi.HexColor("#f5f5f5")
	if light {
		ink, paper = paper, ink
	}
	s.emulator.SetDefaultBackgroundColor(ink)
	s.emulator.SetDefaultForegroundColor(paper)
	s.emulator.RegisterCsiHandler(ansi.Command('?', '$', 'p'), func(p ansi.Params) bool {
		if n, _, _ := p.Param(0, 0); n != ansi.ModeSynchronizedOutput.Mode() {
			return false
		}
		_, _ = s.emulator.InputPipe().Write([]byte(ansi.ReportMode(ansi.ModeSynchronizedOutput, ansi.ModeReset)))
		return true
	})
	s.emulator.SetCallbacks(vt.Callbacks{
		CursorVisibility: func(v bool) { s.cursor = v },
		EnableMode: func(m ansi.Mode) {
			s.modes[m] = true
			s.frame = s.frame || m == ansi.ModeSynchronizedOutput
		},
		DisableMode: func(m ansi.Mode) {
			s.modes[m] = false
			if m == ansi.ModeSynchronizedOutput {
				s.frame = false
				s.look()
			}
		},
	})
}

// answer types what the emulator answers to plumb's queries.
func (s *screen) answer() {
	buf := make([]byte, 4096)
	for {
		n, err := s.emulator.Read(buf)
		if err != nil {
			return
		}
		if _, err := s.tty.Write(buf[:n]); err != nil {
			return
		}
	}
}

func (s *screen) read() {
	buf := make([]byte, 1<<16)
	for {
		n, err := s.tty.Read(buf)
		s.mu.Lock()
		s.raw.Write(buf[:n])
		_, _ = s.emulator.Write(buf[:n])
		if !s.frame {
			s.look()
		}
		s.changed.Broadcast()
		s.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// look takes the picture.
func (s *screen) look() {
	rows := make([]string, s.emulator.Height())
	for y := range rows {
		var b strings.Builder
		for x := 0; x < s.emulator.Width(); {
			c := s.emulator.CellAt(x, y)
			if c == nil || c.Width == 0 {
				b.WriteByte(' ')
				x++
				continue
			}
			b.WriteString(c.Content)
			x += c.Width
		}
		rows[y] = strings.TrimRight(b.String(), " ")
	}
	if !slices.Equal(rows, s.rows) {
		s.rows = rows
		s.changed.Broadcast()
	}
}

func (s *screen) wait(cmd *exec.Cmd, read <-chan struct{}) {
	end := &ending{}
	if err := s.reports.Decode(end); err != nil {
		end.Problem = fmt.Sprintf("no word from the shell: %v", err)
	}
	if err := cmd.Wait(); err != nil && end.Problem == "" {
		end.Problem = fmt.Sprintf("the shell: %v", err)
	}
	<-read
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = end
	s.changed.Broadcast()
}

// until waits for a picture of which ok is true, and answers it.
func (s *screen) until(what string, ok func(text string) bool) string {
	s.t.Helper()
	deadline := time.Now().Add(patience)
	alarm := time.AfterFunc(patience, s.changed.Broadcast)
	defer alarm.Stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		text := strings.Join(s.rows, "\n")
		switch {
		case ok(text):
			return text
		case s.ended != nil:
			s.t.Fatalf("plumb ended (%+v) instead of showing %s:\n%s", *s.ended, what, text)
		case !time.Now().Before(deadline):
			s.t.Fatalf("the screen never shows %s:\n%s", what, text)
		}
		s.changed.Wait()
	}
}

// shows waits until the screen matches all the patterns at once.
func (s *screen) shows(patterns ...string) string {
	s.t.Helper()
	var all []*regexp.Regexp
	for _, p := range patterns {
		all = append(all, regexp.MustCompile(p))
	}
	return s.until(strings.Join(patterns, " and "), func(text string) bool {
		return !slices.ContainsFunc(all, func(re *regexp.Regexp) bool { return !re.MatchString(text) })
	})
}

// left waits until plumb has left the alternate screen.
func (s *screen) left() {
	s.t.Helper()
	s.until("the screen that was there before", func(string) bool { return !s.emulator.IsAltScreen() })
}

// lacks waits until the screen does not match the pattern.
func (s *screen) lacks(pattern string) string {
	s.t.Helper()
	re := regexp.MustCompile(pattern)
	return s.until("no "+pattern, func(text string) bool { return !re.MatchString(text) })
}

// text is the picture now.
func (s *screen) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.rows, "\n")
}

// bytes is all that plumb wrote so far.
func (s *screen) bytes() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return bytes.Clone(s.raw.Bytes())
}

// at finds the first match on the screen: its cell, counted from the upper left.
func (s *screen) at(pattern string) (x, y int) {
	s.t.Helper()
	text := s.shows(pattern)
	start := regexp.MustCompile(pattern).FindStringIndex(text)[0]
	y = strings.Count(text[:start], "\n")
	return ansi.StringWidth(text[strings.LastIndex(text[:start], "\n")+1 : start]), y
}

var keyBytes = map[string]string{
	"enter": "\r", "esc": "\x1b", "tab": "\t", "space": " ", "backspace": "\x7f",
	"up": "\x1b[A", "down": "\x1b[B", "pgdown": "\x1b[6~", "pgup": "\x1b[5~",
}

// press types keys by name, one after the other, without waiting for anything.
// Wait for what esc does before the next key: together they are another key.
func (s *screen) press(keys ...string) {
	s.t.Helper()
	for _, k := range keys {
		if rest, ok := strings.CutPrefix(k, "ctrl+"); ok {
			k = string(rest[0] & 0x1f)
		} else if b, ok := keyBytes[k]; ok {
			k = b
		}
		s.write(k)
	}
}

func (s *screen) write(keys string) {
	s.t.Helper()
	if _, err := s.tty.WriteString(keys); err != nil {
		s.t.Fatalf("type %q: %v", keys, err)
	}
}

// The buttons of a mouse, as terminals report them.
const (
	leftButton = 0
	wheelUp    = 64
	wheelDown  = 65
)

// mouse presses a button at a cell.
func (s *screen) mouse(button, x, y int) {
	s.t.Helper()
	report := fmt.Sprintf("\x1b[<%d;%d;%dM", button, x+1, y+1)
	if button == leftButton {
		report += fmt.Sprintf("\x1b[<%d;%d;%dm", button, x+1, y+1)
	}
	s.write(report)
}

// resize changes the size of the window.
func (s *screen) resize(cols, rows int) {
	s.t.Helper()
	s.mu.Lock()
	s.emulator.Resize(cols, rows)
	s.mu.Unlock()
	conn, err := s.tty.SyscallConn()
	if err != nil {
		s.t.Fatal(err)
	}
	if failed := conn.Control(func(fd uintptr) {
		err = unix.IoctlSetWinsize(int(fd), unix.TIOCSWINSZ, &unix.Winsize{Col: uint16(cols), Row: uint16(rows)})
	}); failed != nil || err != nil {
		s.t.Fatal(failed, err)
	}
}

// settles waits until plumb has dealt with all that was typed so far. The terminal says that its
// background is another one now; keys are taken in their order, so what is drawn in other colours came after them.
func (s *screen) settles() {
	s.t.Helper()
	s.mu.Lock()
	s.light = !s.light
	background, now, was := "\x1b]11;rgb:1c1c/1c1c/1c1c\x07", themes.Dark, themes.Light
	if s.light {
		background, now, was = "\x1b]11;rgb:f5f5/f5f5/f5f5\x07", themes.Light, themes.Dark
	}
	s.mu.Unlock()
	s.write(background)
	s.until("the colours of the theme "+now.Name, func(string) bool {
		return !s.frame && s.drawnIn(now, was) && !s.drawnIn(was, now)
	})
}

// drawnIn reports whether the beginning of the second row, which is never empty, has a colour that only the palette p has.
func (s *screen) drawnIn(p, not themes.Palette) bool {
	has := func(p themes.Palette, c color.Color) bool {
		return slices.ContainsFunc([]themes.Look{p.Text, p.Strong, p.Dim, p.Faint, p.Accent, p.Border, p.Backdrop},
			func(l themes.Look) bool { return same(c, ansi.HexColor(l.Fg)) })
	}
	for x := range min(s.emulator.Width(), 20) {
		if c := s.emulator.CellAt(x, 1); c != nil && c.Style.Fg != nil && has(p, c.Style.Fg) && !has(not, c.Style.Fg) {
			return true
		}
	}
	return false
}

func same(a, b color.Color) bool {
	r, g, b1, _ := a.RGBA()
	r2, g2, b2, _ := b.RGBA()
	return r == r2 && g == g2 && b1 == b2
}

func (s *screen) signal(sig syscall.Signal) {
	s.t.Helper()
	if err := syscall.Kill(s.pid, sig); err != nil {
		s.t.Fatal(err)
	}
}

// ends waits for plumb's end and answers how it left the terminal.
func (s *screen) ends() ending {
	s.t.Helper()
	deadline := time.Now().Add(patience)
	alarm := time.AfterFunc(patience, s.changed.Broadcast)
	defer alarm.Stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.ended == nil {
		if !time.Now().Before(deadline) {
			s.t.Fatalf("plumb does not end:\n%s", strings.Join(s.rows, "\n"))
		}
		s.changed.Wait()
	}
	if s.ended.Problem != "" {
		s.t.Fatal(s.ended.Problem)
	}
	return *s.ended
}

// leaves presses q, and expects a clean end.
func (s *screen) leaves() {
	s.t.Helper()
	s.press("q")
	if end := s.ends(); end.Code != 0 || end.Signal != "" {
		s.t.Errorf("plumb ended with %+v", end)
	}
}
