package ui

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"plumb/gitops/objects"
	"plumb/gitops/objects/gitcli"
	"plumb/gitops/objects/objectstest"
	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/text"
	"plumb/themes"
	"plumb/ui/action"
)

// told is a history as a test tells it: each commit has an author and files, and an empty content deletes one.
type told struct {
	author, subject string
	files           map[string]string
}

// openTold shows a repository with that history.
func openTold(t *testing.T, w, h int, history ...told) *screen {
	t.Helper()
	for _, v := range []string{"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"} {
		t.Setenv(v, "/dev/null")
	}
	dir := t.TempDir()
	objectstest.Git(t, dir, "init", "--quiet", "-b", "main")
	var in strings.Builder
	for i, c := range history {
		at := noon.Add(time.Duration(i-len(history)) * 24 * time.Hour).Unix()
		fmt.Fprintf(&in, "commit refs/heads/main\nauthor %s <x@example.org> %d +0000\ncommitter %s <x@example.org> %d +0000\ndata %d\n%s\n", c.author, at, c.author, at, len(c.subject), c.subject)
		var names []string
		for n := range c.files {
			names = append(names, n)
		}
		slices.Sort(names)
		for _, n := range names {
			quoted := `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(n) + `"`
			if data := c.files[n]; data == "" {
				fmt.Fprintf(&in, "D %s\n", quoted)
			} else {
				fmt.Fprintf(&in, "M 644 inline %s\ndata %d\n%s\n", quoted, len(data), data)
			}
		}
	}
	objectstest.GitInput(t, dir, in.String(), "fast-import", "--quiet")
	store, err := gitcli.Open(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	ws := workspace.New(workspace.Options{Store: store, Engines: map[string]workspace.Engine{}, StateDir: t.TempDir(),
		Now: func() time.Time { return noon }, Rand: rand.NewChaCha8([32]byte{})})
	return openScreen(t, opened{ws}, w, h, noon, Options{Trusted: true})
}

// named opens a file by its name.
func (s *screen) named(words string) {
	s.t.Helper()
	s.press(":")
	s.write("file ")
	for _, r := range words {
		s.send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
	s.press("enter")
}

// line is the row of the screen that has the words.
func (s *screen) line(words string) string {
	s.t.Helper()
	for l := range strings.Lines(s.text()) {
		if strings.Contains(l, words) {
			return strings.TrimRight(l, "\n")
		}
	}
	s.t.Fatalf("%q is not on the screen:\n%s", words, s.text())
	return ""
}

// shop is a file that three people wrote, and that was moved on the way.
func shop() []told {
	return []told{
		{"Ada Lovelace", "Begin", map[string]string{"hosts/app.conf": "port 80\nworkers 2\nlog on\n", "other": "1\n"}},
		{"Bob Stone", "More workers", map[string]string{"hosts/app.conf": "port 80\nworkers 4\nlog on\n"}},
		{"Carol", "Move it", map[string]string{"hosts/app.conf": "", "web/app.conf": "port 80\nworkers 4\nlog on\n"}},
		{"Dan", "Say who", map[string]string{"web/app.conf": "port 80\nworkers 4\nuser www\nlog on\n", "other": "2\n"}},
	}
}

func TestAFileTellsWhoWroteEachLine(t *testing.T) {
	s := openTold(t, 120, 30, shop()...)
	s.named("web/app.conf")
	s.sees("web/app.conf  at HEAD", "1d · Dan", "1/4")
	for line, who := range map[string]string{"workers 4": "Bob", "user www": "Dan", "port 80": "Ada"} {
		if got := s.line(line); !strings.Contains(got, who) {
			t.Errorf("the row of %q does not name %s: %q", line, who, got)
		}
	}
	s.press("j")
	s.sees("Bob Stone  3 days ago", "More workers", "then hosts/app.conf:2")
	s.press("B")
	s.seesNot("│")
	s.sees("Bob Stone  3 days ago")
	s.press("B")
	s.sees("│")
}

func TestTheCommitOfALineIsOneKeyAwayAndSoIsTheWayBack(t *testing.T) {
	for _, back := range []string{"esc", "-"} {
		s := openTold(t, 120, 30, shop()...)
		s.named("web/app.conf")
		s.press("j", "enter")
		s.sees("More workers", "workers 2", "workers 4", "esc back")
		if s.app.shape.focus != action.Diff || s.app.view != "" {
			t.Fatal("Diff has not the keys")
		}
		s.press(back)
		s.sees("▌web/app.conf", "2/4")
		s.press("esc")
		s.sees("▌History")
	}
}

// The line that was asked for is in sight, however much else its commit changed.
func TestTheCommitIsShownAtTheLine(t *testing.T) {
	files := map[string]string{}
	for i := range 150 {
		files[fmt.Sprintf("a/%03d", i)] = strings.Repeat("x\n", 20)
	}
	var long strings.Builder
	for i := range 300 {
		fmt.Fprintf(&long, "line %d\n", i+1)
	}
	files["z.conf"] = long.String()
	s := openTold(t, 120, 30, told{"Ada", "Everything", files})
	s.named("z.conf")
	s.press(":")
	s.write("line 222")
	s.press("enter")
	s.sees("222/300")
	s.press("enter")
	s.sees("line 222", "z.conf")
	s.press("esc")
	s.sees("222/300", "line 222")
}

func TestOneGoesBackInTimeAndForwardAgain(t *testing.T) {
	s := openTold(t, 120, 30, shop()...)
	s.named("web/app.conf")
	s.press(".")
	s.sees("nobody has gone back in time here")
	s.press("j", ",")
	s.sees("hosts/app.conf", "workers 2", "1 step back", "2/3")
	s.press("j", ",")
	s.sees("the file began with")
	s.press(".")
	s.sees("web/app.conf", "workers 4", "user www", "2/4")
	s.seesNot("step back")
}

// Where history was cut off, nobody is blamed for what came before.
func TestWhereHistoryIsCutOffTheBlameSaysSo(t *testing.T) {
	src := &answering{scripted: &scripted{}, file: ofLines(3), parents: []model.Hash{commits(2)[1].Hash}}
	src.blame = []objects.BlameGroup{{Commit: src.file.Revision, Path: "big.yaml", From: 1, At: 1, Count: 3, Boundary: true}}
	s := openScreen(t, src, 100, 30, noon, Options{Trusted: true})
	s.run(s.app.openFile(spot{rev: "HEAD", path: "big.yaml", line: 1}))
	s.settle()
	s.sees("^"+src.file.Revision.Short(), "known history begins here")
	s.press(",")
	s.sees("known history begins with")
}

func TestALineThatCameToAFileLeadsToItsPlaceBefore(t *testing.T) {
	s := openTold(t, 120, 30, shop()...)
	s.named("web/app.conf")
	s.press("j", "j", ",")
	s.sees("▌web/app.conf", "3/3", "1 step back")
	s.seesNot("user www")
}

func TestARangeOfLinesHasAHistory(t *testing.T) {
	s := openTold(t, 120, 30, shop()...)
	s.named("web/app.conf")
	s.press("V", "j")
	s.sees("2 lines", "2/4")
	s.press("y")
	if s.copied != "port 80\nworkers 4\n" {
		t.Errorf("copied %q", s.copied)
	}
	s.press("H")
	s.sees("Lines 1 to 2 of web/app.conf", "2 commits", "More workers", "Begin", "hosts/app.conf:1-2")
	s.press("j", "enter")
	s.sees("Begin")
	s.press("esc")
	s.sees("Lines 1 to 2 of web/app.conf")
	s.press("esc", "esc")
	s.sees("▌web/app.conf")
	s.seesNot("2 lines")
	s.press("y")
	if !strings.HasPrefix(s.copied, "web/app.conf@") || !strings.HasSuffix(s.copied, ":2") {
		t.Errorf("copied %q", s.copied)
	}
	s.press("esc")
	s.sees("▌History")
}

func TestTheHistoryOfAFileIsAFilterOfHistory(t *testing.T) {
	s := openTold(t, 120, 30, shop()...)
	s.named("other")
	s.press("H")
	s.sees("▌History", "file:other", "Say who", "Begin")
	s.seesNot("More workers")
}

func TestTheDifferenceLeadsToTheFile(t *testing.T) {
	s := openTold(t, 120, 30, shop()...)
	s.press("4", "}", "B")
	s.sees("▌web/app.conf  at ", "user www")
	s.press("esc")
	if s.app.shape.focus != action.Diff {
		t.Error("esc does not lead back to Diff")
	}
	// From History too: the file that the selected commit changed first, or the one that was gone to.
	s.press("1", "B")
	s.sees("▌web/app.conf  at ", "user www")
}

// A deleted file opens as it was before it went.
func TestADeletedFileOpensAsItWas(t *testing.T) {
	s := openTold(t, 120, 30, told{"Ada", "Begin", map[string]string{"gone.conf": "last words\n", "kept": "1\n"}},
		told{"Bob", "Drop it", map[string]string{"gone.conf": ""}})
	s.press("4", "B")
	s.sees("▌gone.conf", "last words", "Ada")
	s.press("esc")
	s.named("gone.conf")
	s.sees("No such file", "there is no file gone.conf", "plumb log -- gone.conf")
	s.press("esc")
	s.named("gone.conf HEAD~1")
	s.sees("▌gone.conf", "last words")
	s.press("esc")
	s.named("HEAD~1:gone.conf")
	s.sees("▌gone.conf", "last words")
}

func TestAFileOfALiveResourceOpensAsGitWantsIt(t *testing.T) {
	s, _ := openStory(t, 120, 36, Options{})
	s.selectsResource("nginx.conf")
	s.press("B")
	s.sees("nginx.conf  at git:production", "worker_processes", "Alice")
	s.press("esc")
	s.sees("▌Live")
	s.press("H")
	s.sees("▌History", "file:production/web/")
	s.press("2", "g", "B")
	s.sees("file: select a resource first")
	s.press("H")
	s.sees("▌History", "file:production/web")
}

func TestOddFilesSayWhatTheyAre(t *testing.T) {
	hostile := "odd \"name\"\n\x1b[2J.conf"
	s := openTold(t, 120, 30, told{"Eve \x1b[31m", "evil \x1b]0;owned\x07", map[string]string{
		"binary": "a\x00b", "open": "no newline", "windows": "a\r\nb\r\n", hostile: "evil \x1b[2J\u202etext\n",
		"app.env": "USER=app\nPASSWORD=hunter2hunter2\n", "dir/file": "1\n",
	}})
	for name, want := range map[string]string{"binary": "binary, 3 B", "open": "no newline at the end", "windows": "a␍", "dir": "directory, 1 entry", "app.env": "PASSWORD=«secret»"} {
		s.named(name)
		s.sees(want)
		s.press("y", "H", "1")
		if strings.Contains(s.copied+s.text(), "hunter2") {
			t.Errorf("%s: a secret is on the screen or in the clipboard", name)
		}
		s.press("backspace")
	}
	s.run(s.app.openFile(spot{rev: "HEAD", path: hostile, line: 1}))
	s.settle()
	s.sees("evil ␛[2J")
	for _, r := range s.app.rows() {
		for _, bad := range []string{"\x1b]", "\x1b[2J", "\x07", "\u202e"} {
			if strings.Contains(r, bad) {
				t.Errorf("%q reached the terminal in %q", bad, r)
			}
		}
	}
	s.press("V", "y", "enter", "esc", "H")
}

// answering is a source with a file of its own.
type answering struct {
	*scripted
	file    workspace.File
	failed  error
	blame   []objects.BlameGroup
	most    int64
	parents []model.Hash
	told    func(line int) // Called before each group.
}

func (s *answering) Resolve(context.Context, string) (model.Hash, error) {
	return commits(1)[0].Hash, nil
}

func (s *answering) Commit(_ context.Context, id model.Hash) (model.Commit, error) {
	return model.Commit{Hash: id, Parents: s.parents, Subject: text.Lit("Write it"), Author: model.Person{Name: text.Lit("Ada"), When: noon}}, nil
}

func (s *answering) FileAt(_ context.Context, _ model.Hash, _ string, most int64) (workspace.File, error) {
	s.most = most
	return s.file, s.failed
}

func (s *answering) Blame(ctx context.Context, _ model.Hash, _ string, _ objects.LineRange) iter.Seq2[objects.BlameGroup, error] {
	return func(yield func(objects.BlameGroup, error) bool) {
		for _, g := range s.blame {
			if s.told != nil {
				s.told(g.At)
			}
			if !yield(g, ctx.Err()) {
				return
			}
		}
		if s.failed != nil {
			yield(objects.BlameGroup{}, s.failed)
		}
	}
}

// ofLines is a file of so many lines.
func ofLines(n int) workspace.File {
	f := workspace.File{Revision: commits(1)[0].Hash, Path: "big.yaml", Mode: model.ModeFile, Whole: true}
	for i := range n {
		f.Lines = append(f.Lines, text.Format("key_%d: value", i+1))
	}
	return f
}

// A file of 100,000 lines is there before git has told anything of it, and only its window is drawn.
func TestALongFileIsThereBeforeItsBlame(t *testing.T) {
	const n = 100_000
	release := make(chan struct{})
	src := &answering{scripted: &scripted{}, file: ofLines(n), told: func(int) { <-release }}
	for i := range n {
		src.blame = append(src.blame, objects.BlameGroup{Commit: src.file.Revision, Path: "big.yaml", From: i + 1, At: n - i, Count: 1})
	}
	s := openScreen(t, src, 100, 30, noon, Options{Trusted: true})
	s.deliver(s.app.openFile(spot{rev: "HEAD", path: "big.yaml", line: 1})())
	s.sees("key_1: value", "1/100,000", "git has not told yet")
	s.deliver(keyNamed("enter"))
	s.sees("git has not told yet who wrote this line")
	s.deliver(keyNamed("G"))
	s.sees("key_100000: value")
	s.deliver(keyNamed("g"))
	close(release)
	s.settle()
	s.sees("Ada", "Write it")
	s.seesNot("git has not told yet")
	s.press("/")
	s.write("key_99999:")
	s.press("enter")
	s.sees("99,999/100,000", "1 of 1")
}

// Whoever leaves the file does not wait for git.
func TestLeavingAFileEndsItsBlame(t *testing.T) {
	src := &answering{scripted: &scripted{}, file: ofLines(10)}
	began, ended := make(chan struct{}), make(chan struct{})
	src.blame = []objects.BlameGroup{{Commit: commits(1)[0].Hash, From: 1, At: 1, Count: 10}}
	s := openScreen(t, &waiting{src, began, ended}, 100, 30, noon, Options{Trusted: true})
	s.deliver(s.app.openFile(spot{rev: "HEAD", path: "big.yaml", line: 1})())
	for asked := false; !asked; {
		select {
		case msg := <-s.inbox:
			s.busy--
			s.deliver(msg)
		case <-began:
			asked = true
		}
	}
	s.deliver(keyNamed("esc"))
	<-ended
	s.settle()
	s.sees("▌History")
}

// waiting blames nobody until nobody wants to know.
type waiting struct {
	*answering
	began, ended chan struct{}
}

func (s *waiting) Blame(ctx context.Context, _ model.Hash, _ string, _ objects.LineRange) iter.Seq2[objects.BlameGroup, error] {
	return func(yield func(objects.BlameGroup, error) bool) {
		close(s.began)
		<-ctx.Done()
		close(s.ended)
		yield(objects.BlameGroup{}, ctx.Err())
	}
}

func TestTroublesOfAFileAreSaid(t *testing.T) {
	trouble := model.WithHint(errors.New("telling who wrote a line needs git itself"), "install git")
	src := &answering{scripted: &scripted{}, failed: trouble}
	s := openScreen(t, src, 100, 30, noon, Options{Trusted: true})
	s.run(s.app.openFile(spot{rev: "HEAD", path: "a", line: 1}))
	s.settle()
	s.sees("✗ telling who wrote a line needs git itself", "install git")
	s.press("j", "enter", ",", "V", "H", "esc")
	src.failed, src.file = nil, workspace.File{Path: "a", Whole: true}
	s.run(s.app.openFile(spot{rev: "HEAD", path: "a", line: 1}))
	s.settle()
	s.sees("The file is empty.")
	s.press("esc")
	src.file = workspace.File{Path: "a", Large: true, Note: text.Lit("70 MiB, not loaded")}
	s.run(s.app.openFile(spot{rev: "HEAD", path: "a", line: 1}))
	s.settle()
	s.sees("70 MiB, not loaded", "enter loads it all the same")
	src.file = ofLines(3)
	s.press("enter")
	s.sees("key_3: value")
	if src.most < 70<<20 {
		t.Errorf("at most %d bytes were asked for", src.most)
	}
}

func TestTheMouseMovesInAFileAndOpensTheCommit(t *testing.T) {
	s := openTold(t, 120, 30, shop()...)
	s.named("web/app.conf")
	click := func(x, y int) { s.send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft}) }
	click(60, 4)
	s.sees("3/4")
	click(5, 3)
	s.sees("▌", "More workers", "workers 2")
	if s.app.shape.focus != action.Diff {
		t.Error("a click on who wrote the line does not open the commit")
	}
}

