package headless

import (
	"strings"

	"plumb/model/diff"
	"plumb/model/structure"
	"plumb/model/text"
)

// structured prints what changed by path, under the object that it changed in. Where that is not known it says why, and prints lines.
func (t Text) structured(p *page, f FileDiff, context int) {
	t.heading(p, f)
	if len(f.Blocks) == 0 {
		return
	}
	d, err := structure.CompareFile(&f.File)
	switch {
	case err != nil:
		p.line("  %s", paint(t.Styles.Warning, "lines: "+oneLine(text.Error(err))))
		t.hunks(p, f, context)
	case d.IsEmpty():
		p.line("  %s", paint(t.Styles.Dim, noMeaning))
	default:
		for _, o := range d.Objects {
			t.object(p, o)
		}
	}
}

// noMeaning is what there is to say of other key orders, comments and white space.
const noMeaning = "no change in meaning"

func (t Text) object(p *page, o structure.Object) {
	indent := "  "
	if !o.Name.IsEmpty() {
		p.line("  %s %s", t.sign(o.Op), paint(t.Styles.Strong, oneLine(o.Name)))
		indent = "    "
	}
	for _, c := range o.Changes {
		t.structuralChange(p, c, indent)
	}
}

func (t Text) structuralChange(p *page, c structure.Change, indent string) {
	sign := t.sign(c.Op)
	if c.Moved {
		sign = paint(t.Styles.Moved, "↕")
	}
	parts := []string{sign}
	if !c.Path.IsEmpty() {
		parts = append(parts, c.Path.String()+" ")
	}
	old, new := paint(t.Styles.Removed, c.Old.String()), paint(t.Styles.Added, c.New.String())
	switch {
	case c.Moved:
		parts = append(parts, paint(t.Styles.Moved, c.Old.String()+" → "+c.New.String()))
	case c.Op == diff.Insert:
		parts = append(parts, new)
	case c.Op == diff.Delete:
		parts = append(parts, old)
	default:
		parts = append(parts, old, paint(t.Styles.Dim, "→"), new)
	}
	if !c.Kind.IsEmpty() {
		parts = append(parts, paint(t.Styles.Dim, " ("+c.Kind.String()+")"))
	}
	p.line("%s%s", indent, strings.Join(parts, " "))
	for _, d := range c.Detail {
		st := t.Styles.Dim
		switch d.Op {
		case diff.Insert:
			st = t.Styles.Added
		case diff.Delete:
			st = t.Styles.Removed
		}
		p.line("%s    %s", indent, paint(st, op(d.Op)+" "+d.Text.String()))
	}
}

// sign is the coloured sign of what became of something.
func (t Text) sign(o diff.Op) string {
	switch o {
	case diff.Insert:
		return paint(t.Styles.Added, "+")
	case diff.Delete:
		return paint(t.Styles.Removed, "-")
	}
	return paint(t.Styles.Drifted, "~")
}

// op is the sign of a line.
func op(o diff.Op) string {
	switch o {
	case diff.Insert:
		return "+"
	case diff.Delete:
		return "-"
	}
	return " "
}
