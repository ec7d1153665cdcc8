package ui

import (
	"context"
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/golden"

	"plumb/model"
	"plumb/model/diff"
	"plumb/themes"
	"plumb/ui/action"
)

// listed is the row of the list of files that the cursor is on.
func (s *screen) listed() string {
	s.t.Helper()
	d := s.app.filesDialog()
	if d == nil {
		s.t.Fatalf("no list of files is open:\n%s", s.text())
	}
	if d.list.Len() == 0 {
		return ""
	}
	return d.tree.nodes[d.rows[d.list.Cursor()]].Path
}

// shown is the path of the file at the top of Diff.
func (s *screen) shown() string {
	p := &s.app.diff
	return pathOf(&p.files_[p.view.File()])
}

// goesToMany puts History's cursor on the latest commit that changed several files and is no merge.
func (s *screen) goesToMany() {
	s.t.Helper()
	s.press("1", "g")
	for range 40 {
		if c, ok := s.app.diff.subject.(commitSubject); ok && len(c.commit.Parents) == 1 && s.app.diff.files() > 1 {
			return
		}
		s.press("j")
	}
	s.t.Fatalf("no commit changed several files:\n%s", s.text())
}

func TestTheFilesOfACommitAreListedAndGoneTo(t *testing.T) {
	s, _ := openStory(t, 160, 45, Options{})
	s.goesToMany()
	s.press("F")
	s.sees("Files of ", plural(s.app.diff.files(), "file"), "type a part of a path", "enter  go to it")
	first, last := s.app.diff.files_[0], s.app.diff.files_[len(s.app.diff.files_)-1]
	if at := s.listed(); at != pathOf(&first) {
		t.Errorf("the list begins on %q, and %q is shown", at, pathOf(&first))
	}
	s.press("end")
	if at := s.listed(); at != pathOf(&last) {
		t.Errorf("the last row is %q, and the last file %q", at, pathOf(&last))
	}
	s.press("enter")
	if s.app.top() != nil || s.app.scope() != action.Diff || s.shown() != pathOf(&last) {
		t.Errorf("%q is shown:\n%s", s.shown(), s.text())
	}
	// It opens again on the file that is shown, and esc leaves everything as it was.
	s.press("F")
	if at := s.listed(); at != pathOf(&last) {
		t.Errorf("the list begins on %q, and %q is shown", at, pathOf(&last))
	}
	s.press("esc")
	if s.app.top() != nil || s.shown() != pathOf(&last) {
		t.Errorf("esc does not leave things as they were:\n%s", s.text())
	}
}

func TestTheListOfFilesSaysWhyItIsNotThere(t *testing.T) {
	s, _ := openStory(t, 160, 45, Options{})
	s.selectsResource("nginx.conf")
	s.press("F")
	s.sees("there is only one file")
	if s.app.top() != nil {
		t.Error("a list of one file is shown")
	}
}

func TestWhatIsTypedNarrowsTheListOfFiles(t *testing.T) {
	s, _ := openStory(t, 160, 45, Options{})
	s.compares("HEAD~12 main")
	s.press("F")
	s.sees("▾ dev/web/all/etc/")
	s.write("prod sites shop")
	s.sees("1 of ", "shop.conf")
	if at := s.listed(); !strings.HasPrefix(at, "production/") || !strings.HasSuffix(at, "shop.conf") {
		t.Errorf("the cursor is on %q", at)
	}
	if d := s.app.filesDialog(); d.tree.all().files != 1 {
		t.Errorf("%d files are found", d.tree.all().files)
	}
	// Nobody has these letters in a row, but in their order.
	s.press("ctrl+u")
	s.write("prdshpcnf")
	if at := s.listed(); !strings.HasPrefix(at, "production/") {
		t.Errorf("the cursor is on %q", at)
	}
	s.write("zzz")
	s.sees("nothing like that", "0 of ")
	s.press("enter", "up", "down", "pgdown")
	s.press("ctrl+u")
	s.write("prod sites shop")
	want := s.listed()
	s.press("ctrl+u")
	if at := s.listed(); at != want {
		t.Errorf("the cursor went from %q to %q when nothing was typed any more", want, at)
	}
	s.press("enter")
	if s.shown() != want {
		t.Errorf("%q is shown, want %q", s.shown(), want)
	}
}

func TestTheStepsOfAChangeAreListedByTheirHosts(t *testing.T) {
	s, world := openStory(t, 160, 45, Options{})
	s.press("3")
	s.app.change.choose(world.Waiting)
	s.run(s.app.showSelected())
	s.settle()
	s.press("F")
	s.sees("Files of Deploy", "5 files", "▾ web-1:/etc/", "▾ web-2:/etc/")
	s.write("web-2 shop.conf")
	s.press("enter")
	if s.shown() != "web-2:/etc/nginx/sites-available/shop.conf" {
		t.Errorf("%q is shown", s.shown())
	}
}

