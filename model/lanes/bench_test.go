package lanes

import (
	"fmt"
	"testing"
)

const million = 1_000_000

// line is a history without merges, made up as it is read.
type line struct{ parents [1]uint32 }

func (*line) Len() int          { return million }
func (*line) ID(row int) uint32 { return uint32(row) }
func (g *line) Parents(row int) []uint32 {
	if row == million-1 {
		return nil
	}
	g.parents[0] = uint32(row + 1)
	return g.parents[:]
}

// parallel is a history of n branches that take turns, each merging its
// neighbour every ninth commit.
type parallel struct {
	n       int
	parents [2]uint32
}

func (*parallel) Len() int          { return million }
func (*parallel) ID(row int) uint32 { return uint32(row) }
func (g *parallel) Parents(row int) []uint32 {
	if row+g.n+1 >= million {
		return nil
	}
	g.parents = [2]uint32{uint32(row + g.n), uint32(row + g.n + 1)}
	if row%9 == 0 {
		return g.parents[:2]
	}
	return g.parents[:1]
}

// requests is a history as hosting sites make it: each third commit of the main
// line merges a branch of two that began some commits earlier.
type requests struct{ parents [2]uint32 }

func (*requests) Len() int          { return million }
func (*requests) ID(row int) uint32 { return uint32(row) }
func (g *requests) Parents(row int) []uint32 {
	if row+20 >= million {
		return nil
	}
	at := uint32(row)
	switch row % 4 {
	case 0: // A merge.
		g.parents = [2]uint32{at + 1, at + 2}
		return g.parents[:2]
	case 1: // The main line.
		g.parents[0] = at + 3
	case 2: // The newer commit of a branch.
		g.parents[0] = at + 1
	case 3: // The older one.
		g.parents[0] = at + 10
	}
	return g.parents[:1]
}

var histories = []struct {
	name string
	g    Graph
}{
	{"line", &line{}},
	{"requests", &requests{}},
	{"3 branches", &parallel{n: 3}},
	{"200 branches", &parallel{n: 200}},
	{"5000 branches", &parallel{n: 5000}},
}

// BenchmarkLast is what a jump to the end of a million rows costs that nobody has looked at before.
func BenchmarkLast(b *testing.B) {
	for _, h := range histories {
		b.Run(h.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if rows := New(h.g).Rows(million-60, million); len(rows) != 60 {
					b.Fatal("no rows")
				}
			}
		})
	}
}

// BenchmarkWindow is what a page anywhere costs once the layout has been there.
func BenchmarkWindow(b *testing.B) {
	for _, h := range histories {
		l := New(h.g)
		l.Extend(million)
		b.Run(h.name, func(b *testing.B) {
			b.ReportAllocs()
			at := 0
			for b.Loop() {
				at = (at + 7919*101) % (million - 60)
				for _, r := range l.Rows(at, at+60) {
					if len(r.Draw(80)) == 0 {
						b.Fatal(fmt.Sprint("nothing drawn at ", at))
					}
				}
			}
		})
	}
}
