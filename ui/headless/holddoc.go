package headless

import (
	"fmt"
	"strings"

	"plumb/model"
)

type holdsDocument struct {
	Schema string       `json:"schema"`
	Holds  []holdFields `json:"holds"`
}

type holdFields struct {
	ID          string          `json:"id"`
	Environment string          `json:"environment"`
	Since       string          `json:"since"`
	By          principalFields `json:"by"`
	Why         string          `json:"why"`
	Until       string          `json:"until"`
	Change      model.ChangeID  `json:"change"`
	Revision    model.Hash      `json:"revision"`
	Addresses   []string        `json:"addresses"`
}

func newHoldsFields(list []model.Hold) []holdFields {
	fields := make([]holdFields, 0, len(list))
	for _, h := range list {
		fields = append(fields, holdFields{
			ID: line(h.ID), Environment: line(h.Environment), Since: stamp(h.Since), By: newPrincipalFields(h.By), Why: h.Why.String(), Until: stamp(h.Until),
			Change: model.ChangeID(line(string(h.Change))), Revision: h.Revision, Addresses: lines(h.Addresses),
		})
	}
	return fields
}

// Holds prints a plumb.holds/1 document.
func (j JSON) Holds(list []model.Hold) error {
	return j.write(holdsDocument{"plumb.holds/1", newHoldsFields(list)})
}

// Holds prints what is not to be changed, a line each.
func (t Text) Holds(list []model.Hold) error {
	p := t.page()
	for _, h := range list {
		p.line("%s", t.hold(h, line(h.Environment)+"  "))
	}
	if len(list) == 0 {
		p.line("%s", paint(t.Styles.Dim, "nothing is held"))
	}
	return t.print(p)
}

// hold says in a line what is held, by whom, until when and why, after words on where.
func (t Text) hold(h model.Hold, where string) string {
	what := ""
	if len(h.Addresses) > 0 {
		what = " of " + line(strings.Join(h.Addresses, ", "))
	}
	until := ""
	if !h.Until.IsZero() {
		until = " until " + h.Until.Local().Format("2006-01-02 15:04")
	}
	return paint(t.Styles.Warning, fmt.Sprintf("%shold%s since %s%s by %s: %s (%s)", where, what, day(h.Since), until, oneLine(h.By.Name), oneLine(h.Why), line(h.ID)))
}
