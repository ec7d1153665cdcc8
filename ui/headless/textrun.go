package headless

import (
	"fmt"
	"strings"
	"time"

	"plumb/model"
	"plumb/model/secret"
	"plumb/model/text"
	"plumb/themes"
)

// Run prints how a run ended and everything that happened in it.
func (t Text) Run(r model.Run) error {
	p := t.page()
	p.line("%s  %s", paint(t.Styles.Strong, line(string(r.ID))), paint(t.outcomeStyle(r.Outcome), outcomeWord(r)))
	if !r.Message.IsEmpty() {
		p.line("  %s", oneLine(r.Message))
	}
	if !r.Glass.IsEmpty() {
		p.line("  %s", paint(t.Styles.Bad, "! "+line(r.Broken())))
	}
	row := func(name, value string) { p.line("  %s%s", paint(t.Styles.Dim, pad(name, 11)), value) }
	row("change", line(string(r.Change)))
	row("where", line(r.Environment))
	row("by", principal(r.By)+" on "+line(r.Host))
	row("started", r.Started.Local().Format("2006-01-02 15:04:05"))
	if !r.Ended.IsZero() {
		row("took", took(r.Ended.Sub(r.Started)))
	}
	if len(r.Events) > 0 {
		p.WriteString("\n")
	}
	for _, e := range r.Events {
		if s := t.event(e); s != "" {
			p.line("  %s", s)
		}
	}
	return t.print(p)
}

// Event prints one line as a run goes on; the beginning of a step is no news of its own.
func (t Text) Event(e model.Event) error {
	p := t.page()
	if s := t.event(e); s != "" {
		p.line("%s", s)
	}
	return t.print(p)
}

// Outcome prints the closing line of a run that was just carried out.
func (t Text) Outcome(r model.Run) error {
	p := t.page()
	s := fmt.Sprintf("%s: run %s of %s", outcomeWord(r), line(string(r.ID)), line(string(r.Change)))
	if !r.Ended.IsZero() {
		s += ", " + took(r.Ended.Sub(r.Started))
	}
	p.line("%s", paint(t.outcomeStyle(r.Outcome), s))
	if !r.Message.IsEmpty() {
		p.line("  %s", oneLine(r.Message))
	}
	return t.print(p)
}

func (t Text) event(e model.Event) string {
	switch {
	case e.Phase == model.PhaseBegin && e.Message.IsEmpty():
		return ""
	case e.Address == "" && e.Phase.IsEnd():
		return "" // How the run as a whole ended is said with its outcome.
	}
	sign, style := phaseSign(e.Phase), t.phaseStyle(e.Phase)
	words := oneLine(e.Message)
	if words == "" {
		words = string(e.Phase)
	}
	if e.Phase.IsEnd() && e.Took >= 100*time.Millisecond {
		words += ", " + took(e.Took)
	}
	if e.Address == "" {
		return paint(style, sign) + " " + strings.TrimSpace(line(e.Target)+"  "+words)
	}
	return paint(style, sign) + " " + line(string(e.Address)) + "  " + words
}

func phaseSign(p model.Phase) string {
	switch p {
	case model.PhaseDone:
		return "✓"
	case model.PhaseFailed:
		return "✗"
	case model.PhaseUnknown:
		return "?"
	case model.PhaseSkipped:
		return "-"
	}
	return "·"
}

func (t Text) phaseStyle(p model.Phase) themes.Style {
	switch p {
	case model.PhaseDone:
		return t.Styles.Good
	case model.PhaseFailed, model.PhaseUnknown:
		return t.Styles.Bad
	}
	return t.Styles.Dim
}

func outcomeWord(r model.Run) string {
	if r.Outcome == "" {
		return "under way, or died before it could say how it ended"
	}
	return string(r.Outcome)
}

func (t Text) outcomeStyle(o model.Outcome) themes.Style {
	switch o {
	case model.RunApplied:
		return t.Styles.Good
	case "":
		return t.Styles.Pending
	}
	return t.Styles.Bad
}

// Runs prints a run per line, newest first.
func (t Text) Runs(list []model.Run) error {
	p := t.page()
	if len(list) == 0 {
		p.line("no runs")
	}
	var ids, envs, outcomes []string
	for _, r := range list {
		outcome := string(r.Outcome)
		if outcome == "" {
			outcome = "under way"
		}
		ids, envs, outcomes = append(ids, line(string(r.ID))), append(envs, line(r.Environment)), append(outcomes, outcome)
	}
	for i, r := range list {
		p.line("%s  %s  %s  %s  %s  %s", pad(ids[i], widest(20, ids)), paint(t.outcomeStyle(r.Outcome), pad(outcomes[i], widest(12, outcomes))),
			pad(envs[i], widest(20, envs)), paint(t.Styles.Dim, r.Started.Local().Format("2006-01-02 15:04")), line(string(r.Change)), oneLine(r.By.Name))
		if !r.Glass.IsEmpty() {
			p.line("  %s", paint(t.Styles.Bad, "! "+line(r.Broken())))
		}
	}
	return t.print(p)
}

// Version prints one line.
func (t Text) Version(v Version) error {
	p := t.page()
	commit := ""
	if v.Commit != "" {
		commit = " (" + model.Hash(line(v.Commit)).Short() + ")"
	}
	p.line("plumb %s%s %s %s/%s", line(v.Version), commit, line(v.Go), v.OS, v.Arch)
	return t.print(p)
}

// Problem prints an error and its hint as every command of plumb does: lower
// case, without a full stop, a line each. An error can quote what it stumbled over, so secrets are masked.
func (t Text) Problem(err error, hint string) error {
	p := &page{}
	for i, l := range text.Clean(secret.MaskText(err.Error())).Lines() {
		if i == 0 {
			p.line("%s %s", paint(t.Styles.Bad, "error:"), l.String())
			continue
		}
		p.line("       %s", l.String())
	}
	for _, l := range text.Clean(secret.MaskText(hint)).Lines() {
		if !l.IsEmpty() {
			p.line("%s %s", paint(t.Styles.Pending, "hint:"), l.String())
		}
	}
	return t.print(p)
}

// Warning tells of something that the answer had to do without.
func (t Text) Warning(words string) error {
	p := &page{}
	p.line("%s %s", paint(t.Styles.Warning, "warning:"), text.Line(secret.MaskText(words)).String())
	return t.print(p)
}
