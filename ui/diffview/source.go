package diffview

import (
	"plumb/model/text"
	"plumb/themes"
	"plumb/ui/paint"
)

// Source colours the lines of one file, where it is shown whole and not as a difference. The zero
// value colours nothing.
type Source struct{ lang *language }

// SourceOf is the colouring of a file of that name.
func SourceOf(path string) Source { return Source{languageOf(path)} }

// Marks are the stretches of a line that have a colour.
func (c Source) Marks(t text.Safe, st *themes.SyntaxStyles) []paint.Mark {
	s := t.String()
	if c.lang == nil || !st.On || len(s) > longestColoured {
		return nil
	}
	return c.lang.marks(s, st)
}
