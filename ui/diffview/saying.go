package diffview

import (
	"plumb/model/text"
	"plumb/themes"
	"plumb/ui/paint"
)

// saying is what a row says that is no line of a file: words, and a sign before them. Rows of other kinds say nothing.
func (v *View) saying(s themes.Styles, i int) (sign text.Safe, style themes.Style, words text.Safe) {
	file := int(v.spans[i].file)
	switch v.spans[i].kind {
	case noteRow:
		words = v.files[file].Note
	case sameRow:
		words = text.Lit("no difference")
	case heldRow:
		sign, style, words = text.Lit("⋯"), s.Faint, v.heldBack(file)
	case linesRow:
		sign, style, words = text.Lit("!"), s.Warning, v.whyLines(file)
	case coarseRow:
		sign, style, words = text.Lit("!"), s.Warning, text.Lit("a large difference, lined up coarsely")
	case noMeaningRow:
		sign, style, words = text.Lit("✓"), s.Good, text.Lit("no change in meaning: only the order of keys, the form or the comments differ")
	}
	return sign, style, words
}

// inset is where the words of such a row begin, less a sign and a blank: as far in as the text of lines.
func (v *View) inset(i int) int {
	f := &v.files[v.spans[i].file]
	return v.geometry(f, v.split && !whole(f)).gutter() - 1
}

// wrapped are the words of such a row as the screen has room for them; none for other rows.
func (v *View) wrapped(i int) []text.Safe {
	_, _, words := v.saying(themes.Styles{}, i)
	if words.IsEmpty() {
		return nil
	}
	return paint.Wrap(words, max(v.width-v.inset(i)-2, 1))
}

// sayingRow draws such a row. Its words are continued below where lines are.
func (v *View) sayingRow(s themes.Styles, i, part int) string {
	sign, style, words := v.saying(s, i)
	l := paint.NewLine(v.width).Gap(v.inset(i))
	if part == 0 {
		l.Add(style, sign)
	}
	if v.wrap {
		if parts := v.wrapped(i); part < len(parts) {
			words = parts[part]
		}
	}
	return l.To(v.inset(i)+2).Add(s.Dim, words).String()
}
