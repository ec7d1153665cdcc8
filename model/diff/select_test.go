package diff

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOnlyWhatWasPickedIsCarriedOut(t *testing.T) {
	const old, new = "a\nb\nc\nd\ne\n", "a\nB\nc\nd\ne\nf\ng\n"
	for _, tt := range []struct {
		name, old, new string
		picked         []Block
		want, rest     string
	}{
		{"the first of two blocks", old, new, []Block{{1, 2, 1, 2}}, "a\nB\nc\nd\ne\n", "a\nb\nc\nd\ne\nf\ng\n"},
		{"the second of two blocks", old, new, []Block{{5, 5, 5, 7}}, "a\nb\nc\nd\ne\nf\ng\n", "a\nB\nc\nd\ne\n"},
		{"one of two added lines", old, new, []Block{{5, 5, 6, 7}}, "a\nb\nc\nd\ne\ng\n", "a\nB\nc\nd\ne\nf\n"},
		{"what was added and not what was removed", old, new, []Block{{2, 2, 1, 2}}, "a\nb\nB\nc\nd\ne\n", "a\nc\nd\ne\nf\ng\n"},
		{"what was removed and not what was added", old, new, []Block{{1, 2, 1, 1}}, "a\nc\nd\ne\n", "a\nb\nB\nc\nd\ne\nf\ng\n"},
		{"a line behind one without a newline", "a\nb", "a\nb\nc\n", []Block{{2, 2, 2, 3}}, "a\nb\nc\n", "a\nb\n"},
		{"one in the manner of Windows", "a\r\nb", "a\r\nb\r\nc\r\n", []Block{{2, 2, 2, 3}}, "a\r\nb\r\nc\r\n", "a\r\nb\r\n"},
		{"two lines without a newline", "a\r\nb", "a\r\nc", []Block{{2, 2, 1, 2}}, "a\r\nb\r\nc", "a\r\n"},
		{"the newline at the end", "a\nb", "a\nb\n", []Block{{1, 2, 1, 2}}, "a\nb\n", "a\nb"},
		{"line ends of Windows", "a\nb\n", "a\r\nb\r\n", []Block{{1, 2, 1, 2}}, "a\nb\r\n", "a\r\nb\n"},
		{"all lines of a file that stays", "a\n", "", []Block{{0, 1, 0, 0}}, "", "a\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Apply([]byte(tt.old), []byte(tt.new), tt.picked)
			if err != nil || string(got) != tt.want || got == nil {
				t.Errorf("picked gives %q (%v), want %q", got, err, tt.want)
			}
			got, err = Except([]byte(tt.old), []byte(tt.new), tt.picked)
			if err != nil || string(got) != tt.rest || got == nil {
				t.Errorf("taken back leaves %q (%v), want %q", got, err, tt.rest)
			}
		})
	}
}

func TestFilesThatComeAndGoInPart(t *testing.T) {
	file := []byte("a\nb\nc\n")
	all, middle := []Block{{0, 0, 0, 3}}, []Block{{0, 0, 1, 2}}
	for _, tt := range []struct {
		name     string
		old, new []byte
		picked   []Block
		want     []byte
	}{
		{"nothing of a new file", nil, file, nil, nil},
		{"a part of a new file", nil, file, middle, []byte("b\n")},
		{"a new file", nil, file, all, file},
		{"nothing of a deletion", file, nil, nil, file},
		{"a part of a deletion", file, nil, swapped(middle), []byte("a\nc\n")},
		{"a deletion", file, nil, swapped(all), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Apply(tt.old, tt.new, tt.picked)
			if err != nil || !bytes.Equal(got, tt.want) || (got == nil) != (tt.want == nil) {
				t.Errorf("got %q (%v), want %q", got, err, tt.want)
			}
		})
	}
}

func TestWhatIsNoSelectionIsRefused(t *testing.T) {
	for name, picked := range map[string][]Block{
		"nothing":           {{1, 1, 1, 1}},
		"backwards":         {{2, 1, 0, 1}},
		"before the start":  {{-1, 1, 0, 1}},
		"behind the end":    {{1, 4, 0, 1}},
		"behind the new":    {{1, 2, 0, 4}},
		"twice":             {{0, 2, 0, 1}, {1, 3, 1, 2}},
		"not in order":      {{2, 3, 2, 3}, {0, 1, 0, 1}},
		"in order in one":   {{0, 1, 2, 3}, {2, 3, 0, 1}},
		"of a far-away end": {{0, 1 << 62, 0, 1}},
	} {
		if got, err := Apply([]byte("a\nb\nc\n"), []byte("x\ny\nz\n"), picked); err == nil {
			t.Errorf("%s: picked as %q", name, got)
		}
		if got, err := Except([]byte("a\nb\nc\n"), []byte("x\ny\nz\n"), picked); err == nil {
			t.Errorf("%s: taken back as %q", name, got)
		}
	}
}

