package diffview

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"plumb/model/diff"
	"plumb/model/text"
	"plumb/ui/paint"
)

// match is a row that has what is searched for. Where the line is folded away it is the row of the fold.
type match struct {
	row      int
	file     int
	old, new int // The line's numbers, from 1.
	folded   bool
}

// Search finds the lines that contain query, on both sides, also those that are folded away, and goes to the first one
// that is not above the window. It returns how many there are. Capitals in the query
// make case count. An empty query ends the search.
func (v *View) Search(query string) int {
	v.query = query
	v.find()
	if v.match = v.matchFrom(v.top.row); v.match >= 0 {
		v.reveal()
	}
	return len(v.matches)
}

// NextMatch goes to the next line that was found; after the last comes the first.
func (v *View) NextMatch() bool { return v.toMatch(1) }

// PrevMatch goes to the line before that was found.
func (v *View) PrevMatch() bool { return v.toMatch(-1) }

// Matches is the number of the current match, from 1, and how many lines were found.
func (v *View) Matches() (current, of int) { return v.match + 1, len(v.matches) }

// Query is what is searched for; empty when nothing is.
func (v *View) Query() string { return v.query }

func (v *View) toMatch(by int) bool {
	n := len(v.matches)
	if n == 0 {
		return false
	}
	v.match = (v.match + by + n) % n
	v.reveal()
	return true
}

// find looks through all lines of what is shown.
func (v *View) find() {
	v.matches, v.match = nil, -1
	if v.query == "" {
		return
	}
	for i, at := range v.spans {
		f := &v.files[at.file]
		add := func(row, old, new int) {
			m := match{row: row, file: int(at.file), folded: at.kind == foldRow}
			switch {
			case old > 0 && v.has(f.OldText(old-1)):
			case new > 0 && v.has(f.NewText(new-1)):
			default:
				return
			}
			m.old, m.new = old, new
			v.matches = append(v.matches, m)
		}
		switch at.kind {
		case gapRows, blockRows:
			for row := at.first; row < at.first+at.n; row++ {
				old, new := v.numbersAt(i, row)
				if at.kind == gapRows {
					old = 0 // The same text as the new one.
				}
				add(row, old, new)
			}
		case foldRow:
			from, _ := gap(f, int(at.item))
			hidden, _ := v.fold(i)
			for k := range hidden {
				add(at.first, 0, from+int(at.from)+k+1)
			}
		case objectRow, changeRow, detailRow:
			for row := at.first; row < at.first+at.n; row++ {
				if v.has(v.structureText(i, row)) {
					v.matches = append(v.matches, match{row: row, file: int(at.file)})
				}
			}
		}
	}
}

func (v *View) has(t text.Safe) bool { return index(t.String(), v.query) >= 0 }

// column is where the first match of a row begins, in cells.
func (v *View) column(r *diff.Row, side side) int {
	in := func(l diff.Line) int {
		t := join(l)
		if i := index(t.String(), v.query); i >= 0 {
			return paint.Column(t, i)
		}
		return -1
	}
	if side != newSide && r.Op != diff.Insert {
		if c := in(r.Old); c >= 0 {
			return c
		}
	}
	if side != oldSide && r.Op != diff.Delete {
		return max(in(r.New), 0)
	}
	return 0
}

// matchFrom is the first match at or below row, or the first of all; -1 without any.
func (v *View) matchFrom(row int) int {
	if len(v.matches) == 0 {
		return -1
	}
	i := sort.Search(len(v.matches), func(i int) bool { return v.matches[i].row >= row })
	if i == len(v.matches) {
		return 0
	}
	return i
}

// reveal brings the current match into the window, with some rows above it, unfolding what hides it.
func (v *View) reveal() {
	if m := v.matches[v.match]; m.folded {
		v.uncover(m.file, m.new)
		for i, found := range v.matches {
			if found.file == m.file && found.new == m.new && found.old == m.old {
				v.match = i
			}
		}
	}
	row := v.matches[max(v.match, 0)].row
	if row < v.top.row || row >= v.bottom()-1 {
		v.top = v.step(position{row: row}, -v.body()/3)
		v.settle()
	}
	s := v.spanAt(row)
	if h := v.hunkIndex(v.spans[s]); h >= 0 {
		v.hunk = h
	}
	if v.wrap || v.spans[s].kind != gapRows && v.spans[s].kind != blockRows {
		return
	}
	r, side := v.lineAt(s, row)
	c := v.column(&r, side)
	g := v.geometry(&v.files[v.spans[s].file], v.spans[s].beside)
	room := min(g.room[0], g.room[1])
	end := c + paint.Cells(text.Line(v.query))
	if c < v.x || end >= v.x+room {
		v.x = 0
		if end >= room {
			v.x = c - room/3
		}
	}
}

// index is where query begins in s, -1 where nowhere. A query without capitals is found in either case.
func index(s, query string) int {
	if strings.ContainsFunc(query, unicode.IsUpper) {
		return strings.Index(s, query)
	}
	if query == "" {
		return -1
	}
	first, _ := utf8.DecodeRuneInString(query)
	upper := unicode.ToUpper(first)
	for at := 0; at <= len(s)-len(query); {
		i := next(s[at:], first, upper)
		if i < 0 || at+i+len(query) > len(s) {
			return -1
		}
		at += i
		// Letters whose cases have different lengths in bytes are not found; there are few.
		if strings.EqualFold(s[at:at+len(query)], query) {
			return at
		}
		_, n := utf8.DecodeRuneInString(s[at:])
		at += n
	}
	return -1
}

// next is where the first of two runes is in s.
func next(s string, a, b rune) int {
	i := strings.IndexRune(s, a)
	if a == b {
		return i
	}
	if i >= 0 {
		s = s[:i]
	}
	if j := strings.IndexRune(s, b); j >= 0 {
		return j
	}
	return i
}
