package diffview

import (
	"fmt"
	"strings"
	"testing"
	"unicode"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"plumb/model/diff"
	"plumb/model/structure"
	"plumb/model/text"
	"plumb/themes"
	"plumb/ui/syntax"
)

// Everything that a difference can show, as it was looked at and found good. Look at it before a change is accepted
// with -update: "sed 's/\x1b\[[0-9;]*m//g'" takes the colours out.
func TestLook(t *testing.T) {
	for _, theme := range []themes.Palette{themes.Dark, themes.Light, themes.HighContrast, themes.NoColor} {
		widths := []int{40, 60, 80, 100, 118, 140, 160, 200, 250}
		if theme.Name == themes.HighContrast.Name {
			widths = []int{118} // It has other colours than dark, and nothing else.
		}
		for _, width := range widths {
			t.Run(fmt.Sprintf("%s-%d", theme.Name, width), func(t *testing.T) {
				v := view(width, 200, width >= 100, page()...)
				v.SetDetails(text.Safe{}, text.Lit("4 s ago"))
				v.SetSize(width, v.rows+1)
				golden.RequireEqual(t, strings.Join(v.View(themes.New(theme)), "\n")+"\n")
			})
		}
	}
}

// coloured gives a file its syntax colours.
func coloured(t *testing.T, v *View, file int) {
	t.Helper()
	f := &v.files[file]
	var sides [2]*syntax.Text
	oldLen, newLen := f.Len()
	for side, lines := range [2][]text.Safe{make([]text.Safe, oldLen), make([]text.Safe, newLen)} {
		of := f.OldText
		if side == 1 {
			of = f.NewText
		}
		for i := range lines {
			lines[i] = of(i)
		}
		var err error
		if sides[side], err = syntax.Highlight(t.Context(), path(f).String(), lines); err != nil {
			t.Fatal(err)
		}
	}
	v.SetColours(file, sides[0], sides[1])
}

// understood gives all files of a view their structure, or why they have none.
func understood(v *View) *View {
	for i := range v.files {
		d, err := structure.CompareFile(&v.files[i])
		v.SetStructure(i, &Structure{Diff: d, Err: err})
	}
	v.SetStructured(true)
	return v
}

// deployment is a Kubernetes object of which an image, the number of replicas, a label and a container changed.
func deployment() diff.File {
	old := `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
  labels: {tier: front}
spec:
  replicas: 1
  template:
    spec:
      containers:
        - name: web
          image: web:1.25
          args: [--quiet]
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
`
	new := strings.NewReplacer("replicas: 1", "replicas: 3", "1.25", "1.26", "tier: front", "tier: \"2\"", "          args: [--quiet]\n", "        - name: 日志\n          image: log:2\n",
		"---\napiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\n", "").Replace(old)
	return compared("shop/web.yaml", old, new)
}

