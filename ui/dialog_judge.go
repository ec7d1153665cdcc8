package ui

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/policy"
	"plumb/model/text"
	"plumb/ui/paint"
)

// judgeDialog is where a change is approved or applied. Before it asks, its plan is derived
// again, so that what is judged is what reality says now, and the checks that have no result yet are run.
type judgeDialog struct {
	change  model.Change
	approve bool // Approve it; otherwise apply it.
	review  *workspace.Review
	checked bool                 // The checks have come to their end.
	began   map[string]time.Time // When each of the checks that are running began.

	recording
	failed  error // Why it cannot be judged.
	consent consent
	top     int
	page    int // Rows that pgdn goes on by.
}

// reviewStep is what is known on the way: the change's plan as reality gives it now, then what happens to its checks.
type reviewStep struct {
	review *workspace.Review
	event  model.CheckEvent
}

// reviewFound is the plan, with all checks, and how the operator can sign.
type reviewFound struct {
	review   workspace.Review
	standing workspace.Standing
}

type reviewPart = part[reviewStep, reviewFound]

// judge opens the dialog for the selected change.
func (a *App) judge(approve bool) tea.Cmd {
	c := *a.change.selected()
	a.open(&judgeDialog{change: c, approve: approve})
	return follow(a, &a.asks, whileAsked, func(ctx context.Context, emit func(reviewStep)) (reviewFound, error) {
		r, err := a.ws.Review(ctx, c)
		if err != nil {
			return reviewFound{}, err
		}
		standing, err := a.ws.Standing(ctx, c.Environment)
		if err != nil || !r.Holds || !lacksChecks(r.Checks) {
			return reviewFound{r, standing}, err
		}
		first := r
		emit(reviewStep{review: &first})
		results, err := a.ws.RunChecks(ctx, c, func(e model.CheckEvent) { emit(reviewStep{event: e}) })
		r.Checks, r.Rules, r.Applied = results, withChecks(r.Rules, results), withChecks(r.Applied, results)
		return reviewFound{r, standing}, err
	})
}

func (d *judgeDialog) record() *recording { return &d.recording }

func (a *App) judging() *judgeDialog {
	for _, d := range a.dialogs {
		if d, ok := d.(*judgeDialog); ok {
			return d
		}
	}
	return nil
}

func (a *App) reviewArrived(m reviewPart) tea.Cmd {
	d := a.judging()
	if d == nil {
		return m.next
	}
	for _, s := range m.items {
		d.step(a, s)
	}
	if !m.done {
		return m.next
	}
	if m.err != nil {
		d.failed = m.err
		return nil
	}
	ran := d.review != nil
	d.review, d.checked, d.standing = &m.result.review, true, m.result.standing
	verb := text.Lit("apply it")
	if d.approve {
		verb = text.Lit("approve it")
	}
	var cmd tea.Cmd
	if d.glass() {
		verb = text.Lit("break the glass")
	}
	d.consent, cmd = a.newConsent(verb, a.envNamed(d.change.Environment), d.change.Plans)
	if d.glass() {
		d.consent.word, d.consent.glass = d.change.Environment, true
	}
	if ran {
		cmd = tea.Batch(cmd, a.change.load(a)) // The pane shows their results, too.
	}
	return cmd
}

// step takes in what is known on the way.
func (d *judgeDialog) step(a *App, s reviewStep) {
	if s.review != nil {
		d.review = s.review
		return
	}
	if s.event.Result.State == model.CheckRunning {
		if d.began == nil {
			d.began = map[string]time.Time{}
		}
		d.began[checkKey(s.event.Result)] = a.now()
	}
	for i, r := range d.review.Checks {
		if r.Name == s.event.Result.Name && r.Environment == s.event.Result.Environment {
			d.review.Checks[i] = s.event.Result
		}
	}
	d.review.Rules, d.review.Applied = withChecks(d.review.Rules, d.review.Checks), withChecks(d.review.Applied, d.review.Checks)
}

// checkKey tells the checks of a change apart.
func checkKey(r model.CheckResult) string { return r.Environment + " " + r.Name }

// lasted is how long a check took, or has been running for; empty where nobody waited for it.
func (d *judgeDialog) lasted(a *App, r model.CheckResult) text.Safe {
	switch began, waited := d.began[checkKey(r)]; {
	case !waited:
		return text.Safe{}
	case r.State == model.CheckRunning:
		so := a.now().Sub(began)
		if so < time.Minute {
			return text.Format("%d s", int(so.Seconds()))
		}
		return took(so)
	}
	return took(r.Took)
}

