package text

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Expand replaces tabs by spaces up to the next column that is a multiple of tabWidth,
// each line from column 0. A tabWidth below 1 counts as 1.
func Expand(t Safe, tabWidth int) Safe { return ExpandAt(t, 0, tabWidth) }

// ExpandAt is Expand for text whose first line starts at a column: a part of a line that is drawn in pieces.
func ExpandAt(t Safe, column, tabWidth int) Safe {
	if strings.IndexByte(t.s, '\t') < 0 {
		return t
	}
	tabWidth = max(tabWidth, 1)
	var b strings.Builder
	b.Grow(len(t.s) + 8*tabWidth)
	rest := t.s
	for {
		at := strings.IndexAny(rest, "\t\n")
		if at < 0 {
			b.WriteString(rest)
			return Safe{b.String()}
		}
		b.WriteString(rest[:at])
		if rest[at] == '\n' {
			b.WriteByte('\n')
			column = 0
		} else {
			column += ansi.StringWidth(rest[:at])
			n := tabWidth - column%tabWidth
			for range n {
				b.WriteByte(' ')
			}
			column += n
		}
		rest = rest[at+1:]
	}
}
