package diffview

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"plumb/model"
	"plumb/model/text"
	"plumb/themes"
)

func finding(line int, severity model.Severity, words string) Finding {
	return Finding{line, severity, text.Lit("lint"), text.Line(words)}
}

// checked is a view of nginx.conf, which is between two other files, with findings everywhere that they can be.
func checked(w, h int, split bool) *View {
	v := view(w, h, split, dropped(), nginx(), icon())
	v.SetFindings(1, [][]Finding{{
		finding(33, model.SeverityError, "this directive is not allowed here, and has not been for a very long time: it was taken out of the default configuration"),
		finding(14, model.SeverityWarning, "4096 are too many"),
		finding(3, model.SeverityNote, "a comment that says nothing"),
		finding(0, model.SeverityError, "no owner"),
		finding(999, model.SeverityNote, "behind the end"),
		finding(33, model.SeverityNote, "see the manual"),
	}, {finding(7, model.SeverityError, "of a picture")}})
	return v
}

// whereSaid is the row that begins with a finding; -1 where none does.
func whereSaid(rows []string, words string) int {
	for i, r := range rows {
		if strings.Contains(r, words) {
			return i
		}
	}
	return -1
}

func TestFindingsStandBelowTheirLines(t *testing.T) {
	for _, split := range []bool{true, false} {
		for _, wrap := range []bool{true, false} {
			for _, width := range []int{60, 118, 200} {
				v := checked(width, 80, split)
				v.SetWrap(wrap)
				rows := shown(v)
				all := strings.Join(rows, "\n")
				for words, after := range map[string]string{"! lint  4096 are too many": "worker_connections", "✗ lint  no owner": "owner", "✗ lint  line 7: of a picture": "binary"} {
					at := whereSaid(rows, words)
					for k := at - 1; ; k-- {
						if k < at-5 || at < 0 {
							t.Fatalf("split %v wrap %v %d: %q is not below %q:\n%s", split, wrap, width, words, after, all)
						}
						if strings.Contains(rows[k], after) {
							break
						}
					}
				}
				// However narrow it is, all of it can be read, and in which order.
				at := whereSaid(rows, "this directive")
				if end := whereSaid(rows, "configuration"); at < 0 || end < at || width < 118 && end == at || whereSaid(rows, "· lint  see the manual") < end {
					t.Errorf("split %v wrap %v %d: %d to %d:\n%s", split, wrap, width, at, end, all)
				}
				for _, want := range []string{"· lint  line 999: behind the end", "✗ 6 findings", "✗ 1 finding", "· 1 finding"} {
					if !strings.Contains(all, want) {
						t.Errorf("split %v wrap %v %d: no %q:\n%s", split, wrap, width, want, all)
					}
				}
				if strings.Contains(all, "says nothing") {
					t.Errorf("what is folded away is shown:\n%s", all)
				}
			}
		}
	}
}

// Whatever there is to say, each row of the screen is there once, whichever way it is scrolled, and as wide as the pane.
func TestScrollingPassesEveryRowOfFindings(t *testing.T) {
	for _, split := range []bool{true, false} {
		for _, wrap := range []bool{true, false} {
			for _, width := range []int{8, 30, 90} {
				whole := checked(width, 3000, split)
				whole.SetFocused(false) // The mark of the current difference moves with the window.
				whole.SetWrap(wrap)
				want := strings.Split(strings.TrimRight(strings.Join(shown(whole)[1:], "\n"), "\n"), "\n")
				v := checked(width, 6, split)
				v.SetFocused(false)
				v.SetWrap(wrap)
				var down, up []string
				for {
					rows := v.View(dark)
					for _, r := range rows {
						if ansi.StringWidth(r) != width {
							t.Fatalf("a row has %d cells of %d", ansi.StringWidth(r), width)
						}
					}
					down = append(down, strings.TrimRight(ansi.Strip(rows[1]), " "))
					if !v.Scroll(1) {
						break
					}
				}
				for {
					up = append([]string{shown(v)[1]}, up...)
					if !v.Scroll(-1) {
						break
					}
				}
				for name, got := range map[string][]string{"down": down, "up": up} {
					if strings.Join(got, "\n") != strings.Join(want[:len(got)], "\n") || len(want)-len(got) > 5 {
						t.Errorf("split %v wrap %v %d %s:\n%s\nwant\n%s", split, wrap, width, name, strings.Join(got, "\n"), strings.Join(want, "\n"))
					}
				}
			}
		}
	}
}

