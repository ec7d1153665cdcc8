package ui

import (
	"errors"
	"strings"

	"plumb/model"
	"plumb/model/text"
	"plumb/themes"
	"plumb/ui/paint"
)

// phaseLook is how a step looks at a phase.
func phaseLook(st themes.Styles, p model.Phase) (text.Safe, themes.Style) {
	switch p {
	case model.PhaseBegin, model.PhaseProgress:
		return text.Lit("●"), st.Accent
	case model.PhaseDone:
		return text.Lit("✓"), st.Good
	case model.PhaseSkipped:
		return text.Lit("–"), st.Dim
	case model.PhaseFailed:
		return text.Lit("✗"), st.Bad
	case model.PhaseUnknown:
		return text.Lit("?"), st.Unknown
	}
	return text.Lit("·"), st.Faint
}

func (v *runView) body(a *App) []string {
	if v.err != nil && len(v.steps) == 0 {
		return failure(a.st, v.w, v.err)
	}
	st := a.st
	wide := 20
	for _, s := range v.steps {
		wide = max(wide, text.Line(string(s.address)).Width())
	}
	wide = min(wide, v.w*55/100)
	var rows []string
	from, to := v.list.Window()
	for i := from; i < to; i++ {
		s := v.steps[i]
		sign, style := phaseLook(st, s.phase)
		if v.under() && (s.phase == model.PhaseBegin || s.phase == model.PhaseProgress) {
			sign = spinner(a)
		}
		words := st.Text
		if s.phase == "" {
			words = st.Faint
		}
		l := paint.NewLine(v.w).Gap(1).Add(style, sign).Gap(1)
		l.AddColumn(words, text.Line(string(s.address)).TruncateLeft(wide, "…"), wide).Gap(2)
		length := text.Safe{}
		if s.took > 0 {
			length = took(s.took)
		}
		rows = append(rows, l.AddNumber(st.Dim, length, 7).Gap(2).Add(st.Dim, text.Line(s.message.String())).String())
	}
	rows = append(rows, "")
	rows = append(rows, v.foot(a)...)
	return append(rows, v.told(a, v.h-len(rows)-2)...)
}

// told is what happened when, the last of it in so many rows.
func (v *runView) told(a *App, room int) []string {
	if room < 3 || len(v.log) == 0 {
		return nil
	}
	st := a.st
	rows := []string{"", paint.Rule(st, v.w, []paint.Span{paint.S(st.Dim, text.Lit("What happened"))}, nil, false)}
	for _, e := range v.log[max(len(v.log)-room, 0):] {
		l := paint.NewLine(v.w).Gap(1).Add(st.Faint, text.Line(e.At.Local().Format("15:04:05.000"))).Gap(2)
		_, style := phaseLook(st, e.Phase)
		l.AddColumn(style, text.Line(string(e.Phase)), 9).Gap(1)
		if e.Address != "" {
			l.Add(st.Text, text.Line(string(e.Address))).Gap(2)
		}
		rows = append(rows, l.Add(st.Dim, text.Line(e.Message.String())).String())
	}
	return rows
}

// foot says how far the run is, or how it ended and what to do next.
func (v *runView) foot(a *App) []string {
	st := a.st
	if v.under() {
		l := paint.NewLine(v.w).Gap(1)
		bar(l, st, v.ended(), len(v.steps))
		l.Gap(2).Add(st.Text, text.Format("%d of %d", v.ended(), len(v.steps)))
		hintWords := text.Lit("ctrl+c asks the engine to stop")
		if v.distant != nil {
			hintWords = text.Lit("ctrl+c stops it, q leaves it alone")
		}
		if v.asked || v.distant != nil && v.distant.stopping() {
			hintWords = text.Lit("asked to stop after what it is doing now")
		}
		return []string{l.Right(st.Dim, hintWords).Right(st.Dim, text.Lit(" ")).String()}
	}
	if v.run.Started.IsZero() {
		return nil
	}
	sign, word, style := outcomeLook(st, v.run.Outcome)
	first := paint.NewLine(v.w).Gap(1).Add(style, sign).Gap(1).Add(style.Bold(), word).Gap(2)
	first.Add(st.Dim, text.Format("%d of %d steps", v.ended(), len(v.steps)))
	if len(v.steps) == 0 && v.run.Outcome == model.RunApplied {
		first.Add(st.Dim, text.Lit(": nothing had to be written, git has it"))
	}
	rows := []string{first.String()}
	if !v.run.Glass.IsEmpty() {
		for _, part := range paint.Wrap(text.Line(v.run.Broken()), v.w-6) {
			rows = append(rows, paint.NewLine(v.w).Gap(3).Add(st.Bad, part).String())
		}
	}
	for _, part := range paint.Wrap(v.run.Message, v.w-6) {
		rows = append(rows, paint.NewLine(v.w).Gap(3).Add(st.Text, part).String())
	}
	if v.err != nil && v.run.Message.IsEmpty() {
		rows = append(rows, failure(st, v.w, v.err)...)
	}
	for _, part := range paint.Wrap(v.next(), v.w-6) {
		rows = append(rows, paint.NewLine(v.w).Gap(3).Add(st.Dim, part).String())
	}
	return rows
}

// next says what the operator can do after the run.
func (v *runView) next() text.Safe {
	switch {
	case v.run.Outcome == model.RunApplied:
		return text.Lit("Nothing is left to do. R takes it back.")
	case v.run.Outcome == model.RunPartial:
		return text.Lit("Some steps were carried out and some were not: Live says which. Deploy again, or R rolls back.")
	case v.run.Outcome == model.RunFailed:
		return text.Lit("Nothing was changed. Look at the reason, then make the change again.")
	case errors.Is(v.err, model.ErrUncertain), v.run.Outcome == model.RunUncertain:
		return text.Lit("Nobody can say what was carried out: look at Live before anything else.")
	}
	return text.Safe{}
}

// bar draws how many of all are done.
func bar(l *paint.Line, st themes.Styles, done, all int) {
	const cells = 24
	full := 0
	if all > 0 {
		full = cells * done / all
	}
	l.Add(st.Accent, text.Line(strings.Repeat("█", full))).Add(st.Border, text.Line(strings.Repeat("░", cells-full)))
}
