package diffview

import (
	"sort"

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
	h := v.hunks[i]
	row := h.first
	// The fold before the hunk says where it is.
	if h.span > 0 && v.spans[h.span-1].kind == foldRow {
		row--
	}
	// What is seen as a whole needs no scrolling; it gets the mark.
	if end := h.first + h.n; row >= v.top.row && end <= v.bottom() {
		return true
	}
	v.top = position{row: row}
	v.settle()
	return true
}

// hunkIndex is the hunk that the rows of a span belong to; -1 for none.
func (v *View) hunkIndex(at span) int {
	if at.hunk < 0 {
		return -1
	}
	i := sort.Search(len(v.hunks), func(i int) bool {
		h := v.hunks[i]
		return h.file > int(at.file) || h.file == int(at.file) && h.item >= int(at.hunk)
	})
	if i == len(v.hunks) || v.hunks[i].file != int(at.file) || v.hunks[i].item != int(at.hunk) {
		return -1
	}
	return i
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
	for i, h := range v.hunks {
		if h.file >= file {
			v.hunk = i
			break
		}
	}
	// Unlike scrolling, a jump may leave room below the end: the file asked for is at the top.
	return true
}

func (v *View) fileRow(file int) int {
	for _, at := range v.spans {
		if int(at.file) == file && at.kind != blankRow {
			return at.first
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
	if h := v.hunks[v.hunk]; h.first < v.bottom() && h.first+h.n > v.top.row {
		return
	}
	if i := v.hunkAt(v.top.row); i >= 0 {
		v.hunk = i
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
	if !v.wrap && len(v.findings) == 0 {
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
	if !v.wrap && len(v.findings) == 0 {
		return 1
	}
	s := v.spanAt(row)
	if v.spans[s].kind == findingRow {
		return len(v.saidRows(s, v.atHead(int(v.spans[s].file)), true))
	}
	n := v.lineTall(s, row)
	if found := v.below(s, row); len(found) > 0 {
		n += len(v.saidRows(s, found, false))
	}
	return n
}

// lineTall is how many of them are the row itself, without what is found there.
func (v *View) lineTall(s, row int) int {
	if !v.wrap {
		return 1
	}
	n := max(len(v.wrapped(s)), 1)
	v.eachLine(row, func(t text.Safe, room int) { n = max(n, len(paint.Breaks(t, room))) })
	return n
}

// eachSeen calls f for every line in the window with the cells it has.
func (v *View) eachSeen(f func(t text.Safe, room int)) {
	for row, end := v.top.row, v.bottom(); row < end && row < v.rows; row++ {
		v.eachLine(row, f)
	}
}

// eachLine calls f for the lines of a row with the cells they have; a row that is not one of a text has none.
func (v *View) eachLine(row int, f func(t text.Safe, room int)) {
	s := v.spanAt(row)
	if k := v.spans[s].kind; k != gapRows && k != blockRows {
		return
	}
	r, side := v.lineAt(s, row)
	g := v.geometry(&v.files[v.spans[s].file], v.spans[s].beside)
	if side != newSide && r.Op != diff.Insert {
		f(join(r.Old), g.room[0])
	}
	if side != oldSide && r.Op != diff.Delete {
		f(join(r.New), g.room[1])
	}
}
