package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
)

// The size of the window that programs are measured in.
const (
	columns = 160
	lines   = 45
)

// patience is how long a program may take to show what is waited for.
const patience = 2 * time.Minute

// terminal is a program on a pseudo-terminal, with an emulator behind it that answers queries as a real one does.
//
// What the program writes is read and dated by one goroutine and drawn by another one, so that the emulator's own time neither
// counts nor holds the program up.
type terminal struct {
	tty     *os.File
	cmd     *exec.Cmd
	started time.Time
	done    chan struct{} // Closed when all that the program wrote is drawn.

	mu       sync.Mutex
	changed  *sync.Cond // Signalled when there is another picture, and at the end.
	emulator *vt.Emulator
	inFrame  bool // A frame is half drawn (synchronized output).
	now      time.Time
	pictures []picture
	ended    bool
}

// picture is what was to be seen from a moment on.
type picture struct {
	at   time.Time // When its last byte was read.
	rows []string
}

// text is all rows of the picture.
func (p picture) text() string { return strings.Join(p.rows, "\n") }

// written is something that the program wrote, and when.
type written struct {
	at   time.Time
	data []byte
}

// open starts a program in a window.
func open(cmd *exec.Cmd) (*terminal, error) {
	t := &terminal{cmd: cmd, emulator: vt.NewEmulator(columns, lines), done: make(chan struct{})}
	t.changed = sync.NewCond(&t.mu)
	t.pictures = []picture{{rows: make([]string, lines)}}
	t.pretend()
	t.started = time.Now()
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: columns, Rows: lines})
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	t.tty = tty
	output := make(chan written, 1<<16)
	go t.read(output)
	go t.draw(output)
	go t.answer()
	return t, nil
}

// pretend makes the emulator the terminal that people have: with colours, with synchronized output.
func (t *terminal) pretend() {
	t.emulator.SetDefaultBackgroundColor(ansi.HexColor("#1c1c1c"))
	t.emulator.SetDefaultForegroundColor(ansi.HexColor("#f5f5f5"))
	t.emulator.RegisterCsiHandler(ansi.Command('?', '$', 'p'), func(p ansi.Params) bool {
		if n, _, _ := p.Param(0, 0); n != ansi.ModeSynchronizedOutput.Mode() {
			return false
		}
		_, _ = t.emulator.InputPipe().Write([]byte(ansi.ReportMode(ansi.ModeSynchronizedOutput, ansi.ModeReset)))
		return true
	})
	t.emulator.SetCallbacks(vt.Callbacks{
		EnableMode: func(m ansi.Mode) { t.inFrame = t.inFrame || m == ansi.ModeSynchronizedOutput },
		DisableMode: func(m ansi.Mode) {
			if m == ansi.ModeSynchronizedOutput {
				t.inFrame = false
				t.look()
			}
		},
	})
}

// answer types what the emulator answers to queries.
func (t *terminal) answer() {
	_, _ = io.Copy(t.tty, t.emulator) // It ends with the program.
}

func (t *terminal) read(output chan<- written) {
	defer close(output)
	buf := make([]byte, 1<<16)
	for {
		n, err := t.tty.Read(buf)
		output <- written{time.Now(), slices.Clone(buf[:n])}
		if err != nil {
			return // A terminal whose program has ended answers with an error.
		}
	}
}

func (t *terminal) draw(output <-chan written) {
	for w := range output {
		t.mu.Lock()
		t.now = w.at
		_, _ = t.emulator.Write(w.data)
		if !t.inFrame {
			t.look()
		}
		t.mu.Unlock()
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ended = true
	t.changed.Broadcast()
	close(t.done)
}

// look takes a picture, if it is another one.
func (t *terminal) look() {
	rows := make([]string, t.emulator.Height())
	for y := range rows {
		var b strings.Builder
		for x := 0; x < t.emulator.Width(); {
			c := t.emulator.CellAt(x, y)
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
	if !slices.Equal(rows, t.pictures[len(t.pictures)-1].rows) {
		t.pictures = append(t.pictures, picture{t.now, rows})
		t.changed.Broadcast()
	}
}

// errNever says that a program did not show what was waited for.
var errNever = errors.New("never showed it")

// until waits for a picture of which ok is true, from the one with this number on.
func (t *terminal) until(from int, ok func(picture) bool) (picture, error) {
	deadline := time.Now().Add(patience)
	alarm := time.AfterFunc(patience, t.changed.Broadcast)
	defer alarm.Stop()
	t.mu.Lock()
	defer t.mu.Unlock()
	for {
		for ; from < len(t.pictures); from++ {
			if ok(t.pictures[from]) {
				return t.pictures[from], nil
			}
		}
		if t.ended || !time.Now().Before(deadline) {
			return picture{}, fmt.Errorf("%s: %w; last it showed\n%s", t.cmd.Path, errNever, t.pictures[len(t.pictures)-1].text())
		}
		t.changed.Wait()
	}
}

// mark is the number of the next picture.
func (t *terminal) mark() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.pictures)
}

// last is the picture now.
func (t *terminal) last() picture {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.pictures[len(t.pictures)-1]
}

// since are the pictures from the one with this number on.
func (t *terminal) since(from int) []picture {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.pictures[from:])
}

// settle waits until the program has shown nothing new for a while.
func (t *terminal) settle(quiet time.Duration) {
	deadline := time.Now().Add(patience)
	for n := t.mark(); time.Now().Before(deadline); {
		select {
		case <-t.done:
			return
		case <-time.After(quiet):
		}
		now := t.mark()
		if now == n {
			return
		}
		n = now
	}
}

// press types keys.
func (t *terminal) press(keys string) error {
	if _, err := t.tty.WriteString(keys); err != nil {
		return fmt.Errorf("type into %s: %w", t.cmd.Path, err)
	}
	return nil
}

// end ends the program with its children: they are a session of their own.
func (t *terminal) end() {
	_ = syscall.Kill(-t.cmd.Process.Pid, syscall.SIGKILL)
	_ = t.cmd.Wait()
	<-t.done
	if in, ok := t.emulator.InputPipe().(io.Closer); ok {
		_ = in.Close()
	}
	_ = t.tty.Close()
}
