package hosts

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"plumb/model"
	"plumb/providers/providertest"
)

func localHost(name, _ string) model.Host { return model.Host{Name: name, Root: name} }

func TestNoLinkLeadsOutOfADirectory(t *testing.T) {
	for what, target := range map[string]func(outside string) string{
		"absolute": func(outside string) string { return outside },
		"relative": func(string) string { return "../outside" },
	} {
		t.Run(what, func(t *testing.T) {
			w := newWorld(t, Options{}, nil, localHost)
			outside := filepath.Join(filepath.Dir(dirOf(w, "web-1")), "outside")
			if err := os.Mkdir(outside, 0o755); err != nil {
				t.Fatal(err)
			}
			snap := w.Snapshot(map[string]providertest.File{"web-1/etc/a": {Data: "a"}})
			plan, err := w.Provider.Plan(t.Context(), model.PlanRequest{Target: w.Target, Want: snap})
			if err != nil {
				t.Fatal(err)
			}
			w.Set("web-1", "/etc", providertest.File{Data: target(outside), Link: true})
			if r := observeOne(t, w); r.Status != model.Unknown || !strings.Contains(r.Reason.String(), "leads out of the host's root") {
				t.Errorf("%s: %s", r.Status, r.Reason)
			}
			if _, err := w.Provider.Plan(t.Context(), model.PlanRequest{Target: w.Target, Want: snap}); err == nil {
				t.Error("a way out was planned")
			}
			if err := w.Provider.Apply(t.Context(), plan, func(model.Event) error { return nil }); err == nil || errors.Is(err, model.ErrUncertain) {
				t.Errorf("apply: %v", err)
			}
			if entries, _ := os.ReadDir(outside); len(entries) > 0 {
				t.Errorf("%s was written outside", entries[0].Name())
			}
		})
	}
}

func TestASecretShowsNeitherInReasonsNorInPlans(t *testing.T) {
	w := newWorld(t, Options{}, []model.FileRule{{Path: "/etc/*", Sensitive: true}}, localHost)
	w.Set("web-1", "/etc/a", providertest.File{Data: "hunter2"})
	r := observeOne(t, w)
	if !r.Live.Sensitive || !r.Tracked.Sensitive || r.Reason.String() != "content" {
		t.Errorf("live %v, tracked %v: %s", r.Live.Sensitive, r.Tracked.Sensitive, r.Reason)
	}
	plan, err := w.Provider.Plan(t.Context(), model.PlanRequest{Target: w.Target, Want: w.Snapshot(map[string]providertest.File{"web-1/etc/a": {Data: "a"}})})
	if err != nil {
		t.Fatal(err)
	}
	if m := plan.Manifest(); strings.Contains(m, string(model.Sum([]byte("hunter2")))) || !strings.Contains(m, "secret") {
		t.Errorf("manifest:\n%s", m)
	}
}

func TestModesThatGitCannotBringBackAreNotClean(t *testing.T) {
	w := newWorld(t, Options{}, nil, localHost)
	empty := w.Snapshot(map[string]providertest.File{"README": {}})
	applied := w.Snapshot(map[string]providertest.File{"web-1/etc/a": {Data: "a"}, "web-1/etc/b": {Data: "b"}})
	w.Set("web-1", "/etc/a", providertest.File{Data: "a", Mode: 0o600})
	w.Set("web-1", "/etc/b", providertest.File{Data: "b"})
	plan, err := w.Provider.Plan(t.Context(), model.PlanRequest{Target: w.Target, Want: empty, Applied: applied})
	if err != nil || len(plan.Steps) != 2 {
		t.Fatalf("%d steps, %v", len(plan.Steps), err)
	}
	if u := plan.Steps[0].Undo; u.Class != model.UndoDisruptive || !strings.Contains(u.Reason, "0600") {
		t.Errorf("%s: %s", u.Class, u.Reason)
	}
	if u := plan.Steps[1].Undo; u.Class != model.UndoClean {
		t.Errorf("%s: %s", u.Class, u.Reason)
	}
}