func TestBlocksAreCutDownToLines(t *testing.T) {
	// Two lines became four, one was removed, one was added.
	blocks := []Block{{2, 4, 2, 6}, {6, 7, 8, 8}, {9, 9, 10, 11}}
	for _, tt := range []struct {
		name   string
		lo, hi int
		want   []Block
	}{
		{"all", -1, 99, blocks},
		{"none", 0, 2, nil},
		{"an empty range", 4, 4, nil},
		{"the first changed line", 2, 3, []Block{{2, 3, 2, 3}}},
		{"a line that has nothing beside it", 4, 5, []Block{{4, 4, 4, 5}}},
		{"what is left, with what belongs to it", 3, 6, []Block{{3, 4, 3, 6}}},
		{"the lines around what was removed", 7, 9, []Block{{6, 7, 8, 8}}},
		{"only the line above it", 7, 8, nil},
		{"only the line below it", 8, 9, nil},
		{"an added line", 10, 11, []Block{{9, 9, 10, 11}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, WithinNew(blocks, tt.lo, tt.hi)); d != "" {
				t.Errorf("of the new version (-want +got):\n%s", d)
			}
			if d := cmp.Diff(swapped(tt.want), WithinOld(swapped(blocks), tt.lo, tt.hi)); d != "" {
				t.Errorf("of the old version (-want +got):\n%s", d)
			}
		})
	}
	if got := WithinNew([]Block{{0, 1, 0, 0}}, 0, 5); got != nil {
		t.Errorf("what was before the first line is within the lines from it on: %v", got)
	}
	if got := WithinNew([]Block{{0, 1, 0, 0}}, -1, 5); len(got) != 1 {
		t.Error("what was before the first line cannot be reached")
	}
}

// Hunks are numbered for people, so what is picked by number has to be what is drawn as that hunk.
func TestBlocksAreGroupedAsTheyAreDrawn(t *testing.T) {
	old, new := large(400, 25)
	for _, context := range []int{1, 3} {
		patch := string(Unified("f", "f", old, new, context))
		groups := Grouped(Blocks(old, new), context)
		if n := strings.Count("\n"+patch, "\n@@ "); n != len(groups) || n < 2 {
			t.Errorf("%d hunks are drawn with %d lines of context, and %d can be picked", n, context, len(groups))
		}
	}
}

func FuzzSelect(f *testing.F) {
	f.Add([]byte("a\nb\nc\n"), []byte("a\nc\nd"), uint64(1), 0, 2)
	f.Add([]byte("a\r\nb"), []byte("a\r\nc\r\nb\r\nd"), uint64(2), 1, 3)
	f.Add([]byte("x {\n\ty;\n}"), []byte(""), uint64(7), -1, 1)
	f.Fuzz(func(t *testing.T, old, new []byte, mask uint64, lo, hi int) {
		if len(old)+len(new) > 1<<14 {
			return
		}
		lo, hi = lo%200, hi%200
		blocks := Blocks(old, new)
		var some, others []Block
		for i, b := range blocks {
			if mask>>(i%64)&1 == 1 {
				some = append(some, b)
			} else {
				others = append(others, b)
			}
		}
		must := func(data []byte, err error) []byte {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
			return data
		}
		same := func(what string, got, want []byte) {
			t.Helper()
			if !bytes.Equal(got, want) {
				t.Fatalf("%s: %q, want %q", what, got, want)
			}
		}
		same("all", must(Apply(old, new, blocks)), new)
		same("none", must(Apply(old, new, nil)), old)
		same("all taken back", must(Except(old, new, blocks)), old)
		same("none taken back", must(Except(old, new, nil)), new)
		same("some, and the others taken back", must(Apply(old, new, some)), must(Except(old, new, others)))
		if slices.Concat(Grouped(blocks, 3)...) == nil && len(blocks) > 0 {
			t.Fatal("blocks were lost")
		}
		n := len(splitLines(new))
		same("from the first line to the last", must(Apply(old, new, WithinNew(blocks, -1, n+1))), new)
		lines := WithinNew(blocks, lo, hi)
		got := must(Apply(old, new, lines))
		// What was cut out of the blocks is complete with what was left: two cuts at a line are the whole.
		if 0 <= lo && lo <= n {
			below, above := WithinNew(blocks, -1, lo), WithinNew(blocks, lo, n+1)
			between := slices.DeleteFunc(slices.Clone(blocks), func(b Block) bool { return b.NewLo != b.NewHi || b.NewLo != lo })
			all := slices.Concat(below, between, above)
			slices.SortStableFunc(all, func(a, b Block) int { return a.OldLo - b.OldLo })
			same("cut in two", must(Apply(old, new, all)), new)
		}
		must(Except(old, new, WithinOld(blocks, lo, hi)))
		for _, line := range splitLines(got) {
			line = bytes.TrimRight(line, "\r\n")
			if !bytes.Contains(old, line) && !bytes.Contains(new, line) {
				t.Fatalf("%q is of neither version", line)
			}
		}
	})
}
