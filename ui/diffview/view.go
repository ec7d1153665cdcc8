// Package diffview draws differences, side by side or unified.
//
// It keeps an index of how many rows each hunk has and draws only those in the
// window, so that a difference of 100,000 lines scrolls as lightly as one of ten.
package diffview

import (
	"plumb/model/diff"
	"plumb/model/text"
)

// View is a window on the difference of one or several files. The zero value shows
// nothing. It belongs to one goroutine, and never changes the files it is given.
type View struct {
	files         []diff.File
	width, height int
	split, wrap   bool
	focused       bool
	oldDetail     text.Safe
	newDetail     text.Safe

	blocks []block
	hunks  []int // The blocks that are hunks, in order.
	rows   int
	digits int
	orders map[int][]ref // Of unified hunks by their block, made when they are first seen.

	top  position
	x    int // Cells that are scrolled off to the left.
	hunk int // The current hunk, an index of hunks.

	query   string
	matches []int // Rows.
	match   int   // The current one of matches; -1 when there is none.

	langPath string
	lang     *language // Of the file langPath.
}

// position is a row of the window's edge. Where lines are wrapped, part counts the
// screen rows of that row that are above the edge: counting all screen rows would
// mean measuring all lines.
type position struct{ row, part int }

// SetFiles shows other files, from their top. Search and scrolling to the side end.
func (v *View) SetFiles(files []diff.File) {
	v.files = files
	v.top, v.x, v.hunk = position{}, 0, 0
	v.query, v.matches, v.match = "", nil, -1
	v.reindex()
}

// SetSize says how many cells and rows there are; one row of them is the labels.
func (v *View) SetSize(width, height int) {
	width, height = max(width, 0), max(height, 0)
	if width == v.width && height == v.height {
		return
	}
	v.width, v.height = width, height
	v.top.part = 0
	v.settle()
}

// SetSplit chooses between side by side and unified. The line at the top stays there.
func (v *View) SetSplit(split bool) {
	if split == v.split {
		return
	}
	at := v.anchor()
	v.split = split
	v.reindex()
	v.top = position{row: v.rowOf(at)}
	if v.query != "" {
		v.find()
		v.match = v.matchFrom(v.top.row)
	}
	v.settle()
}

// SetWrap chooses whether long lines are continued below or cut.
func (v *View) SetWrap(wrap bool) {
	if wrap == v.wrap {
		return
	}
	v.wrap = wrap
	v.top.part, v.x = 0, 0
	v.settle()
}

// SetFocused says whether the keys go to this pane: only then the current hunk has its mark.
func (v *View) SetFocused(focused bool) { v.focused = focused }

// SetDetails says what stands behind the label of each side, as "4 s ago".
func (v *View) SetDetails(old, new text.Safe) { v.oldDetail, v.newDetail = old, new }

// Split reports whether the sides are beside each other.
func (v *View) Split() bool { return v.split }

// Wrapped reports whether long lines are continued below.
func (v *View) Wrapped() bool { return v.wrap }

// Files are the files that are shown.
func (v *View) Files() []diff.File { return v.files }

// File is the index of the file at the top; 0 when there are none.
func (v *View) File() int {
	if len(v.blocks) == 0 {
		return 0
	}
	return v.blocks[v.blockAt(v.top.row)].file
}

// Hunk is the current hunk: the file it is in and its place among that file's hunks.
func (v *View) Hunk() (file, hunk int, ok bool) {
	if len(v.hunks) == 0 {
		return 0, 0, false
	}
	b := v.blocks[v.hunks[v.hunk]]
	return b.file, b.item, true
}

// Hunks is the number of the current hunk, from 1, and how many there are; 0 of 0 without any.
func (v *View) Hunks() (current, of int) {
	if len(v.hunks) == 0 {
		return 0, 0
	}
	return v.hunk + 1, len(v.hunks)
}

// Position is the row at the top and the number of rows, as a scroll bar needs them.
func (v *View) Position() (row, of int) { return v.top.row, v.rows }

// body is how many rows are left for lines under the labels.
func (v *View) body() int { return max(v.height-1, 0) }
