package diffview

import "plumb/model/diff"

// Place is a line of one of the files. The number of a side that does not have the line is 0.
type Place struct {
	File     int
	Old, New int
}

// howFar is how many lines are looked at for one that the new side has: this is asked whenever something is drawn.
const howFar = 200

// Place is what is at the top of the window: the first line from there on that the old side has, and the first
// that the new side has. Where many are gone, the new one is not looked for further down. Not ok where no file is shown.
func (v *View) Place() (p Place, ok bool) {
	if len(v.blocks) == 0 {
		return Place{}, false
	}
	b := v.blockAt(v.top.row)
	p.File = v.blocks[b].file
	looked := 0
	for row := v.top.row; b < len(v.blocks) && v.blocks[b].file == p.File; b++ {
		bl := v.blocks[b]
		row = max(row, bl.first)
		if bl.kind != hunkRows {
			continue
		}
		for ; row < bl.first+bl.n; row++ {
			if looked++; looked > howFar {
				return p, true
			}
			r, side := v.line(b, row)
			old, new := r.Old.Number, r.New.Number
			if r.Op == diff.Insert || side == newSide {
				old = 0
			}
			if r.Op == diff.Delete || side == oldSide {
				new = 0
			}
			if p.Old == 0 {
				p.Old = old
			}
			if new > 0 {
				p.New = new
				return p, true
			}
		}
	}
	return p, true
}

// ShowLine brings a line of the new side into the window, with some rows above it, and makes its hunk the
// current one. It reports whether the difference has that line.
func (v *View) ShowLine(file, number int) bool {
	for i, b := range v.hunks {
		bl := v.blocks[b]
		if bl.file != file {
			continue
		}
		for row := bl.first; row < bl.first+bl.n; row++ {
			r, side := v.line(b, row)
			if side == oldSide || r.Op == diff.Delete || r.New.Number != number {
				continue
			}
			v.hunk = i
			v.top = v.step(position{row: row}, -v.body()/3)
			// What stands above in the same file tells what it is; what stands above the file tells nothing.
			if first := v.fileRow(file); v.top.row < first {
				v.top = position{row: first}
			}
			v.settle()
			return true
		}
	}
	return false
}