// asNobody runs the test again as a user without rights, because root may read everything.
func asNobody(t *testing.T) bool {
	t.Helper()
	if os.Geteuid() != 0 {
		return true
	}
	program, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Skipf("the test cannot run itself as another user: %v", err)
	}
	dir, err := os.MkdirTemp("", "plumb-nobody-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "test")
	if err := os.WriteFile(file, program, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(file, "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Dir, cmd.Env = dir, []string{"TMPDIR=" + dir, "HOME=" + dir, "PATH=" + os.Getenv("PATH")}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Errorf("as another user: %v\n%s", err, out)
	}
	return false
}

func TestWhatMayNotBeReadIsUnknown(t *testing.T) {
	if !asNobody(t) {
		return
	}
	// The scripts run without a server here: nobody cannot log in anywhere.
	ssh := filepath.Join(t.TempDir(), "ssh")
	if err := os.WriteFile(ssh, []byte("#!/bin/sh\nfor last do :; done\nexec sh -c \"$last\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, w := range map[string]providertest.World{
		"directory": newWorld(t, Options{}, nil, localHost),
		"ssh":       newWorld(t, Options{SSH: []string{ssh}}, nil, func(name, dir string) model.Host { return model.Host{Name: name, SSH: name, Root: dir} }),
	} {
		t.Run(name, func(t *testing.T) {
			w.Set("web-1", "/etc/a", providertest.File{Data: "a"})
			snap := w.Snapshot(map[string]providertest.File{"web-1/etc/a": {Data: "a"}})
			file := dirOf(w, "web-1") + "/etc/a"
			for _, closed := range []string{file, filepath.Dir(file)} {
				if err := os.Chmod(closed, 0); err != nil {
					t.Fatal(err)
				}
				if r := observeOne(t, w); r.Status != model.Unknown || r.Reason.String() != "permission denied reading /etc/a" {
					t.Errorf("%s: %s", r.Status, r.Reason)
				}
				if _, err := w.Provider.Plan(t.Context(), model.PlanRequest{Target: w.Target, Want: snap}); err == nil || model.Hint(err) == "" {
					t.Errorf("plan: %v", err)
				}
				if err := os.Chmod(closed, 0o755); err != nil {
					t.Fatal(err)
				}
			}
			// A directory that may be read and not written.
			if err := os.Chmod(file, 0o644); err != nil {
				t.Fatal(err)
			}
			w.Set("web-1", "/etc/a", providertest.File{Data: "earlier"})
			if err := os.Chmod(filepath.Dir(file), 0o555); err != nil {
				t.Fatal(err)
			}
			defer os.Chmod(filepath.Dir(file), 0o755)
			if end, err := apply(t, w, "new"); err == nil || end.Phase != model.PhaseFailed || !strings.Contains(err.Error(), "permission denied") {
				t.Errorf("apply: %v; it ended as %s: %s", err, end.Phase, end.Message)
			}
			wantUntouched(t, w)
		})
	}
}

func TestWhatAKilledRunLeftIsNoDrift(t *testing.T) {
	w := newWorld(t, Options{}, []model.FileRule{{Path: "/etc/d", Exclusive: true}}, localHost)
	left := tempName("/etc/d/a")
	for _, name := range []string{left, left + ".old", "/etc/d/.plumb-own"} {
		w.Set("web-1", name, providertest.File{Data: "half"})
	}
	seen := map[string]model.Status{}
	req := model.ObserveRequest{Target: w.Target, Tracked: w.Snapshot(map[string]providertest.File{"README": {}})}
	if err := w.Provider.Observe(t.Context(), req, func(r model.Resource) { seen[r.Name] = r.Status }); err != nil {
		t.Fatal(err)
	}
	if len(seen) != 1 || seen["/etc/d/.plumb-own"] != model.Extra {
		t.Errorf("seen: %v", seen)
	}
}

func TestAFailedCheckTellsNoSecret(t *testing.T) {
	w := newWorld(t, Options{}, []model.FileRule{{Path: "/etc/*", Check: []string{"sh", "-c", "echo line 3: password=hunter2hunter2; exit 1"}}}, localHost)
	end, err := apply(t, w, "new")
	if err == nil || strings.Contains(err.Error()+end.Message.String(), "hunter2") || !strings.Contains(end.Message.String(), "line 3") {
		t.Errorf("%v; it ended as %s: %s", err, end.Phase, end.Message)
	}
}

func TestADirectoryIsNeverRemovedForAFile(t *testing.T) {
	w := newWorld(t, Options{}, nil, localHost)
	w.Set("web-1", "/etc/a/of the host", providertest.File{Data: "x"})
	if r := observeOne(t, w); r.Status != model.Drifted || r.Reason.String() != "directory, git says file" {
		t.Errorf("%s: %s", r.Status, r.Reason)
	}
	snap := w.Snapshot(map[string]providertest.File{"web-1/etc/a": {Data: "a"}})
	if _, err := w.Provider.Plan(t.Context(), model.PlanRequest{Target: w.Target, Want: snap}); err == nil || !strings.Contains(model.Hint(err), "by hand") {
		t.Errorf("plan: %v (hint %q)", err, model.Hint(err))
	}
}

func TestAPipeInPlaceOfAFileHoldsNobodyUp(t *testing.T) {
	w := newWorld(t, Options{}, nil, localHost)
	w.Set("web-1", "/etc/b", providertest.File{})
	if err := syscall.Mkfifo(dirOf(w, "web-1")+"/etc/a", 0o644); err != nil {
		t.Fatal(err)
	}
	if r := observeOne(t, w); r.Status != model.Drifted || r.Live.Kind != "pipe" {
		t.Errorf("%s: %s", r.Status, r.Reason)
	}
}
