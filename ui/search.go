package ui

import (
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"plumb/gitops/audit"
	"plumb/model"
	"plumb/model/filter"
	"plumb/model/text"
	"plumb/themes"
	"plumb/ui/action"
	"plumb/ui/paint"
)

// hint is the way out that belongs to an error.
func hint(err error) text.Safe { return text.Clean(model.Hint(err)) }

// searchLine is the input at the foot of the screen while something is searched for, as in less.
type searchLine struct {
	in    action.Scope
	input input
}

// startSearch opens the input for the focused pane. History's is a filter, and is edited.
func (a *App) startSearch() {
	a.search = &searchLine{in: a.scope()}
	if a.search.in == action.Ledger {
		a.ledger.startFilter(&a.search.input)
	}
	if a.search.in == action.History {
		a.history.before, a.history.anchor = a.history.typed, a.history.selected()
		a.search.input.set(a.history.typed)
		if a.history.typed != "" {
			a.search.input.insert(" ")
		}
	}
}

// searchKey is a key while the input is open: what matches is marked while it is typed.
func (a *App) searchKey(k tea.KeyPressMsg) tea.Cmd {
	p := a.pane(a.search.in)
	switch k.String() {
	case "enter":
		return a.endSearch(p)
	case "esc":
		in := a.search.in
		a.search = nil
		if in == action.History {
			if h := &a.history; h.anchor != nil {
				h.goal = h.anchor.Hash
			}
			return a.history.filterBy(a, a.history.before)
		}
		if in == action.Ledger {
			return a.ledger.unfilter(a)
		}
		return p.find(a, "")
	case "tab":
		return a.completeSearch(p)
	}
	before := a.search.input.value()
	if a.search.input.key(k) && a.search.input.value() != before {
		return a.searchFor(p, a.search.input.value())
	}
	return nil
}

// endSearch closes the input and keeps what was found.
func (a *App) endSearch(p pane) tea.Cmd {
	in := a.search.in
	a.search = nil
	if in == action.History {
		if bad := a.history.problem; bad != nil {
			a.fail(text.Lit("That is no filter"), bad)
		}
		return nil
	}
	if bad := a.ledger.problem; in == action.Ledger && bad != nil {
		a.fail(text.Lit("That is no filter"), bad)
		return nil
	}
	if q, n, _ := p.matches(a); in != action.Ledger && q != "" && n == 0 {
		a.warn(text.Format("nothing here matches “%s”", q))
	}
	return nil
}

// completeSearch types the rest of a word of a filter, where there is one.
func (a *App) completeSearch(p pane) tea.Cmd {
	list := a.completions()
	if len(list) == 0 {
		return nil
	}
	in, c := &a.search.input, list[0]
	typed := in.value()
	in.set(typed[:c.Start] + c.Text + typed[c.End:])
	in.at = len([]rune(typed[:c.Start] + c.Text))
	return a.searchFor(p, in.value())
}

// completions are the words that fit what is typed into a filter.
func (a *App) completions() []filter.Completion {
	if a.search == nil || a.search.in != action.History && a.search.in != action.Ledger {
		return nil
	}
	in := &a.search.input
	if a.search.in == action.Ledger {
		return audit.Complete(in.value(), len(string(in.runes[:in.at])), a.filterValues(filter.Environment))
	}
	return filter.Complete(in.value(), len(string(in.runes[:in.at])), a.filterValues)
}

// filterValues are the names that a word of the filter can take here.
func (a *App) filterValues(k filter.Kind) []string {
	var names []string
	for _, e := range a.envs {
		switch k {
		case filter.Environment:
			names = append(names, e.Name)
		case filter.Target:
			for _, t := range e.Targets {
				names = append(names, e.Name+"/"+t.Name)
			}
		case filter.Resource:
			if e.obs != nil {
				for _, r := range e.obs.Resources() {
					names = append(names, string(r.Address))
				}
			}
		}
	}
	return names
}

// searchFor marks what matches and goes to the first of it.
func (a *App) searchFor(p pane, query string) tea.Cmd {
	cmd := p.find(a, query)
	if query == "" || a.search.in == action.History || a.search.in == action.Ledger {
		return cmd
	}
	return tea.Batch(cmd, a.firstMatch(p))
}

// firstMatch goes to the nearest match from the cursor on, which may be the cursor's own row.
func (a *App) firstMatch(p pane) tea.Cmd {
	if _, n, i := p.matches(a); n > 0 && i == 0 {
		return p.step(a, 1)
	}
	return nil
}

// searching reports whether something is searched for in the focused pane.
func (a *App) searching() bool {
	q, _, _ := a.pane(a.scope()).matches(a)
	return q != ""
}

// needle finds a query in text: letters of either case match unless the query has a capital, as in less -i.
type needle struct {
	query string
	exact bool
}

func newNeedle(query string) needle {
	exact := strings.ContainsFunc(query, unicode.IsUpper)
	if !exact {
		query = strings.ToLower(query)
	}
	return needle{query, exact}
}

// in answers where the query stands in t, as byte ranges.
func (n needle) in(t text.Safe) [][2]int {
	if n.query == "" {
		return nil
	}
	s := t.String()
	if !n.exact {
		low := strings.ToLower(s)
		if len(low) != len(s) {
			return nil // Letters whose forms differ in length: no place could be told for sure.
		}
		s = low
	}
	var at [][2]int
	for from := 0; ; {
		i := strings.Index(s[from:], n.query)
		if i < 0 {
			return at
		}
		at = append(at, [2]int{from + i, from + i + len(n.query)})
		from += i + len(n.query)
	}
}

// has reports whether one of the texts has the query in it.
func (n needle) has(texts ...text.Safe) bool {
	for _, t := range texts {
		if len(n.in(t)) > 0 {
			return true
		}
	}
	return false
}

// found adds t to the row with its matches marked, cut to at most cells cells.
func (n needle) found(l *paint.Line, st themes.Styles, style themes.Style, t text.Safe, cells int) {
	at := n.in(t)
	if len(at) == 0 {
		l.AddTrunc(style, t, cells)
		return
	}
	marks := make([]paint.Mark, len(at))
	for i, r := range at {
		marks[i] = paint.Mark{From: r[0], To: r[1], Style: st.Match}
	}
	if paint.Cells(t) > cells {
		l.AddMarked(style, t, 0, cells-1, marks)
		l.Add(style, text.Lit("…"))
		return
	}
	l.AddMarked(style, t, 0, cells, marks)
}
