package ui

import (
	"cmp"

	tea "charm.land/bubbletea/v2"

	"plumb/gitops/history"
	"plumb/model"
	"plumb/model/text"
	"plumb/themes"
	"plumb/ui/action"
	"plumb/ui/paint"
)

// glassMark marks a commit that somebody applied by overruling rules.
func (p *historyPane) glassMark(l *paint.Line, a *App, st themes.Styles, e *history.Entry) {
	if len(a.change.glass[e.Hash]) > 0 {
		l.Add(st.Bad, text.Lit("!")).Gap(1)
	}
}

// glassLines say who broke the glass for a commit, when, why, and which rules were overruled.
func (s commitSubject) glassLines() []headLine {
	var lines []headLine
	for _, r := range s.glass {
		who := cmp.Or(r.By.Name.String(), r.By.Email.String())
		lines = append(lines,
			headLine{{bad, text.Lit("! ")}, {bad, text.Format("glass broken in %s", r.Environment)}, {plain, text.Format(" by %s", who)},
				{dim, text.Format(" <%s>  %s, %s, run %s", r.By.Email, ago(s.now, r.Started), r.Started.Format("2 Jan 2006 15:04 MST"), r.ID)}},
			headLine{{dim, text.Lit("  because ")}, {plain, text.Line(r.Glass.String())}})
		for _, rule := range r.Overruled {
			lines = append(lines, headLine{{dim, text.Lit("  overruled ")}, {plain, text.Line(rule)}})
		}
	}
	return lines
}

// commitAgain shows the commit in Diff anew where more is on record about it by now.
func (a *App) commitAgain() tea.Cmd {
	shown, ok := a.diff.subject.(commitSubject)
	if !ok || a.shape.left != action.History {
		return nil
	}
	if s, ok := a.selection().(commitSubject); ok && s.commit.Hash == shown.commit.Hash {
		return a.diff.show(a, s)
	}
	return nil
}

// commitSubjectOf is what a commit changed, with what is on record about it.
func (a *App) commitSubjectOf(c model.Commit, live []string) commitSubject {
	return commitSubject{commit: c, live: live, checks: a.checksOf(c.Hash), glass: a.change.glass[c.Hash], now: a.now()}
}
