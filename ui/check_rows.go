package ui

import (
	"slices"

	"plumb/model"
	"plumb/model/text"
	"plumb/ui/action"
	"plumb/ui/paint"
)

// checkSign is how a check stands, as a sign with its weight.
func checkSign(r model.CheckResult) (text.Safe, tone) {
	switch r.State {
	case model.CheckPassed:
		return text.Lit("✓ "), good
	case model.CheckFailed:
		if r.Advisory {
			return text.Lit("! "), caution
		}
		return text.Lit("✗ "), bad
	case model.CheckRunning:
		return text.Lit("● "), accented
	case model.CheckNotRun:
		return text.Lit("○ "), waits
	}
	return text.Lit("– "), dim
}

// checkWords is what there is to say of a check beside its name.
func checkWords(r model.CheckResult) text.Safe {
	words := text.Format("  %s", r.State)
	if !r.Why.IsEmpty() {
		words = words.Plus(text.Format(": %s", text.Line(r.Why.String())))
	}
	if r.Advisory {
		words = words.Plus(text.Lit(", not required"))
	}
	return words
}

// mostFindings is how many findings of one check are listed before the rest is counted.
const mostFindings = 20

// checkList says how checks are listed.
type checkList struct {
	inline func(path string) bool              // Reports a file of which everything is said in its difference; nil for none.
	lasted func(r model.CheckResult) text.Safe // How long a check took; nil where nobody waits for it.
}

// lines list checks, and what each has found that is not said elsewhere.
func (c checkList) lines(results []model.CheckResult) []headLine {
	var lines []headLine
	for _, r := range results {
		sign, tone := checkSign(r)
		row := headLine{{tone, sign}, {plain, text.Line(r.Name)}, {dim, checkWords(r)}}
		if c.lasted != nil {
			if t := c.lasted(r); !t.IsEmpty() {
				row = append(row, word{dim, text.Lit("  ").Plus(t)})
			}
		}
		here := r.Findings
		if c.inline != nil {
			here = slices.DeleteFunc(slices.Clone(here), func(f model.Finding) bool { return c.inline(f.Path) })
		}
		if n := len(r.Findings); n > 0 {
			row = append(row, word{dim, text.Line(", " + plural(n, "finding"))})
		}
		if n := len(r.Findings) - len(here); n > 0 {
			next, _ := action.Find(action.NextFinding)
			row = append(row, word{dim, text.Lit(": ")}, word{accented, text.Line(next.Key())}, word{dim, text.Lit(" goes to those below")})
		}
		lines = append(lines, row)
		for i, f := range here {
			if i == mostFindings {
				lines = append(lines, line(dim, text.Format("    and %s more", thousands(len(here)-i))))
				break
			}
			lines = append(lines, findingLine(f))
		}
	}
	return lines
}

// findingLine is a finding about a file that is not shown.
func findingLine(f model.Finding) headLine {
	place := text.Line(f.Path)
	if f.Line > 0 {
		place = text.Format("%s:%d", place, f.Line)
	}
	sign, weight := text.Lit("·"), dim
	switch f.Severity {
	case model.SeverityError:
		sign, weight = text.Lit("✗"), bad
	case model.SeverityWarning:
		sign, weight = text.Lit("!"), caution
	}
	return headLine{{weight, text.Lit("  ").Plus(sign).Plus(text.Lit(" "))}, {weight, place}, {plain, text.Lit("  ").Plus(text.Line(f.Text.String()))}}
}

// rows are the same for a dialog.
func (c checkList) rows(a *App, w int, results []model.CheckResult) []string {
	var rows []string
	for _, l := range c.lines(results) {
		row := paint.NewLine(w).Gap(1)
		for _, word := range l {
			row.Add(toneStyle(a.st, word.tone), word.text)
		}
		rows = append(rows, row.String())
	}
	if len(rows) > 0 {
		rows = append(rows, "")
	}
	return rows
}

// lacksChecks reports whether a check has no result yet.
func lacksChecks(results []model.CheckResult) bool {
	return slices.ContainsFunc(results, func(r model.CheckResult) bool { return r.State == model.CheckNotRun })
}

// withoutMissing is the change without the checks that have no result yet: they are run when it is judged, and forbid nothing before.
func withoutMissing(c model.Change) model.Change {
	c.Checks = slices.DeleteFunc(slices.Clone(c.Checks), func(r model.CheckResult) bool { return r.State == model.CheckNotRun })
	return c
}

// withChecks are the rules with what the checks say now.
func withChecks(rules []model.Rule, results []model.CheckResult) []model.Rule {
	rules = slices.Clone(rules)
	if rule, ok := model.DecideChecks(results); ok {
		for i := range rules {
			if rules[i].Name == rule.Name {
				rules[i] = rule
			}
		}
	}
	return rules
}
