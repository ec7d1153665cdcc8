package diff

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"plumb/model/text"
)

func FuzzDiff(f *testing.F) {
	f.Add([]byte("a\nb\nc\n"), []byte("a\nc\nd"), 3, false)
	f.Add([]byte("a\n\na\n\n"), []byte("a\n\n\na\n"), 0, false)
	f.Add([]byte("x {\n\ty;\r\n}"), []byte("x {\n  y; \n}\n"), -1, true)
	f.Add([]byte("\x1b[2Jport: 80\n"), []byte("\xffport: 8080\u202e\n"), 1, false)
	old, new := large(300, 20)
	f.Add(old, new, 2, false)
	f.Fuzz(func(t *testing.T, old, new []byte, context int, ignoreSpace bool) {
		if len(old)+len(new) > 1<<16 {
			return
		}
		d := Text(old, new, Options{Context: context % 10, IgnoreSpace: ignoreSpace, Budget: 20_000})
		if again := Text(old, new, Options{Context: context % 10, IgnoreSpace: ignoreSpace, Budget: 20_000}); !cmp.Equal(d, again, cmp.Comparer(func(a, b text.Safe) bool { return a == b }), cmpopts.IgnoreUnexported(File{})) || !sameRows(d, again) {
			t.Fatal("the same versions gave another difference")
		}
		if isBinary(old) || isBinary(new) {
			if d.Note.IsEmpty() != bytes.Equal(old, new) {
				t.Fatalf("note %q", d.Note)
			}
			return
		}
		checkRows(t, d, old, new)
		patch := Unified("f", "f", old, new, max(context%10, 0))
		if got := apply(t, old, patch); !bytes.Equal(got, new) {
			t.Fatalf("patch gives %q, want %q\n%s", got, new, patch)
		}
	})
}

func sameRows(a, b File) bool {
	return slices.EqualFunc(a.Hunks(), b.Hunks(), func(g, h Hunk) bool {
		return g == h && cmp.Equal(a.Rows(g), b.Rows(h), cmp.Comparer(func(a, b text.Safe) bool { return a == b }))
	})
}

// checkRows holds a difference against both versions: every line is there once, with its number, its text and its side.
func checkRows(t *testing.T, d File, old, new []byte) {
	t.Helper()
	a, b := splitLines(old), splitLines(new)
	i, j, added, removed := 0, 0, 0, 0
	check := func(l Line, lines [][]byte, at int) {
		if at >= len(lines) || l.Number != at+1 {
			t.Fatalf("line %d of %d is numbered %d", at+1, len(lines), l.Number)
		}
		body, final := cutNewline(lines[at])
		if l.NoFinal == final {
			t.Fatalf("line %d: NoFinal %v", at+1, l.NoFinal)
		}
		var shown strings.Builder
		for _, s := range l.Spans {
			shown.WriteString(s.Text.String())
		}
		if want := text.Bytes(body).String(); len(body) <= maxShown && shown.String() != want {
			t.Fatalf("line %d reads %q, want %q", at+1, shown.String(), want)
		}
	}
	for _, h := range d.Hunks() {
		i, j = i+h.Skipped, j+h.Skipped
		rows := d.Rows(h)
		if len(rows) == 0 {
			t.Fatal("empty hunk")
		}
		for _, r := range rows {
			if r.Op != Insert {
				check(r.Old, a, i)
				i++
			}
			if r.Op != Delete {
				check(r.New, b, j)
				j++
			}
			if r.Op == Delete || r.Op == Change {
				removed++
			}
			if r.Op == Insert || r.Op == Change {
				added++
			}
		}
	}
	after := len(b) - j
	if i+after != len(a) || j+after != len(b) {
		t.Fatalf("%d and %d lines shown, %d after, of %d and %d", i, j, after, len(a), len(b))
	}
	if added != d.Added || removed != d.Removed {
		t.Fatalf("+%d -%d, rows say +%d -%d", d.Added, d.Removed, added, removed)
	}
	if len(d.Blocks) == 0 && !bytes.Equal(old, new) && d.Note.IsEmpty() {
		t.Fatal("versions differ, and nothing says so")
	}
}

// apply carries out a patch in the way of patch(1), strictly.
func apply(t *testing.T, old, patch []byte) []byte {
	t.Helper()
	if len(patch) == 0 {
		return old
	}
	a := splitLines(old)
	var out [][]byte
	at := 0
	lines := splitLines(patch)
	for n, line := range lines[3:] {
		switch n += 3; line[0] {
		case '@':
			var start, length int
			head := string(line)
			if _, err := fmt.Sscanf(head, "@@ -%d,%d", &start, &length); err != nil {
				length = 1
				if _, err := fmt.Sscanf(head, "@@ -%d ", &start); err != nil {
					t.Fatalf("hunk head %q: %v", head, err)
				}
			}
			if length > 0 {
				start--
			}
			out = append(out, a[at:start]...)
			at = start
		case '\\':
		default:
			body := line[1:]
			if n+1 < len(lines) && lines[n+1][0] == '\\' {
				body = body[:len(body)-1]
			}
			if line[0] != '+' {
				if !bytes.Equal(a[at], body) {
					t.Fatalf("line %d is %q, the patch says %q", at+1, a[at], body)
				}
				at++
			}
			if line[0] != '-' {
				out = append(out, body)
			}
		}
	}
	return bytes.Join(append(out, a[at:]...), nil)
}

