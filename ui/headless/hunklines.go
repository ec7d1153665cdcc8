package headless

import (
	"bytes"
	"slices"

	"plumb/model/diff"
	"plumb/model/text"
)

// around is how many equal lines are printed around each difference where nobody says how many. Hunks are numbered by it, too.
const around = 3

// hunkLine is one line of a hunk in the order of a patch: of each difference, all that goes stands before all that comes.
type hunkLine struct {
	op       string // " ", "-" or "+".
	old, new int    // Numbers from 1; 0 on a side that does not have the line.
	block    int    // Of the file, for a line that differs.
}

func hunkLines(f *diff.File, h diff.Hunk) []hunkLine {
	var list []hunkLine
	i, j := h.Lines.OldLo, h.Lines.NewLo
	equal := func(upTo int) {
		for ; i < upTo; i, j = i+1, j+1 {
			list = append(list, hunkLine{op: " ", old: i + 1, new: j + 1})
		}
	}
	for b := h.First; b < h.Last; b++ {
		at := f.Blocks[b]
		equal(at.OldLo)
		for ; i < at.OldHi; i++ {
			list = append(list, hunkLine{op: "-", old: i + 1, block: b})
		}
		for ; j < at.NewHi; j++ {
			list = append(list, hunkLine{op: "+", new: j + 1, block: b})
		}
	}
	equal(h.Lines.OldHi)
	return list
}

// start is where a range of lines begins, as patches count: from 1, and an empty range by the line before it.
func start(lo, hi int) int {
	if lo == hi {
		return lo
	}
	return lo + 1
}

// wholeLines are the lines of both versions. Those that a difference draws are cut where they are too long for a screen.
type wholeLines struct{ old, new [][]byte }

func newWholeLines(f *diff.File) wholeLines {
	old, new := f.Versions()
	return wholeLines{slices.Collect(bytes.Lines(old)), slices.Collect(bytes.Lines(new))}
}

// text is a line as it may be shown, and whether it ends without a newline. Of a line that only white space
// tells apart it is the new one.
func (w wholeLines) text(l hunkLine) (shown text.Safe, noFinal bool) {
	var raw []byte
	if l.new > 0 {
		raw = w.new[l.new-1]
	} else {
		raw = w.old[l.old-1]
	}
	body, final := bytes.CutSuffix(raw, []byte{'\n'})
	return text.Bytes(body), !final
}
