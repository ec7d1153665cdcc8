package diffview

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"plumb/model/diff"
	"plumb/model/structure"
	"plumb/model/text"
)

// rowsWith are the rows of the screen that have a text in them.
func rowsWith(v *View, what string) int {
	n := 0
	for _, r := range shown(v) {
		if strings.Contains(r, what) {
			n++
		}
	}
	return n
}

func TestFoldsOpen(t *testing.T) {
	for _, split := range []bool{true, false} {
		v := view(118, 60, split, nginx())
		if rowsWith(v, "gzip") != 1 || rowsWith(v, "⋯ 13 lines") != 1 {
			t.Fatalf("the fold is\n%s", strings.Join(shown(v), "\n"))
		}
		if !v.Unfold() || rowsWith(v, "gzip") != 14 || rowsWith(v, "⋯ 13 lines") != 0 {
			t.Errorf("unfolded around the first hunk:\n%s", strings.Join(shown(v), "\n"))
		}
		if v.Unfold() {
			t.Error("there is nothing left to unfold around the first hunk")
		}
		if !v.ToggleWhole() || rowsWith(v, "⋯") != 0 || rowsWith(v, "charset") < 9 {
			t.Errorf("the whole file is\n%s", strings.Join(shown(v), "\n"))
		}
		if v.ToggleWhole() || rowsWith(v, "⋯ 13 lines") != 1 {
			t.Errorf("folded again it is\n%s", strings.Join(shown(v), "\n"))
		}
		row := slices.IndexFunc(shown(v), func(r string) bool { return strings.Contains(r, "⋯ 13 lines") })
		if !v.UnfoldRow(row) || rowsWith(v, "⋯ 13 lines") != 0 {
			t.Errorf("clicked on, the fold is\n%s", strings.Join(shown(v), "\n"))
		}
		if v.UnfoldRow(row) {
			t.Error("a line was unfolded")
		}
	}
}

// What is folded away is found, and shown when it is the match.
func TestSearchLooksIntoFolds(t *testing.T) {
	v := view(100, 20, false, inventory(400))
	if n := v.Search("setting_9: 150"); n != 1 {
		t.Fatalf("found in %d lines", n)
	}
	if rowsWith(v, "setting_9: 150") != 1 {
		t.Errorf("the match is not seen:\n%s", strings.Join(shown(v), "\n"))
	}
	if cur, of := v.Matches(); cur != 1 || of != 1 {
		t.Errorf("match %d of %d", cur, of)
	}
}

func TestALineIsShownWhereverItIs(t *testing.T) {
	v := view(100, 20, true, nginx(), inventory(400))
	for _, n := range []int{1, 30, 60, 130, 200, 399} {
		if !v.ShowLine(1, n) {
			t.Fatalf("line %d is not found", n)
		}
		p, _ := v.Place()
		if all := shown(v); p.File != 1 || !slices.ContainsFunc(all, func(r string) bool {
			return strings.Contains(r, fmt.Sprintf("│ %d ", n)) || strings.Contains(r, fmt.Sprintf("│%3d ", n))
		}) {
			t.Errorf("line %d was asked for, file %d is shown:\n%s", n, p.File, strings.Join(all, "\n"))
		}
	}
}

func TestMoreFilesMoveNothing(t *testing.T) {
	v := view(100, 20, true, nginx(), volume())
	v.Scroll(15)
	before := strings.Join(shown(v), "\n")
	v.AddFiles(inventory(100), policy())
	if after := strings.Join(shown(v), "\n"); after != before {
		t.Errorf("it was\n%s\nand is\n%s", before, after)
	}
	v.Bottom()
	if rowsWith(v, "NetworkPolicy") != 1 {
		t.Error("the last file is not there")
	}
}

func TestWhatAProgramWroteIsHeldBack(t *testing.T) {
	lock := diff.Text([]byte("a\n"), []byte("b\n"), diff.Options{Path: "go.sum"})
	lock.Generated = true
	large := diff.File{OldPath: text.Lit("dump.sql"), NewPath: text.Lit("dump.sql"), Unloaded: 12 << 20}
	v := view(80, 60, false, lock, nginx(), large)
	if rowsWith(v, "written by a program: enter shows its lines") != 1 || rowsWith(v, "12 MiB, not loaded: enter loads it") != 1 {
		t.Fatalf("%s", strings.Join(shown(v), "\n"))
	}
	if file, load, ok := v.Held(); !ok || load || file != 0 {
		t.Errorf("held is %d, to be loaded %v, %v", file, load, ok)
	}
	if !v.Show(0) || rowsWith(v, "written by a program") != 0 || v.Show(0) || v.Show(2) {
		t.Errorf("%s", strings.Join(shown(v), "\n"))
	}
	if alone := view(80, 8, false, lock); rowsWith(alone, "- a") != 1 {
		t.Error("a generated file alone is what was asked for, and is held back")
	}
}

