package lanes

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// commits is a graph as a test has it.
type commits []commit

type commit struct {
	id      uint32
	parents []uint32
}

func (c commits) Len() int                 { return len(c) }
func (c commits) ID(row int) uint32        { return c[row].id }
func (c commits) Parents(row int) []uint32 { return c[row].parents }

// read makes a graph of lines, newest first, of a commit's name and its parents'.
// The parent - is Absent.
func read(lines string) commits {
	var g commits
	ids := map[string]uint32{"-": Absent}
	id := func(name string) uint32 {
		if _, ok := ids[name]; !ok {
			ids[name] = uint32(len(ids) - 1)
		}
		return ids[name]
	}
	for line := range strings.Lines(lines) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		c := commit{id: id(words[0])}
		for _, parent := range words[1:] {
			c.parents = append(c.parents, id(parent))
		}
		g = append(g, c)
	}
	return g
}

// whole is all rows of g with all lanes in one window.
func whole(g Graph) []Row {
	l := New(g)
	l.Limit = 1 << 30
	return l.Rows(0, g.Len())
}

// follow checks that one can read g from its drawn rows: that following the lines
// from each commit leads to its parents and to nothing else.
func follow(t *testing.T, g commits, rows []Row) {
	t.Helper()
	rowOf := map[uint32]int{}
	for row, c := range slices.Backward(g) {
		rowOf[c.id] = row
	}
	for row := range g {
		want := map[int]bool{}
		for _, parent := range g[row].parents {
			// The line to a parent that came above ends.
			if at, ok := rowOf[parent]; ok && parent != Absent && at > row {
				want[at] = true
			}
		}
		got := map[int]bool{}
		for _, column := range starts(rows[row]) {
			if at, ok := descend(t, rows, row, column); ok {
				got[at] = true
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("the lines of row %d lead to rows %v, its parents are in %v\n%s", row, got, want, excerpt(rows))
		}
	}
}

// starts is the columns in which a line leads down from a row's commit.
func starts(r Row) []int {
	var columns []int
	if r.Cells[r.Node].Down {
		columns = append(columns, r.Node)
	}
	for c := r.Node; r.Cells[c].Right; {
		c++
		if r.Cells[c].Down && !r.Cells[c].Cross {
			columns = append(columns, c)
		}
	}
	for c := r.Node; r.Cells[c].Left; {
		c--
		if r.Cells[c].Down && !r.Cells[c].Cross {
			columns = append(columns, c)
		}
	}
	return columns
}

// descend follows the line that leaves a row downwards to the commit that it leads to, if there is one.
func descend(t *testing.T, rows []Row, row, column int) (int, bool) {
	t.Helper()
	line := rows[row].Cells[column].Lane
	for row++; row < len(rows); row++ {
		r := rows[row]
		if column >= len(r.Cells) || !r.Cells[column].Up {
			t.Fatalf("a line into row %d, column %d is cut off\n%s", row, column, excerpt(rows))
		}
		c := r.Cells[column]
		if c.Lane != line {
			t.Fatalf("line %d changes to %d in row %d, column %d\n%s", line, c.Lane, row, column, excerpt(rows))
		}
		switch {
		case c.Node:
			return row, true
		case c.Down:
			continue
		case c.Cross || !c.Left && !c.Right:
			return 0, false // It ends visibly.
		}
		step := 1
		if column > r.Node {
			step = -1
		}
		for ; column != r.Node; column += step {
			if c := r.Cells[column]; step > 0 && !c.Right || step < 0 && !c.Left {
				t.Fatalf("a line to the commit is cut off in row %d, column %d\n%s", row, column, excerpt(rows))
			}
		}
		return row, true
	}
	return 0, false
}

// sound checks what is true of every drawn row.
func sound(t *testing.T, rows []Row) {
	t.Helper()
	for row, r := range rows {
		nodes := 0
		for c, cell := range r.Cells {
			if cell.Node {
				nodes++
				if c != r.Node || cell.Lane != r.Lane {
					t.Fatalf("the commit of row %d is in column %d and said to be in %d\n%s", row, c, r.Node, excerpt(rows))
				}
			}
			if c == 0 {
				if cell.Left {
					t.Fatalf("row %d has a line out of its left edge\n%s", row, excerpt(rows))
				}
				continue
			}
			before := r.Cells[c-1]
			if before.Right != cell.Left || cell.Left && before.RightLane != cell.LeftLane {
				t.Fatalf("row %d: the line between columns %d and %d has one end\n%s", row, c-1, c, excerpt(rows))
			}
			isLine := func(c Cell) bool { return c.Up || c.Down || c.Node }
			if isLine(before) && isLine(cell) && before.Lane%Colours == cell.Lane%Colours {
				t.Fatalf("row %d: columns %d and %d have the same colour\n%s", row, c-1, c, excerpt(rows))
			}
		}
		if nodes != 1 || r.More != 0 {
			t.Fatalf("row %d: %d commits, %d more\n%s", row, nodes, r.More, excerpt(rows))
		}
		if last := r.Cells[len(r.Cells)-1]; last.Right {
			t.Fatalf("row %d has a line out of its right edge\n%s", row, excerpt(rows))
		}
		if row == 0 {
			continue
		}
		for c := range max(len(r.Cells), len(rows[row-1].Cells)) {
			above := c < len(rows[row-1].Cells) && rows[row-1].Cells[c].Down
			below := c < len(r.Cells) && r.Cells[c].Up
			if above != below {
				t.Fatalf("column %d is cut between rows %d and %d\n%s", c, row-1, row, excerpt(rows))
			}
		}
	}
}

// excerpt is rows as a person sees them, for what a failed test says.
func excerpt(rows []Row) string {
	if len(rows) > 100 {
		return fmt.Sprintf("(%d rows)", len(rows))
	}
	return strings.Join(drawn(rows, Row.Draw, 200), "\n")
}
