package audit

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"plumb/gitops/change"
	"plumb/gitops/ledger"
	"plumb/model"
	"plumb/model/text"
)

// telling is a book on its way: what is known of the entries so far.
type telling struct {
	record  change.Record
	changes map[model.ChangeID]*model.Change
	runs    map[model.RunID]*model.Run
	left    map[model.Hash]string // Why an entry does not count.
	votes   map[vote][]string     // The same of approvals and refusals, in the order of the record.

	taken   map[vote][]int            // Where what a person took back, or will have, is told; by change and person only.
	checked map[model.ChangeID]string // What was told of the checks of a change last.
	closed  map[model.ChangeID]string // What ended the change, for those that came too late.
	holds   map[string]bool

	told []Account
}

// vote is what an approval or a refusal is known by in the record.
type vote struct {
	kind   Kind
	change model.ChangeID
	email  string
	at     int64
}

func newTelling(record change.Record, entries int) *telling {
	t := &telling{
		record: record, changes: map[model.ChangeID]*model.Change{}, runs: map[model.RunID]*model.Run{}, left: map[model.Hash]string{},
		votes: map[vote][]string{}, taken: map[vote][]int{}, checked: map[model.ChangeID]string{}, closed: map[model.ChangeID]string{}, holds: map[string]bool{}, told: make([]Account, 0, entries),
	}
	for _, l := range record.Left {
		t.left[l.Entry] = l.Why
	}
	for i := range t.record.Changes {
		c := &t.record.Changes[i]
		t.changes[c.ID] = c
		for _, a := range c.Approvals {
			t.vote(Approved, c.ID, a.By, a.At, a.Void)
		}
		for _, r := range c.Refusals {
			t.vote(Refused, c.ID, r.By, r.At, r.Void)
		}
	}
	for i := range t.record.Runs {
		t.runs[t.record.Runs[i].ID] = &t.record.Runs[i]
	}
	return t
}

func (t *telling) vote(kind Kind, c model.ChangeID, by model.Principal, at time.Time, void string) {
	v := vote{kind, c, by.Email.String(), at.UnixNano()}
	t.votes[v] = append(t.votes[v], void)
}

// tell adds the accounts of one entry.
func (t *telling) tell(e *ledger.Entry) {
	c := t.changes[model.ChangeID(e.Field("change"))]
	a := Account{
		Kind: kindOf(e), At: e.At, By: e.By, Key: e.Key, Log: e.Log, Entry: e,
		Change: model.ChangeID(text.Line(e.Field("change")).String()), Environment: text.Line(e.Field("environment")).String(),
		Run: model.RunID(text.Line(e.Field("run")).String()),
	}
	if c != nil {
		a.Environment = text.Line(c.Environment).String()
	}
	var words, not string
	switch a.Kind {
	case Sealed:
		words, not = t.seal(e, c)
	case Approved:
		words, not = who(e.By)+" approved "+about(a, undo(e, c)), t.said(a, c)
	case Refused:
		a.Loud = true
		words, not = who(e.By)+" refused "+about(a)+because(e), t.said(a, c)
	case Withdrawn:
		words, not = t.withdraw(e, c, a)
	case Abandoned, Voided:
		words, not = t.end(e, c, a)
	case Begun:
		if e.Field("glass") != "" {
			a.Kind, a.Loud = Glass, true
		}
		words, not = t.begin(e, c, a)
	case Held:
		a.Loud = true
		words, not = who(e.By)+" holds "+held(e, a)+until(e)+because(e)+" (hold "+foreign(e.Field("hold"))+")", t.why(e, c)
	case Lifted:
		words, not = who(e.By)+" lifted the hold "+foreign(e.Field("hold"))+" of "+a.Environment+because(e), t.why(e, c)
	case Ended:
		a.Outcome = model.Outcome(text.Line(e.Field("outcome")).String())
		if words, not = t.outcome(e, c, a); not == "" && t.runs[a.Run] != nil {
			a.Outcome = t.runs[a.Run].Outcome
			a.Loud = a.Outcome != model.RunApplied
		}
	default:
		words = fmt.Sprintf("%s wrote %q", who(e.By), a.Kind)
		if a.Change != "" {
			words += " about " + string(a.Change)
		}
		not = "an entry of an unknown kind, by a newer plumb?"
	}
	a.Text, a.Not = text.Line(words), text.Line(not)
	t.checks(a)
	if not == withdrawn {
		by := vote{change: a.Change, email: strings.ToLower(e.By.Email.String())}
		t.taken[by] = append(t.taken[by], len(t.told))
	}
	t.told = append(t.told, a)
	if a.Kind == Ended && a.Counts() && a.Outcome == model.RunApplied {
		t.consequences(a, c)
	}
}

