package lanes

// Row is the graph beside one commit.
type Row struct {
	Cells []Cell // From left to right, one per column, up to the layout's limit.
	Node  int    // The column of the commit; not in Cells where that is over the limit.
	Lane  int    // The number of the commit's line.
	Merge bool   // The commit is drawn as a merge. Who folds merges to one row may set it.
	More  int    // How many lanes run here that did not fit into the limit.
}

// Cell is one column of a row: the lines that leave it, and whether the commit is in it.
//
// Read downwards, lines fork and join at the commit alone. From the commit one
// gets along Left and Right to the cells with Down, which lead to its parents. A
// cell with Up and without Down leads along Left or Right to the commit.
type Cell struct {
	Up, Down, Left, Right bool

	Node  bool // The commit is here.
	Cross bool // The horizontal line passes under the vertical one, and is not connected with it.

	// Numbers of lines, for their colours: stable along one branch line, given
	// round-robin, and different modulo Colours in adjacent columns.
	Lane                int // Of the vertical line, or of the horizontal one where there is no other.
	LeftLane, RightLane int // Of the horizontal line, where Left or Right are set: of the lane that it leads to.
}

// draw makes the row of the commit that s has advanced through.
func (s *state) draw(limit int) Row {
	node := int(s.node)
	r := Row{
		Cells: make([]Cell, min(len(s.lanes), limit)),
		Node:  node,
		Lane:  s.lanes[node].line,
		Merge: s.isMerge,
		More:  s.open,
	}
	for _, c := range s.events {
		if s.lanes[c].line == resting {
			r.More--
		}
	}
	for c := range r.Cells {
		if !s.isUsed(c) || s.lanes[c].line == resting {
			continue
		}
		l := &s.lanes[c]
		cell := &r.Cells[c]
		cell.Up = l.event != opens
		cell.Down = l.event != joins && l.event != fades
		cell.Lane = l.line
		r.More--
	}
	if node < len(r.Cells) {
		cell := &r.Cells[node]
		cell.Node = true
		cell.Up = !s.isTip
		cell.Down = s.goesOn
	}
	s.drawLeft(r.Cells)
	s.drawRight(r.Cells)
	return r
}

// drawLeft draws the line from the commit to the lanes left of it, from its far end on.
func (s *state) drawLeft(cells []Cell) {
	node := int(s.node)
	isDrawn, line := false, 0
	for c := range cells[:min(node, len(cells))] {
		cell := &cells[c]
		cell.Left, cell.LeftLane = isDrawn, line
		if s.reaches(c) {
			isDrawn, line = true, cell.Lane
		} else {
			cell.pass(isDrawn, line)
		}
		cell.Right, cell.RightLane = isDrawn, line
	}
	if node < len(cells) {
		cells[node].Left, cells[node].LeftLane = isDrawn, line
	}
}

// drawRight draws the line from the commit to the lanes right of it, from its far end on.
func (s *state) drawRight(cells []Cell) {
	node := int(s.node)
	if node >= len(cells) {
		return
	}
	isDrawn, line := s.beyond(len(cells))
	for c := len(cells) - 1; c > node; c-- {
		cell := &cells[c]
		cell.Right, cell.RightLane = isDrawn, line
		if s.reaches(c) {
			isDrawn, line = true, cell.Lane
		} else {
			cell.pass(isDrawn, line)
		}
		cell.Left, cell.LeftLane = isDrawn, line
	}
	cells[node].Right, cells[node].RightLane = isDrawn, line
}

// pass lets a horizontal line, if there is one, pass through a cell that it does not lead to.
func (c *Cell) pass(isDrawn bool, line int) {
	switch {
	case !isDrawn:
	case c.Up || c.Down:
		c.Cross = true
	default:
		c.Lane = line
	}
}

// reaches says whether the line from the commit leads to column c.
func (s *state) reaches(c int) bool {
	if c >= len(s.lanes) {
		return false
	}
	e := s.lanes[c].event
	return e == opens || e == meets || e == joins
}

// beyond says whether the line from the commit leads to a column from c on, and
// the number of the nearest line that it leads to there.
func (s *state) beyond(c int) (isDrawn bool, line int) {
	nearest := int32(len(s.lanes))
	for _, e := range s.events {
		if int(e) >= c && e < nearest && s.reaches(int(e)) {
			nearest, isDrawn, line = e, true, s.lanes[e].line
		}
	}
	return isDrawn, line
}
