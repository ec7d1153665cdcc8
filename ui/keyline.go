package ui

import (
	"slices"

	"plumb/model/text"
	"plumb/themes"
	"plumb/ui/action"
	"plumb/ui/paint"
)

// keyLine is the bottom line: what is typed, what just happened, or the keys that matter where the operator is.
func (a *App) keyLine() string {
	st := a.st
	l := paint.NewLine(a.width).Gap(1)
	switch {
	case a.search != nil:
		l.Add(st.Accent, text.Lit("/"))
		tail, style := a.searchTail()
		hint := text.Lit("search here")
		if a.search.in == action.History {
			hint = text.Lit("words, author:, since:2h, path:, env:, is:production … tab completes")
		}
		if a.search.in == action.Ledger {
			hint = text.Lit("words, by:, kind:approve, env:, since:2d, signed:no … tab completes")
		}
		tail = tail.Truncate(a.width/2, "…")
		a.search.input.draw(l, st, a.width-tail.Width()-4, hint)
		return l.Right(style, tail).Right(st.Dim, text.Lit(" ")).String()
	case !a.notice.text.IsEmpty():
		style := st.Text
		if a.notice.bad {
			style = st.Warning
			l.Add(st.Warning, text.Lit("! "))
		}
		return l.Add(style, text.Line(a.notice.text.String())).String()
	}
	if n := a.ran.total; n > 0 && a.scope() != action.Ran && a.width >= 100 {
		l.Right(st.Accent, text.Lit(" w")).Right(st.Dim, text.Format(" what ran  %s ", thousands(n)))
	}
	a.keys(l)
	return l.String()
}

// searchTail stands behind what is typed: what is wrong with it, how it could go on, and how much was found.
func (a *App) searchTail() (text.Safe, themes.Style) {
	if a.search.input.value() == "" {
		return text.Safe{}, a.st.Dim
	}
	_, n, _ := a.pane(a.search.in).matches(a)
	found := matchesFound(n)
	bad := a.history.problem
	switch a.search.in {
	case action.History:
	case action.Ledger:
		bad = a.ledger.problem
	default:
		return found, a.st.Dim
	}
	if bad != nil && !bad.Unfinished {
		return text.Line(bad.Text), a.st.Warning
	}
	var words []text.Safe
	for _, c := range a.completions() {
		if len(words) == maxCompletions {
			break
		}
		words = append(words, text.Line(c.Text))
	}
	if len(words) > 0 {
		return text.Join("  ", words...).Plus(text.Lit("   ")).Plus(found), a.st.Dim
	}
	return found, a.st.Dim
}

// maxCompletions is how many words are offered at once.
const maxCompletions = 4

// suits reports whether the line of keys is the place for an action now: in Diff only what is meant for
// what is shown, and the way to another pane or back only where that is out of sight.
func (a *App) suits(act *action.Action, s action.State) bool {
	alone := len(a.frame.panes) == 1
	switch act.ID {
	case action.NextPane:
		panes := action.Panes()
		act.Title = placeName(panes[(slices.Index(panes, a.shape.focus)+1)%len(panes)])
		return alone && s.Focus != action.Diff && !a.shape.wide
	case action.Back:
		return s.Focus != action.Diff || alone || a.file.isShown(a)
	case action.Trust:
		return s.Untrusted && s.Environments > 0
	case action.Sides:
		if s.Compared {
			act.Title = "swap"
		}
		return s.Sides
	case action.OpenRow:
		return s.Outline
	case action.Between:
		act.Title = "commits"
		return s.Compared
	case action.Compose:
		return s.Staged > 0
	case action.Drop, action.EditHere:
		return s.Pick
	case action.RollBack:
		return s.Focus != action.Change || !s.Change.IsOpen() && (s.Change != "" || s.Staged == 0)
	case action.Approve, action.Apply:
		return s.Focus != action.Diff && (s.Change != "" || s.Staged == 0) || s.Focus == action.Diff && s.Shows == action.Change
	case action.Refuse:
		return s.Change.IsOpen()
	case action.Abandon:
		return s.Change != "" || s.Staged == 0
	case action.Restore, action.Adopt:
		return s.Focus != action.Diff || s.Shows == action.Live
	}
	return true
}

// keys adds the keys that matter here, as many as there is room for; the keys for help and for a pane
// that is out of sight are always among them.
func (a *App) keys(l *paint.Line) {
	st, s := a.st, a.state()
	cells := func(act action.Action) int { return len(act.Key()) + 1 + len(act.Title) + 2 }
	var line []action.Action
	for _, act := range action.Line(a.scope()) {
		if a.suits(&act, s) {
			line = append(line, act)
		}
	}
	kept := func(id action.ID) bool { return id == action.Help || id == action.NextPane || id == action.Back }
	reserved := 0
	for _, act := range line {
		if kept(act.ID) {
			reserved += cells(act)
		}
	}
	for _, act := range line {
		if kept(act.ID) {
			reserved = max(reserved-cells(act), 0)
		}
		if act.Key() == "" || cells(act)-2 > l.Free()-reserved {
			continue
		}
		key, title := st.Accent, st.Dim
		if act.Why(s) != "" {
			key, title = st.Faint, st.Faint
		}
		before := l.Used()
		l.Add(key, text.Line(act.Key())).Gap(1).Add(title, text.Line(act.Title))
		a.zones = append(a.zones, keyZone{before, l.Used(), act.ID})
		l.Gap(min(2, l.Free()))
	}
}

// keyZone is where an action stands on the line of keys, for the mouse.
type keyZone struct {
	from, to int
	id       action.ID
}
