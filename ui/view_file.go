package ui

import (
	"cmp"
	"context"
	"errors"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"plumb/gitops/objects"
	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/text"
	"plumb/ui/action"
	"plumb/ui/syntax"
)

// spot is a line of a file at a revision.
type spot struct {
	rev  string // As it was named, or a full id.
	path string
	line int // From 1.
	top  int // The line at the top of the window, from 0, for coming back; where it is unknown the line decides.
}

// fileView shows a file as it is at a revision, with who changed each line last.
type fileView struct {
	listing
	at      spot
	file    workspace.File
	commit  model.Commit // Of the revision.
	colours *syntax.Text // Nil until they are known.
	paints  question
	loaded  bool
	err     error
	ask     question
	digits  int   // Of a line number.
	most    int64 // The size that was asked for; 0 for the usual one.
	x       int   // Cells that are scrolled off to the left.

	who      blame
	asks     question
	blameErr error
	bare     bool // The column of who changed what is not shown.

	mark  int    // One more than the line where a range begins; 0 without one.
	later []spot // Where one came from by going back in time, the latest last.
	from  *place // Where the view was opened.
	trail trail
	lines *linesDialog // The history of lines that was asked for last.

	hits hits
}

// trail is the way from a line to the commit that is shown in Diff, and back.
type trail struct {
	shows string // The id of the subject that was opened; empty for none.
	lines bool   // It was opened from the history of lines.
}

// fileRead is a file with the commit that it was read at.
type fileRead struct {
	at     spot
	file   workspace.File
	commit model.Commit
	left   *spot // What one went back in time from; nil for other ways.
}

// openFile shows a file at a revision.
func (a *App) openFile(s spot) tea.Cmd {
	v := &a.file
	if a.view != action.File {
		v.from = &place{a.view, a.shape.focus, a.diff.subject}
	}
	v.at, v.later, v.loaded, v.mark, v.trail = s, nil, false, 0, trail{}
	return tea.Batch(a.show(action.File), v.load(a, s, 0))
}

// load reads a file. The one that is shown stays until it is there. Files of more than most bytes are not loaded; 0 is what is usual.
func (v *fileView) load(a *App, s spot, most int64) tea.Cmd {
	v.most = most
	v.touch()
	return ask(a, &v.ask, func(ctx context.Context) (fileRead, error) { return readFile(ctx, a.ws, s, most) })
}

// reload reads the file again: a branch may have moved.
func (v *fileView) reload(a *App) tea.Cmd {
	at := v.here()
	at.rev = v.at.rev
	return v.load(a, at, v.most)
}

func readFile(ctx context.Context, ws source, s spot, most int64) (fileRead, error) {
	id, err := ws.Resolve(ctx, s.rev)
	if err != nil {
		return fileRead{at: s}, err
	}
	f, err := ws.FileAt(ctx, id, s.path, most)
	if err != nil {
		return fileRead{at: s}, err
	}
	c, err := ws.Commit(ctx, id)
	return fileRead{at: s, file: f, commit: c}, err
}

// arrived shows the file, and asks who wrote it.
func (v *fileView) arrived(a *App, m answer[fileRead]) tea.Cmd {
	v.touch()
	if errors.Is(m.err, context.Canceled) {
		return nil
	}
	if m.err != nil && v.loaded && v.err == nil {
		// What is shown is still true; only the way to another moment ended.
		a.fail(text.Lit("Not found"), m.err)
		return nil
	}
	v.asks.drop()
	v.at, v.file, v.commit, v.err, v.loaded = m.value.at, m.value.file, m.value.commit, m.err, true
	v.blameErr, v.mark, v.x = nil, 0, 0
	if m.value.left != nil {
		v.later = append(v.later, *m.value.left)
	}
	v.digits = max(len(strconv.Itoa(len(v.file.Lines))), 2)
	v.colours = nil
	v.who.reset(len(v.file.Lines))
	v.list.SetLen(len(v.file.Lines))
	v.place()
	v.search()
	if !v.file.Whole || len(v.file.Lines) == 0 || v.err != nil {
		return nil
	}
	id, path := v.file.Revision, v.file.Path
	return tea.Batch(v.paint(a), follow(a, &v.asks, whileAsked, func(ctx context.Context, show func(blamed)) (struct{}, error) {
		return struct{}{}, readBlame(ctx, a.ws, id, path, show)
	}))
}

