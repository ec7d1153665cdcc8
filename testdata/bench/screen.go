package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// peer is another program that shows history on a terminal.
type peer struct {
	name    string
	args    []string
	files   map[string]string // What is in its home.
	environ []string          // Above that of its home.
	bare    bool              // It can show bare repositories.
}

// The peers show history, and leave out what plumb does not show either: files that are not committed.
var peers = []peer{
	{
		name: "tig", files: map[string]string{".tigrc": "set show-changes = no\n"}, bare: true,
	},
	{
		name: "lazygit", args: []string{"log"},
		files:   map[string]string{".config/lazygit/config.yml": "disableStartupPopups: true\nupdate:\n  method: never\ngit:\n  autoFetch: false\n"},
		environ: []string{"XDG_CONFIG_HOME="},
	},
}

// here are the peers that can be measured on the repository.
func (b *bench) here() []peer {
	return slices.DeleteFunc(slices.Clone(peers), func(p peer) bool {
		_, err := exec.LookPath(p.name)
		return err != nil || b.repository.isBare && !p.bare
	})
}

// openPeer starts a peer on the repository.
func (b *bench) openPeer(p peer) (*terminal, error) {
	home, err := b.home()
	if err != nil {
		return nil, err
	}
	for name, content := range p.files {
		file := filepath.Join(home, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			return nil, err
		}
	}
	cmd := exec.CommandContext(b.ctx, p.name, p.args...)
	cmd.Dir, cmd.Env = b.repository.dir, append(environ(home), p.environ...)
	return open(cmd)
}

// openPlumb starts plumb on the repository.
func (b *bench) openPlumb(home string) (*terminal, error) {
	cmd := exec.CommandContext(b.ctx, b.plumb)
	cmd.Dir, cmd.Env = b.repository.dir, environ(home)
	return open(cmd)
}

// firstFrames measures the time from the start of a program until the newest commit is on the screen.
func (b *bench) firstFrames() error {
	warmHome, err := b.warmed()
	if err != nil {
		return err
	}
	first := func(t *terminal, err error) (time.Duration, error) {
		if err != nil {
			return 0, err
		}
		defer t.end()
		p, err := t.until(0, b.repository.showsNewest)
		return p.at.Sub(t.started), err
	}
	var warm, cold times
	theirs := make([]times, len(b.here()))
	// One after the other in turns, so that what else the machine does is the same for all.
	for range b.runs {
		took, err := first(b.openPlumb(warmHome))
		if err != nil {
			return err
		}
		warm = append(warm, took)
		home, err := b.home()
		if err != nil {
			return err
		}
		if took, err = first(b.openPlumb(home)); err != nil {
			return err
		}
		cold = append(cold, took)
		for i, p := range b.here() {
			took, err := first(b.openPeer(p))
			if errors.Is(err, errNever) {
				progress("%v", err)
				continue
			}
			if err != nil {
				return err
			}
			theirs[i] = append(theirs[i], took)
		}
	}
	rows := [2]row{
		{what: "first frame with history, warm", plumb: warm.median(), budget: budget{most: float64(100 * time.Millisecond), share: 1.0 / 8}},
		{what: "first frame with history, cold cache", plumb: cold.median(), budget: budget{share: 1.0 / 4}},
	}
	for _, r := range rows {
		limits := r.budget
		for i, p := range b.here() {
			r.name, r.peer, r.budget = p.name, theirs[i].median(), limits
			if p.name != "tig" {
				r.budget = budget{}
			}
			b.rows = append(b.rows, r)
		}
		if len(b.here()) == 0 {
			b.rows = append(b.rows, r)
		}
	}
	return nil
}

// warmed is a home in whose cache the whole index is.
func (b *bench) warmed() (string, error) {
	home := filepath.Join(b.scratch, "warm")
	if _, err := os.Stat(home); err == nil {
		return home, nil
	}
	if err := os.Mkdir(home, 0o755); err != nil {
		return "", err
	}
	t, err := b.openPlumb(home)
	if err != nil {
		return "", err
	}
	defer t.end()
	return home, t.indexed(home)
}

// indexed waits until plumb has saved its index, and has nothing more to do.
func (t *terminal) indexed(home string) error {
	const look = 200 * time.Millisecond
	for start := time.Now(); time.Since(start) < 5*patience; time.Sleep(look) {
		saved, err := filepath.Glob(filepath.Join(home, ".cache", "plumb", "history", "*", "*.json"))
		if err != nil {
			return err
		}
		if len(saved) > 0 {
			return t.idle()
		}
	}
	return errors.New("plumb never saved its index")
}

// settled is how long a screen has to stay as it is to be taken for done with what was asked of it.
const settled = 120 * time.Millisecond

// A key is held for as many repetitions, as many times as this. The list has to be longer than all that is stepped through.
const (
	repetitions = 90
	holds       = 3
)

