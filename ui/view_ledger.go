package ui

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"

	"plumb/gitops/audit"
	"plumb/model"
	"plumb/model/filter"
	"plumb/model/text"
	"plumb/themes"
	"plumb/ui/action"
	"plumb/ui/paint"
)

// ledgerView lists what is on record, newest first, with all that there is to know of the selected entry beside it.
type ledgerView struct {
	listing
	book   audit.Book
	shown  []audit.Account // Those that match the filter.
	ask    question        // For the book.
	choose question        // For what matches.
	err    error
	loaded bool

	typed   string // The filter, as the operator typed it.
	before  string // What to go back to when the input is left, and where the cursor was.
	anchor  *audit.Account
	goal    *audit.Account // Where to go with the next answer.
	filter  audit.Filter
	problem *filter.Error // What is wrong with it; the other words count all the same.

	listW   int // Cells of the list; the details stand right of it, or below it where they are the same.
	offset  int // Rows of the details that are scrolled away.
	details int // Rows that the details have.
}

// bookFound is what the ledger says, with what of it matches the filter.
type bookFound struct {
	book  audit.Book
	shown []audit.Account
}

// accountsFound are the accounts that match.
type accountsFound []audit.Account

// load reads the ledger. All of it is told and filtered outside of the event loop, because it can be long.
func (v *ledgerView) load(a *App) tea.Cmd {
	v.touch()
	f := v.filter
	return ask(a, &v.ask, func(ctx context.Context) (bookFound, error) {
		book, err := a.ws.Audit(ctx)
		return bookFound{book, f.Select(book.Accounts)}, err
	})
}

func (v *ledgerView) arrived(a *App, m answer[bookFound]) tea.Cmd {
	v.touch()
	v.loaded, v.err = true, m.err
	if m.err != nil {
		return nil
	}
	v.book = m.value.book
	if v.choose.busy {
		return v.find(a, v.typed) // The filter has changed since.
	}
	v.list_(m.value.shown)
	return nil
}

func (v *ledgerView) selectedArrived(m answer[accountsFound]) tea.Cmd {
	v.list_(m.value)
	return nil
}

// list_ takes new accounts in. The cursor stays on its own, or goes to the first.
func (v *ledgerView) list_(accounts []audit.Account) {
	v.touch()
	was := v.selected()
	if v.goal != nil {
		was, v.goal = v.goal, nil
	}
	v.shown = accounts
	if was == nil {
		v.list.SetLen(len(accounts))
		v.list.Top()
		return
	}
	id, kind := was.ID(), was.Kind
	if !v.list.Replace(len(accounts), func(i int) bool { return accounts[i].ID() == id && accounts[i].Kind == kind }) {
		v.list.Top()
		v.offset = 0
	}
}

func (v *ledgerView) selected() *audit.Account {
	if v.list.Len() == 0 || v.list.Cursor() >= len(v.shown) {
		return nil
	}
	return &v.shown[v.list.Cursor()]
}

// The screens at which the details stand beside the list, and what of a smaller one they have below it.
const (
	ledgerBeside = 100
	ledgerShare  = 58 // Percent of the cells that the list has.
)

func (v *ledgerView) resize(w, h int) {
	v.canvas.resize(w, h)
	v.listW = w
	height := h
	if w >= ledgerBeside {
		v.listW = w * ledgerShare / 100
	} else {
		height = max(h*ledgerShare/100, 1)
	}
	v.list.SetHeight(height)
}

// beside reports whether the details stand right of the list.
func (v *ledgerView) beside() bool { return v.listW < v.w }

// startFilter opens the filter to be edited.
func (v *ledgerView) startFilter(in *input) {
	v.before, v.anchor = v.typed, v.selected()
	in.set(v.typed)
	if v.typed != "" {
		in.insert(" ")
	}
}

// unfilter goes back to the filter and the entry from before the input was opened.
func (v *ledgerView) unfilter(a *App) tea.Cmd {
	v.goal = v.anchor
	return v.find(a, v.before)
}

// find filters while something is typed behind the slash. An empty query ends it.
func (v *ledgerView) find(a *App, query string) tea.Cmd {
	v.typed, v.problem = query, nil
	f, err := audit.ParseFilter(query, a.now())
	if bad, ok := errors.AsType[*filter.Error](err); ok {
		v.problem = bad
	}
	v.filter = f
	v.touch()
	accounts := v.book.Accounts
	return ask(a, &v.choose, func(context.Context) (accountsFound, error) { return f.Select(accounts), nil })
}

// step goes to the next row: what is listed are the matches.
func (v *ledgerView) step(a *App, dir int) tea.Cmd {
	how := action.Down
	if dir < 0 {
		how = action.Up
	}
	return v.move(a, how)
}

func (v *ledgerView) matches(*App) (string, int, int) {
	if v.typed == "" {
		return "", 0, 0
	}
	return v.typed, len(v.shown), v.list.Cursor() + 1
}

func (v *ledgerView) move(a *App, how action.ID) tea.Cmd {
	v.offset = 0
	return v.listing.move(a, how)
}

// scroll moves the details.
func (v *ledgerView) scroll(rows int) tea.Cmd {
	v.offset = max(min(v.offset+rows, v.details-v.detailHeight()), 0)
	v.touch()
	return nil
}

