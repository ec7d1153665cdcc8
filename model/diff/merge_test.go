package diff

import (
	"bytes"
	"testing"
)

func TestMerge(t *testing.T) {
	tests := []struct {
		name, base, ours, theirs string
		want                     string
		conflicts                int
	}{
		{"changes apart from each other", "a\nb\nc\nd\n", "A\nb\nc\nd\n", "a\nb\nc\nD\n", "A\nb\nc\nD\n", 0},
		{"the same change on both sides", "a\nb\nc\n", "a\nx\nc\n", "a\nx\nc\n", "a\nx\nc\n", 0},
		{"the same change and one more", "a\nb\nc\nd\ne\n", "a\nx\nc\nd\ne\n", "a\nx\nc\nd\nE\n", "a\nx\nc\nd\nE\n", 0},
		{"the same line", "a\nb\nc\n", "a\nx\nc\n", "a\ny\nc\n", "", 1},
		{"lines that touch", "a\nb\nc\nd\n", "a\nx\nc\nd\n", "a\nb\ny\nd\n", "", 1},
		{"removed here, changed there", "a\nb\nc\n", "a\nc\n", "a\nx\nc\n", "", 1},
		{"two conflicts", "a\nb\nc\nd\ne\n", "1\nb\nc\nd\n2\n", "3\nb\nc\nd\n4\n", "", 2},
		{"final newline lost here, head changed there", "a\nb\nc\n", "a\nb\nc", "x\nb\nc\n", "x\nb\nc", 0},
		{"new files that differ", "", "a\n", "b\n", "", 1},
		{"binary, one side changed", "a\x00", "a\x00", "b\x00", "b\x00", 0},
		{"binary, both changed", "a\x00", "c\x00", "b\x00", "", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, conflicts := Merge([]byte(tt.base), []byte(tt.ours), []byte(tt.theirs))
			if conflicts != tt.conflicts {
				t.Fatalf("%d conflicts, want %d", conflicts, tt.conflicts)
			}
			if conflicts == 0 && string(got) != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func FuzzMerge(f *testing.F) {
	f.Add([]byte("a\nb\nc\nd\n"), []byte("A\nb\nc\nd\n"), []byte("a\nb\nc\nD\n"))
	f.Add([]byte("a\na\na\n"), []byte("a\na\n"), []byte("a\na\na\na"))
	f.Add([]byte(""), []byte("x"), []byte("\x00"))
	f.Fuzz(func(t *testing.T, base, ours, theirs []byte) {
		for _, side := range [][]byte{ours, theirs} {
			for _, got := range [][]byte{result(t, base, side, base), result(t, base, base, side), result(t, base, side, side)} {
				if !bytes.Equal(got, side) {
					t.Fatalf("the only change was lost: %q, want %q", got, side)
				}
			}
		}
		merged, conflicts := Merge(base, ours, theirs)
		mirrored, alsoConflicts := Merge(base, theirs, ours)
		if conflicts != alsoConflicts || conflicts == 0 && !bytes.Equal(merged, mirrored) {
			t.Fatalf("%q (%d) and the other way round %q (%d)", merged, conflicts, mirrored, alsoConflicts)
		}
		if conflicts > 0 || isBinary(base) || isBinary(ours) || isBinary(theirs) {
			return
		}
		inBase, inOurs, inTheirs, inMerged := count(base), count(ours), count(theirs), count(merged)
		for line, n := range inOurs {
			if inBase[line] == 0 && inTheirs[line] == 0 && inMerged[line] != n {
				t.Fatalf("line %q that ours added is there %d times, want %d", line, inMerged[line], n)
			}
		}
		for line, n := range inTheirs {
			if inBase[line] == 0 && inOurs[line] == 0 && inMerged[line] != n {
				t.Fatalf("line %q that theirs added is there %d times, want %d", line, inMerged[line], n)
			}
		}
		for line := range inMerged {
			if inOurs[line] == 0 && inTheirs[line] == 0 {
				t.Fatalf("line %q is on neither side", line)
			}
		}
	})
}

func result(t *testing.T, base, ours, theirs []byte) []byte {
	merged, conflicts := Merge(base, ours, theirs)
	if conflicts != 0 {
		t.Fatalf("%d conflicts where one side changed", conflicts)
	}
	return merged
}

func count(data []byte) map[string]int {
	n := map[string]int{}
	for _, line := range splitLines(data) {
		n[string(line)]++
	}
	return n
}
