// Package structure compares two versions of a structured document by what they mean, and answers what
// changed by path: spec.template.spec.containers[web].image, 1.25 → 1.26.
//
// Each language is read into one tree of maps, lists and scalars, and the trees are compared. Key order,
// comments, quoting, folding and white space are not in the tree, so they are no change. Everything is
// bounded: a document that is too large, too deep, or that unfolds into too much is an error, and callers fall
// back to lines and say why.
package structure

import (
	"fmt"

	"plumb/model/diff"
	"plumb/model/text"
)

// Range is a run of lines from 0, Hi excluded. It is empty where a side has not got the thing.
type Range struct{ Lo, Hi int }

// IsEmpty reports whether there is no line in the range.
func (r Range) IsEmpty() bool { return r.Lo >= r.Hi }

// Diff is what differs in meaning between two versions.
type Diff struct {
	Objects                 []Object // Only those that differ: in the order of the new version, those that are gone where they were.
	Added, Removed, Changed int      // Changes of all objects by their operation; what only moved counts as changed.
}

// IsEmpty reports whether the versions mean the same.
func (d Diff) IsEmpty() bool { return len(d.Objects) == 0 }

// Object is one document of a stream: a Kubernetes object, or a document of a file.
type Object struct {
	Name               text.Safe // "Deployment shop/web"; "document 2" in a stream; empty for the only document of a file.
	Op                 diff.Op   // Insert, Delete or Change.
	Changes            []Change  // In the order of the new version, those that are gone where they were.
	OldLines, NewLines Range     // All of the document.
}

// Change is one place that differs.
type Change struct {
	Path text.Safe // Empty where it is the whole document.
	Op   diff.Op   // Insert, Delete or Change.

	// Moved says that an item of a list has another place among the others. Its Old and New are "position 3" and "position
	// 1". Whatever changed within it is told by changes of their own.
	Moved bool

	Old, New           text.Safe // The value in one line: a scalar, a short {a: 1}, or "{3 keys}"; empty for the side that has not got it.
	Kind               text.Safe // Where the type changed: "integer → string".
	Detail             []Detail  // To unfold: the leaves of what was added or removed, the lines of a longer string that differ.
	OldLines, NewLines Range     // All lines of the path with its key. What comes by a YAML alias has the lines of its anchor.
}

// Detail is one line of what a change holds, "key: value" for the leaves of a map.
type Detail struct {
	Op   diff.Op
	Text text.Safe
}

// Side is one of the two versions.
type Side int

// The sides.
const (
	Old Side = iota
	New
)

// String is the word for the side.
func (s Side) String() string {
	if s == Old {
		return "old"
	}
	return "new"
}

// ParseError says that a version is not a document of its format.
type ParseError struct {
	Side   Side
	Line   int // From 1; 0 where it is not known.
	Reason text.Safe
}

// Error names the side, the line and the reason.
func (e *ParseError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("the %s version cannot be read: %s", e.Side, e.Reason)
	}
	return fmt.Sprintf("the %s version cannot be read: line %d: %s", e.Side, e.Line, e.Reason)
}

// TooLargeError says that the versions are beyond a bound of this package.
type TooLargeError struct{ Reason text.Safe }

// Error is the reason.
func (e *TooLargeError) Error() string { return e.Reason.String() }

func malformed(line int, format string, args ...any) error {
	return &ParseError{Line: line, Reason: text.Line(fmt.Sprintf(format, args...))}
}

// Compare answers what differs in meaning between two versions of a document. A version that does not exist is
// nil. The errors are [*ParseError] and [*TooLargeError].
func Compare(f Format, old, new []byte) (Diff, error) {
	olds, err := parseSide(f, Old, old)
	if err != nil {
		return Diff{}, err
	}
	news, err := parseSide(f, New, new)
	if err != nil {
		return Diff{}, err
	}
	return compareDocuments(olds, news)
}

func parseSide(f Format, side Side, data []byte) ([]document, error) {
	if data == nil {
		return nil, nil
	}
	docs, err := parse(f, data)
	if p, ok := err.(*ParseError); ok { //nolint:errorlint // The parsers of this package wrap nothing.
		p.Side = side
	}
	return docs, err
}
