package packs

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// What the cache answers is what was put into it, before, at and after the
// first large object, which moves the small ones together.
func TestCacheGivesBackWhatItWasGiven(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	c := newCache(1 << 20)
	content := func(key uint64, size int) []byte { return bytes.Repeat([]byte{byte(key), byte(key >> 8)}, size/2) }
	sizes := make(map[uint64]int)
	put := func(key uint64, size int) {
		t.Helper()
		ring, ok := c.ringFor(uint64(size))
		if !ok {
			t.Fatalf("no room for %d bytes", size)
		}
		h, room := c.reserve(ring, entryTree, uint32(size))
		copy(room, content(key, size))
		c.put(key, h)
		sizes[key] = size
	}
	hits := func() (n int) {
		for key, size := range sizes {
			if h, ok := c.get(key); ok {
				n++
				if !bytes.Equal(c.bytes(h), content(key, size)) {
					t.Fatalf("object %d is another one", key)
				}
			}
		}
		return n
	}
	for key := range uint64(1400) {
		put(key+1, 512)
	}
	if n := hits(); n < 1300 {
		t.Errorf("%d of 1400 small objects are left, which all have room", n)
	}
	for key := range uint64(20_000) {
		size := 2 * r.IntN(smallObject/2)
		if key%7 == 0 {
			size = smallObject + 2*r.IntN(smallObject)
		}
		put(key+2000, size)
		if key%1000 == 0 && hits() == 0 {
			t.Error("nothing is left")
		}
	}
}
