package list

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

func of(n, height int) *List {
	l := &List{}
	l.SetHeight(height)
	l.SetLen(n)
	return l
}

func (l *List) state() string {
	from, to := l.Window()
	return fmt.Sprintf("%d of %d in %d-%d", l.Cursor(), l.Len(), from, to)
}

func TestMoving(t *testing.T) {
	for _, c := range []struct {
		name string
		n    int
		do   func(l *List)
		want string
	}{
		{"starts at the top", 100, func(l *List) {}, "0 of 100 in 0-10"},
		{"down within the window", 100, func(l *List) { l.Move(7) }, "7 of 100 in 0-10"},
		{"keeps rows below the cursor in sight", 100, func(l *List) { l.Move(8) }, "8 of 100 in 1-11"},
		{"and above", 100, func(l *List) { l.SetCursor(50); l.Move(-9) }, "41 of 100 in 39-49"},
		{"not beyond the ends", 100, func(l *List) { l.Move(-3); l.Move(1000) }, "99 of 100 in 90-100"},
		{"a page keeps one row", 100, func(l *List) { l.Move(3); l.Page(1) }, "12 of 100 in 9-19"},
		{"there and back", 100, func(l *List) { l.SetCursor(40); l.Page(1); l.Page(-1) }, "40 of 100 in 33-43"},
		{"half a page", 100, func(l *List) { l.HalfPage(2) }, "10 of 100 in 8-18"},
		{"a page at the end", 100, func(l *List) { l.SetCursor(97); l.Page(1) }, "99 of 100 in 90-100"},
		{"bottom and top", 100, func(l *List) { l.Bottom(); l.Top() }, "0 of 100 in 0-10"},
		{"bottom", 100, func(l *List) { l.Bottom() }, "99 of 100 in 90-100"},
		{"fewer rows than room", 4, func(l *List) { l.Bottom(); l.Page(3) }, "3 of 4 in 0-4"},
		{"empty", 0, func(l *List) { l.Bottom(); l.Move(1); l.Page(-1) }, "0 of 0 in 0-0"},
		{"rows vanish", 100, func(l *List) { l.Bottom(); l.SetLen(20) }, "19 of 20 in 10-20"},
		{"the window shrinks", 100, func(l *List) { l.Move(7); l.SetHeight(3) }, "7 of 100 in 6-9"},
		{"the window grows", 100, func(l *List) { l.Bottom(); l.SetHeight(40) }, "99 of 100 in 60-100"},
		{"the wheel leaves the cursor", 100, func(l *List) { l.SetCursor(20); l.Wheel(3) }, "20 of 100 in 16-26"},
		{"or takes it along", 100, func(l *List) { l.Wheel(5) }, "7 of 100 in 5-15"},
		{"the wheel at the end", 100, func(l *List) { l.Wheel(500) }, "92 of 100 in 90-100"},
	} {
		l := of(c.n, 10)
		c.do(l)
		if got := l.state(); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestCursorStaysOnItsRow(t *testing.T) {
	rows := make([]int, 100)
	for i := range rows {
		rows[i] = i
	}
	l := of(len(rows), 10)
	l.SetCursor(50)
	at := l.Cursor() - l.Offset()
	rows = append([]int{-3, -2, -1}, rows...)
	asked := 0
	if !l.Replace(len(rows), func(i int) bool { asked++; return rows[i] == 50 }) {
		t.Fatal("the row was not found")
	}
	if rows[l.Cursor()] != 50 || l.Cursor()-l.Offset() != at {
		t.Errorf("on row %d at line %d, want 50 at %d", rows[l.Cursor()], l.Cursor()-l.Offset(), at)
	}
	if asked > 10 {
		t.Errorf("asked %d times", asked)
	}
	if l.Replace(20, func(i int) bool { return false }) {
		t.Error("a row that is gone was found")
	}
	if got := l.state(); got != "19 of 20 in 10-20" {
		t.Errorf("after the row has gone: %s", got)
	}
}

func TestNewRowsAtTheTopAreSeenByWhoLooksThere(t *testing.T) {
	l := of(100, 10)
	l.Move(1)
	l.Replace(103, func(i int) bool { return i == 4 })
	if got := l.state(); got != "4 of 103 in 0-10" {
		t.Error(got)
	}
}

func TestCursorPassesOverHeadings(t *testing.T) {
	l := of(9, 4)
	l.SetSkip(func(i int) bool { return i%3 == 0 })
	var path []string
	for range 8 {
		path = append(path, fmt.Sprint(l.Cursor()))
		l.Move(1)
	}
	for range 8 {
		l.Move(-1)
		path = append(path, fmt.Sprint(l.Cursor()))
	}
	if got := strings.Join(path, " "); got != "1 2 4 5 7 8 8 8 7 5 4 2 1 1 1 1" {
		t.Error(got)
	}
	if l.Offset() != 0 {
		t.Errorf("the heading over the first row is not seen: offset %d", l.Offset())
	}
}

// Whatever is done, the cursor is a row that exists and is in the window.
func TestCursorIsAlwaysSeen(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	l := of(50, 7)
	for i := range 20000 {
		switch k := r.IntN(23) - 11; r.IntN(9) {
		case 0:
			l.Move(k)
		case 1:
			l.Page(k)
		case 2:
			l.HalfPage(k)
		case 3:
			l.Wheel(k)
		case 4:
			l.SetLen(r.IntN(60))
		case 5:
			l.SetHeight(r.IntN(20))
		case 6:
			l.SetCursor(r.IntN(80) - 10)
		case 7:
			want := r.IntN(60)
			l.Replace(r.IntN(60), func(i int) bool { return i == want })
		case 8:
			if l.SetSkip(nil); k > 0 {
				l.SetSkip(func(i int) bool { return i%(k+1) == 0 })
			}
		}
		from, to := l.Window()
		if from < 0 || to > l.Len() || to-from > l.Height() {
			t.Fatalf("step %d: window %s", i, l.state())
		}
		if want := min(l.Height(), l.Len()); to-from != want {
			t.Fatalf("step %d: %d rows are drawn where %d could be: %s", i, to-from, want, l.state())
		}
		if l.Len() > 0 && l.Height() > 0 && (l.Cursor() < from || l.Cursor() >= to) {
			t.Fatalf("step %d: the cursor is out of sight: %s", i, l.state())
		}
	}
}

func TestScrollbar(t *testing.T) {
	bar := func(l *List) string {
		var b strings.Builder
		for y := range l.Height() {
			if l.ScrollbarMark(y) {
				b.WriteByte('#')
			} else {
				b.WriteByte('.')
			}
		}
		return b.String()
	}
	l := of(100, 10)
	if got := bar(l); got != "#........." {
		t.Error("top:", got)
	}
	l.SetCursor(10)
	if got := bar(l); got != ".#........" {
		t.Error("a little below the top:", got)
	}
	l.Bottom()
	if got := bar(l); got != ".........#" {
		t.Error("bottom:", got)
	}
	if got := bar(of(10, 10)); got != ".........." {
		t.Error("all seen:", got)
	}
}

func BenchmarkMoveIn100000(b *testing.B) {
	l := of(100_000, 40)
	b.ReportAllocs()
	for b.Loop() {
		l.Page(1)
		l.Move(-1)
		l.Window()
	}
}
