package ui

import (
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/policy"
	"plumb/model/text"
	"plumb/themes"
	"plumb/ui/action"
	"plumb/ui/paint"
)

// The width of dialogs that show plans.
const wideDialog = 112

// draftDialog shows what a change would do before it exists: every step with its undo class. Sealing
// it needs a reason. Nothing is changed by it; the change is judged and applied later.
type draftDialog struct {
	req     workspace.Request
	draft   *workspace.Draft
	err     error
	reason  input
	name    input
	naming  bool       // The title has the keys, and not the reason.
	staged  bool       // It is of all that is staged.
	commit  model.Hash // It is of the parts of this commit that are staged.
	top     int
	page    int // Rows that pgdn goes on by.
	rows    int // How many rows there are to scroll, as last drawn.
	sealing bool
}

// drafted is a draft that was worked out; sealed is the change that it became.
type (
	drafted struct{ draft *workspace.Draft }
	sealed  struct{ change model.Change }
)

// draft works out what a request would do, in the current environment.
func (a *App) draft(req workspace.Request) tea.Cmd {
	e := a.env()
	req.Environment = e.Name
	a.open(&draftDialog{req: req, staged: !e.stage.isEmpty() && (req.Kind == model.Restore || req.Kind == model.Adopt)})
	return ask(a, &a.asks, func(ctx context.Context) (drafted, error) {
		d, err := a.ws.Draft(ctx, req)
		return drafted{d}, err
	})
}

// rollBack takes back the selected commit, or the selected change.
func (a *App) rollBack() tea.Cmd {
	if s, ok := a.diff.subject.(commitSubject); ok && a.scope() == action.Diff {
		if picked := a.diff.partsOf(a); len(picked) > 0 {
			return a.takeBackParts(s.commit, picked)
		}
		return a.draft(workspace.Request{Kind: model.Rollback, Subject: string(s.commit.Hash)})
	}
	if a.view != action.Run && a.shape.focus != action.Change {
		return a.draft(workspace.Request{Kind: model.Rollback, Subject: a.revision("")})
	}
	c := a.change.selected()
	if a.view == action.Run {
		c = a.run.changed(a)
	}
	// Going to another environment sorts the changes anew, and c would be another one.
	req := workspace.Request{Kind: model.Rollback, Subject: string(c.ID)}
	for i, e := range a.envs {
		if e.Name == c.Environment && i != a.current {
			return tea.Batch(a.goTo(i), a.draft(req))
		}
	}
	return a.draft(req)
}

// drafting is the dialog that waits for a draft, or shows one.
func (a *App) drafting() *draftDialog {
	for _, d := range a.dialogs {
		if d, ok := d.(*draftDialog); ok {
			return d
		}
	}
	return nil
}

func (a *App) draftArrived(m answer[drafted]) tea.Cmd {
	if d := a.drafting(); d != nil {
		d.draft, d.err = m.value.draft, m.err
		if d.draft != nil {
			d.name.set(d.draft.Change.Title.String())
		}
	}
	return nil
}

func (a *App) sealArrived(m answer[sealed]) tea.Cmd {
	d := a.drafting()
	if m.err != nil {
		if d != nil {
			d.sealing = false
		}
		a.fail(text.Lit("Not sealed"), m.err)
		return nil
	}
	c := m.value.change
	var cmd tea.Cmd
	if e := a.envNamed(c.Environment); e != nil && d != nil {
		if d.staged {
			e.stage.clear()
		} else if i := e.stage.commit(d.commit); i >= 0 {
			e.stage.drop(i)
		}
		cmd = a.restaged(e)
	}
	if d != nil {
		a.close(d)
	}
	a.shape.wide = false
	cmd = tea.Batch(cmd, a.change.put(a, c), a.history.load(a))
	focus := a.focus(action.Change)
	a.change.choose(c.ID)
	a.say(a.nextFor(c, "sealed"))
	return tea.Batch(cmd, focus, a.showSelected())
}

// nextFor says what was done to a change, and what it needs next.
func (a *App) nextFor(c model.Change, done string) text.Safe {
	e := a.envNamed(c.Environment)
	if e == nil {
		return text.Format("%s is %s", c.ID, done)
	}
	facts := a.facts(e, withoutMissing(c))
	why := unmet(policy.Decide(facts))
	switch {
	case c.State == model.Approved || why == "":
		return text.Format("%s is %s: A applies it", c.ID, done)
	case policy.NeedsApprovals(facts) && policy.MayApprove(facts, a.ws.Self()) == nil:
		return text.Format("%s is %s and waits: %s. a approves it", c.ID, done, why)
	}
	return text.Format("%s is %s and waits: %s", c.ID, done, why)
}

