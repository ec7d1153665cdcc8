package diffview

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
	if len(v.spans) == 0 {
		return Place{}, false
	}
	s := v.spanAt(v.top.row)
	p.File = int(v.spans[s].file)
	looked := 0
	for row := v.top.row; s < len(v.spans) && int(v.spans[s].file) == p.File; s++ {
		at := v.spans[s]
		row = max(row, at.first)
		if at.kind == changeRow {
			p.Old, p.New = v.changeLines(at)
			return p, true
		}
		if at.kind != gapRows && at.kind != blockRows {
			continue
		}
		for ; row < at.first+at.n; row++ {
			if looked++; looked > howFar {
				return p, true
			}
			old, new := v.numbersAt(s, row)
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

// place is a row by what it shows, which stays when the layout changes.
type place struct {
	kind       kind
	file, item int
	old, new   int   // Of a line: its numbers.
	hunk       *hunk // The current one.
}

func (v *View) anchor() place {
	if len(v.spans) == 0 {
		return place{}
	}
	s := v.spanAt(v.top.row)
	at := v.spans[s]
	p := place{kind: at.kind, file: int(at.file), item: int(at.item)}
	switch at.kind {
	case foldRow:
		f := &v.files[at.file]
		from, _ := gap(f, p.item)
		p.old, p.new = oldFrom(f, p.item)+int(at.from)+1, from+int(at.from)+1
	case changeRow:
		p.old, p.new = v.changeLines(at)
	default:
		p.old, p.new = v.numbersAt(s, v.top.row)
	}
	return p
}

// rowOf is where a place is now.
func (v *View) rowOf(p place) int {
	for _, at := range v.spans {
		if at.kind == p.kind && int(at.file) == p.file && int(at.item) == p.item && p.old == 0 && p.new == 0 {
			return at.first
		}
	}
	if row, ok := v.rowWith(p.file, p.old, p.new); ok {
		return row
	}
	return v.fileRow(p.file)
}

// rowWith is the row of a line by its numbers, from 1: of the new version where it has one there, or else of the old. Where the
// line is folded away it is the row of the fold, and where changes of meaning are shown the nearest of them.
func (v *View) rowWith(file, old, new int) (row int, ok bool) {
	if old == 0 && new == 0 || file >= len(v.files) {
		return 0, false
	}
	f := &v.files[file]
	nearest := -1
	for _, at := range v.spans {
		if int(at.file) != file {
			continue
		}
		switch at.kind {
		case gapRows, foldRow:
			from, n := gap(f, int(at.item))
			line := new - 1 - from
			if new == 0 {
				line = old - 1 - oldFrom(f, int(at.item))
			}
			if at.kind == gapRows {
				n = int(at.from) + at.n
			}
			if line < int(at.from) || line >= n {
				continue
			}
			if at.kind == foldRow {
				nearest = at.first // The lines below the fold may have it.
				continue
			}
			return at.first + line - int(at.from), true
		case blockRows:
			b := f.Blocks[at.item]
			switch {
			case new > b.NewLo && new <= b.NewHi && at.beside:
				return at.first + f.RowOfNew(int(at.item), new-1), true
			case new > b.NewLo && new <= b.NewHi:
				return at.first + b.OldHi - b.OldLo + new - 1 - b.NewLo, true
			case new == 0 && old > b.OldLo && old <= b.OldHi && at.beside:
				return at.first + f.RowOfOld(int(at.item), old-1), true
			case new == 0 && old > b.OldLo && old <= b.OldHi:
				return at.first + old - 1 - b.OldLo, true
			}
		case changeRow:
			if o, n := v.changeLines(at); nearest < 0 || n > 0 && n <= new || n == 0 && o <= old {
				nearest = at.first
			}
		}
	}
	return nearest, nearest >= 0
}

// ShowLine brings a line of the new side into the window, unfolding it where it is folded away, with some rows above it, and makes
// its hunk the current one. It reports whether the new version has that line.
func (v *View) ShowLine(file, number int) bool {
	if file < 0 || file >= len(v.files) || number < 1 {
		return false
	}
	if _, n := v.files[file].Len(); number > n || v.holds(file) {
		return false
	}
	v.uncover(file, number)
	row, ok := v.rowWith(file, 0, number)
	if !ok {
		return false
	}
	if h := v.hunkAt(row); h >= 0 {
		v.hunk = h
	}
	v.top = v.step(position{row: row}, -v.body()/3)
	// What stands above in the same file tells what it is; what stands above the file tells nothing.
	if first := v.fileRow(file); v.top.row < first {
		v.top = position{row: first}
	}
	v.settle()
	return true
}

// uncover unfolds what hides a line of the new version.
func (v *View) uncover(file, number int) {
	f := &v.files[file]
	for b := range len(f.Blocks) + 1 {
		from, n := gap(f, b)
		if number <= from || number > from+n {
			continue
		}
		k, line := gapKey{file, b}, number-1-from
		_, top, bottom := v.seen(file, b)
		if line < top || line >= n-bottom {
			return
		}
		s := v.unfolded[k]
		// From the nearer end, and a little beyond.
		if line-top < n-bottom-line && b > 0 || b == len(f.Blocks) {
			s.top += line - top + 1 + context
		} else {
			s.bottom += n - bottom - line + context
		}
		v.unfolded[k] = s
		v.relaid(v.anchor())
		return
	}
}

// Return shows a place from an earlier difference again at the top: its line, or the fold that it is in.
func (v *View) Return(file int, at Place) {
	if file >= len(v.files) {
		return
	}
	row, ok := v.rowWith(file, at.Old, at.New)
	if !ok {
		row = v.fileRow(file)
	}
	v.top = position{row: row} // As after a jump, there may be room below the end.
	v.follow()
}

// InSight are the first and the last file in the window.
func (v *View) InSight() (first, last int) {
	if len(v.spans) == 0 {
		return 0, -1
	}
	return v.File(), int(v.spans[v.spanAt(max(v.bottom()-1, 0))].file)
}
