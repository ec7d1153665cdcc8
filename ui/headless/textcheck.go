package headless

import (
	"fmt"

	"plumb/model"
	"plumb/themes"
)

// shownOutput is how many lines of the end of an output are printed for a check that failed without a finding.
const shownOutput = 20

// Checks prints all findings as compilers do, then how each check ended, and what counts.
func (t Text) Checks(c Checks) error {
	p := t.page()
	for _, r := range c.Results {
		t.findings(p, "", r.Findings)
	}
	for _, r := range c.Results {
		t.check(p, "", r)
		if r.State != model.CheckFailed || len(r.Findings) > 0 || r.Output.IsEmpty() {
			continue
		}
		output := r.Output.Lines()
		if over := len(output) - shownOutput; over > 0 {
			p.line("    %s", paint(t.Styles.Dim, fmt.Sprintf("… %s before, see --format json", count(over, "line"))))
			output = output[over:]
		}
		for _, l := range output {
			p.line("    %s", oneLine(l))
		}
	}
	if rule, ok := model.DecideChecks(c.Results); ok {
		style := t.Styles.Good
		if !rule.OK {
			style = t.Styles.Bad
		}
		p.line("%s", paint(style, line(rule.Text)))
	}
	return t.print(p)
}

func (t Text) findings(p *page, indent string, findings []model.Finding) {
	for _, f := range findings {
		at := line(f.Path)
		if f.Line > 0 {
			at = fmt.Sprintf("%s:%d", at, f.Line)
		}
		if f.Line > 0 && f.Column > 0 {
			at = fmt.Sprintf("%s:%d", at, f.Column)
		}
		p.line("%s%s: %s: %s", indent, paint(t.Styles.Strong, at), paint(t.severityStyle(f.Severity), string(f.Severity)), oneLine(f.Text))
	}
}

// check is one line about how a check ended.
func (t Text) check(p *page, indent string, r model.CheckResult) {
	sign, style := "–", t.Styles.Dim
	switch r.State {
	case model.CheckPassed:
		sign, style = "✓", t.Styles.Good
	case model.CheckFailed:
		sign, style = "✗", t.Styles.Bad
	case model.CheckNotRun, model.CheckRunning:
		sign, style = "○", t.Styles.Pending
	}
	words := line(r.Name)
	if r.Environment != "" {
		words += " of " + line(r.Environment)
	}
	words += " " + string(r.State)
	if !r.Why.IsEmpty() {
		words += ": " + oneLine(r.Why)
	}
	if r.Advisory {
		words += " (not required)"
	}
	tail := ""
	if r.Took > 0 {
		tail = "  " + paint(t.Styles.Dim, took(r.Took))
	}
	p.line("%s%s %s%s", indent, paint(style, sign), words, tail)
}

func (t Text) severityStyle(s model.Severity) themes.Style {
	switch s {
	case model.SeverityError:
		return t.Styles.Bad
	case model.SeverityWarning:
		return t.Styles.Warning
	}
	return t.Styles.Dim
}

// CheckEvent prints one line as checks go on.
func (t Text) CheckEvent(e model.CheckEvent) error {
	p := t.page()
	words := fmt.Sprintf("%d of %d  %s %s", e.Done, e.Total, line(e.Result.Name), e.Result.State)
	if e.Result.Took > 0 {
		words += "  " + took(e.Result.Took)
	}
	p.line("%s", paint(t.Styles.Dim, words))
	return t.print(p)
}
