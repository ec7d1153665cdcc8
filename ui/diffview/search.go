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

// Search finds the lines that contain query, on both sides, and goes to the first one
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

func (v *View) find() {
	v.matches, v.match = nil, -1
	if v.query == "" {
		return
	}
	for _, b := range v.hunks {
		bl := v.blocks[b]
		for row := bl.first; row < bl.first+bl.n; row++ {
			r, side := v.line(b, row)
			if v.has(r, side) {
				v.matches = append(v.matches, row)
			}
		}
	}
}

func (v *View) has(r *diff.Row, side side) bool {
	_, ok := v.column(r, side)
	return ok
}

// column is where the first match of a row begins, in cells.
func (v *View) column(r *diff.Row, side side) (int, bool) {
	in := func(l diff.Line) (int, bool) {
		t := join(l)
		i := index(t.String(), v.query)
		if i < 0 {
			return 0, false
		}
		return paint.Column(t, i), true
	}
	if side != newSide && r.Op != diff.Insert {
		if c, ok := in(r.Old); ok {
			return c, true
		}
	}
	if side != oldSide && r.Op != diff.Delete {
		return in(r.New)
	}
	return 0, false
}

// matchFrom is the first match at or below row, or the first of all; -1 without any.
func (v *View) matchFrom(row int) int {
	if len(v.matches) == 0 {
		return -1
	}
	i := sort.SearchInts(v.matches, row)
	if i == len(v.matches) {
		return 0
	}
	return i
}

// reveal brings the current match into the window, with some rows above it.
func (v *View) reveal() {
	row := v.matches[v.match]
	if row < v.top.row || row >= v.bottom()-1 {
		v.top = v.step(position{row: row}, -v.body()/3)
		v.settle()
	}
	b := v.blockAt(row)
	for i, h := range v.hunks {
		if h == b {
			v.hunk = i
		}
	}
	if v.wrap {
		return
	}
	r, side := v.line(b, row)
	c, _ := v.column(r, side)
	g := v.geometry(&v.files[v.blocks[b].file])
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
