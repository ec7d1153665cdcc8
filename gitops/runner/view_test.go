package runner

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

	"plumb/model"
)

var steps = []string{"one", "two", "three"}

func TestEveryViewerSeesARunFromItsBeginning(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	starter := b.start("r1", "steps")
	first := follow(t.Context(), starter)
	second := follow(t.Context(), b.attach(starter.Info))
	for _, want := range steps[:2] {
		if got := <-first.events; got != want {
			t.Fatalf("the first viewer sees %q, want %q", got, want)
		}
	}
	info, err := b.Place.Find("")
	if err != nil {
		t.Fatal(err)
	}
	late := follow(t.Context(), b.attach(info))
	b.open()
	if got := first.all(); !slices.Equal(got, steps[2:]) {
		t.Errorf("the first viewer then sees %q", got)
	}
	for name, w := range map[string]*viewer{"second": second, "late": late} {
		if got := w.all(); !slices.Equal(got, steps) {
			t.Errorf("the %s viewer sees %q", name, got)
		}
	}
	for name, w := range map[string]*viewer{"first": first, "second": second, "late": late} {
		if w.err != nil || w.run.ID != "r1" || w.run.Outcome != model.RunApplied || w.run.By != b.By {
			t.Errorf("the %s viewer is told %+v, %v", name, w.run, w.err)
		}
	}
}

func TestWhatHasEndedIsNotUnderWay(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for range 10 {
		w := follow(t.Context(), b.start("r1", "mark"))
		<-w.done
		if left := b.files(); len(left) > 0 {
			t.Fatalf("whoever is told of the end still finds %q", left)
		}
	}
}

func TestAViewerWhoNeverReadsHoldsNothingUp(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	starter := b.start("r1", "flood")
	defer starter.Close()
	// The starter itself does not read, so this one gets all of a run that only one of them keeps up with.
	w := follow(t.Context(), b.attach(starter.Info))
	if got := len(w.all()); got != flood || w.err != nil || w.run.Outcome != model.RunApplied {
		t.Fatalf("the viewer who reads sees %d of %d events, then %+v, %v", got, flood, w.run, w.err)
	}
	// It can still catch up.
	slow := follow(t.Context(), starter)
	if got := len(slow.all()); got != flood || slow.err != nil {
		t.Errorf("the slow viewer sees %d of %d events, then %v", got, flood, slow.err)
	}
}

func TestAViewerWhoGoesAwayLeavesTheRunAlone(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	starter := b.start("r1", "steps")
	ctx, leave := context.WithCancel(t.Context())
	first := follow(ctx, starter)
	<-first.events
	leave()
	<-first.done
	if !errors.Is(first.err, context.Canceled) || errors.Is(first.err, model.ErrUncertain) {
		t.Errorf("who leaves is told: %v", first.err)
	}
	second := follow(t.Context(), b.attach(starter.Info))
	b.open()
	if got := second.all(); !slices.Equal(got, steps) || second.err != nil {
		t.Errorf("the other sees %q, then %v", got, second.err)
	}
}

func TestViewersAreToldTheErrorOfTheRunAsItWas(t *testing.T) {
	t.Parallel()
	classes := []error{model.ErrRefused, model.ErrUncertain, context.Canceled, ErrLost}
	for change, want := range map[model.ChangeID]struct {
		words, hint string
		class       error
	}{
		"refused":   {"prod is frozen", "ask somebody else", model.ErrRefused},
		"uncertain": {"web-1 hung up: " + model.ErrUncertain.Error(), "look at web-1: 100% sure", model.ErrUncertain},
		"plain":     {"web-1 has no disk left", "", nil},
	} {
		t.Run(string(change), func(t *testing.T) {
			t.Parallel()
			w := follow(t.Context(), newBench(t).start("r1", change))
			<-w.done
			if w.err == nil || w.err.Error() != want.words || model.Hint(w.err) != want.hint {
				t.Errorf("the error is %v with the hint %q, want %s with %q", w.err, model.Hint(w.err), want.words, want.hint)
			}
			for _, class := range classes {
				if got := errors.Is(w.err, class); got != (class == want.class) {
					t.Errorf("that it is %q is %v", class, got)
				}
			}
			if w.run.Outcome != model.RunPartial || w.run.Message.String() != want.words || w.run.Environment != "staging" {
				t.Errorf("the run is %+v", w.run)
			}
		})
	}
}

func TestStopReachesTheRunOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	one := b.start("r1", "stoppable")
	two := b.attach(one.Info)
	first, second := follow(t.Context(), one), follow(t.Context(), two)
	if err := two.Stop(); err != nil {
		t.Fatal(err)
	}
	<-first.stopping
	<-second.stopping
	if got := <-first.events; got != "heard" {
		t.Errorf("the run says %q", got)
	}
	if err := errors.Join(two.Stop(), one.Stop()); err != nil {
		t.Fatal(err)
	}
	b.open()
	for _, w := range []*viewer{first, second} {
		<-w.done
		if len(w.stopping) > 0 {
			t.Error("a viewer is told again that the run is stopping")
		}
		if !errors.Is(w.err, context.Canceled) || w.err.Error() != "stopped after web-1: context canceled" {
			t.Errorf("the error is %v", w.err)
		}
	}
}

func TestARunnerThatDiesLeavesTheRunUncertain(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	v := b.start("r1", "steps")
	w := follow(t.Context(), v)
	<-w.events
	if err := syscall.Kill(v.Info.PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-w.done
	if !errors.Is(w.err, ErrLost) || !errors.Is(w.err, model.ErrUncertain) || !strings.Contains(model.Hint(w.err), "staging") {
		t.Errorf("the error is %v with the hint %q", w.err, model.Hint(w.err))
	}
}

func TestAPanicIsKeptWithoutSecrets(t *testing.T) {
	t.Parallel()
	v := newBench(t).start("r1", "panic")
	w := follow(t.Context(), v)
	<-w.done
	if !errors.Is(w.err, ErrLost) || !errors.Is(w.err, model.ErrUncertain) {
		t.Errorf("the error is %v", w.err)
	}
	out, err := os.ReadFile(v.Info.Output)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(out), "cannot go on") || !strings.Contains(string(out), "goroutine") || strings.Contains(string(out), "hunter2") {
		t.Errorf("its output is %s", out)
	}
}
