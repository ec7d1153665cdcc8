package diffview

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"plumb/model/diff"
	"plumb/themes"
)

var (
	dark    = themes.New(themes.Dark)
	noColor = themes.New(themes.NoColor)
)

// view makes a view of a size.
func view(w, h int, split bool, files ...diff.File) *View {
	v := &View{}
	v.SetSize(w, h)
	v.SetSplit(split)
	v.SetFocused(true)
	v.SetFiles(files)
	return v
}

// shown is what is on the screen, without styles and without blanks at the ends of rows.
func shown(v *View) []string {
	rows := v.View(dark)
	for i, r := range rows {
		rows[i] = strings.TrimRight(ansi.Strip(r), " ")
	}
	return rows
}

// Whatever the size and however it is scrolled, the view fills its pane exactly.
func TestRowsFillThePaneExactly(t *testing.T) {
	files := page()
	for _, h := range []int{0, 1, 2, 9, 170} {
		for w := range 130 {
			for _, split := range []bool{false, true} {
				for _, wrap := range []bool{false, true} {
					v := view(w, h, split, files...)
					v.SetWrap(wrap)
					v.Search("ssl")
					v.ScrollX(w % 9)
					v.Scroll(w % 17)
					rows := v.View(dark)
					if len(rows) != h {
						t.Fatalf("%dx%d: %d rows", w, h, len(rows))
					}
					for y, row := range rows {
						if got := ansi.StringWidth(row); got != w {
							t.Fatalf("%dx%d split %v wrap %v: row %d has %d cells: %q", w, h, split, wrap, y, got, row)
						}
					}
				}
			}
		}
	}
}

func TestColourIsNeverTheOnlySign(t *testing.T) {
	for split, signs := range map[bool][]string{
		true:  {"34 ~         access_log /var", "34 ~         access_log off", "35 +         error_page", "38 ≈     charset", "39 ≈       charset", "~ mode  0644 → 0640"},
		false: {"34    -         access_log /var", "   34 +         access_log off", "   35 +         error_page", "38    ≈     charset", "   39 ≈       charset", "~ mode  0644 → 0640"},
	} {
		all := strings.Join(shown(view(118, 45, split, nginx(), volume())), "\n")
		for _, sign := range signs {
			if !strings.Contains(all, sign) {
				t.Errorf("split %v: %q is missing in\n%s", split, sign, all)
			}
		}
	}
}

// A difference beyond the right edge must not pass for none.
func TestCutLinesTellOfWordsThatDiffer(t *testing.T) {
	row := func(v *View, with string) string {
		for _, r := range v.View(dark) {
			if strings.Contains(ansi.Strip(r), with) {
				return r
			}
		}
		t.Fatalf("%q is not seen", with)
		return ""
	}
	v := view(50, 20, false, inventory(20))
	if got := row(v, "host_5:"); !strings.Contains(got, dark.AddedWord.On()+"›") && !strings.Contains(got, dark.RemovedWord.On()+"›") {
		t.Errorf("the cut hides a difference: %q", got)
	}
	if got := row(v, "host_4:"); !strings.Contains(got, dark.Accent.On()+"›") {
		t.Errorf("nothing differs, but %q", got)
	}
}

func TestNewFileUsesTheWholeWidth(t *testing.T) {
	rows := shown(view(118, 10, true, policy()))
	if rows[0] != " only in a1b2c3d" || rows[1] != "  1 + kind: NetworkPolicy" {
		t.Errorf("%q", rows[:2])
	}
}

func TestScrollingStopsAtTheEnds(t *testing.T) {
	for _, wrap := range []bool{false, true} {
		v := view(60, 11, false, nginx())
		v.SetFocused(false)
		v.SetWrap(wrap)
		first := shown(v)
		if v.Scroll(-3) {
			t.Error("scrolled above the beginning")
		}
		n := 0
		for v.Scroll(1) {
			n++
		}
		rows := shown(v)
		if got := rows[len(rows)-1]; got != "    49 + # end  no newline at the end" {
			t.Errorf("wrap %v: the last row is %q", wrap, got)
		}
		v.Bottom()
		if got := shown(v); strings.Join(got, "\n") != strings.Join(rows, "\n") {
			t.Errorf("wrap %v: Bottom shows something else than scrolling to the end", wrap)
		}
		v.Scroll(-n)
		if got := shown(v); strings.Join(got, "\n") != strings.Join(first, "\n") {
			t.Errorf("wrap %v: scrolling back by %d does not show the beginning", wrap, n)
		}
		if n == 0 {
			t.Errorf("wrap %v: nothing was scrolled", wrap)
		}
	}
}