func (d *draftDialog) width(*App) int { return wideDialog }

func (d *draftDialog) title(a *App) []paint.Span {
	st := a.st
	name := text.Line(string(d.req.Kind))
	if d.staged {
		name = text.Lit("what is staged")
	}
	if d.draft != nil {
		name = shortTitle(a, d.draft.Change.Title)
	}
	spans := []paint.Span{paint.S(st.Strong, text.Lit("Draft  ").Plus(name)), paint.S(st.Dim, text.Lit("  for "))}
	return append(spans, envSpan(a, d.req.Environment))
}

// shortTitle is a title that leaves room beside it in the head of a dialog for what must not be missed: the environment.
func shortTitle(a *App, title text.Safe) text.Safe {
	const besides = 44
	return title.Truncate(max(min(wideDialog, a.width)-besides, 12), "…")
}

// envSpan is an environment's name in its colour, production's in capitals.
func envSpan(a *App, name string) paint.Span {
	e := a.envNamed(name)
	switch {
	case e == nil:
		return paint.S(a.st.Strong, text.Line(name))
	case e.Production:
		return paint.S(e.style.Bar, text.Line(" "+strings.ToUpper(name)+" "))
	}
	return paint.S(e.style.Text.Bold(), text.Line(name))
}

func (d *draftDialog) draw(a *App, w, h int) []string {
	st := a.st
	in := w - 4
	esc := paint.NewLine(in).Right(st.Accent, text.Lit("esc")).Right(st.Dim, text.Lit("  not now ")).String()
	switch {
	case d.err != nil:
		return box(st, w, h, d.title(a), failure(st, in, d.err), []string{"", esc})
	case d.draft == nil:
		words := paint.NewLine(in).Gap(1)
		if a.slow(&a.asks) {
			words.Add(st.Accent, spinner(a)).Gap(1)
		}
		return box(st, w, h, d.title(a), []string{"", words.Add(st.Dim, text.Lit("working out what would happen …")).String()}, []string{"", esc})
	}
	c := d.draft.Change
	rows := d.summary(a, in)
	rows = append(rows, planRows(a, in, c.Plans)...)
	foot := d.foot(a, in)
	room := max(h-2-len(foot), 1)
	d.page = max(room-2, 1)
	d.rows = len(rows)
	d.top = max(min(d.top, len(rows)-room), 0)
	if len(rows) > room {
		end := min(d.top+room-1, len(rows))
		left := len(rows) - end
		rows = append(slices.Clone(rows[d.top:end]), paint.NewLine(in).Gap(1).Add(st.Dim, text.Format("⋯ %d more rows, pgdn", left)).String())
	}
	return box(st, w, h, d.title(a), rows, foot)
}

// summary says in a few rows what the change is: counts, deletions first, and what it means for git.
func (d *draftDialog) summary(a *App, w int) []string {
	st := a.st
	c := d.draft.Change
	undo := c.Undo()
	l := paint.NewLine(w).Gap(1).Spans(tally(st, c.Count)...)
	if c.Steps() > 0 {
		l.Gap(4).Add(st.Dim, text.Lit("undo ")).Add(undoStyle(st, undo.Class).Bold(), text.Line(undo.Class.String()))
	}
	rows := append([]string{""}, reasoned(st, l, w, undo.Reason)...)
	if c.Kind == model.Adopt && c.Steps() == 0 {
		l = paint.NewLine(w).Gap(1).Add(st.Text, text.Format("nothing is written in %s: git takes over what is live", c.Environment))
		rows = []string{"", l.String()}
	}
	if len(c.Commits) > 0 {
		what := text.Format("brings %s", plural(len(c.Commits), "commit"))
		if c.Onto != "" {
			what = text.Format("writes a commit onto %s", strings.TrimPrefix(c.Onto, "refs/heads/"))
		}
		rows = append(rows, paint.NewLine(w).Gap(1).Add(st.Dim, what).Add(st.Faint, text.Format("  %s", hashes(c.Commits, 6))).String())
	}
	for _, n := range d.draft.Notes {
		rows = append(rows, wrapped(st.Warning, w, 1, text.Lit("! ").Plus(n))...)
	}
	if c.Kind == model.Rollback {
		rows = append(rows, backRows(a, w, c)...)
	}
	return append(rows, "")
}

