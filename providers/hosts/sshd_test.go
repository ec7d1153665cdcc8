package hosts

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"plumb/model"
)

// needs skips the test where an engine is missing, or fails it where all engines must be there.
func needs(t testing.TB, missing, install string) {
	t.Helper()
	if os.Getenv("PLUMB_REQUIRE_ENGINES") == "1" {
		t.Fatalf("no %s: install %s", missing, install)
	}
	t.Skipf("no %s: install %s", missing, install)
}

// servers are real OpenSSH servers on loopback, one per host.
type servers struct {
	dir    string // Holds a run directory per host.
	config string
	pids   map[string]int
}

// startServers starts web-1 and web-2, which live as long as the test. What runs
// there is looked for in search, if that is not empty.
func startServers(t testing.TB, search string) servers {
	t.Helper()
	if _, err := exec.LookPath("ssh"); err != nil {
		needs(t, "ssh", "openssh-client")
	}
	if _, err := exec.LookPath("sshd"); err != nil {
		if _, err := os.Stat("/usr/sbin/sshd"); err != nil {
			needs(t, "sshd", "openssh-server")
		}
	}
	script, err := filepath.Abs("../../testdata/engines/sshd-up.sh")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	s := servers{dir: dir, config: filepath.Join(dir, "config"), pids: map[string]int{}}
	var config strings.Builder
	for _, name := range []string{"web-1", "web-2"} {
		s.pids[name] = startServer(t, script, filepath.Join(dir, name), search)
		fmt.Fprintf(&config, "Include %q\n", filepath.Join(dir, name, "client"))
	}
	// A port on which nobody listens: the smallest is never given out.
	config.WriteString("Host closed\n  HostName 127.0.0.1\n  Port 1\n")
	if err := os.WriteFile(s.config, []byte(config.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

func startServer(t testing.TB, script, run, search string) int {
	t.Helper()
	// Somebody else may take the port between finding and using it.
	for range 5 {
		cmd := exec.Command(script, run, freePort(t), search)
		if listening(t, cmd) {
			return cmd.Process.Pid
		}
	}
	t.Fatal("sshd does not start")
	return 0
}

// listening starts a server and waits until it can be reached.
func listening(t testing.TB, cmd *exec.Cmd) bool {
	t.Helper()
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stderr)
	for lines.Scan() {
		if strings.Contains(lines.Text(), "Server listening") {
			drained := make(chan struct{})
			go func() {
				defer close(drained)
				for lines.Scan() {
				}
			}()
			t.Cleanup(func() {
				cmd.Process.Kill()
				<-drained
				cmd.Wait()
			})
			return true
		}
		t.Log(lines.Text())
	}
	cmd.Wait()
	return false
}

func freePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// ssh is the program with the servers' configuration.
func (s servers) ssh() []string { return []string{"ssh", "-F", s.config} }

// reach is a host of that name, whose files are below dir.
func (s servers) reach(name, dir string) model.Host {
	return model.Host{Name: name, SSH: name, Root: dir}
}

// busyboxPath is a search path that has busybox's tools and nothing else.
func busyboxPath(t testing.TB) string {
	t.Helper()
	busybox, err := exec.LookPath("busybox")
	if err != nil {
		needs(t, "busybox", "busybox")
	}
	list, err := exec.Command(busybox, "--list").Output()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for applet := range strings.FieldsSeq(string(list)) {
		if err := os.Symlink(busybox, filepath.Join(dir, applet)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
