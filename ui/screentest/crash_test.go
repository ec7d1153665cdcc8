package screentest

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"

	"plumb/gitops/runner"
)

// crashes is how many times each accident happens; make crash has it happen more often.
var crashes = flag.Int("crash", 20, "how many runs are killed, and terminals dropped")

// longestRun is about how long the runs of these tests take; accidents happen at random moments within it.
const longestRun = 600 * time.Millisecond

// deploy seals a deploy of main to staging.
func (w *world) deploy() (id string) {
	w.t.Helper()
	var c struct{ ID string }
	out := w.run(w.infra, program("plumb"), "change", "create", "--env", "staging", "--deploy", "main", "--reason", "try", "--json")
	if err := json.Unmarshal([]byte(out), &c); err != nil {
		w.t.Fatal(err)
	}
	return c.ID
}

// runners are those of the world's repository.
func (w *world) runners() []runner.Info {
	w.t.Helper()
	host, err := os.Hostname()
	if err != nil {
		w.t.Fatal(err)
	}
	dirs, err := filepath.Glob(filepath.Join(w.dir, "state", "plumb", "repos", "*", "runners"))
	if err != nil {
		w.t.Fatal(err)
	}
	var all []runner.Info
	for _, dir := range dirs {
		live, err := runner.Place{Dir: dir, Host: host}.Live()
		if err != nil {
			w.t.Fatal(err)
		}
		all = append(all, live...)
	}
	return all
}

// outcome is how the only run of a change ended; false when none was begun.
func (w *world) outcome(id string) (outcome string, begun bool) {
	w.t.Helper()
	var list struct {
		Runs []struct{ Change, Outcome string }
	}
	if err := json.Unmarshal([]byte(w.run(w.infra, program("plumb"), "runs", "--json")), &list); err != nil {
		w.t.Fatal(err)
	}
	for _, r := range list.Runs {
		if r.Change != id {
			continue
		}
		if begun {
			w.t.Error("a change was run twice")
		}
		outcome, begun = r.Outcome, true
	}
	return outcome, begun
}

// deployed lists the two files of staging that a deploy of main changes.
var deployed = []struct{ path, inGit string }{
	{"/etc/nginx/nginx.conf", "staging/web/all/etc/nginx/nginx.conf"},
	{"/etc/nginx/sites-available/shop.conf", "staging/web/all/etc/nginx/sites-available/shop.conf"},
}

// inEffect counts those that are as main has them.
func (w *world) inEffect() (n int) {
	for _, f := range deployed {
		if w.read(w.live("staging-web", f.path)) == w.blob("main", f.inGit) {
			n++
		}
	}
	return n
}

// What is on record after a runner was killed, at whatever moment, is what is live.
func TestAKilledRunIsFoundOutAndNeverRunAgain(t *testing.T) {
	for i := range *crashes {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			w := newDemo(t)
			id := w.deploy()
			apply := exec.Command(program("plumb"), "apply", id)
			apply.Dir, apply.Env = w.infra, w.environ()
			if err := apply.Start(); err != nil {
				t.Fatal(err)
			}
			<-time.After(rand.N(longestRun))
			for _, r := range w.runners() {
				if err := syscall.Kill(r.PID, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
					t.Fatal(err)
				}
			}
			_ = apply.Wait() // However it ended; the record says it.
			w.exits(w.infra, program("plumb"), "status")
			outcome, begun := w.outcome(id)
			n := w.inEffect()
			t.Logf("%q, %d in effect", outcome, n)
			switch {
			case !begun && n != 0:
				t.Errorf("%d files were written, and no run is on record", n)
			case begun && outcome == "":
				t.Error("nobody found out how the run ended")
			case outcome == "applied" && n != len(deployed), outcome == "failed" && n != 0, outcome == "partial" && n != 1:
				t.Errorf("the run is %s, and %d files are in effect", outcome, n)
			}
			if begun {
				if code, out := w.exits(w.infra, program("plumb"), "apply", id); code != 3 {
					t.Errorf("the change was run again: %d\n%s", code, out)
				}
				if lock := w.git("for-each-ref", "refs/plumb/lock"); lock != "" {
					t.Errorf("a lock is left: %s", lock)
				}
			}
		})
	}
}

// The terminal of plumb apply goes away, at whatever moment, and the run goes on to its end.
func TestADroppedTerminalLeavesTheRunAlone(t *testing.T) {
	for i := range *crashes * 3 / 2 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			w := newDemo(t)
			id := w.deploy()
			apply := exec.Command(program("plumb"), "apply", id)
			apply.Dir, apply.Env = w.infra, w.environ()
			tty, err := pty.Start(apply)
			if err != nil {
				t.Fatal(err)
			}
			<-time.After(rand.N(longestRun))
			tty.Close()
			_ = apply.Wait()
			for range w.runners() {
				if code, out := w.exits(w.infra, program("plumb"), "attach"); code != 0 && len(w.runners()) > 0 {
					t.Errorf("attached again: %d\n%s", code, out)
				}
			}
			outcome, begun := w.outcome(id)
			if n := w.inEffect(); begun && (outcome != "applied" || n != len(deployed)) || !begun && n != 0 {
				t.Errorf("the run is %q, %d files are in effect", outcome, n)
			}
		})
	}
}
