package lanes

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// random makes a graph of n commits: branches of a width, merges, heads and roots,
// parents that come too early, never, or twice.
func random(seed uint64, n, width int) commits {
	r := rand.New(rand.NewPCG(seed, 1))
	g := make(commits, n)
	for row := range g {
		g[row].id = uint32(row)
		count := 1
		switch r.IntN(20) {
		case 0:
			count = 0
		case 1, 2, 3, 4:
			count = 2
		case 5:
			count = r.IntN(6)
		}
		for range count {
			parent := uint32(row + 1 + r.IntN(width))
			switch r.IntN(60) {
			case 0:
				parent = Absent
			case 1:
				parent = uint32(r.IntN(row + 1))
			case 2:
				parent = uint32(n + r.IntN(3))
			}
			g[row].parents = append(g[row].parents, parent)
		}
	}
	// Ids say nothing about the order of rows.
	names := r.Perm(n + width + 3)
	for row := range g {
		g[row].id = uint32(names[g[row].id])
		for i, p := range g[row].parents {
			if p != Absent {
				g[row].parents[i] = uint32(names[p])
			}
		}
	}
	return g
}

func TestFollowingTheLinesOfACommitLeadsToItsParentsOnly(t *testing.T) {
	for seed := range uint64(300) {
		g := random(seed, 80, 1+int(seed)%17)
		rows := whole(g)
		sound(t, rows)
		follow(t, g, rows)
	}
}

// wild is random graphs with several checkpoints, and one with more lanes than
// rows between two.
func wild() map[string]commits {
	return map[string]commits{
		"few lanes":      random(1, 4*stride, 6),
		"many lanes":     random(2, 4*stride, 300),
		"too many lanes": random(3, 5*stride, 3*stride),
	}
}

// same compares rows. It asks for the difference only when there is one, which takes long to find.
func same(t *testing.T, what string, want, got []Row) {
	t.Helper()
	if len(want) == len(got) && (len(want) == 0 || reflect.DeepEqual(want, got)) {
		return
	}
	for i := range want {
		if diff := cmp.Diff(want[i:i+1], got[min(i, len(got)):min(i+1, len(got))]); diff != "" {
			t.Fatalf("%s: the row %d of them (-want +got):\n%s", what, i, diff)
		}
	}
	t.Fatalf("%s: %d rows, want %d", what, len(got), len(want))
}

func TestAWindowShowsWhatTheWholeLayoutShows(t *testing.T) {
	for name, g := range wild() {
		t.Run(name, func(t *testing.T) {
			l := New(g)
			l.Limit = 20
			rows := l.Rows(0, g.Len())
			r := rand.New(rand.NewPCG(4, 4))
			for range 60 {
				l := l
				if r.IntN(4) == 0 {
					l = New(g) // Nothing is laid out yet.
					l.Limit = 20
				}
				from := r.IntN(g.Len())
				to := min(from+r.IntN(100), g.Len())
				same(t, fmt.Sprintf("rows %d to %d in a window", from, to), rows[from:to], l.Rows(from, to))
			}
		})
	}
}

func TestAWindowCanStartFromACheckpointAtAnyRow(t *testing.T) {
	for seed := range uint64(20) {
		g := random(seed, 150, 8)
		rows := whole(g)
		front, window := newState(), newState()
		var seen idSet
		for row, c := range g {
			window.restore(front.keep())
			seen.add(c.id)
			var late []uint32
			for _, p := range c.parents {
				if p != Absent && seen.has(p) {
					late = append(late, p)
				}
			}
			for _, s := range []*state{window, front} {
				s.advance(c.id, c.parents, late)
				same(t, fmt.Sprintf("seed %d, row %d", seed, row), rows[row:row+1], []Row{s.draw(1000)})
				s.release()
			}
		}
	}
}

func TestAWindowEndsWhereTheGraphEnds(t *testing.T) {
	l := New(random(1, 10, 3))
	for _, c := range []struct{ from, to, want int }{
		{0, 10, 10}, {-5, 3, 3}, {7, 100, 3}, {10, 20, 0}, {5, 5, 0}, {6, 2, 0}, {-3, -1, 0},
	} {
		if got := len(l.Rows(c.from, c.to)); got != c.want {
			t.Errorf("rows %d to %d are %d, want %d", c.from, c.to, got, c.want)
		}
	}
	if rows := New(commits{}).Rows(0, 10); len(rows) != 0 {
		t.Errorf("an empty graph has %d rows", len(rows))
	}
}

func TestAGraphThatGrowsKeepsItsRowsAndEndsLikeAFreshOne(t *testing.T) {
	for name, g := range wild() {
		t.Run(name, func(t *testing.T) {
			want := New(g).Rows(0, g.Len())
			l := New(g[:0])
			for n := 0; n < g.Len(); {
				n = min(n+777, g.Len())
				l.Grow(g[:n])
				if n%2 == 0 {
					l.Extend(n - 300)
				}
				same(t, fmt.Sprintf("the last rows of %d", n), want[n-100:n], l.Rows(n-100, n))
			}
			same(t, "all rows in the end", want, l.Rows(0, g.Len()))
		})
	}
}

