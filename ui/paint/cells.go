package paint

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// TabWidth is the distance of tab stops, in cells.
const TabWidth = 4

// isASCII reports text of printable ASCII only: one byte, one cell. Nearly all text
// is, and finding the edges of graphemes costs fifty times as much.
func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}

func width(s string) int {
	if isASCII(s) {
		return len(s)
	}
	return ansi.StringWidth(s)
}

// cut returns the cells of s from left up to right. A wide character that lies across
// an edge becomes blanks, so that what follows stays in its column.
func cut(s string, left, right int) string {
	left = max(left, 0)
	if right <= left {
		return ""
	}
	if isASCII(s) {
		if left >= len(s) {
			return ""
		}
		return s[left:min(right, len(s))]
	}
	var b strings.Builder
	at := 0
	for s != "" && at < right {
		cluster, w := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
		if cluster == "" {
			break
		}
		s = s[len(cluster):]
		switch {
		case at >= left && at+w <= right:
			// A mark without cells of its own belongs to the cell before it.
			if w > 0 || at > left || left == 0 {
				b.WriteString(cluster)
			}
		case at+w > left:
			b.WriteString(blanks(min(at+w, right) - max(at, left)))
		}
		at += w
	}
	return b.String()
}

// truncate cuts s to at most w cells, the last of them … where something was lost.
func truncate(s string, w int) string {
	switch {
	case width(s) <= w:
		return s
	case w <= 0:
		return ""
	default:
		return cut(s, 0, w-1) + "…"
	}
}

// flat makes one line of s, which begins in column col of its text: tabs reach to the
// next stop, and a newline shows as a mark.
func flat(s string, col int) string {
	if strings.IndexByte(s, '\t') < 0 && strings.IndexByte(s, '\n') < 0 {
		return s
	}
	var b strings.Builder
	for s != "" {
		i := strings.IndexAny(s, "\t\n")
		if i < 0 {
			b.WriteString(s)
			break
		}
		b.WriteString(s[:i])
		col += width(s[:i])
		if s[i] == '\t' {
			n := TabWidth - col%TabWidth
			b.WriteString(blanks(n))
			col += n
		} else {
			b.WriteString("↵")
			col++
		}
		s = s[i+1:]
	}
	return b.String()
}

const blank = "                                                                                                                                "

func blanks(n int) string {
	if n <= 0 {
		return ""
	}
	if n <= len(blank) {
		return blank[:n]
	}
	return strings.Repeat(" ", n)
}
