package index

import (
	"encoding/binary"
	"math/bits"
)

// messages are what commits say, in UTF-8. A search that does not mind the case of letters has to be one scan of
// memory, and to have every message twice would be most of what a long history takes. So they are kept in lower
// case, with a bit beside each byte that says whether it was a capital. Only ASCII letters are folded, which keeps every
// byte in its place.
//
// They lie in blocks of equal size, so that nothing moves when there are more. None goes over the end of a block, and
// each begins at a multiple of eight: so none shares a word with another one, which may just be written.
type messages struct {
	ends   []uint32 // Where a message ends, counted through all blocks.
	blocks []*block
}

const (
	blockBits = 19
	blockSize = 1 << blockBits
)

// block is some messages. What lies between them is zero.
type block struct {
	text     [blockSize]byte
	capitals [blockSize / 8]byte
}

// maxMessage is how much of a message is kept, in bytes. What is longer was not written by a person. It is less
// than a block.
const maxMessage = 64 << 10

// place is where a message of a length begins that follows one which ends there.
func place(end uint32, length int) uint64 {
	from := (uint64(end) + 7) &^ 7
	if left := blockSize - from%blockSize; uint64(length) > left {
		from += left
	}
	return from
}

// hasRoom reports whether there is a place for a message.
func (m *messages) hasRoom(length int) bool { return place(m.end(), length)+uint64(length) < 1<<32 }

// end is where the last message ends.
func (m *messages) end() uint32 { return m.endOf(Ordinal(len(m.ends))) }

// endOf is where the messages before an ordinal end.
func (m *messages) endOf(o Ordinal) uint32 {
	if o == 0 {
		return 0
	}
	return m.ends[o-1]
}

// span is where a message lies: in which block, from where to where in it.
func (m *messages) span(o Ordinal) (block, from, to int) {
	end := m.ends[o]
	begin := (uint64(m.endOf(o)) + 7) &^ 7
	if uint64(end) <= begin {
		return 0, 0, 0
	}
	block = int(end-1) >> blockBits
	start := uint64(block) << blockBits
	return block, int(max(begin, start) - start), int(uint64(end) - start)
}

// add appends a message, for which there must be room, and reports whether it has letters beyond ASCII.
func (m *messages) add(message []byte) (foreign bool) {
	if len(message) == 0 {
		m.ends = append(m.ends, m.end())
		return false
	}
	from := place(m.end(), len(message))
	b := m.block(int(from >> blockBits))
	at := int(from % blockSize)
	n := copy(b.text[at:], message)
	m.ends = append(m.ends, uint32(from)+uint32(n))
	return b.fold(at, n)
}

// block is a block by its number, which is made if it is the next.
func (m *messages) block(n int) *block {
	if n == len(m.blocks) {
		m.blocks = append(m.blocks, new(block))
	}
	return m.blocks[n]
}

// The bytes of a word: all of them with this bit set.
const (
	lowBits  = 0x0101010101010101
	highBits = 0x80 * lowBits
	caseBits = 0x20 * lowBits
)

// fold turns the capitals of a stretch that begins at a multiple of eight to lower case, eight bytes at a time.
func (b *block) fold(at, n int) (foreign bool) {
	for i := at; i < at+n; i += 8 {
		word := binary.LittleEndian.Uint64(b.text[i:])
		if word&highBits != 0 {
			foreign = true
		}
		// The high bit of a byte is set by the first sum from 'A' on, and by the second behind 'Z'.
		low := word &^ highBits
		is := (low + (0x80-'A')*lowBits) &^ (low + (0x80-'Z'-1)*lowBits) & highBits &^ word
		if is == 0 {
			continue
		}
		binary.LittleEndian.PutUint64(b.text[i:], word|is>>2)
		// One bit of each byte, gathered in the highest byte of the product.
		b.capitals[i/8] = byte((is >> 7) * 0x0102040810204080 >> 56)
	}
	return foreign
}

// spread are the bits of a byte as the case bits of eight.
var spread = func() (t [256]uint64) {
	for i := range t {
		for rest := i; rest != 0; rest &= rest - 1 {
			t[i] |= 0x20 << (8 * bits.TrailingZeros8(uint8(rest)))
		}
	}
	return t
}()

// appendTo appends a message as it was written.
func (m *messages) appendTo(dst []byte, o Ordinal) []byte {
	block, from, to := m.span(o)
	if from == to {
		return dst
	}
	b := m.blocks[block]
	for i := from; i < to; i += 8 {
		word := binary.LittleEndian.Uint64(b.text[i:]) ^ spread[b.capitals[i/8]]
		dst = binary.LittleEndian.AppendUint64(dst, word)
	}
	return dst[:len(dst)-(7-(to-from-1)%8)]
}
