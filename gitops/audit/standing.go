package audit

import (
	"fmt"
	"strings"

	"plumb/gitops/change"
	"plumb/gitops/ledger"
	"plumb/model"
)

// Whether an entry counts is what the record says. Why it does not is worked out here, for people.

// misfit says why an entry about a change is about no change that there is; empty where it fits.
func (t *telling) misfit(e *ledger.Entry, c *model.Change) string {
	switch {
	case c == nil:
		return "nobody sealed such a change"
	case e.Field("digest") != string(c.Digest) || e.Field("commit") != string(c.Revision):
		return "it is about another version of the change"
	}
	return ""
}

func (t *telling) seal(e *ledger.Entry, c *model.Change) (words, not string) {
	if c == nil {
		id := foreign(e.Field("change"))
		if _, err := change.Sealed(*e); err != nil {
			return fmt.Sprintf("%s wrote that they sealed %s", who(e.By), id), foreign(err.Error())
		}
		return fmt.Sprintf("%s sealed %s", who(e.By), id), "the record leaves it out"
	}
	words = fmt.Sprintf("%s sealed %s for %s: %s", who(e.By), c.ID, foreign(c.Environment), foreign(c.Title.String()))
	if n := c.Steps(); n > 0 {
		words += fmt.Sprintf(" (%s, worst undo: %s)", plural(n, "step"), c.Undo().Class)
	}
	if why := foreign(c.Reason.String()); why != "" {
		words += ", because " + why
	}
	switch first := !t.sealed[c.ID]; {
	case !first:
		return words, "a change of this id was sealed before"
	case e.Field("digest") != string(c.Digest) || !strings.EqualFold(e.By.Email.String(), c.Author.Email.String()):
		return fmt.Sprintf("%s wrote that they sealed %s", who(e.By), c.ID), "it is not the change that is on record under this id"
	}
	t.sealed[c.ID] = true
	return words, ""
}

// approval takes the approvals of one person at one moment in their order, should there be several.
func (t *telling) approval(e *ledger.Entry, c *model.Change) string {
	if c == nil {
		return t.misfit(e, c)
	}
	v := vote{c.ID, e.By.Email.String(), e.At.UnixNano(), model.Digest(e.Field("digest"))}
	of := t.approvals[v]
	if len(of) == 0 {
		if why := t.misfit(e, c); why != "" {
			return why
		}
		if !e.Signed {
			return "it is not signed"
		}
		return "the record leaves it out"
	}
	if len(of) > 1 {
		t.approvals[v] = of[1:]
	}
	return foreign(of[0])
}

// late says that a change was over already; empty where it was open.
func (t *telling) late(c *model.Change) string {
	if how := t.closed[c.ID]; how != "" {
		return "the change was over: " + how
	}
	return ""
}

func (t *telling) end(e *ledger.Entry, c *model.Change, a Account) (words, not string) {
	words = fmt.Sprintf("%s gave %s up%s", who(e.By), about(a), because(e))
	if a.Kind == Voided {
		words = fmt.Sprintf("%s is void%s, as %s found", about(a), because(e), who(e.By))
	}
	if not = t.misfit(e, c); not != "" {
		return words, not
	}
	if not = t.late(c); not != "" {
		return words, not
	}
	state, how := model.Abandoned, "somebody gave it up"
	if a.Kind == Voided {
		state, how = model.Void, "it was void"
	}
	if c.State != state {
		return words, "the record leaves it out"
	}
	t.closed[c.ID] = how
	return words, ""
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
	if not = t.misfit(e, c); not != "" {
		return words, not
	}
	if not = t.late(c); not != "" {
		return words, not
	}
	if r := t.runs[model.RunID(e.Field("run"))]; r == nil || r.Change != c.ID || !r.Started.Equal(e.At) {
		return words, "the record leaves it out"
	}
	t.closed[c.ID] = "run " + string(a.Run) + " had begun"
	return words, ""
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
	if not = t.misfit(e, c); not != "" {
		return words, not
	}
	r := t.runs[model.RunID(e.Field("run"))]
	switch {
	case r == nil || r.Change != c.ID:
		return words, "no such run of the change began"
	case t.over[r.ID]:
		return words, "how the run ended was on record already"
	case !r.Ended.Equal(e.At):
		return words, "the record leaves it out"
	}
	t.over[r.ID] = true
	return words, ""
}
