package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"plumb/model"
	"plumb/model/text"
	"plumb/ui/paint"
)

// askRefuse asks why the selected change is refused.
func (a *App) askRefuse() tea.Cmd {
	c := *a.change.selected()
	d := &formDialog{
		title: []paint.Span{paint.S(a.st.Strong, text.Format("Refuse “%s” ", shortTitle(a, c.Title))), paint.S(a.st.Dim, text.Lit("for ")), envSpan(a, c.Environment)},
		sentences: []text.Safe{
			text.Lit("While your refusal stands, nobody can apply the change, however many have approved it."),
			text.Lit("It goes on record with what you write here, and can be taken back."),
		},
		fields: []field{{label: text.Lit("why"), example: text.Lit("what has to be different; its author reads it")}},
		verb:   text.Lit("refuse it"),
		does:   text.Lit("refuse"),
		of:     &c,
	}
	d.yes = func(values []string) (tea.Cmd, error) {
		return begin(a, &d.recording, func(ctx context.Context) (judged, error) {
			c, err := a.ws.Refuse(ctx, c.ID, values[0])
			return judged{c, "refused"}, err
		}), nil
	}
	return tea.Batch(d.ask(a), d.look(a, c.Environment))
}

// askWithdraw asks whether what the operator said of the selected change is to be taken back.
func (a *App) askWithdraw() tea.Cmd {
	c := *a.change.selected()
	d := &askDialog{
		title:     text.Format("Take back what you said of “%s”?", c.Title),
		sentences: []text.Safe{text.Lit("Your approval or refusal no longer counts. The record keeps that you gave it, and that you took it back.")},
	}
	var cmd tea.Cmd
	d.does, d.of = text.Lit("withdraw what was said of"), &c
	d.consent, cmd = a.newConsent(text.Lit("take it back"), nil, nil)
	d.yes = func() tea.Cmd {
		return begin(a, &d.recording, func(ctx context.Context) (judged, error) {
			c, err := a.ws.Withdraw(ctx, c.ID)
			return judged{c, "no longer approved or refused by you"}, err
		})
	}
	a.open(d)
	return tea.Batch(cmd, d.look(a, c.Environment))
}

// said reports whether something that the operator has said of a change counts.
func said(c model.Change, who model.Principal) bool {
	for _, x := range c.Approvals {
		if x.Void == "" && x.By.Is(who) {
			return true
		}
	}
	for _, x := range c.Refusals {
		if x.Void == "" && x.By.Is(who) {
			return true
		}
	}
	return false
}

// held answers a hold that was set.
type held struct{ hold model.Hold }

// askHold asks why and until when the selected resource is not to be changed, or all of the environment where none is selected.
func (a *App) askHold() tea.Cmd {
	e := a.env()
	what, addresses := text.Line(e.Name), []string(nil)
	if r := a.live.resource(a); r != nil {
		what, addresses = text.Line(string(r.Address)), []string{string(r.Address)}
	}
	d := &formDialog{
		title: []paint.Span{paint.S(a.st.Strong, text.Format("Hold %s ", what)), paint.S(a.st.Dim, text.Lit("in ")), envSpan(a, e.Name)},
		sentences: []text.Safe{
			text.Lit("No change that touches it can be applied until the hold is lifted or its time is over, but by breaking the glass."),
			text.Lit("plumb hold list shows what is held, plumb hold lift ends it."),
		},
		fields: []field{
			{label: text.Lit("why"), example: text.Lit("whoever is stopped by it reads it")},
			{label: text.Lit("until"), example: text.Lit("90m, 2h, 3d, 14:05, 2026-08-01; empty until it is lifted"), optional: true},
		},
		verb: text.Lit("hold it"),
	}
	d.yes = func(values []string) (tea.Cmd, error) {
		until, err := model.ParseUntil(values[1], a.now())
		if err != nil {
			return nil, err
		}
		return begin(a, &d.recording, func(ctx context.Context) (held, error) {
			h, err := a.ws.Hold(ctx, e.Name, addresses, until, values[0])
			return held{h}, err
		}), nil
	}
	return tea.Batch(d.ask(a), d.look(a, e.Name))
}

func (a *App) holdArrived(m answer[held]) tea.Cmd {
	a.ended(m.to, m.err)
	if m.err != nil {
		return nil
	}
	a.say(text.Format("%s: plumb hold lift ends it", m.value.hold.ID))
	return a.observe(a.envNamed(m.value.hold.Environment))
}
