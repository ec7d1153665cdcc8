package diff

import (
	"bytes"
	"slices"
	"sort"
	"sync"

	"plumb/model/text"
)

// drawing is what the rows of a difference are drawn from. It does not change once it is made.
type drawing struct {
	old, new []byte
	a, b     [][]byte
	pairs    [][]pair // By block: the lines that are versions of each other, in order.
	byNew    []Move   // The moves, by their new place.
	sections [2]sync.Once
	has      [2]bool // Whether a version has "[section]" lines.
}

// EqualRow is the row of a line that both versions have, by its number in each, from 0.
func (f *File) EqualRow(old, new int) Row {
	d := f.drawing
	row := Row{Op: Equal, Old: d.line(d.a[old], old)}
	if bytes.Equal(d.a[old], d.b[new]) {
		row.New = row.Old
		row.New.Number = new + 1
	} else {
		row.New = d.line(d.b[new], new) // Equal but for white space.
	}
	return row
}

// OldText and NewText are a line of a version as it is shown, by its number from 0.
func (f *File) OldText(i int) text.Safe { return shownText(f.drawing.a[i]) }

// NewText is OldText for the new version.
func (f *File) NewText(i int) text.Safe { return shownText(f.drawing.b[i]) }

func shownText(raw []byte) text.Safe {
	body, _ := cutNewline(raw)
	shown, _ := cutLong(body)
	return text.Bytes(shown)
}

// BlockRows is how many rows a block has side by side.
func (f *File) BlockRows(b int) int {
	at := f.Blocks[b]
	return at.OldHi - at.OldLo + at.NewHi - at.NewLo - len(f.drawing.pairs[b])
}

// BlockRow draws row k of a block, from 0: lines that are alike are beside each other, others stand alone.
func (f *File) BlockRow(b, k int) Row {
	old, new := f.place(b, k)
	switch {
	case old < 0:
		return Row{Op: Insert, New: f.drawing.line(f.drawing.b[new], new)}
	case new < 0:
		return Row{Op: Delete, Old: f.drawing.line(f.drawing.a[old], old)}
	}
	return f.drawing.change(old, new)
}

// BlockLines are the lines of row k of a block, by their numbers from 0; -1 on a side that has none there.
func (f *File) BlockLines(b, k int) (old, new int) { return f.place(b, k) }

// place finds row k: behind the pairs above it come, for each stretch, first the lines that go and then those that come.
func (f *File) place(b, k int) (old, new int) {
	at, pairs := f.Blocks[b], f.drawing.pairs[b]
	// The row of pair p: all lines of both sides above it, less the pairs among them, which share a row.
	rowOf := func(p int) int { return pairs[p].a - at.OldLo + pairs[p].b - at.NewLo - p }
	p := sort.Search(len(pairs), func(p int) bool { return rowOf(p) >= k })
	if p < len(pairs) && rowOf(p) == k {
		return pairs[p].a, pairs[p].b
	}
	i, j, row := at.OldLo, at.NewLo, 0
	end := at.OldHi
	if p > 0 {
		i, j, row = pairs[p-1].a+1, pairs[p-1].b+1, rowOf(p-1)+1
	}
	if p < len(pairs) {
		end = pairs[p].a
	}
	if i+k-row < end {
		return i + k - row, -1
	}
	return -1, j + k - row - (end - i)
}

// OldLine and NewLine draw one line of a version within a block, with its differing words marked where the other
// version has a counterpart. The row is the one that it has side by side.
func (f *File) OldLine(b, i int) (l Line, row Row) {
	row = f.rowWith(b, i, func(p pair) int { return p.a }, true)
	return row.Old, row
}

// NewLine is OldLine for the new version.
func (f *File) NewLine(b, j int) (l Line, row Row) {
	row = f.rowWith(b, j, func(p pair) int { return p.b }, false)
	return row.New, row
}

func (f *File) rowWith(b, line int, side func(pair) int, isOld bool) Row {
	d, pairs := f.drawing, f.drawing.pairs[b]
	p := sort.Search(len(pairs), func(p int) bool { return side(pairs[p]) >= line })
	switch {
	case p < len(pairs) && side(pairs[p]) == line:
		return d.change(pairs[p].a, pairs[p].b)
	case isOld:
		return Row{Op: Delete, Old: d.line(d.a[line], line)}
	}
	return Row{Op: Insert, New: d.line(d.b[line], line)}
}