// paint finds the colours of the file, outside of the event loop.
func (v *fileView) paint(a *App) tea.Cmd {
	path, lines := v.file.Path, v.file.Lines
	return quietly(a, &v.paints, func(ctx context.Context) (*syntax.Text, error) {
		return syntax.Highlight(ctx, path, lines)
	})
}

// painted takes in the colours.
func (v *fileView) painted(m answer[*syntax.Text]) tea.Cmd {
	v.touch()
	v.colours = m.value
	return nil
}

// place puts the cursor on the line that was asked for, a third from the top where the window is not known.
func (v *fileView) place() {
	line := v.at.line - 1
	top := v.at.top
	if top == 0 {
		top = max(line-v.list.Height()/3, 0)
	}
	v.list.Bottom()
	v.list.SetCursor(top)
	v.list.SetCursor(line)
}

// blameArrived takes in who changed what.
func (v *fileView) blameArrived(m blamePart) tea.Cmd {
	v.touch()
	v.who.add(m.items)
	if !m.done {
		return m.next
	}
	if !errors.Is(m.err, context.Canceled) {
		v.blameErr = m.err
	}
	return nil
}

// here is the line under the cursor, as a spot to come back to.
func (v *fileView) here() spot {
	top, _ := v.list.Window()
	return spot{rev: cmp.Or(string(v.file.Revision), v.at.rev), path: v.file.Path, line: v.list.Cursor() + 1, top: top}
}

// hasLines reports whether there is a line under the cursor.
func (v *fileView) hasLines() bool { return v.loaded && v.err == nil && v.list.Len() > 0 }

// group is the group of the line under the cursor; without one it says why.
func (v *fileView) group(a *App) *objects.BlameGroup {
	g := v.who.at(v.list.Cursor())
	switch {
	case g != nil:
	case v.blameErr != nil:
		a.fail(text.Lit("Not known"), v.blameErr)
	case !v.file.Whole:
		a.warn(text.Lit("who wrote it is not known: ").Plus(v.file.Note))
	default:
		a.warn(text.Lit("git has not told yet who wrote this line"))
	}
	return g
}

// original is the number of the line under the cursor in the commit that wrote it.
func (v *fileView) original(g *objects.BlameGroup) int { return g.From + v.list.Cursor() + 1 - g.At }

// openCommit shows in Diff what the commit of the line changed, at that line.
func (v *fileView) openCommit(a *App) tea.Cmd {
	if v.loaded && v.file.Large {
		return v.load(a, v.at, anySize)
	}
	if !v.hasLines() {
		return nil
	}
	g := v.group(a)
	if g == nil {
		return nil
	}
	return v.follow(a, v.who.commits[g.Commit], seek{g.Path, v.original(g)}, false)
}

// anySize loads what is too large to be loaded unasked.
const anySize = 1 << 40

// follow shows a commit in Diff at a line, with a way back to here.
func (v *fileView) follow(a *App, c model.Commit, to seek, fromLines bool) tea.Cmd {
	s := a.commitSubjectOf(c, nil)
	if i, ok := a.history.rowOf(c.Hash); ok && a.history.entry(i).Hash == c.Hash {
		s.live = a.history.entry(i).Live
	}
	cmd := a.showBeside(s)
	a.diff.seek = &to
	v.trail = trail{s.id(), fromLines}
	return cmd
}

// isShown reports whether Diff shows what was opened from here.
func (v *fileView) isShown(a *App) bool {
	return v.trail.shows != "" && a.diff.subject != nil && a.diff.subject.id() == v.trail.shows
}

// comeBack shows the file again after a commit of it was looked at.
func (v *fileView) comeBack(a *App) tea.Cmd {
	lines := v.trail.lines
	v.trail = trail{}
	cmd := a.show(action.File)
	if lines && v.lines != nil {
		a.open(v.lines)
	}
	return cmd
}

