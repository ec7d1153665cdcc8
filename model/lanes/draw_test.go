package lanes

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"
)

func TestGraphsAreDrawnLikeThis(t *testing.T) {
	file, err := os.ReadFile("testdata/graphs.txt")
	if err != nil {
		t.Fatal(err)
	}
	cases := strings.Split(string(file), "\n# ")[1:]
	if len(cases) < 18 {
		t.Fatalf("%d graphs, want all", len(cases))
	}
	for _, c := range cases {
		name, lines, _ := strings.Cut(strings.TrimSpace(c), "\n")
		t.Run(name, func(t *testing.T) {
			var graph string
			var unicode, ascii []string
			for line := range strings.Lines(lines) {
				columns := strings.Split(line, "║ ")
				if len(columns) != 3 {
					t.Fatalf("not a graph and two drawings: %s", line)
				}
				graph += columns[0] + "\n"
				unicode = append(unicode, strings.TrimRight(columns[1], " "))
				ascii = append(ascii, strings.TrimRight(columns[2], " \n"))
			}
			g := read(graph)
			rows := whole(g)
			if diff := cmp.Diff(unicode, drawn(rows, Row.Draw, 100)); diff != "" {
				t.Errorf("drawn otherwise (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(ascii, drawn(rows, Row.DrawASCII, 100)); diff != "" {
				t.Errorf("drawn otherwise with ASCII (-want +got):\n%s", diff)
			}
			sound(t, rows)
			follow(t, g, rows)
		})
	}
}

// branches is n branches of two commits each that begin at one commit.
func branches(n int) commits {
	var g commits
	for i := range n {
		g = append(g, commit{uint32(i), []uint32{uint32(n + i)}})
	}
	for i := range n {
		g = append(g, commit{uint32(n + i), []uint32{uint32(2 * n)}})
	}
	return append(g, commit{uint32(2 * n), nil})
}

func TestLanesOverTheLimitAreCounted(t *testing.T) {
	g := branches(30)
	l := New(g)
	var got []string
	for _, row := range []int{0, 10, 11, 12, 13, 29, 30, 42, 59, 60} {
		r := l.Rows(row, row+1)[0]
		got = append(got, fmt.Sprintf("%-25s %d", text(r.Draw(80)), r.More))
	}
	want := []string{
		"●                         0",
		"│ │ │ │ │ │ │ │ │ │ ●     0",
		"│ │ │ │ │ │ │ │ │ │ │ ●   0",
		"│ │ │ │ │ │ │ │ │ │ │ │ ● 1",
		"│ │ │ │ │ │ │ │ │ │ │ │ ● 2",
		"│ │ │ │ │ │ │ │ │ │ │ │ ● 18",
		"● │ │ │ │ │ │ │ │ │ │ │ … 18",
		"│ │ │ │ │ │ │ │ │ │ │ │ ● 18",
		"│ │ │ │ │ │ │ │ │ │ │ │ ● 18",
		"●─┴─┴─┴─┴─┴─┴─┴─┴─┴─┴─┴─… 18",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("12 of 30 lanes (-want +got):\n%s", diff)
	}
}

func TestANarrowScreenShowsTheCommitOfEveryRow(t *testing.T) {
	g := read("o a b c d\nd r\nc r\nb r\na r\nr\n")
	rows := whole(g)
	for width, want := range map[int]string{
		0: "|||||",
		1: "○|●|●|●|●|●",
		2: "○|●|●|●|●|●",
		3: "○─…|│ ●|│ ●|│ ●|● …|●─…",
		4: "○─…|│ ●|│ ●|│ ●|● …|●─…",
		5: "○─┬─…|│ │ ●|│ │ ●|│ ● …|● │ …|●─┴─…",
		7: "○─┬─┬─╮|│ │ │ ●|│ │ ● │|│ ● │ │|● │ │ │|●─┴─┴─╯",
	} {
		if got := strings.Join(drawn(rows, Row.Draw, width), "|"); got != want {
			t.Errorf("in %d cells: %s, want %s", width, got, want)
		}
	}
}

func TestEveryRuneIsOneCellWide(t *testing.T) {
	for _, s := range []set{unicodeSet, asciiSet} {
		for _, r := range append(s.lines[:], s.commit, s.merge, s.more) {
			if n := ansi.StringWidth(string(r)); n != 1 {
				t.Errorf("%q is %d cells wide", r, n)
			}
			if s.commit < 0x80 && r >= 0x80 {
				t.Errorf("%q is not ASCII", r)
			}
		}
	}
}

func TestAFoldedMergeCanBeDrawnAsOne(t *testing.T) {
	r := New(commits{{1, []uint32{0}}, {0, nil}}).Rows(0, 1)[0]
	r.Merge = true
	if got := text(r.Draw(10)); got != "○" {
		t.Errorf("drawn as %s", got)
	}
}

// A glyph is coloured as the line that it shows most of: the way to a merged branch as that branch.
func TestLinesAreColouredAsTheLaneTheyLeadTo(t *testing.T) {
	g := read("t1 a\nt2 b\nm t3 a\nt3 b\na r\nb r\nr\n")
	var got []string
	for _, r := range whole(g) {
		line := ""
		for _, glyph := range r.Draw(80) {
			if glyph.Lane < 0 {
				line += " "
				continue
			}
			line += fmt.Sprint(glyph.Lane)
		}
		got = append(got, line)
	}
	want := []string{"0", "0 1", "00102", "0 1 2", "0 1 2", "0 122", "011"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("numbers of lines (-want +got):\n%s", diff)
	}
}

func drawn(rows []Row, draw func(Row, int) []Glyph, width int) []string {
	lines := make([]string, len(rows))
	for i, r := range rows {
		lines[i] = text(draw(r, width))
	}
	return lines
}

func text(glyphs []Glyph) string {
	var b strings.Builder
	for _, g := range glyphs {
		b.WriteRune(g.Rune)
	}
	return b.String()
}
