package ui

import (
	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/text"
	"plumb/themes"
	"plumb/ui/paint"
)

// look is how a status looks: a sign and a colour, always both.
func look(st themes.Styles, s model.Status) (text.Safe, themes.Style) {
	switch s {
	case model.InSync:
		return text.Lit("✓"), st.InSync
	case model.Pending:
		return text.Lit("…"), st.Pending
	case model.Drifted:
		return text.Lit("≠"), st.Drifted
	case model.Missing:
		return text.Lit("∅"), st.Missing
	case model.Extra:
		return text.Lit("+"), st.Extra
	}
	return text.Lit("?"), st.Unknown
}

func (p *livePane) draw(a *App, focused bool) []string {
	e := a.env()
	slow := e != nil && a.slow(&e.ask)
	return p.keep(a, focused, slow, func() []string {
		detail, count := text.Safe{}, text.Safe{}
		if e != nil {
			detail, count = e.name(), p.count(a, e, slow)
		}
		rows := []string{paint.Title(a.st, p.w, text.Lit("Live"), detail, count, focused)}
		return append(rows, paint.Block(p.w, p.h, p.body(a, e, focused))...)
	})
}

// count says how many resources there are, and how many need a person.
func (p *livePane) count(a *App, e *environment, slow bool) text.Safe {
	if p.hits.needle.query != "" {
		_, n, i := p.matches(a)
		return text.Format("%d of %d “%s”", i, n, p.hits.needle.query)
	}
	n := e.count(func(model.Status) bool { return true })
	words, _ := e.summary(a.st, a.opt.Trusted)
	t := words
	if n > 0 {
		t = text.Format("%s · %s", thousands(n), words)
	}
	if slow {
		t = spinner(a).Plus(text.Lit(" ")).Plus(t)
	}
	return t
}

func (p *livePane) body(a *App, e *environment, focused bool) []string {
	switch {
	case a.starting.looking:
		return nil
	case a.opt.Problem != nil:
		return failure(a.st, p.w, a.opt.Problem)
	case e == nil && a.ws.Origin() == workspace.FromFile:
		return message(a.st, p.w, text.Lit("No environments."), text.Lit("plumb.yaml names none: add one under environments."))
	case e == nil:
		return message(a.st, p.w, text.Lit("No environments."),
			text.Lit("There is no plumb.yaml, and nothing was found that could be compared with git. plumb init writes one to begin with."))
	case !a.opt.Trusted:
		return p.untrusted(a)
	case e.err != nil && len(p.rows) == 0:
		return failure(a.st, p.w, e.err)
	case len(e.Targets) == 0:
		return message(a.st, p.w, text.Format("%s has no targets.", e.Name), text.Lit("plumb.yaml names none: add one under targets."))
	case len(p.rows) == 0 && e.ask.busy:
		return nil
	case len(p.rows) == 0:
		return message(a.st, p.w, text.Lit("Not checked yet."), text.Lit("r looks at it now."))
	}
	from, to := p.list.Window()
	var rows []string
	for i := from; i < to; i++ {
		rows = append(rows, p.row(a, e, i, focused))
	}
	if n := e.trueToGit(); n > 0 && len(rows)+2 <= p.h {
		l := paint.NewLine(p.w).Gap(1).Add(a.st.Good, text.Lit("✓ ")).Add(a.st.Text, text.Format("all of %s is true to git", e.Name))
		rows = append(rows, "", l.Add(a.st.Dim, text.Format("  %s of %s", thousands(n), thousands(n))).String())
	}
	return rows
}

// untrusted shows what would run, before anything runs.
func (p *livePane) untrusted(a *App) []string {
	rows := message(a.st, p.w, text.Lit("Not looked at: this repository is not trusted yet."))
	rows = append(rows, paint.NewLine(p.w).Gap(2).Add(a.st.Accent, text.Lit("t")).Add(a.st.Text, text.Lit("  shows what would run, and asks")).String(), "")
	for _, q := range a.opt.TrustQuestion {
		rows = append(rows, wrapped(a.st.Dim, p.w-2, 2, text.Line(q))...)
	}
	return rows
}

