package config

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"plumb/model/text"
)

// maxProblems is how many problems are told at once: more than a screen of them helps nobody.
const maxProblems = 10

// Problem is one thing that is wrong with a configuration file.
type Problem struct {
	Line int    // From 1; 0 for the file as a whole.
	Text string // What is wrong, and where in the document.
	Hint string // What to write instead; may be empty.
}

// Error is all that is wrong with a configuration file, in the order of its lines.
type Error struct {
	File     string
	Problems []Problem
	More     int // How many further problems are not listed.
}

// Error is one line per problem, each beginning with file and line.
func (e *Error) Error() string {
	var b strings.Builder
	for i, p := range e.Problems {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(e.File)
		if p.Line > 0 {
			fmt.Fprintf(&b, ":%d", p.Line)
		}
		b.WriteString(": " + p.Text)
		if p.Hint != "" {
			b.WriteString("; " + p.Hint)
		}
	}
	if e.More > 0 {
		fmt.Fprintf(&b, "\n%s: and %d more", e.File, e.More)
	}
	return b.String()
}

// problems collects what is wrong while a file is read.
type problems []Problem

func (p *problems) add(line int, hint, format string, args ...any) {
	*p = append(*p, Problem{line, fmt.Sprintf(format, args...), hint})
}

// error is nil when nothing is wrong.
func (p problems) error(file string) error {
	if len(p) == 0 {
		return nil
	}
	sorted := slices.Clone(p)
	slices.SortStableFunc(sorted, func(a, b Problem) int { return a.Line - b.Line })
	e := &Error{File: file, Problems: sorted}
	if len(sorted) > maxProblems {
		e.Problems, e.More = sorted[:maxProblems], len(sorted)-maxProblems
	}
	return e
}

// quote shows a foreign word in a message: printable, and not longer than a line can bear.
func quote(s string) string {
	const most = 60
	s = text.Line(s).String()
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most]) + "…"
	}
	return `"` + s + `"`
}
