package ui

import (
	"strings"

	"plumb/model"
	"plumb/model/text"
	"plumb/themes"
	"plumb/ui/diffview"
)

// signs is a group of signs of the screen, for those who wonder what one means.
type signs struct {
	heading string
	signs   []sign
}

// sign is a sign with its colour and its meaning.
type sign struct {
	sign  text.Safe
	style func(themes.Styles) themes.Style
	means string
}

// legend are the signs that are explained nowhere else.
func legend() []signs {
	severity := func(s model.Severity, means string) sign {
		glyph, _ := diffview.SeverityLook(themes.Styles{}, s)
		return sign{glyph, func(st themes.Styles) themes.Style { _, style := diffview.SeverityLook(st, s); return style }, means}
	}
	return []signs{
		{"Signs in History", []sign{
			{text.Lit("◆"), plainly, "The newest commit that is live in the environment of that column"},
			{text.Lit("◇"), plainly, "The newest commit that git wants there"},
			{text.Lit("·"), plainly, "Waits to be deployed there"},
			{text.Lit("│"), plainly, "Live there, below the newest"},
			{text.Lit("!"), func(st themes.Styles) themes.Style { return st.Bad }, "Applied by a run with broken glass: rules were overruled, and Diff says who did it, when, why, and which"},
			{text.Lit("◎"), func(st themes.Styles) themes.Style { return st.Accent }, "Marked to be compared"},
			{text.Lit("✓"), func(st themes.Styles) themes.Style { return st.Good }, "Before the id: reviewed; behind it: well signed"},
			{text.Lit("✗"), func(st themes.Styles) themes.Style { return st.Bad }, "Behind the id: its signature is bad, or the key was revoked"},
		}},
		{"Signs of what checks found, in Diff", []sign{
			severity(model.SeverityError, "An error"),
			severity(model.SeverityWarning, "A warning"),
			severity(model.SeverityNote, "A note"),
		}},
	}
}

func plainly(st themes.Styles) themes.Style { return st.Text }

// addSigns lists the signs whose meaning has every word in it.
func (d *helpDialog) addSigns(words []string) {
	for _, g := range legend() {
		heading := false
		for _, s := range g.signs {
			all := strings.ToLower(g.heading + " " + s.sign.String() + " " + s.means)
			if !hasAll(all, words) {
				continue
			}
			if !heading {
				d.rows = append(d.rows, helpRow{heading: g.heading})
				heading = true
			}
			d.rows = append(d.rows, helpRow{sign: &s})
		}
	}
}

// hasAll reports whether a text has every word in it.
func hasAll(t string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(t, w) {
			return false
		}
	}
	return true
}