// waiting says how many checks have ended, and which are running.
func (d *judgeDialog) waiting() text.Safe {
	ended := 0
	var running []string
	for _, r := range d.review.Checks {
		switch _, ran := d.began[checkKey(r)]; {
		case r.State == model.CheckRunning:
			running = append(running, r.Name)
		case ran:
			ended++
		}
	}
	words := text.Lit("waiting for the checks …")
	if len(running) > 0 {
		words = text.Format("waiting for the checks: %s …", strings.Join(running, ", "))
	}
	if ended > 0 {
		words = words.Plus(text.Format("  %d ended", ended))
	}
	return words
}

// judgeArrived takes in a change that was approved or given up.
func (a *App) judgeArrived(m answer[judged]) tea.Cmd {
	a.ended(m.to, m.err)
	if m.err != nil {
		return a.change.load(a) // It may be void by now.
	}
	c := m.value.change
	if m.value.done == "approved" {
		a.say(a.nextFor(c, m.value.done))
	} else {
		a.say(text.Format("%s is %s", c.ID, m.value.done))
	}
	cmd := a.change.put(a, c)
	return tea.Batch(cmd, a.showSelected())
}

func (d *judgeDialog) width(*App) int { return wideDialog }

func (d *judgeDialog) draw(a *App, w, h int) []string {
	st := a.st
	in := w - 4
	verb := text.Lit("Apply")
	if d.approve {
		verb = text.Lit("Approve")
	}
	title := []paint.Span{paint.S(st.Strong, text.Format("%s “%s” ", verb, shortTitle(a, d.change.Title))), paint.S(st.Dim, text.Lit("for ")), envSpan(a, d.change.Environment)}
	esc := paint.NewLine(in).Right(st.Accent, text.Lit("esc")).Right(st.Dim, text.Lit("  not now ")).String()
	switch {
	case d.failed != nil:
		return box(st, w, h, title, failure(st, in, d.failed), []string{"", esc})
	case d.review == nil:
		l := paint.NewLine(in).Gap(1)
		if a.slow(&a.asks) {
			l.Add(st.Accent, spinner(a)).Gap(1)
		}
		return box(st, w, h, title, []string{"", l.Add(st.Dim, text.Lit("looking at reality, and deriving the plan again …")).String()}, []string{"", esc})
	}
	foot := d.facts(a, in)
	switch {
	case !d.checked:
		l := paint.NewLine(in).Gap(1).Add(st.Accent, spinner(a)).Gap(1)
		foot = append(foot, "", l.Add(st.Dim, d.waiting()).String(), esc)
	case d.asks.busy:
		foot = append(foot, d.pending(a, in)...)
	case d.possible() == "" && d.standing.Problem == nil:
		foot = append(append(foot, d.trouble(a, in)...), d.consent.foot(a, in)...)
	case d.possible() == "":
		foot = append(append(foot, d.trouble(a, in)...), "", esc)
	default:
		foot = append(foot, "", paint.NewLine(in).Gap(1).Add(st.Bad, text.Lit("✗ ")).Add(st.Text, text.Line(d.possible())).String(), esc)
	}
	rows := append(d.summary(a, in), checkList{lasted: func(r model.CheckResult) text.Safe { return d.lasted(a, r) }}.rows(a, in, d.review.Checks)...)
	rows = append(rows, planRows(a, in, d.change.Plans)...)
	room := max(h-2-len(foot), 1)
	d.page = max(room-2, 1)
	d.top = max(min(d.top, len(rows)-room), 0)
	if len(rows) > room {
		end := min(d.top+room-1, len(rows))
		rows = append(slices.Clone(rows[d.top:end]), paint.NewLine(in).Gap(1).Add(st.Dim, text.Format("⋯ %d more rows, pgdn", len(rows)-end)).String())
	}
	return box(st, w, h, title, rows, foot)
}

// summary counts what will be done, deletions first, and says whether it can be taken back.
func (d *judgeDialog) summary(a *App, w int) []string {
	st := a.st
	c := d.change
	undo := c.Undo()
	l := paint.NewLine(w).Gap(1).Spans(tally(st, c.Count)...).Gap(4)
	l.Add(st.Dim, text.Lit("undo ")).Add(undoStyle(st, undo.Class).Bold(), text.Line(undo.Class.String()))
	rows := append([]string{""}, reasoned(st, l, w, undo.Reason)...)
	if c.Kind == model.Adopt && c.Steps() == 0 {
		l = paint.NewLine(w).Gap(1).Add(st.Text, text.Format("nothing is written in %s: git takes over what is live", c.Environment))
		rows = []string{"", l.String()}
	}
	l = paint.NewLine(w).Gap(1).Add(st.Dim, text.Lit("“")).Add(st.Text, text.Line(c.Reason.String())).Add(st.Dim, text.Format("”  %s, %s", c.Author.Name, ago(a.now(), c.SealedAt)))
	rows = append(rows, l.String())
	if c.Onto != "" {
		rows = append(rows, paint.NewLine(w).Gap(1).Add(st.Dim, text.Format("git: merges %s into %s first", hashes(c.Commits, 3), strings.TrimPrefix(c.Onto, "refs/heads/"))).String())
	}
	return append(rows, "")
}

