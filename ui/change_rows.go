package ui

import (
	"cmp"
	"strings"

	"plumb/model"
	"plumb/model/policy"
	"plumb/model/text"
	"plumb/themes"
	"plumb/ui/action"
	"plumb/ui/paint"
)

// stateLook is how the state of a change looks: a sign and a colour.
func stateLook(st themes.Styles, s model.ChangeState) (text.Safe, themes.Style) {
	switch s {
	case model.Sealed:
		return text.Lit("○"), st.Pending
	case model.Approved:
		return text.Lit("◐"), st.Good
	case model.Applying:
		return text.Lit("●"), st.Warning
	case model.Applied:
		return text.Lit("✓"), st.InSync
	case model.Partial:
		return text.Lit("◑"), st.Bad
	case model.Failed:
		return text.Lit("✗"), st.Bad
	case model.Uncertain:
		return text.Lit("?"), st.Unknown
	}
	return text.Lit("–"), st.Faint
}

// undoStyle is the colour of an undo class; its word always stands beside it.
func undoStyle(st themes.Styles, c model.UndoClass) themes.Style {
	switch c {
	case model.UndoClean:
		return st.Good
	case model.UndoDisruptive:
		return st.Warning
	case model.UndoUnknown:
		return st.Unknown
	}
	return st.Bad
}

// actionStyle is the colour of a step's action.
func actionStyle(st themes.Styles, a model.Action) themes.Style {
	switch a {
	case model.Create:
		return st.Added
	case model.Delete, model.Replace:
		return st.Removed
	}
	return st.Drifted
}

// tally counts steps, deletions first: "-1 delete  ~2 update".
func tally(st themes.Styles, count func(model.Action) int) []paint.Span {
	var spans []paint.Span
	for _, act := range []model.Action{model.Delete, model.Replace, model.Update, model.Create} {
		if n := count(act); n > 0 {
			if len(spans) > 0 {
				spans = append(spans, paint.S(st.Text, text.Lit("  ")))
			}
			spans = append(spans, paint.S(actionStyle(st, act), text.Format("%s%d %s", act.Sign(), n, act)))
		}
	}
	if len(spans) == 0 {
		spans = append(spans, paint.S(st.Dim, text.Lit("nothing to do")))
	}
	return spans
}

func (p *changePane) draw(a *App, focused bool) []string {
	slow := a.slow(&p.ask)
	return p.keep(a, focused, slow, func() []string {
		detail, count := text.Safe{}, text.Safe{}
		if c := p.selected(); c != nil {
			detail = text.Line(string(c.ID))
			count = text.Format("%s · %s", c.State, c.Digest.Short())
		}
		if n := p.news(); n > 0 {
			count = text.Format("%d new · ", n).Plus(count)
		}
		if p.hits.needle.query != "" {
			_, n, i := p.matches(a)
			count = text.Format("%d of %d “%s”", i, n, p.hits.needle.query)
		}
		if slow {
			count = spinner(a).Plus(text.Lit(" ")).Plus(count)
		}
		rows := []string{paint.Title(a.st, p.w, text.Lit("Change"), detail, count, focused)}
		return append(rows, paint.Block(p.w, p.h, p.body(a, focused))...)
	})
}

func (p *changePane) body(a *App, focused bool) []string {
	var rows []string
	if p.list.Len() == 0 {
		return p.nothing(a)
	}
	from, to := p.list.Window()
	for i := from; i < to && len(rows) < p.h; i++ {
		if i < p.staged {
			rows = append(rows, p.stageRow(a, i, focused))
		} else {
			rows = append(rows, p.row(a, i, focused))
		}
	}
	if p.h > p.height {
		rows = append(rows, p.details(a)...)
	}
	return rows
}

func (p *changePane) nothing(a *App) []string {
	switch {
	case p.err != nil:
		return failure(a.st, p.w, p.err)
	case !p.loaded || a.starting.looking:
		return nil
	case len(a.envs) == 0:
		return message(a.st, p.w, text.Lit("No changes."), text.Lit("Changes are made for an environment, and there is none."))
	}
	return message(a.st, p.w, text.Lit("No changes yet."),
		text.Lit("d in History deploys a commit, x in Live restores what drifted, R takes a commit back. Nothing happens before you say so."))
}