func TestShortestScriptIsShortest(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	for range 3000 {
		a, b := numbers(random, 14, 4), numbers(random, 14, 4)
		c := newComparison(a, b, 4, 0)
		c.shortest(0, len(a), 0, len(b))
		edits := 0
		for _, at := range c.blocks() {
			edits += at.OldHi - at.OldLo + at.NewHi - at.NewLo
		}
		if want := len(a) + len(b) - 2*longestCommon(a, b); edits != want || c.simplified {
			t.Fatalf("%v to %v: %d edits, want %d", a, b, edits, want)
		}
	}
}

func numbers(random *rand.Rand, n, kinds int) []int32 {
	list := make([]int32, random.IntN(n))
	for i := range list {
		list[i] = int32(random.IntN(kinds))
	}
	return list
}

func longestCommon(a, b []int32) int {
	best := make([]int, len(b)+1)
	for _, x := range a {
		corner := 0
		for j, y := range b {
			keep := best[j+1]
			if x == y {
				best[j+1] = corner + 1
			} else {
				best[j+1] = max(best[j+1], best[j])
			}
			corner = keep
		}
	}
	return best[len(b)]
}

func TestHardVersionsStayWithinTheBudget(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 10))
	few := func(n int) []byte {
		var b bytes.Buffer
		for range n {
			fmt.Fprintf(&b, "%d\n", random.IntN(50))
		}
		return b.Bytes()
	}
	distinct := func(prefix string, n int) []byte {
		var b bytes.Buffer
		for i := range n {
			fmt.Fprintf(&b, "%s %d\n", prefix, i)
		}
		return b.Bytes()
	}
	// Each line that is unique makes one behind it unique when it is matched.
	chain := func(n int, between string) []byte {
		var b bytes.Buffer
		for i := range n {
			fmt.Fprintf(&b, "%d\n%s\n%d\n", i+1, between, i)
		}
		return b.Bytes()
	}
	doubled := func(n int) []byte { return append(distinct("a", n), distinct("a", n)...) }
	backwards := func(data []byte) []byte {
		lines := splitLines(data)
		slices.Reverse(lines)
		return bytes.Join(lines, nil)
	}
	tests := []struct {
		name       string
		old, new   []byte
		simplified bool
	}{
		{"a chain of lines that become unique", chain(100_000, "a"), chain(100_000, "b"), true},
		{"lines in reverse", distinct("a", 300_000), backwards(distinct("a", 300_000)), false},
		{"lines that are there twice, in reverse", doubled(100_000), backwards(doubled(100_000)), true},
		{"a million equal lines and one less", bytes.Repeat([]byte("x\n"), 1_000_000), bytes.Repeat([]byte("x\n"), 999_999), false},
		{"the same fifty lines in any order", few(60_000), few(60_000), true},
		{"nothing in common", distinct("a", 100_000), distinct("b", 100_000), false},
		{"one line over and over", bytes.Repeat([]byte("x\n"), 100_000), bytes.Repeat([]byte("x\n"), 90_000), false},
		{"a line of 10 MiB", append(bytes.Repeat([]byte("word "), 2<<20), 'a'), append(bytes.Repeat([]byte("word "), 2<<20), 'b'), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := Text(tt.old, tt.new, Options{})
			if f.Simplified != tt.simplified {
				t.Errorf("simplified: %v", f.Simplified)
			}
			checkRows(t, f, tt.old, tt.new)
			na, nb, n := numberLines(splitLines(tt.old), splitLines(tt.new), false)
			c := newComparison(na, nb, n, 0)
			c.compare(0, len(na), 0, len(nb))
			if c.spent > 3*c.budget {
				t.Errorf("%d steps", c.spent)
			}
		})
	}
}

func TestLongLinesShowTheirDifference(t *testing.T) {
	long := strings.Repeat("é", 50_000)
	f := Text([]byte(long+"old"+long), []byte(long+"new"+long), Options{})
	row := f.Rows(f.Hunks()[0])[0]
	if row.Op != Change {
		t.Fatalf("op %v", row.Op)
	}
	for side, l := range map[string]Line{"old": row.Old, "new": row.New} {
		found, runes := false, 0
		for _, s := range l.Spans {
			found = found || s.Changed && s.Text.String() == side
			runes += len([]rune(s.Text.String()))
		}
		if !found || runes > maxShown+100 || !strings.HasPrefix(l.Spans[0].Text.String(), "⋯ ") {
			t.Errorf("%s: %d runes, difference shown: %v", side, runes, found)
		}
	}
}
