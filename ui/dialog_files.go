package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/diff"
	"plumb/model/text"
	"plumb/ui/action"
)

// filesDialog lists the files of what Diff shows as a tree, and leads to any of them, whether it is read already or not.
type filesDialog struct {
	picker
	tree   fileTree
	of     string // The subject that it lists the files of.
	title  text.Safe
	closed map[string]bool // Directories that are folded, by path.
	rows   []int           // The nodes that are listed.
	ask    question
}

// How many rows of the tree are unfolded at the beginning; more are quicker typed than scrolled to.
const filesAtFirst = 200

// fileCount is how many lines of a file differ, as it becomes known.
type fileCount struct {
	file  int
	count workspace.LineCount
}

type countPart = part[fileCount, struct{}]

// openFiles lists the files, with the cursor on the one that is shown.
func (p *diffPane) openFiles(a *App) tea.Cmd {
	p.markLoaded()
	d := &filesDialog{}
	a.open(d)
	d.take(a)
	d.reveal(d.tree.node(p.current()))
	return d.countRest(a)
}

// current is the file that is looked at: the one at the top, or under the cursor of the outline.
func (p *diffPane) current() int {
	if p.walks() {
		return max(p.outline.fileAt(p.outline.current()), 0)
	}
	return p.base + p.view.File()
}

// changeOf is a file of a difference that git knows nothing of, in git's words.
func changeOf(f *diff.File) model.FileChange {
	c := model.FileChange{Path: pathOf(f)}
	if !f.OldPath.IsEmpty() {
		c.OldMode = model.ModeFile
		if f.OldPath.String() != c.Path {
			c.OldPath = f.OldPath.String()
		}
	}
	if !f.NewPath.IsEmpty() {
		c.NewMode = model.ModeFile
	}
	return c
}

// pathOfChange is a path as it is shown.
func pathOfChange(f model.FileChange) string { return text.Line(f.Path).String() }

// take lists what the pane shows now.
func (d *filesDialog) take(a *App) {
	p := &a.diff
	d.of, d.title = p.subject.id(), p.subject.title()
	d.tree = newFileTree(p)
	d.tree.tally(a)
	d.closed, d.rows = foldMost(d.tree.nodes, filesAtFirst), nil
	d.filter()
}

// countRest counts the lines of the files that are not loaded.
func (d *filesDialog) countRest(a *App) tea.Cmd {
	files, which := d.tree.uncounted()
	if len(files) == 0 {
		return nil
	}
	return follow(a, &d.ask, whileAsked, func(ctx context.Context, show func(fileCount)) (struct{}, error) {
		for i, n := range a.ws.CountLines(ctx, files) {
			show(fileCount{which[i], n})
		}
		return struct{}{}, ctx.Err()
	})
}

// filesDialog is the list of files that is open; nil for none.
func (a *App) filesDialog() *filesDialog {
	for _, d := range a.dialogs {
		if d, ok := d.(*filesDialog); ok {
			return d
		}
	}
	return nil
}

func (a *App) countsArrived(m countPart) tea.Cmd {
	d := a.filesDialog()
	if d == nil || m.to != &d.ask {
		return nil
	}
	for _, it := range m.items {
		d.tree.count(it.file, it.count)
	}
	return m.next
}

// filesArrived takes in that the pane has more files, or other ones.
func (a *App) filesArrived() tea.Cmd {
	d, p := a.filesDialog(), &a.diff
	switch {
	case d == nil || p.subject == nil || max(len(p.changes), len(p.files_)) < 2:
		return nil
	case d.of == p.subject.id() && len(d.tree.changes) == max(len(p.changes), len(p.files_)):
		d.tree.tally(a)
		return nil
	}
	d.ask.drop()
	d.take(a)
	return d.countRest(a)
}

