package ui

import (
	"bytes"
	"context"

	tea "charm.land/bubbletea/v2"

	"plumb/gitops/reviewed"
	"plumb/model"
	"plumb/model/diff"
	"plumb/model/text"
)

// reviews are the marks of the hunks that are shown, worked out once for each file.
type reviews struct {
	byFile map[int][]reviewed.Mark
	now    map[reviewed.Mark]bool // What was marked or unmarked here, before it is written.
}

func (r *reviews) set(m reviewed.Mark, on bool) {
	if r.now == nil {
		r.now = map[reviewed.Mark]bool{}
	}
	r.now[m] = on
}

func (r *reviews) has(store *reviewed.Store, m reviewed.Mark) bool {
	if on, ok := r.now[m]; ok {
		return on
	}
	return store.Has(m)
}

// of are the marks of a file's hunks.
func (r *reviews) of(f *diff.File, file int, hunks []diff.Hunk) []reviewed.Mark {
	if _, ok := r.byFile[file]; !ok {
		r.learn(file, marksOf(f, hunks))
	}
	return r.byFile[file]
}

// learn takes in the marks of a file's hunks.
func (r *reviews) learn(file int, marks []reviewed.Mark) {
	if r.byFile == nil {
		r.byFile = map[int][]reviewed.Mark{}
	}
	r.byFile[file] = marks
}

// marksOf works out the marks of hunks. A mark is of the lines that go and come, so it stays with them wherever they are.
// It reads all of these lines, which is not for the time in which something is drawn.
func marksOf(f *diff.File, hunks []diff.Hunk) []reviewed.Mark {
	marks := make([]reviewed.Mark, len(hunks))
	for i, h := range hunks {
		var old, new bytes.Buffer
		for b := h.First; b < h.Last; b++ {
			at := f.Blocks[b]
			for k := at.OldLo; k < at.OldHi; k++ {
				old.WriteString(f.OldText(k).String() + "\n")
			}
			for k := at.NewLo; k < at.NewHi; k++ {
				new.WriteString(f.NewText(k).String() + "\n")
			}
		}
		// Two changes of a secret look the same.
		if f.Masked != "" && bytes.ContainsRune(append(old.Bytes(), new.Bytes()...), '«') {
			new.WriteString(f.Masked)
		}
		marks[i] = reviewed.Hunk(pathOf(f), old.Bytes(), new.Bytes())
	}
	return marks
}

// reviewed answers how the view finds out what was reviewed.
func (p *diffPane) reviewed(a *App) func(file, hunk int) bool {
	return func(file, hunk int) bool {
		marks := p.marks.byFile[file] // Known once the file was studied.
		return hunk < len(marks) && p.marks.has(a.opt.Reviewed, marks[hunk])
	}
}

// mostMarked is how many lines a file may differ in for its marks to be worked out before it is in sight.
const mostMarked = 5000

// markLoaded works out the marks of all files that are here, for a list of them.
func (p *diffPane) markLoaded() {
	for i := range p.files_ {
		if f := &p.files_[i]; f.Added+f.Removed <= mostMarked {
			p.marks.of(f, i, p.view.FileHunks(i))
		}
	}
}

// review marks the current hunk as reviewed, or takes the mark away, and goes to the next one that is not.
func (p *diffPane) review(a *App) tea.Cmd {
	file, hunk, ok := p.view.LineHunk()
	if !ok {
		a.warn(text.Lit("hunks are reviewed by their lines: S shows them"))
		return nil
	}
	marks := p.marks.of(&p.files_[file], file, p.view.FileHunks(file))
	is := p.reviewed(a)(file, hunk)
	cmd := p.setReviewed(a, marks[hunk:hunk+1], !is)
	if !is && !p.nextUnreviewed(a) {
		// Whoever has seen all differences of a commit has seen the commit.
		if s, ok := p.subject.(commitSubject); ok && p.end() >= p.total && p.base == 0 {
			return tea.Batch(cmd, p.seen(a, s.commit.Hash))
		}
	}
	return cmd
}

// seen marks a commit of which all differences were reviewed.
func (p *diffPane) seen(a *App, id model.Hash) tea.Cmd {
	m := reviewed.Commit(id)
	p.marks.set(m, true)
	a.history.touch()
	store := a.opt.Reviewed
	return quietly(a, &p.seeing, func(context.Context) (marked, error) {
		return marked{}, store.Set([]reviewed.Mark{m}, true)
	})
}

// reviewFile marks all hunks of the file at the top, or takes their marks away where all have one.
func (p *diffPane) reviewFile(a *App) tea.Cmd {
	file := p.view.File()
	marks := p.marks.of(&p.files_[file], file, p.view.FileHunks(file))
	all := len(marks) > 0
	for i := range marks {
		all = all && p.reviewed(a)(file, i)
	}
	cmd := p.setReviewed(a, marks, !all)
	if all {
		return cmd
	}
	return tea.Batch(cmd, p.nextFile(a))
}

// reviewCommit marks a commit as reviewed, or takes the mark away.
func (p *diffPane) reviewCommit(a *App, id model.Hash) tea.Cmd {
	m := reviewed.Commit(id)
	is := p.marks.has(a.opt.Reviewed, m)
	a.history.touch()
	if is {
		a.say(text.Format("%s is to be reviewed again", id.Short()))
	} else {
		a.say(text.Format("%s is reviewed", id.Short()))
	}
	return p.setReviewed(a, []reviewed.Mark{m}, !is)
}

// marked is the outcome of writing marks, or reading what other sessions wrote.
type marked struct{}

// setReviewed keeps marks, or takes them away. What is shown has them already.
func (p *diffPane) setReviewed(a *App, marks []reviewed.Mark, on bool) tea.Cmd {
	p.touch()
	for _, m := range marks {
		p.marks.set(m, on)
	}
	store := a.opt.Reviewed
	return quietly(a, &p.marking, func(context.Context) (marked, error) {
		return marked{}, store.Set(marks, on)
	})
}

// readReviewed reads what was reviewed in earlier sessions.
func (p *diffPane) readReviewed(a *App) tea.Cmd {
	store := a.opt.Reviewed
	return quietly(a, &p.marking, func(context.Context) (marked, error) {
		_, err := store.Refresh()
		return marked{}, err
	})
}

func (p *diffPane) markedArrived(a *App, m answer[marked]) tea.Cmd {
	p.touch()
	if m.err != nil {
		// The marks hold as long as this screen does.
		a.warn(text.Lit("what was reviewed is not kept: ").Plus(text.Error(m.err)))
	}
	return nil
}

// nextUnreviewed goes to the next hunk without a mark, and reports whether there is one. Where there is none it says so.
func (p *diffPane) nextUnreviewed(a *App) bool {
	is := p.reviewed(a)
	if !p.view.NextHunkWhere(func(file, hunk int) bool { return !is(file, hunk) }) {
		if p.end() < p.total {
			a.say(text.Lit("all that is loaded was reviewed: } goes on to the next file"))
		} else {
			a.say(text.Lit("all of it was reviewed"))
		}
		return false
	}
	return true
}
