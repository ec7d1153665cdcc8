// Package diff compares two versions of a text and holds the one model of a
// difference that everything draws from: the screen, the plain patch, JSON.
//
// A comparison finds out which lines differ and keeps both versions. Rows are drawn from it when they are wanted, a
// window at a time, so that a difference of a million lines costs no more than the lines that are looked at.
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
	Cut     bool // The line is too long: only a stretch of it is in Spans.
}

// Row is one row of a side-by-side view.
type Row struct {
	Op       Op
	Old, New Line
	Space    bool // Of a Change: the sides differ in white space only.
}

// File is the difference between two versions of one file. It can be copied and read by any
// number of goroutines at once.
type File struct {
	OldPath, NewPath text.Safe // Empty for a side that does not exist.
	OldMode, NewMode string    // "100644"; for a live file its permission bits, "0644".
	OldLabel         string    // What the side is called: a short hash, "live", "git".
	NewLabel         string
	Attrs            []AttrChange // Modes, owners and the like that differ.
	Blocks           []Block      // The runs of lines that differ, in order.
	Moves            []Move       // Runs of lines that went from one place to another, by their old place.
	Added, Removed   int          // Lines.
	Note             text.Safe    // What there is to say where lines do not say it: "binary, 3 KiB → 4 KiB".
	Simplified       bool         // The budget ran out and the alignment is coarser than usual.
	Generated        bool         // A program wrote the file: nobody reads it line by line.
	Masked           string       // Tells versions apart that only secrets tell apart; empty where nothing is masked.
	Unloaded         int64        // Bytes of the larger version where it was too large to be loaded without being asked for.

	drawing *drawing // Nil where there are no lines.
	context int
}

// AttrChange is an attribute that differs; an empty side did not say anything.
type AttrChange struct{ Name, Old, New string }

// Hunk is a run of blocks that are read together: none of the equal lines between them would be left out.
type Hunk struct {
	First, Last int   // The blocks Blocks[First:Last].
	Lines       Block // The lines of both versions, with their context.
	Skipped     int   // Equal lines between the hunk before, or the start of the file, and this one.
}

// Len is how many lines each version has.
func (f *File) Len() (old, new int) {
	if f.drawing == nil {
		return 0, 0
	}
	return len(f.drawing.a), len(f.drawing.b)
}

// Versions are the bytes that were compared, masked as they are shown. The caller must not change them.
func (f *File) Versions() (old, new []byte) {
	if f.drawing == nil {
		return nil, nil
	}
	return f.drawing.old, f.drawing.new
}

// WithoutLines is the difference with what it says about the file, and none of its lines.
func (f File) WithoutLines() File {
	f.Blocks, f.Moves, f.Added, f.Removed, f.Simplified, f.drawing = nil, nil, 0, 0, false, nil
	return f
}

// Hunks groups the blocks. The lines that no hunk has are those that both versions share.
func (f *File) Hunks() []Hunk { return f.HunksWithin(f.context) }

// HunksWithin groups the blocks with so many equal lines around each; -1 is the whole file.
func (f *File) HunksWithin(context int) []Hunk {
	if len(f.Blocks) == 0 {
		return nil
	}
	oldLen, newLen := f.Len()
	if context < 0 {
		context = max(oldLen, newLen)
	}
	var hunks []Hunk
	shown := 0 // Lines of the new version up to here are in a hunk or were skipped.
	first := 0
	for _, group := range Grouped(f.Blocks, context) {
		from, to := group[0], group[len(group)-1]
		last := first + len(group)
		lead := min(context, from.NewLo-shown)
		trail := min(context, newLen-to.NewHi)
		if last < len(f.Blocks) {
			trail = min(trail, f.Blocks[last].NewLo-to.NewHi)
		}
		h := Hunk{First: first, Last: last, Skipped: from.NewLo - lead - shown}
		h.Lines = Block{from.OldLo - lead, to.OldHi + trail, from.NewLo - lead, to.NewHi + trail}
		shown = h.Lines.NewHi
		hunks = append(hunks, h)
		first = last
	}
	return hunks
}

// Rows draws a hunk.
func (f *File) Rows(h Hunk) []Row {
	var rows []Row
	i, j := h.Lines.OldLo, h.Lines.NewLo
	equal := func(upTo int) {
		for ; i < upTo; i, j = i+1, j+1 {
			rows = append(rows, f.EqualRow(i, j))
		}
	}
	for b := h.First; b < h.Last; b++ {
		equal(f.Blocks[b].OldLo)
		for k := range f.BlockRows(b) {
			rows = append(rows, f.BlockRow(b, k))
		}
		i, j = f.Blocks[b].OldHi, f.Blocks[b].NewHi
	}
	equal(h.Lines.OldHi)
	return rows
}
