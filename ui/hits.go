package ui

import "slices"

// hits are what is searched for in a list, and the rows that match it, in order.
type hits struct {
	needle needle
	rows   []int
}

// look finds the rows that match among n. Without a query none does.
func (h *hits) look(n int, matches func(i int) bool) {
	h.rows = h.rows[:0]
	if h.needle.query == "" {
		return
	}
	for i := range n {
		if matches(i) {
			h.rows = append(h.rows, i)
		}
	}
}

// in is the needle to mark in row i: one that finds nothing where the row is no match.
func (h *hits) in(i int) needle {
	if _, found := slices.BinarySearch(h.rows, i); !found {
		return needle{}
	}
	return h.needle
}

// after is the row of the next match from the cursor on, or of the one before it, going round at the ends.
func (h *hits) after(cursor, dir int) (row int, ok bool) {
	n := len(h.rows)
	if n == 0 {
		return 0, false
	}
	k, found := slices.BinarySearch(h.rows, cursor)
	switch {
	case dir > 0 && found:
		k++
	case dir < 0:
		k--
	}
	return h.rows[(k%n+n)%n], true
}

// count is what is searched for, how many rows match, and which of them the cursor is on, from 1.
func (h *hits) count(cursor int) (query string, n, i int) {
	if k, found := slices.BinarySearch(h.rows, cursor); found {
		i = k + 1
	}
	return h.needle.query, len(h.rows), i
}
