package diffview

import (
	"plumb/model/diff"
	"plumb/ui/paint"
	"plumb/ui/syntax"
)

// SetColours gives a file its syntax colours, when they are known. Until then its text is plain. They were found in
// the lines as [diff.File] shows them.
func (v *View) SetColours(file int, old, new *syntax.Text) {
	if v.colours != nil {
		v.colours[file] = [2]*syntax.Text{old, new}
	}
}

// syntax marks the colours of a line. A line of which only a stretch is shown has none: they would be in wrong places.
func (d *drawer) syntax(side side, line diff.Line) []paint.Mark {
	colours := d.colours[0]
	if side == newSide {
		colours = d.colours[1]
	}
	if line.Number == 0 || line.Cut {
		return nil
	}
	return syntax.Marks(colours.Line(line.Number-1), &d.styles.Syntax)
}