func TestARangeOfLines(t *testing.T) {
	f := diff.Text([]byte("a\nb\nc\nd\n"), []byte("a\nX: 1\nY\nd\ne\n"), diff.Options{})
	for split, want := range map[bool][]diff.Block{
		true:  {{OldLo: 1, OldHi: 3, NewLo: 1, NewHi: 1}, {OldLo: 3, OldHi: 3, NewLo: 1, NewHi: 2}},
		false: {{OldLo: 1, OldHi: 3, NewLo: 1, NewHi: 2}},
	} {
		v := view(60, 20, split, f)
		if v.Marking() || !v.Mark() || !v.Marking() {
			t.Fatal("no range begins")
		}
		if file, blocks := v.Marked(); file != 0 || len(blocks) != 1 || blocks[0].OldLo != 1 || blocks[0].OldHi != 2 || blocks[0].NewLo != blocks[0].NewHi {
			t.Errorf("split %v: the first line is %+v", split, blocks)
		}
		v.DrawOut(2)
		_, blocks := v.Marked()
		var lines int
		for _, b := range blocks {
			lines += b.OldHi - b.OldLo + b.NewHi - b.NewLo
		}
		if lines != 3 {
			t.Errorf("split %v: three lines are %+v, such as %+v", split, blocks, want)
		}
		v.DrawOut(100)
		if _, blocks = v.Marked(); len(blocks) != 2 || blocks[1] != f.Blocks[1] || blocks[0] != f.Blocks[0] {
			t.Errorf("split %v: all lines are %+v, want %+v", split, blocks, f.Blocks)
		}
		if !v.Unmark() || v.Unmark() || v.Marking() {
			t.Error("the range is not dropped")
		}
	}
}

func TestMeaningInPlaceOfLines(t *testing.T) {
	old := "a:\n  image: web:1.25\n  replicas: 1\nb: 1\n"
	new := "a:\n  replicas: 3\n  image: web:1.26\nb: 1\n"
	f := diff.Text([]byte(old), []byte(new), diff.Options{Path: "a.yaml"})
	d, err := structure.Compare(structure.YAML, []byte(old), []byte(new))
	if err != nil {
		t.Fatal(err)
	}
	v := view(80, 20, true, f, nginx())
	v.SetStructured(true)
	if rowsWith(v, "shown by lines until") != 2 {
		t.Errorf("before it is known:\n%s", strings.Join(shown(v), "\n"))
	}
	v.SetStructure(0, &Structure{Diff: d})
	v.SetStructure(1, &Structure{Err: &structure.ParseError{Line: 3, Reason: text.Lit("no key")}})
	for _, want := range []string{"~ a.image  web:1.25 → web:1.26", "~ a.replicas  1 → 3", "shown by lines: the old version cannot be read: line 3: no key"} {
		if rowsWith(v, want) != 1 {
			t.Errorf("%q is not in\n%s", want, strings.Join(shown(v), "\n"))
		}
	}
	if c := v.Change(); c == nil || c.Path.String() != "a.replicas" {
		t.Errorf("the first change is %+v", c)
	}
	v.NextHunk()
	if c := v.Change(); c == nil || c.Path.String() != "a.image" {
		t.Errorf("the second change is %+v", c)
	}
	_, blocks := v.CurrentBlocks()
	var lines int
	for _, b := range blocks {
		lines += b.OldHi - b.OldLo + b.NewHi - b.NewLo
	}
	if lines == 0 || lines > 2 {
		t.Errorf("the image's lines are %+v", blocks)
	}
	if v.Search("web:1.26") != 1 {
		t.Error("a value is not found")
	}
	v.SetStructured(false)
	if rowsWith(v, "image: web:1.26") != 1 || v.Change() != nil {
		t.Errorf("lines again:\n%s", strings.Join(shown(v), "\n"))
	}
	v.SetStructure(0, &Structure{})
	v.SetStructured(true)
	if rowsWith(v, "no change in meaning") != 1 {
		t.Errorf("%s", strings.Join(shown(v), "\n"))
	}
}
