package runner

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"plumb/model"
)

func TestWhatARunnerLeavesOnDiskIsPrivate(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	w := follow(t.Context(), b.start("r1", "steps"))
	<-w.events
	for name, want := range map[string]fs.FileMode{
		"":        0o700 | fs.ModeDir,
		"r1.live": 0o600,
		"r1.sock": 0o600 | fs.ModeSocket,
		"r1.log":  0o600,
	} {
		info, err := os.Lstat(filepath.Join(b.Place.Dir, name))
		if err != nil {
			t.Error(err)
		} else if info.Mode() != want {
			t.Errorf("%q is %s, want %s", name, info.Mode(), want)
		}
	}
	if got, want := b.files(), []string{"r1.live", "r1.log", "r1.sock"}; !slices.Equal(got, want) {
		t.Errorf("there are %q, want %q: the request is read once", got, want)
	}
	b.open()
	<-w.done
}

func TestARunnerKnowsItsRequest(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	v := b.start("r1", "steps")
	w := follow(t.Context(), v)
	i, err := b.Place.Find("r1")
	if err != nil {
		t.Fatal(err)
	}
	if i != v.Info || i.Run != "r1" || i.Change != "steps" || i.Environment != "staging" || i.By != b.By || i.Host != host || i.PID == os.Getpid() {
		t.Errorf("at work is %+v, and its viewer knows %+v", i, v.Info)
	}
	b.open()
	<-w.done
}

// unbegun starts a runner that can write to and read from the file it finds as its starter's, and answers how it is told to go on.
func (b *bench) unbegun(starter *os.File) (*exec.Cmd, *strings.Builder) {
	b.t.Helper()
	if err := os.MkdirAll(b.Place.Dir, 0o700); err != nil {
		b.t.Fatal(err)
	}
	request := b.Place.file("r1", ".request")
	data, err := json.Marshal(Request{Protocol: protocol, Run: "r1", Change: "mark", Repository: b.Repository, Place: b.Place})
	if err == nil {
		err = os.WriteFile(request, data, 0o600)
	}
	if err != nil {
		b.t.Fatal(err)
	}
	cmd := exec.CommandContext(b.t.Context(), os.Args[0], Command, request)
	if starter != nil {
		cmd.ExtraFiles = []*os.File{starter}
	}
	var words strings.Builder
	cmd.Stderr = &words
	if err := cmd.Start(); err != nil {
		b.t.Fatal(err)
	}
	return cmd, &words
}

// begun reports whether the run that marks its repository was begun, or is still said to be under way.
func (b *bench) begun() bool {
	b.t.Helper()
	_, err := os.Stat(filepath.Join(b.Repository, "begun"))
	return err == nil || len(b.files()) > 0
}

func TestAStarterThatDiesBeforeItSaysGoBeginsNothing(t *testing.T) {
	t.Parallel()
	for name, last := range map[string]string{"says nothing": "", "says half of it": `{"go":tr`, "says something else": "{\"stop\":true}\n"} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			ours, theirs, err := pair()
			if err != nil {
				t.Fatal(err)
			}
			cmd, words := b.unbegun(theirs)
			_ = theirs.Close()
			v, err := meet(ours)
			if err != nil {
				t.Fatal(err)
			}
			if v.Info.PID != cmd.Process.Pid {
				t.Errorf("ready is %+v", v.Info)
			}
			if _, err := io.WriteString(ours, last); err != nil {
				t.Fatal(err)
			}
			_ = ours.Close() // As the kernel does for a process that dies.
			if err := cmd.Wait(); err == nil || !strings.Contains(words.String(), "nobody waits for this run") {
				t.Errorf("the runner ends with %v: %s", err, words)
			}
			if b.begun() {
				t.Error("something was begun")
			}
		})
	}
}

func TestARunnerThatNobodyStartedBeginsNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	cmd, words := b.unbegun(nil)
	if err := cmd.Wait(); err == nil || !strings.Contains(words.String(), "nobody waits for this run") {
		t.Errorf("the runner ends with %v: %s", err, words)
	}
	if b.begun() {
		t.Error("something was begun")
	}
}

func TestWhoChangesTheirMindBeforeTheStartBeginsNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("the operator left"))
	if _, err := b.Start(ctx, Request{Run: "r1", Change: "mark"}); err == nil {
		t.Fatal("a run was started")
	}
	if _, err := os.Stat(filepath.Join(b.Repository, "begun")); err == nil {
		t.Error("something was begun")
	}
}

func TestWhyARunnerDidNotBeginIsToldInItsOwnWords(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	// Its own directory as the name of its file has the runner fail to say that it is at work.
	if err := os.MkdirAll(filepath.Join(b.Place.Dir, "r1.live", "full"), 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := b.Start(t.Context(), Request{Run: "r1", Change: "mark"})
	if err == nil || !strings.Contains(err.Error(), "start the run: say that a run is under way: ") || errors.Is(err, model.ErrUncertain) {
		t.Errorf("the error is %v", err)
	}
	if _, err := os.Stat(filepath.Join(b.Repository, "begun")); err == nil {
		t.Error("something was begun")
	}
}
