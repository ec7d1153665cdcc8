package packs

import (
	"errors"
	"fmt"
	"io"
)

// Sizes of what a session keeps of the packs: 2 MiB at most. What is wanted
// together lies in a few places that move on slowly, one for each directory
// that changes, and in each the next object is near the last one. So there are
// many pages rather than large ones.
const (
	pageSize    = 16 << 10
	pageSetBits = 4
	pageSets    = 1 << pageSetBits
	pageWays    = 8
)

// page is an aligned stretch of a pack that was read whole, up to the end of the entries.
type page struct {
	key  uint64 // As made by pack.key of where it starts, plus 1; 0 for none.
	used uint64 // When it was last of use.
	data []byte
}

// pages is what a session keeps of the packs. The memory grows as it is used.
type pages struct {
	sets  [pageSets][pageWays]page
	last  *page // The page that was of use last.
	clock uint64
	span  []byte // What lies in more than one page.
}

// at answers at least want bytes of a pack from offset on, or all that are left
// of it. They are valid until the next call.
func (c *pages) at(p *pack, offset uint64, want int) ([]byte, error) {
	if left := p.end - offset; uint64(want) > left {
		want = int(left)
	}
	// What one large object needed is not kept for all that follow.
	if cap(c.span) > keptBuffer && want <= keptBuffer {
		c.span = nil
	}
	skip := int(offset % pageSize)
	first := c.page(p, offset-uint64(skip))
	if first == nil || want > pageSize {
		return c.direct(p, offset, want)
	}
	head := first.data[skip:]
	if len(head) >= want {
		return head, nil
	}
	c.span = append(c.span[:0], head...)
	second := c.page(p, offset+uint64(len(head)))
	if second == nil {
		return c.direct(p, offset, want)
	}
	c.span = append(c.span, second.data[:want-len(head)]...)
	return c.span, nil
}

// page answers the page that starts there, or none if it cannot be read whole.
func (c *pages) page(p *pack, start uint64) *page {
	key := p.key(start) + 1
	c.clock++
	if c.last != nil && c.last.key == key {
		c.last.used = c.clock
		return c.last
	}
	// Fibonacci hashing: pages at any regular distance go to different sets.
	// Only the highest bits of the product do that.
	set := &c.sets[key/pageSize*0x9e3779b97f4a7c15>>(64-pageSetBits)]
	oldest := &set[0]
	for i := range set {
		g := &set[i]
		if g.key == key {
			g.used = c.clock
			c.last = g
			return g
		}
		if g.used < oldest.used {
			oldest = g
		}
	}
	if oldest.data == nil {
		oldest.data = make([]byte, pageSize)
	}
	oldest.key, oldest.used = 0, 0
	oldest.data = oldest.data[:min(p.end-start, pageSize)]
	if n, _ := p.file.ReadAt(oldest.data, int64(start)); n < len(oldest.data) {
		return nil
	}
	oldest.key, oldest.used = key, c.clock
	c.last = oldest
	return oldest
}

// direct reads just what is wanted: what is larger than a page, or near damage,
// which must not keep what is sound from being read.
func (c *pages) direct(p *pack, offset uint64, want int) ([]byte, error) {
	if cap(c.span) < want {
		c.span = make([]byte, max(want, 2*pageSize))
	}
	c.span = c.span[:want]
	n, err := p.file.ReadAt(c.span, int64(offset))
	if n < want {
		if err == nil || errors.Is(err, io.EOF) {
			err = fmt.Errorf("truncated: %w", ErrCorrupt)
		}
		return nil, fmt.Errorf("read %d bytes at %d: %w", want, offset, err)
	}
	return c.span, nil
}
