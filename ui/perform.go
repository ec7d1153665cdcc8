package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"plumb/gitops/history"
	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/text"
	"plumb/themes"
	"plumb/ui/action"
)

// cannot says in a sentence why an action is not possible.
func cannot(act action.Action, why string) text.Safe {
	title := strings.TrimSuffix(act.Title, " …")
	if act.Group == action.Right || act.Group == action.Judge {
		return text.Format("cannot %s: %s", title, why)
	}
	// What only looks or moves is named by what it goes to: "previous view".
	return text.Format("%s: %s", title, why)
}

// perform is what each action does. That it is possible was checked.
func (a *App) perform(in action.Intent) tea.Cmd {
	switch in.ID {
	case action.FocusHistory:
		return a.focus(action.History)
	case action.FocusLive:
		return a.focus(action.Live)
	case action.FocusChange:
		return a.focus(action.Change)
	case action.FocusDiff:
		return a.focus(action.Diff)
	case action.NextPane:
		return a.cycle(1)
	case action.PrevPane:
		return a.cycle(-1)
	case action.Open:
		return a.openSelected()
	case action.Fold:
		cmd, _ := a.live.fold(a, true)
		return cmd
	case action.Back:
		return a.back()
	case action.Previous:
		return a.goBack()

	case action.NextEnvironment:
		return a.goTo(a.current + 1)
	case action.PrevEnvironment:
		return a.goTo(a.current - 1)
	case action.Environment:
		return a.goToNamed(in.Arg)
	case action.Refresh:
		return a.refresh()
	case action.Compare:
		return a.compare(in.Arg)
	case action.Sides:
		return a.diff.nextSides(a)
	case action.OpenRow:
		if cmd, ok := a.diff.openHeld(a); ok {
			return cmd
		}
		return a.diff.openRow(a)
	case action.Between:
		return a.showBetween()
	case action.NextHunk, action.PrevHunk, action.NextFinding, action.PrevFinding, action.NextFile, action.PrevFile:
		return a.diff.move(a, in.ID)

	case action.Search:
		a.startSearch()
	case action.NextMatch:
		return a.pane(a.scope()).step(a, 1)
	case action.PrevMatch:
		return a.pane(a.scope()).step(a, -1)
	case action.Copy:
		return a.copy()
	case action.Views:
		a.open(newViewMenu(a))
	case action.WhatRan:
		return a.show(action.Ran)
	case action.AllRuns:
		return tea.Batch(a.show(action.Runs), a.runs.load(a))
	case action.ShowLedger:
		return tea.Batch(a.show(action.Ledger), a.ledger.load(a))
	case action.DetailsDown:
		return a.ledger.scroll(1)
	case action.DetailsUp:
		return a.ledger.scroll(-1)
	case action.HistoryOf:
		return a.historyOf(in.Arg)
	case action.FirstParent:
		return a.history.fold(a)
	case action.Unfold:
		return a.history.unfold(a)
	case action.Only:
		return a.history.only(a)
	case action.DropTerm:
		return a.history.dropTerm(a, len(a.history.filter.Terms)-1)
	case action.Filter:
		return a.showFiltered(in.Arg)
	case action.Fetch:
		return a.fetch()
	case action.GoCommit:
		if in.Arg == "" {
			a.open(newPalette(a, "go to "))
			return nil
		}
		return a.jump(in.Arg)

	case action.FileHere, action.FileNamed, action.HistoryHere, action.LineCommit, action.Earlier, action.Later,
		action.BlameColumn, action.MarkLines, action.GoLine:
		return a.performFile(in)

	case action.Structure, action.Space, action.More, action.Whole, action.Review, action.ReviewFile, action.Unreviewed, action.CopyWhat,
		action.FileList:
		return a.performDiff(in)

	case action.Stage:
		return a.stagePick(model.Restore)
	case action.StageKeep:
		return a.stagePick(model.Adopt)
	case action.Compose:
		return a.composeStage()
	case action.Drop:
		return a.dropPick()
	case action.Clear:
		return a.clearStage()
	case action.EditHere:
		return a.editHere(in.Arg)
	case action.Restore:
		return a.draft(a.picked(model.Restore))
	case action.Adopt:
		return a.draft(a.picked(model.Adopt))
	case action.DeployRev:
		return a.draft(workspace.Request{Kind: model.Deploy, Subject: a.revision(in.Arg)})
	case action.Revert:
		return a.draft(workspace.Request{Kind: model.Revert, Subject: a.revision(in.Arg)})
	case action.RollBack:
		return a.rollBack()
	case action.Trust:
		return a.askTrust()
	case action.Approve:
		return a.judge(true)
	case action.Apply:
		return a.judge(false)
	case action.Refuse:
		return a.askRefuse()
	case action.Withdraw:
		return a.askWithdraw()
	case action.Hold:
		return a.askHold()
	case action.Abandon:
		return a.askAbandon()
	case action.ShowRun:
		return a.openRun(a.change.selected().Run)

	default:
		return a.adjust(in)
	}
	return nil
}