func TestAGraphThatShrankIsLaidOutAnew(t *testing.T) {
	l := New(random(1, 3*stride, 5))
	l.Limit = 7
	l.Extend(3 * stride)
	other := random(2, 2*stride, 5)
	l.Grow(other)
	fresh := New(other)
	fresh.Limit = 7
	same(t, "all rows", fresh.Rows(0, 2*stride), l.Rows(0, 2*stride))
}

func TestALimitHidesLanesAndChangesNothingElse(t *testing.T) {
	g := random(5, 600, 40)
	all := whole(g)
	l := New(g)
	for _, limit := range []int{-1, 1, 2, 5, 12, 60} {
		l.Limit = limit
		columns := max(limit, 1)
		for i, r := range l.Rows(0, g.Len()) {
			want := all[i]
			want.Cells = want.Cells[:min(columns, len(want.Cells))]
			for _, c := range all[i].Cells[len(want.Cells):] {
				if c.Up || c.Down || c.Node {
					want.More++
				}
			}
			same(t, fmt.Sprintf("row %d with %d columns", i, columns), []Row{want}, []Row{r})
		}
	}
}

func TestTheFirstParentsOfTheNewestCommitStandInColumn0(t *testing.T) {
	for seed := range uint64(100) {
		g := random(seed, 200, 9)
		at := map[uint32]int{}
		for row, c := range g {
			at[c.id] = row
		}
		rows := whole(g)
		for row := 0; ; {
			if rows[row].Node != 0 || rows[row].Lane != 0 {
				t.Fatalf("seed %d: row %d stands in column %d as line %d", seed, row, rows[row].Node, rows[row].Lane)
			}
			if len(g[row].parents) == 0 {
				break
			}
			next, ok := at[g[row].parents[0]]
			if !ok || next <= row {
				break
			}
			row = next
		}
	}
}

// counted is a graph that knows how many rows were read of it.
type counted struct {
	commits
	read *int
}

func (c counted) ID(row int) uint32 { *c.read++; return c.commits.ID(row) }

func TestWhatIsReadForAPageDoesNotGrowWithTheHistory(t *testing.T) {
	read := 0
	g := counted{random(6, 20*stride, 5), &read}
	l := New(g)
	if read != 0 {
		t.Errorf("%d rows read before anything was asked for", read)
	}
	l.Rows(0, 50)
	if read > 100 {
		t.Errorf("%d rows read for the first page", read)
	}
	l.Extend(g.Len())
	for _, from := range []int{0, stride - 1, stride, 7*stride + 500, 20*stride - 50} {
		read = 0
		if l.Rows(from, from+50); read > stride+50 {
			t.Errorf("%d rows read for the page at %d", read, from)
		}
	}
}

func TestIdsNeedNotBeDense(t *testing.T) {
	g := commits{
		{1 << 31, []uint32{Absent - 1, 7}},
		{Absent - 1, []uint32{7}},
		{7, []uint32{1 << 31}},
	}
	rows := whole(g)
	sound(t, rows)
	follow(t, g, rows)
	if got := fmt.Sprintf("%q", drawn(rows, Row.Draw, 10)); got != `["○─╮" "● │" "●─╯"]` {
		t.Errorf("drawn as %s", got)
	}
}

// FuzzLayout reads a graph of bytes: of each commit one for the number of parents
// and the commit's id, then one per parent.
func FuzzLayout(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte("\x01\x01\x01\x01\x00"))
	f.Add([]byte("\x02\x01\x02\x01\x02\x01\x01\x00"))
	f.Add([]byte("\x03\x01\x02\x03\x01\x80\x01\xff\x43\x01\x02\x90\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var g commits
		for len(data) > 0 && len(g) < 90 {
			b := data[0]
			data = data[1:]
			c := commit{id: uint32(len(g))}
			if b >= 0xf0 {
				c.id = uint32(b%16) << (b % 32) // An id that may be there twice.
			}
			for range min(int(b%8), len(data)) {
				c.parents = append(c.parents, uint32(len(g)+int(int8(data[0]))))
				data = data[1:]
			}
			g = append(g, c)
		}
		rows := whole(g)
		sound(t, rows)
		follow(t, g, rows)
		l := New(g[:len(g)/2])
		l.Limit = 3
		l.Extend(len(g))
		l.Grow(g)
		for i := range rows {
			r := l.Rows(i, i+1)[0]
			if r.Node != rows[i].Node || r.Lane != rows[i].Lane {
				t.Fatalf("row %d stands in column %d alone, and %d with the others", i, r.Node, rows[i].Node)
			}
			for width := range 10 {
				if n := len(r.Draw(width)); n > width {
					t.Fatalf("row %d takes %d cells of %d", i, n, width)
				}
			}
		}
	})
}
