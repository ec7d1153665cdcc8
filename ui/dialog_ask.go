package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"plumb/model"
	"plumb/model/text"
	"plumb/ui/action"
	"plumb/ui/paint"
)

// The width of dialogs that hold a few sentences.
const narrowDialog = 72

// errorDialog says what went wrong and what can be done about it.
type errorDialog struct {
	title text.Safe
	err   error
}

func (d *errorDialog) width(*App) int { return narrowDialog }

func (d *errorDialog) draw(a *App, w, h int) []string {
	rows := append([]string{""}, wrapped(a.st.Text, w-4, 1, text.Error(d.err))...)
	if hint := hint(d.err); !hint.IsEmpty() {
		rows = append(rows, "")
		rows = append(rows, wrapped(a.st.Dim, w-4, 1, hint)...)
	}
	foot := []string{"", paint.NewLine(w-4).Gap(1).Add(a.st.Accent, text.Lit("esc")).Add(a.st.Dim, text.Lit("  close")).String()}
	return box(a.st, w, h, []paint.Span{paint.S(a.st.Bad, text.Lit("✗ ")), paint.S(a.st.Strong, d.title)}, rows, foot)
}

func (d *errorDialog) key(a *App, k tea.KeyPressMsg) tea.Cmd {
	switch k.String() {
	case "esc", "enter", "q":
		a.close(d)
	}
	return nil
}

// fail shows an error that belongs to no pane.
func (a *App) fail(title text.Safe, err error) { a.open(&errorDialog{title, err}) }

// askDialog asks a yes-or-no question in a few sentences. What it is about may be a long
// list; then yes is offered only to who has seen the end of it.
type askDialog struct {
	title     text.Safe
	list      []text.Safe // What the question is about.
	sentences []text.Safe
	consent   consent
	yes       func() tea.Cmd // The dialog closes, unless what it records is on its way then.
	recording
	does text.Safe     // What is signed, as a verb: withdraw.
	of   *model.Change // What is said is about it, and the dialog says what is signed; nil for none.

	top  int  // Rows that are scrolled off.
	seen bool // The last row was on the screen.
}

func (d *askDialog) record() *recording { return &d.recording }

func (d *askDialog) width(*App) int {
	if len(d.list) > 0 || d.of != nil {
		return wideDialog
	}
	return narrowDialog
}

func (d *askDialog) draw(a *App, w, h int) []string {
	rows := []string{""}
	for _, t := range d.list {
		rows = append(rows, wrapped(a.st.Text, w-4, 1, t)...)
	}
	if len(d.list) > 0 {
		rows = append(rows, "")
	}
	for i, s := range d.sentences {
		style := a.st.Text
		if i > 0 || len(d.list) > 0 {
			style = a.st.Dim
		}
		rows = append(rows, wrapped(style, w-4, 1, s)...)
	}
	if d.of != nil {
		rows = append(append(rows, ""), d.payload(a, w-4, d.does, *d.of)...)
		rows = append(rows, d.trouble(a, w-4)...)
	}
	foot := d.consent.foot(a, w-4)
	switch {
	case d.asks.busy:
		foot = d.pending(a, w-4)
	case d.standing.Problem != nil:
		foot = []string{"", paint.NewLine(w-4).Right(a.st.Accent, text.Lit("esc")).Right(a.st.Dim, text.Lit("  not now ")).String()}
	}
	room := max(h-2-len(foot), 1)
	d.top = max(min(d.top, len(rows)-room), 0)
	end := min(d.top+room, len(rows))
	left := len(rows) - end
	d.seen = d.seen || left == 0
	if !d.seen {
		foot = []string{"", keyHint(paint.NewLine(w-4).Gap(1), a.st, text.Lit("pgdn"), text.Format("read on, %d more rows", left)).
			Right(a.st.Accent, text.Lit("esc")).Right(a.st.Dim, text.Lit("  not now ")).String()}
	}
	return paint.Frame(a.st, w, []paint.Span{paint.S(a.st.Strong, d.title)}, append(rows[d.top:end:end], foot...))
}

func (d *askDialog) key(a *App, k tea.KeyPressMsg) tea.Cmd {
	if d.busy(k) {
		return nil
	}
	switch k.String() {
	case "esc":
		a.close(d)
		return nil
	case "pgdown", "down", "space":
		d.top += 8
		return nil
	case "pgup", "up":
		d.top = max(d.top-8, 0)
		return nil
	}
	yes, cmd := d.consent.key(a, k)
	if yes && d.seen && d.standing.Problem == nil {
		cmd = d.yes()
		if !d.asks.busy {
			a.close(d)
		}
	}
	return cmd
}