func TestScreens(t *testing.T) {
	marked := func(split bool) *View {
		v := view(118, 20, split, nginx())
		v.NextHunk()
		v.Mark()
		v.DrawOut(3)
		return v
	}
	for _, c := range []struct {
		name string
		view func() *View
	}{
		{"empty", func() *View { return view(40, 4, true) }},
		{"binary", func() *View { return view(60, 5, true, icon()) }},
		{"nothing-differs", func() *View {
			return view(60, 5, true, diff.File{OldPath: text.Lit("a"), NewPath: text.Lit("a")})
		}},
		{"one-file", func() *View { return view(118, 18, true, nginx()) }},
		{"new-file", func() *View { return view(118, 8, true, policy()) }},
		{"deleted-file", func() *View { return view(118, 5, true, dropped()) }},
		{"generated-alone", func() *View { return view(118, 6, true, lock()) }},
		{"generated-shown", func() *View {
			v := view(118, 12, true, lock(), icon())
			v.Show(0)
			return v
		}},
		{"large-alone", func() *View {

			f := noted("backup/dump.sql", text.Safe{})
			f.Unloaded = 12 << 20
			return view(118, 4, true, f)

		}},
		{"coarse", func() *View {
			f := volume()
			f.Simplified = true
			return view(80, 9, false, f)
		}},
		{"white-space-hidden", func() *View { return view(118, 20, true, nginx().IgnoringSpace()) }},
		{"unfolded", func() *View {
			v := view(118, 60, true, nginx())
			v.NextHunk()
			v.Unfold()
			v.Top()
			return v
		}},
		{"whole-file", func() *View {
			v := view(118, 60, false, nginx())
			v.ToggleWhole()
			return v
		}},
		{"reviewed", func() *View {
			v := view(118, 60, true, nginx(), volume(), policy())
			v.SetReview(func(file, hunk int) bool { return file == 1 || file == 0 && hunk == 1 })
			return v
		}},
		{"picked", func() *View {
			v := view(118, 20, true, nginx())
			v.SetPicked(0, v.files[0].Blocks[1:2])
			return v
		}},
		{"marked-split", func() *View { return marked(true) }},
		{"marked-unified", func() *View { return marked(false) }},
		{"structure", func() *View {
			return understood(view(118, 60, true, deployment(), compared("a.yaml", "a: 1\nb: 2\n", "b: 2 # two\na: 1\n"), compared("bad.yaml", "a: 1\n", "a: [1\n"), policy(), nginx(), icon()))
		}},
		{"structure-not-known-yet", func() *View {
			v := view(118, 14, true, deployment(), policy())
			v.SetStructured(true)
			return v
		}},
		{"structure-narrow", func() *View { return understood(view(40, 20, false, deployment())) }},
		{"scripts-wrapped-split", func() *View {
			v := view(80, 40, true, scripts())
			v.SetWrap(true)
			return v
		}},
		{"scripts-wrapped-unified", func() *View {
			v := view(40, 50, false, scripts())
			v.SetWrap(true)
			return v
		}},
		{"scripts-scrolled-sideways", func() *View {
			v := view(80, 24, true, scripts())
			v.ScrollX(16)
			return v
		}},
		{"kinds-wrapped", func() *View {
			v := view(40, 70, false, kinds()...)
			v.SetWrap(true)
			return v
		}},
		{"long-lines-wrapped", func() *View {
			v := view(118, 40, true, minified())
			v.SetWrap(true)
			return v
		}},
		{"wrapped-split", func() *View {
			v := view(80, 40, true, nginx())
			v.SetWrap(true)
			return v
		}},
		{"wrapped-unified", func() *View {
			v := view(60, 40, false, nginx())
			v.SetWrap(true)
			return v
		}},
		{"scrolled-sideways", func() *View {
			v := view(80, 18, true, nginx())
			v.ScrollX(31)
			return v
		}},
		{"path-stays-in-sight", func() *View {
			v := view(118, 8, true, volume(), nginx())
			v.Scroll(14)
			return v
		}},
		{"search", func() *View {
			v := view(118, 18, true, nginx())
			v.Search("ssl")
			return v
		}},
		{"tiny", func() *View { return view(12, 6, true, nginx()) }},
		{"window-of-10000", func() *View {
			v := view(118, 20, true, inventory(10_000))
			v.Scroll(5_000)
			return v
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			golden.RequireEqual(t, strings.Join(c.view().View(noColor), "\n"))
		})
	}
}

func TestSyntaxLooksAsItDid(t *testing.T) {
	for _, theme := range []themes.Palette{themes.Dark, themes.Light, themes.NoColor} {
		t.Run(theme.Name, func(t *testing.T) {
			v := view(118, 40, true, nginx(), volume(), deployment())
			for i := range v.files {
				coloured(t, v, i)
			}
			golden.RequireEqual(t, strings.Join(v.View(themes.New(theme)), "\n")+"\n")
		})
	}
}

// What files and their names say is shown, and never obeyed: neither by the terminal nor by what lays out text.
func TestNothingOfAFileReachesTheTerminalAsItIs(t *testing.T) {
	for _, wrap := range []bool{false, true} {
		v := view(90, 200, true, page()...)
		v.SetWrap(wrap)
		for _, row := range shown(v) {
			if i := strings.IndexFunc(row, func(r rune) bool {
				return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u200b'
			}); i >= 0 {
				t.Errorf("a control character is in %q", row)
			}
		}
	}
}

func TestMeaningFillsThePaneExactly(t *testing.T) {
	for w := leastWidth; w < 130; w++ {
		for _, wrap := range []bool{false, true} {
			v := understood(view(w, 70, true, deployment(), policy(), nginx(), icon()))
			v.SetWrap(wrap)
			for y, row := range v.View(dark) {
				if got := ansi.StringWidth(row); got != w {
					t.Fatalf("at %d, wrap %v, row %d has %d cells: %q", w, wrap, y, got, row)
				}
			}
		}
	}
}
