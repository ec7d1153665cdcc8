package ui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"plumb/model"
	"plumb/model/text"
	"plumb/themes"
	"plumb/ui/action"
	"plumb/ui/paint"
)

// runsView lists all runs on record, newest first.
type runsView struct {
	listing
	all    []model.Run
	ask    question
	err    error
	loaded bool

	hits hits
}

// runsFound are all runs, newest first.
type runsFound []model.Run

func (v *runsView) load(a *App) tea.Cmd {
	v.touch()
	return ask(a, &v.ask, func(ctx context.Context) (runsFound, error) { return a.ws.Runs(ctx) })
}

func (v *runsView) arrived(_ *App, m answer[runsFound]) tea.Cmd {
	v.touch()
	v.loaded, v.err = true, m.err
	if m.err == nil {
		v.all = m.value
	}
	v.list.SetLen(len(v.all))
	v.search()
	return nil
}

func (v *runsView) resize(w, h int) {
	v.canvas.resize(w, h)
	v.list.SetHeight(h)
}

func (v *runsView) selected() *model.Run {
	if v.list.Len() == 0 {
		return nil
	}
	return &v.all[v.list.Cursor()]
}

// outcomeLook is how the outcome of a run looks: a sign, a word and a colour.
func outcomeLook(st themes.Styles, o model.Outcome) (sign, word text.Safe, style themes.Style) {
	switch o {
	case model.RunApplied:
		return text.Lit("✓"), text.Lit("applied"), st.Good
	case model.RunPartial:
		return text.Lit("◑"), text.Lit("partial"), st.Bad
	case model.RunFailed:
		return text.Lit("✗"), text.Lit("failed"), st.Bad
	case model.RunUncertain:
		return text.Lit("?"), text.Lit("unknown"), st.Unknown
	}
	return text.Lit("●"), text.Lit("under way, or it died"), st.Warning
}

func (v *runsView) draw(a *App, focused bool) []string {
	slow := a.slow(&v.ask)
	return v.keep(a, focused, slow, func() []string {
		count := text.Line(thousands(len(v.all)))
		if q, n, i := v.matches(a); q != "" {
			count = text.Format("%d of %d “%s”", i, n, q)
		}
		rows := []string{paint.Title(a.st, v.w, text.Lit("Runs"), text.Lit("newest first"), count, focused)}
		var body []string
		switch {
		case v.err != nil:
			body = failure(a.st, v.w, v.err)
		case v.loaded && len(v.all) == 0:
			body = message(a.st, v.w, text.Lit("No runs yet."), text.Lit("A run is one time that a change was carried out."))
		}
		from, to := v.list.Window()
		for i := from; i < to; i++ {
			body = append(body, v.row(a, i, focused))
		}
		return append(rows, paint.Block(v.w, v.h, body)...)
	})
}

func (v *runsView) row(a *App, i int, focused bool) string {
	r, st := v.all[i], a.st
	cursor := i == v.list.Cursor()
	l := paint.NewLine(v.w).Base(base(st, cursor, focused))
	pointer(l, st, cursor, focused)
	sign, word, style := outcomeLook(st, r.Outcome)
	l.Add(style, sign).Gap(1).AddColumn(style, word, 9)
	env := st.Dim
	if e := a.envNamed(r.Environment); e != nil {
		env = e.style.Text
	}
	l.AddColumn(env, text.Line(r.Environment), 13)
	l.AddColumn(st.Dim, age(a.now(), r.Started), 5)
	length := text.Safe{}
	if !r.Ended.IsZero() {
		length = took(r.Ended.Sub(r.Started))
	}
	l.AddNumber(st.Dim, length, 7).Gap(2)
	l.AddColumn(st.Text, text.Line(string(r.Change)), 28).Gap(1)
	l.Add(st.Dim, r.By.Name).Add(st.Faint, text.Format(" on %s", r.Host)).Gap(2)
	if !r.Glass.IsEmpty() {
		l.Add(st.Bad, text.Line("! "+r.Broken())).Gap(2)
	}
	l.Add(st.Text, text.Line(r.Message.String()))
	return l.String()
}

// click selects a run; clicked again, it is opened.
func (v *runsView) click(a *App, row, col int) tea.Cmd {
	if i, ok := v.list.RowAt(row); ok && i == v.list.Cursor() {
		return a.openRunFrom(action.Runs, v.all[i].ID)
	}
	return v.listing.click(a, row, col)
}

func (v *runsView) find(_ *App, query string) tea.Cmd {
	v.hits.needle = newNeedle(query)
	v.search()
	v.touch()
	return nil
}

func (v *runsView) search() {
	v.hits.look(len(v.all), func(i int) bool {
		r := v.all[i]
		return v.hits.needle.has(text.Line(string(r.Change)), text.Line(r.Environment), r.By.Name, r.Message, text.Line(string(r.ID)))
	})
}

func (v *runsView) step(_ *App, dir int) tea.Cmd {
	i, ok := v.hits.after(v.list.Cursor(), dir)
	if !ok {
		return nil
	}
	v.list.SetCursor(i)
	v.touch()
	return nil
}

func (v *runsView) matches(*App) (string, int, int) { return v.hits.count(v.list.Cursor()) }

// runTime is the clock time of a run's start.
func runTime(t time.Time) text.Safe { return text.Line(t.Local().Format("15:04:05")) }