// The file as it was looked at and found good. Look at a picture of it before a change is accepted with -update.
func TestAFileLooksAsItDid(t *testing.T) {
	s, _ := openStory(t, 160, 45, Options{})
	s.named("production/web/all/etc/nginx/sites-available/shop.conf")
	s.press("j", "V", "j", "j")
	for _, size := range [][2]int{{160, 45}, {100, 30}, {80, 24}} {
		for _, theme := range []string{themes.Dark.Name, themes.Light.Name, "none"} {
			t.Run(fmt.Sprintf("%dx%d-%s", size[0], size[1], theme), func(t *testing.T) {
				profile := colorprofile.TrueColor
				if theme == "none" {
					profile, theme = colorprofile.ASCII, themes.Dark.Name
				}
				s.send(tea.ColorProfileMsg{Profile: profile})
				s.app.setTheme(theme)
				s.app.notice = notice{}
				s.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
				golden.RequireEqual(t, strings.Join(s.app.rows(), "\n")+"\n")
			})
		}
	}
	t.Run("history-of-lines", func(t *testing.T) {
		s.press("H")
		golden.RequireEqual(t, s.text()+"\n")
	})
}

// However it is sized and scrolled, the view fills the screen exactly.
func TestAFileFillsTheScreenExactly(t *testing.T) {
	s := openTold(t, 120, 30, shop()...)
	s.named("web/app.conf")
	for _, w := range []int{60, 61, 79, 80, 100, 141, 300} {
		for _, h := range []int{15, 16, 30} {
			s.send(tea.WindowSizeMsg{Width: w, Height: h})
			s.press("l", "V", "j", "B", "k")
			rows := s.app.rows()
			if len(rows) != h {
				t.Errorf("%dx%d: %d rows", w, h, len(rows))
			}
			for y, r := range rows {
				if got := ansi.StringWidth(r); got != w {
					t.Errorf("%dx%d: row %d has %d cells", w, h, y, got)
				}
			}
		}
	}
}

// Whoever went elsewhere after looking at a commit of a line is not led back to the file by esc.
func TestTheWayBackToAFileIsForgottenElsewhere(t *testing.T) {
	s := openTold(t, 120, 30, shop()...)
	s.named("web/app.conf")
	s.press("j", "j", "enter")
	s.sees("Say who", "esc back")
	s.press("1", "g", "enter")
	s.sees("▌", "Say who")
	s.press("esc")
	s.sees("▌History")
}
