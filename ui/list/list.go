// Package list keeps the window of a long list: which rows are seen and which one has
// the cursor. It holds no rows and draws none, so a list of 100,000 costs as much as
// one of ten; who owns the rows asks for the window and draws that.
package list

// Margin is how many rows stay between the cursor and the edge of the window, where there are rows.
const Margin = 2

// List is the window of a list. The zero value is an empty list without height.
type List struct {
	n      int
	height int
	cursor int
	offset int
	skip   func(i int) bool
}

// Len is how many rows there are.
func (l *List) Len() int { return l.n }

// Cursor is the row with the cursor; 0 in an empty list, so check Len before using it.
func (l *List) Cursor() int { return l.cursor }

// Offset is the first row of the window.
func (l *List) Offset() int { return l.offset }

// Height is how many rows the window has room for.
func (l *List) Height() int { return l.height }

// SetLen says how many rows there are now. The cursor stays on its index as far as
// there is one; where rows moved, follow with [List.Reanchor].
func (l *List) SetLen(n int) {
	l.n = max(n, 0)
	l.settle(1)
}

// SetHeight says how many rows the window has room for.
func (l *List) SetHeight(h int) {
	l.height = max(h, 0)
	l.settle(1)
}

// SetSkip names the rows that the cursor passes over, as headings; nil means none. A
// list of nothing but such rows lets the cursor stand on them.
func (l *List) SetSkip(skip func(i int) bool) {
	l.skip = skip
	l.settle(1)
}

// SetCursor puts the cursor on row i, or on the nearest one there is.
func (l *List) SetCursor(i int) {
	dir := 1
	if i < l.cursor {
		dir = -1
	}
	l.cursor = i
	l.settle(dir)
}

// Move moves the cursor by n rows, negative up, and reports whether it moved.
func (l *List) Move(n int) bool {
	before := l.cursor
	l.SetCursor(l.cursor + n)
	if l.cursor == before {
		// At the ends what cannot have the cursor can at least be seen.
		l.reveal(n)
	}
	return l.cursor != before
}

// Page moves cursor and window by n windows, keeping one row of the last for the eye.
func (l *List) Page(n int) bool { return l.scroll(n * max(l.height-1, 1)) }

// HalfPage moves cursor and window by n half windows.
func (l *List) HalfPage(n int) bool { return l.scroll(n * max(l.height/2, 1)) }

func (l *List) scroll(rows int) bool {
	before := l.cursor
	l.offset += rows
	l.cursor += rows
	dir := 1
	if rows < 0 {
		dir = -1
	}
	l.settle(dir)
	return l.cursor != before
}

// Top moves the cursor to the first row.
func (l *List) Top() bool {
	before := l.cursor
	l.cursor, l.offset = 0, 0
	l.settle(1)
	return l.cursor != before
}

// Bottom moves the cursor to the last row.
func (l *List) Bottom() bool {
	before := l.cursor
	l.cursor, l.offset = l.n-1, l.n-l.height
	l.settle(-1)
	return l.cursor != before
}

// Wheel moves the window by n rows and takes the cursor along only where it would be left behind.
func (l *List) Wheel(n int) {
	l.offset = min(max(l.offset+n, 0), max(l.n-l.height, 0))
	margin := l.margin()
	low, high := l.offset+margin, l.offset+l.height-1-margin
	if l.offset == 0 {
		low = 0
	}
	if l.offset >= l.n-l.height {
		high = l.n - 1
	}
	if l.cursor < low {
		l.cursor = low
		l.settle(1)
	} else if l.cursor > high {
		l.cursor = high
		l.settle(-1)
	}
}

// Reanchor finds the cursor's row again after rows were inserted, removed or sorted:
// is reports whether row i is the one the cursor was on. The row stays at the same
// height of the window. The rows near the old place are asked first, so that a few
// new ones above cost a few questions. It reports whether the row was found; if not,
// the cursor stays on its index.
func (l *List) Reanchor(is func(i int) bool) bool {
	if l.n == 0 {
		return false
	}
	at := l.cursor - l.offset
	for d := 0; d < l.n || d <= l.cursor; d++ {
		for _, i := range [2]int{l.cursor + d, l.cursor - d} {
			if i < 0 || i >= l.n || !is(i) {
				continue
			}
			// A window that shows the first row goes on doing so: what is new at the top is news.
			if l.offset > 0 {
				l.offset = i - at
			}
			l.cursor = i
			l.settle(1)
			return true
		}
	}
	return false
}

// Replace is SetLen and Reanchor in one: n rows now, and is finds the cursor's row among them.
func (l *List) Replace(n int, is func(i int) bool) bool {
	// The length is set without settling, which would forget where the cursor was in the window.
	cursor, offset := l.cursor, l.offset
	l.n = max(n, 0)
	if l.n > 0 && l.Reanchor(is) {
		return true
	}
	l.cursor, l.offset = cursor, offset
	l.settle(1)
	return false
}

// Window is the range of rows to draw: from the first up to to, which is not part of it.
func (l *List) Window() (from, to int) { return l.offset, min(l.offset+l.height, l.n) }

// RowAt is the row at line y of the window, as for a click.
func (l *List) RowAt(y int) (i int, ok bool) {
	i = l.offset + y
	return i, y >= 0 && y < l.height && i < l.n
}

// ScrollbarMark reports whether line y of the window is part of the scroll bar's
// handle; never when all rows are seen.
func (l *List) ScrollbarMark(y int) bool { return Mark(y, l.height, l.offset, l.n) }

// Mark reports whether line y of a scroll bar of height lines is part of its handle,
// when the window begins at offset of n rows.
func Mark(y, height, offset, n int) bool {
	if height <= 0 || n <= height {
		return false
	}
	size := max(height*height/n, 1)
	from := (height - size) * offset / (n - height)
	// Only the ends look like the ends.
	if from == 0 && offset > 0 && height > size+1 {
		from = 1
	}
	if from == height-size && offset < n-height && height > size+1 {
		from--
	}
	return y >= from && y < from+size
}

// EnsureVisible moves the window so that the cursor is in it, with the margin around it.
func (l *List) EnsureVisible() {
	margin := l.margin()
	l.offset = min(l.offset, l.cursor-margin)
	l.offset = max(l.offset, l.cursor+margin-l.height+1)
	l.offset = max(min(l.offset, l.n-l.height), 0)
}

func (l *List) margin() int { return max(min(Margin, (l.height-1)/2), 0) }

// settle puts the cursor on a row that can have it, looking in direction dir first,
// and the window around it.
func (l *List) settle(dir int) {
	l.cursor = max(min(l.cursor, l.n-1), 0)
	if l.skip != nil && l.n > 0 {
		if i, ok := l.next(l.cursor, dir); ok {
			l.cursor = i
		} else if i, ok := l.next(l.cursor, -dir); ok {
			l.cursor = i
		}
	}
	l.EnsureVisible()
}

func (l *List) next(i, dir int) (int, bool) {
	for ; i >= 0 && i < l.n; i += dir {
		if !l.skip(i) {
			return i, true
		}
	}
	return 0, false
}

// reveal moves the window alone, towards rows at the ends that cannot have the cursor.
func (l *List) reveal(n int) {
	margin := l.margin()
	lowest := max(l.cursor+margin-l.height+1, 0)
	highest := max(min(l.cursor, l.n-l.height), 0)
	l.offset = min(max(l.offset+n, min(lowest, highest)), highest)
}
