package ui

import (
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"plumb/model/text"
	"plumb/ui/action"
)

// performDiff does what concerns how differences are shown, reviewed and copied.
func (a *App) performDiff(in action.Intent) tea.Cmd {
	p := &a.diff
	switch in.ID {
	case action.Structure:
		return p.toggleStructure(a)
	case action.Space:
		return p.toggleSpace(a)
	case action.More:
		p.touch()
		p.toFiles()
		if !p.view.Unfold() {
			a.say(text.Lit("there is no more around this difference"))
		}
		return p.learn(a)
	case action.Whole:
		p.touch()
		p.toFiles()
		p.view.ToggleWhole()
		return p.learn(a)
	case action.Review:
		return p.review(a)
	case action.ReviewFile:
		if a.scope() == action.History {
			return p.reviewCommit(a, a.history.hash())
		}
		return p.reviewFile(a)
	case action.Unreviewed:
		p.touch()
		p.toFiles()
		p.nextUnreviewed(a)
		return p.learn(a)
	case action.FileList:
		return p.openFiles(a)
	case action.CopyWhat:
		return p.copyWhat(a, in.Arg)
	}
	return nil
}

// goLine goes to a line of the file at the top, by its number as it became.
func (p *diffPane) goLine(a *App, words string) tea.Cmd {
	n, err := strconv.Atoi(strings.TrimSpace(words))
	p.toFiles()
	p.touch()
	if err != nil || !p.view.ShowLine(p.view.File(), n) {
		a.warn(text.Format("%s has no line %q", pathOf(&p.files_[p.view.File()]), words))
		return nil
	}
	return p.learn(a)
}
