package hosts

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"plumb/model"
	"plumb/providers/providertest"
)

// add appends to the client's configuration.
func (s servers) add(t *testing.T, lines string) {
	t.Helper()
	old, err := os.ReadFile(s.config)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.config, []byte(lines+"\n"+string(old)), 0o600); err != nil {
		t.Fatal(err)
	}
}

// write makes a file that belongs to a server: start-up files, known hosts.
func (s servers) write(t *testing.T, name, content string) string {
	t.Helper()
	file := filepath.Join(s.dir, name)
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func (s servers) read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(s.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// observeOne observes one file on web-1, where reach leads.
func observeOne(t *testing.T, w providertest.World) model.Resource {
	t.Helper()
	snap := w.Snapshot(map[string]providertest.File{"web-1/etc/a": {Data: "a"}})
	var found model.Resource
	err := w.Provider.Observe(t.Context(), model.ObserveRequest{Target: w.Target, Tracked: snap}, func(r model.Resource) { found = r })
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestSSHThatFailsSaysWhyAndWhatToDo(t *testing.T) {
	s := startServers(t, "")
	port := strings.Fields(strings.SplitAfter(s.read(t, "web-1/client"), "Port ")[1])[0]
	own := "Host %\n  HostName 127.0.0.1\n  IdentitiesOnly yes\n  IdentityAgent none\n  GlobalKnownHostsFile /dev/null\n  Port " + port + "\n"
	host := func(name, lines string) { s.add(t, strings.Replace(own, "%", name, 1)+lines) }
	key, known := filepath.Join(s.dir, "web-1/user"), filepath.Join(s.dir, "web-1/known_hosts")
	other := "[127.0.0.1]:" + port + " " + strings.Join(strings.Fields(s.read(t, "web-2/host.pub"))[:2], " ") + "\n"
	host("new", "  StrictHostKeyChecking ask\n  IdentityFile "+key+"\n  UserKnownHostsFile "+s.write(t, "none", "")+"\n")
	host("changed", "  StrictHostKeyChecking ask\n  IdentityFile "+key+"\n  UserKnownHostsFile "+s.write(t, "other", other)+"\n")
	host("stranger", "  IdentityFile "+filepath.Join(s.dir, "web-2/user")+"\n  UserKnownHostsFile "+known+"\n")
	for _, c := range []struct{ dest, says, hint string }{
		{"closed", "is unreachable: ssh: connect to host", "ssh closed"},
		{"new", "its host key is not known", "ssh new"},
		{"changed", "its host key has changed", "ssh-keygen -R changed"},
		{"stranger", "asks for a password", "agent"},
		{"-oProxyCommand=touch owned", "is not an ssh destination", ""},
		{"two words", "is not an ssh destination", ""},
		{"esc\x1b[2J", "is not an ssh destination", ""},
	} {
		t.Run(c.dest, func(t *testing.T) {
			w := newWorld(t, Options{SSH: s.ssh()}, nil, func(name, dir string) model.Host { return model.Host{Name: name, SSH: c.dest, Root: dir} })
			r := observeOne(t, w)
			if r.Status != model.Unknown || !strings.Contains(r.Reason.String(), c.says) || strings.ContainsFunc(r.Reason.String(), unicode.IsControl) {
				t.Errorf("%s: %s", r.Status, r.Reason)
			}
			snap := w.Snapshot(map[string]providertest.File{"web-1/etc/a": {Data: "a"}})
			_, err := w.Provider.Plan(t.Context(), model.PlanRequest{Target: w.Target, Want: snap})
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("plan: %v", err)
			}
			if hint := model.Hint(err); !strings.Contains(hint, c.hint) {
				t.Errorf("the hint is %q", hint)
			}
		})
	}
}

func TestSSHWithoutToolsNamesWhatIsMissing(t *testing.T) {
	full := busyboxPath(t)
	for _, missing := range []string{"sha256sum", "base64", "xargs"} {
		t.Run(missing, func(t *testing.T) {
			if err := os.Rename(filepath.Join(full, missing), filepath.Join(full, "away")); err != nil {
				t.Fatal(err)
			}
			defer os.Rename(filepath.Join(full, "away"), filepath.Join(full, missing))
			s := startServers(t, full)
			r := observeOne(t, newWorld(t, Options{SSH: s.ssh()}, nil, s.reach))
			if r.Status != model.Unknown || r.Reason.String() != "host web-1 has no "+missing {
				t.Errorf("%s: %s", r.Status, r.Reason)
			}
		})
	}
}

// needsBash skips where the login shell reads no start-up file that a test can write.
func needsBash(t *testing.T, s servers) {
	t.Helper()
	s.write(t, "web-1/home/.bashrc", "echo started\n")
	out, err := exec.Command("ssh", "-F", s.config, "web-1", "true").Output()
	if err != nil {
		t.Fatal(err)
	}
	if string(out) != "started\n" {
		t.Skip("the login shell is not bash, and reads no start-up files over ssh")
	}
}

func TestWhatStartUpFilesPrintIsNotTakenForAnAnswer(t *testing.T) {
	s := startServers(t, "")
	needsBash(t, s)
	s.write(t, "web-1/home/.bashrc", "printf 'plumb 00\\nbatch 1\\ne\\n\\033[2Jwelcome'; echo \"last login\" >&2; echo\n")
	w := newWorld(t, Options{SSH: s.ssh()}, nil, s.reach)
	w.Set("web-1", "/etc/a", providertest.File{Data: "a"})
	if r := observeOne(t, w); r.Status != model.InSync {
		t.Errorf("%s: %s", r.Status, r.Reason)
	}
	s.write(t, "web-1/home/.bashrc", "printf 'go \\033]0;evil\\007away' >&2; exit 3\n")
	if r := observeOne(t, w); r.Status != model.Unknown || !strings.Contains(r.Reason.String(), "go ␛]0;evil␇away") {
		t.Errorf("%s: %q", r.Status, r.Reason)
	}
}

// apply carries out a change of web-1's /etc/a from what is live to data, and answers how it ended.
func apply(t *testing.T, w providertest.World, data string) (model.Event, error) {
	t.Helper()
	snap := w.Snapshot(map[string]providertest.File{"web-1/etc/a": {Data: data}})
	plan, err := w.Provider.Plan(t.Context(), model.PlanRequest{Target: w.Target, Want: snap})
	if err != nil {
		t.Fatal(err)
	}
	var end model.Event
	err = w.Provider.Apply(t.Context(), plan, func(e model.Event) error {
		if e.Phase.IsEnd() {
			end = e
		}
		return nil
	})
	return end, err
}

// wantUntouched fails the test unless /etc/a is all there is, and as it was.
func wantUntouched(t *testing.T, w providertest.World) {
	t.Helper()
	live := w.Live()
	if f := live["web-1/etc/a"]; len(live) != 1 || f.Data != "earlier" {
		t.Errorf("live: %d files, %.20q", len(live), f.Data)
	}
}

func TestAFullDiskLeavesTheEarlierFile(t *testing.T) {
	s := startServers(t, "")
	for name, w := range map[string]providertest.World{
		"directory": newWorld(t, Options{}, nil, func(name, _ string) model.Host { return model.Host{Name: name, Root: name} }),
		"ssh":       newWorld(t, Options{SSH: s.ssh()}, nil, s.reach),
	} {
		t.Run(name, func(t *testing.T) {
			w.Set("web-1", "/etc/a", providertest.File{Data: "earlier"})
			dir := dirOf(w, "web-1") + "/etc"
			if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=64k", "plumb-test", dir).CombinedOutput(); err != nil {
				t.Skipf("a small disk cannot be mounted here: %s", out)
			}
			t.Cleanup(func() {
				if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
					t.Errorf("umount: %s", out)
				}
			})
			w.Set("web-1", "/etc/a", providertest.File{Data: "earlier"})
			end, err := apply(t, w, strings.Repeat("too much", 64<<10))
			if err == nil || errors.Is(err, model.ErrUncertain) || !strings.Contains(err.Error(), "no space left") {
				t.Errorf("apply: %v", err)
			}
			if end.Phase != model.PhaseFailed {
				t.Errorf("it ended as %s: %s", end.Phase, end.Message)
			}
			wantUntouched(t, w)
		})
	}
}