// Paging shows every row of the screen, and each of them in order.
func TestPagesLeaveNothingOut(t *testing.T) {
	for _, wrap := range []bool{false, true} {
		v := view(50, 500, false, nginx(), volume())
		v.SetFocused(false)
		v.SetWrap(wrap)
		want := strings.Split(strings.TrimRight(strings.Join(shown(v)[1:], "\n"), "\n"), "\n")
		v.SetSize(50, 8)
		v.Top()
		got := shown(v)[1:]
		for v.Scroll(7) {
			got = append(got, shown(v)[1:]...)
		}
		// The last page overlaps with the one before.
		if over := len(got) - len(want); over > 0 {
			got = append(got[:len(got)-7], got[len(got)-7+over:]...)
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("wrap %v: pages show\n%s\nwant\n%s", wrap, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

func TestHunksAndFiles(t *testing.T) {
	v := view(118, 8, true, nginx(), volume(), policy())
	var path []string
	for {
		file, hunk, ok := v.Hunk()
		path = append(path, fmt.Sprintf("%d.%d %v", file, hunk, ok))
		if !v.NextHunk() {
			break
		}
	}
	if got := strings.Join(path, " "); got != "0.0 true 0.1 true 0.2 true 1.0 true 2.0 true" {
		t.Error(got)
	}
	if cur, of := v.Hunks(); cur != 5 || of != 5 {
		t.Errorf("hunk %d of %d", cur, of)
	}
	v.Top()
	if !v.NextHunk() {
		t.Fatal("no second hunk")
	}
	if rows := shown(v); rows[1] != "    ⋯ 13 lines, http" {
		t.Errorf("the second hunk begins with %q", rows[1])
	}
	if !v.NextFile() || v.File() != 1 || !strings.Contains(shown(v)[1], "disk.tf") {
		t.Errorf("the next file is %d: %q", v.File(), shown(v)[1])
	}
	if !v.NextFile() || v.File() != 2 || v.NextFile() {
		t.Errorf("the last file is %d", v.File())
	}
	if !strings.Contains(shown(v)[1], "networkpolicy.yaml") {
		t.Errorf("the last file is not at the top: %q", shown(v)[1])
	}
	if v.Scroll(1) {
		t.Error("there is nothing below the last file to scroll to")
	}
	if !v.PrevFile() || v.File() != 1 {
		t.Errorf("the file before is %d", v.File())
	}
	if v.JumpTo(7) || v.JumpTo(-1) {
		t.Error("jumped to a file that does not exist")
	}
}

func TestScrollingTakesTheCurrentHunkAlong(t *testing.T) {
	v := view(80, 20, false, inventory(1000))
	v.Scroll(120)
	_, hunk, _ := v.Hunk()
	if all := strings.Join(shown(v), "\n"); hunk == 0 || !strings.Contains(all, fmt.Sprintf("host_%d:", hunk*10+5)) {
		t.Errorf("hunk %d is current, and not in\n%s", hunk, all)
	}
	v.Top()
	if _, hunk, _ = v.Hunk(); hunk != 0 {
		t.Errorf("hunk %d is current at the top", hunk)
	}
}

func TestSearch(t *testing.T) {
	v := view(60, 9, false, nginx(), volume())
	for _, c := range []struct {
		query string
		lines int
	}{
		{"ssl", 3}, {"SSL", 0}, {"Host", 1}, {"host", 1}, {"コメント", 1}, {"worker_connections 4", 1}, {"nowhere", 0}, {"", 0},
	} {
		if got := v.Search(c.query); got != c.lines {
			t.Errorf("%q is found in %d lines, want %d", c.query, got, c.lines)
		}
		if v.NextMatch() != (c.lines > 0) {
			t.Errorf("%q: going on is wrong", c.query)
		}
	}
	v.Top()
	v.Search("encrypted")
	if !strings.Contains(strings.Join(shown(v), "\n"), "encrypted") {
		t.Errorf("the match is not seen:\n%s", strings.Join(shown(v), "\n"))
	}
	v.Top()
	v.Search("ssl")
	v.PrevMatch()
	if cur, of := v.Matches(); cur != 3 || of != 3 {
		t.Errorf("before the first match comes %d of %d", cur, of)
	}
	v.SetSplit(true)
	if _, of := v.Matches(); of != 2 {
		t.Errorf("side by side the matches are in %d rows", of)
	}
	// A match beyond the right edge is brought into sight.
	v.SetSplit(false)
	v.Search("remote_addr")
	if !strings.Contains(strings.Join(shown(v), "\n"), "$remote_addr") {
		t.Errorf("the match is not seen:\n%s", strings.Join(shown(v), "\n"))
	}
}

func TestLayoutKeepsThePlace(t *testing.T) {
	v := view(118, 20, true, inventory(2000))
	v.Scroll(777)
	before := strings.Fields(shown(v)[1])[0]
	v.SetSplit(false)
	if got := strings.Fields(shown(v)[1])[0]; got != before {
		t.Errorf("line %s is at the top, it was %s", got, before)
	}
	v.SetSplit(true)
	if got := strings.Fields(shown(v)[1])[0]; got != before {
		t.Errorf("line %s is at the top, it was %s", got, before)
	}
}

func BenchmarkScroll(b *testing.B) {
	for _, c := range []struct {
		name        string
		split, wrap bool
	}{{"split", true, false}, {"unified", false, false}, {"wrapped", true, true}} {
		b.Run(c.name, func(b *testing.B) {
			v := view(160, 45, c.split, inventory(10_000))
			v.SetWrap(c.wrap)
			b.ReportAllocs()
			for b.Loop() {
				if !v.Scroll(3) {
					v.Top()
				}
				_ = v.View(dark)
			}
		})
	}
}

func BenchmarkSetFiles(b *testing.B) {
	files := []diff.File{inventory(100_000)}
	v := view(160, 45, false)
	for b.Loop() {
		v.SetFiles(files)
	}
}

func BenchmarkSearch(b *testing.B) {
	v := view(160, 45, true, inventory(100_000))
	for b.Loop() {
		v.Search("host_99999")
	}
}

// A line of a megabyte, as minified files have, must not be felt.
func BenchmarkLineOfAMegabyte(b *testing.B) {
	one := func(mid string) []byte {
		return []byte(strings.Repeat("var a=1;", 60_000) + mid + strings.Repeat("f();", 120_000) + "\n")
	}
	f := diff.Text(one("x"), one("y"), diff.Options{Path: "app.js"})
	v := view(160, 45, true, f)
	for b.Loop() {
		_ = v.View(dark)
	}
}
