package headless

import (
	"bytes"
	"context"
	"regexp"
	"strings"
	"testing"

	"plumb/gitops/audit"
	changes "plumb/gitops/change"
	"plumb/gitops/ledger"
	"plumb/model"
	"plumb/model/text"
)

const hostile = "x\x1b[2Jy\u202ez [click](https://evil.example) <script>alert(1)</script> **b** # h `c` | d"

// book is a ledger with a bit of everything, written by people who mean ill.
func book() audit.Book {
	ada := model.Principal{Name: text.Line("Ada " + hostile), Email: text.Lit("ada@example.org")}
	p := model.Plan{Environment: "production", Target: "web", Provider: "hosts", Revision: model.Hash(strings.Repeat("c", 40)), Coverage: model.Coverage{Predicted: 1, Total: 1},
		Steps: []model.Step{{Address: model.Address("web-1:/etc/" + hostile), Action: model.Delete, Undo: model.Undo{Class: model.UndoLossy, Reason: hostile}}}}
	c := model.Change{ID: "deploy-1", Environment: "production", Kind: model.Rollback, Title: text.Line("- " + hostile), Reason: text.Clean("1. " + hostile + "\n\n# two\npassword=hunter2hunter2"),
		Author: ada, SealedAt: now, Revision: p.Revision, Commits: []model.Hash{p.Revision}, Plans: []model.PlanRef{p.Ref()}}
	c.Digest = c.Seal()
	c.Checks = []model.CheckResult{{Name: "lint", State: model.CheckPassed}, {Name: hostile, State: model.CheckFailed}}
	seal, files, err := changes.Entry(c, []model.Plan{p})
	if err != nil {
		panic(err)
	}
	intent := append(changes.Intent(c, "r1", hostile), changes.Glass(model.Run{Glass: text.Line(hostile), Overruled: []string{hostile}})...)
	outcome, events, err := changes.Outcome(c, model.Run{ID: "r1", Outcome: model.RunApplied, Message: text.Clean(hostile)})
	if err != nil {
		panic(err)
	}
	var entries []ledger.Entry
	for i, e := range []ledger.Entry{
		{Verb: ledger.Seal, Fields: seal, Files: files},
		{Verb: ledger.Approve, Fields: changes.Approval(c), Key: "SHA256:abc"},
		{Verb: "refuse", Fields: changes.End(c, hostile)},
		{Verb: ledger.Intent, Fields: intent},
		{Verb: ledger.Outcome, Fields: outcome, Files: events},
		{Verb: ledger.Void, Fields: changes.End(c, hostile)},
		{Verb: ledger.Verb(hostile), Fields: []ledger.Field{{Key: "change", Value: hostile}, {Key: "environment", Value: hostile}, {Key: "run", Value: hostile}}},
	} {
		e.ID, e.By, e.At, e.Seq, e.Log = model.Hash(strings.Repeat(string(rune('1'+i)), 40)), ada, now, i+1, "refs/plumb/log/ada@example.org/unsigned"
		entries = append(entries, e)
	}
	return audit.Tell(entries, []ledger.Problem{{Log: "refs/plumb/log/" + hostile, What: hostile}}, changes.Fold(entries, changes.Trust{}))
}

func verdict(b audit.Book) (audit.Verdict, error) {
	return b.Verify(context.Background(), func(_ context.Context, name string, _ model.Hash) (model.Environment, error) {
		return model.Environment{Name: name, Approvals: 2}, nil
	}, nil)
}

// printReport prints a report in JSON, and for the printer for people in the formats for people.
func printReport(p Printer, r audit.Report) error {
	t, ok := p.(Text)
	if !ok {
		return p.(JSON).Report(r)
	}
	if err := (HTML{t.W}).Report(r); err != nil {
		return err
	}
	return Markdown{t.W}.Report(r)
}

func TestAReportTellsAllThatAnAuditorAsksFor(t *testing.T) {
	r := book().Report("shop", audit.Period{}, now)
	for name, report := range map[string]func(*bytes.Buffer) error{
		"markdown": func(b *bytes.Buffer) error { return Markdown{b}.Report(r) },
		"html":     func(b *bytes.Buffer) error { return HTML{b}.Report(r) },
	} {
		var b bytes.Buffer
		if err := report(&b); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{
			"Audit of shop", "glass broken", "lossy", "delete", "THE GLASS WAS BROKEN", "lint", "failed", "signed", "not signed", "run r1", "applied",
			strings.Repeat("1", 7), strings.Repeat("c", 40), "cannot be believed", "newer plumb", "2026",
		} {
			if !strings.Contains(b.String(), want) {
				t.Errorf("%s does not say %q", name, want)
			}
		}
		if strings.Contains(b.String(), "hunter2") {
			t.Errorf("%s tells a secret", name)
		}
	}
}

func TestForeignTextMakesNothingButTextInAPage(t *testing.T) {
	var b bytes.Buffer
	if err := (HTML{&b}).Report(book().Report(hostile, audit.Period{Environment: hostile}, now)); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	if strings.Contains(page, "<script") || strings.Contains(page, "<a ") || strings.Contains(page, "src=") || strings.Contains(page, "ZgotmplZ") {
		t.Errorf("%s", page)
	}
}

func TestForeignTextMakesNothingButTextInMarkdown(t *testing.T) {
	var b bytes.Buffer
	if err := (Markdown{&b}).Report(book().Report(hostile, audit.Period{Environment: hostile}, now)); err != nil {
		t.Fatal(err)
	}
	bare := regexp.MustCompile(`(^|[^\\])(\[click|<script|https:|\*\*b|# h)`)
	for l := range strings.SplitSeq(b.String(), "\n") {
		plain := regexp.MustCompile("`[^`]*`").ReplaceAllString(strings.ReplaceAll(l, "\\`", ""), "") // In an id nothing means anything.
		if bare.MatchString(plain) {
			t.Errorf("markup in %q", l)
		}
	}
	for s, want := range map[string]string{
		"1. a": `1\. a`, "- a": `\- a`, "+ a": `\+ a`, "# a": `\# a`, "a\nb": "a␊b", "www.evil.example": `www\.evil.example`, "http://x": `http\://x`,
		"a|b": `a\|b`, "&lt;": `\&lt;`, "![a](b)": `\!\[a\](b)`, "    code": "code", "=== ": `\===`, `\[a](b)`: `\\\[a\](b)`,
	} {
		if got := escape(s); got != want {
			t.Errorf("%q becomes %q, want %q", s, got, want)
		}
	}
}
