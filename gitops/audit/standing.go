package audit

import (
	"fmt"
	"strings"

	"plumb/gitops/ledger"
	"plumb/model"
	"plumb/model/text"
)

// why says why the record leaves an entry out, or that it came too late to have an effect; empty where it counts.
func (t *telling) why(e *ledger.Entry, c *model.Change) string {
	if why, left := t.left[e.ID]; left {
		return foreign(why)
	}
	if c != nil && t.closed[c.ID] != "" && e.Verb != ledger.Outcome {
		return "it came after " + t.closed[c.ID]
	}
	return ""
}

func (t *telling) seal(e *ledger.Entry, c *model.Change) (words, not string) {
	if why, left := t.left[e.ID]; left || c == nil {
		return fmt.Sprintf("%s wrote that they sealed %s", who(e.By), foreign(e.Field("change"))), foreign(why)
	}
	words = fmt.Sprintf("%s sealed %s for %s: %s", who(e.By), c.ID, foreign(c.Environment), foreign(c.Title.String()))
	if n := c.Steps(); n > 0 {
		words += fmt.Sprintf(" (%s, worst undo: %s)", plural(n, "step"), c.Undo().Class)
	}
	if why := foreign(c.Reason.String()); why != "" {
		words += ", because " + why
	}
	return words, foreign(c.Unproven)
}

// said says why an approval or a refusal does not count. Those of one person at one moment are taken in their order, should there be several.
func (t *telling) said(a Account, c *model.Change) string {
	if why := t.why(a.Entry, c); why != "" || c == nil {
		return why
	}
	v := vote{a.Kind, c.ID, a.By.Email.String(), a.At.UnixNano()}
	of := t.votes[v]
	if len(of) == 0 {
		return "the record leaves it out"
	}
	if len(of) > 1 {
		t.votes[v] = of[1:]
	}
	return foreign(of[0])
}

// withdrawn is what the record says of an approval or a refusal that was taken back, whenever that was.
const withdrawn = "it was withdrawn"

// withdraw tells that somebody took back what they had said. What was taken back after a run had begun had counted for it.
func (t *telling) withdraw(e *ledger.Entry, c *model.Change, a Account) (words, not string) {
	not = t.why(e, c)
	by := vote{change: a.Change, email: strings.ToLower(e.By.Email.String())}
	if c != nil && t.closed[c.ID] != "" {
		for _, i := range t.taken[by] {
			t.told[i].Not = text.Safe{}
		}
	}
	delete(t.taken, by)
	return who(e.By) + " took back what they had said of " + about(a) + because(e), not
}

func (t *telling) end(e *ledger.Entry, c *model.Change, a Account) (words, not string) {
	words, how := fmt.Sprintf("%s gave %s up%s", who(e.By), about(a), because(e)), "somebody had given it up"+because(e)
	if a.Kind == Voided {
		words, how = fmt.Sprintf("%s is void%s, as %s found", about(a), because(e), who(e.By)), "it was found void"+because(e)
	}
	if not = t.why(e, c); not == "" {
		t.closed[c.ID] = how
	}
	return words, not
}

func (t *telling) begin(e *ledger.Entry, c *model.Change, a Account) (words, not string) {
	on := ""
	if host := foreign(e.Field("host")); host != "" {
		on = " on " + host
	}
	words = fmt.Sprintf("%s began run %s of %s%s", who(e.By), a.Run, about(a), on)
	if a.Kind == Glass {
		words = fmt.Sprintf("%s BROKE THE GLASS for run %s of %s%s: %s", who(e.By), a.Run, about(a), on, foreign(e.Field("glass")))
		if rules := foreign(strings.ReplaceAll(e.Field("overruled"), "\n", "; ")); rules != "" {
			words += " (overruled: " + rules + ")"
		}
	}
	if not = t.why(e, c); not == "" {
		t.closed[c.ID] = "run " + string(a.Run) + " had begun"
	}
	return words, not
}

func (t *telling) outcome(e *ledger.Entry, c *model.Change, a Account) (words, not string) {
	how := foreign(e.Field("outcome"))
	if how == "" || how == string(model.RunUncertain) {
		how = "and nobody knows how"
	}
	words = fmt.Sprintf("run %s of %s ended %s", a.Run, about(a), how)
	if message := foreign(e.Field("message")); message != "" {
		words += ": " + message
	}
	return words, t.why(e, c)
}
