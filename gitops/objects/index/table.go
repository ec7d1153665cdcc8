package index

import (
	"bytes"
	"encoding/binary"
	"sync"
)

// table finds commits by their id: open addressing over ordinals, the ids themselves are in the columns. One goroutine adds, any may look.
type table struct {
	mu    sync.RWMutex
	slots []uint32 // Ordinal plus one; 0 is free. The length is a power of two.
}

// find answers the ordinal of an id among those of the columns.
func (t *table) find(c *columns, id []byte) (Ordinal, bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if len(t.slots) == 0 {
		return 0, false
	}
	mask := uint64(len(t.slots) - 1)
	for i := binary.LittleEndian.Uint64(id) & mask; ; i = (i + 1) & mask {
		s := t.slots[i]
		if s == 0 {
			return 0, false
		}
		// What was added after the columns were copied is not in them.
		if o := Ordinal(s - 1); int(o) < c.len() && bytes.Equal(c.id(o), id) {
			return o, true
		}
	}
}

// add remembers the last commits of the columns, from the ordinal on.
func (t *table) add(c *columns, from Ordinal) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if need := c.len() * 2; need > len(t.slots) {
		size := max(len(t.slots), 1024)
		for size < need {
			size *= 2
		}
		t.slots = make([]uint32, size)
		from = 0
	}
	mask := uint64(len(t.slots) - 1)
	for o := from; int(o) < c.len(); o++ {
		i := binary.LittleEndian.Uint64(c.id(o)) & mask
		for t.slots[i] != 0 {
			i = (i + 1) & mask
		}
		t.slots[i] = uint32(o) + 1
	}
}