// adjust does what concerns the screen itself.
func (a *App) adjust(in action.Intent) tea.Cmd {
	switch in.ID {
	case action.Help:
		a.open(newHelp(a))
	case action.Palette:
		a.open(newPalette(a, ""))
	case action.Wide:
		a.shape.wide = !a.shape.wide
		a.resize()
	case action.Split:
		split := !a.splits()
		a.split = &split
		a.diff.setSplit(split)
		return a.diff.remember(a)
	case action.Wrap:
		a.diff.view.SetWrap(!a.diff.view.Wrapped())
		a.diff.touch()
		return a.diff.remember(a)
	case action.Theme:
		return a.setTheme(in.Arg)
	case action.Redraw:
		a.rev++
		return tea.ClearScreen
	case action.Suspend:
		return tea.Suspend
	case action.Stop:
		return a.run.askStop(a)
	case action.Kill:
		return a.askKill()
	case action.Leave:
		return a.leave()
	default:
		return a.pane(a.scope()).move(a, in.ID)
	}
	return nil
}

// focus gives the keys to a pane.
func (a *App) focus(p action.Scope) tea.Cmd {
	if a.view != "" || a.shape.focus != p {
		a.remember()
	}
	a.view = ""
	if a.shape.focus == p {
		return nil
	}
	a.shape.focus = p
	var cmd tea.Cmd
	if p != action.Diff {
		a.shape.left = p
		a.file.trail = trail{} // Whoever goes elsewhere is not led back to the file.
		cmd = a.showSelected()
	}
	a.resize()
	return cmd
}

func (a *App) cycle(by int) tea.Cmd {
	panes := action.Panes()
	for i, p := range panes {
		if p == a.shape.focus {
			return a.focus(panes[(i+by+len(panes))%len(panes)])
		}
	}
	return nil
}

// showSelected shows in Diff what is selected in the left pane.
func (a *App) showSelected() tea.Cmd {
	a.greeting = false
	return tea.Batch(a.diff.show(a, a.selection()), a.change.lookedAt(a))
}

// selection is what the left pane has selected, as something to show.
func (a *App) selection() subject {
	switch a.shape.left {
	case action.Live:
		e, r := a.env(), a.live.current()
		switch {
		case e == nil || r == nil:
			return nil
		case r.kind == rowResource:
			return resourceSubject{env: e.Name, resource: r.resource, checked: r.target.CheckedAt, now: a.now()}
		default:
			var holds []model.Hold
			if e.obs != nil {
				holds = e.obs.Holds
			}
			return targetSubject{e.Name, holds, r.target, a.now()}
		}
	case action.Change:
		if a.change.onStage() {
			return a.change.stageSelection(a)
		}
		if c := a.change.selected(); c != nil {
			return changeSubject{*c, a.opt.Trusted, a.now()}
		}
	case action.History:
		if e := a.history.selected(); e != nil {
			return a.commitSubjectOf(e.Commit, e.Live)
		}
	}
	return nil
}

// openSelected goes into what is selected.
func (a *App) openSelected() tea.Cmd {
	switch a.scope() {
	case action.Runs:
		r := a.runs.selected()
		if r == nil {
			return nil
		}
		return a.openRunFrom(action.Runs, r.ID)
	case action.Ledger:
		return a.ledger.open(a)
	case action.Live:
		if cmd, ok := a.live.toggle(a); ok {
			return cmd
		}
	case action.Change:
		if c := a.change.selected(); c != nil && c.State == model.Applying && c.Run != "" {
			return a.openRun(c.Run)
		}
	}
	a.remember()
	return a.focus(action.Diff)
}

