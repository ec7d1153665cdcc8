package headless

import (
	"fmt"
	"strings"

	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/text"
)

// Status prints an environment per paragraph: where it stands, what of each target is not in
// sync, and a closing line with the counts.
func (t Text) Status(s Status) error {
	p := t.page()
	for i, o := range s.Environments {
		if i > 0 {
			p.WriteString("\n")
		}
		t.observation(p, o, s.All)
	}
	return t.print(p)
}

func (t Text) observation(p *page, o workspace.Observation, all bool) {
	p.line("%s  %s", t.environment(o.Environment), t.standing(o))
	for _, h := range o.Holds {
		p.line("  %s", t.hold(h, ""))
	}
	for _, target := range o.Targets {
		t.target(p, target, all)
	}
	p.line("  %s", t.closing(o))
}

// standing says at which revision the environment is and which one git wants.
func (t Text) standing(o workspace.Observation) string {
	switch {
	case o.Tracked == "" && o.Branch == "":
		return paint(t.Styles.Warning, "not looked at")
	case o.Tracked == "":
		return paint(t.Styles.Warning, "git has no commit yet on "+branchName(o.Branch))
	}
	var parts []string
	switch {
	case o.Applied == "":
		parts = append(parts, "at an unknown revision, git wants "+o.Tracked.Short())
	case o.Applied == o.Tracked || len(o.Pending) == 0:
		parts = append(parts, "at "+o.Applied.Short())
	default:
		parts = append(parts, "at "+o.Applied.Short()+", git wants "+o.Tracked.Short())
	}
	if n := len(o.Pending); n > 0 {
		parts = append(parts, paint(t.Styles.Pending, count(n, "commit")+" pending"))
	}
	if o.Source == workspace.AppliedInferred {
		parts = append(parts, "revision inferred from what is live")
	}
	if o.Environment.ReadOnly {
		parts = append(parts, "read-only")
	}
	return strings.Join(parts, " · ")
}

func branchName(ref string) string { return line(strings.TrimPrefix(ref, "refs/heads/")) }

func (t Text) target(p *page, o workspace.TargetObservation, all bool) {
	about := []string{line(o.Target.Provider), "checked " + ago(t.Now, o.CheckedAt), count(len(o.Resources), "resource")}
	p.line("  %s  %s", line(o.Target.Name), paint(t.Styles.Dim, strings.Join(about, " · ")))
	if o.Err != nil {
		p.line("    %s", paint(t.Styles.Bad, "? unknown  "+oneLine(text.Error(o.Err))))
	}
	var shown []model.Resource
	var addresses []string
	for _, r := range o.Resources {
		if all || r.Status != model.InSync {
			shown = append(shown, r)
			addresses = append(addresses, line(string(r.Address)))
		}
	}
	width := widest(48, addresses)
	for i, r := range shown {
		word := paint(t.statusStyle(r.Status), statusSign(r.Status)+" "+pad(string(r.Status), len(model.InSync)))
		p.line("    %s  %s  %s", word, pad(addresses[i], width), paint(t.Styles.Dim, oneLine(r.Reason)))
	}
}

// oneLine joins the lines of a text.
func oneLine(s text.Safe) string { return strings.Join(strings.Fields(s.String()), " ") }

// closing counts the statuses, the worst first.
func (t Text) closing(o workspace.Observation) string {
	var parts []string
	total := 0
	for _, target := range o.Targets {
		total += len(target.Resources)
		if target.Err != nil {
			parts = append(parts, paint(t.Styles.Bad, line(target.Target.Name)+" could not be checked"))
		}
	}
	for _, s := range []model.Status{model.Unknown, model.Missing, model.Drifted, model.Extra, model.Pending} {
		if n := o.Count(s); n > 0 {
			parts = append(parts, paint(t.statusStyle(s), fmt.Sprintf("%d %s", n, s)))
		}
	}
	n := o.Count(model.InSync)
	switch {
	case total == 0 && len(parts) == 0:
		return "nothing to check: no target has any resource"
	case len(parts) == 0:
		return paint(t.Styles.Good, fmt.Sprintf("✓ all in sync: %s", count(n, "resource")))
	case n > 0:
		parts = append(parts, fmt.Sprintf("%d %s", n, model.InSync))
	}
	return strings.Join(parts, ", ")
}
