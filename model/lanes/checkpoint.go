package lanes

// checkpoint is a state as it is kept: only what cannot be derived.
type checkpoint struct {
	row   int
	lines int
	lanes []keptLane // From left to right.
}

type keptLane struct {
	column int32
	want   uint32
	line   int
}

// keep makes a checkpoint of s, which is between two rows.
func (s *state) keep() checkpoint {
	k := checkpoint{row: s.row, lines: s.lines, lanes: make([]keptLane, 0, s.open)}
	for c, l := range s.lanes {
		if s.isUsed(c) {
			k.lanes = append(k.lanes, keptLane{int32(c), l.want, l.line})
		}
	}
	return k
}

// restore puts s back to where it was when k was made of it.
func (s *state) restore(k checkpoint) {
	s.row, s.lines, s.low, s.open = k.row, k.lines, 0, 0
	s.lanes, s.stubs, s.events = s.lanes[:0], s.stubs[:0], s.events[:0]
	clear(s.used)
	clear(s.heads)
	for _, l := range k.lanes {
		s.occupy(int(l.column))
		s.lanes[l.column].line = l.line
		s.lead(l.column, l.want)
	}
}
