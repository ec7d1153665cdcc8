// Package themes holds the palettes as data, one file each, and the one function
// that makes styles of them.
//
// Colour says state and nothing else: what is in sync is dim, what drifted is
// amber, what is missing or failed is red, what waits is blue, and production has
// a colour of its own. The background is the terminal's; only the selection, the
// marks of a difference and the bar of an environment paint theirs.
package themes

import (
	"image/color"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
)

// Look is how one kind of text looks. Fg and Bg are "#rrggbb", or "0" to "15" for a
// colour of the terminal's own sixteen, or empty for the terminal's default.
type Look struct {
	Fg, Bg                                  string
	Bold, Faint, Italic, Underline, Reverse bool
}

// EnvironmentLook is the three forms in which an environment's colour appears.
type EnvironmentLook struct {
	Fill Look // Production's bar: solid, nothing else on the screen looks like it.
	Tint Look // The bar of an environment that is not production.
	Text Look // Its name among other words.
}

// Palette is a theme as data. Every colour the screen shows is named here.
type Palette struct {
	Name       string
	Background string  // What contrast is measured against; the terminal's own is left alone where it is like this one.
	Contrast   float64 // The least contrast that text of this palette has with Background; 0 where the terminal decides.

	// Words by weight.
	Text, Strong, Dim, Faint Look

	// Chrome. Accent is the focused pane's title and the keys; Border is rules.
	Accent, Border          Look
	Selection, SelectionDim Look // Backgrounds of the cursor's row, in the focused pane and in the others.
	Match, CurrentMatch     Look // What a search found.
	Cursor                  Look // The cell under the cursor of an input.
	Backdrop                Look // What stands behind a dialog, to be seen and not to be read.

	// States.
	InSync, Pending, Drifted, Missing, Extra, Unknown Look
	Good, Warning, Bad                                Look // Outcomes: a check that passed, what needs a look, what failed.

	// Differences. Added and Removed colour signs and counts; the lines and words are backgrounds.
	Added, Removed         Look
	AddedLine, RemovedLine Look
	AddedWord, RemovedWord Look
	Moved, MovedLine       Look // Lines that went to another place.
	Syntax                 Syntax
	Production             EnvironmentLook
	Environments           map[string]EnvironmentLook // By colour name; "grey" is there in every palette.
}

// Syntax is the looks of source text. An empty one leaves source text plain.
type Syntax struct {
	Keyword, String, Number, Comment, Name Look
	Type, Function, Variable, Operator     Look
	Template                               Look // What opens and closes a template or an interpolation.
	Heading                                Look
}

// ColorNames are the colours an environment can have, in the order in which they are offered.
func ColorNames() []string {
	return []string{"red", "amber", "green", "cyan", "blue", "violet", "grey"}
}

// Unlike is the background that the palette was made for, when the terminal's own is not like it; nil when
// the terminal can stay as it is. dark tells whether the terminal is.
func (p Palette) Unlike(dark bool) color.Color {
	if p.Background == "" {
		return nil
	}
	c := lipgloss.Color(p.Background)
	r, g, b, _ := c.RGBA()
	if (r+g+b)/3 < 0x8000 == dark {
		return nil
	}
	return c
}

var palettes = []Palette{Dark, Light, HighContrast, Terminal, NoColor}

// Names are the names of the palettes, in the order in which they are offered.
func Names() []string {
	names := make([]string, len(palettes))
	for i, p := range palettes {
		names[i] = p.Name
	}
	return names
}

// ByName finds a palette.
func ByName(name string) (Palette, bool) {
	for _, p := range palettes {
		if p.Name == name {
			return p, true
		}
	}
	return Palette{}, false
}

// For is the palette to use instead of p on a terminal that has fewer colours: with
// sixteen, shades of one hue would all become the same, and with none only weight
// and reverse are left.
func (p Palette) For(profile colorprofile.Profile) Palette {
	switch profile {
	case colorprofile.NoTTY, colorprofile.ASCII:
		return NoColor
	case colorprofile.ANSI:
		if p.Name != NoColor.Name {
			return Terminal
		}
	}
	return p
}
