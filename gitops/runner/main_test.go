package runner

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"plumb/model"
	"plumb/model/text"
)

// TestMain has the test binary be the runner that its tests start.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == Command {
		if err := beRunner(os.Args[2]); err != nil {
			fmt.Fprintln(os.Stderr, "error:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func beRunner(file string) error {
	r, err := ReadRequest(file)
	if err != nil {
		return err
	}
	return Serve(context.Background(), r, time.Now, func(ctx context.Context, watch func(model.Event)) (model.Run, error) {
		say := func(words string) { watch(model.Event{Phase: model.PhaseProgress, Message: text.Line(words)}) }
		result := model.Run{ID: r.Run, Change: r.Change, Environment: r.Environment, By: r.By, Outcome: model.RunApplied}
		err := works[r.Change](ctx, r, say)
		if err != nil {
			result.Outcome, result.Message = model.RunPartial, text.Line(err.Error())
		}
		return result, err
	})
}

// works is what runners of these tests do, by the change that they carry out.
var works = map[model.ChangeID]func(ctx context.Context, r Request, say func(string)) error{
	"steps": func(_ context.Context, r Request, say func(string)) error {
		say("one")
		say("two")
		if err := gate(r); err != nil {
			return err
		}
		say("three")
		return nil
	},
	"flood": func(_ context.Context, _ Request, say func(string)) error {
		for range flood {
			say(strings.Repeat("x", 1000))
		}
		return nil
	},
	"mark": func(_ context.Context, r Request, _ func(string)) error {
		return os.WriteFile(filepath.Join(r.Repository, "begun"), nil, 0o600)
	},
	"stoppable": func(ctx context.Context, r Request, say func(string)) error {
		<-ctx.Done()
		say("heard")
		if err := gate(r); err != nil {
			return err
		}
		return fmt.Errorf("stopped after web-1: %w", ctx.Err())
	},
	"refused": func(context.Context, Request, func(string)) error {
		return model.Refuse("ask somebody else", "prod is frozen")
	},
	"uncertain": func(context.Context, Request, func(string)) error {
		return model.WithHint(fmt.Errorf("web-1 hung up: %w", model.ErrUncertain), "look at web-1: 100%% sure")
	},
	"plain": func(context.Context, Request, func(string)) error { return errors.New("web-1 has no disk left") },
	"panic": func(context.Context, Request, func(string)) error {
		panic("cannot go on: password=hunter2hunter2")
	},
	"parent": func(ctx context.Context, r Request, say func(string)) error {
		life, err := os.OpenFile(filepath.Join(r.Repository, "gate"), os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		// In a group of its own, as a shell with job control would put it.
		child := exec.CommandContext(ctx, "sleep", "600")
		child.Stdout, child.SysProcAttr = life, &syscall.SysProcAttr{Setpgid: true}
		if err := errors.Join(child.Start(), life.Close()); err != nil {
			return err
		}
		say("child")
		return child.Wait()
	},
}

// flood is how many events of 1000 bytes no socket has room for.
const flood = 3000

// gate has a runner wait until the test opens its gate.
func gate(r Request) error {
	f, err := os.Open(filepath.Join(r.Repository, "gate"))
	if err != nil {
		return err
	}
	return f.Close()
}

// bench is a repository with the runners of one test.
type bench struct {
	t *testing.T
	Starter
	started []*View
}

const host = "workstation"

func newBench(t *testing.T) *bench {
	t.Helper()
	// Not t.TempDir: the name of a test would make the names of its sockets too long.
	dir, err := os.MkdirTemp("", "runner")
	if err != nil {
		t.Fatal(err)
	}
	return benchIn(t, dir, filepath.Join(dir, "state"))
}

func benchIn(t *testing.T, dir, state string) *bench {
	t.Helper()
	if err := syscall.Mkfifo(filepath.Join(dir, "gate"), 0o600); err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, Starter: Starter{Place: Place{Dir: state, Host: host}, By: model.Principal{Name: text.Line("Ada"), Email: text.Line("ada@example.org")},
		Repository: dir, Getenv: func(string) string { return "" }}}
	t.Cleanup(func() {
		for _, v := range b.started {
			// Only processes that this test started, whatever files say.
			if i := v.Info; i.PID > 1 && i.alive() {
				_ = syscall.Kill(i.PID, syscall.SIGKILL)
			}
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return b
}

// start starts a run of a change whose id is what it does.
func (b *bench) start(id model.RunID, change model.ChangeID) *View {
	b.t.Helper()
	v, err := b.Start(b.t.Context(), Request{Run: id, Change: change, Environment: "staging"})
	if err != nil {
		b.t.Fatal(err)
	}
	b.started = append(b.started, v)
	return v
}

func (b *bench) attach(i Info) *View {
	b.t.Helper()
	v, err := Attach(i)
	if err != nil {
		b.t.Fatal(err)
	}
	return v
}

// open opens the gate once.
func (b *bench) open() {
	b.t.Helper()
	f, err := os.OpenFile(filepath.Join(b.Repository, "gate"), os.O_WRONLY, 0)
	if err != nil {
		b.t.Fatal(err)
	}
	_ = f.Close()
}

// files lists what is in the state directory.
func (b *bench) files() []string {
	b.t.Helper()
	entries, err := os.ReadDir(b.Place.Dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		b.t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// viewer is somebody who follows a run.
type viewer struct {
	events   chan string // Each as it comes.
	stopping chan bool   // Whenever it is said that the run was asked to stop.
	done     chan bool
	run      model.Run // Once done.
	err      error
}

func follow(ctx context.Context, v *View) *viewer {
	w := &viewer{events: make(chan string, 2*flood), stopping: make(chan bool, 10), done: make(chan bool)}
	v.Stopping = func() { w.stopping <- true }
	go func() {
		w.run, w.err = v.Follow(ctx, func(e model.Event) { w.events <- e.Message.String() })
		close(w.events)
		close(w.done)
	}()
	return w
}

// all waits for the end and lists what was seen of it and was not taken yet.
func (w *viewer) all() []string {
	<-w.done
	var all []string
	for e := range w.events {
		all = append(all, e)
	}
	return all
}