// checks tells what checks said, where an entry says other than the one before about the same change.
func (t *telling) checks(a Account) {
	field := a.Entry.Field(checksField)
	if field == "" || t.checked[a.Change] == field {
		return
	}
	if a.Not.String() == withdrawn {
		a.Not = text.Safe{} // The word was taken back, and not what the checks had said.
	}
	if a.Counts() {
		t.checked[a.Change] = field
	}
	results := ParseChecks(field)
	a.Kind, a.Outcome = Checked, ""
	a.Loud = slices.ContainsFunc(results, func(r Check) bool { return r.State == model.CheckFailed })
	a.Text = text.Line("checks of " + about(a) + ": " + checks(results) + ", as " + who(a.By) + " saw them")
	t.told = append(t.told, a)
}

// about names the change of an account, with what else there is to say of it in brackets.
func about(a Account, more ...string) string {
	id := string(a.Change)
	if id == "" {
		id = "an unnamed change"
	}
	more = slices.DeleteFunc(append([]string{a.Environment}, more...), func(s string) bool { return s == "" })
	if len(more) == 0 {
		return id
	}
	return id + " (" + strings.Join(more, ", ") + ")"
}

// undo is the worst undo class: of the change as it was sealed, or what the entry says of one that is not known.
func undo(e *ledger.Entry, c *model.Change) string {
	switch {
	case c != nil && c.Steps() > 0:
		return "worst undo: " + c.Undo().Class.String()
	case c == nil && e.Field("class") != "":
		return "worst undo: " + foreign(e.Field("class"))
	}
	return ""
}

// held is what a hold covers.
func held(e *ledger.Entry, a Account) string {
	if list := foreign(strings.ReplaceAll(e.Field("addresses"), "\n", ", ")); list != "" {
		return list + " in " + a.Environment
	}
	return a.Environment
}

// until is when a hold is over by itself.
func until(e *ledger.Entry) string {
	if end := foreign(e.Field("until")); end != "" {
		return " until " + end
	}
	return ""
}

// because is the reason that an entry gives, as the end of a sentence.
func because(e *ledger.Entry) string {
	why := e.Field("why")
	if why == "" {
		why = e.Field("reason")
	}
	if why = foreign(why); why == "" {
		return ""
	}
	return ": " + why
}

// plural counts things.
func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// consequences adds what a run brought about that ended well.
func (t *telling) consequences(end Account, c *model.Change) {
	a := end
	a.Outcome, a.Loud = "", false
	switch c.Kind {
	case model.Rollback:
		a.Kind, a.Loud = Held, true
		t.holds[c.Environment] = true
		a.Text = text.Line(fmt.Sprintf("%s is held at %s after the rollback %s: %s", a.Environment, c.Revision.Short(), c.ID, foreign(c.Reason.String())))
	case model.Deploy:
		if !t.holds[c.Environment] {
			return
		}
		delete(t.holds, c.Environment)
		a.Kind, a.Text = Lifted, text.Line(fmt.Sprintf("the hold on %s is lifted by %s", a.Environment, c.ID))
	case model.Adopt:
		a.Kind, a.Text = Adopted, text.Line(fmt.Sprintf("%s adopted %s (%s)", who(c.Author), things(c.Addresses), a.Environment))
	default:
		return
	}
	t.told = append(t.told, a)
}

// things counts what was picked, by the place before its colon: "2 files of web-1 and 1 of web-2".
func things(picked []string) string {
	var places []string
	count, one := map[string]int{}, "file"
	for _, p := range picked {
		if !strings.Contains(p, ":/") {
			one = "resource" // Of an engine that has no files.
		}
		_, address, ok := strings.Cut(p, "/")
		if !ok {
			address = p
		}
		place, _, _ := strings.Cut(address, ":")
		if count[place]++; count[place] == 1 {
			places = append(places, place)
		}
	}
	const most = 3
	var words []string
	for i, place := range places {
		if i == most {
			words = append(words, fmt.Sprintf("%s more", plural(len(places)-most, "place")))
			break
		}
		words = append(words, plural(count[place], one)+" of "+foreign(place))
	}
	if len(words) == 0 {
		return "nothing"
	}
	return strings.Join(words, ", ")
}
