package lanes

// Glyph is one terminal cell of a drawn row.
type Glyph struct {
	Rune rune
	Lane int // The number of the line it belongs to, or -1 for what belongs to none.
}

// Draw draws the row in at most width terminal cells: two per column, the second
// for what connects it with the next. Columns that do not fit, or that were over
// the layout's limit, are one last column: an ellipsis, or the commit if it is
// there. Lines that cross are drawn as a bridge, so a crossing never looks like a join.
//
// All runes are one cell wide wherever those of box drawing are.
func (r Row) Draw(width int) []Glyph { return r.drawWith(&unicodeSet, width) }

// DrawASCII is Draw for terminals without Unicode.
func (r Row) DrawASCII(width int) []Glyph { return r.drawWith(&asciiSet, width) }

// set is what rows are drawn with.
type set struct {
	commit, merge, more rune
	lines               [16]rune // By the sum of what leaves the cell.
}

const (
	up = 1 << iota
	down
	left
	right
)

var unicodeSet = set{
	commit: '●', merge: '○', more: '…',
	lines: [16]rune{
		0:         ' ',
		up:        '╵',
		down:      '╷',
		left:      '╴',
		right:     '╶',
		up | down: '│', left | right: '─',
		up | left: '╯', up | right: '╰', down | left: '╮', down | right: '╭',
		up | down | left: '┤', up | down | right: '├', up | left | right: '┴', down | left | right: '┬',
		up | down | left | right: '┼',
	},
}

var asciiSet = set{
	commit: '*', merge: 'o', more: '.',
	lines: [16]rune{
		0:         ' ',
		up:        '\'',
		down:      ',',
		left:      '-',
		right:     '-',
		up | down: '|', left | right: '-',
		up | left: '/', up | right: '\\', down | left: '\\', down | right: '/',
		up | down | left: '+', up | down | right: '+', up | left | right: '+', down | left | right: '+',
		up | down | left | right: '+',
	},
}

func (r Row) drawWith(s *set, width int) []Glyph {
	fits := (width + 1) / 2
	if fits < 1 {
		return nil
	}
	cells := r.Cells
	isCut := r.More > 0 || len(cells) > fits
	if isCut && len(cells) >= fits {
		cells = cells[:fits-1]
	}
	glyphs := make([]Glyph, 0, 2*len(cells)+1)
	for _, c := range cells {
		glyphs = append(glyphs, r.glyph(s, c))
		if c.Right {
			glyphs = append(glyphs, Glyph{s.lines[left|right], c.RightLane})
		} else {
			glyphs = append(glyphs, Glyph{' ', -1})
		}
	}
	if isCut {
		last := Glyph{s.more, -1}
		if r.Node >= len(cells) {
			last = Glyph{r.node(s), r.Lane}
		}
		return append(glyphs, last)
	}
	for len(glyphs) > 0 && glyphs[len(glyphs)-1].Rune == ' ' {
		glyphs = glyphs[:len(glyphs)-1]
	}
	return glyphs
}

func (r Row) glyph(s *set, c Cell) Glyph {
	if c.Node {
		return Glyph{r.node(s), r.Lane}
	}
	leaves := 0
	if c.Up {
		leaves |= up
	}
	if c.Down {
		leaves |= down
	}
	if c.Left && !c.Cross {
		leaves |= left
	}
	if c.Right && !c.Cross {
		leaves |= right
	}
	if leaves == 0 {
		return Glyph{' ', -1}
	}
	return Glyph{s.lines[leaves], c.Lane}
}

func (r Row) node(s *set) rune {
	if r.Merge {
		return s.merge
	}
	return s.commit
}