func (d *askDialog) paste(_ *App, s string) { d.consent.in.insert(s) }

func (d *askDialog) clickAt(*App, int) tea.Cmd { return nil }

func (d *askDialog) wheelBy(_ *App, rows int) { d.top = max(d.top+rows*wheelRows, 0) }

// trusted answers that the repository's code may run from now on.
type trusted struct{}

// askTrust shows what would run before anything runs.
func (a *App) askTrust() tea.Cmd {
	list := make([]text.Safe, len(a.opt.TrustQuestion))
	for i, q := range a.opt.TrustQuestion {
		list[i] = text.Line(q)
	}
	d := &askDialog{
		title:     text.Format("Trust %s?", a.ws.Name()),
		sentences: []text.Safe{text.Lit("Looking at its history and files is safe without it. The answer is remembered for this repository.")},
		list:      list,
	}
	var cmd tea.Cmd
	d.consent, cmd = a.newConsent(text.Lit("trust it and look"), nil, nil)
	d.yes = func() tea.Cmd {
		return ask(a, &a.asks, func(context.Context) (trusted, error) {
			if a.opt.Trust == nil {
				return trusted{}, nil
			}
			return trusted{}, a.opt.Trust()
		})
	}
	a.open(d)
	return cmd
}

func (a *App) trustArrived(m answer[trusted]) tea.Cmd {
	if m.err != nil {
		a.fail(text.Lit("Not trusted"), m.err)
		return nil
	}
	a.opt.Trusted = true
	a.touchEnvironments()
	a.say(text.Lit("trusted; looking at what is live"))
	return a.observeAll()
}

// judged answers the change after an approval, or after it was given up.
type judged struct {
	change model.Change
	done   string
}

// askAbandon asks whether a change is to be given up.
func (a *App) askAbandon() tea.Cmd {
	c := *a.change.selected()
	d := &askDialog{
		title:     text.Format("Give up “%s”?", c.Title),
		sentences: []text.Safe{text.Format("%s for %s is given up, and its approvals with it.", c.ID, c.Environment), text.Lit("What is live stays as it is. The record of it stays too.")},
	}
	var cmd tea.Cmd
	d.does, d.of = text.Lit("give up"), &c
	d.consent, cmd = a.newConsent(text.Lit("give it up"), nil, nil)
	d.yes = func() tea.Cmd {
		return begin(a, &d.recording, func(ctx context.Context) (judged, error) {
			c, err := a.ws.Abandon(ctx, c.ID, "given up on the screen")
			return judged{c, "given up"}, err
		})
	}
	a.open(d)
	return tea.Batch(cmd, d.look(a, c.Environment))
}

// leaveDialog asks before plumb is left with a run under way.
type leaveDialog struct{ askDialog }

func (d *leaveDialog) key(a *App, k tea.KeyPressMsg) tea.Cmd {
	if k.String() == "esc" {
		a.close(d)
		return nil
	}
	yes, cmd := d.consent.key(a, k)
	if yes {
		a.close(d)
		return a.stopAndLeave()
	}
	return cmd
}

func (a *App) askLeave() tea.Cmd {
	for _, d := range a.dialogs {
		if _, ok := d.(*leaveDialog); ok {
			return nil
		}
	}
	d := &leaveDialog{askDialog{
		title: text.Lit("A run is under way"),
		sentences: []text.Safe{
			text.Format("%s → %s: %d of %d steps are done.", a.run.change.ID, a.run.change.Environment, a.run.ended(), len(a.run.steps)),
			text.Lit("Leaving asks the engine to stop after what it is doing now, waits for that, and then leaves. What was done stays done and is on record."),
		},
	}}
	var cmd tea.Cmd
	d.consent, cmd = a.newConsent(text.Lit("stop and leave (or ctrl+c again)"), nil, nil)
	a.open(d)
	return cmd
}

// stopAndLeave ends the run, and the program after it.
func (a *App) stopAndLeave() tea.Cmd {
	if !a.run.under() {
		return tea.Quit
	}
	a.leaving = true
	a.show(action.Run)
	return a.run.askStop(a)
}