// earlier goes to the file as it was before the commit of this line.
func (v *fileView) earlier(a *App) tea.Cmd {
	g := v.group(a)
	if g == nil {
		return nil
	}
	if g.Before == "" {
		if v.who.isCut(g) {
			a.say(text.Format("known history begins with %s: what was before is not here", g.Commit.Short()))
		} else {
			a.say(text.Format("the file began with %s: there is nothing before", g.Commit.Short()))
		}
		return nil
	}
	group, line, left := *g, v.original(g), v.here()
	v.touch()
	return ask(a, &v.ask, func(ctx context.Context) (fileRead, error) {
		was, err := a.ws.LineBefore(ctx, group, line)
		if err != nil {
			return fileRead{}, err
		}
		read, err := readFile(ctx, a.ws, spot{rev: string(group.Before), path: group.BeforePath, line: was}, 0)
		read.left = &left
		return read, err
	})
}

// forward goes to where one was before going back in time.
func (v *fileView) forward(a *App) tea.Cmd {
	n := len(v.later)
	if n == 0 {
		return nil
	}
	to := v.later[n-1]
	v.later = v.later[:n-1]
	return v.load(a, to, 0)
}

// markLines begins a range of lines at the cursor, or ends it.
func (v *fileView) markLines(a *App) {
	v.touch()
	if v.mark > 0 {
		v.mark = 0
		return
	}
	v.mark = v.list.Cursor() + 1
	a.say(text.Lit("the range reaches to the cursor: H is its history, y copies it, esc drops it"))
}

// span is the range of lines, from 1, both ends included; without a mark it is the cursor's line.
func (v *fileView) span() objects.LineRange {
	at := v.list.Cursor() + 1
	if v.mark == 0 {
		return objects.LineRange{From: at, To: at}
	}
	return objects.LineRange{From: min(at, v.mark), To: max(at, v.mark)}
}

// goLine goes to a line by its number.
func (v *fileView) goLine(a *App, number string) {
	n, err := strconv.Atoi(strings.TrimSpace(number))
	if err != nil || n < 1 {
		a.warn(text.Format("%q is not the number of a line", number))
		return
	}
	v.list.SetCursor(n - 1)
	v.touch()
}

// copied is where the line stands, or the lines of the range.
func (v *fileView) copied() string {
	switch {
	case !v.loaded || v.err != nil:
		return ""
	case v.mark == 0:
		at := text.Format("%s@%s", v.file.Path, v.file.Revision).String()
		if v.list.Len() > 0 {
			at += ":" + strconv.Itoa(v.list.Cursor()+1)
		}
		return at
	}
	var b strings.Builder
	r := v.span()
	for _, l := range v.file.Lines[r.From-1 : r.To] {
		b.WriteString(l.String() + "\n")
	}
	return b.String()
}

func (v *fileView) resize(w, h int) {
	v.canvas.resize(w, h)
	v.list.SetHeight(max(h-footRows, 1))
}

func (v *fileView) move(a *App, how action.ID) tea.Cmd {
	switch how {
	case action.ScrollRight:
		v.x = max(min(v.x+8, v.longest()), v.x)
	case action.ScrollLeft:
		v.x = max(v.x-8, 0)
	default:
		return v.listing.move(a, how)
	}
	v.touch()
	return nil
}

// click goes to a line; on the column of who changed it, it opens the commit.
func (v *fileView) click(a *App, row, col int) tea.Cmd {
	if !v.hasLines() {
		return nil
	}
	i, ok := v.list.RowAt(row)
	if !ok {
		return nil
	}
	v.list.SetCursor(i)
	v.touch()
	if col < v.column().cells {
		return v.openCommit(a)
	}
	return nil
}

func (v *fileView) find(_ *App, query string) tea.Cmd {
	v.hits.needle = newNeedle(query)
	v.search()
	v.touch()
	return nil
}

func (v *fileView) search() {
	v.hits.look(len(v.file.Lines), func(i int) bool { return v.hits.needle.has(v.file.Lines[i]) })
}

func (v *fileView) step(_ *App, dir int) tea.Cmd {
	i, ok := v.hits.after(v.list.Cursor(), dir)
	if !ok {
		return nil
	}
	v.list.SetCursor(i)
	v.reveal(i)
	v.touch()
	return nil
}

func (v *fileView) matches(*App) (string, int, int) { return v.hits.count(v.list.Cursor()) }