// facts say that reality is as it was, which rules are met, and what a yes is bound to.
func (d *judgeDialog) facts(a *App, w int) []string {
	st := a.st
	rows := []string{""}
	l := paint.NewLine(w).Gap(1).AddColumn(st.Dim, text.Lit("rules"), 8)
	for _, r := range d.rules() {
		sign, style := text.Lit("✓ "), st.Good
		if !r.OK {
			sign, style = text.Lit("✗ "), st.Bad
		}
		words := text.Line(r.Text)
		yours := d.approve && !r.OK && r.Name == policy.Approvals && policy.Could(r, a.ws.Self())
		if yours {
			sign, style, words = text.Lit("○ "), st.Pending, words.Plus(text.Lit(", yours comes to that"))
		}
		if l.Used()+words.Width()+2 > w {
			rows = append(rows, l.String())
			l = paint.NewLine(w).Gap(9)
		}
		l.Add(style, sign).Add(st.Text, words).Gap(3)
		if !r.OK && !yours && r.Missing != "" {
			rows = append(rows, l.String(), paint.NewLine(w).Gap(11).Add(st.Dim, missing(r)).String())
			l = paint.NewLine(w).Gap(9)
		}
	}
	rows = append(rows, l.String())
	if d.glass() {
		words := text.Lit("the glass can be broken: these rules are overruled, and your reason goes on record")
		rows = append(rows, paint.NewLine(w).Gap(9).Add(st.Bad, text.Lit("! ")).Add(st.Text, words).String())
	}
	switch {
	case d.approve:
		return append(rows, d.payload(a, w, text.Lit("approve"), d.change)...)
	case d.standing.Own != "":
		rows = append(rows, d.payload(a, w, text.Lit("apply"), d.change)...)
		return append(rows, paint.NewLine(w).Gap(11).Add(st.Dim, text.Lit("to take it back afterwards: R on the change")).String())
	}
	l = paint.NewLine(w).Gap(1).AddColumn(st.Dim, text.Lit("bound to"), 10)
	l.Add(st.Dim, text.Format("change %s  revision %s", d.change.Digest.Short(), d.change.Revision.Short()))
	back := text.Lit("to take it back afterwards: R on the change")
	if back.Width()+2 > l.Free() {
		rows = append(rows, l.String())
		l = paint.NewLine(w).Gap(9)
	}
	return append(rows, l.Gap(2).Add(st.Dim, back).String())
}

// rules are those that count for what is asked: an approver who applies may not count.
func (d *judgeDialog) rules() []model.Rule {
	if d.approve || d.review.Applied == nil {
		return d.review.Rules
	}
	return d.review.Applied
}

// glass reports whether the change can be applied only by breaking the glass, and the operator may.
func (d *judgeDialog) glass() bool {
	return !d.approve && d.review.Holds && d.review.Glass && unmet(d.rules()) != ""
}

// missing says what a rule lacks, and who could give it.
func missing(r model.Rule) text.Safe {
	if len(r.WhoCould) == 0 {
		return text.Format("missing: %s", r.Missing)
	}
	return text.Format("missing: %s, from %s", r.Missing, strings.Join(r.WhoCould, ", "))
}

// possible says why the change cannot be approved or applied as it is now; empty when it can.
func (d *judgeDialog) possible() string {
	if !d.review.Holds {
		return "the plan no longer holds: " + d.review.Because
	}
	if d.approve || d.glass() {
		return ""
	}
	return unmet(d.rules())
}

func (d *judgeDialog) key(a *App, k tea.KeyPressMsg) tea.Cmd {
	if d.busy(k) {
		return nil
	}
	switch k.String() {
	case "esc":
		a.asks.drop()
		a.close(d)
		return nil
	case "pgdown":
		d.top += d.page
	case "down":
		d.top++
		return nil
	case "pgup":
		d.top = max(d.top-d.page, 0)
	case "up":
		d.top = max(d.top-1, 0)
		return nil
	}
	if !d.checked || d.possible() != "" || d.standing.Problem != nil {
		return nil
	}
	yes, cmd := d.consent.key(a, k)
	if !yes {
		return cmd
	}
	if !d.approve {
		a.close(d)
		return a.run.apply(a, d.change, d.consent.why())
	}
	id := d.change.ID
	return begin(a, &d.recording, func(ctx context.Context) (judged, error) {
		c, err := a.ws.Approve(ctx, id, nil)
		return judged{c, "approved"}, err
	})
}

func (d *judgeDialog) paste(_ *App, s string) {
	if d.checked {
		d.consent.in.insert(s)
	}
}

func (d *judgeDialog) clickAt(*App, int) tea.Cmd { return nil }

func (d *judgeDialog) wheelBy(_ *App, rows int) { d.top = max(d.top+rows*wheelRows, 0) }
