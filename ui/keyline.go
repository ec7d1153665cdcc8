package ui

import (
	"plumb/model/text"
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
		_, n, _ := a.pane(a.search.in).matches(a)
		found := text.Safe{}
		if a.search.input.value() != "" {
			found = text.Line(plural(n, "match"))
			if n != 1 {
				found = text.Format("%s matches", thousands(n))
			}
		}
		a.search.input.draw(l, st, a.width-found.Width()-4, text.Lit("search here"))
		return l.Right(st.Dim, found).Right(st.Dim, text.Lit(" ")).String()
	case !a.notice.text.IsEmpty():
		style := st.Text
		if a.notice.bad {
			style = st.Warning
			l.Add(st.Warning, text.Lit("! "))
		}
		return l.Add(style, text.Line(a.notice.text.String())).String()
	}
	s := a.state()
	for _, act := range action.Line(a.scope()) {
		if act.Key() == "" {
			continue
		}
		key, title := st.Accent, st.Dim
		if act.Why(s) != "" {
			key, title = st.Faint, st.Faint
		}
		before := l.Used()
		l.Add(key, text.Line(act.Key())).Gap(1).Add(title, text.Line(act.Title)).Gap(2)
		a.zones = append(a.zones, keyZone{before, l.Used() - 2, act.ID})
	}
	if a.opt.Commands != nil {
		if n := a.ran.total; n > 0 && a.scope() != action.Ran {
			l.Right(st.Accent, text.Lit("w")).Right(st.Dim, text.Format(" what ran  %s ", thousands(n)))
		}
	}
	return l.String()
}

// keyZone is where an action stands on the line of keys, for the mouse.
type keyZone struct {
	from, to int
	id       action.ID
}
