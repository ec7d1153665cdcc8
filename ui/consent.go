package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"plumb/model"
	"plumb/model/text"
	"plumb/ui/paint"
)

// consent is how an operator says yes. Enter never does, and neither does any key that
// was pressed before the question could be read. For an ordinary environment yes is y; for production,
// and for what cannot simply be taken back, the environment's name is typed and then
// ctrl+y pressed.
type consent struct {
	grace grace
	word  string // To be typed; empty where y is enough.
	in    input
	verb  text.Safe // What yes does: "apply".
	glass bool      // Behind the word, a reason has to be given: why rules are overruled.
}

// newConsent begins the time in which nothing counts.
func (a *App) newConsent(verb text.Safe, env *environment, plans []model.PlanRef) (consent, tea.Cmd) {
	c := consent{verb: verb}
	if env != nil && (env.Production || grave(plans)) {
		c.word = env.Name
	}
	cmd := c.grace.begin(a)
	return c, cmd
}

// grave reports whether a step loses something, may lock the operator out, or is of a kind that nobody knows.
func grave(plans []model.PlanRef) bool {
	for _, p := range plans {
		for _, s := range p.Steps {
			if s.Undo.LockOut || s.Undo.Class.WorseThan(model.UndoDisruptive) {
				return true
			}
		}
	}
	return false
}

// key takes a key and reports whether it was the yes.
func (c *consent) key(a *App, k tea.KeyPressMsg) (yes bool, cmd tea.Cmd) {
	if ok, cmd := c.grace.takes(a); !ok {
		return false, cmd
	}
	if c.word == "" {
		return k.String() == "y", nil
	}
	if k.String() == "ctrl+y" {
		return c.given(), nil
	}
	c.in.key(k)
	return false, nil
}

// given reports whether all that has to be typed is there.
func (c *consent) given() bool {
	if c.glass {
		return c.why() != ""
	}
	return c.in.value() == c.word
}

// why is the reason that stands behind the word.
func (c *consent) why() string {
	rest, ok := strings.CutPrefix(c.in.value(), c.word+" ")
	if !c.glass || !ok {
		return ""
	}
	return strings.TrimSpace(rest)
}

// foot are the rows that ask. While keys do not count yet, none are offered.
func (c *consent) foot(a *App, w int) []string {
	st := a.st
	l := paint.NewLine(w).Gap(1)
	switch {
	case !c.grace.ready(a.now()):
		l.Add(st.Faint, text.Lit("…"))
		return []string{"", l.String()}
	case c.word == "":
		keyHint(l, st, text.Lit("y"), c.verb)
	default:
		l.Add(st.Dim, text.Lit("type ")).Add(st.Strong, text.Line(c.word))
		if c.glass {
			l.Add(st.Dim, text.Lit(" and why"))
		}
		l.Add(st.Dim, text.Lit(" : "))
		cells := max(len(c.word)+2, 12)
		if c.glass {
			cells += 24
		}
		c.in.draw(l, st, cells, text.Safe{})
		l.Gap(2)
		if c.given() {
			keyHint(l, st, text.Lit("ctrl+y"), c.verb)
		} else {
			l.Add(st.Faint, text.Lit("then ctrl+y  ").Plus(c.verb)).Gap(2)
		}
	}
	l.Right(st.Accent, text.Lit("esc")).Right(st.Dim, text.Lit("  not now "))
	return []string{"", l.String()}
}