// RowOfOld and RowOfNew are the row, side by side, of a block's line, by its number from 0.
func (f *File) RowOfOld(b, i int) int {
	at, pairs := f.Blocks[b], f.drawing.pairs[b]
	p := sort.Search(len(pairs), func(p int) bool { return pairs[p].a > i })
	if p == 0 {
		return i - at.OldLo
	}
	last := pairs[p-1]
	return last.a - at.OldLo + last.b - at.NewLo - (p - 1) + i - last.a
}

// RowOfNew is RowOfOld for the new version.
func (f *File) RowOfNew(b, j int) int {
	at, pairs := f.Blocks[b], f.drawing.pairs[b]
	p := sort.Search(len(pairs), func(p int) bool { return pairs[p].b > j })
	if p > 0 && pairs[p-1].b == j {
		return pairs[p-1].a - at.OldLo + j - at.NewLo - (p - 1)
	}
	removed := at.OldHi - at.OldLo // Lines that go above line j.
	if p < len(pairs) {
		removed = pairs[p].a - at.OldLo
	}
	return removed + j - at.NewLo - p
}

// OldBefore is how many lines of the old version, counted from its start, stand above a line of a block that only the new one has.
func (f *File) OldBefore(b, j int) int {
	pairs := f.drawing.pairs[b]
	if p := sort.Search(len(pairs), func(p int) bool { return pairs[p].b > j }); p < len(pairs) {
		return pairs[p].a
	}
	return f.Blocks[b].OldHi
}

func (d *drawing) moves(moves []Move) {
	d.byNew = slices.Clone(moves)
	slices.SortFunc(d.byNew, func(a, b Move) int { return a.New - b.New })
}

// MovedTo is where a line of the old version went, by its number from 0.
func (f *File) MovedTo(old int) (new int, ok bool) {
	i := sort.Search(len(f.Moves), func(i int) bool { return f.Moves[i].Old+f.Moves[i].Lines > old })
	if i == len(f.Moves) || f.Moves[i].Old > old {
		return 0, false
	}
	return f.Moves[i].New + old - f.Moves[i].Old, true
}

// MovedFrom is where a line of the new version came from.
func (f *File) MovedFrom(new int) (old int, ok bool) {
	if f.drawing == nil {
		return 0, false
	}
	by := f.drawing.byNew
	i := sort.Search(len(by), func(i int) bool { return by[i].New+by[i].Lines > new })
	if i == len(by) || by[i].New > new {
		return 0, false
	}
	return by[i].Old + new - by[i].New, true
}

// line draws a whole line that nothing is marked in.
func (d *drawing) line(raw []byte, i int) Line {
	body, final := cutNewline(raw)
	l := Line{Number: i + 1, NoFinal: !final}
	if shown, rest := cutLong(body); rest > 0 {
		l.Spans, l.Cut = []Span{{Text: text.Bytes(shown)}, leftOutBehind(rest)}, true
	} else if len(body) > 0 {
		l.Spans = []Span{{Text: text.Bytes(body)}}
	}
	return l
}

func cutNewline(raw []byte) (body []byte, final bool) {
	return bytes.CutSuffix(raw, []byte{'\n'})
}

// maxShown is how many runes of a line are shown.
const maxShown = 2000

// cutLong answers the part of a line that is shown and how many bytes are not.
func cutLong(body []byte) (shown []byte, rest int) {
	if len(body) <= maxShown {
		return body, 0
	}
	end := runeOffset(body, maxShown)
	return body[:end], len(body) - end
}

// leftOutBefore says in the place of bytes that are not shown how many they are; the line goes on behind it.
func leftOutBefore(n int) Span {
	return Span{Text: text.Format("⋯ %d more bytes ⋯ ", n)}
}

// leftOutBehind is leftOutBefore for the end of a line.
func leftOutBehind(n int) Span {
	return Span{Text: text.Format(" ⋯ %d more bytes", n)}
}