func (p *livePane) row(a *App, e *environment, i int, focused bool) string {
	r := &p.rows[i]
	st := a.st
	cursor := i == p.list.Cursor()
	l := paint.NewLine(p.w).Base(base(st, cursor, focused))
	pointer(l, st, cursor, focused)
	switch r.kind {
	case rowTarget:
		p.target(a, l, r)
	case rowSame:
		n := r.target.Count(model.InSync)
		l.Gap(1).Add(st.Dim, arrow(r.folded)).Add(st.InSync, text.Format(" ✓ %s in sync", thousands(n)))
	case rowTrouble:
		l.Gap(2).Add(st.Bad, text.Lit("! ")).Add(st.Text, text.Line(r.target.Err.Error()))
		if h := hint(r.target.Err); !h.IsEmpty() {
			l.Add(st.Dim, text.Lit("  ").Plus(h))
		}
	case rowResource:
		p.resourceRow(st, e, l, r)
	}
	return l.String()
}

func arrow(folded bool) text.Safe {
	if folded {
		return text.Lit("▸")
	}
	return text.Lit("▾")
}

// target draws the row of a target: what it is, how it stands, and when that was seen.
func (p *livePane) target(a *App, l *paint.Line, r *liveRow) {
	st, t := a.st, r.target
	l.Add(st.Dim, arrow(r.folded)).Gap(1).Add(st.Strong, text.Line(t.Target.Name))
	l.Gap(2).Add(st.Faint, text.Line(t.Target.Provider)).Gap(2)
	worst := model.InSync
	for _, res := range t.Resources {
		if res.Status.Rank() > worst.Rank() {
			worst = res.Status
		}
	}
	switch {
	case t.Err != nil:
		l.Add(st.Bad, text.Lit("! cannot be seen"))
	case len(t.Resources) == 0:
		l.Add(st.Dim, text.Lit("nothing in it"))
	case worst == model.InSync:
		l.Add(st.InSync, text.Format("✓ %s in sync", thousands(len(t.Resources))))
	default:
		for _, s := range []model.Status{model.Unknown, model.Missing, model.Drifted, model.Extra, model.Pending} {
			if n := t.Count(s); n > 0 {
				sign, style := look(st, s)
				l.Add(style, sign.Plus(text.Format("%d ", n)))
			}
		}
	}
	if !t.CheckedAt.IsZero() {
		l.Right(st.Faint, text.Lit("checked ").Plus(age(a.now(), t.CheckedAt))).Right(st.Faint, text.Lit(" "))
	}
}

func (p *livePane) resourceRow(st themes.Styles, e *environment, l *paint.Line, r *liveRow) {
	res := r.resource
	sign, style := look(st, res.Status)
	switch i := e.stage.resource(key(res)); {
	case i < 0:
		l.Gap(1)
	case e.stage.picks[i].partCount() > 0:
		l.Add(verbStyle(st, e.stage.picks[i].Verb), text.Lit("◐"))
	default:
		l.Add(verbStyle(st, e.stage.picks[i].Verb), text.Lit("●"))
	}
	l.Add(style, sign).Gap(1)
	words := st.Text
	if res.Status == model.InSync {
		words = st.Dim
	}
	hit := p.hits.needle
	if hit.query != "" && !p.isHit(res) {
		hit = needle{}
	}
	if p.groups > 0 {
		from := l.Used()
		hit.found(l, st, st.Dim, text.Line(res.Group), p.groups)
		l.To(from + p.groups + 1)
	}
	reason := res.Reason
	if reason.IsEmpty() && res.Status != model.InSync {
		reason = text.Line(string(res.Status))
	}
	room := p.w - l.Used() - 1
	name := text.Line(res.Name)
	if reason.IsEmpty() || res.Status == model.InSync {
		hit.found(l, st, words, name.TruncateLeft(room, "…"), room)
		return
	}
	// The name gives way from its left, where paths are alike; the reason keeps a third of the row.
	keep := min(reason.Width(), max(room/3, room-name.Width()-2))
	hit.found(l, st, words, name.TruncateLeft(max(room-keep-2, 8), "…"), room)
	l.Gap(2).AddTrunc(style, reason, max(p.w-l.Used()-1, 0))
}

func (p *livePane) isHit(r model.Resource) bool {
	return p.hits.needle.has(text.Line(r.Name), text.Line(r.Group), text.Line(string(r.Address)), r.Reason)
}
