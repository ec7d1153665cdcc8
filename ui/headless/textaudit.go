package headless

import (
	"strings"

	"plumb/gitops/audit"
	"plumb/model"
	"plumb/themes"
)

// Audit prints what happened, an account per line, newest first.
func (t Text) Audit(a Audit) error {
	p := t.page()
	if len(a.Accounts) == 0 {
		p.line("nothing on record")
	}
	for _, x := range a.Accounts {
		t.account(p, x)
	}
	if left := a.Matching - len(a.Accounts); left > 0 {
		p.line("%s", paint(t.Styles.Dim, count(left, "older one")+"; --limit 0 shows all"))
	}
	return t.print(p)
}

func (t Text) account(p *page, a audit.Account) {
	id, at := a.ID().Short(), "                "
	if !a.At.IsZero() {
		at = a.At.Local().Format("2006-01-02 15:04")
	}
	words := a.Sign().String() + " " + a.Text.String()
	if !a.Counts() {
		words += " -- does not count: " + a.Not.String()
	}
	p.line("%s  %s  %s%s", paint(t.Styles.Accent, pad(id, 7)), paint(t.Styles.Dim, at), paint(t.accountStyle(a), words), paint(t.Styles.Dim, t.signature(a)))
}

// signature is told where there is one: nearly everybody signs everything or nothing.
func (t Text) signature(a audit.Account) string {
	if !a.Signed() {
		return ""
	}
	return "  " + line(a.Signature())
}

func (t Text) accountStyle(a audit.Account) themes.Style {
	switch {
	case !a.Counts():
		return t.Styles.Dim
	case a.Loud:
		return t.Styles.Bad
	case a.Kind == audit.Approved, a.Kind == audit.Ended:
		return t.Styles.Good
	}
	return t.Styles.Text
}

// Verdict prints whether the ledger is proven, and what there is to object to.
func (t Text) Verdict(v audit.Verdict) error {
	p := t.page()
	if v.Proven() {
		p.line("%s", paint(t.Styles.Good, "✓ proven"))
	} else {
		p.line("%s", paint(t.Styles.Bad, "✗ not proven: "+count(len(v.Findings), "finding")))
	}
	for _, f := range v.Findings {
		p.line("  %s", paint(t.Styles.Bad, f.Text.String()))
		if f.Entry != "" {
			p.line("    plumb audit verify --explain %s", f.Entry)
		}
	}
	p.line("  %s in %s, %d of them signed", entriesCount(v.Entries), count(v.Logs, "log"), v.Signed)
	p.line("  %s: %d allowed by the rules of their time, %d with broken glass", count(v.Runs, "run"), v.Allowed, v.Glass)
	if v.Signed < v.Entries {
		p.line("  %s", paint(t.Styles.Dim, "who wrote an entry that is not signed cannot be proven"))
	}
	return t.print(p)
}

func entriesCount(n int) string {
	if n == 1 {
		return "1 entry"
	}
	return strings.Replace(count(n, "entry"), "entrys", "entries", 1)
}

// Explanation prints the commands of a proof as a script: what is not a command stands behind a #.
func (t Text) Explanation(x audit.Explanation) error {
	p := t.page()
	p.width = 0 // A command that is cut proves nothing.
	p.line("%s", paint(t.Styles.Dim, "# How to prove "+x.About.String()+", in the repository, without plumb. A command that fails proves the opposite."))
	about := ""
	for _, s := range x.Steps {
		if s.About != about {
			about = s.About
			p.line("\n%s", paint(t.Styles.Strong, "# "+line(about)))
		}
		p.line("%s", paint(t.Styles.Dim, "# "+line(s.Proves)))
		p.line("%s", line(s.Command))
		p.line("%s", paint(t.Styles.Dim, "#   expect: "+line(s.Expect)))
	}
	p.line("")
	for _, s := range x.Cannot {
		p.line("%s", paint(t.Styles.Warning, "# This does not prove: "+line(s)))
	}
	return t.print(p)
}

// undoOf is the undo class of a step with its reason.
func undoOf(u model.Undo) string {
	if u.Reason == "" {
		return u.Class.String()
	}
	return u.Class.String() + ": " + line(u.Reason)
}
