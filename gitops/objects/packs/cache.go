package packs

import "unsafe"

// A cache is two rings of bytes, into which objects are unpacked one after the
// other; the newest overwrites the oldest. Nothing is ever allocated or freed, and what
// an object costs is just its size. Small objects have a ring of their
// own: beside large ones they would not last. Until there is a large one, it is
// all of the memory.
type cache struct {
	memory []byte
	rings  [2]ring // Of small and of large objects.
	slots  []slot  // Sets of slotWays, by the hash of a key.
	names  []name  // By the first bytes of an id.
}

// smallObject is what is small: most trees but not the top ones of a large repository.
const smallObject = 8 << 10

// slotWays is how many keys share a hash.
const slotWays = 4

// ring is memory that is filled in rounds. Positions only grow; the place in
// memory is the position modulo the size.
type ring struct {
	data []byte
	head uint64
}

// handle is an object in a ring. It is valid until it is overwritten.
type handle struct {
	kind byte // One of the entry constants; 0 for none.
	ring byte
	size uint32
	pos  uint64
}

// slot remembers the object at a place of a pack.
type slot struct {
	key uint64
	handle
}

// name remembers the object of an id, which saves looking it up.
type name struct {
	id ID
	handle
}

// newCache makes a cache of about that many bytes, its tables included.
func newCache(size int) cache {
	size = max(size, 256<<10)
	// Small trees and commits have a few hundred bytes.
	n := 1 << 8
	for n < size/512 {
		n *= 2
	}
	c := cache{slots: make([]slot, n), names: make([]name, n/2)}
	tables := n*int(unsafe.Sizeof(slot{})) + n/2*int(unsafe.Sizeof(name{}))
	c.memory = make([]byte, size-tables)
	c.rings[0].data = c.memory
	return c
}

// ringFor says which ring an object of that size goes to; none takes one that
// would displace most others.
func (c *cache) ringFor(size uint64) (ring byte, ok bool) {
	if size > smallObject {
		ring = 1
	}
	return ring, size <= uint64(len(c.memory))/8
}

// split gives the large objects half of the memory. The small ones are forgotten.
func (c *cache) split() {
	half := len(c.memory) / 2
	small, large := &c.rings[0], &c.rings[1]
	small.data, large.data = c.memory[:half], c.memory[half:]
	// Nothing from before is within a round of here.
	small.head += uint64(len(c.memory))
}

// reserve makes room for an object, and answers it with the memory to fill.
func (c *cache) reserve(ring, kind byte, size uint32) (handle, []byte) {
	r := &c.rings[ring]
	if r.data == nil {
		c.split()
	}
	r.head = r.next(size)
	h := handle{kind, ring, size, r.head}
	r.head += uint64(size)
	return h, c.bytes(h)
}

// next is where an object of that size will be.
func (r *ring) next(size uint32) uint64 {
	room := uint64(len(r.data))
	if at := r.head % room; at+uint64(size) > room {
		return r.head + room - at
	}
	return r.head
}

// survives reports whether an object will still be there when size more bytes
// were reserved in a ring.
func (c *cache) survives(h handle, ring byte, size uint32) bool {
	r := &c.rings[ring]
	if r.data == nil || h.ring != ring {
		return r.data != nil
	}
	return r.next(size)+uint64(size) <= h.pos+uint64(len(r.data))
}

// has reports whether the object was not overwritten.
func (c *cache) has(h handle) bool {
	r := &c.rings[h.ring]
	return h.kind != 0 && r.head <= h.pos+uint64(len(r.data))
}

// bytes are the object's, until it is overwritten.
func (c *cache) bytes(h handle) []byte {
	r := &c.rings[h.ring]
	at := h.pos % uint64(len(r.data))
	return r.data[at : at+uint64(h.size) : at+uint64(h.size)]
}

func (c *cache) set(key uint64) []slot {
	// Fibonacci hashing: neighbours in a pack go to different sets.
	h := key * 0x9e3779b97f4a7c15
	at := (h >> 32) & uint64(len(c.slots)-1) &^ (slotWays - 1)
	return c.slots[at : at+slotWays]
}

// get answers the object of a key.
func (c *cache) get(key uint64) (handle, bool) {
	set := c.set(key)
	for i := range set {
		if set[i].key == key {
			return set[i].handle, c.has(set[i].handle)
		}
	}
	return handle{}, false
}

// put remembers the object of a key, in place of one that was overwritten or
// of the one that will be next.
func (c *cache) put(key uint64, h handle) {
	set := c.set(key)
	worst, worstLeft := 0, ^uint64(0)
	for i := range set {
		left := uint64(0)
		if set[i].key != key && c.has(set[i].handle) {
			r := &c.rings[set[i].ring]
			left = set[i].pos + uint64(len(r.data)) - r.head
		}
		if left < worstLeft {
			worst, worstLeft = i, left
		}
	}
	set[worst] = slot{key, h}
}

func (c *cache) nameOf(id *ID) *name {
	// Ids are hashes already.
	return &c.names[(int(id[0])|int(id[1])<<8|int(id[2])<<16)&(len(c.names)-1)]
}

// named answers the object of an id.
func (c *cache) named(id *ID) (handle, bool) {
	n := c.nameOf(id)
	if n.id != *id {
		return handle{}, false
	}
	return n.handle, c.has(n.handle)
}

// remember keeps the id of an object in the cache.
func (c *cache) remember(id *ID, h handle) { *c.nameOf(id) = name{*id, h} }