// filter lists the files that have what is typed, or the tree as it is folded. The cursor goes to the file that
// resembles it most, and stays there when nothing is typed any more.
func (d *filesDialog) filter() {
	at := -1
	if d.list.Cursor() < len(d.rows) {
		at = d.rows[d.list.Cursor()]
	}
	best := d.tree.find(d.in.value())
	if d.tree.found == nil {
		d.list.SetSkip(nil)
		d.reveal(at)
		return
	}
	d.rows = d.rows[:0]
	row := 0
	for i := range d.tree.nodes {
		if d.tree.sums[i].files == 0 {
			continue
		}
		if i == d.tree.nodeOf[best] {
			row = len(d.rows)
		}
		d.rows = append(d.rows, i)
	}
	d.list.SetSkip(func(i int) bool { return i < len(d.rows) && d.tree.nodes[d.rows[i]].IsDir() })
	d.list.SetLen(len(d.rows))
	d.list.SetCursor(row)
}

// arrange lists the tree as it is folded. The cursor stays on its node, or goes to the directory that hides it.
func (d *filesDialog) arrange(node int) {
	d.rows = d.rows[:0]
	row := 0
	for i := 0; i < len(d.tree.nodes); {
		n := d.tree.nodes[i]
		if i <= node {
			row = len(d.rows)
		}
		d.rows = append(d.rows, i)
		if i++; n.IsDir() && d.closed[n.Path] {
			i = n.End
		}
	}
	d.list.SetLen(len(d.rows))
	d.list.SetCursor(row)
}

// reveal unfolds the directories that a node is in, and puts the cursor on it.
func (d *filesDialog) reveal(node int) {
	if node >= 0 {
		for k := d.tree.above[node]; k >= 0; k = d.tree.above[k] {
			delete(d.closed, d.tree.nodes[k].Path)
		}
	}
	d.arrange(node)
}

// fold folds or unfolds the directory at a node.
func (d *filesDialog) fold(node int, shut bool) {
	d.closed[d.tree.nodes[node].Path] = shut
	d.arrange(node)
}

func (d *filesDialog) key(a *App, k tea.KeyPressMsg) tea.Cmd {
	switch key := k.String(); {
	case key == "esc":
		d.leave(a)
	case key == "enter":
		return d.run(a)
	case d.in.value() != "":
		d.walk(k, d.filter)
	case key == "left":
		d.inward(false)
	case key == "right":
		d.inward(true)
	case key == "home":
		d.list.Top()
	case key == "end":
		d.list.Bottom()
	default:
		d.walk(k, d.filter)
	}
	return nil
}

// inward unfolds the directory under the cursor or goes into it; outward it folds it, or goes to the one it is in.
func (d *filesDialog) inward(in bool) {
	if d.list.Len() == 0 {
		return
	}
	node := d.rows[d.list.Cursor()]
	n := d.tree.nodes[node]
	open := n.IsDir() && !d.closed[n.Path]
	switch {
	case open && in:
		d.list.Move(1)
	case open:
		d.fold(node, true)
	case n.IsDir() && in:
		d.fold(node, false)
	case !in && d.tree.above[node] >= 0:
		d.arrange(d.tree.above[node])
	}
}

func (d *filesDialog) leave(a *App) {
	d.ask.drop()
	a.close(d)
}

// run goes to the file under the cursor, or folds and unfolds the directory.
func (d *filesDialog) run(a *App) tea.Cmd {
	if d.list.Len() == 0 {
		return nil
	}
	node := d.rows[d.list.Cursor()]
	n, p := d.tree.nodes[node], &a.diff
	if n.IsDir() {
		if d.tree.found == nil {
			d.fold(node, !d.closed[n.Path])
		}
		return nil
	}
	d.leave(a)
	if p.subject == nil || p.subject.id() != d.of {
		a.warn(text.Lit("these files are no longer what Diff shows: F lists those that are"))
		return nil
	}
	p.seek, p.goal, p.kept = nil, nil, nil
	cmd := a.focus(action.Diff)
	return tea.Batch(cmd, p.jumpFile(a, d.tree.at[n.File]), p.learn(a))
}

func (d *filesDialog) clickAt(a *App, row int) tea.Cmd {
	i, ok := d.list.RowAt(row - 2)
	if !ok || d.tree.found != nil && d.tree.nodes[d.rows[i]].IsDir() {
		return nil
	}
	d.list.SetCursor(i)
	return d.run(a)
}

func (d *filesDialog) paste(_ *App, s string) {
	d.in.insert(s)
	d.filter()
}
