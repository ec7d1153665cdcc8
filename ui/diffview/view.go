// Package diffview draws differences, side by side or unified.
//
// It keeps an index of how many rows each hunk has and draws only those in the
// window, so that a difference of 100,000 lines scrolls as lightly as one of ten.
package diffview

import (
	"slices"

	"plumb/model/diff"
	"plumb/model/text"
	"plumb/ui/syntax"
)

// context is how many equal lines are shown around each difference until more are asked for.
const context = 3

// View is a window on the difference of one or several files. The zero value shows
// nothing. It belongs to one goroutine, and never changes the files it is given.
type View struct {
	files         []diff.File
	width, height int
	split, wrap   bool
	focused       bool
	oldDetail     text.Safe
	newDetail     text.Safe

	spans    []span
	hunks    []hunk
	rows     int
	groups   [][]diff.Hunk // Of each file.
	unfolded map[gapKey]unfolding
	open     map[int]bool // Files whose lines are shown although they are held back.
	drawn    map[rowKey]drawnRow

	structured bool
	structures map[int]*Structure // By file.
	colours    map[int][2]*syntax.Text

	top  position
	x    int // Cells that are scrolled off to the left.
	hunk int // The current hunk, an index of hunks.

	mark   *mark
	picked map[int][]diff.Block // By file.
	review func(file, hunk int) bool

	findings map[int][]Finding // By file, in the order of their lines.
	spot     *spot             // The finding that was gone to last.
	laid     laidOut

	query   string
	matches []match
	match   int // The current one of matches; -1 when there is none.
}

// position is a row of the window's edge. Where lines are wrapped, part counts the
// screen rows of that row that are above the edge: counting all screen rows would
// mean measuring all lines.
type position struct{ row, part int }

// SetFiles shows other files, from their top. Search and scrolling to the side end.
func (v *View) SetFiles(files []diff.File) {
	v.files = files
	v.groups = make([][]diff.Hunk, len(files))
	v.unfolded, v.open, v.drawn = map[gapKey]unfolding{}, map[int]bool{}, map[rowKey]drawnRow{}
	v.structures, v.colours = map[int]*Structure{}, map[int][2]*syntax.Text{}
	v.top, v.x, v.hunk, v.mark, v.picked = position{}, 0, 0, nil, nil
	v.findings, v.spot, v.laid = nil, nil, laidOut{}
	v.query, v.matches, v.match = "", nil, -1
	v.reindex()
}

// AddFiles shows further files below those that are there. Nothing moves.
func (v *View) AddFiles(files ...diff.File) {
	if len(v.files) == 0 {
		v.SetFiles(files)
		return
	}
	v.files = append(slices.Clip(v.files), files...)
	v.groups = append(v.groups, make([][]diff.Hunk, len(files))...)
	if len(v.files) == len(files)+1 {
		v.relaid(v.anchor()) // The first file gets a row with its path.
		return
	}
	found := v.match
	v.reindex()
	v.find()
	v.match = min(found, len(v.matches)-1) // What was found before stands before what comes.
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
	v.relaid(at)
}

// relaid counts the rows again and puts what was at the top there again.
func (v *View) relaid(at place) {
	if h := v.current(); h != nil {
		at.hunk = &hunk{file: h.file, item: h.item}
	}
	v.mark = nil
	found := v.match
	v.reindex()
	v.top = position{row: v.rowOf(at)}
	if at.hunk != nil {
		for i, h := range v.hunks {
			if h.file == at.hunk.file && h.item <= at.hunk.item {
				v.hunk = i
			}
		}
	}
	v.find()
	v.match = min(found, len(v.matches)-1)
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
	if len(v.spans) == 0 {
		return 0
	}
	return int(v.spans[v.spanAt(v.top.row)].file)
}

// current is the current hunk; nil when there is none.
func (v *View) current() *hunk {
	if len(v.hunks) == 0 {
		return nil
	}
	return &v.hunks[v.hunk]
}

// Hunk is the current hunk: the file it is in and its place among that file's hunks, or changes of meaning.
func (v *View) Hunk() (file, hunk int, ok bool) {
	h := v.current()
	if h == nil {
		return 0, 0, false
	}
	return h.file, h.item, true
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
