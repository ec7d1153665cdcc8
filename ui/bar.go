package ui

import (
	"strings"

	"plumb/model/text"
	"plumb/themes"
	"plumb/ui/paint"
)

// barPane is the top line: the environments. The current one is named and coloured in every frame.
type barPane struct {
	canvas
	zones []zone
}

// zone is where an environment stands on the line, for the mouse.
type zone struct{ from, to, env int }

func (b *barPane) draw(a *App) string {
	b.resize(a.width, 1)
	spinning := false
	for _, e := range a.envs {
		spinning = spinning || a.slow(&e.ask)
	}
	return b.keep(a, false, spinning, func() []string { return []string{b.line(a)} })[0]
}

func (b *barPane) line(a *App) string {
	st := a.st
	l := paint.NewLine(a.width)
	// On the line of production everything is production's colour, so nothing else has one.
	var under themes.Style
	e := a.env()
	if e != nil && e.Production {
		look := e.style.Bar.Look()
		look.Bold = false
		under = themes.Make(look)
		l.Base(under)
	}
	on := func(s themes.Style) themes.Style {
		if e != nil && e.Production {
			return under
		}
		return s
	}
	l.Gap(1).Add(on(st.Strong).Bold(), text.Lit("plumb")).Gap(2).Add(on(st.Dim), text.Line(a.ws.Name())).Gap(3)
	b.zones = b.zones[:0]
	if e != nil {
		b.current(a, l, e)
	} else {
		l.Add(st.Dim, a.starting.none())
	}
	b.others(a, l, on)
	for _, badge := range b.badges(a) {
		l.Right(on(st.Warning), badge).Right(themes.Style{}, text.Lit(" "))
	}
	return l.String()
}

// current draws the current environment: in capitals when it is production, solid or tinted in its colour.
func (b *barPane) current(a *App, l *paint.Line, e *environment) {
	words, _ := e.summary(a.st, a.opt.Trusted)
	name := e.name()
	if e.Production {
		name = text.Line(strings.ToUpper(e.Name))
	}
	from := l.Used()
	bar := e.style.Bar
	l.Add(bar, text.Lit("▌")).Add(bar.Bold(), name).Add(bar, text.Lit("  ").Plus(words))
	if a.slow(&e.ask) {
		l.Add(bar, text.Lit(" ").Plus(spinner(a)))
	}
	l.Add(bar, text.Lit(" ▐"))
	b.zones = append(b.zones, zone{from, l.Used(), a.current})
	l.Gap(2)
}

// others draws the other environments, with what needs a person in each.
func (b *barPane) others(a *App, l *paint.Line, on func(themes.Style) themes.Style) {
	room := a.width - l.Used() - 14
	for i, e := range a.envs {
		if i != a.current {
			words, _ := e.summary(a.st, a.opt.Trusted)
			room -= e.name().Width() + words.Width() + 4
		}
	}
	for i, e := range a.envs {
		if i == a.current {
			continue
		}
		words, style := e.summary(a.st, a.opt.Trusted)
		if room < 0 {
			words = e.signs(a.st)
		}
		from := l.Used()
		l.Add(on(e.style.Text), e.name()).Gap(1).Add(on(style), words)
		b.zones = append(b.zones, zone{from, l.Used(), i})
		l.Gap(min(3, l.Free()))
	}
}

// badges say what limits the operator.
func (b *barPane) badges(a *App) []text.Safe {
	var list []text.Safe
	if n := a.change.news(); n > 0 {
		list = append(list, text.Format("● %d new", n))
	}
	if a.run.under() {
		list = append(list, text.Lit("run under way"))
	}
	if a.readOnly() != "" {
		list = append(list, text.Lit("read-only"))
	}
	info := a.ws.Info()
	if info.IsShallow {
		list = append(list, text.Lit("shallow"))
	}
	return list
}

// envAt is the environment at a column of the line.
func (b *barPane) envAt(x int) (int, bool) {
	for _, z := range b.zones {
		if x >= z.from && x < z.to {
			return z.env, true
		}
	}
	return 0, false
}
