package ui

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"sync/atomic"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/golden"

	"plumb/gitops/history"
	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/diff"
	"plumb/model/text"
	"plumb/themes"
	"plumb/ui/action"
)

// compares shows two revisions beside each other, by the palette.
func (s *screen) compares(words string) {
	s.t.Helper()
	s.press(":")
	s.write("compare " + words)
	s.press("enter")
}

// at is the row of the screen that the cursor of the outline is on.
func (s *screen) at() string {
	for row := range strings.SplitSeq(s.text(), "\n") {
		if _, after, ok := strings.Cut(row, "▌"); ok && !strings.Contains(row, "─") && !strings.Contains(row, "plumb") {
			return after
		}
	}
	return ""
}

// atRow fails unless the cursor is on a row with the words.
func (s *screen) atRow(words string) {
	s.t.Helper()
	if at := s.at(); !strings.Contains(at, words) {
		s.t.Fatalf("the cursor is on %q, and not on %q:\n%s", at, words, s.text())
	}
}

func TestAComparisonSaysWhatADeployWouldChange(t *testing.T) {
	s, _ := openStory(t, 160, 45, Options{})
	s.compares("live:production main")
	s.sees("from ", "live:production", "to ", "main", "6 commits · 6 authors", "PRODUCTION  web: ~4 update on web-1, web-2 · edge: ~1 update on edge-1", "6 files  +")
	// The environment unfolds to its resources, and each of them leads to its file.
	s.press("k", "enter")
	s.atRow("PRODUCTION")
	s.sees("~ web-2:/etc/ssl/shop/fullchain.pem  content")
	s.press("j", "j", "enter")
	s.sees("▎")
	if at := s.app.diff.base + s.app.diff.view.File(); !strings.HasSuffix(s.app.diff.files_[at].NewPath.String(), "production/web/all/etc/nginx/sites-available/shop.conf") {
		t.Errorf("file %d is at the top:\n%s", at, s.text())
	}
	// Back is first to the list, on that file, then to the pane where it began.
	s.press("esc")
	s.atRow("nginx/sites-available/shop.conf")
	s.press("esc")
	s.sees("▌History")
}

func TestTheFilesOfAComparisonAreWalkedOneByOne(t *testing.T) {
	s, _ := openStory(t, 160, 45, Options{})
	s.compares("HEAD~12 main")
	top := func(want int) {
		t.Helper()
		if got := s.app.diff.base + s.app.diff.view.File(); got != want || s.app.diff.walks() {
			t.Fatalf("file %d is at the top, want %d:\n%s", got, want, s.text())
		}
	}
	s.press("}")
	top(0)
	s.press("}", "}")
	top(2)
	s.press("{", "{")
	top(0)
	s.press("{")
	s.atRow("conf.d/proxy.conf")
	s.press("j", "enter")
	top(1)
	s.press("g")
	if !s.app.diff.walks() {
		t.Error("g does not lead to the top")
	}
	// A directory folds with its files, and unfolds again.
	s.press("j", "j", "j", "]")
	top(0)
	s.press("esc", "k", "k", "h")
	s.sees("▸ dev/web/all/etc/")
	s.press("l")
	s.sees("▾ dev/web/all/etc/")
	s.send(tea.MouseClickMsg{X: 100, Y: rowOf(t, s, "shop/app.env"), Button: tea.MouseLeft})
	top(3)
}

func rowOf(t *testing.T, s *screen, words string) int {
	t.Helper()
	for y, row := range strings.Split(s.text(), "\n") {
		if strings.Contains(row, words) {
			return y
		}
	}
	t.Fatalf("%q is not on the screen:\n%s", words, s.text())
	return 0
}

func TestAComparisonTurnsAroundAndLeadsToItsCommits(t *testing.T) {
	s, _ := openStory(t, 160, 45, Options{})
	s.compares("HEAD~3..")
	s.sees("HEAD~3..HEAD", "commits ·")
	s.press("L")
	s.sees("HEAD..HEAD~3", "goes back")
	s.press("C")
	s.sees("has no commit that")
	s.press("L", "C")
	s.sees("▌History")
	if n := s.app.history.rows.Len(); n != 4 {
		t.Errorf("%d rows lie between:\n%s", n, s.text())
	}
	s.press("esc")
	if n := s.app.history.rows.Len(); n < 40 {
		t.Errorf("%d rows in all", n)
	}
	s.compares("main main")
	s.sees("both are the same commit", "both have the same files")
	s.press("j", "k", "}", "{", "enter", "g", "G", "ctrl+d")
	s.compares("nonsense main")
	s.sees("nonsense")
}

// The keys for a file are about the row of the list that the cursor is on.
func TestTheListOfFilesLeadsToFilesAndTheirHistory(t *testing.T) {
	s, _ := openStory(t, 160, 45, Options{})
	s.compares("live:production main")
	s.press("j", "H")
	s.sees("▌History", "production")
	s.press("-")
	s.atRow("dev/web/all/etc/nginx/sites-available/shop.conf")
	s.press("B")
	if s.app.scope() != action.File {
		t.Fatalf("no file is shown:\n%s", s.text())
	}
	s.sees("dev/web/all/etc/nginx/sites-available/shop.conf", "listen 443 quic")
}

// vast is a comparison of any size.
type vast struct {
	opened
	files []model.FileChange
	read  atomic.Int32
}

func (o *vast) Between(context.Context, model.Hash, model.Hash) (workspace.Comparison, error) {
	c := workspace.Comparison{Files: o.files}
	c.A.Hash, c.B.Hash = model.Hash(strings.Repeat("a", 40)), model.Hash(strings.Repeat("b", 40))
	c.OnlyB = history.Share{Commits: 40_000, Authors: make([]history.Author, 900)}
	return c, nil
}

