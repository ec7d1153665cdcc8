package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"plumb/model"
	"plumb/model/diff"
	"plumb/model/text"
	"plumb/ui/action"
	"plumb/ui/diffview"
)

// found is what checks have to say of the files of a revision. Nil says nothing.
type found struct {
	byPath map[string][]diffview.Finding
	shown  int // How many are about files that are shown, whether these are read already or not.
}

// newFound sorts findings by path; nil where there are none.
func newFound(results []model.CheckResult) *found {
	var f *found
	for _, r := range results {
		name := text.Line(r.Name)
		for _, one := range r.Findings {
			if f == nil {
				f = &found{byPath: map[string][]diffview.Finding{}}
			}
			f.byPath[one.Path] = append(f.byPath[one.Path], diffview.Finding{Line: one.Line, Severity: one.Severity, Check: name, Text: text.Line(one.Text.String())})
		}
	}
	return f
}

// of is what is said of a file.
func (f *found) of(path string) []diffview.Finding {
	if f == nil {
		return nil
	}
	return f.byPath[path]
}

// any reports whether anything is said of files that are shown.
func (f *found) any() bool { return f != nil && f.shown > 0 }

// among answers what is said of the files that are shown, and counts it.
func (f *found) among(files []model.FileChange) *found {
	if f == nil {
		return nil
	}
	f.shown = 0
	for _, file := range files {
		f.shown += len(f.byPath[file.Path])
	}
	return f
}

// atSteps places findings at the steps that bring the files to which they belong, one list for each of them, and
// counts them once. Where what is brought is not just what git has, its lines are others: the findings stand at its head then.
func (f *found) atSteps(ctx context.Context, ws source, revision model.Hash, steps []model.Step, files []diff.File) [][]diffview.Finding {
	if f == nil {
		return nil
	}
	lists := make([][]diffview.Finding, len(files))
	counted := map[string]bool{}
	for i, st := range steps {
		path := st.After.Source
		list := f.byPath[path]
		if path == "" || len(list) == 0 {
			continue
		}
		if !counted[path] {
			counted[path] = true
			f.shown += len(list)
		}
		if !sameLines(ctx, ws, revision, path, &files[i]) {
			list = elsewhere(path, list)
		}
		lists[i] = list
	}
	return lists
}

// sameLines reports whether the new side of a difference has the lines that a file of git has.
func sameLines(ctx context.Context, ws source, revision model.Hash, path string, d *diff.File) bool {
	_, n := d.Len()
	if n == 0 {
		return false
	}
	file, err := ws.FileAt(ctx, revision, path, 0)
	if err != nil || len(file.Lines) != n {
		return false // It is a hint where to look, and the head of the file is one, too.
	}
	for i, l := range file.Lines {
		if d.NewText(i).String() != l.String() {
			return false
		}
	}
	return true
}

// elsewhere are findings without their lines, which they name instead.
func elsewhere(path string, list []diffview.Finding) []diffview.Finding {
	var moved []diffview.Finding
	for _, one := range list {
		if one.Line > 0 {
			one.Text, one.Line = text.Format("%s:%d: %s", path, one.Line, one.Text), 0
		}
		moved = append(moved, one)
	}
	return moved
}

// checksOf is what is known of the checks of a revision: those of a change that leads to it.
func (a *App) checksOf(revision model.Hash) []model.CheckResult {
	for _, c := range a.change.all {
		if c.Revision == revision && len(c.Checks) > 0 {
			return c.Checks
		}
	}
	return nil
}

// checkedRevisions is what is known of the checks of all revisions.
func (a *App) checkedRevisions() map[model.Hash][]model.CheckResult {
	known := map[model.Hash][]model.CheckResult{}
	for _, c := range a.change.all {
		if len(c.Checks) > 0 && known[c.Revision] == nil {
			known[c.Revision] = c.Checks
		}
	}
	return known
}

// stepFinding goes to the next finding or the one before, also of a file that is not read yet.
func (p *diffPane) stepFinding(a *App, how action.ID) tea.Cmd {
	p.toFiles()
	forward := how == action.NextFinding
	if forward && p.view.NextFinding() || !forward && p.view.PrevFinding() {
		return tea.Batch(p.more(a), p.learn(a))
	}
	if i := p.unreadFinding(forward); i >= 0 {
		return p.jumpTo(a, goal{file: i, finding: how})
	}
	if forward {
		a.say(text.Lit("this is the last finding"))
	} else {
		a.say(text.Lit("this is the first finding"))
	}
	return p.learn(a)
}

// unreadFinding is the nearest file beyond those that are read of which something is said; -1 for none.
func (p *diffPane) unreadFinding(forward bool) int {
	if forward {
		for i := p.end(); i < len(p.changes); i++ {
			if len(p.found.of(p.changes[i].Path)) > 0 {
				return i
			}
		}
		return -1
	}
	for i := min(p.base, len(p.changes)) - 1; i >= 0; i-- {
		if len(p.found.of(p.changes[i].Path)) > 0 {
			return i
		}
	}
	return -1
}
