// Package text holds the one type in which foreign text may reach a person.
//
// Commit messages, file contents, host names, engine output and error texts are
// written by others. A terminal obeys some of the bytes in them, so nothing of
// theirs is ever printed as it came: package ui prints [Safe] values only, and
// only the sanitiser in this package can make one. Raw bytes stay where they
// are for hashing, applying and writing.
package text

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Safe is text that a terminal can be given: decoded runes, no control
// characters but newline and tab, no bidirectional or zero-width controls.
// The zero value is the empty text. Safe values are comparable.
type Safe struct{ s string }

// literal can be made of untyped constants only, because no other package can
// name it: that keeps variables away from [Lit] and [Format].
type literal string

// Lit is plumb's own words: it accepts constants only.
func Lit(s literal) Safe { return Safe{string(s)} }

// Format fills plumb's own words with values of any origin; the result is sanitised whole.
func Format(format literal, args ...any) Safe {
	return Clean(fmt.Sprintf(string(format), args...))
}

// Error is the sanitised text of err, or the empty text for nil.
func Error(err error) Safe {
	if err == nil {
		return Safe{}
	}
	return Clean(err.Error())
}

// Join puts sep between the parts.
func Join(sep literal, parts ...Safe) Safe {
	s := make([]string, len(parts))
	for i, p := range parts {
		s[i] = p.s
	}
	return Safe{strings.Join(s, string(sep))}
}

// String is the sanitised text.
func (t Safe) String() string { return t.s }

// IsEmpty reports whether there is no text at all.
func (t Safe) IsEmpty() bool { return t.s == "" }

// Width is the number of terminal cells of the widest line.
func (t Safe) Width() int {
	if strings.IndexByte(t.s, '\n') < 0 {
		return ansi.StringWidth(t.s)
	}
	widest := 0
	for line := range strings.SplitSeq(t.s, "\n") {
		widest = max(widest, ansi.StringWidth(line))
	}
	return widest
}

// Lines splits the text at newlines; a final newline ends the last line.
func (t Safe) Lines() []Safe {
	parts := strings.Split(strings.TrimSuffix(t.s, "\n"), "\n")
	lines := make([]Safe, len(parts))
	for i, p := range parts {
		lines[i] = Safe{p}
	}
	return lines
}

// Truncate cuts the text to at most width cells, with tail at the cut.
func (t Safe) Truncate(width int, tail literal) Safe {
	return Safe{ansi.Truncate(t.s, width, string(tail))}
}

// TruncateLeft cuts cells from the left so that at most width are left, with head at the cut.
func (t Safe) TruncateLeft(width int, head literal) Safe {
	n := ansi.StringWidth(t.s)
	if n <= width {
		return t
	}
	keep := width - ansi.StringWidth(string(head))
	if keep <= 0 {
		return Safe{ansi.Truncate(string(head), width, "")}
	}
	return Safe{ansi.TruncateLeft(t.s, n-keep, string(head))}
}

// Cut returns the cells from left up to right, right excluded.
func (t Safe) Cut(left, right int) Safe { return Safe{ansi.Cut(t.s, left, right)} }

// Plus is t followed by u.
func (t Safe) Plus(u Safe) Safe { return Safe{t.s + u.s} }

// MarshalJSON writes the sanitised text as a JSON string.
func (t Safe) MarshalJSON() ([]byte, error) { return json.Marshal(t.s) }

// UnmarshalJSON sanitises what it reads: a file of ours may have been edited.
func (t *Safe) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	*t = Clean(s)
	return nil
}
