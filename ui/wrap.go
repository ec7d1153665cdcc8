package ui

import (
	"strings"

	"plumb/model/text"
)

// wrapHead breaks lines to rows of at most w cells, between words. What is continued is
// indented by as much as its line, and a little more.
func wrapHead(lines []headLine, w int) []headLine {
	var rows []headLine
	for _, l := range lines {
		rows = append(rows, wrapLine(l, w)...)
	}
	return rows
}

func wrapLine(l headLine, w int) []headLine {
	total := 0
	for _, part := range l {
		total += part.text.Width()
	}
	if total <= w || w < 12 {
		return []headLine{l}
	}
	first := ""
	if len(l) > 0 {
		first = l[0].text.String()
	}
	indent := min(len(first)-len(strings.TrimLeft(first, " "))+2, w/3)
	var (
		rows []headLine
		row  headLine
		used int
	)
	for _, part := range l {
		for _, chunk := range strings.SplitAfter(part.text.String(), " ") {
			t := text.Line(chunk)
			if used+text.Line(strings.TrimRight(chunk, " ")).Width() > w && used > indent {
				rows = append(rows, row)
				row, used = headLine{{plain, text.Line(strings.Repeat(" ", indent))}}, indent
				if strings.TrimSpace(chunk) == "" {
					continue
				}
			}
			row = append(row, word{part.tone, t})
			used += t.Width()
		}
	}
	return append(rows, row)
}
