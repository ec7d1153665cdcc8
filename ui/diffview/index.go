package diffview

import (
	"sort"
	"strconv"

	"plumb/model/diff"
)

// kind says what the rows of a block are.
type kind int

const (
	blankRow  kind = iota // Air between files.
	headRow               // A file's path and counts.
	attrRow               // An attribute that differs; item is its index.
	noteRow               // Why there are no lines.
	sameRow               // There is nothing that differs.
	coarseRow             // The alignment is coarser than usual.
	foldRow               // Equal lines that are left out before hunk item.
	afterRow              // Equal lines that are left out at the end.
	hunkRows              // The lines of hunk item.
)

// block is a run of rows of one kind.
type block struct {
	kind  kind
	file  int
	item  int
	first int // Its first row, counted over all files.
	n     int
}

// ref is a row of a hunk as one row of the screen.
type ref struct {
	row  int32
	side side
}

type side int8

const (
	both side = iota
	oldSide
	newSide
)

// reindex counts the rows of every hunk. It reads no text.
func (v *View) reindex() {
	v.blocks, v.hunks, v.rows, v.digits = v.blocks[:0], v.hunks[:0], 0, 2
	v.orders = nil
	for i := range v.files {
		v.indexFile(i, &v.files[i])
	}
	v.hunk = max(min(v.hunk, len(v.hunks)-1), 0)
}

func (v *View) indexFile(i int, f *diff.File) {
	add := func(k kind, item, n int) {
		v.blocks = append(v.blocks, block{k, i, item, v.rows, n})
		v.rows += n
	}
	if len(v.files) > 1 {
		if i > 0 {
			add(blankRow, 0, 1)
		}
		add(headRow, 0, 1)
	}
	for k := range f.Attrs {
		add(attrRow, k, 1)
	}
	if !f.Note.IsEmpty() {
		add(noteRow, 0, 1)
	}
	if f.Simplified {
		add(coarseRow, 0, 1)
	}
	beside := v.beside(f)
	for k := range f.Hunks {
		h := &f.Hunks[k]
		if h.Skipped > 0 {
			add(foldRow, k, 1)
		}
		n := len(h.Rows)
		for r := range h.Rows {
			row := &h.Rows[r]
			if !beside && row.Op == diff.Change {
				n++
			}
			v.digits = max(v.digits, len(strconv.Itoa(max(row.Old.Number, row.New.Number))))
		}
		v.hunks = append(v.hunks, len(v.blocks))
		add(hunkRows, k, n)
	}
	if f.After > 0 && len(f.Hunks) > 0 {
		add(afterRow, 0, 1)
	}
	if len(f.Hunks) == 0 && f.Note.IsEmpty() && len(f.Attrs) == 0 && modes(f).IsEmpty() {
		add(sameRow, 0, 1)
	}
}

// whole reports a file that only one side has: it was created, or deleted.
func whole(f *diff.File) bool { return f.OldPath.IsEmpty() != f.NewPath.IsEmpty() }

// beside reports whether a file's sides are drawn beside each other. A file that one
// side does not have would leave half of the screen empty.
func (v *View) beside(f *diff.File) bool { return v.split && !whole(f) }

// blockAt is the index of the block that row belongs to.
func (v *View) blockAt(row int) int {
	i := sort.Search(len(v.blocks), func(i int) bool { return v.blocks[i].first > row })
	return max(i-1, 0)
}

// order lists a hunk's rows as the unified layout has them: of a run of rows that
// differ first all that was, then all that is.
func (v *View) order(b int) []ref {
	if o, ok := v.orders[b]; ok {
		return o
	}
	bl := v.blocks[b]
	rows := v.files[bl.file].Hunks[bl.item].Rows
	o := make([]ref, 0, bl.n)
	for i := 0; i < len(rows); {
		if rows[i].Op == diff.Equal {
			o = append(o, ref{int32(i), both})
			i++
			continue
		}
		end := i
		for end < len(rows) && rows[end].Op != diff.Equal {
			end++
		}
		for k := i; k < end; k++ {
			if rows[k].Op != diff.Insert {
				o = append(o, ref{int32(k), oldSide})
			}
		}
		for k := i; k < end; k++ {
			if rows[k].Op != diff.Delete {
				o = append(o, ref{int32(k), newSide})
			}
		}
		i = end
	}
	if v.orders == nil {
		v.orders = map[int][]ref{}
	}
	v.orders[b] = o
	return o
}

// line finds what row is, when it is one of a hunk.
func (v *View) line(b, row int) (*diff.Row, side) {
	bl := v.blocks[b]
	f := &v.files[bl.file]
	if v.beside(f) {
		return &f.Hunks[bl.item].Rows[row-bl.first], both
	}
	r := v.order(b)[row-bl.first]
	return &f.Hunks[bl.item].Rows[r.row], r.side
}

// place is a row by what it shows, which stays when the layout changes.
type place struct {
	kind       kind
	file, item int
	row        int // Of a hunk.
}

func (v *View) anchor() place {
	if len(v.blocks) == 0 {
		return place{}
	}
	b := v.blockAt(v.top.row)
	bl := v.blocks[b]
	p := place{bl.kind, bl.file, bl.item, 0}
	if bl.kind == hunkRows {
		p.row = v.top.row - bl.first
		if !v.beside(&v.files[bl.file]) {
			p.row = int(v.order(b)[p.row].row)
		}
	}
	return p
}

func (v *View) rowOf(p place) int {
	for b, bl := range v.blocks {
		if bl.kind != p.kind || bl.file != p.file || bl.item != p.item {
			continue
		}
		if bl.kind != hunkRows {
			return bl.first
		}
		if v.beside(&v.files[bl.file]) {
			return bl.first + p.row
		}
		for i, r := range v.order(b) {
			if int(r.row) == p.row {
				return bl.first + i
			}
		}
	}
	return 0
}