func TestDirectoriesOfTheListOfFilesFold(t *testing.T) {
	s, _ := openStory(t, 160, 45, Options{})
	s.compares("HEAD~12 main")
	s.press("F")
	file := s.listed()
	s.press("left")
	dir := s.listed()
	if !strings.HasPrefix(file, dir+"/") {
		t.Fatalf("%q is not above %q", dir, file)
	}
	s.press("left")
	s.sees("▸ ")
	s.seesList(file, false)
	s.press("right")
	s.seesList(file, true)
	s.press("enter")
	s.seesList(file, false)
	s.press("enter", "right")
	if s.listed() == dir {
		t.Error("right does not go into the directory")
	}
	// What is folded is found all the same.
	s.press("left", "left")
	s.write(file[strings.LastIndexByte(file, '/')+1:])
	s.seesList(file, true)
}

// seesList fails unless a file is listed, or is not.
func (s *screen) seesList(path string, want bool) {
	s.t.Helper()
	d, is := s.app.filesDialog(), false
	for _, node := range d.rows {
		is = is || d.tree.nodes[node].Path == path
	}
	if is != want {
		s.t.Fatalf("%q is listed: %t\n%s", path, is, s.text())
	}
}

func TestTheListOfFilesTakesTheMouse(t *testing.T) {
	s, _ := openStory(t, 160, 45, Options{})
	s.compares("HEAD~12 main")
	s.press("F")
	s.send(tea.MouseWheelMsg{X: 80, Y: 20, Button: tea.MouseWheelDown})
	y := 0
	for i, row := range strings.Split(s.text(), "\n") {
		if strings.Contains(row, "app.env") && strings.Contains(row, "│") {
			y = i
		}
	}
	s.send(tea.MouseClickMsg{X: 60, Y: y, Button: tea.MouseLeft})
	if s.app.top() != nil || !strings.HasSuffix(s.shown(), "app.env") {
		t.Errorf("%q is shown:\n%s", s.shown(), s.text())
	}
}

func TestTheListOfFilesSaysWhatWasReviewedAndPicked(t *testing.T) {
	s, _ := openStory(t, 160, 45, Options{})
	s.goesToMany()
	s.press("4", "}", ";", "F")
	s.sees("✓", "reviewed")
	s.press("esc", "g", "}", "s", "F")
	s.sees("●")
}

// many is a source with a commit of any size.
type many struct {
	vast
}

func (o *many) CommitFiles(context.Context, model.Hash) ([]model.FileChange, error) {
	return o.files, nil
}

func manyFiles(n int) []model.FileChange {
	var files []model.FileChange
	for i := range n {
		files = append(files, model.FileChange{Path: fmt.Sprintf("d%02d/e%02d/f%05d", i/1000, i/100%10, i), OldMode: model.ModeFile, NewMode: model.ModeFile, OldHash: "x", NewHash: "y"})
	}
	return files
}

func TestAListOfTwentyThousandFilesReadsOnlyWhatIsGoneTo(t *testing.T) {
	ws, _, now := story(t)
	source := &many{vast: vast{opened: opened{ws}, files: manyFiles(20_000)}}
	s := openScreen(t, source, 120, 30, now(), Options{Trusted: true})
	s.press("1", "j")
	read := source.read.Load()
	s.press("F")
	s.sees("20,000 files  +", "not counted", "▾ d00/")
	if d := s.app.filesDialog(); len(d.rows) > filesAtFirst+50 {
		t.Errorf("%d rows are listed before anybody unfolded one", len(d.rows))
	}
	s.press("end")
	s.sees("▸ d18/", "▸ d19/", "1,000 files", "…")
	s.write("d17 f17")
	for range 20 {
		s.press("pgdown")
	}
	s.press("ctrl+u")
	s.write("f19998")
	s.sees("1 of 20,000 files")
	if n := source.read.Load(); n != read {
		t.Errorf("%d files were read for a list", n-read)
	}
	s.press("enter")
	s.sees("f19998", "19,999/20,000")
	if s.shown() != "d19/e09/f19998" || s.app.scope() != action.Diff {
		t.Errorf("%q is shown", s.shown())
	}
	// The list opens there again, although all around it was folded.
	s.press("F")
	if at := s.listed(); at != "d19/e09/f19998" {
		t.Errorf("the cursor is on %q", at)
	}
}

