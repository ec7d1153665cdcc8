package themes

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

// each calls f for every look of the palette with its name, as in "Syntax.Keyword".
func each(p Palette, f func(name string, l Look)) {
	var walk func(name string, v reflect.Value)
	walk = func(name string, v reflect.Value) {
		if l, ok := reflect.TypeAssert[Look](v); ok {
			f(name, l)
			return
		}
		switch v.Kind() {
		case reflect.Struct:
			for i := range v.NumField() {
				walk(strings.TrimPrefix(name+"."+v.Type().Field(i).Name, "."), v.Field(i))
			}
		case reflect.Map:
			for _, k := range v.MapKeys() {
				walk(name+"."+k.String(), v.MapIndex(k))
			}
		}
	}
	walk("", reflect.ValueOf(p))
}

func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	var r, g, b uint8
	if n, err := fmt.Sscanf(hex, "#%02x%02x%02x", &r, &g, &b); n != 3 || err != nil || len(hex) != 7 {
		t.Fatalf("%q is not a colour", hex)
	}
	lin := func(c uint8) float64 {
		v := float64(c) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*lin(r) + 0.7152*lin(g) + 0.0722*lin(b)
}

// contrast is the ratio that WCAG 2 defines, from 1 to 21.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// Nobody has to guess a word: every text is readable on the background it stands on,
// also in the selected row and in a changed line.
func TestTextIsReadable(t *testing.T) {
	for _, p := range []Palette{Dark, Light, HighContrast} {
		each(p, func(name string, l Look) {
			if l.Fg == "" || name == "Border" || name == "Backdrop" {
				return
			}
			bg := l.Bg
			if bg == "" {
				bg = p.Background
			}
			if c := contrast(t, l.Fg, bg); c < p.Contrast {
				t.Errorf("%s: %s has contrast %.2f with its background, want %.1f", p.Name, name, c, p.Contrast)
			}
			if l.Bg != "" {
				return
			}
			// Line numbers and the like are dimmer than the text; they may be so in a changed line too.
			want := p.Contrast
			if name == "Faint" {
				want -= 1
			}
			over := map[string]string{"SelectionDim": p.SelectionDim.Bg, "AddedLine": p.AddedLine.Bg, "RemovedLine": p.RemovedLine.Bg, "MovedLine": p.MovedLine.Bg}
			for on, bg := range over {
				if c := contrast(t, l.Fg, bg); c < want-0.5 {
					t.Errorf("%s: %s has contrast %.2f on %s, want %.1f", p.Name, name, c, on, want-0.5)
				}
			}
			if c := contrast(t, l.Fg, p.Selection.Bg); c < want-1.5 {
				t.Errorf("%s: %s has contrast %.2f on Selection, want %.1f", p.Name, name, c, want-1.5)
			}
		})
	}
}

func TestColoursAreSpelledRight(t *testing.T) {
	for _, p := range palettes {
		each(p, func(name string, l Look) {
			for _, c := range []string{l.Fg, l.Bg} {
				if c == "" {
					continue
				}
				if lipgloss.Color(c) == (lipgloss.NoColor{}) {
					t.Errorf("%s: %s has colour %q", p.Name, name, c)
				}
			}
		})
	}
}

// Signs that mean different things must not end up in the same colour.
func TestStatesStayApartWithFewColours(t *testing.T) {
	for _, p := range []Palette{Dark, Light, HighContrast} {
		for _, profile := range []colorprofile.Profile{colorprofile.TrueColor, colorprofile.ANSI256, colorprofile.ANSI} {
			q := p.For(profile)
			pairs := map[string][2]string{
				"added and removed":    {q.Added.Fg, q.Removed.Fg},
				"pending and drifted":  {q.Pending.Fg, q.Drifted.Fg},
				"drifted and missing":  {q.Drifted.Fg, q.Missing.Fg},
				"unknown and in sync":  {q.Unknown.Fg, q.InSync.Fg},
				"in sync and pending":  {q.InSync.Fg, q.Pending.Fg},
				"production and green": {q.Production.Fill.Bg, q.Environments["green"].Fill.Bg},
				"production and amber": {q.Production.Fill.Bg, q.Environments["amber"].Fill.Bg},
			}
			for what, c := range pairs {
				a, b := convert(profile, c[0]), convert(profile, c[1])
				if a == b {
					t.Errorf("%s with %s: %s look the same (%s)", p.Name, profile, what, a)
				}
			}
		}
	}
}

func convert(p colorprofile.Profile, c string) string {
	if c == "" {
		return "default"
	}
	return fmt.Sprint(p.Convert(lipgloss.Color(c)))
}

func TestProductionNeverLooksLikeAnythingElse(t *testing.T) {
	for _, p := range palettes {
		s := New(p)
		bars := map[string]bool{}
		for _, color := range append(ColorNames(), "") {
			bars[s.Environment(color, false).Bar.On()] = true
		}
		for _, color := range append(ColorNames(), "", "mauve") {
			if bars[s.Environment(color, true).Bar.On()] {
				t.Errorf("%s: production in %q has the bar of another environment", p.Name, color)
			}
		}
		if s.Environment("mauve", false) != s.Environment("grey", false) {
			t.Errorf("%s: an unknown colour is not grey", p.Name)
		}
	}
}

func TestEveryPaletteHasEveryColour(t *testing.T) {
	for _, p := range palettes {
		for _, name := range ColorNames() {
			if _, ok := p.Environments[name]; !ok {
				t.Errorf("%s has no %s", p.Name, name)
			}
		}
		if got, ok := ByName(p.Name); !ok || got.Name != p.Name {
			t.Errorf("palette %s is not found by its name", p.Name)
		}
	}
	if _, ok := ByName("solarized"); ok {
		t.Error("a palette that does not exist was found")
	}
	if !slices.Contains(Names(), "high-contrast") {
		t.Errorf("Names() = %v", Names())
	}
}

func TestNoColorPaintsNoColour(t *testing.T) {
	each(NoColor, func(name string, l Look) {
		if l.Fg != "" || l.Bg != "" {
			t.Errorf("%s has a colour", name)
		}
	})
}

func TestStyleOverKeepsWhatItDoesNotSay(t *testing.T) {
	got := Make(Look{Fg: "#ffffff", Bold: true}).Over(Make(Look{Fg: "#000000", Bg: "#111111", Underline: true}))
	want := Make(Look{Fg: "#ffffff", Bg: "#111111", Bold: true, Underline: true})
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if w := ansi.StringWidth(got.On() + "x"); w != 1 {
		t.Errorf("the sequence %q is %d cells wide", got.On(), w-1)
	}
	if (Style{}).On() != "" {
		t.Error("the zero style says something")
	}
}

// Each piece of source text can be told from each other one, also where only 256 colours are left.
func TestSourceTextHasColoursThatDiffer(t *testing.T) {
	for _, p := range palettes {
		if (p.Syntax == Syntax{}) {
			continue
		}
		for _, profile := range []colorprofile.Profile{colorprofile.TrueColor, colorprofile.ANSI256} {
			seen := map[string]string{}
			v := reflect.ValueOf(p.Syntax)
			for i := range v.NumField() {
				name := v.Type().Field(i).Name
				l := v.Field(i).Interface().(Look)
				if (l == Look{}) {
					t.Errorf("%s: %s is plain", p.Name, name)
				}
				key := fmt.Sprint(convert(profile, l.Fg), l.Bold, l.Italic)
				if other, ok := seen[key]; ok {
					t.Errorf("%s with %s: %s and %s look the same", p.Name, profile, name, other)
				}
				seen[key] = name
			}
		}
	}
}
