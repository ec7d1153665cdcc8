package diff

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func movesOf(old, new string) []Move {
	a, b := splitLines([]byte(old)), splitLines([]byte(new))
	blocks, _ := compareLines(a, b, false, 0)
	return moves(a, b, blocks)
}

func TestMoves(t *testing.T) {
	web := "server web {\n  listen 80;\n  root /srv/www;\n}\n"
	api := "server api {\n  listen 8080;\n  proxy_pass upstream;\n  timeout 60;\n}\n"
	indented := func(block string) string {
		return "  " + strings.ReplaceAll(strings.TrimSuffix(block, "\n"), "\n", "\n  ") + "\n"
	}
	tests := []struct {
		name, old, new string
		want           []Move
	}{
		{"a block that changed places", web + api, api + web, []Move{{0, 5, 4}}},
		{"a block that moved into another, deeper", web + api + "http {\n  gzip on;\n}\n", api + "http {\n  gzip on;\n" + indented(web) + "}\n", []Move{{0, 7, 4}}},
		{"lines that got another indentation where they are", "http:\n" + web, "http:\n" + indented(web), nil},
		{"a block of which each line is indented otherwise", web + api, api + "server web {\n    listen 80;\n root /srv/www;\n}\n", nil},
		{"little text", "a\nb\nc\nd\n" + api, api + "a\nb\nc\nd\n", nil},
		{"braces and blank lines", "}\n\n}\n\n}\n" + api, api + "}\n\n}\n\n}\n", nil},
		{"one long line", "the only line that says a lot\n" + api, api + "the only line that says a lot\n", []Move{{0, 5, 1}}},
		{"the last line, which had no newline", api + "the only line that says a lot", "the only line that says a lot\n" + api, []Move{{5, 0, 1}}},
		{"a copy", web + api, web + api + web, nil},
		{"moved once and copied once", web + api, api + web + "# again\n" + web, []Move{{0, 5, 4}}},
		{"two that moved to the same place", web + "# between\n" + web + api, api + web, []Move{{0, 5, 4}}},
		{"nothing", web, web, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, movesOf(tt.old, tt.new)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// checkMoves holds moves against the versions: their lines are the same but for one shift of the indentation, were removed on
// one side and added on the other, and are in one move each.
func checkMoves(t *testing.T, a, b [][]byte, blocks []Block, found []Move) {
	t.Helper()
	removed, added := make([]bool, len(a)), make([]bool, len(b))
	for _, at := range blocks {
		for i := at.OldLo; i < at.OldHi; i++ {
			removed[i] = true
		}
		for j := at.NewLo; j < at.NewHi; j++ {
			added[j] = true
		}
	}
	if !slices.IsSortedFunc(found, func(x, y Move) int { return x.Old - y.Old }) {
		t.Fatalf("not in order: %v", found)
	}
	for _, m := range found {
		shift, weight := 0, 0
		for k := range m.Lines {
			if !removed[m.Old+k] || !added[m.New+k] {
				t.Fatalf("line %d of %v did not change, or is in two moves", k, m)
			}
			removed[m.Old+k], added[m.New+k] = false, false
			x, y := bytes.TrimRight(a[m.Old+k], "\r\n"), bytes.TrimRight(b[m.New+k], "\r\n")
			if !bytes.Equal(bytes.TrimLeft(x, " \t"), bytes.TrimLeft(y, " \t")) {
				t.Fatalf("line %d of %v is %q and %q", k, m, x, y)
			}
			width, blank := indentation(x)
			to, _ := indentation(y)
			if k == 0 {
				shift = to - width
			}
			if !blank && to-width != shift {
				t.Fatalf("line %d of %v is shifted by %d columns and not by %d", k, m, to-width, shift)
			}
			weight += alphanumerics(x)
		}
		if weight < leastMoved || alphanumerics(a[m.Old]) == 0 {
			t.Fatalf("%v says too little", m)
		}
	}
}

// Git marks both sides by themselves, so that a copy is moved too, and each run of lines there begins where its blocks do.
func TestMovesAreWhatGitPaintsAsMoved(t *testing.T) {
	random := rand.New(rand.NewPCG(21, 22))
	var pairs []versions
	for n := range 300 {
		pairs = append(pairs, movedParagraphs(random, n))
	}
	p := newProof(t, pairs)
	painted := p.painted(t)
	same, moved, files := 0, 0, 0
	for i, v := range pairs {
		a, b := splitLines(v.old), splitLines(v.new)
		blocks, _ := compareLines(a, b, false, 0)
		found := moves(a, b, blocks)
		checkMoves(t, a, b, blocks, found)
		ours := make([]bool, len(a))
		for _, m := range found {
			for k := range m.Lines {
				ours[m.Old+k] = true
			}
		}
		if len(painted[i]) > 0 {
			files++
		}
		for k, line := range a {
			// Whether the brackets and blank lines around count as moved too is a matter of taste.
			if isCloser(line) || alphanumerics(line) == 0 {
				continue
			}
			if ours[k] || painted[i][k] {
				moved++
			}
			if ours[k] && painted[i][k] {
				same++
			}
		}
	}
	t.Logf("%d files with moves; of %d lines that moved by either account, %d did by both", files, moved, same)
	if files < 100 || same*100 < moved*95 {
		t.Errorf("%d of %d lines in %d files", same, moved, files)
	}
}

// painted answers which lines of old git shows as moved.
func (p proof) painted(t *testing.T) []map[int]bool {
	t.Helper()
	const oldMoved = "\x1b[35m"
	moved := make([]map[int]bool, len(p.pairs))
	out := p.git(t, nil, "-c", "color.diff.old=red", "-c", "color.diff.oldMoved=magenta", "-c", "color.diff.meta=blue", "-c", "color.diff.frag=cyan",
		"diff-tree", "-r", "-p", "-U0", "--histogram", "--color=always", "--color-moved=blocks", "--color-moved-ws=allow-indentation-change", "old", "new")
	file, at := -1, 0
	for line := range strings.Lines(string(out)) {
		_, plain, _ := strings.Cut(line, "m")
		switch {
		case strings.HasPrefix(plain, "diff --git "):
			file = proofNumber(t, strings.TrimSuffix(plain[strings.LastIndexByte(plain, ' ')+1:], "\x1b[m\n"))
			moved[file] = map[int]bool{}
		case strings.HasPrefix(plain, "@@ "):
			at, _ = rangeOf(t, strings.Fields(plain)[1])
		case strings.HasPrefix(plain, "--- "):
		case strings.HasPrefix(plain, "-"):
			if strings.HasPrefix(line, oldMoved) {
				moved[file][at] = true
			}
			at++
		}
	}
	return moved
}

// movedParagraphs makes a file of paragraphs and another with some of them in other places. All its lines name it, since
// git looks for moves across files.
func movedParagraphs(random *rand.Rand, file int) versions {
	paragraph := func(n int) []string {
		lines := []string{fmt.Sprintf("resource f%d_%d {", file, n)}
		for range 2 + random.IntN(6) {
			lines = append(lines, fmt.Sprintf("  setting_%d = f%d_%d", random.IntN(12), file, random.IntN(500)))
		}
		return append(lines, "}", "")
	}
	var list [][]string
	for n := range 6 + random.IntN(15) {
		list = append(list, paragraph(n))
	}
	old := joined(list)
	for range 1 + random.IntN(2) {
		from := random.IntN(len(list))
		at := list[from]
		list = slices.Delete(list, from, from+1)
		switch random.IntN(4) {
		case 0: // Wrapped as well: the others keep their places, it does not.
			deeper := []string{fmt.Sprintf("module f%d {", file)}
			for _, line := range at[:len(at)-1] {
				deeper = append(deeper, "    "+line)
			}
			at = append(deeper, "}", "")
		case 1: // Changed as well.
			at = slices.Clone(at)
			at[1+random.IntN(len(at)-3)] = fmt.Sprintf("  other = f%d_%d", file, random.IntN(500))
		}
		list = slices.Insert(list, random.IntN(len(list)+1), at)
	}
	return versions{old, joined(list)}
}

func joined(paragraphs [][]string) []byte {
	var b bytes.Buffer
	for _, lines := range paragraphs {
		b.WriteString(strings.Join(lines, "\n") + "\n")
	}
	return b.Bytes()
}

func TestMovesOfHardVersionsEnd(t *testing.T) {
	random := rand.New(rand.NewPCG(23, 24))
	few := func(n, kinds int) []byte {
		var b bytes.Buffer
		for range n {
			fmt.Fprintf(&b, "one of the lines that repeat %d\n", random.IntN(kinds))
		}
		return b.Bytes()
	}
	for _, kinds := range []int{1, 3, 5000, 100_000} {
		t.Run(fmt.Sprint(kinds), func(t *testing.T) {
			a, b := splitLines(few(90_000, kinds)), splitLines(few(90_000, kinds))
			blocks := []Block{{0, len(a), 0, len(b)}}
			s := newMoveSearch(a, b, blocks)
			s.search()
			if s.steps > 2*maxMoveSteps {
				t.Errorf("%d steps", s.steps)
			}
			checkMoves(t, a, b, blocks, moves(a, b, blocks))
		})
	}
}
