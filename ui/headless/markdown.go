package headless

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"plumb/gitops/audit"
	"plumb/model"
)

// Markdown prints a report for people who read it in a forge, a wiki or a ticket. Text of others is escaped: it makes no
// link, no HTML and no heading there.
type Markdown struct{ W io.Writer }

// Report prints a period of the ledger.
func (m Markdown) Report(r audit.Report) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# Audit of %s\n\n", escape(r.Repository))
	for _, f := range reportFacts(r) {
		fmt.Fprintf(&b, "- %s: %s\n", f.name, escape(f.value))
	}
	b.WriteString("\n## Summary\n\n| | |\n|---|---:|\n")
	for _, f := range summaryFacts(r.Summary) {
		fmt.Fprintf(&b, "| %s | %s |\n", f.name, f.value)
	}
	b.WriteString("\n## Changes\n")
	if len(r.Changes) == 0 {
		b.WriteString("\nNone.\n")
	}
	for _, c := range r.Changes {
		markdownChange(&b, c)
	}
	b.WriteString("\n## Timeline\n\n")
	if len(r.Timeline) == 0 {
		b.WriteString("Nothing happened.\n")
	}
	for _, a := range r.Timeline {
		fmt.Fprintf(&b, "- %s %s %s\n", moment(a.At), escape(a.Sign().String()), markdownAccount(a))
	}
	b.WriteString("\n## Problems\n\n")
	if len(r.Problems) == 0 {
		b.WriteString("Every log can be believed.\n")
	}
	for _, a := range r.Problems {
		fmt.Fprintf(&b, "- **%s**\n", escape(a.Text.String()))
	}
	if _, err := io.WriteString(m.W, b.String()); err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	return nil
}

func markdownChange(b *strings.Builder, c audit.ChangeReport) {
	fmt.Fprintf(b, "\n### %s\n\n", escape(c.Title.String()))
	if c.Glass != "" {
		fmt.Fprintf(b, "**! THE GLASS WAS BROKEN: %s**\n\n", escape(c.Glass))
	}
	for _, l := range c.Reason.Lines() {
		fmt.Fprintf(b, "> %s\n", escape(l.String()))
	}
	b.WriteString("\n")
	for _, f := range changeFacts(c) {
		value := escape(f.value)
		if f.code {
			value = code(f.value)
		}
		fmt.Fprintf(b, "- %s: %s\n", f.name, value)
	}
	b.WriteString("\n| step | action | undo |\n|---|---|---|\n")
	for _, p := range c.Plans {
		for _, s := range p.Steps {
			fmt.Fprintf(b, "| %s | %s | %s |\n", escape(line(p.Target)+"/"+line(string(s.Address))), escape(line(string(s.Action))), escape(undoOf(s.Undo)))
		}
	}
	b.WriteString("\n")
	for _, k := range c.Checks {
		fmt.Fprintf(b, "- checks by %s, %s, %s:\n", escape(principal(k.By)), moment(k.At), escape(k.Signature()))
		for _, result := range k.Results {
			fmt.Fprintf(b, "  - %s: %s\n", escape(result.Name), result.State)
		}
	}
	for _, a := range c.Votes {
		fmt.Fprintf(b, "- %s %s\n", moment(a.At), markdownAccount(a))
	}
	for _, r := range c.Runs {
		fmt.Fprintf(b, "- %s\n", escape(runWords(r)))
		if !r.Glass.IsEmpty() {
			fmt.Fprintf(b, "  - **! %s**\n", escape(line(r.Broken())))
		}
	}
	for _, a := range c.Others {
		fmt.Fprintf(b, "- %s %s\n", moment(a.At), markdownAccount(a))
	}
	b.WriteString("\nProven by the entries\n\n")
	for _, id := range c.Proof {
		fmt.Fprintf(b, "- %s\n", code(string(id)))
	}
}

func markdownAccount(a audit.Account) string {
	s := escape(a.Text.String())
	if a.Loud {
		s = "**" + s + "**"
	}
	if !a.Counts() {
		s += " -- does not count: " + escape(a.Not.String())
	}
	return s + ", " + escape(a.Signature()) + " " + code(a.ID().Short())
}

// fact is one thing that a report says of a period or of a change.
type fact struct {
	name, value string
	code        bool // It is an id.
}

