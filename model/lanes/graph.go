// Package lanes lays out a commit graph in lanes: which column each commit
// stands in, and which lines run beside it, one text row per commit.
//
// Histories are long and screens are short, so only windows are laid out. A
// [Layout] walks from the newest row downwards as far as it was ever asked for,
// remembers the open lanes every thousand rows or so, and starts each window
// from there. What a row looks like depends on the rows above it alone: a
// history that is still being read never changes what is on the screen already.
//
// The rules: the first parent goes on in the commit's own lane; a lane keeps its
// column for as long as it lives; a new one takes the leftmost free column; a
// commit that several lanes lead to stands in the leftmost of them, and the
// others join it in its row. So the first-parent line of the newest row is
// column 0.
package lanes

import "math"

// Graph is what is laid out: rows, newest first, children before their parents.
// A parent may come before its child all the same (clocks are wrong), or never
// (limits, shallow clones, filters): the line to one that came before ends below
// the child, and the line to one that never comes runs to the end of the rows.
//
// Ids are opaque, and small: a layout keeps a bit per number up to the largest.
type Graph interface {
	Len() int
	ID(row int) uint32
	// Parents answers the ids of a row's parents, first parent first. The slice
	// may be valid until the next call only.
	Parents(row int) []uint32
}

// Absent is the id of a parent that is known never to come, as at the boundary
// of a shallow clone. Its line ends visibly below the child; a lane held open for
// it to the end of the rows would cost a column.
const Absent uint32 = math.MaxUint32