func (v *ledgerView) detailHeight() int {
	if v.beside() {
		return v.h
	}
	return max(v.h-v.list.Height()-1, 0)
}

// click selects an account; clicked again, what it is about is opened.
func (v *ledgerView) click(a *App, row, col int) tea.Cmd {
	if col >= v.listW || row >= v.list.Height() {
		return nil
	}
	if i, ok := v.list.RowAt(row); ok && i == v.list.Cursor() {
		return v.open(a)
	}
	v.offset = 0
	return v.listing.click(a, row, col)
}

// open goes to the run that the selected account is about, or to its change.
func (v *ledgerView) open(a *App) tea.Cmd {
	x := v.selected()
	if x == nil {
		return nil
	}
	c := v.book.Change(x.Change)
	switch {
	case x.Run != "" && v.book.Run(x.Run) != nil:
		return a.openRunFrom(action.Ledger, x.Run)
	case c == nil:
		a.warn(text.Lit("this is about no change that is on record"))
		return nil
	}
	if !a.change.choose(c.ID) {
		a.warn(text.Format("%s is not in Change yet: r looks again", c.ID))
		return nil
	}
	return tea.Batch(a.focus(action.Change), a.showSelected())
}

func (v *ledgerView) draw(a *App, focused bool) []string {
	slow := a.slow(&v.ask)
	return v.keep(a, focused, slow, func() []string {
		detail, count := text.Lit("newest first"), text.Line(thousands(len(v.shown)))
		if v.typed != "" {
			detail = text.Format("/%s", v.typed)
			count = text.Format("%s of %s", thousands(len(v.shown)), thousands(len(v.book.Accounts)))
		}
		left := []string{paint.Title(a.st, v.listW, text.Lit("Ledger"), detail, count, focused)}
		left = append(left, paint.Block(v.listW, v.list.Height(), v.rows(a, focused))...)
		if !v.beside() {
			below := []string{paint.Rule(a.st, v.w, []paint.Span{paint.S(a.st.Dim, text.Lit("The entry"))}, nil, false)}
			return append(left, append(below, v.detailRows(a, v.w, v.detailHeight())...)[:max(v.h-v.list.Height(), 0)]...)
		}
		w := v.w - v.listW - 1
		right := append([]string{paint.Title(a.st, w, text.Lit("The entry"), text.Safe{}, text.Safe{}, false)}, v.detailRows(a, w, v.h)...)
		return paint.JoinColumns(paint.S(a.st.Border, text.Lit(" ")), left, right)
	})
}

// rows are those of the list that are in sight, or why there are none.
func (v *ledgerView) rows(a *App, focused bool) []string {
	switch {
	case v.err != nil:
		return failure(a.st, v.listW, v.err)
	case !v.loaded && a.slow(&v.ask):
		return message(a.st, v.listW, text.Format("%c Reading the ledger", spinFrames[a.spinFrame%len(spinFrames)]))
	case v.loaded && len(v.book.Accounts) == 0:
		return message(a.st, v.listW, text.Lit("Nothing is on record yet."), text.Lit("Every change, approval and run will be here, with what proves it."))
	case v.loaded && len(v.shown) == 0:
		return message(a.st, v.listW, text.Lit("Nothing matches the filter."), text.Lit("/ edits it, esc drops it."))
	}
	var rows []string
	from, to := v.list.Window()
	for i := from; i < to && i < len(v.shown); i++ {
		rows = append(rows, v.row(a, i, focused))
	}
	return rows
}

func (v *ledgerView) row(a *App, i int, focused bool) string {
	x, st := v.shown[i], a.st
	cursor := i == v.list.Cursor()
	l := paint.NewLine(v.listW).Base(base(st, cursor, focused))
	pointer(l, st, cursor, focused)
	style := accountStyle(st, x)
	l.Add(signStyle(st, x), x.Sign()).Gap(1)
	when := text.Safe{}
	if !x.At.IsZero() {
		when = age(a.now(), x.At)
	}
	l.AddColumn(st.Dim, when, 5)
	if v.listW >= 70 {
		env := st.Dim
		if e := a.envNamed(x.Environment); e != nil {
			env = e.style.Text
		}
		l.AddColumn(env, text.Line(x.Environment), 12)
	}
	if !x.Counts() {
		l.Add(st.Warning, text.Lit("no effect: "))
	}
	words := x.Text
	var marks []paint.Mark
	for _, at := range v.filter.Highlights(words.String()) {
		marks = append(marks, paint.Mark{From: at[0], To: at[1], Style: st.Match})
	}
	if len(marks) > 0 {
		l.AddMarked(style, words, 0, l.Free(), marks)
	} else {
		l.AddTrunc(style, words, l.Free())
	}
	return l.String()
}

func accountStyle(st themes.Styles, x audit.Account) themes.Style {
	switch {
	case !x.Counts():
		return st.Dim
	case x.Loud:
		return st.Bad
	}
	return st.Text
}

// signStyle is the colour of the sign, which says the same.
func signStyle(st themes.Styles, x audit.Account) themes.Style {
	switch {
	case !x.Counts():
		return st.Dim
	case x.Loud:
		return st.Bad
	case x.Kind == audit.Approved, x.Kind == audit.Ended && x.Outcome == model.RunApplied:
		return st.Good
	}
	return st.Dim
}
