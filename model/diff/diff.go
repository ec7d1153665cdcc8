// Package diff compares two versions of a text and holds the one model of a
// difference that everything draws from: the screen, the plain patch, JSON.
package diff

import (
	"plumb/model/text"
)

// Op says to which side a row's text belongs.
type Op int

// The operations. A Change row has both sides, aligned because they are similar.
const (
	Equal Op = iota
	Insert
	Delete
	Change
)

// Span is a part of a line; Changed marks the words that differ from the other side.
type Span struct {
	Text    text.Safe
	Changed bool
}

// Line is one line of one side.
type Line struct {
	Number  int // From 1; 0 when the row has no line on this side.
	Spans   []Span
	NoFinal bool // The last line of a file that does not end with a newline.
}

// Row is one row of a side-by-side view.
type Row struct {
	Op       Op
	Old, New Line
}

// Hunk is a run of rows with their context. Where a hunk leaves out equal lines before
// itself, Skipped says how many.
type Hunk struct {
	Skipped int
	Heading text.Safe // The nearest enclosing line above: "http {", "[section]", "func main".
	Rows    []Row
}

// File is the difference between two versions of one file.
type File struct {
	OldPath, NewPath text.Safe // Empty for a side that does not exist.
	OldMode, NewMode string    // "100644"; for a live file its permission bits, "0644".
	OldLabel         string    // What the side is called: a short hash, "live", "git".
	NewLabel         string
	Attrs            []AttrChange // Modes, owners and the like that differ.
	Hunks            []Hunk
	After            int       // Equal lines after the last hunk.
	Added, Removed   int       // Lines.
	Note             text.Safe // Why there are no hunks although the versions differ: "binary, 3 KiB → 4 KiB".
	Simplified       bool      // The time budget ran out and the alignment is coarser than usual.
}

// AttrChange is an attribute that differs; an empty side did not say anything.
type AttrChange struct{ Name, Old, New string }