// reasoned ends a row with a reason, or puts it below where the row has no room for all of it.
func reasoned(st themes.Styles, l *paint.Line, w int, reason string) []string {
	r := text.Line(reason)
	if r.Width()+2 <= l.Free() {
		return []string{l.Gap(2).Add(st.Dim, r).String()}
	}
	return append([]string{l.String()}, wrapped(st.Dim, w, 2, r)...)
}

// hashes are the first so many hashes, short.
func hashes(ids []model.Hash, most int) string {
	var list []string
	for i, id := range ids {
		if i == most {
			list = append(list, "…")
			break
		}
		list = append(list, id.Short())
	}
	return strings.Join(list, " ")
}

// backRows say what comes back and what does not: the sections of a way back.
func backRows(a *App, w int, c model.Change) []string {
	st := a.st
	rows := []string{""}
	for _, group := range []struct {
		words text.Safe
		class model.UndoClass
	}{
		{text.Lit("comes back exactly"), model.UndoClean},
		{text.Lit("with an interruption"), model.UndoDisruptive},
		{text.Lit("does NOT come back"), model.UndoLossy},
		{text.Lit("cannot be undone again"), model.UndoFinal},
		{text.Lit("unknown"), model.UndoUnknown},
	} {
		var names []string
		for _, p := range c.Plans {
			for _, s := range p.Steps {
				if s.Undo.Class == group.class {
					names = append(names, string(s.Address))
				}
			}
		}
		if len(names) == 0 {
			continue
		}
		rows = append(rows, paint.NewLine(w).Gap(1).AddColumn(undoStyle(st, group.class), group.words, 24).
			AddNumber(st.Text, text.Line(thousands(len(names))), 3).Gap(3).Add(st.Dim, text.Line(strings.Join(names, ", "))).String())
	}
	return append(rows, paint.NewLine(w).Gap(1).AddColumn(st.Dim, text.Lit("afterwards"), 30).
		Add(st.Dim, text.Format("a hold on %s, so that nothing puts back what was taken back", c.Environment)).String())
}

// planRows lists every step of plans, by target, with its undo class and the reason for that.
func planRows(a *App, w int, plans []model.PlanRef) []string {
	st := a.st
	wide := 16
	for _, p := range plans {
		for _, s := range p.Steps {
			wide = max(wide, text.Line(string(s.Address)).Width())
		}
	}
	wide = min(wide, w/2)
	var rows []string
	for _, p := range plans {
		l := paint.NewLine(w).Gap(1).Add(st.Strong, text.Line(p.Target)).Add(st.Dim, text.Format("  %s", p.Provider))
		if p.Coverage.Predicted < p.Coverage.Total {
			l.Add(st.Warning, text.Format("  %d of %d could be foreseen", p.Coverage.Predicted, p.Coverage.Total))
		}
		rows = append(rows, l.Right(st.Faint, text.Format("plan %s ", p.Digest.Short())).String())
		if len(p.Places) > 0 {
			rows = append(rows, wrapped(st.Dim, w, 2, text.Line(strings.Join(p.Places, " · ")))...)
		}
		steps := slices.Clone(p.Steps)
		slices.SortStableFunc(steps, func(x, y model.StepRef) int { return weight(x.Action) - weight(y.Action) })
		for _, s := range steps {
			l := paint.NewLine(w).Gap(2).Add(actionStyle(st, s.Action), text.Format("%s %-8s", s.Action.Sign(), s.Action))
			l.AddColumn(st.Text, text.Line(string(s.Address)).TruncateLeft(wide, "…"), wide).Gap(2)
			l.Add(st.Dim, text.Lit("undo ")).AddColumn(undoStyle(st, s.Undo.Class), text.Line(s.Undo.Class.String()), 10).Gap(1)
			reason := text.Line(s.Undo.Reason)
			switch {
			case s.Undo.Class == model.UndoClean && !s.Undo.LockOut:
				// What is clean is so for the same reason everywhere, and the first rows say it.
				rows = append(rows, l.String())
			case reason.Width() <= l.Free():
				rows = append(rows, l.Add(st.Dim, reason).String())
			default:
				rows = append(rows, l.String())
				rows = append(rows, wrapped(st.Dim, w, 12, reason)...)
			}
			if s.Undo.LockOut {
				rows = append(rows, paint.NewLine(w).Gap(12).Add(st.Bad, text.Lit("! can lock you out of the host")).String())
			}
			if s.Drifted && s.Action != model.Create {
				rows = append(rows, paint.NewLine(w).Gap(12).Add(st.Warning, text.Lit("a hand-made state goes")).String())
			}
			if len(s.Effects) > 0 {
				rows = append(rows, paint.NewLine(w).Gap(12).Add(st.Faint, text.Line(strings.Join(s.Effects, "  ·  "))).String())
			}
		}
		for _, b := range p.Coverage.Blind {
			rows = append(rows, paint.NewLine(w).Gap(2).Add(st.Warning, text.Lit("? ")).Add(st.Text, text.Line(b)).String())
		}
	}
	return rows
}