func reportFacts(r audit.Report) []fact {
	end := func(t time.Time, open string) string {
		if t.IsZero() {
			return open
		}
		return moment(t)
	}
	facts := []fact{
		{name: "from", value: end(r.Period.Since, "the beginning")},
		{name: "until", value: end(r.Period.Until, "now")},
		{name: "written", value: moment(r.Written)},
	}
	if r.Period.Environment != "" {
		facts = append(facts, fact{name: "environment", value: line(r.Period.Environment)})
	}
	return facts
}

func summaryFacts(s audit.Summary) []fact {
	var facts []fact
	for _, f := range []struct {
		name string
		n    int
		only bool // Told only where there are any.
	}{
		{"glass broken", s.Glass, false},
		{"logs that cannot be believed", s.Unbelieved, true},
		{"changes sealed", s.Changes, false},
		{"approvals", s.Approvals, false},
		{"refusals", s.Refusals, false},
		{"runs", s.Runs, false},
		{"runs that applied all", s.Applied, false},
		{"runs that applied a part", s.Partial, false},
		{"runs that failed", s.Failed, false},
		{"runs of which nobody knows how they ended", s.Unknown + s.Open, false},
		{"holds set or lifted", s.Holds, false},
		{"adoptions", s.Adoptions, false},
		{"entries", s.Entries, false},
		{"entries that are signed", s.Signed, false},
		{"entries that do not count", s.Uncounted, false},
	} {
		if f.n > 0 || !f.only {
			facts = append(facts, fact{name: f.name, value: fmt.Sprint(f.n)})
		}
	}
	return facts
}

func changeFacts(c audit.ChangeReport) []fact {
	facts := []fact{
		{name: "change", value: line(string(c.ID)), code: true},
		{name: "state", value: line(string(c.State))},
		{name: "environment", value: line(c.Environment)},
		{name: "author", value: principal(c.Author)},
		{name: "sealed", value: moment(c.SealedAt) + ", " + c.Seal.Signature()},
		{name: "worst undo", value: undoOf(c.Undo())},
		{name: "revision", value: line(string(c.Revision)), code: true},
		{name: "digest", value: line(string(c.Digest)), code: true},
	}
	if c.Note != "" {
		facts = append(facts, fact{name: "note", value: line(c.Note)})
	}
	return facts
}

// runWords tells a run in one line.
func runWords(r audit.RunReport) string {
	s := fmt.Sprintf("run %s by %s on %s, %s, %s: ", line(string(r.ID)), principal(r.By), line(r.Host), moment(r.Started), r.Began.Signature())
	if r.Ended == nil {
		return s + "nobody knows how it ended, unless it is under way"
	}
	s += string(r.Outcome)
	if r.Outcome == model.RunUncertain {
		s = strings.TrimSuffix(s, string(r.Outcome)) + "nobody knows what was carried out"
	}
	s += " after " + took(r.Run.Ended.Sub(r.Started)) + ", " + r.Ended.Signature()
	if !r.Message.IsEmpty() {
		s += ": " + oneLine(r.Message)
	}
	return s
}

// moment is a time as reports have it: the same wherever they are read.
func moment(t time.Time) string {
	if t.IsZero() {
		return "unknown"
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}

// What means something anywhere in a line of Markdown, and what does so where a line begins.
var (
	markup    = regexp.MustCompile("[\\\\`*_\\[\\]<>#|~!&$@{}]")
	delimiter = regexp.MustCompile(`^(\d+)([.)])`)
	linked    = regexp.MustCompile(`(?i)(www)\.|(\w)://|(mailto|xmpp):`)
)

// escape makes text of others nothing but text in Markdown, on one line.
func escape(s string) string {
	s = strings.Join(strings.Fields(line(s)), " ")
	s = markup.ReplaceAllString(s, `\$0`)
	s = linked.ReplaceAllStringFunc(s, func(m string) string {
		at := strings.IndexAny(m, ".:")
		return m[:at] + `\` + m[at:]
	})
	switch {
	case delimiter.MatchString(s):
		s = delimiter.ReplaceAllString(s, `$1\$2`)
	case strings.IndexAny(s, "-+=") == 0:
		s = `\` + s
	}
	return s
}

// code is an id in Markdown.
func code(s string) string {
	if s == "" {
		return ""
	}
	return "`" + strings.ReplaceAll(line(s), "`", "'") + "`"
}
