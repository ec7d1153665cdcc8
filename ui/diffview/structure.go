package diffview

import (
	"plumb/model/diff"
	"plumb/model/structure"
	"plumb/model/text"
	"plumb/themes"
	"plumb/ui/paint"
)

// Structure is what differs in the meaning of a file, or why that cannot be said.
type Structure struct {
	Diff structure.Diff
	Err  error // Its lines are shown then, and this as the reason.

	changes []*structure.Change // Of all objects.
}

// SetStructured chooses between the lines and what they mean. What was at the top stays there as far as it can.
func (v *View) SetStructured(on bool) {
	if on == v.structured {
		return
	}
	at := v.anchor()
	v.structured = on
	v.relaid(at)
}

// Structured reports whether meaning is shown instead of lines, where that is known.
func (v *View) Structured() bool { return v.structured }

// SetStructure gives the meaning of a file's difference, when it is known. Until then its lines are shown.
func (v *View) SetStructure(file int, s *Structure) {
	if v.structures == nil {
		return
	}
	s.changes = nil
	for i := range s.Diff.Objects {
		for k := range s.Diff.Objects[i].Changes {
			s.changes = append(s.changes, &s.Diff.Objects[i].Changes[k])
		}
	}
	v.structures[file] = s
	if v.structured {
		v.relaid(v.anchor())
	}
}

// indexStructure counts the rows of a file's changes of meaning, and reports whether they are known.
func (v *View) indexStructure(file int) bool {
	s := v.structures[file]
	if s == nil || s.Err != nil {
		return false
	}
	item := 0
	for i, o := range s.Diff.Objects {
		if !o.Name.IsEmpty() {
			v.add(span{kind: objectRow, file: int32(file), item: int32(i), hunk: -1, n: 1})
		}
		for range o.Changes {
			c := s.changes[item]
			h := hunk{file: file, item: item, span: len(v.spans), first: v.rows, n: 1 + len(c.Detail)}
			v.add(span{kind: changeRow, file: int32(file), item: int32(item), hunk: int32(item), n: 1})
			if len(c.Detail) > 0 {
				v.add(span{kind: detailRow, file: int32(file), item: int32(item), hunk: int32(item), n: len(c.Detail)})
			}
			v.hunks = append(v.hunks, h)
			item++
		}
	}
	if item == 0 {
		v.add(span{kind: noMeaningRow, file: int32(file), hunk: -1, n: 1})
	}
	return true
}

// whyLines says why lines are shown where their meaning was asked for.
func (v *View) whyLines(file int) text.Safe {
	if s := v.structures[file]; s != nil && s.Err != nil {
		return text.Lit("shown by lines: ").Plus(text.Error(s.Err))
	}
	return text.Lit("shown by lines until its structure is read")
}

// structureRow draws an object, a change of it, or a line of what was added or removed.
func (v *View) structureRow(s themes.Styles, i, row int) string {
	at := v.spans[i]
	st := v.structures[int(at.file)]
	if at.kind == objectRow {
		o := st.Diff.Objects[at.item]
		l := paint.NewLine(v.width).Gap(1)
		glyph, style := sign(s, o.Op, false)
		l.Add(style, glyph).Gap(1)
		v.searched(l, s, s.Strong, o.Name, row)
		return l.String()
	}
	l := paint.NewLine(v.width - 1)
	c := st.changes[at.item]
	switch glyph, style := sign(s, c.Op, c.Moved); at.kind {
	case detailRow:
		detail := c.Detail[row-at.first]
		if detail.Op != diff.Equal {
			_, style = sign(s, detail.Op, false)
		}
		v.searched(l.Gap(5), s, style, detail.Text, row)
	default:
		l.Gap(2).Add(style, glyph).Gap(1)
		if !c.Path.IsEmpty() {
			// The end of a path says most, and the values are to be seen too.
			free := l.Free() - 2
			v.searched(l, s, s.Text, c.Path.TruncateLeft(max(free-min(valueCells(c), free*2/3), 8), "…"), row)
			l.Gap(2)
		}
		v.values(l, s, c, row)
	}
	return v.edge(s, i, row, 0) + l.String()
}

