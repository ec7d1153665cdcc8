package ui

import (
	"cmp"
	"strings"

	tea "charm.land/bubbletea/v2"

	"plumb/gitops/history"
	"plumb/model/diff"
	"plumb/model/text"
	"plumb/ui/action"
)

// compare marks a commit, compares another with the marked one, or compares what was named:
// "A B", where B may be live.
func (a *App) compare(named string) tea.Cmd {
	if named != "" {
		return a.compareNamed(strings.Fields(named))
	}
	h := &a.history
	if a.shape.focus == action.Live {
		if a.env() == nil {
			a.warn(text.Lit("there is no environment whose live state could be compared"))
			return nil
		}
		return a.showBeside(besideLive{a.env().Name, string(h.marked)})
	}
	at := h.hash()
	switch {
	case h.marked == at:
		h.marked = ""
		a.say(text.Lit("nothing is marked"))
	case h.marked == "":
		h.marked = at
		a.say(text.Format("%s is marked: c on another commit compares them, c in Live compares it with what is live", at.Short()))
	default:
		from := h.marked
		h.marked = ""
		h.touch()
		return a.showBeside(newCompare(a, string(from), string(at)))
	}
	h.touch()
	return nil
}

func (a *App) compareNamed(names []string) tea.Cmd {
	e := a.env()
	if len(names) == 1 {
		if from, to, isRange := strings.Cut(names[0], ".."); isRange && from != "" && !strings.HasPrefix(to, ".") {
			names = []string{from, cmp.Or(to, "HEAD")}
		} else {
			names = append(names, "HEAD")
		}
	}
	switch {
	case len(names) != 2:
		a.warn(text.Lit("compare takes two revisions, or one and live: compare main~3 main"))
		return nil
	case names[1] == "live" && e == nil:
		a.warn(text.Lit("there is no environment whose live state could be compared"))
		return nil
	case names[1] == "live":
		return a.showBeside(besideLive{e.Name, names[0]})
	}
	return a.showBeside(newCompare(a, names[0], names[1]))
}

// showBeside shows something that is not the selection of a pane, and goes to it.
func (a *App) showBeside(s subject) tea.Cmd {
	a.remember()
	cmd := a.diff.load(a, s)
	a.view = ""
	a.shape.focus = action.Diff
	a.resize()
	return cmd
}

// historyOf shows the history of a revision, or of a range A..B; of the repository's own head for an empty one.
func (a *App) historyOf(revision string) tea.Cmd {
	span := history.Range{From: revision}
	if from, to, ok := strings.Cut(revision, ".."); ok {
		span = history.Range{From: to, Exclude: from}
	}
	a.history.span = span
	a.history.list.Top()
	return tea.Batch(a.history.relist(a), a.focus(action.History))
}

// showBetween shows in History the commits between the two revisions that are compared.
func (a *App) showBetween() tea.Cmd {
	s, ok := a.diff.subject.(compareSubject)
	if !ok {
		return nil
	}
	c, ok := s.known()
	switch {
	case !ok:
		a.warn(text.Lit("the two are still being compared"))
		return nil
	case c.OnlyB.Commits == 0:
		a.warn(text.Format("%s has no commit that %s has not; L turns the comparison around", short(s.b), short(s.a)))
		return nil
	}
	a.remember()
	return a.historyOf(string(c.A.Hash) + ".." + string(c.B.Hash))
}

// copied is what the copy key copies: plain text, never painted cells.
func (a *App) copied() string {
	switch a.scope() {
	case action.Ran:
		if c := a.ran.selected(); c != nil {
			return commandLine(*c).String()
		}
	case action.Runs:
		if r := a.runs.selected(); r != nil {
			return string(r.ID)
		}
	case action.Run:
		return string(a.run.run.ID)
	case action.Ledger:
		if x := a.ledger.selected(); x != nil {
			return string(x.ID())
		}
	case action.History:
		return string(a.history.hash())
	case action.Live:
		if r := a.live.resource(a); r != nil {
			return string(r.Address)
		}
	case action.Change:
		if c := a.change.selected(); c != nil {
			return string(c.ID)
		}
	case action.Diff:
		if a.diff.view.Marking() {
			s, _ := a.diff.copied(a, "patch of this") // Without lines that differ there is nothing to copy.
			return s
		}
		return patch(a.diff.files_)
	case action.File:
		return a.file.copied()
	}
	return ""
}

// copies reports whether the copy key has something to copy. It is asked with every key and every frame, so no patch is
// written to find out.
func (a *App) copies() bool {
	if a.scope() == action.Diff {
		return a.diff.any()
	}
	return a.copied() != ""
}

func (a *App) copy() tea.Cmd {
	s := a.copied()
	if s == "" {
		a.warn(text.Lit("there is nothing to copy: no line differs"))
		return nil
	}
	return a.copyText(s)
}

func (a *App) copyText(s string) tea.Cmd {
	what := text.Line(s)
	if strings.Contains(s, "\n") {
		what = text.Line(plural(strings.Count(s, "\n"), "line"))
	}
	a.say(text.Lit("copied ").Plus(what.Truncate(max(a.width-20, 10), "…")))
	return tea.SetClipboard(s)
}

// patch is differences as a plain unified patch, as far as they were loaded. Secrets are masked in it as on screen.
func patch(files []diff.File) string {
	var b strings.Builder
	for i := range files {
		p, _ := files[i].Patch() // Only parts can fail.
		b.Write(p)
	}
	return b.String()
}