// weight puts deletions first.
func weight(a model.Action) int {
	return map[model.Action]int{model.Delete: 0, model.Replace: 1, model.Update: 2, model.Create: 3}[a]
}

func (d *draftDialog) foot(a *App, w int) []string {
	st := a.st
	name := paint.NewLine(w).Gap(1).Add(st.Dim, text.Lit("title  "))
	reason := paint.NewLine(w).Gap(1).Add(st.Dim, text.Lit("reason "))
	if d.naming {
		d.name.draw(name, st, w-10, text.Lit("what it does, in a few words"))
		reason.AddTrunc(st.Text, text.Line(d.reason.value()), w-10)
	} else {
		name.AddTrunc(st.Text, text.Line(d.name.value()), w-10)
		d.reason.draw(reason, st, w-10, text.Lit("why, for those who read it later"))
	}
	keys := paint.NewLine(w).Gap(1)
	switch {
	case d.sealing:
		keys.Add(st.Dim, text.Lit("sealing …"))
	case strings.TrimSpace(d.reason.value()) == "":
		keys.Add(st.Faint, text.Lit("ctrl+y  seal it — a reason is missing"))
	default:
		keyHint(keys, st, text.Lit("ctrl+y"), text.Lit("seal it; nothing is changed yet"))
	}
	other := text.Lit("  title   ")
	if d.naming {
		other = text.Lit("  reason   ")
	}
	keys.Right(st.Accent, text.Lit("tab")).Right(st.Dim, other)
	keys.Right(st.Accent, text.Lit("esc")).Right(st.Dim, text.Lit("  not now "))
	return []string{"", name.String(), reason.String(), "", keys.String()}
}

func (d *draftDialog) key(a *App, k tea.KeyPressMsg) tea.Cmd {
	switch k.String() {
	case "esc":
		if !d.sealing {
			a.asks.drop()
			a.close(d)
		}
	case "ctrl+y":
		return d.seal(a)
	case "tab", "shift+tab":
		d.naming = d.draft != nil && !d.naming
	case "pgdown":
		d.top += d.page
	case "down":
		d.top++
	case "pgup":
		d.top = max(d.top-d.page, 0)
	case "up":
		d.top = max(d.top-1, 0)
	default:
		if d.draft != nil && !d.sealing {
			d.typed().key(k)
		}
	}
	return nil
}

func (d *draftDialog) paste(_ *App, s string) {
	if d.draft != nil {
		d.typed().insert(s)
	}
}

// typed is the line that has the keys.
func (d *draftDialog) typed() *input {
	if d.naming {
		return &d.name
	}
	return &d.reason
}

func (d *draftDialog) clickAt(*App, int) tea.Cmd { return nil }

func (d *draftDialog) wheelBy(_ *App, rows int) { d.top = max(d.top+rows*wheelRows, 0) }

func (d *draftDialog) seal(a *App) tea.Cmd {
	reason := strings.TrimSpace(d.reason.value())
	if d.draft == nil || d.sealing || reason == "" {
		return nil
	}
	if err := d.draft.Rename(d.name.value()); err != nil {
		a.fail(text.Lit("Not sealed"), err)
		return nil
	}
	d.sealing = true
	draft := d.draft
	return ask(a, &a.asks, func(ctx context.Context) (sealed, error) {
		c, err := a.ws.Seal(context.WithoutCancel(ctx), draft, reason)
		return sealed{c}, err
	})
}
