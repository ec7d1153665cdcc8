package diffview

import (
	"plumb/model/diff"
	"plumb/model/text"
	"plumb/ui/paint"
)

// Scroll moves the window by rows of the screen, negative up, and reports whether it moved.
func (v *View) Scroll(rows int) bool {
	before, last := v.top, v.last()
	if rows > 0 && !before.above(last) {
		return false
	}
	v.top = v.step(before, rows)
	if rows > 0 && last.above(v.top) {
		v.top = last
	}
	v.follow()
	return v.top != before
}

// Page moves the window by n windows, keeping one row for the eye.
func (v *View) Page(n int) bool { return v.Scroll(n * max(v.body()-1, 1)) }

// HalfPage moves the window by n half windows.
func (v *View) HalfPage(n int) bool { return v.Scroll(n * max(v.body()/2, 1)) }

// Top shows the beginning.
func (v *View) Top() {
	v.top = position{}
	v.settle()
	v.follow()
}

// Bottom shows the end.
func (v *View) Bottom() {
	v.top = position{row: v.rows}
	v.settle()
	v.follow()
}

// ScrollX moves the text sideways by cells, negative left; line numbers stay. It goes
// as far as the longest line in the window does, and nowhere where lines are wrapped.
func (v *View) ScrollX(cells int) bool {
	before := v.x
	v.x = max(v.x+cells, 0)
	if v.wrap {
		v.x = 0
	} else if cells > 0 {
		longest := 0
		v.eachSeen(func(t text.Safe, room int) { longest = max(longest, paint.Cells(t)-room+1) })
		v.x = max(min(v.x, longest), before)
	}
	return v.x != before
}

// NextHunk goes to the next hunk, also of the next file, and reports whether there is one.
func (v *View) NextHunk() bool { return v.toHunk(v.hunk + 1) }

// PrevHunk goes to the hunk before.
func (v *View) PrevHunk() bool { return v.toHunk(v.hunk - 1) }

func (v *View) toHunk(i int) bool {
	if i < 0 || i >= len(v.hunks) {
		return false
	}
	v.hunk = i
	b := v.hunks[i]
	row := v.blocks[b].first
	// The fold before the hunk says where it is.
	if b > 0 && v.blocks[b-1].kind == foldRow {
		row--
	}
	// What is seen as a whole needs no scrolling; it gets the mark.
	if end := v.blocks[b].first + v.blocks[b].n; row >= v.top.row && end <= v.bottom() {
		return true
	}
	v.top = position{row: row}
	v.settle()
	return true
}

// NextFile goes to the next file and reports whether there is one.
func (v *View) NextFile() bool { return v.JumpTo(v.File() + 1) }

// PrevFile goes to the beginning of the file, or from there to the file before.
func (v *View) PrevFile() bool {
	i := v.File()
	if v.top.row == v.fileRow(i) && v.top.part == 0 {
		i--
	}
	return v.JumpTo(i)
}

// JumpTo shows a file from its beginning and reports whether there is such a file.
// The last files may stand below the top when there is nothing to show under them.
func (v *View) JumpTo(file int) bool {
	if file < 0 || file >= len(v.files) {
		return false
	}
	v.top = position{row: v.fileRow(file)}
	for i, b := range v.hunks {
		if v.blocks[b].file >= file {
			v.hunk = i
			break
		}
	}
	// Unlike scrolling, a jump may leave room below the end: the file asked for is at the top.
	return true
}

func (v *View) fileRow(file int) int {
	for _, b := range v.blocks {
		if b.file == file && b.kind != blankRow {
			return b.first
		}
	}
	return 0
}

// settle keeps the window within the rows: the last one is not above its lower edge
// when there are enough of them.
func (v *View) settle() {
	v.top.row = max(min(v.top.row, v.rows), 0)
	if last := v.last(); last.above(v.top) {
		v.top = last
	}
}

// last is the window's lowest position: the last row is at its lower edge.
func (v *View) last() position { return v.step(position{row: v.rows}, -v.body()) }

func (p position) above(q position) bool {
	return p.row < q.row || p.row == q.row && p.part < q.part
}

// follow keeps the current hunk in sight: when it is not, the first that is becomes current.
func (v *View) follow() {
	if len(v.hunks) == 0 {
		return
	}
	end := v.bottom()
	seen := func(i int) bool {
		b := v.blocks[v.hunks[i]]
		return b.first < end && b.first+b.n > v.top.row
	}
	if seen(v.hunk) {
		return
	}
	for i := range v.hunks {
		b := v.blocks[v.hunks[i]]
		if b.first+b.n > v.top.row {
			v.hunk = i
			return
		}
	}
}

// bottom is the first row that is wholly below the window.
func (v *View) bottom() int {
	p := v.step(v.top, v.body())
	if p.part > 0 {
		return p.row + 1
	}
	return p.row
}

// step is the position so many rows of the screen away, measuring only what lies between.
func (v *View) step(p position, rows int) position {
	if !v.wrap {
		return position{row: max(min(p.row+rows, v.rows), 0)}
	}
	for rows > 0 && p.row < v.rows {
		left := v.tall(p.row) - p.part
		if rows < left {
			p.part += rows
			return p
		}
		rows -= left
		p = position{row: p.row + 1}
	}
	for rows < 0 && (p.row > 0 || p.part > 0) {
		if p.part > 0 {
			n := min(p.part, -rows)
			p.part -= n
			rows += n
			continue
		}
		p.row--
		p.part = v.tall(p.row)
	}
	return p
}

// tall is how many rows of the screen a row takes.
func (v *View) tall(row int) int {
	b := v.blockAt(row)
	if !v.wrap || v.blocks[b].kind != hunkRows {
		return 1
	}
	r, side := v.line(b, row)
	f := &v.files[v.blocks[b].file]
	n := 1
	g := v.geometry(f)
	if side != newSide && r.Op != diff.Insert {
		n = len(paint.Breaks(join(r.Old), g.room[0]))
	}
	if side != oldSide && r.Op != diff.Delete {
		n = max(n, len(paint.Breaks(join(r.New), g.room[1])))
	}
	return n
}

// eachSeen calls f for every line in the window with the cells it has.
func (v *View) eachSeen(f func(t text.Safe, room int)) {
	for row := v.top.row; row < v.bottom() && row < v.rows; row++ {
		b := v.blockAt(row)
		if v.blocks[b].kind != hunkRows {
			continue
		}
		r, side := v.line(b, row)
		g := v.geometry(&v.files[v.blocks[b].file])
		if side != newSide && r.Op != diff.Insert {
			f(join(r.Old), g.room[0])
		}
		if side != oldSide && r.Op != diff.Delete {
			f(join(r.New), g.room[1])
		}
	}
}
