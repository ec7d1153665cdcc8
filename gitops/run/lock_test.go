package run_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"plumb/gitops/objects"
	"plumb/gitops/objects/gogit"
	"plumb/gitops/run"
	"plumb/model"
	"plumb/model/text"
)

// me is this process as a holder.
func me(id model.RunID) run.Holder {
	return run.Holder{Run: id, By: model.Principal{Name: text.Line("Ada <b>"), Email: text.Line("ada@example.com")}, Host: "bastion-1",
		PID: os.Getpid(), Start: run.ProcessStart(os.Getpid()), Since: start}
}

// gone is a process of this host that has ended.
func gone(t *testing.T, id model.RunID) run.Holder {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "true")
	if err := cmd.Run(); err != nil {
		t.Skipf("there is no program to run: %v", err)
	}
	h := me(id)
	h.PID, h.Start = cmd.Process.Pid, "boot/1"
	return h
}

func TestOneOfManyGetsTheLock(t *testing.T) {
	const rounds, racers = 50, 20
	s := gogit.NewMemory()
	for round := range rounds {
		var wg sync.WaitGroup
		var mu sync.Mutex
		var locks []*run.Lock
		for range racers {
			wg.Go(func() {
				lock, dead, err := run.Acquire(t.Context(), s, "production", me(model.RunID(strings.Repeat("x", round+1))), run.Alive)
				switch {
				case err == nil && dead == nil:
					mu.Lock()
					defer mu.Unlock()
					locks = append(locks, lock)
				case !errors.Is(err, model.ErrRefused):
					t.Errorf("error is %v, dead is %v", err, dead)
				}
			})
		}
		wg.Wait()
		if len(locks) != 1 {
			t.Fatalf("round %d has %d winners", round, len(locks))
		}
		if err := locks[0].Release(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWhoIsAtWorkKeepsTheLock(t *testing.T) {
	elsewhere := gone(t, "r1")
	elsewhere.Host = "laptop-7"
	noStart := me("r1")
	noStart.Start = ""
	for name, holder := range map[string]run.Holder{
		"this very process":                             me("r1"),
		"a process of another host":                     elsewhere,
		"a process of which nobody knows when it began": noStart,
	} {
		t.Run(name, func(t *testing.T) {
			s := gogit.NewMemory()
			if _, _, err := run.Acquire(t.Context(), s, "production", holder, run.Alive); err != nil {
				t.Fatal(err)
			}
			_, _, err := run.Acquire(t.Context(), s, "production", me("r2"), run.Alive)
			if !errors.Is(err, model.ErrRefused) {
				t.Fatalf("error is %v", err)
			}
			for _, word := range []string{"ada@example.com", holder.Host, "09:00", "r1", "production"} {
				if !strings.Contains(err.Error(), word) {
					t.Errorf("%q does not say %s", err, word)
				}
			}
			if !strings.Contains(model.Hint(err), "git update-ref -d refs/plumb/lock/production ") {
				t.Errorf("hint is %q", model.Hint(err))
			}
			// Another environment is another lock, even one whose name goes on where this one's ends.
			if _, _, err := run.Acquire(t.Context(), s, "production-eu", me("r2"), run.Alive); err != nil {
				t.Errorf("another environment: %v", err)
			}
		})
	}
}

func TestTheLockOfAProcessThatIsGoneIsTakenOver(t *testing.T) {
	ended := gone(t, "r1")
	holders := map[string]run.Holder{"it ended": ended}
	if start := run.ProcessStart(os.Getpid()); start != "" {
		reused := me("r1")
		reused.Start = "another-boot/1"
		holders["its id belongs to another process now"] = reused
	}
	for name, holder := range holders {
		t.Run(name, func(t *testing.T) {
			s := gogit.NewMemory()
			old, _, err := run.Acquire(t.Context(), s, "production", holder, run.Alive)
			if err != nil {
				t.Fatal(err)
			}
			lock, dead, err := run.Acquire(t.Context(), s, "production", me("r2"), run.Alive)
			if err != nil || dead == nil || dead.Run != "r1" || dead.By != holder.By {
				t.Fatalf("dead is %+v, error is %v", dead, err)
			}
			// Whoever comes back from the dead does not take the lock from its new holder.
			if err := old.Release(t.Context()); err != nil {
				t.Errorf("release by the old holder: %v", err)
			}
			if _, _, err := run.Acquire(t.Context(), s, "production", me("r3"), run.Alive); !errors.Is(err, model.ErrRefused) {
				t.Errorf("the new holder lost its lock: %v", err)
			}
			for range 2 { // Twice is as good as once.
				if err := lock.Release(t.Context()); err != nil {
					t.Errorf("release: %v", err)
				}
			}
			if _, dead, err := run.Acquire(t.Context(), s, "production", me("r3"), run.Alive); err != nil || dead != nil {
				t.Errorf("after the release: %v, %v", dead, err)
			}
		})
	}
}

func TestOneOfManyTakesADeadLockOver(t *testing.T) {
	s := gogit.NewMemory()
	if _, _, err := run.Acquire(t.Context(), s, "production", gone(t, "r0"), run.Alive); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	won := 0
	for i := range 20 {
		wg.Go(func() {
			_, _, err := run.Acquire(t.Context(), s, "production", me(model.RunID(strings.Repeat("r", i+1))), run.Alive)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				won++
			} else if !errors.Is(err, model.ErrRefused) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if won != 1 {
		t.Errorf("%d took it over", won)
	}
}

func TestALockThatNobodyCanReadSaysHowToGetRidOfIt(t *testing.T) {
	s := gogit.NewMemory()
	tree, err := s.WriteTree(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	who := objects.Signature{Name: "M", Email: "m@example.com", When: start}
	id, err := s.WriteCommit(t.Context(), objects.NewCommit{Tree: tree, Author: who, Committer: who, Message: "hello\n"})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.UpdateRef(t.Context(), "refs/plumb/lock/production", id, ""); err != nil {
		t.Fatal(err)
	}
	_, _, err = run.Acquire(t.Context(), s, "production", me("r1"), run.Alive)
	if want := "git update-ref -d refs/plumb/lock/production " + string(id); err == nil || !strings.Contains(model.Hint(err), want) {
		t.Errorf("error is %v, hint is %q", err, model.Hint(err))
	}
}

func TestProcessesAreTakenForAliveInDoubt(t *testing.T) {
	if !run.Alive(me("r1")) {
		t.Error("this process counts as gone")
	}
	if run.Alive(gone(t, "r1")) {
		t.Error("a process that ended counts as alive")
	}
	if _, err := os.Stat(filepath.Join("/proc", "self", "stat")); err == nil && run.ProcessStart(os.Getpid()) == "" {
		t.Error("the kernel tells when this process began, and it is not known")
	}
	if run.ProcessStart(-1) != "" {
		t.Error("a process that cannot be began some time")
	}
}
