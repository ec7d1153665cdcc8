package lanes

import "slices"

// DefaultLimit is how many columns a new layout's rows have at most.
const DefaultLimit = 12

// stride is how many rows lie between two checkpoints at least: few enough that
// a window starts in a fraction of a frame, many enough that memory is nothing.
const stride = 1024

// Layout lays out windows of one graph. It is for one goroutine at a time.
//
// It is extended lazily: the first window far down costs a walk through all rows
// above it, about a tenth of a second for a million, and every later one a walk
// from the checkpoint before it. A thousand rows lie between two checkpoints, or as
// many as there are open lanes if these are more, so memory grows no faster than
// the rows however wild the graph is.
type Layout struct {
	// Limit is how many columns a row has at most; lanes further right are only
	// counted. It may be changed between calls.
	Limit int

	graph       Graph
	front       *state // As far down as anyone has asked for.
	window      *state // Where the last window was drawn.
	checkpoints []checkpoint

	seen idSet // The ids of the rows above front.
	// The parents that came before their child, by the child's row. Kept because a
	// window is drawn when seen knows about the rows below it too.
	lateRows    []int
	lateParents []uint32
}

// New makes a layout of g. It reads nothing of it yet.
func New(g Graph) *Layout {
	return &Layout{
		Limit:       DefaultLimit,
		graph:       g,
		front:       newState(),
		window:      newState(),
		checkpoints: []checkpoint{{}},
	}
}

// Grow goes on with g, which has the same rows as the graph before it and then
// more at its end. What was laid out stays. With fewer rows it starts anew.
func (l *Layout) Grow(g Graph) {
	if g.Len() < l.front.row {
		limit := l.Limit
		*l = *New(g)
		l.Limit = limit
		return
	}
	l.graph = g
}

// Rows lays out the rows from (inclusive) to (exclusive), as far as the graph has them.
func (l *Layout) Rows(from, to int) []Row {
	from, to = max(from, 0), min(to, l.graph.Len())
	if from >= to {
		return nil
	}
	l.Extend(to)
	w := l.window
	w.restore(l.checkpoints[l.checkpointBefore(from)])
	late, _ := slices.BinarySearch(l.lateRows, w.row)
	rows := make([]Row, 0, to-from)
	for w.row < to {
		end := late
		for end < len(l.lateRows) && l.lateRows[end] == w.row {
			end++
		}
		w.advance(l.graph.ID(w.row), l.graph.Parents(w.row), l.lateParents[late:end])
		late = end
		if w.row >= from {
			rows = append(rows, w.draw(max(l.Limit, 1)))
		}
		w.release()
	}
	return rows
}

// Extend walks down to the row to (exclusive), if that has not happened yet, so that
// windows above it can be laid out at once. Whoever must stay responsive calls
// it in slices before asking for rows far down.
func (l *Layout) Extend(to int) {
	to = min(to, l.graph.Len())
	f := l.front
	for f.row < to {
		if rows := f.row - l.checkpoints[len(l.checkpoints)-1].row; rows >= max(stride, f.open) {
			l.checkpoints = append(l.checkpoints, f.keep())
		}
		id := l.graph.ID(f.row)
		l.seen.add(id)
		parents := l.graph.Parents(f.row)
		late := len(l.lateParents)
		for _, p := range parents {
			if p != Absent && l.seen.has(p) {
				l.lateRows = append(l.lateRows, f.row)
				l.lateParents = append(l.lateParents, p)
			}
		}
		f.advance(id, parents, l.lateParents[late:])
		f.release()
	}
}

// checkpointBefore is the index of the last checkpoint that is not below row.
func (l *Layout) checkpointBefore(row int) int {
	i, isExact := slices.BinarySearchFunc(l.checkpoints, row, func(k checkpoint, row int) int { return k.row - row })
	if isExact {
		return i
	}
	return i - 1
}
