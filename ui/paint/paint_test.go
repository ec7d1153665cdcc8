package paint

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"plumb/model/text"
	"plumb/themes"
)

var dark = themes.New(themes.Dark)

func plain(row string) string { return ansi.Strip(row) }

func TestLineIsExactlyAsWideAsAsked(t *testing.T) {
	words := []text.Safe{
		text.Lit(""), text.Lit("a"), text.Lit("hosts/web/nginx.conf"), text.Lit("日本語のファイル"), text.Lit("e\u0301a\u0308"),
		text.Lit("\ttab\ttab"), text.Lit("two\nlines"), text.Lit("👩 🚀 ok"), text.Clean("\x1b[31mred\u202e\x00"),
	}
	for width := range 30 {
		for _, a := range words {
			for _, b := range words {
				for _, r := range words {
					l := NewLine(width).Base(dark.Selection).Add(dark.Text, a).AddTrunc(dark.Dim, b, 7).Right(dark.Drifted, r)
					if got := ansi.StringWidth(l.String()); got != width {
						t.Fatalf("width %d with %q, %q and %q: row of %d cells: %q", width, a, b, r, got, l.String())
					}
				}
			}
		}
	}
}

func TestLineShowsWhatItCuts(t *testing.T) {
	ts := text.Lit
	for _, c := range []struct {
		name string
		line *Line
		want string
	}{
		{"all fits", NewLine(10).Add(dark.Text, ts("abc")).Right(dark.Dim, ts("z")), "abc      z"},
		{"left gives way to right", NewLine(10).Add(dark.Text, ts("abcdefghij")).Right(dark.Dim, ts("42")), "abcdef… 42"},
		{"exactly full", NewLine(4).Add(dark.Text, ts("ab")).Add(dark.Dim, ts("cd")), "abcd"},
		{"cut in the second part", NewLine(4).Add(dark.Text, ts("ab")).Add(dark.Dim, ts("cde")), "abc…"},
		{"cut at the edge of parts", NewLine(3).Add(dark.Text, ts("abc")).Add(dark.Dim, ts("d")), "ab…"},
		{"right alone is too wide", NewLine(4).Right(dark.Text, ts("abcdef")), "abc…"},
		{"half of a wide character", NewLine(4).Add(dark.Text, ts("日本語")), "日 …"},
		{"truncated part", NewLine(12).AddTrunc(dark.Text, ts("worker_connections"), 8).Add(dark.Dim, ts("!")), "worker_…!   "},
		{"columns", NewLine(12).AddColumn(dark.Text, ts("ab"), 4).AddColumn(dark.Text, ts("abcdef"), 4).AddNumber(dark.Dim, ts("7"), 3), "ab  abc…  7 "},
		{"to a column", NewLine(8).Add(dark.Text, ts("ab")).To(4).Add(dark.Text, ts("c")), "ab  c   "},
		{"filled", NewLine(8).Add(dark.Text, ts("ab")).Right(dark.Text, ts("c")).Fill(dark.Border, ts("─")), "ab─────c"},
		{"tabs reach their stops", NewLine(10).Add(dark.Text, ts("a\tb\tc")), "a   b   c "},
		{"cells out of the middle", NewLine(6).AddCut(dark.Text, ts("a日本c"), 2, 5), " 本   "},
	} {
		if got := plain(c.line.String()); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestSelectionSurvivesTheStylesInIt(t *testing.T) {
	row := NewLine(12).Base(dark.Selection).Add(dark.Drifted, text.Lit("≠")).Gap(1).Add(dark.Text, text.Lit("web-2")).String()
	bg := dark.Selection.On()
	for part := range strings.SplitSeq(strings.TrimSuffix(row, off), off) {
		if !strings.HasPrefix(part, bg) {
			t.Errorf("%q has lost the background of the selection in %q", part, row)
		}
	}
	if !strings.HasSuffix(row, off) {
		t.Errorf("%q leaves its style on", row)
	}
}

func TestRowsWithoutStylesHaveNoSequences(t *testing.T) {
	if got := NewLine(6).Add(themes.Style{}, text.Lit("ab")).Right(themes.Style{}, text.Lit("c")).String(); got != "ab   c" {
		t.Errorf("%q", got)
	}
}

func TestRule(t *testing.T) {
	title := func(name, detail, count string, width int, focused bool) string {
		return plain(Title(dark, width, text.Line(name), text.Line(detail), text.Line(count), focused))
	}
	for _, c := range []struct{ got, want string }{
		{title("Live", "production", "41 · 2 drifted", 50, false), "─ Live  production ────────────── 41 · 2 drifted ─"},
		{title("History", "main", "84,202", 30, true), "▌History  main ────── 84,202 ─"},
		{title("History", "main · first parent", "", 16, true), "▌History  main …"},
		{title("Live", "", "", 10, false), "─ Live ───"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

func TestJoinColumnsAndBlock(t *testing.T) {
	left := Block(4, 3, []string{"ab", "日本語"})
	right := Block(3, 2, []string{"x", "y", "z"})
	got := JoinColumns(S(themes.Style{}, text.Lit("│")), left, right)
	want := []string{"ab  │x  ", "日本│y  ", "    │   "}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestOverlayCutsTheRowsUnderIt(t *testing.T) {
	red := "\x1b[31m"
	base := []string{"0123456789", red + "0123456789" + off, "日本語日本", "short"}
	dialog := []string{"[AA]", "[BB]", "[CC]", "[DD]"}
	got := Overlay(base, dialog, 3, 0)
	want := []string{"012[AA]789", "012[BB]789", "日 [CC] 本", "sho[DD]"}
	for i := range want {
		if plain(got[i]) != want[i] {
			t.Errorf("row %d: %q, want %q", i, plain(got[i]), want[i])
		}
	}
	if !strings.Contains(got[1], red+"789") && !strings.Contains(got[1], red) {
		t.Errorf("the rest of %q has lost its colour", got[1])
	}
	if i := strings.Index(got[1], "[BB]"); !strings.HasSuffix(got[1][:i], off) {
		t.Errorf("the dialog in %q has the colour of what it covers", got[1])
	}
	if d := cmp.Diff("0123456789", base[0]); d != "" {
		t.Error("the base was changed:", d)
	}
	if got := Overlay(base[:2], dialog, 20, 1); plain(got[1]) != "0123456789          [AA]" {
		t.Errorf("beside the rows: %q", plain(got[1]))
	}
}

func TestFrameAndWrap(t *testing.T) {
	rows := Wrap(text.Lit("one plan is not approved\nwait"), 12)
	drawn := make([]string, len(rows))
	for i, r := range rows {
		drawn[i] = NewLine(12).Add(dark.Text, r).String()
	}
	var got []string
	for _, row := range Frame(dark, 16, []Span{{dark.Strong, text.Lit("Why")}}, drawn) {
		got = append(got, plain(row))
	}
	want := []string{
		"┌ Why ─────────┐",
		"│ one plan is  │",
		"│ not approved │",
		"│ wait         │",
		"└──────────────┘",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// BenchmarkFrame draws a whole screen of 160 by 45: a list of styled rows beside a text.
func BenchmarkFrame(b *testing.B) {
	subject, author := text.Lit("Raise the worker connections of the edge"), text.Lit("alice")
	age, hash := text.Lit("2h"), text.Lit("a1b2c3d")
	code := make([]text.Safe, 45)
	for i := range code {
		code[i] = text.Line(fmt.Sprintf("    proxy_set_header X-Forwarded-For $remote_addr; # %d", i))
	}
	sep := S(dark.Border, text.Lit("│"))
	b.ReportAllocs()
	for b.Loop() {
		left, right := make([]string, 45), make([]string, 45)
		for y := range 45 {
			l := NewLine(70).AddColumn(dark.Dim, hash, 9).AddColumn(dark.Faint, age, 4).AddColumn(dark.Dim, author, 10).
				Add(dark.Text, subject).Right(dark.Drifted, text.Lit("≠"))
			if y == 7 {
				l.Base(dark.Selection)
			}
			left[y] = l.String()
			right[y] = NewLine(89).AddNumber(dark.Faint, age, 5).Gap(2).Add(dark.Syntax.Keyword, code[y]).
				Add(dark.AddedWord, author).Add(dark.Syntax.Comment, subject).String()
		}
		_ = strings.Join(JoinColumns(sep, left, right), "\n")
	}
}

func BenchmarkOverlay(b *testing.B) {
	rows := make([]string, 45)
	for y := range rows {
		rows[y] = NewLine(160).Add(dark.Dim, text.Lit("a1b2c3d")).Gap(3).Add(dark.Text, text.Lit("Raise the worker connections of the edge")).String()
	}
	dialog := Frame(dark, 100, nil, make([]string, 12))
	b.ReportAllocs()
	for b.Loop() {
		_ = Overlay(rows, dialog, 30, 12)
	}
}

func TestFaintTextIsReadableInAReversedRow(t *testing.T) {
	s := themes.New(themes.NoColor)
	row := NewLine(4).Base(s.Selection).Add(s.Dim, text.Lit("ab")).String()
	if want := s.Selection.On() + s.Dim.On() + "\x1b[22mab" + off; !strings.HasPrefix(row, want) {
		t.Errorf("%q, want %q at its start", row, want)
	}
}