// stepping measures how long after a key the next commit is marked, and its differences are shown.
func (b *bench) stepping() error {
	home, err := b.warmed()
	if err != nil {
		return err
	}
	t, err := b.openPlumb(home)
	if err != nil {
		return err
	}
	defer t.end()
	if err := b.ready(t); err != nil {
		return err
	}
	moved, shown, err := t.steps(b.steps, "j", marked, diffPane)
	if err != nil {
		return err
	}
	late, err := t.held("j")
	if err != nil {
		return err
	}
	after := t.residentSize()
	frame := budget{most: float64(16 * time.Millisecond)}
	rows := []row{
		{what: "key to frame: the next commit is marked", plumb: moved.p95(), budget: frame},
		{what: "key to frame: its differences are shown too", plumb: shown.p95(), budget: frame},
		// With less than the time between two keys, no key waits for another.
		{what: "30 keys/s held for 3 s: after the last key", plumb: late.worst(), budget: budget{most: float64(interval)}},
		{what: "resident memory after that", plumb: sizes{after}.worst()},
	}
	if slices.ContainsFunc(b.here(), func(p peer) bool { return p.name == "tig" }) {
		if err := b.stepTig(rows); err != nil {
			progress("step through tig: %v", err)
		}
	}
	b.rows = append(b.rows, rows...)
	return nil
}

// ready waits until a program shows history and does nothing more.
func (b *bench) ready(t *terminal) error {
	if _, err := t.until(0, b.repository.showsNewest); err != nil {
		return err
	}
	return t.idle()
}

// stepTig does the same with tig: its list above, the commit below.
func (b *bench) stepTig(rows []row) error {
	t, err := b.openPeer(peers[0])
	if err != nil {
		return err
	}
	defer t.end()
	if err := b.ready(t); err != nil {
		return err
	}
	if err := t.press("\r"); err != nil {
		return err
	}
	if err := t.idle(); err != nil {
		return err
	}
	// The arrow, as tig asks terminals to send it.
	_, shown, err := t.steps(b.steps, "\x1bOB", func(p picture) string { return p.text() }, body)
	if err != nil {
		return err
	}
	rows[1].name, rows[1].peer = "tig", shown.p95()
	return nil
}

// marked is the row under the cursor. There is one in the list of commits, with its id; the titles of panes have another form.
func marked(p picture) string {
	for _, row := range p.rows {
		if strings.HasPrefix(row, "▌ ") {
			return row
		}
	}
	return ""
}

// body is a picture without its first and its last row, which say what goes on in the background.
func body(p picture) string { return strings.Join(p.rows[1:len(p.rows)-1], "\n") }

// diffPane is the part of plumb's screen that shows them: the left one goes on with what it finds out about commits.
func diffPane(p picture) string {
	var b strings.Builder
	for _, row := range p.rows[1 : len(p.rows)-1] {
		if cells := []rune(row); len(cells) > leftColumn {
			b.WriteString(string(cells[leftColumn:]))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// leftColumn is how many cells of plumb's screen are History's and Live's, at the size of these measurements.
const leftColumn = 66

// steps presses a key again and again, each time when all is shown that the one before has brought. Moved is when the
// cursor was seen elsewhere, shown when what shows answers had changed for the last time.
func (t *terminal) steps(n int, key string, cursor, shows func(picture) string) (moved, shown times, err error) {
	for range n {
		before, from := t.last(), t.mark()
		start := time.Now()
		if err := t.press(key); err != nil {
			return nil, nil, err
		}
		first, err := t.until(from, func(p picture) bool { return cursor(p) != cursor(before) })
		if err != nil {
			return nil, nil, err
		}
		t.settle(settled)
		moved = append(moved, first.at.Sub(start))
		shown = append(shown, lastChange(before, t.since(from), shows).Sub(start))
	}
	return moved, shown, nil
}

// lastChange is when what shows answers changed for the last time.
func lastChange(before picture, pictures []picture, shows func(picture) string) (at time.Time) {
	for _, p := range pictures {
		if shows(p) != shows(before) {
			at = p.at
		}
		before = p
	}
	return at
}

// interval is the time between two keys of a keyboard on which one is held down.
const interval = time.Second / 30

// held holds a key down for three seconds, and answers how long after its last repetition the screen changed last.
func (t *terminal) held(key string) (late times, err error) {
	for range holds {
		before, from := t.last(), t.mark()
		ticker := time.NewTicker(interval)
		var last time.Time
		for range repetitions {
			last = <-ticker.C
			if err := t.press(key); err != nil {
				ticker.Stop()
				return nil, err
			}
		}
		ticker.Stop()
		t.settle(4 * settled)
		late = append(late, max(lastChange(before, t.since(from), diffPane).Sub(last), 0))
	}
	return late, nil
}
