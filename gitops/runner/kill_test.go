package runner

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"plumb/gitops/run"
	"plumb/model"
)

func TestKillEndsTheRunnerAndAllThatItStarted(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	v := b.start("r1", "parent")
	w := follow(t.Context(), v)
	// It is read to the end when the last process that could write to it is gone.
	life, err := os.Open(filepath.Join(b.Repository, "gate"))
	if err != nil {
		t.Fatal(err)
	}
	defer life.Close()
	<-w.events
	if err := b.Place.Kill(t.Context(), v.Info); err != nil {
		t.Fatal(err)
	}
	if v.Info.alive() {
		t.Error("the runner is still there")
	}
	if _, err := io.ReadAll(life); err != nil {
		t.Error(err)
	}
	<-w.done
	if !errors.Is(w.err, ErrLost) || !errors.Is(w.err, model.ErrUncertain) {
		t.Errorf("a viewer is told %v", w.err)
	}
	if left := b.files(); len(left) > 0 {
		t.Errorf("left are %q", left)
	}
}

func TestARunnerThatAnswersNobodyIsKilled(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	v := b.start("r1", "steps")
	w := follow(t.Context(), v)
	<-w.events
	if err := syscall.Kill(v.Info.PID, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	if err := b.Place.Kill(t.Context(), v.Info); err != nil {
		t.Fatal(err)
	}
	<-w.done
	if v.Info.alive() || !errors.Is(w.err, ErrLost) {
		t.Errorf("the runner is still there: %v", w.err)
	}
}

func TestARunnerThatAnswersNobodyIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	v := b.start("r1", "steps")
	defer v.Close()
	if err := syscall.Kill(v.Info.PID, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	if _, err := Attach(v.Info); !errors.Is(err, os.ErrDeadlineExceeded) || model.Hint(err) == "" {
		t.Errorf("the viewer is told %v", err)
	}
}

func TestKillLeavesAProcessAloneThatIsNotTheRunner(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(i *Info){
		"its process id is used again": func(i *Info) { i.Start += "1" },
		"its process is gone":          func(i *Info) { i.PID = ended(t) },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			bystander := exec.CommandContext(t.Context(), "cat")
			bystander.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
			in, err := bystander.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := bystander.Start(); err != nil {
				t.Fatal(err)
			}
			i := b.keep("r1", func(i *Info) {
				i.PID, i.Start = bystander.Process.Pid, run.ProcessStart(bystander.Process.Pid)
				change(i)
			})
			if err := b.Place.Kill(t.Context(), i); err == nil || !strings.Contains(err.Error(), "r1") {
				t.Errorf("the error is %v", err)
			}
			// It ends by itself, and well.
			if err := errors.Join(in.Close(), bystander.Wait()); err != nil {
				t.Errorf("the other process: %v", err)
			}
		})
	}
}