func TestFindingsAreGoneToOneAfterTheOther(t *testing.T) {
	for _, split := range []bool{true, false} {
		v := checked(100, 14, split)
		order := []string{"no owner", "says nothing", "4096 are too many", "this directive", "of a picture"}
		for _, want := range order {
			if !v.NextFinding() {
				t.Fatalf("there is none before %q", want)
			}
			if all := strings.Join(shown(v), "\n"); !strings.Contains(all, want) {
				t.Errorf("split %v: %q is not in sight:\n%s", split, want, all)
			}
		}
		if v.NextFinding() {
			t.Error("there is one behind the last")
		}
		for i := len(order) - 2; i >= 0; i-- {
			if !v.PrevFinding() || !strings.Contains(strings.Join(shown(v), "\n"), order[i]) {
				t.Errorf("split %v: %q is not in sight on the way back:\n%s", split, order[i], strings.Join(shown(v), "\n"))
			}
		}
		if v.PrevFinding() {
			t.Error("there is one before the first")
		}
		// From where one has scrolled to, the next is the next below.
		v.JumpTo(2)
		if !v.PrevFinding() || !strings.Contains(strings.Join(shown(v), "\n"), "this directive") {
			t.Errorf("split %v:\n%s", split, strings.Join(shown(v), "\n"))
		}
	}
}

// Whoever reads findings goes through differences, picks, marks and searches as if there were none.
func TestFindingsDisturbNothingElse(t *testing.T) {
	for _, split := range []bool{true, false} {
		plain, with := view(100, 20, split, dropped(), nginx(), icon()), checked(100, 20, split)
		both := []*View{plain, with}
		same := func(what string, of func(v *View) any) {
			t.Helper()
			if a, b := fmt.Sprint(of(plain)), fmt.Sprint(of(with)); a != b {
				t.Errorf("split %v, %s: %s, and with findings %s", split, what, a, b)
			}
		}
		hunk := func(v *View) any { f, h, ok := v.Hunk(); return []any{f, h, ok} }
		for range 5 {
			same("the hunk", hunk)
			same("its blocks", func(v *View) any { _, b := v.CurrentBlocks(); return b })
			same("there is a next", func(v *View) any { return v.NextHunk() })
		}
		for _, v := range both {
			v.PrevHunk()
			v.Mark()
			v.DrawOut(4)
		}
		same("what is marked", func(v *View) any { f, b := v.Marked(); return []any{f, b} })
		for _, v := range both {
			v.Unmark()
		}
		same("what is found", func(v *View) any { return v.Search("ssl") })
		same("the next found", func(v *View) any { v.NextMatch(); c, n := v.Matches(); return []int{c, n} })
		same("a line", func(v *View) any { return v.ShowLine(1, 33) })
		for _, v := range both {
			v.Return(1, Place{New: 14})
		}
		same("the place", func(v *View) any { p, ok := v.Place(); return []any{p, ok} })
		for _, v := range both {
			v.SetSplit(!split)
		}
		same("the place in the other layout", func(v *View) any { p, ok := v.Place(); return []any{p, ok} })
	}
}

func TestWhereNoLinesAreShownFindingsStandAtTheHead(t *testing.T) {
	v := view(100, 30, true, deployment(), lock())
	v.SetFindings(0, [][]Finding{{finding(12, model.SeverityError, "an old image")}, {finding(1, model.SeverityWarning, "not signed")}})
	understood(v)
	all := strings.Join(shown(v), "\n")
	for _, want := range []string{"✗ lint  line 12: an old image", "! lint  line 1: not signed"} {
		if !strings.Contains(all, want) {
			t.Errorf("no %q:\n%s", want, all)
		}
	}
	for range 2 {
		if !v.NextFinding() {
			t.Error("there is no next one")
		}
	}
	v.SetStructured(false)
	v.Show(1)
	if all := strings.Join(shown(v), "\n"); strings.Contains(all, "line 1:") {
		t.Errorf("it is not at its line:\n%s", all)
	}
}

func TestThousandsOfFindingsAreCountedAndHideNothing(t *testing.T) {
	v := view(118, 45, true, inventory(20000))
	var found []Finding
	for i := range 5000 {
		found = append(found, finding(30, model.SeverityWarning, fmt.Sprintf("number %d", i)), finding(i*4, model.SeverityNote, "a line"))
	}
	v.SetFindings(0, [][]Finding{found})
	v.ShowLine(0, 30)
	all := strings.Join(shown(v), "\n")
	for _, want := range []string{"number 9", "and 4990 more here"} {
		if !strings.Contains(all, want) {
			t.Errorf("no %q:\n%s", want, all)
		}
	}
	began := time.Now()
	for range 300 {
		v.NextFinding()
		v.View(dark)
		v.Scroll(1)
		v.View(dark)
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("going through them took %s", took)
	}
}

func TestFindingsLook(t *testing.T) {
	for _, theme := range []themes.Palette{themes.Dark, themes.Light, themes.NoColor} {
		for _, width := range []int{60, 118} {
			t.Run(fmt.Sprintf("%s-%d", theme.Name, width), func(t *testing.T) {
				v := checked(width, 60, width > 100)
				golden.RequireEqual(t, strings.Join(v.View(themes.New(theme)), "\n")+"\n")
			})
		}
	}
}

func BenchmarkFindings(b *testing.B) {
	v := view(118, 45, true, inventory(20000))
	found := make([]Finding, 10000)
	for i := range found {
		found[i] = finding(i*2, model.SeverityError, strings.Repeat("long words ", 90))
	}
	v.SetFindings(0, [][]Finding{found})
	for b.Loop() {
		v.NextFinding()
		v.View(dark)
	}
}
