package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"plumb/testdata/repositories"
)

// openStory starts plumb on a repository of a story, and waits until it has nothing more to do.
func (b *bench) openStory(dir string) (*terminal, error) {
	home, err := b.home()
	if err != nil {
		return nil, err
	}
	told := *b
	told.repository.dir = dir
	t, err := told.openPlumb(home)
	if err != nil {
		return nil, err
	}
	if _, err = t.until(0, shows(newestSubject)); err == nil {
		err = t.idle()
	}
	if err != nil {
		t.end()
		return nil, err
	}
	return t, nil
}

// shows reports whether something is to be seen.
func shows(words string) func(picture) bool {
	return func(p picture) bool { return strings.Contains(p.text(), words) }
}

// after is how long after the keys something was to be seen for the first time.
func (t *terminal) after(keys string, ok func(picture) bool) (time.Duration, error) {
	from, start := t.mark(), time.Now()
	if err := t.press(keys); err != nil {
		return 0, err
	}
	p, err := t.until(from, ok)
	return p.at.Sub(start), err
}

// firstPages measures how long after a key the difference of two large files is on the screen: each of the commits that the
// cursor comes to has another one.
func (b *bench) firstPages() error {
	dir := filepath.Join(b.scratch, "large.git")
	if err := repositories.WriteVersions(b.ctx, dir, story("settings.yaml", b.extent.versions())); err != nil {
		return err
	}
	var took times
	for range min(b.runs, 3) {
		t, err := b.openStory(dir)
		if err != nil {
			return err
		}
		pages, err := t.pages(b.extent.rounds)
		t.end()
		if err != nil {
			return err
		}
		took = append(took, pages...)
	}
	what := thousands(b.extent.lines) + " lines, 1 % changed: key to first page"
	b.rows = append(b.rows,
		row{what: what, plumb: took.median(), budget: budget{most: float64(50 * time.Millisecond)}},
		row{what: what + ", quickest", plumb: took.best(), budget: budget{most: float64(50 * time.Millisecond)}},
		row{what: what + ", slowest but for one in twenty", plumb: took.p95()},
	)
	return nil
}

// pages goes down from commit to commit.
func (t *terminal) pages(rounds int) (took times, err error) {
	for round := rounds; round > 0; round-- {
		d, err := t.after("j", shows(": "+mark(round)))
		if err != nil {
			return nil, err
		}
		if err := t.idle(); err != nil {
			return nil, err
		}
		took = append(took, d)
	}
	return took, nil
}

// loaded is what it took to load a very large difference.
type loaded struct {
	took time.Duration
	keys times // From keys that were typed meanwhile to what they do.
	peak int64 // The most memory of plumb.
}

// load opens the second newest commit, and has the file loaded that is held back for its size. While that goes on, keys
// give the focus away and take it back.
func (b *bench) load(dir, shown string) (l loaded, err error) {
	t, err := b.openStory(dir)
	if err != nil {
		return l, err
	}
	defer t.end()
	isHeld, isShown := shows("enter loads it"), shows(shown)
	if _, err := t.after("j", func(p picture) bool { return isHeld(p) || isShown(p) }); err != nil {
		return l, err
	}
	if err := t.idle(); err != nil {
		return l, err
	}
	if _, err := t.after("4", diffFocused); err != nil {
		return l, err
	}
	from, start := t.mark(), time.Now()
	if err := t.press("\r"); err != nil {
		return l, err
	}
	for isDone := false; !isDone; isDone = isShown(t.last()) {
		if time.Since(start) > patience {
			return l, fmt.Errorf("%w; last it showed\n%s", errNever, t.last().text())
		}
		for _, key := range []struct {
			key string
			ok  func(picture) bool
		}{{"1", func(p picture) bool { return !diffFocused(p) }}, {"4", diffFocused}} {
			d, err := t.after(key.key, key.ok)
			if err != nil {
				return l, err
			}
			l.keys = append(l.keys, d)
			// A person takes longer from key to key.
			time.Sleep(interval)
		}
	}
	p, err := t.until(from, isShown)
	if err != nil {
		return l, err
	}
	l.took = p.at.Sub(start)
	// With its colours, and whatever else is found out about it.
	if err := t.idle(); err != nil {
		return l, err
	}
	if all, err := t.processes(); err == nil {
		l.peak = all[0].peak
	}
	return l, nil
}

// diffFocused reports whether the keys go to the differences: the bar is before their title.
func diffFocused(p picture) bool { return !strings.Contains(p.text(), "▌History") }

// scrolling measures how long after a key the rows of a long difference have moved, with keys as they come from one that is held.
func (b *bench) scrolling() error {
	dir := filepath.Join(b.scratch, "scrolled.git")
	versions := func(yield func([]byte) bool) {
		_ = yield(deployments(b.extent.scrolled, 0)) && yield(deployments(b.extent.scrolled, 2))
	}
	if err := repositories.WriteVersions(b.ctx, dir, story("deployments.yaml", versions)); err != nil {
		return err
	}
	const wheelDown = "\x1b[<65;120;20M"
	ways := []struct {
		what, key string
		took      times
	}{{what: "j", key: "j"}, {what: "ctrl+d", key: "\x04"}, {what: "the wheel", key: wheelDown}}
	for range min(b.runs, 3) {
		for i, w := range ways {
			took, err := b.scroll(dir, w.key)
			if err != nil {
				return err
			}
			ways[i].took = append(ways[i].took, took...)
		}
	}
	frame := budget{most: float64(16 * time.Millisecond)}
	for _, w := range ways {
		what := "10,000 lines of YAML side by side, 30/s of " + w.what + ": to frame"
		b.rows = append(b.rows, row{what: what, plumb: w.took.p95(), budget: frame}, row{what: what + ", median", plumb: w.took.median()})
	}
	return nil
}

func (b *bench) scroll(dir, key string) (times, error) {
	t, err := b.openStory(dir)
	if err != nil {
		return nil, err
	}
	defer t.end()
	if _, err := t.after("j", shows(mark(2))); err != nil {
		return nil, err
	}
	// The pane gets the whole window.
	for _, k := range []string{"4", "z"} {
		if err := t.press(k); err != nil {
			return nil, err
		}
		if err := t.idle(); err != nil {
			return nil, err
		}
	}
	if p := t.last(); !strings.Contains(p.text(), "split") {
		return nil, fmt.Errorf("the difference is not side by side:\n%s", p.text())
	}
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	var took times
	for range b.steps {
		<-ticker.C
		before := body(t.last())
		d, err := t.after(key, func(p picture) bool { return body(p) != before })
		if err != nil {
			return nil, err
		}
		took = append(took, d)
	}
	return took, nil
}
