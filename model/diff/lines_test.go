package diff

import (
	"bytes"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func FuzzLines(f *testing.F) {
	f.Add([]byte("a\nb\nc\n"), []byte("a\nc\nd"), false, 0)
	f.Add([]byte("x {\n\ty;\r\n}"), []byte("x {\n  y; \n}\n"), true, 0)
	f.Add([]byte("# twenty letters and more\nb\nc\nd\ne\n"), []byte("b\nc\n\n  # twenty letters and more\nd\ne"), false, 0)
	f.Add([]byte("server web {\n  listen 80;\n  root /srv/www;\n}\nserver api {\n}\n"), []byte("server api {\n}\n\tserver web {\n\t  listen 80;\n\t  root /srv/www;\n\t}\n"), true, 50)
	old, new := large(300, 20)
	f.Add(old, new, false, 200)
	f.Fuzz(func(t *testing.T, old, new []byte, ignoreSpace bool, budget int) {
		if len(old)+len(new) > 1<<16 {
			return
		}
		a, b := splitLines(old), splitLines(new)
		blocks, simplified := compareLines(a, b, ignoreSpace, budget)
		if again, alsoSimplified := compareLines(a, b, ignoreSpace, budget); !cmp.Equal(blocks, again) || simplified != alsoSimplified {
			t.Fatalf("the same versions gave %v and %v", blocks, again)
		}
		checkBlocks(t, a, b, blocks, ignoreSpace)
		found := moves(a, b, blocks)
		if again := moves(a, b, blocks); !cmp.Equal(found, again) {
			t.Fatalf("the same versions gave the moves %v and %v", found, again)
		}
		checkMoves(t, a, b, blocks, found)
	})
}

// checkBlocks holds blocks against the versions: they are in order, apart from each other, and all lines between them are the same.
func checkBlocks(t *testing.T, a, b [][]byte, blocks []Block, ignoreSpace bool) {
	t.Helper()
	i, j := 0, 0
	for n, at := range append(slices.Clip(blocks), Block{len(a), len(a), len(b), len(b)}) {
		end := n == len(blocks)
		if at.OldLo-i != at.NewLo-j || at.OldLo < i || at.OldHi < at.OldLo || at.NewHi < at.NewLo {
			t.Fatalf("block %d of %v is out of place", n, blocks)
		}
		if !end && (at.OldLo == at.OldHi && at.NewLo == at.NewHi || n > 0 && at.OldLo == i) {
			t.Fatalf("block %d of %v is empty, or touches the one before", n, blocks)
		}
		for ; i < at.OldLo; i, j = i+1, j+1 {
			x, y := a[i], b[j]
			if ignoreSpace {
				x, y = withoutSpace(x), withoutSpace(y)
			}
			if !bytes.Equal(x, y) {
				t.Fatalf("line %d %q and line %d %q are taken for the same", i+1, a[i], j+1, b[j])
			}
		}
		i, j = at.OldHi, at.NewHi
	}
}

// Two ways through the same versions are joined only where they meet.
func TestTheShorterWayIsTakenBetweenMeetings(t *testing.T) {
	one := []Block{{0, 1, 0, 0}, {3, 3, 2, 3}, {10, 14, 10, 14}, {20, 24, 20, 20}}
	other := []Block{{2, 3, 2, 3}, {10, 11, 10, 11}, {20, 22, 20, 20}, {30, 32, 28, 28}}
	got := choose(one, other, func(one, other []Block) bool { return sizeOfScript(one) > sizeOfScript(other) })
	// The last difference is as long on either way, so the first way stays.
	want := []Block{{0, 1, 0, 0}, {3, 3, 2, 3}, {10, 11, 10, 11}, {20, 24, 20, 20}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTheLargerParagraphStaysInItsPlace(t *testing.T) {
	// The short paragraph has more lines of its own.
	short := "alpha\nbeta\ngamma\n"
	long := "item:\n  kind: x\n  size: 1\nitem:\n  kind: x\n  size: 1\nthe end\n"
	other := "item:\n  kind: x\n  size: 1\n"
	a, b := splitLines([]byte(short+long+other)), splitLines([]byte(long+short+other))
	blocks, _ := compareLines(a, b, false, 0)
	if n := sizeOfScript(blocks); n != 6 {
		t.Errorf("%d lines differ, want the 3 of the short paragraph twice: %v", n, blocks)
	}
}
