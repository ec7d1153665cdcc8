package hosts

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"plumb/model"
	"plumb/providers/providertest"
)

// eventually waits until ok holds.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(20 * time.Second); !ok(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within 20 s", what)
		}
	}
}

// guards are the directories of guards in the home of a server's login.
func (s servers) guards(t *testing.T, host string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(s.dir, host, "home", ".plumb-guard-*"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// wantNoGuard fails the test if a guard is left on a host, or a process that watches there.
func (s servers) wantNoGuard(t *testing.T, host string) {
	t.Helper()
	if left := s.guards(t, host); len(left) > 0 {
		t.Errorf("%s is left", left)
	}
	eventually(t, "the watching process ends", func() bool { return !s.watched(t, host) })
}

func (s servers) watched(t *testing.T, host string) bool {
	t.Helper()
	processes, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range processes {
		if line, err := os.ReadFile(p); err == nil && strings.Contains(string(line), filepath.Join(s.dir, host, "home", ".plumb-guard-")) {
			return true
		}
	}
	return false
}

// sshd is a world in which the servers read /etc/ssh/sshd_config of their hosts, and read it again when it was written.
func (s servers) sshd(t *testing.T, opt Options, rules ...model.FileRule) providertest.World {
	t.Helper()
	opt.SSH = s.ssh()
	reload := fmt.Sprintf("case $PWD in */web-1) kill -HUP %d ;; *) kill -HUP %d ;; esac", s.pids["web-1"], s.pids["web-2"])
	rules = append(rules, model.FileRule{Path: "/etc/ssh/sshd_config", Reload: []string{"sh", "-c", reload}})
	w := newWorld(t, opt, rules, s.reach)
	for _, host := range []string{"web-1", "web-2"} {
		w.Set(host, "/etc/ssh/sshd_config", providertest.File{Data: "LoginGraceTime 60\n", Mode: 0o600})
		name := filepath.Join(s.dir, host, "server")
		old, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		line := fmt.Sprintf("Include %q\n", filepath.Join(dirOf(w, host), "etc/ssh/sshd_config"))
		if err := os.WriteFile(name, append([]byte(line), old...), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// ended is what was recorded of each step: all messages, and how it ended.
type ended struct {
	said map[model.Address]string
	end  map[model.Address]model.Event
}

func (e ended) phase(t *testing.T, a model.Address, want model.Phase, parts ...string) {
	t.Helper()
	if e.end[a].Phase != want {
		t.Errorf("%s ended as %s: %s", a, e.end[a].Phase, e.end[a].Message)
	}
	for _, p := range parts {
		if !strings.Contains(e.said[a], p) {
			t.Errorf("%s: %q is not in:\n%s", a, p, e.said[a])
		}
	}
}

// carryOut plans and applies files; seen is told each event.
func carryOut(ctx context.Context, t *testing.T, w providertest.World, files map[string]providertest.File, seen func(model.Event)) (ended, error) {
	t.Helper()
	plan, err := w.Provider.Plan(t.Context(), model.PlanRequest{Target: w.Target, Want: w.Snapshot(files)})
	if err != nil {
		t.Fatal(err)
	}
	e := ended{map[model.Address]string{}, map[model.Address]model.Event{}}
	err = w.Provider.Apply(ctx, plan, func(event model.Event) error {
		e.said[event.Address] += event.Message.String() + "\n"
		if event.Phase.IsEnd() {
			e.end[event.Address] = event
		}
		if seen != nil {
			seen(event)
		}
		return nil
	})
	return e, err
}

const config = "all/etc/ssh/sshd_config"

func (s servers) wantConfig(t *testing.T, w providertest.World, host, data string) {
	t.Helper()
	if f := w.Live()[host+"/etc/ssh/sshd_config"]; f != (providertest.File{Data: data, Mode: 0o600}) {
		t.Errorf("%s has %+v", host, f)
	}
}

func TestAHostTakesBackWhatNoNewConnectionConfirms(t *testing.T) {
	for what, search := range map[string]func(testing.TB) string{"gnu": func(testing.TB) string { return "" }, "busybox": busyboxPath} {
		t.Run(what, func(t *testing.T) {
			s := startServers(t, search(t))
			confirmed(t, s)
			letsNobodyIn(t, s)
		})
	}
}

func confirmed(t *testing.T, s servers) {
	t.Helper()
	w := s.sshd(t, Options{Limits: Limits{Confirm: 20 * time.Second}})
	files := map[string]providertest.File{config: {Data: "LoginGraceTime 30\n"}, "all/etc/motd": {Data: "hello\n"}}
	plan, err := w.Provider.Plan(t.Context(), model.PlanRequest{Target: w.Target, Want: w.Snapshot(files)})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{false, true, false, true} {
		has := strings.Contains(strings.Join(plan.Steps[i].Effects, "\n"), "guard: taken back after 20 s unless a new connection confirms")
		if has != want {
			t.Errorf("%s has the effects %q", plan.Steps[i].Address, plan.Steps[i].Effects)
		}
	}
	e, err := carryOut(t.Context(), t, w, files, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"web-1", "web-2"} {
		e.phase(t, model.Address(host+":/etc/ssh/sshd_config"), model.PhaseDone, "guarded until ", "in effect after", "confirmed by a new connection")
		e.phase(t, model.Address(host+":/etc/motd"), model.PhaseDone, "written")
		s.wantConfig(t, w, host, "LoginGraceTime 30\n")
		s.wantNoGuard(t, host)
	}
}

func TestAConnectionThatSshSharesConfirmsNothing(t *testing.T) {
	s := startServers(t, "")
	// The path of a socket must be short.
	dir, err := os.MkdirTemp("", "plumb-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, host := range []string{"web-1", "web-2"} {
			_ = exec.Command("ssh", "-F", s.config, "-O", "exit", host).Run() // It may have ended already.
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	s.add(t, "Host *\n  ControlMaster auto\n  ControlPath "+dir+"/%n\n  ControlPersist 60\n")
	if err := exec.Command("ssh", "-F", s.config, "web-1", "true").Run(); err != nil {
		t.Fatal(err)
	}
	letsNobodyIn(t, s)
}

func TestWhatAGuardKeepsIsNoDrift(t *testing.T) {
	w := newWorld(t, Options{}, []model.FileRule{{Path: "/root", Exclusive: true}}, func(name, _ string) model.Host { return model.Host{Name: name, Root: name} })
	w.Set("web-1", "/root/.plumb-guard-0123456789abcdef/1.data", providertest.File{Data: "x"})
	w.Set("web-1", "/root/extra", providertest.File{Data: "x"})
	var names []string
	snap := w.Snapshot(map[string]providertest.File{"web-1/root/a": {Data: "a"}})
	err := w.Provider.Observe(t.Context(), model.ObserveRequest{Target: w.Target, Tracked: snap}, func(r model.Resource) {
		names = append(names, r.Name)
	})
	if err != nil || strings.Join(names, " ") != "/root/a /root/extra" {
		t.Errorf("%v, %v", names, err)
	}
}

func letsNobodyIn(t *testing.T, s servers) {
	t.Helper()
	w := s.sshd(t, Options{Limits: Limits{Confirm: 3 * time.Second}})
	e, err := carryOut(t.Context(), t, w, map[string]providertest.File{config: {Data: "AllowUsers nobody-at-all\n"}, "all/etc/sudoers.d/new": {Data: "x"}}, nil)
	if err == nil || errors.Is(err, model.ErrUncertain) {
		t.Errorf("apply: %v", err)
	}
	e.phase(t, "web-1:/etc/ssh/sshd_config", model.PhaseFailed, "the host takes it back in ", "taken back by the host itself: no new connection could be made: ")
	e.phase(t, "web-1:/etc/sudoers.d/new", model.PhaseFailed, "taken back by the host itself: no new connection could be made: ")
	e.phase(t, "web-2:/etc/ssh/sshd_config", model.PhaseSkipped, "not reached")
	s.wantConfig(t, w, "web-1", "LoginGraceTime 60\n")
	s.wantConfig(t, w, "web-2", "LoginGraceTime 60\n")
	if _, there := w.Live()["web-1/etc/sudoers.d/new"]; there {
		t.Error("the new file is still there")
	}
	s.wantNoGuard(t, "web-1")
	if r := observeOne(t, w); r.Status != model.Missing {
		t.Errorf("the host is %s: %s", r.Status, r.Reason)
	}
}

func TestAConnectionLostUnderAGuardTakesTheChangeBack(t *testing.T) {
	if _, err := os.Stat("/proc/self/comm"); err != nil {
		t.Skip("there is no /proc to find the server's process in")
	}
	s := startServers(t, "")
	// The check runs on the connection alone, the reload also when the host takes the change back.
	dies := `if [ -e etc/ssh/died ]; then exit 0; fi; touch etc/ssh/died; ` + hangUp
	for what, rule := range map[string]model.FileRule{
		"while a file is checked":   {Path: "/etc/ssh/a", Check: []string{"sh", "-c", hangUp}},
		"while something reloads":   {Path: "/etc/ssh/a", Reload: []string{"sh", "-c", dies}},
		"while the new file proves": {Path: "/etc/ssh/a", Check: []string{"sh", "-c", hangUp, "{}"}},
	} {
		t.Run(what, func(t *testing.T) {
			w := newWorld(t, Options{SSH: s.ssh(), Limits: Limits{Confirm: 20 * time.Second}}, []model.FileRule{rule}, s.reach)
			w.Set("web-1", "/etc/ssh/a", providertest.File{Data: "earlier", Mode: 0o600})
			e, err := carryOut(t.Context(), t, w, map[string]providertest.File{"web-1/etc/ssh/a": {Data: "new"}, "web-1/etc/ssh/b": {Data: "new"}}, nil)
			if err == nil || errors.Is(err, model.ErrUncertain) {
				t.Errorf("apply: %v", err)
			}
			e.phase(t, "web-1:/etc/ssh/a", model.PhaseFailed, "taken back by the host itself: ", "the connection was lost")
			live := w.Live()
			if f := live["web-1/etc/ssh/a"]; f.Data != "earlier" || f.Mode != 0o600 {
				t.Errorf("the file is %+v", f)
			}
			if _, there := live["web-1/etc/ssh/b"]; there {
				t.Error("a new file is still there")
			}
			s.wantNoGuard(t, "web-1")
		})
	}
}

func TestWhatNobodyConfirmsIsTakenBackWithoutPlumb(t *testing.T) {
	s := startServers(t, "")
	w := s.sshd(t, Options{Limits: Limits{Confirm: 2 * time.Second, Grace: time.Millisecond}})
	// Plumb goes away when the server has its new configuration and nobody has confirmed.
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	e, err := carryOut(ctx, t, w, map[string]providertest.File{config: {Data: "LoginGraceTime 30\n"}, "all/etc/ssh/link": {Data: "x", Link: true}}, func(event model.Event) {
		if strings.HasPrefix(event.Message.String(), "running ") {
			cancel()
		}
	})
	if !errors.Is(err, model.ErrUncertain) {
		t.Errorf("apply: %v", err)
	}
	e.phase(t, "web-1:/etc/ssh/sshd_config", model.PhaseUnknown, "the host was to take it back by itself at ")
	eventually(t, "the host takes the change back", func() bool {
		results, err := filepath.Glob(filepath.Join(s.dir, "web-1/home/.plumb-guard-*/result"))
		return err == nil && len(results) == 1
	})
	s.wantConfig(t, w, "web-1", "LoginGraceTime 60\n")
	if _, there := w.Live()["web-1/etc/ssh/link"]; there {
		t.Error("the new link is still there")
	}
	eventually(t, "the server listens again", func() bool {
		return exec.Command("ssh", "-F", s.config, "web-1", "true").Run() == nil
	})
	// What the guard left is no drift, and goes when the next one is set up, which says so.
	w.Target.ConfirmWithin = 20 * time.Second
	e, err = carryOut(t.Context(), t, w, map[string]providertest.File{"web-1/etc/ssh/sshd_config": {Data: "LoginGraceTime 20\n"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	e.phase(t, "web-1:/etc/ssh/sshd_config", model.PhaseDone, "the host had taken an earlier change back", "confirmed")
	s.wantNoGuard(t, "web-1")
}

func TestWhatIsLeftOfAGuardThatDiedIsRemovedAndTold(t *testing.T) {
	s := startServers(t, "")
	dead := filepath.Join(s.dir, "web-1/home/.plumb-guard-0000000000000000")
	if err := os.MkdirAll(dead, 0o700); err != nil {
		t.Fatal(err)
	}
	s.write(t, "web-1/home/.plumb-guard-0000000000000000/token", "")
	// The id of a process that is another's by now.
	s.write(t, "web-1/home/.plumb-guard-0000000000000000/pid", fmt.Sprintln(os.Getpid()))
	w := s.sshd(t, Options{})
	e, err := carryOut(t.Context(), t, w, map[string]providertest.File{"web-1/etc/ssh/sshd_config": {Data: "LoginGraceTime 20\n"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	e.phase(t, "web-1:/etc/ssh/sshd_config", model.PhaseDone, "removed what a guard left that ended before its time")
	s.wantNoGuard(t, "web-1")
}

func TestNothingIsWrittenWhenTheTimeIsOver(t *testing.T) {
	s := startServers(t, "")
	slow := `while [ -e "$HOME"/.plumb-guard-*/token ]; do sleep 0.05; done`
	w := newWorld(t, Options{SSH: s.ssh(), Limits: Limits{Confirm: time.Second}},
		[]model.FileRule{{Path: "/etc/ssh/b", Check: []string{"sh", "-c", slow, "{}"}}}, s.reach)
	w.Set("web-1", "/etc/ssh/b", providertest.File{Data: "earlier"})
	e, err := carryOut(t.Context(), t, w, map[string]providertest.File{"web-1/etc/ssh/a": {Data: "new"}, "web-1/etc/ssh/b": {Data: "new"}}, nil)
	if err == nil || errors.Is(err, model.ErrUncertain) {
		t.Errorf("apply: %v", err)
	}
	e.phase(t, "web-1:/etc/ssh/a", model.PhaseFailed, "taken back by the host itself: there was no time left to confirm")
	e.phase(t, "web-1:/etc/ssh/b", model.PhaseFailed, "the time is over")
	wantLive := map[string]string{"web-1/etc/ssh/b": "earlier"}
	for name, f := range w.Live() {
		if wantLive[name] != f.Data {
			t.Errorf("%s is %+v", name, f)
		}
	}
	s.wantNoGuard(t, "web-1")
}

func TestAFileThatAReloadChangesIsTakenBack(t *testing.T) {
	s := startServers(t, "")
	w := newWorld(t, Options{SSH: s.ssh()}, []model.FileRule{{Path: "/etc/ssh/a", Reload: []string{"sh", "-c", "grep -q earlier etc/ssh/a || echo more >>etc/ssh/a"}}}, s.reach)
	w.Set("web-1", "/etc/ssh/a", providertest.File{Data: "earlier"})
	e, err := carryOut(t.Context(), t, w, map[string]providertest.File{"web-1/etc/ssh/a": {Data: "new"}}, nil)
	if err == nil || errors.Is(err, model.ErrUncertain) {
		t.Errorf("apply: %v", err)
	}
	e.phase(t, "web-1:/etc/ssh/a", model.PhaseFailed, "/etc/ssh/a was changed after it was written")
	if f := w.Live()["web-1/etc/ssh/a"]; f.Data != "earlier" {
		t.Errorf("the file is %+v", f)
	}
	s.wantNoGuard(t, "web-1")
}

func TestAReloadThatFailsWhenTheHostTakesBackIsNotCalledUndone(t *testing.T) {
	s := startServers(t, "")
	// It succeeds once.
	w := newWorld(t, Options{SSH: s.ssh()}, []model.FileRule{{Path: "/etc/ssh/a", Reload: []string{"sh", "-c", "echo more >>etc/ssh/a; mkdir ran"}}}, s.reach)
	e, err := carryOut(t.Context(), t, w, map[string]providertest.File{"web-1/etc/ssh/a": {Data: "new"}}, nil)
	if !errors.Is(err, model.ErrUncertain) {
		t.Errorf("apply: %v", err)
	}
	e.phase(t, "web-1:/etc/ssh/a", model.PhaseUnknown, "the host took it back, but", "failed: exit status 1")
}

func TestSudoMustWorkAsBefore(t *testing.T) {
	bin := t.TempDir()
	flag := filepath.Join(bin, "broken")
	fake := fmt.Sprintf("#!/bin/sh\n[ \"$1 $2\" = '-n true' ] && [ ! -e %s ]\n", flag)
	if err := os.WriteFile(filepath.Join(bin, "sudo"), []byte(fake), 0o755); err != nil {
		t.Fatal(err)
	}
	s := startServers(t, bin+":/usr/local/bin:/usr/bin:/bin")
	reload := []string{"sh", "-c", `if grep -q bad etc/sudoers.d/a 2>/dev/null; then touch "$0"; else rm -f "$0"; fi`, flag}
	w := newWorld(t, Options{SSH: s.ssh()}, []model.FileRule{{Path: "/etc/sudoers.d/a", Reload: reload}}, s.reach)
	e, err := carryOut(t.Context(), t, w, map[string]providertest.File{"web-1/etc/sudoers.d/a": {Data: "good"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	e.phase(t, "web-1:/etc/sudoers.d/a", model.PhaseDone, "confirmed by a new connection")
	e, err = carryOut(t.Context(), t, w, map[string]providertest.File{"web-1/etc/sudoers.d/a": {Data: "bad"}}, nil)
	if err == nil || errors.Is(err, model.ErrUncertain) {
		t.Errorf("apply: %v", err)
	}
	e.phase(t, "web-1:/etc/sudoers.d/a", model.PhaseFailed, "taken back by the host itself: sudo asks for a password now")
	if f := w.Live()["web-1/etc/sudoers.d/a"]; f.Data != "good" {
		t.Errorf("the file is %+v", f)
	}
	s.wantNoGuard(t, "web-1")
}

func TestADirectoryOfThisMachineHasNoGuardAndThePlanSaysSo(t *testing.T) {
	w := newWorld(t, Options{}, nil, func(name, _ string) model.Host { return model.Host{Name: name, Root: name} })
	plan, err := w.Provider.Plan(t.Context(), model.PlanRequest{Target: w.Target, Want: w.Snapshot(map[string]providertest.File{"web-1/etc/ssh/a": {Data: "a"}, "web-1/etc/b": {Data: "b"}})})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"", "guard: none, the host is a directory of this machine"} {
		if got := strings.Join(plan.Steps[i].Effects, "\n"); got != want {
			t.Errorf("%s has the effects %q", plan.Steps[i].Address, got)
		}
	}
}
