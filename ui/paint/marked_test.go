package paint

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"plumb/model/text"
	"plumb/themes"
)

func TestMarksStayOnTheirText(t *testing.T) {
	bold, under := themes.Make(themes.Look{Bold: true}), themes.Make(themes.Look{Underline: true})
	line := text.Lit("\tlisten 日本;")
	l := NewLine(14)
	more := l.AddMarked(themes.Style{}, line, 2, 14, []Mark{{1, 7, bold}, {8, 14, bold}}, []Mark{{11, 14, under}})
	want := "  " + bold.On() + "listen" + off + " " + bold.On() + "日" + off + under.On() + " " + off + "  "
	if got := l.String(); got != want || !more {
		t.Errorf("%q (more: %v), want %q", got, more, want)
	}
	if l := NewLine(8); l.AddMarked(themes.Style{}, text.Lit("12345678"), 0, 8) {
		t.Error("text that fits is said to go on")
	}
}

func TestLongLineCostsWhatIsSeen(t *testing.T) {
	long := text.Line(strings.Repeat("日本 and so on; ", 100_000))
	l := NewLine(40)
	if !l.AddMarked(dark.Text, long, 1_000_001, 1_000_041) {
		t.Error("the line does not go on")
	}
	if got := ansi.StringWidth(l.String()); got != 40 {
		t.Errorf("%d cells", got)
	}
}

func TestBreaks(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  []int
	}{
		{"", 5, []int{0}},
		{"12345", 5, []int{0}},
		{"123456", 5, []int{0, 5}},
		{"日本語日本", 5, []int{0, 4, 8}},
		{"日", 1, []int{0}},
		{"a\tb", 3, []int{0, 3}},
		{"abc", 0, []int{0}},
	} {
		if d := cmp.Diff(c.want, Breaks(text.Clean(c.text), c.width)); d != "" {
			t.Errorf("%q in %d: %s", c.text, c.width, d)
		}
	}
}
