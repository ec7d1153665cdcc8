package ui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"plumb/model/text"
	"plumb/ui/action"
	"plumb/ui/paint"
)

// helpDialog lists all that can be done, can be searched, and does what is chosen.
type helpDialog struct {
	picker
	state action.State // Of the moment it was opened: it says what is possible there.
	rows  []helpRow
}

// helpRow is a heading, an action or a sign.
type helpRow struct {
	heading string
	act     action.Action
	why     string
	sign    *sign // Instead of an action; nil for none.
}

func newHelp(a *App) *helpDialog {
	d := &helpDialog{state: a.state()}
	d.filter()
	return d
}

// filter keeps the actions that have every word in them.
func (d *helpDialog) filter() {
	words := strings.Fields(strings.ToLower(d.in.value()))
	d.rows = nil
	for _, g := range action.Groups() {
		heading := false
		for _, act := range action.All() {
			if act.Group != g || !matchesAll(act, words) {
				continue
			}
			if !heading {
				d.rows = append(d.rows, helpRow{heading: string(g)})
				heading = true
			}
			why := act.Why(d.state)
			if why == "" && len(act.In) > 0 && !act.Works(d.state.Focus) {
				why = "works in " + names(act.In)
			}
			d.rows = append(d.rows, helpRow{act: act, why: why})
		}
	}
	d.addSigns(words)
	d.list.SetSkip(func(i int) bool { return d.rows[i].heading != "" })
	d.list.SetLen(len(d.rows))
	d.list.Top()
}

func names(scopes []action.Scope) string {
	if slices.Equal(scopes, action.Panes()) {
		return "the panes"
	}
	list := make([]string, len(scopes))
	for i, s := range scopes {
		list[i] = placeName(s)
	}
	return strings.Join(list, ", ")
}

// placeName is what a pane or view is called on the screen.
func placeName(s action.Scope) string {
	switch s {
	case action.Run:
		return "a run"
	case action.Runs:
		return "the list of runs"
	case action.Ran:
		return "what ran"
	case action.File:
		return "a file"
	case action.Ledger:
		return "the ledger"
	}
	return strings.ToUpper(string(s[:1])) + string(s[1:])
}

func matchesAll(act action.Action, words []string) bool {
	all := strings.ToLower(strings.Join(append([]string{act.Title, act.Text, act.Git, string(act.ID)}, act.Keys...), " "))
	return hasAll(all, words)
}

func (d *helpDialog) width(*App) int { return wideDialog }

func (d *helpDialog) draw(a *App, w, h int) []string {
	st := a.st
	in := w - 4
	search := paint.NewLine(in).Gap(1).Add(st.Accent, text.Lit("/ "))
	d.in.draw(search, st, in-4, text.Lit("search what can be done"))
	height := min(max(h-6-helpMore, 1), 30)
	rows := append([]string{search.String(), ""}, d.window(st, in, height, func(i int) string { return d.row(a, i, in) })...)
	foot := paint.NewLine(in).Gap(1)
	keyHint(foot, st, text.Lit("enter"), text.Lit("do it"))
	keyHint(foot, st, text.Lit("↑ ↓"), text.Lit("choose"))
	keyHint(foot, st, text.Lit("esc"), text.Lit("close"))
	return paint.Frame(st, w, []paint.Span{paint.S(st.Strong, text.Lit("What can be done"))}, append(append(rows, d.more(a, in)...), foot.String()))
}

// helpMore is how many rows say all of what the cursor is on: in its own row there may be no room for the reason.
const helpMore = 2

func (d *helpDialog) more(a *App, w int) []string {
	rows := []string{""}
	if d.list.Len() > 0 {
		if r := d.rows[d.list.Cursor()]; r.heading == "" {
			all := text.Line(r.act.Text)
			if r.sign != nil {
				all = text.Line(r.sign.means)
			}
			if r.why != "" {
				all = all.Plus(text.Format(" — %s", r.why))
			} else if r.act.Git != "" {
				all = all.Plus(text.Format("  %s", r.act.Git))
			}
			if all.Width() > w-17 {
				rows = append(rows, wrapped(a.st.Dim, w-2, 1, all)...)
			}
		}
	}
	return paint.Block(w, helpMore+1, rows)
}

func (d *helpDialog) row(a *App, i, w int) string {
	r, st := d.rows[i], a.st
	if r.heading != "" {
		return paint.NewLine(w).Gap(1).Add(st.Strong, text.Line(r.heading)).String()
	}
	cursor := i == d.list.Cursor()
	l := paint.NewLine(w).Base(base(st, cursor, true))
	pointer(l, st, cursor, true)
	if r.sign != nil {
		l.Gap(1).AddColumn(r.sign.style(st), r.sign.sign, 14).Gap(1)
		return l.Add(st.Text, text.Line(r.sign.means)).String()
	}
	key, words := st.Accent, st.Text
	if r.why != "" {
		key, words = st.Faint, st.Faint
	}
	l.Gap(1).AddColumn(key, text.Line(strings.Join(r.act.Keys, " ")), 14).Gap(1)
	l.Add(words, text.Line(r.act.Text))
	switch {
	case r.why != "":
		l.Add(st.Faint, text.Format(" — %s", r.why))
	case r.act.Git != "":
		l.Add(st.Faint, text.Format("  %s", r.act.Git))
	}
	return l.String()
}

func (d *helpDialog) key(a *App, k tea.KeyPressMsg) tea.Cmd {
	switch k.String() {
	case "esc":
		a.close(d)
	case "enter":
		return d.run(a)
	default:
		d.walk(k, d.filter)
	}
	return nil
}

// run does what the cursor is on.
func (d *helpDialog) run(a *App) tea.Cmd {
	if d.list.Len() == 0 {
		return nil
	}
	r := d.rows[d.list.Cursor()]
	if r.heading != "" || r.sign != nil {
		return nil
	}
	a.close(d)
	return a.choose(action.Intent{ID: r.act.ID})
}

func (d *helpDialog) clickAt(a *App, row int) tea.Cmd {
	i, ok := d.list.RowAt(row - 2)
	if !ok || d.rows[i].heading != "" {
		return nil
	}
	d.list.SetCursor(i)
	return d.run(a)
}

func (d *helpDialog) paste(_ *App, s string) {
	d.in.insert(s)
	d.filter()
}

// choose does what was chosen by name. What needs a word more opens the palette for it, and
// what works in one pane only goes there first.
func (a *App) choose(in action.Intent) tea.Cmd {
	act, ok := action.Find(in.ID)
	if !ok {
		return nil
	}
	if in.Arg == "" && strings.HasSuffix(act.Title, "…") {
		a.open(newPalette(a, string(in.ID)+" "))
		return nil
	}
	var cmd tea.Cmd
	if len(act.In) > 0 && !act.Works(a.scope()) {
		if slices.Contains(action.Panes(), act.In[0]) {
			cmd = a.focus(act.In[0])
		} else if a.run.under() {
			cmd = a.show(act.In[0])
		}
	}
	return tea.Batch(cmd, a.do(in))
}
