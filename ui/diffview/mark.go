package diffview

import (
	"slices"

	"plumb/model/diff"
)

// mark is a range of rows: from where it began to where it is drawn out to.
type mark struct{ from, to int }

func (m *mark) holds(row int) bool { return row >= min(m.from, m.to) && row <= max(m.from, m.to) }

// Mark begins a range of lines with the first line of the current hunk that differs, and brings it into sight. It reports
// whether there is such a line.
func (v *View) Mark() bool {
	h := v.current()
	if h == nil || v.spans[h.span].hunk < 0 {
		return false
	}
	for row := h.first; row < h.first+h.n; row++ {
		if v.spans[v.spanAt(row)].kind == blockRows {
			v.mark = &mark{row, row}
			v.seeMark()
			return true
		}
	}
	return false
}

// Unmark drops the range, and reports whether there was one.
func (v *View) Unmark() bool {
	had := v.mark != nil
	v.mark = nil
	return had
}

// Marking reports whether a range is being marked.
func (v *View) Marking() bool { return v.mark != nil }

// DrawOut moves the end of the range by rows. It stays within the lines of its file, and passes folds over.
func (v *View) DrawOut(rows int) {
	if v.mark == nil {
		return
	}
	dir := 1
	if rows < 0 {
		dir = -1
	}
	file := v.spans[v.spanAt(v.mark.from)].file
	to := v.mark.to
	for n := rows * dir; n > 0; {
		to += dir
		if to < 0 || to >= v.rows || v.spans[v.spanAt(to)].file != file {
			break
		}
		if k := v.spans[v.spanAt(to)].kind; k == gapRows || k == blockRows {
			v.mark.to = to
			n--
		}
	}
	v.seeMark()
}

// seeMark brings the end of the range into sight.
func (v *View) seeMark() {
	switch to := v.mark.to; {
	case to < v.top.row:
		v.top = position{row: to}
	case to >= v.bottom():
		v.top = v.step(position{row: to}, 1-v.body())
	}
	v.settle()
}

// Marked are the lines of the range that differ, as parts of blocks of its file. It is empty where none does, or none is marked.
func (v *View) Marked() (file int, blocks []diff.Block) {
	if v.mark == nil {
		return 0, nil
	}
	lo, hi := min(v.mark.from, v.mark.to), max(v.mark.from, v.mark.to)
	for s := v.spanAt(lo); s < len(v.spans) && v.spans[s].first <= hi; s++ {
		at := v.spans[s]
		if at.kind != blockRows {
			continue
		}
		file = int(at.file)
		if part := v.part(s, max(lo, at.first), min(hi+1, at.first+at.n)); part != (diff.Block{}) {
			blocks = append(blocks, part)
		}
	}
	return file, blocks
}

// part is what the rows from lo up to hi have of a block. Lines that come without any that goes are put behind all that
// stay, which is where they are on the screen.
func (v *View) part(s, lo, hi int) diff.Block {
	b := v.files[v.spans[s].file].Blocks[v.spans[s].item]
	var p diff.Block
	for row := lo; row < hi; row++ {
		old, new := v.numbersAt(s, row)
		if old > 0 {
			if p.OldHi == 0 {
				p.OldLo = old - 1
			}
			p.OldHi = old
		}
		if new > 0 {
			if p.NewHi == 0 {
				p.NewLo = new - 1
			}
			p.NewHi = new
		}
	}
	switch {
	case p.OldHi == 0 && p.NewHi == 0:
		return diff.Block{}
	case p.OldHi == 0:
		p.OldLo = v.before(s, p.NewLo)
		p.OldHi = p.OldLo
	case p.NewHi == 0:
		p.NewLo, p.NewHi = b.NewLo, b.NewLo
	}
	return p
}

// before is how many lines of the old version stand above a line that comes.
func (v *View) before(s, new int) int {
	f, at := &v.files[v.spans[s].file], v.spans[s]
	if !at.beside {
		return f.Blocks[at.item].OldHi
	}
	return f.OldBefore(int(at.item), new)
}

// CurrentBlocks are the blocks of the current hunk with its file; for a change of meaning those that its lines have.
func (v *View) CurrentBlocks() (file int, blocks []diff.Block) {
	h := v.current()
	if h == nil {
		return 0, nil
	}
	if v.spans[h.span].kind == changeRow {
		return h.file, v.changeBlocks(h)
	}
	g := v.grouped(h.file)[h.item]
	return h.file, v.files[h.file].Blocks[g.First:g.Last]
}

// SetReview says how it is found out whether a hunk was reviewed; nil shows no marks.
func (v *View) SetReview(reviewed func(file, hunk int) bool) { v.review = reviewed }

// isReviewed reports whether all hunks of a file were.
func (v *View) isReviewed(file int) bool {
	if v.review == nil || len(v.files[file].Blocks) == 0 {
		return false
	}
	for i := range v.grouped(file) {
		if !v.review(file, i) {
			return false
		}
	}
	return true
}

// FileHunks are the hunks of a file, as they are gone through and reviewed.
func (v *View) FileHunks(file int) []diff.Hunk { return v.grouped(file) }

// LineHunk is the current hunk of lines; not ok where there is none, or changes of meaning are shown.
func (v *View) LineHunk() (file, hunk int, ok bool) {
	h := v.current()
	if h == nil || v.spans[h.span].kind == changeRow {
		return 0, 0, false
	}
	return h.file, h.item, true
}

// NextHunkWhere goes to the next hunk of lines that is wanted, from behind the current one and around, and reports
// whether there is one.
func (v *View) NextHunkWhere(wanted func(file, hunk int) bool) bool {
	for i := range v.hunks {
		at := (v.hunk + 1 + i) % len(v.hunks)
		if h := v.hunks[at]; v.spans[h.span].kind != changeRow && wanted(h.file, h.item) {
			return v.toHunk(at)
		}
	}
	return false
}

// SetPicked says which parts of a file's blocks are picked for a change.
func (v *View) SetPicked(file int, blocks []diff.Block) {
	if v.picked == nil {
		v.picked = map[int][]diff.Block{}
	}
	v.picked[file] = blocks
}

// isPicked reports whether a row has a line that is picked.
func (v *View) isPicked(s, row int) bool {
	blocks := v.picked[int(v.spans[s].file)]
	if len(blocks) == 0 || v.spans[s].kind != blockRows {
		return false
	}
	old, new := v.numbersAt(s, row)
	return slices.ContainsFunc(blocks, func(b diff.Block) bool {
		return old > b.OldLo && old <= b.OldHi || new > b.NewLo && new <= b.NewHi
	})
}
