package headless

import (
	"fmt"

	"plumb/model"
)

// Keys prints the keys of each environment, and says aloud where nobody vouches for them.
func (t Text) Keys(k Keys) error {
	p := t.page()
	for i, e := range k.Environments {
		if i > 0 {
			p.WriteString("\n")
		}
		t.keysOf(p, k, e)
	}
	return t.print(p)
}

func (t Text) keysOf(p *page, k Keys, e KeysOf) {
	name := paint(t.Styles.Strong, line(e.Name))
	switch {
	case !e.Required:
		p.line("%s  nothing has to be signed", name)
		return
	case e.Broken != nil:
		p.line("%s  %s", name, paint(t.Styles.Bad, "nothing counts: "+errorLine(e.Broken)))
		if hint := model.Hint(e.Broken); hint != "" {
			p.line("  %s", paint(t.Styles.Dim, line(hint)))
		}
		return
	}
	words := "signed, by the keys at " + e.Revision.Short()
	if e.First {
		words += ", trusted on first use"
	}
	p.line("%s  %s", name, words)
	var who []string
	for _, s := range e.Signers {
		who = append(who, line(s.Principals))
	}
	for i, s := range e.Signers {
		what := s.Key.Type()
		if s.Authority {
			what = "whom it certifies, " + what
		}
		row := fmt.Sprintf("%s  %s  %s", pad(who[i], widest(40, who)), s.Key.Fingerprint(), paint(t.Styles.Dim, line(what)))
		if limits := validity(s); limits != "" {
			row += "  " + limits
		}
		if why := e.limit(s, k.Now); why != "" {
			row += "  " + paint(t.Styles.Bad, line(why))
		}
		if e.Own == s.Key.Fingerprint() {
			row += "  yours"
		}
		p.line("  %s", row)
	}
	for _, r := range e.Revoked {
		p.line("  %s  %s", pad("revoked", widest(40, who)), paint(t.Styles.Dim, r.Fingerprint))
	}
	if e.Problem == nil {
		p.line("  %s you sign as %s with %s", paint(t.Styles.Good, "✓"), oneLine(k.Self.Email), e.Own)
	} else {
		p.line("  %s %s", paint(t.Styles.Bad, "✗"), errorLine(e.Problem))
		if hint := model.Hint(e.Problem); hint != "" {
			p.line("    %s", paint(t.Styles.Dim, line(hint)))
		}
	}
	if e.First {
		p.line("  %s nobody vouches for these keys: compare the fingerprints with their owners, by another way than this repository",
			paint(t.Styles.Warning, "!"))
	}
}
