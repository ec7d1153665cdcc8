package headless

import (
	"fmt"
	"strings"

	"plumb/model"
	"plumb/themes"
)

// news marks a change that came since the operator last looked.
func (t Text) news(c model.Change) string {
	if !c.New {
		return ""
	}
	return paint(t.Styles.Accent, "● new") + "  "
}

// Change prints all that a person needs to judge a change: what it is, each step
// with its undo class and why, what the rules say, and what can be done next.
func (t Text) Change(c Change) error {
	p := t.page()
	p.line("%s  %s", paint(t.Styles.Strong, line(string(c.ID))), paint(t.stateStyle(c.State), string(c.State)))
	if c.Note != "" {
		p.line("  %s", paint(t.Styles.Warning, line(c.Note)))
	}
	if c.Glass != "" {
		p.line("  %s", paint(t.Styles.Bad, "! "+line(c.Glass)))
	}
	t.about(p, c.Change)
	for _, n := range c.Notes {
		p.line("  %s", paint(t.Styles.Warning, "! "+oneLine(n)))
	}
	for _, plan := range c.Plans {
		p.WriteString("\n")
		t.plan(p, plan)
	}
	if len(c.Plans) == 0 {
		p.line("\n  no steps: only git changes")
	}
	if len(c.Diffs) > 0 {
		p.WriteString("\n")
		for _, f := range c.Diffs {
			t.file(p, f, around)
		}
	}
	if len(c.Rules) > 0 {
		p.WriteString("\n")
	}
	for _, r := range c.Rules {
		sign := paint(t.Styles.Good, "✓")
		if !r.OK {
			sign = paint(t.Styles.Bad, "✗")
		}
		p.line("  %s %s", sign, line(r.Text))
		if r.Missing != "" {
			from := ""
			if len(r.WhoCould) > 0 {
				from = ", from " + line(strings.Join(r.WhoCould, ", "))
			}
			p.line("    %s", paint(t.Styles.Dim, "missing: "+line(r.Missing)+from))
		}
	}
	for _, r := range c.Checks {
		t.check(p, "    ", r)
		t.findings(p, "      ", r.Findings)
	}
	for i, next := range c.Next {
		label := "next"
		if i > 0 {
			label = ""
		} else {
			p.WriteString("\n")
		}
		p.line("  %s%s", pad(label, 11), next)
	}
	return t.print(p)
}

func (t Text) about(p *page, c model.Change) {
	row := func(name, value string) {
		if value != "" {
			p.line("  %s%s", paint(t.Styles.Dim, pad(name, 11)), value)
		}
	}
	row("what", oneLine(c.Title))
	row("where", line(c.Environment))
	row("why", oneLine(c.Reason))
	for i, pick := range c.Picks {
		row(map[bool]string{true: "picked"}[i == 0], pickWords(c, pick))
	}
	row("author", principal(c.Author)+", "+c.SealedAt.Local().Format("2006-01-02 15:04"))
	row("git", gitPart(c))
	row("undo", t.undo(c.Undo()))
	var people []string
	for _, a := range c.Approvals {
		who := principal(a.By)
		if a.Key != "" {
			who += ", signed with " + a.Key
		}
		if a.Void != "" {
			who += " (void: " + line(a.Void) + ")"
		} else if !a.Expires.IsZero() {
			who += " (expires " + a.Expires.Local().Format("2006-01-02 15:04") + ")"
		}
		people = append(people, who)
	}
	row("approved", strings.Join(people, "; "))
	people = nil
	for _, r := range c.Refusals {
		who := principal(r.By) + ": " + oneLine(r.Why)
		if r.Void != "" {
			who += " (void: " + line(r.Void) + ")"
		}
		people = append(people, who)
	}
	row("refused", strings.Join(people, "; "))
	row("run", line(string(c.Run)))
	row("digest", line(string(c.Digest)))
}

// pickWords are one of the things that a change was composed of.
func pickWords(c model.Change, pick model.Pick) string {
	words := string(pick.Verb) + " " + line(pick.What)
	parts := 0
	switch pick.Verb {
	case model.Revert:
		words = string(pick.Verb) + " " + model.Hash(pick.What).Short()
		for _, path := range pick.Paths {
			words += ", " + line(path)
		}
		for _, p := range pick.Parts {
			words += ", " + count(len(p.Blocks), "part") + " of " + line(p.Address)
		}
	case model.EditFiles:
		words += fmt.Sprintf(", +%d -%d", pick.Added, pick.Removed)
	default:
		for _, p := range c.Parts {
			if p.Address == pick.What {
				parts += len(p.Blocks)
			}
		}
	}
	if parts > 0 {
		words += ", " + count(parts, "part")
	}
	return words
}

