package paint

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"plumb/model/text"
	"plumb/themes"
)

// Mark is a stretch of a text, in bytes, that has a style of its own.
type Mark struct {
	From, To int
	Style    themes.Style
}

// The longest stretch that is looked at in one go: a line of a megabyte must not cost
// more than what is seen of it.
const stretch = 4096

// AddMarked appends the cells of t from column left up to right. The marks of one layer
// are in order and do not overlap; where several layers have one, the last layer wins.
// It reports whether the text goes on beyond right.
func (l *Line) AddMarked(style themes.Style, t text.Safe, left, right int, layers ...[]Mark) (more bool) {
	s := t.String()
	at := make([]int, len(layers))
	col := 0
	for i := 0; i < len(s); {
		if col >= right {
			return true
		}
		next := min(len(s), i+stretch)
		on := style.On()
		for k, layer := range layers {
			for at[k] < len(layer) && layer[at[k]].To <= i {
				at[k]++
			}
			if at[k] == len(layer) {
				continue
			}
			if m := layer[at[k]]; m.From > i {
				next = min(next, m.From)
			} else {
				next = min(next, m.To)
				on = style.On() + m.Style.On()
			}
		}
		for next < len(s) && !utf8.RuneStart(s[next]) {
			next++
		}
		piece := flat(s[i:next], col)
		n := width(piece)
		if col+n > left {
			seen := cut(piece, left-col, right-col)
			l.push(on, seen, width(seen), false)
		}
		if col+n > right {
			return true
		}
		col += n
		i = next
	}
	return false
}

// Breaks are the columns at which the rows of t begin when it is wrapped to rows of
// the given width. There is always one, and a wide character is never divided.
func Breaks(t text.Safe, cells int) []int {
	s := flat(t.String(), 0)
	starts := []int{0}
	if cells <= 0 {
		return starts
	}
	if isASCII(s) {
		for at := cells; at < len(s); at += cells {
			starts = append(starts, at)
		}
		return starts
	}
	col, start := 0, 0
	for s != "" {
		cluster, w := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
		if cluster == "" {
			break
		}
		if col+w-start > cells && col > start {
			start = col
			starts = append(starts, start)
		}
		col += w
		s = s[len(cluster):]
	}
	return starts
}

// Column is the column at which byte i of t stands.
func Column(t text.Safe, i int) int {
	s := t.String()
	return width(flat(s[:min(max(i, 0), len(s))], 0))
}

// Cells is how many cells t takes in a row, tabs expanded.
func Cells(t text.Safe) int {
	s := t.String()
	if strings.IndexByte(s, '\t') < 0 {
		return width(s)
	}
	return width(flat(s, 0))
}
