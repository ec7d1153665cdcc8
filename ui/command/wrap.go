package command

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// helpWidth is how wide help is: it is read on a console of 80 columns as often as anywhere.
const helpWidth = 80

// wrap breaks the lines of a text that are too wide. Lines without indentation that follow
// each other are one paragraph. An indented line that is a word and its explanation
// goes on under the explanation.
func wrap(s string) string {
	var out []string
	var paragraph []string
	flush := func() {
		if len(paragraph) > 0 {
			out = append(out, fill(strings.Join(paragraph, " "), 0)...)
			paragraph = nil
		}
	}
	for line := range strings.SplitSeq(s, "\n") {
		switch {
		case line == "":
			flush()
			out = append(out, "")
		case line[0] != ' ':
			paragraph = append(paragraph, line)
		default:
			flush()
			out = append(out, fill(line, hanging(line))...)
		}
	}
	flush()
	return strings.Join(out, "\n")
}

// hanging is the column in which the explanation of an indented line begins, or where the line itself does.
func hanging(line string) int {
	start := len(line) - len(strings.TrimLeft(line, " "))
	if gap := strings.LastIndex(line[start:min(len(line), start+30)], "  "); gap > 0 {
		return ansi.StringWidth(line[:start+gap+2])
	}
	return start
}

// fill breaks one line between words; lines after the first begin at the column.
func fill(line string, column int) []string {
	if ansi.StringWidth(line) <= helpWidth {
		return []string{line}
	}
	lead := line[:len(line)-len(strings.TrimLeft(line, " "))]
	var lines []string
	now := lead
	for i, word := range strings.SplitAfter(line[len(lead):], " ") {
		if i > 0 && ansi.StringWidth(now+strings.TrimRight(word, " ")) > helpWidth {
			lines = append(lines, strings.TrimRight(now, " "))
			now = strings.Repeat(" ", column)
		}
		now += word
	}
	return append(lines, strings.TrimRight(now, " "))
}