// valueCells is about how many cells the values of a change take.
func valueCells(c *structure.Change) int {
	n := c.Old.Width() + c.New.Width() + 3
	if !c.Kind.IsEmpty() {
		n += c.Kind.Width() + 2
	}
	if c.Moved {
		n += 12 // Its words.
	}
	return n
}

// values is what was and what is.
func (v *View) values(l *paint.Line, s themes.Styles, c *structure.Change, row int) {
	switch {
	case c.Moved:
		l.Add(s.Dim, text.Lit("moved from ").Plus(c.Old).Plus(text.Lit(" to ")).Plus(c.New))
	case c.Op == diff.Insert:
		v.searched(l, s, s.Added, c.New, row)
	case c.Op == diff.Delete:
		v.searched(l, s, s.Removed, c.Old, row)
	default:
		old := c.Old
		if room := l.Free() / 2; old.Width() > room {
			old = old.Truncate(max(room, 4), "…")
		}
		v.searched(l, s, s.Removed, old, row)
		l.Add(s.Faint, text.Lit(" → "))
		v.searched(l, s, s.Added, c.New, row)
		if !c.Kind.IsEmpty() {
			l.Gap(2).Add(s.Dim, c.Kind)
		}
	}
}

func sign(s themes.Styles, op diff.Op, moved bool) (text.Safe, themes.Style) {
	switch {
	case moved:
		return text.Lit("»"), s.Pending
	case op == diff.Insert:
		return text.Lit("+"), s.Added
	case op == diff.Delete:
		return text.Lit("-"), s.Removed
	}
	return text.Lit("~"), s.Warning
}

// structureText is a row as it is searched.
func (v *View) structureText(i, row int) text.Safe {
	at := v.spans[i]
	st := v.structures[int(at.file)]
	if at.kind == objectRow {
		return st.Diff.Objects[at.item].Name
	}
	c := st.changes[at.item]
	if at.kind == detailRow {
		return c.Detail[row-at.first].Text
	}
	return text.Join(" ", c.Path, c.Old, c.New)
}

// Change is the current change of meaning; nil where lines are shown.
func (v *View) Change() *structure.Change {
	h := v.current()
	if h == nil || v.spans[h.span].kind != changeRow {
		return nil
	}
	return v.structures[h.file].changes[h.item]
}

// changeLines are the first lines of a change in each version, from 1; 0 where a version has none.
func (v *View) changeLines(at span) (old, new int) {
	c := v.structures[int(at.file)].changes[at.item]
	if !c.OldLines.IsEmpty() {
		old = c.OldLines.Lo + 1
	}
	if !c.NewLines.IsEmpty() {
		new = c.NewLines.Lo + 1
	}
	return old, new
}

// changeBlocks are the lines of a change of meaning that differ, as parts of the blocks of its file.
func (v *View) changeBlocks(h *hunk) []diff.Block {
	f, c := &v.files[h.file], v.structures[h.file].changes[h.item]
	var parts []diff.Block
	for i, b := range f.Blocks {
		p := diff.Block{
			OldLo: max(b.OldLo, c.OldLines.Lo), OldHi: min(b.OldHi, c.OldLines.Hi),
			NewLo: max(b.NewLo, c.NewLines.Lo), NewHi: min(b.NewHi, c.NewLines.Hi),
		}
		removes, adds := p.OldLo < p.OldHi, p.NewLo < p.NewHi
		switch {
		case !removes && !adds:
			continue
		case !removes:
			p.OldLo = f.OldBefore(i, p.NewLo)
			p.OldHi = p.OldLo
		case !adds:
			p.NewLo, p.NewHi = b.NewLo, b.NewLo
		}
		parts = append(parts, p)
	}
	return parts
}

// searched adds text to a row with what was searched for marked in it.
func (v *View) searched(l *paint.Line, s themes.Styles, style themes.Style, t text.Safe, row int) {
	current := v.match >= 0 && v.match < len(v.matches) && v.matches[v.match].row == row
	if t = t.Truncate(max(l.Free(), 0), "…"); !t.IsEmpty() {
		l.AddMarked(style, t, 0, l.Free(), v.found(s, t, current))
	}
}
