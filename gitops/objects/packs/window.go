package packs

import (
	"errors"
	"fmt"
	"io"
)

// Sizes of what is read ahead. Objects that are wanted together mostly lie
// together, but not always: a small read is tried first, and a read that
// goes on where an earlier one ended is larger.
const (
	windows     = 16
	smallWindow = 8 << 10
	largeWindow = 64 << 10
)

// window is a stretch of a pack that was read.
type window struct {
	pack  *pack
	start uint64
	data  []byte
	used  uint64 // When it was last of use.
}

// ahead is the stretches that a session has read.
type ahead struct {
	windows [windows]window
	last    int // The window that was of use last.
	clock   uint64
}

// at answers at least want bytes of a pack from offset on, or all that are left
// of it. They are valid until the next call.
func (a *ahead) at(p *pack, offset uint64, want int) ([]byte, error) {
	if left := p.end - offset; uint64(want) > left {
		want = int(left)
	}
	a.clock++
	if w := &a.windows[a.last]; w.has(p, offset, want) {
		w.used = a.clock
		return w.data[offset-w.start:], nil
	}
	size, oldest := smallWindow, 0
	for i := range a.windows {
		w := &a.windows[i]
		if w.has(p, offset, want) {
			w.used = a.clock
			a.last = i
			return w.data[offset-w.start:], nil
		}
		if w.pack == p && offset >= w.start && offset < w.start+uint64(len(w.data))+smallWindow {
			size = largeWindow
			oldest = i
			break
		}
		if w.used < a.windows[oldest].used {
			oldest = i
		}
	}
	w := &a.windows[oldest]
	a.last = oldest
	return w.read(p, offset, max(size, want), want, a.clock)
}

// has reports whether the window holds that part of the pack.
func (w *window) has(p *pack, offset uint64, want int) bool {
	return w.pack == p && offset >= w.start && offset+uint64(want) <= w.start+uint64(len(w.data))
}

func (w *window) read(p *pack, offset uint64, size, want int, now uint64) ([]byte, error) {
	if left := p.end - offset; uint64(size) > left {
		size = int(left)
	}
	// What one large object needed is not kept for all that follow.
	if cap(w.data) < size || cap(w.data) > 4*largeWindow && size <= largeWindow {
		w.data = make([]byte, max(size, smallWindow))
	}
	w.pack, w.start, w.used = nil, offset, now
	n, err := p.file.ReadAt(w.data[:size], int64(offset))
	if n < want {
		if err == nil || errors.Is(err, io.EOF) {
			err = fmt.Errorf("truncated: %w", ErrCorrupt)
		}
		return nil, fmt.Errorf("read %d bytes at %d: %w", want, offset, err)
	}
	w.pack, w.data = p, w.data[:n]
	return w.data, nil
}
