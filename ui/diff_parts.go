package ui

import (
	"errors"
	"slices"

	tea "charm.land/bubbletea/v2"

	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/diff"
	"plumb/model/text"
	"plumb/ui/action"
)

// part is what the pick and copy keys are about: the range of lines that is marked, or the current difference.
func (p *diffPane) part() (file int, blocks []diff.Block) {
	if p.view.Marking() {
		return p.view.Marked()
	}
	return p.view.CurrentBlocks()
}

// noPart says why no part of what is shown can be picked; empty where one can.
func (p *diffPane) noPart(a *App) string {
	switch {
	case p.walks() || !p.any():
		return "no difference is shown"
	case a.env() == nil:
		return "there is no environment that it could be picked for"
	case p.how.ignoreSpace:
		return "white space is hidden, and with it a part of what would be picked: i shows it"
	}
	switch s := p.subject.(type) {
	case resourceSubject:
		if !s.resource.Status.IsDrift() {
			return "only of what has drifted parts can be picked; this is " + string(s.resource.Status)
		}
		return ""
	case commitSubject:
		if len(s.commit.Parents) > 1 {
			return "of a merge no parts can be taken back: choose one of the commits that it brought"
		}
		return ""
	}
	return "parts are picked of a live resource that drifted, or of a commit"
}

// pickPart picks the part for the next change, or puts it back.
func (p *diffPane) pickPart(a *App, verb model.ChangeKind) tea.Cmd {
	p.touch()
	e := a.env()
	file, blocks := p.part()
	if len(blocks) == 0 {
		a.warn(text.Lit("nothing differs here: ] goes to the next difference"))
		return nil
	}
	switch s := p.subject.(type) {
	case resourceSubject:
		d, err := workspace.Divide(s.resource)
		if err == nil && !slices.Equal(d.Blocks, p.files_[file].Blocks) {
			err = errors.New("parts are picked of what was applied beside what is live: L goes there")
		}
		if err != nil {
			a.fail(text.Lit("Not picked"), err)
			return nil
		}
		e.stage.toggleBlocks(key(s.resource), workspace.Part{Address: key(s.resource), Blocks: blocks, Old: d.Old, New: d.New}, verb)
	case commitSubject:
		if f := &p.files_[file]; !f.OldPath.IsEmpty() && !f.NewPath.IsEmpty() && f.OldPath != f.NewPath {
			a.warn(text.Lit("the file was moved by this commit: it can only be taken back as a whole"))
			return nil
		}
		e.stage.toggleCommitBlocks(s.commit, pathOf(&p.files_[file]), blocks)
	}
	wasMarking := p.view.Unmark()
	cmd := a.restaged(e)
	if e.stage.isEmpty() {
		a.say(text.Lit("nothing is picked any more"))
		return cmd
	}
	a.say(e.stage.words().Plus(text.Lit(" picked: ")).Plus(nextForPicks(e, p.subject)))
	if !wasMarking {
		return tea.Batch(cmd, p.move(a, action.NextHunk))
	}
	return cmd
}

func nextForPicks(e *environment, s subject) text.Safe {
	if _, ok := s.(commitSubject); ok {
		return text.Lit("R takes it back, ctrl+y makes a change of all that is picked")
	}
	if e.stage.isMixed() {
		return text.Lit("ctrl+y makes one change of it")
	}
	return text.Lit("ctrl+y makes a change of it, x restores, m adopts all of it")
}

// showPicks marks in the view what is picked of what it shows.
func (p *diffPane) showPicks(a *App) {
	for i := range p.files_ {
		p.view.SetPicked(i, p.picksOf(a, pathOf(&p.files_[i])))
	}
}

// picksOf is what is picked of a file of the subject, whether it is loaded or not.
func (p *diffPane) picksOf(a *App, path string) []diff.Block {
	e := a.env()
	if e == nil {
		return nil
	}
	switch s := p.subject.(type) {
	case resourceSubject:
		return e.stage.partOf(key(s.resource))
	case commitSubject:
		return e.stage.blocksOf(s.commit.Hash)[path]
	}
	return nil
}

// partsOf are the picked parts of the commit that is shown; nil where none are.
func (p *diffPane) partsOf(a *App) map[string][]diff.Block {
	s, ok := p.subject.(commitSubject)
	if e := a.env(); ok && e != nil {
		return e.stage.blocksOf(s.commit.Hash)
	}
	return nil
}

// drawOut moves the end of the marked range, where there is one.
func (p *diffPane) drawOut(how action.ID) bool {
	if !p.view.Marking() {
		return false
	}
	page := max(p.h-2, 1)
	steps := map[action.ID]int{action.Down: 1, action.Up: -1, action.PageDown: page, action.PageUp: -page,
		action.HalfDown: max(p.h/2, 1), action.HalfUp: -max(p.h/2, 1), action.Top: -1 << 30, action.Bottom: 1 << 30}
	n, ok := steps[how]
	if ok {
		p.view.DrawOut(n)
	}
	return ok
}

// markRange begins a range of lines, or drops it.
func (p *diffPane) markRange(a *App) {
	p.touch()
	if p.view.Unmark() {
		return
	}
	p.toFiles()
	if !p.view.Mark() {
		a.warn(text.Lit("there are no lines to mark here"))
		return
	}
	a.say(text.Lit("j and k draw the range out, s picks it, y copies it, esc drops it"))
}
