package diffview

import (
	"sort"

	"plumb/model/diff"
)

// kind says what the rows of a span are.
type kind int8

const (
	blankRow     kind = iota // Air between files.
	headRow                  // A file's path and counts.
	attrRow                  // An attribute that differs; item is its index.
	noteRow                  // What there is to say where lines do not say it.
	sameRow                  // There is nothing that differs.
	coarseRow                // The alignment is coarser than usual.
	heldRow                  // The lines are not shown until they are asked for.
	linesRow                 // Why lines are shown where the structure was asked for.
	objectRow                // An object whose meaning changed; item is its index.
	findingRow               // What checks say of the file as a whole, or of lines that are not shown.
	changeRow                // A change of meaning; item is its index, counted over all objects.
	detailRow                // A line of what was added or removed by change item; from is its index.
	noMeaningRow             // Lines differ, and their meaning does not.
	foldRow                  // Equal lines of gap item that are left out.
	gapRows                  // Equal lines of gap item, beginning with its line from.
	blockRows                // The lines of block item.
)

// span is a run of rows of one kind.
type span struct {
	kind   kind
	beside bool // Drawn side by side.
	file   int32
	item   int32
	from   int32
	hunk   int32 // The hunk of its file that the rows belong to; -1 for none.
	first  int   // Its first row, counted over all files.
	n      int
}

// hunk is what one goes through, one after the other: a hunk of lines, or a change of meaning.
type hunk struct {
	file, item int
	span       int // Its first span; a fold before it is not part of it.
	first, n   int // Its rows.
}

// side says which version's line a row has.
type side int8

const (
	both side = iota
	oldSide
	newSide
)

// unfolding is how much of a gap is unfolded: so many lines at its top and at its bottom, beyond the context.
type unfolding struct{ top, bottom int }

// gapKey is a gap of a file: the equal lines before block gap, or behind the last.
type gapKey struct{ file, gap int }

// reindex counts the rows. It reads no line.
func (v *View) reindex() {
	v.spans, v.hunks, v.rows = v.spans[:0], v.hunks[:0], 0
	for i := range v.files {
		v.indexFile(i, &v.files[i])
	}
	v.hunk = max(min(v.hunk, len(v.hunks)-1), 0)
}

func (v *View) add(s span) {
	s.first = v.rows
	v.spans = append(v.spans, s)
	v.rows += s.n
}

func (v *View) indexFile(i int, f *diff.File) {
	file := int32(i)
	one := func(k kind, item int) { v.add(span{kind: k, file: file, item: int32(item), hunk: -1, n: 1}) }
	if len(v.files) > 1 {
		if i > 0 {
			one(blankRow, 0)
		}
		one(headRow, 0)
	}
	for k := range f.Attrs {
		one(attrRow, k)
	}
	if !f.Note.IsEmpty() {
		one(noteRow, 0)
	}
	if len(v.atHead(i)) > 0 {
		one(findingRow, 0)
	}
	if v.holds(i) {
		one(heldRow, 0)
		return
	}
	if len(f.Blocks) == 0 {
		if f.Note.IsEmpty() && len(f.Attrs) == 0 && modes(f).IsEmpty() {
			one(sameRow, 0)
		}
		return
	}
	if v.structured {
		if v.indexStructure(i) {
			return
		}
		one(linesRow, 0)
	}
	if f.Simplified {
		one(coarseRow, 0)
	}
	for k, h := range v.grouped(i) {
		v.indexHunk(i, k, f, h)
	}
	v.indexGap(i, len(f.Blocks), f, int32(len(v.grouped(i))-1))
}

// indexHunk counts the blocks of a hunk, the lines between them and what is seen of those before it.
func (v *View) indexHunk(i, k int, f *diff.File, h diff.Hunk) {
	beside := v.split && !whole(f) && hasBoth(f, h)
	before := int32(k - 1)
	var at hunk
	for b := h.First; b < h.Last; b++ {
		if b > h.First {
			before = int32(k)
		}
		v.indexGap(i, b, f, before)
		if b == h.First {
			at = hunk{file: i, item: k, span: len(v.spans), first: v.rows}
			// The lines that are seen before the first block belong to the hunk.
			for s := len(v.spans) - 1; s >= 0 && v.spans[s].kind == gapRows && v.spans[s].hunk == int32(k); s-- {
				at.span, at.first = s, v.spans[s].first
			}
		}
		bl := f.Blocks[b]
		n := bl.OldHi - bl.OldLo + bl.NewHi - bl.NewLo
		if beside {
			n = f.BlockRows(b)
		}
		v.add(span{kind: blockRows, beside: beside, file: int32(i), item: int32(b), hunk: int32(k), n: n})
	}
	at.n = v.rows - at.first
	v.hunks = append(v.hunks, at)
}

// indexGap counts what is seen of the equal lines before block b. Its upper part belongs to the hunk before, its lower
// one to the next.
func (v *View) indexGap(i, b int, f *diff.File, before int32) {
	n, top, bottom := v.seen(i, b)
	after := before
	if b < len(f.Blocks) {
		after = int32(v.hunkOf(i, b))
	}
	rows := func(from, n int, hunk int32) {
		if n > 0 {
			beside := v.split && !whole(f) && (hunk < 0 || hasBoth(f, v.grouped(i)[hunk]))
			v.add(span{kind: gapRows, beside: beside, file: int32(i), item: int32(b), from: int32(from), hunk: hunk, n: n})
		}
	}
	if top+bottom == n && after == before {
		rows(0, n, after)
		return
	}
	rows(0, top, before)
	if top+bottom < n {
		v.add(span{kind: foldRow, file: int32(i), item: int32(b), from: int32(top), hunk: -1, n: 1})
	}
	rows(n-bottom, bottom, after)
}

