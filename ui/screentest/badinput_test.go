package screentest

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// repository makes an empty repository with an identity.
func (w *world) repository() {
	w.t.Helper()
	if err := os.MkdirAll(w.infra, 0o755); err != nil {
		w.t.Fatal(err)
	}
	w.git("init", "-q", "-b", "main")
	w.git("config", "user.name", "Ada")
	w.git("config", "user.email", "ada@example.org")
}

func (w *world) file(path, content string) {
	w.t.Helper()
	w.write(filepath.Join(w.infra, path), content)
}

func (w *world) commits(message string) {
	w.t.Helper()
	w.git("add", "-A")
	w.git("commit", "-q", "-m", message)
}

const oneHost = `version: 1
environments:
  - name: lab
    targets:
      - name: web
        provider: hosts
        path: web
        hosts:
          - {name: one, root: ../hosts/one}
`

// trusts lets plumb run what the repository names.
func (w *world) trusts() {
	w.t.Helper()
	w.run(w.infra, program("plumb"), "trust", "--yes")
}

func TestWithoutARepositoryPlumbSaysSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.open(window{dir: w.dir})
	end := s.restored()
	raw := string(s.bytes())
	if end.Code != 1 || !strings.Contains(raw, "git repository") {
		t.Errorf("plumb ended with %+v and wrote\n%s", end, raw)
	}
}

func TestAnEmptyRepositoryIsGreeted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.repository()
	s := w.open(window{})
	s.shows(`plumb  infra`, `(?i)no commits|no history`, `no environments`)
	s.press("2", "3", "4", "1")
	s.shows(`▌History`)
	s.press("d")
	s.shows(`! cannot deploy`)
	s.leaves()
}

func TestABareRepositoryShowsHistoryAndLive(t *testing.T) {
	t.Parallel()
	w := newDemo(t)
	bare := filepath.Join(w.dir, "demo", "bare.git")
	w.git("clone", "-q", "--bare", ".", bare)
	s := w.open(window{dir: bare})
	s.shows(`PRODUCTION`, `Try HTTP/3 on dev`, `#431 Be ready for the sale`)
	s.leaves()
}

func TestADetachedHeadIsNamed(t *testing.T) {
	t.Parallel()
	w := newDemo(t)
	w.git("checkout", "-q", "--detach", "HEAD~3")
	at := w.git("rev-parse", "--short=7", "HEAD")
	s := w.open(window{})
	s.shows(`▌History  .*(detached|`+at+`)`, `PRODUCTION  2 drifted`)
	s.leaves()
}

func TestAShallowCloneSaysThatHistoryEnds(t *testing.T) {
	t.Parallel()
	w := newDemo(t)
	clone := filepath.Join(w.dir, "demo", "clone")
	w.git("clone", "-q", "--depth", "2", "--no-local", "file://"+w.infra, clone)
	s := w.open(window{dir: clone})
	s.shows(`shallow`, `Try HTTP/3 on dev`)
	s.press("G")
	s.settles()
	s.shows(`▌History`)
	s.leaves()
}

func TestAMissingObjectIsNamedAndTheRestWorks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.repository()
	w.file("web/all/etc/motd", "hello\n")
	w.commits("Greet people")
	w.file("web/all/etc/motd", "hello again\n")
	w.commits("Greet people again")
	blob := w.git("rev-parse", "HEAD:web/all/etc/motd")
	if err := os.Remove(filepath.Join(w.infra, ".git", "objects", blob[:2], blob[2:])); err != nil {
		t.Fatal(err)
	}
	s := w.open(window{})
	s.shows(`Greet people again`, `Greet people`, blob[:7])
	s.press("j")
	s.shows(`▌.*Greet people\b`, `\+ hello|hello`)
	s.leaves()
}

func TestAMistakeInTheConfigurationIsShownWithItsLine(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.repository()
	w.file("plumb.yaml", strings.Replace(oneHost, "provider:", "provder:", 1))
	w.commits("Misspell a key")
	s := w.open(window{})
	s.shows(`plumb\.yaml:6`, `provder`, `did you mean\s+"provider"`, `Misspell a key`, `no environments`)
	s.press("enter")
	s.shows(`▌.*Misspell a key`, `plumb\.yaml`)
	s.leaves()
}

func TestAHostThatCannotBeReachedIsUnknownAndTheRestIsAlive(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.repository()
	w.file("plumb.yaml", oneHost+"          - {name: far, ssh: far.invalid}\n")
	w.file("web/all/etc/motd", "hello\n")
	w.commits("Greet people")
	// The user's own ssh configuration: this host is a door that is closed.
	w.write(filepath.Join(w.dir, "ssh_config"), "Host far.invalid\n  HostName 127.0.0.1\n  Port 1\n")
	w.write(filepath.Join(w.dir, "config", "plumb", "config.yaml"), "ssh: [ssh, -F, "+filepath.Join(w.dir, "ssh_config")+"]\n")
	w.write(w.live("one", "etc/motd"), "hello\n")
	w.trusts()
	s := w.open(window{})
	s.shows(`▌lab  1 unknown`, `\? far +/etc/motd +host far is unreachable`, `✓ one +/etc/motd`)
	s.press("2")
	s.shows(`▌ \? far`, `host far is unreachable: ssh: connect to host 127\.0\.0\.1 port 1`)
	s.leaves()
}

func TestAnUntrustedRepositoryRunsNothingUntilAsked(t *testing.T) {
	t.Parallel()
	w := newDemo(t)
	clone := filepath.Join(w.dir, "demo", "clone")
	w.git("clone", "-q", ".", clone)
	w.git("-C", clone, "config", "user.name", "Ada")
	w.git("-C", clone, "config", "user.email", "ada@example.org")
	s := w.open(window{dir: clone})
	s.shows(`PRODUCTION`, `(?i)not trusted|untrusted`, `#431 Be ready for the sale`)
	s.press("d")
	s.shows(`! cannot deploy: the repository is not trusted yet: press t`)
	s.press("2")
	s.shows(`▌Live`, `Not looked at: this repository is not trusted yet`)
	s.press("x")
	s.shows(`! cannot restore: the repository is not trusted yet: press t`)
	s.press("t")
	s.readsToTheEnd()
	s.press("esc")
	s.lacks(`┌`)
	s.shows(`(?i)not trusted|untrusted`)
	s.press("t")
	s.readsToTheEnd()
	s.press("enter", "pgup", "pgup", "pgup", "pgup", "pgup", "pgup")
	s.shows(`┌ Trust clone\?`, `(?m)│ +dev, target web`)
	s.press("y")
	s.shows(`PRODUCTION  \d+ `, `∅ web-2`)
	s.leaves()

	again := w.open(window{dir: clone})
	again.shows(`∅ web-2`)
	again.leaves()
}

// readsToTheEnd pages through the question whether to trust, which offers its yes only then.
func (s *screen) readsToTheEnd() {
	s.t.Helper()
	left := regexp.MustCompile(`read on, (\d+) more rows`)
	for text := s.shows(`┌ Trust clone\?`, `y  trust|read on`); left.MatchString(text); {
		before := left.FindString(text)
		s.press("pgdown")
		text = s.until("another page", func(text string) bool { return left.FindString(text) != before })
	}
	s.shows(`checks with +bin/haproxy -c -f`, `reads, writes edge-1`, `y  trust it and look`)
}