// gitPart says what happens in git.
func gitPart(c model.Change) string {
	switch {
	case c.Onto != "":
		return fmt.Sprintf("%s goes onto %s when it is applied", count(len(c.Commits), "new commit"), branchName(c.Onto))
	case c.Kind == model.Deploy && len(c.Commits) > 0:
		return fmt.Sprintf("%s, to %s", count(len(c.Commits), "commit"), c.Revision.Short())
	case c.Revision != "":
		return "stays as it is, at " + c.Revision.Short()
	}
	return ""
}

func principal(p model.Principal) string {
	if p.Email.IsEmpty() {
		return oneLine(p.Name)
	}
	return oneLine(p.Name) + " <" + oneLine(p.Email) + ">"
}

func (t Text) undo(u model.Undo) string {
	s := paint(t.undoStyle(u.Class), u.Class.String())
	if u.Reason != "" {
		s += ": " + line(u.Reason)
	}
	return s
}

func (t Text) undoStyle(c model.UndoClass) themes.Style {
	switch c {
	case model.UndoClean:
		return t.Styles.Good
	case model.UndoDisruptive:
		return t.Styles.Warning
	}
	return t.Styles.Bad
}

func (t Text) stateStyle(s model.ChangeState) themes.Style {
	switch s {
	case model.Applied, model.Approved:
		return t.Styles.Good
	case model.Sealed, model.Applying:
		return t.Styles.Pending
	case model.Abandoned:
		return t.Styles.Dim
	}
	return t.Styles.Bad
}

func (t Text) plan(p *page, plan model.PlanRef) {
	var counts []string
	for _, a := range []model.Action{model.Delete, model.Replace, model.Update, model.Create} {
		if n := (model.Change{Plans: []model.PlanRef{plan}}).Count(a); n > 0 {
			counts = append(counts, fmt.Sprintf("%d to %s", n, a))
		}
	}
	p.line("  %s  %s  %s", paint(t.Styles.Strong, line(plan.Target)), paint(t.Styles.Dim, line(plan.Provider)), strings.Join(counts, ", "))
	for _, place := range plan.Places {
		p.line("    %s", paint(t.Styles.Dim, line(place)))
	}
	for _, s := range plan.Steps {
		head := fmt.Sprintf("%s %s  %s", s.Action.Sign(), pad(string(s.Action), len(model.Replace)), line(string(s.Address)))
		p.line("    %s", paint(t.actionStyle(s.Action), head))
		p.line("      undo %s", t.undo(s.Undo))
		if s.Undo.LockOut {
			p.line("      %s", paint(t.Styles.Bad, "! can lock you out of the host"))
		}
		if s.Drifted {
			p.line("      %s", paint(t.Styles.Warning, "! replaces a state that was made by hand"))
		}
		for _, e := range s.Effects {
			p.line("      %s", line(e))
		}
	}
	if plan.Coverage.Predicted != plan.Coverage.Total {
		p.line("    %s", paint(t.Styles.Warning, fmt.Sprintf("! %d of %d could be foreseen", plan.Coverage.Predicted, plan.Coverage.Total)))
		for _, b := range plan.Coverage.Blind {
			p.line("      %s", line(b))
		}
	}
}

func (t Text) actionStyle(a model.Action) themes.Style {
	switch a {
	case model.Create:
		return t.Styles.Added
	case model.Delete, model.Replace:
		return t.Styles.Removed
	}
	return t.Styles.Drifted
}

// Changes prints a change per line, newest first.
func (t Text) Changes(list []model.Change) error {
	p := t.page()
	if len(list) == 0 {
		p.line("no changes")
	}
	var ids, states, envs []string
	for _, c := range list {
		ids, states, envs = append(ids, line(string(c.ID))), append(states, string(c.State)), append(envs, line(c.Environment))
	}
	for i, c := range list {
		p.line("%s  %s  %s  %s  %s", pad(ids[i], widest(40, ids)), paint(t.stateStyle(c.State), pad(states[i], widest(20, states))),
			pad(envs[i], widest(20, envs)), paint(t.Styles.Dim, day(c.SealedAt)), t.news(c)+oneLine(c.Title))
	}
	return t.print(p)
}
