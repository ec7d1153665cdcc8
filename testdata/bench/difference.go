package main

import (
	"bytes"
	"fmt"
	"io"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"plumb/testdata/repositories"
)

// extent is how large the files are whose differences are measured.
type extent struct {
	lines    int // Of a large file of which one line in a hundred changes.
	rounds   int // How many versions of that there are, less one.
	many     int // Lines of a very large one.
	long     int // Bytes of a single line.
	scrolled int // Bytes of a difference to scroll through: about 10,000 lines.
	nested   int // Bytes of a file whose structure is compared.
}

// promised are the files that the budgets speak of.
var promised = extent{lines: 100_000, rounds: 12, many: 1_000_000, long: 10 << 20, scrolled: 320 << 10, nested: 1 << 20}

// compareLines measures the comparison of two large files against git's. Plumb's is done in a process that lives already, as
// it is on the screen, and takes in what git's process does: to read both files, to compare them, to write the patch.
func (b *bench) compareLines() error {
	old, new, err := b.pair("settings.yaml", settings(b.extent.lines, 0), settings(b.extent.lines, 1))
	if err != nil {
		return err
	}
	ours, err := b.probed("lines", old, new)
	if err != nil {
		return err
	}
	drawn, err := b.probed("drawing", old, new)
	if err != nil {
		return err
	}
	var git times
	for range 3 * b.runs {
		cmd := exec.CommandContext(b.ctx, "git", "diff", "--no-index", "--histogram", old, new)
		cmd.Env = environ(os.DevNull)
		start := time.Now()
		if err := differs(cmd); err != nil {
			return err
		}
		git = append(git, time.Since(start))
	}
	const name = "git diff --no-index --histogram"
	what := thousands(b.extent.lines) + " lines, 1 % changed: "
	b.rows = append(b.rows,
		row{what: what + "read, compared, written as a patch", plumb: ours.median(), peer: git.median(), name: name, budget: budget{share: 1}},
		row{what: what + "the same, quickest", plumb: ours.best(), peer: git.best(), name: name, budget: budget{share: 1}},
		row{what: what + "read, compared for the screen, with moves", plumb: drawn.median(), peer: git.median(), name: name, budget: budget{share: 1}},
	)
	return nil
}

// compareStructure measures how long it takes to find out what changed in a file by path.
func (b *bench) compareStructure() error {
	old, new, err := b.pair("deployments.yaml", deployments(b.extent.nested, 0), deployments(b.extent.nested, 1))
	if err != nil {
		return err
	}
	took, err := b.probed("structure", old, new)
	if err != nil {
		return err
	}
	what := fmt.Sprintf("structure of YAML of %s, all objects changed", quantity(float64(b.extent.nested), true))
	b.rows = append(b.rows, row{what: what, plumb: took.median()}, row{what: what + ", quickest", plumb: took.best()})
	return nil
}

// pair writes two versions of a file.
func (b *bench) pair(name string, old, new []byte) (oldFile, newFile string, err error) {
	for dir, data := range map[string][]byte{"old": old, "new": new} {
		dir = filepath.Join(b.scratch, dir)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return "", "", err
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			return "", "", err
		}
	}
	return filepath.Join(b.scratch, "old", name), filepath.Join(b.scratch, "new", name), nil
}

// probed are the times of a comparison in a process of its own.
func (b *bench) probed(how, old, new string) (times, error) {
	p, err := startProbe(b.ctx, how, old, new)
	if err != nil {
		return nil, err
	}
	if err := p.in.Encode(question{Times: 3 * b.runs}); err != nil {
		return nil, err
	}
	s, _, err := p.says(asked)
	if err != nil {
		return nil, err
	}
	return s.Times, p.end()
}

// differs runs a program that says by its exit code, 1 or 2, that there is a difference. Nobody reads what it prints.
func differs(cmd *exec.Cmd) error {
	var complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = io.Discard, &complaint
	if err := cmd.Run(); err != nil && (cmd.ProcessState == nil || complaint.Len() > 0) {
		return fmt.Errorf("%s: %w: %s", strings.Join(cmd.Args, " "), err, complaint.String())
	}
	return nil
}

// peakSize is the most memory that a program had that has ended; 0 where the system does not tell.
func peakSize(cmd *exec.Cmd) int64 {
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		return usage.Maxrss << 10
	}
	return 0
}

// extremes measures files that nobody should have, and some have: on the screen while they are loaded, and printed.
func (b *bench) extremes() error {
	for _, c := range []struct {
		what, path string
		old, new   []byte
		shown      string
	}{
		{"one line of " + quantity(float64(b.extent.long), true), "dump.json", longLine("before", b.extent.long), longLine("after", b.extent.long), "after setting"},
		{thousands(b.extent.many) + " lines, 1 % changed", "settings.yaml", settings(b.extent.many, 0), settings(b.extent.many, 1), mark(1)},
		{thousands(b.extent.many) + " lines, none in common", "hosts.txt", numbered("old", b.extent.many), numbered("new", b.extent.many), "old 0 old"},
	} {
		dir := filepath.Join(b.scratch, "extreme.git")
		versions := func(yield func([]byte) bool) { _ = yield(c.old) && yield(c.new) }
		if err := repositories.WriteVersions(b.ctx, dir, story(c.path, versions)); err != nil {
			return err
		}
		if err := b.extreme(dir, c.what, c.shown); err != nil {
			return fmt.Errorf("%s: %w", c.what, err)
		}
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) extreme(dir, what, shown string) error {
	var opened, keys, whole, git times
	var peak, printed, gits sizes
	for i := range min(b.runs, 3) {
		l, err := b.load(dir, shown)
		if err != nil {
			return err
		}
		opened, keys, peak = append(opened, l.took), append(keys, l.keys...), append(peak, l.peak)
		home, err := b.home()
		if err != nil {
			return err
		}
		for _, program := range []struct {
			args []string
			took *times
			size *sizes
		}{
			{[]string{b.plumb, "diff", "HEAD~2", "HEAD~1"}, &whole, &printed},
			{[]string{"git", "diff", "--histogram", "HEAD~2", "HEAD~1"}, &git, &gits},
		} {
			// Git takes a minute for some of these.
			if i > 0 && program.took == &git {
				continue
			}
			cmd := exec.CommandContext(b.ctx, program.args[0], program.args[1:]...)
			cmd.Dir, cmd.Env = dir, environ(home)
			start := time.Now()
			if err := differs(cmd); err != nil {
				return err
			}
			*program.took, *program.size = append(*program.took, time.Since(start)), append(*program.size, peakSize(cmd))
		}
	}
	frame := budget{most: float64(16 * time.Millisecond)}
	const name = "git diff --histogram"
	b.rows = append(b.rows,
		row{what: what + ": first page, large files asked for", plumb: opened.median()},
		row{what: what + ": key to frame meanwhile", plumb: keys.p95(), budget: frame},
		row{what: what + ": key to frame meanwhile, slowest", plumb: keys.worst()},
		row{what: what + ": most memory, with the screen", plumb: peak.worst()},
		row{what: what + ": plumb diff A B", plumb: whole.median(), peer: git.median(), name: name},
		row{what: what + ": most memory of that", plumb: printed.worst(), peer: gits.worst(), name: name},
	)
	return nil
}

// rounds are the versions of a large file.
func (e extent) versions() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for round := range e.rounds + 1 {
			if !yield(settings(e.lines, round)) {
				return
			}
		}
	}
}
