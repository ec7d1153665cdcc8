package diffview

import (
	"strings"
	"testing"

	"plumb/model/diff"
)

func TestThePlaceIsTheLineAtTheTop(t *testing.T) {
	if _, ok := (&View{}).Place(); ok {
		t.Error("there is a place where nothing is shown")
	}
	for _, split := range []bool{false, true} {
		v := view(80, 20, split, nginx(), inventory(400))
		if p, ok := v.Place(); !ok || p.File != 0 || p.New == 0 {
			t.Errorf("at the top is %+v", p)
		}
		if !v.ShowLine(1, 200) {
			t.Fatal("line 200 is not found")
		}
		p, _ := v.Place()
		if p.File != 1 || p.New < 185 || p.New > 200 {
			t.Errorf("split %v: line 200 was asked for, at the top is %+v", split, p)
		}
		if all := strings.Join(shown(v), "\n"); !strings.Contains(all, "200 ") {
			t.Errorf("split %v: line 200 is not in sight:\n%s", split, all)
		}
		if v.ShowLine(0, 10_000) || v.ShowLine(7, 1) {
			t.Error("a line that is not there was found")
		}
	}
}

// A deleted file has old lines only.
func TestThePlaceInADeletedFileIsOnItsOldSide(t *testing.T) {
	f := diff.Text([]byte("a\nb\nc\n"), nil, diff.Options{Path: "gone"})
	v := view(80, 20, true, f)
	if p, ok := v.Place(); !ok || p.Old != 1 || p.New != 0 {
		t.Errorf("at the top is %+v", p)
	}
}