func TestAFileTooLargeForTheHostLeavesTheEarlierFile(t *testing.T) {
	s := startServers(t, "")
	needsBash(t, s)
	s.write(t, "web-1/home/.bashrc", "ulimit -f 8\n")
	w := newWorld(t, Options{SSH: s.ssh()}, nil, s.reach)
	w.Set("web-1", "/etc/a", providertest.File{Data: "earlier"})
	end, err := apply(t, w, strings.Repeat("too much", 64<<10))
	if err == nil || errors.Is(err, model.ErrUncertain) || end.Phase != model.PhaseFailed {
		t.Errorf("apply: %v; it ended as %s: %s", err, end.Phase, end.Message)
	}
	wantUntouched(t, w)
}

// hangUp kills the server that its connection goes through.
const hangUp = `p=$$; while read -r name </proc/$p/comm && [ "$name" != sshd ]; do p=$(cut -d' ' -f4 /proc/$p/stat); done; kill -9 $p`

func TestAConnectionLostInAStepLeavesItUnknown(t *testing.T) {
	if _, err := os.Stat("/proc/self/comm"); err != nil {
		t.Skip("there is no /proc to find the server's process in")
	}
	s := startServers(t, "")
	for _, rule := range []model.FileRule{
		{Path: "/etc/a", Check: []string{"sh", "-c", hangUp}},
		{Path: "/etc/a", Reload: []string{"sh", "-c", hangUp}},
	} {
		w := newWorld(t, Options{SSH: s.ssh()}, []model.FileRule{rule}, s.reach)
		end, err := apply(t, w, "new")
		if !errors.Is(err, model.ErrUncertain) || end.Phase != model.PhaseUnknown {
			t.Errorf("apply: %v; it ended as %s: %s", err, end.Phase, end.Message)
		}
	}
}