// seen is how many of the n lines of a gap are seen at its top and at its bottom.
func (v *View) seen(file, b int) (n, top, bottom int) {
	f := &v.files[file]
	_, n = gap(f, b)
	s := v.unfolded[gapKey{file, b}]
	if b > 0 {
		top = context + s.top
	}
	if b < len(f.Blocks) {
		bottom = context + s.bottom
	}
	// A fold that hides one line takes as much room as the line.
	if top+bottom >= n-1 {
		top = min(top, n)
		if b == 0 {
			top = 0
		}
		bottom = n - top
	}
	return n, top, bottom
}

// gap is the first line of the new version of the equal lines before block b, and how many they are.
func gap(f *diff.File, b int) (from, n int) {
	if b > 0 {
		from = f.Blocks[b-1].NewHi
	}
	_, end := f.Len()
	if b < len(f.Blocks) {
		end = f.Blocks[b].NewLo
	}
	return from, end - from
}

// oldFrom is the first line of the old version of the equal lines before block b.
func oldFrom(f *diff.File, b int) int {
	if b > 0 {
		return f.Blocks[b-1].OldHi
	}
	return 0
}

// grouped are the hunks of a file.
func (v *View) grouped(file int) []diff.Hunk {
	if v.groups[file] == nil {
		v.groups[file] = v.files[file].HunksWithin(context)
	}
	return v.groups[file]
}

// hunkOf is the hunk that block b is in.
func (v *View) hunkOf(file, b int) int {
	hunks := v.grouped(file)
	return sort.Search(len(hunks), func(i int) bool { return hunks[i].Last > b })
}

// hasBoth reports a hunk in which lines go and lines come: one without one of these would leave half of the screen
// empty, and is drawn over the whole width.
func hasBoth(f *diff.File, h diff.Hunk) bool {
	var removes, adds bool
	for _, b := range f.Blocks[h.First:h.Last] {
		removes, adds = removes || b.OldHi > b.OldLo, adds || b.NewHi > b.NewLo
	}
	return removes && adds
}

// whole reports a file that only one side has: it was created, or deleted.
func whole(f *diff.File) bool { return f.OldPath.IsEmpty() != f.NewPath.IsEmpty() }

// spanAt is the index of the span that row belongs to.
func (v *View) spanAt(row int) int {
	i := sort.Search(len(v.spans), func(i int) bool { return v.spans[i].first > row })
	return max(i-1, 0)
}

// hunkAt is the index of the hunk that row belongs to, or of the next one below it; -1 where there is none.
func (v *View) hunkAt(row int) int {
	i := sort.Search(len(v.hunks), func(i int) bool { return v.hunks[i].first+v.hunks[i].n > row })
	if i == len(v.hunks) {
		return -1
	}
	return i
}

// lineAt draws the line of a row, when it is one of a text.
func (v *View) lineAt(s, row int) (diff.Row, side) {
	sp := v.spans[s]
	f := &v.files[sp.file]
	k := row - sp.first
	if sp.kind == gapRows {
		from, _ := gap(f, int(sp.item))
		k += int(sp.from)
		return f.EqualRow(oldFrom(f, int(sp.item))+k, from+k), both
	}
	key := rowKey{sp.file, sp.item, int32(k), sp.beside}
	if r, ok := v.drawn[key]; ok {
		return r.Row, r.side
	}
	r := drawnRow{side: both}
	b := f.Blocks[sp.item]
	switch removed := b.OldHi - b.OldLo; {
	case sp.beside:
		r.Row = f.BlockRow(int(sp.item), k)
	case k < removed:
		r.side = oldSide
		_, r.Row = f.OldLine(int(sp.item), b.OldLo+k)
	default:
		r.side = newSide
		_, r.Row = f.NewLine(int(sp.item), b.NewLo+k-removed)
	}
	if len(v.drawn) >= mostDrawn {
		clear(v.drawn)
	}
	v.drawn[key] = r
	return r.Row, r.side
}

// numbersAt are the numbers of the lines of a row, from 1; 0 on a side that has none there.
func (v *View) numbersAt(s, row int) (old, new int) {
	sp := v.spans[s]
	f := &v.files[sp.file]
	k := row - sp.first
	switch sp.kind {
	case gapRows:
		from, _ := gap(f, int(sp.item))
		k += int(sp.from) + 1
		return oldFrom(f, int(sp.item)) + k, from + k
	case blockRows:
		b := f.Blocks[sp.item]
		if sp.beside {
			old, new = f.BlockLines(int(sp.item), k)
			return old + 1, new + 1
		}
		if removed := b.OldHi - b.OldLo; k >= removed {
			return 0, b.NewLo + k - removed + 1
		}
		return b.OldLo + k + 1, 0
	}
	return 0, 0
}

// rowKey is a row of a block in one of the layouts; drawnRow is what was drawn for it. Comparing the words of
// a pair of lines is what drawing costs most, so rows are kept.
type rowKey struct {
	file, block, k int32
	beside         bool
}

type drawnRow struct {
	diff.Row
	side side
}

// mostDrawn is how many rows are kept drawn: some screens full.
const mostDrawn = 2048