// What is in the files and in their names is not ours.
func TestNoFileOfTheListReachesTheTerminalRaw(t *testing.T) {
	ws, _, now := story(t)
	source := &many{vast: vast{opened: opened{ws}}}
	source.files = []model.FileChange{
		{Path: "a\x1b[2J/b\xff\xfe", NewMode: model.ModeFile, NewHash: "x"},
		{Path: "a\x1b[2J/Ünï漢字" + strings.Repeat("long", 60), OldMode: model.ModeFile, NewMode: model.ModeExecutable, OldHash: "x", NewHash: "x"},
		{Path: "z", OldPath: "old\x1b]52;c;x\a", OldMode: model.ModeFile, NewMode: model.ModeFile, OldHash: "x", NewHash: "x"},
	}
	s := openScreen(t, source, 80, 24, now(), Options{Trusted: true})
	s.press("1", "j", "F")
	s.sees("new", "moved from old", "executable", "␛[2J")
	for _, typed := range []string{"b", "漢", "ünï", "a2j", "\u00ff"} {
		s.press("ctrl+u")
		s.write(typed)
		if rows := strings.Join(s.app.rows(), "\n"); strings.Contains(rows, "\x1b[2J") || strings.Contains(rows, "\x1b]52") {
			t.Fatalf("a name reached the terminal as it is:\n%q", rows)
		}
	}
	for _, size := range [][2]int{{40, 10}, {60, 14}, {220, 60}} {
		s.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
	}
}

// What becomes known and read while the list is open is seen in it.
func TestTheListOfFilesFollowsWhatDiffReads(t *testing.T) {
	ws, _, now := story(t)
	source := &slowMany{many: many{vast: vast{opened: opened{ws}, files: manyFiles(300)}}, gate: make(chan struct{})}
	s := startScreen(t, source, 120, 30, now(), Options{Trusted: true})
	s.until(func() bool { return s.app.history.selected() != nil && s.app.diff.subject != nil })
	s.deliver(keyNamed("1"))
	s.deliver(keyNamed("j"))
	s.until(func() bool { return s.app.diff.any() && s.app.diff.total == 300 })
	s.deliver(keyNamed("F"))
	if n := s.app.filesDialog().tree.all().loaded; n > 2 {
		t.Errorf("%d files are loaded", n)
	}
	close(source.gate)
	s.settle()
	if all := s.app.filesDialog().tree.all(); all.loaded != filesAtOnce || all.blind != 0 {
		t.Errorf("%d files are loaded, %d not counted", all.loaded, all.blind)
	}
}

// What Diff shows can change by itself, as when somebody else deploys: the list is then of what it shows now.
func TestTheListOfFilesIsOfWhatDiffShowsNow(t *testing.T) {
	ws, _, now := story(t)
	source := &many{vast: vast{opened: opened{ws}, files: manyFiles(300)}}
	s := openScreen(t, source, 120, 30, now(), Options{Trusted: true})
	s.press("1", "j", "F", "end")
	source.files = manyFiles(5)
	c := s.app.diff.subject.(commitSubject)
	c.commit.Hash = model.Hash(strings.Repeat("c", 40))
	s.run(s.app.diff.load(s.app, c))
	s.settle()
	s.sees("Files of ccccccc", "5 files")
	s.press("end", "enter")
	if s.shown() != "d00/e00/f00004" {
		t.Errorf("%q is shown", s.shown())
	}
	s.press("F")
	s.run(s.app.diff.show(s.app, nil))
	s.settle()
	s.press("enter")
	s.sees("no longer what Diff shows")
}

// slowMany reads one file, and the others when it may.
type slowMany struct {
	many
	gate chan struct{}
}

func (o *slowMany) FileDiff(ctx context.Context, f model.FileChange, opt diff.Options, most int64) diff.File {
	if f.Path != o.files[0].Path {
		select {
		case <-o.gate:
		case <-ctx.Done():
		}
	}
	return o.many.FileDiff(ctx, f, opt, most)
}

// The list of files as it was looked at and found good.
func TestTheListOfFilesLooksAsItDid(t *testing.T) {
	s, _ := openStory(t, 160, 45, Options{})
	s.compares("HEAD~12 main")
	s.press("}", ";", "F")
	for _, size := range [][2]int{{160, 45}, {80, 24}} {
		t.Run(fmt.Sprintf("%dx%d-%s", size[0], size[1], themes.Dark.Name), func(t *testing.T) {
			s.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
			golden.RequireEqual(t, strings.Join(s.app.rows(), "\n")+"\n")
		})
	}
	s.write("nginx")
	t.Run("typed", func(t *testing.T) { golden.RequireEqual(t, strings.Join(s.app.rows(), "\n")+"\n") })
}

// Each key in a list of 20,000 files is one of these.
func BenchmarkTypingInAListOfTwentyThousandFiles(b *testing.B) {
	ws, _, now := story(b)
	source := &many{vast: vast{opened: opened{ws}, files: manyFiles(20_000)}}
	s := openScreen(b, source, 160, 45, now(), Options{Trusted: true})
	s.press("1", "j", "F")
	for b.Loop() {
		s.press("f", "1", "backspace", "backspace")
	}
}
