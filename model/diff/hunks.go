package diff

import (
	"bytes"

	"plumb/model/text"
)

// drawing turns blocks into hunks of rows.
type drawing struct {
	a, b     [][]byte
	words    int    // Bytes that may still be searched for the words that differ.
	cells    int    // Pairs of lines that may still be compared to align them.
	spans    []Span // Spans are handed out of one slice: most lines have a single one.
	climbs   int    // Lines that may still be searched for headings.
	sections int    // Whether b has "[section]" lines: 0 not known, 1 yes, -1 no.
}

// hunks groups blocks that are at most twice the context apart.
func (d *drawing) hunks(blocks []Block, context int) (hunks []Hunk, after int) {
	shown := 0 // Lines of b up to here are in a hunk or were skipped.
	for first := 0; first < len(blocks); {
		last := first
		for last+1 < len(blocks) && blocks[last+1].OldLo-blocks[last].OldHi <= 2*context {
			last++
		}
		lead := min(context, blocks[first].NewLo-shown)
		i, j := blocks[first].OldLo-lead, blocks[first].NewLo-lead
		h := Hunk{Skipped: j - shown, Heading: d.heading(blocks[first], lead)}
		for _, at := range blocks[first : last+1] {
			h.Rows = d.equal(h.Rows, i, j, at.OldLo-i)
			h.Rows = d.changed(h.Rows, at)
			i, j = at.OldHi, at.NewHi
		}
		trail := min(context, len(d.b)-j)
		if last+1 < len(blocks) {
			trail = min(trail, blocks[last+1].NewLo-j)
		}
		h.Rows = d.equal(h.Rows, i, j, trail)
		shown = j + trail
		hunks = append(hunks, h)
		first = last + 1
	}
	return hunks, len(d.b) - shown
}

func (d *drawing) equal(rows []Row, i, j, n int) []Row {
	for k := range n {
		row := Row{Op: Equal, Old: d.line(d.a[i+k], i+k)}
		if bytes.Equal(d.a[i+k], d.b[j+k]) {
			row.New = row.Old
			row.New.Number = j + k + 1
		} else {
			row.New = d.line(d.b[j+k], j+k) // Equal but for white space.
		}
		rows = append(rows, row)
	}
	return rows
}

// line draws a whole line that nothing is marked in.
func (d *drawing) line(raw []byte, i int) Line {
	body, final := cutNewline(raw)
	l := Line{Number: i + 1, NoFinal: !final}
	if shown, rest := cutLong(body); rest > 0 {
		l.Spans = d.take(Span{Text: text.Bytes(shown)}, leftOut(rest))
	} else if len(body) > 0 {
		l.Spans = d.take(Span{Text: text.Bytes(body)})
	}
	return l
}

// take keeps spans in the shared slice and answers them as a slice that cannot grow into its neighbours.
func (d *drawing) take(spans ...Span) []Span {
	if len(d.spans)+len(spans) > cap(d.spans) {
		d.spans = make([]Span, 0, max(256, len(spans)))
	}
	from := len(d.spans)
	d.spans = append(d.spans, spans...)
	return d.spans[from:len(d.spans):len(d.spans)]
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

// leftOut says in the place of bytes that are not shown how many they are.
func leftOut(n int) Span {
	return Span{Text: text.Format("⋯ %d more bytes", n)}
}