func (o *vast) Effects(context.Context, model.Hash, model.Hash, []model.FileChange) ([]workspace.EnvironmentEffect, error) {
	return []workspace.EnvironmentEffect{
		{Environment: o.Environments()[0]},
		{Environment: o.Environments()[2], Targets: []workspace.TargetEffect{
			{Target: model.Target{Name: "web\x1b[2J"}, FilesOnly: true, Files: 3},
			{Target: model.Target{Name: "db"}, Err: fmt.Errorf("it \x1b[2J failed")},
		}},
	}, nil
}

func (o *vast) CountLines(_ context.Context, files []model.FileChange) iter.Seq2[int, workspace.LineCount] {
	return func(yield func(int, workspace.LineCount) bool) {
		for i := range files {
			n := workspace.LineCount{Added: i % 7, Removed: i % 3}
			if i >= 5000 {
				n = workspace.LineCount{Unknown: workspace.IsNotCounted}
			}
			if !yield(i, n) {
				return
			}
		}
	}
}

func (o *vast) FileDiff(_ context.Context, f model.FileChange, opt diff.Options, _ int64) diff.File {
	o.read.Add(1)
	opt.Path = f.Path
	return diff.Text([]byte("a\nb\n"), []byte("a\n"+f.Path+"\n"), opt)
}

func TestAComparisonOfTwentyThousandFilesReadsOnlyWhatIsLookedAt(t *testing.T) {
	ws, _, now := story(t)
	source := &vast{opened: opened{ws}}
	for i := range 20_000 {
		source.files = append(source.files, model.FileChange{Path: fmt.Sprintf("d%02d/e%02d/f%05d", i/1000, i/100%10, i), OldMode: model.ModeFile, NewMode: model.ModeFile, OldHash: "x", NewHash: "y"})
	}
	s := openScreen(t, source, 120, 30, now(), Options{Trusted: true})
	s.compares("HEAD~1 HEAD")
	s.sees("40,000 commits · 900 authors", "20,000 files", "lines of 15,000 not counted", "▸ d00/", "▸ d09/", "web␛[2J: 3 files only", "db: ? unknown")
	if n := len(s.app.diff.outline.rows); n > 100 {
		t.Errorf("%d rows are listed before anybody unfolded one", n)
	}
	s.press("G")
	if n := source.read.Load(); n > 3*filesAtOnce {
		t.Errorf("%d files were read", n)
	}
	// The last file of all is read without those before it.
	s.press("g")
	before := source.read.Load()
	s.run(s.app.diff.jumpFile(s.app, 19_999))
	s.settle()
	s.sees("f19999", "20,000/20,000")
	s.press("{", "{")
	s.sees("f19997", "19,998/20,000")
	for range 25 {
		s.press("{")
	}
	s.sees("19,973/20,000")
	for range 40 {
		s.press("k")
	}
	for range 8 {
		s.press("}")
	}
	if n := source.read.Load() - before; n > 200 {
		t.Errorf("%d files were read for that", n)
	}
	if at := s.app.diff.base + s.app.diff.view.File(); at < 19_960 || at > 19_985 {
		t.Errorf("file %d is at the top", at)
	}
	s.press("esc")
	s.sees("f199")
	if !s.app.diff.walks() {
		t.Error("esc does not lead back to the list")
	}
}

// The comparison as it was looked at and found good.
func TestComparisonsLookAsTheyDid(t *testing.T) {
	s, _ := openStory(t, 160, 45, Options{})
	s.compares("HEAD~12 main")
	for _, size := range [][2]int{{160, 45}, {100, 30}, {80, 24}} {
		for _, theme := range []string{themes.Dark.Name, themes.Light.Name} {
			t.Run(fmt.Sprintf("%dx%d-%s", size[0], size[1], theme), func(t *testing.T) {
				s.app.setTheme(theme)
				s.app.notice = notice{}
				s.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
				golden.RequireEqual(t, strings.Join(s.app.rows(), "\n")+"\n")
			})
		}
	}
	s.send(tea.WindowSizeMsg{Width: 160, Height: 45})
	s.app.diff.outline.step(-1)
	s.press("enter")
	t.Run("unfolded", func(t *testing.T) { golden.RequireEqual(t, s.text()+"\n") })
}

func TestWhatBecameOfFilesIsSaid(t *testing.T) {
	ws, _, now := story(t)
	source := &vast{opened: opened{ws}}
	const x, y = model.Hash("1111111111111111111111111111111111111111"), model.Hash("2222222222222222222222222222222222222222")
	source.files = []model.FileChange{
		{Path: "etc/came", NewMode: model.ModeFile, NewHash: x},
		{Path: "etc/gone", OldMode: model.ModeSymlink, OldHash: x},
		{Path: "etc/moved\x1b[2J\xff", OldPath: "old/place", OldMode: model.ModeFile, NewMode: model.ModeFile, OldHash: x, NewHash: x},
		{Path: "etc/runs", OldMode: model.ModeFile, NewMode: model.ModeExecutable, OldHash: x, NewHash: x},
		{Path: "etc/turned", OldMode: model.ModeFile, NewMode: model.ModeSubmodule, OldHash: x, NewHash: y},
	}
	s := openScreen(t, source, 160, 45, now(), Options{Trusted: true})
	s.compares("HEAD~1 HEAD")
	s.sees("new", "gone, link", "moved from old/place", "executable", "now a submodule", text.Line("moved\x1b[2J\xff").String())
	if s.app.scope() != action.Diff {
		t.Errorf("the keys go to %s", s.app.scope())
	}
}