// remember notes where the operator is, for the way back.
func (a *App) remember() {
	a.previous = &place{a.view, a.shape.focus, a.diff.subject}
}

// goBack exchanges where the operator is with where they were.
func (a *App) goBack() tea.Cmd {
	to := a.previous
	a.remember()
	return a.returnTo(to)
}

// returnTo goes to a place.
func (a *App) returnTo(to *place) tea.Cmd {
	a.view = to.view
	if to.view == "" {
		a.shape.focus = to.focus
		if to.focus != action.Diff {
			a.shape.left = to.focus
		}
	}
	a.resize()
	if to.shows != nil && (a.diff.subject == nil || a.diff.subject.id() != to.shows.id()) {
		return a.diff.load(a, to.shows)
	}
	return nil
}

// show gives the whole body to a view.
func (a *App) show(v action.Scope) tea.Cmd {
	if a.view != v {
		a.remember()
		a.view = v
		a.pane(v).resize(a.frame.body.w, a.frame.body.h-1)
	}
	return nil
}

// back goes one level back; on the main screen with nothing open it says that there is none.
func (a *App) back() tea.Cmd {
	switch {
	case a.searching():
		return a.pane(a.scope()).find(a, "")
	case a.view == action.Run && a.run.from != "":
		return a.show(a.run.from)
	case a.view == action.File:
		return a.leaveFile()
	case a.view != "":
		a.view = ""
	case a.shape.wide:
		a.shape.wide = false
		a.resize()
	case a.shape.focus == action.Diff && a.diff.view.Unmark():
		a.diff.touch()
	case a.shape.focus == action.Diff && a.file.isShown(a):
		return a.file.comeBack(a)
	case a.shape.focus == action.Diff && a.diff.inFiles():
		a.diff.toOutline(true)
	case a.shape.focus == action.Diff:
		return a.focus(a.shape.left)
	case a.history.marked != "":
		a.history.marked = ""
		a.history.touch()
	case a.history.span != (history.Range{}):
		return a.historyOf("")
	default:
		a.say(text.Lit("this is the first level; q leaves plumb"))
	}
	return nil
}

// refresh looks at everything again.
func (a *App) refresh() tea.Cmd {
	cmds := []tea.Cmd{a.history.load(a), a.change.load(a)}
	if a.view == action.Runs {
		cmds = append(cmds, a.runs.load(a))
	}
	if a.view == action.Ledger {
		cmds = append(cmds, a.ledger.load(a))
	}
	if a.view == action.File && a.file.hasLines() {
		cmds = append(cmds, a.file.reload(a))
	}
	if e := a.env(); e != nil && a.opt.Trusted {
		cmds = append(cmds, a.observe(e))
	}
	return tea.Batch(cmds...)
}

func (a *App) goToNamed(name string) tea.Cmd {
	for i, e := range a.envs {
		if e.Name == name {
			return a.goTo(i)
		}
	}
	a.warn(text.Format("there is no environment %q", name))
	return nil
}

func (a *App) setTheme(name string) tea.Cmd {
	if _, ok := themes.ByName(name); !ok && name != "auto" {
		a.warn(text.Format("there is no theme %q; there are auto, %s", name, strings.Join(themes.Names(), ", ")))
		return nil
	}
	a.theme = name
	a.restyle()
	a.say(text.Format("theme %s", name))
	return nil
}

// revision is the one an action is about: as named, or the selected commit.
func (a *App) revision(named string) string {
	if named != "" {
		return named
	}
	return string(a.history.hash())
}

// leave leaves a view, or plumb.
func (a *App) leave() tea.Cmd {
	if a.view != "" {
		return a.back()
	}
	if a.run.under() && a.run.distant == nil {
		return a.askLeave()
	}
	return tea.Quit
}

// interrupt is ctrl+c: it leaves at once. On a run that is under way it asks whether to stop it, and asked already leaves it alone; a
// run that would not outlive the screen is stopped first.
func (a *App) interrupt() tea.Cmd {
	if !a.run.under() {
		return tea.Quit
	}
	if a.run.distant != nil {
		if _, asked := a.top().(*stopDialog); asked || a.view != action.Run || a.run.distant.stopping() {
			return tea.Quit
		}
		return a.askToStop()
	}
	if _, asked := a.top().(*leaveDialog); asked {
		return a.stopAndLeave()
	}
	return a.askLeave()
}
