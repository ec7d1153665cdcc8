package ui

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumb/ui/action"
)

func TestLayoutShowsWhatTheWidthAllows(t *testing.T) {
	const h, l, c, d = action.History, action.Live, action.Change, action.Diff
	for _, tc := range []struct {
		w, h  int
		shape shape
		want  [][]action.Scope
		split bool
	}{
		{250, 70, shape{focus: h, left: h}, [][]action.Scope{{h}, {l, c}, {d}}, true},
		{200, 50, shape{focus: d, left: h}, [][]action.Scope{{h}, {l, c}, {d}}, true},
		{160, 45, shape{focus: h, left: h}, [][]action.Scope{{h, l, c}, {d}}, true},
		{140, 45, shape{focus: l, left: l}, [][]action.Scope{{h, l, c}, {d}}, true},
		{139, 45, shape{focus: l, left: l}, [][]action.Scope{{h, l, c}, {d}}, false},
		{100, 30, shape{focus: h, left: h}, [][]action.Scope{{h, l, c}, {d}}, false},
		{99, 30, shape{focus: h, left: h}, [][]action.Scope{{h, l, c}}, false},
		{99, 30, shape{focus: d, left: h}, [][]action.Scope{{d}}, false},
		{80, 24, shape{focus: l, left: l}, [][]action.Scope{{l}}, false},
		{80, 24, shape{focus: d, left: l}, [][]action.Scope{{d}}, false},
		{160, 20, shape{focus: d, left: l}, [][]action.Scope{{l}, {d}}, true},
		{250, 20, shape{focus: d, left: c}, [][]action.Scope{{c}, {d}}, true},
		{160, 45, shape{focus: d, left: h, wide: true}, [][]action.Scope{{d}}, true},
		{60, 15, shape{focus: h, left: h}, [][]action.Scope{{h}}, false},
		{160, 45, shape{focus: h, left: h, bare: true}, [][]action.Scope{{h, l}, {d}}, true},
		{250, 70, shape{focus: c, left: c, bare: true}, [][]action.Scope{{h, c}, {d}}, true},
	} {
		f := layout(tc.w, tc.h, tc.shape)
		if diff := cmp.Diff(tc.want, f.columns); diff != "" {
			t.Errorf("%dx%d %+v:\n%s", tc.w, tc.h, tc.shape, diff)
		}
		if f.split != tc.split {
			t.Errorf("%dx%d: side by side %v, want %v", tc.w, tc.h, f.split, tc.split)
		}
	}
}

// However large the screen: the panes cover the body, none reaches over its edge and none over another.
func TestLayoutFillsEveryScreenExactly(t *testing.T) {
	for w := 1; w <= 260; w++ {
		for h := 1; h <= 75; h++ {
			for _, focus := range action.Panes() {
				left := focus
				if left == action.Diff {
					left = action.History
				}
				for _, s := range []shape{{focus, left, false, false}, {focus, left, true, false}, {focus, left, false, true}} {
					if why := check(layout(w, h, s), focus); why != "" {
						t.Fatalf("%dx%d with %+v: %s", w, h, s, why)
					}
				}
			}
		}
	}
}

func check(f frame, focus action.Scope) string {
	if f.tooSmall {
		if f.width >= minWidth && f.height >= minHeight {
			return "is large enough and said not to be"
		}
		return ""
	}
	if !f.shows(focus) {
		return "the focused pane is not shown"
	}
	x := 0
	for i, column := range f.columns {
		if i > 0 {
			x++ // Between two columns there is one cell.
		}
		y, w := f.body.y, f.panes[column[0]].w
		for _, p := range column {
			r := f.panes[p]
			if r.x != x || r.y != y || r.w != w || r.w < 30 || r.h < 3 {
				return fmt.Sprintf("%s stands at %+v, not at %d,%d", p, r, x, y)
			}
			y += r.h
		}
		if y != f.body.y+f.body.h {
			return fmt.Sprintf("column %d ends at %d", i, y)
		}
		x += w
	}
	if x != f.width {
		return fmt.Sprintf("the columns end at %d", x)
	}
	return ""
}