func (p *changePane) row(a *App, i int, focused bool) string {
	c := &p.all[i-p.staged]
	st := a.st
	cursor := i == p.list.Cursor()
	l := paint.NewLine(p.w).Base(base(st, cursor, focused))
	pointer(l, st, cursor, focused)
	sign, style := stateLook(st, c.State)
	l.Add(style, sign).Gap(1)
	env := st.Dim
	if e := a.envNamed(c.Environment); e != nil {
		env = e.style.Text
		l.Add(env, text.Line(e.tag))
	} else {
		l.Add(env, text.Line(c.Environment))
	}
	l.Gap(1)
	words := st.Text
	if !c.State.IsOpen() && c.State != model.Applying {
		words = st.Dim
	}
	state := text.Line(string(c.State))
	tail := state.Width() + 8
	news := text.Safe{}
	if c.New {
		news = text.Lit("● new  ")
		tail += news.Width()
	}
	p.hits.needle.found(l, st, words, c.Title, p.w-l.Used()-tail)
	l.Right(st.Accent, news).Right(style, state).Right(st.Faint, text.Format("%5s", age(a.now(), c.SealedAt))).Right(st.Faint, text.Lit(" "))
	return l.String()
}

// details says of the selected change what it does, whether that can be taken back, and what it lacks.
func (p *changePane) details(a *App) []string {
	if p.onStage() {
		return p.stageDetails(a)
	}
	c := p.selected()
	if c == nil {
		return nil
	}
	st := a.st
	rows := []string{""}
	add := func(l *paint.Line) { rows = append(rows, l.String()) }

	undo := c.Undo()
	l := paint.NewLine(p.w).Gap(1)
	if c.Kind == model.Adopt && c.Steps() == 0 {
		add(l.Add(st.Text, text.Lit("git takes over what is live")))
	} else {
		l.Add(st.Dim, text.Line(plural(c.Steps(), "step"))).Gap(2).Spans(tally(st, c.Count)...)
		add(l.Gap(3).Add(st.Dim, text.Lit("undo ")).Add(undoStyle(st, undo.Class), text.Line(undo.Class.String())))
	}

	l = paint.NewLine(p.w).Gap(1)
	if e := a.envNamed(c.Environment); e != nil && c.State.IsOpen() {
		rules := policy.Decide(a.facts(e, *c))
		if len(rules) == 0 {
			l.Add(st.Good, text.Lit("✓ ")).Add(st.Dim, text.Format("%s needs no approvals", e.Name))
		}
		more := p.h - p.height - detailRows // Rows that nothing else is shown in.
		for _, r := range rules {
			if more > 0 && l.Used() > 1 && text.Line(r.Text).Width()+2 > l.Free() {
				add(l)
				l, more = paint.NewLine(p.w).Gap(1), more-1
			}
			if r.OK {
				l.Add(st.Good, text.Lit("✓ ")).Add(st.Dim, text.Line(r.Text)).Gap(2)
				continue
			}
			l.Add(st.Bad, text.Lit("✗ ")).Add(st.Text, text.Line(r.Text)).Gap(2)
			if len(r.WhoCould) > 0 && r.WhoCould[0] != policy.Anybody {
				l.Add(st.Dim, text.Format("from %s", strings.Join(r.WhoCould, ", "))).Gap(2)
			}
		}
	} else if c.Run != "" {
		if c.Glass != "" {
			l.Add(st.Bad, text.Line("! "+c.Glass)).Gap(2)
		}
		l.Add(st.Dim, text.Format("run %s", c.Run)).Gap(2).Add(st.Dim, text.Line(c.Note))
	} else {
		l.Add(st.Dim, text.Line(c.Note))
	}
	add(l)
	by := text.Format("%s, %s", cmp.Or(c.Author.Name.String(), c.Author.Email.String()), ago(a.now(), c.SealedAt))
	add(paint.NewLine(p.w).Gap(1).Add(st.Text, text.Lit("“").Plus(text.Line(c.Reason.String())).Plus(text.Lit("”"))).Gap(1).Add(st.Faint, by))
	return append(rows, p.nextStep(a, c))
}

// nextStep says what the operator can do with the change, or why not.
func (p *changePane) nextStep(a *App, c *model.Change) string {
	st := a.st
	l := paint.NewLine(p.w).Gap(1)
	s := a.state()
	s.Focus = action.Change
	ids := []action.ID{action.Approve, action.Apply}
	if !c.State.IsOpen() {
		ids = []action.ID{action.RollBack}
	}
	// What is possible comes first: a long reason of the other one must not push it off the row.
	type impossible struct{ what, why string }
	var not []impossible
	for _, id := range ids {
		act, _ := action.Find(id)
		why := act.Why(s)
		if why == "" {
			l.Add(st.Accent, text.Line(act.Key())).Add(st.Text, text.Line(" "+act.Title)).Gap(3)
		} else {
			not = append(not, impossible{act.Key() + " " + act.Title, why})
		}
	}
	for i, n := range not {
		if i+1 < len(not) && not[i+1].why == n.why {
			l.Add(st.Faint, text.Line(n.what)).Gap(3)
			continue
		}
		l.Add(st.Faint, text.Format("%s — %s", n.what, n.why)).Gap(3)
	}
	return l.String()
}
