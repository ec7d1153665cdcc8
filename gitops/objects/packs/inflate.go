package packs

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/adler32"
	"math/bits"
)

// Outcomes of inflating that ask for another attempt.
var (
	errShortInput  = errors.New("more input is needed")
	errShortOutput = errors.New("more room is needed")
)

var errStream = fmt.Errorf("malformed zlib stream: %w", ErrCorrupt)

// inflater unpacks zlib streams (RFC 1950 and 1951) from memory to memory.
// Half of the work on a history is in streams of a few hundred bytes; the
// general readers spend most of it on getting ready for long ones.
type inflater struct {
	src  []byte
	next int    // The first byte that is not in bits. Beyond the end, zeros are taken.
	bits uint64 // Bits that were taken from src and not used yet, the lowest first.
	have uint   // How many. Above them, bits may hold more of what follows.

	dst []byte
	n   int // Bytes of dst that were made.

	lengths [maxLitCodes + maxDistCodes]uint8
	lit     [litTable]uint32
	dist    [distTable]uint32
}

// inflate unpacks the stream at the start of src into dst, and answers how many
// bytes it gave. It fails with errShortOutput when dst is full before the
// stream ends, and with errShortInput when src ends before it.
func (f *inflater) inflate(dst, src []byte) (int, error) {
	f.src, f.next, f.bits, f.have = src, 0, 0, 0
	f.dst, f.n = dst, 0
	err := f.stream()
	// What is wrong beyond the end of the input is that it ended.
	if err != nil && f.isPastEnd() {
		err = errShortInput
	}
	f.src, f.dst = nil, nil
	return f.n, err
}

// isPastEnd reports whether more bits were used than there are.
func (f *inflater) isPastEnd() bool { return f.next-int(f.have/8) > len(f.src) }

func (f *inflater) stream() error {
	head := f.take(16)
	// The only method there is, a window of at most 32 KiB, a checksum, and no dictionary.
	if cmf, flags := head&0xff, head>>8; cmf&15 != 8 || cmf>>4 > 7 || (cmf<<8|flags)%31 != 0 || flags&0x20 != 0 {
		return errStream
	}
	for last := false; !last; {
		if f.isPastEnd() {
			return errShortInput
		}
		last = f.take(1) == 1
		var err error
		switch f.take(2) {
		case 0:
			err = f.stored()
		case 1:
			err = f.symbols(fixed.lit[:], fixed.dist[:])
		case 2:
			if err = f.tables(); err == nil {
				err = f.symbols(f.lit[:], f.dist[:])
			}
		default:
			err = errStream
		}
		if err != nil {
			return err
		}
	}
	f.align()
	sum := f.take(32)
	if f.isPastEnd() {
		return errShortInput
	}
	// The checksum is the only number with its first byte first.
	if bits.ReverseBytes32(uint32(sum)) != adler32.Checksum(f.dst[:f.n]) {
		return fmt.Errorf("checksum does not match: %w", ErrCorrupt)
	}
	return nil
}

// fill makes at least 56 bits available.
func (f *inflater) fill() {
	if f.next+8 <= len(f.src) {
		f.bits |= binary.LittleEndian.Uint64(f.src[f.next:]) << f.have
		f.next += int(63-f.have) / 8
		f.have |= 56
		return
	}
	// Near the end there may be garbage above the bits that are counted.
	f.bits &= 1<<f.have - 1
	for ; f.have <= 56; f.have += 8 {
		if f.next < len(f.src) {
			f.bits |= uint64(f.src[f.next]) << f.have
		}
		f.next++
	}
}

// take answers the next n bits, at most 32.
func (f *inflater) take(n uint) uint64 {
	if f.have < n {
		f.fill()
	}
	v := f.bits & (1<<n - 1)
	f.bits >>= n
	f.have -= n
	return v
}

// align goes to the next whole byte.
func (f *inflater) align() { f.take(f.have % 8) }

// stored copies a block that is not compressed.
func (f *inflater) stored() error {
	f.align()
	size := int(f.take(16))
	if int(f.take(16)) != size^0xffff {
		return errStream
	}
	f.next -= int(f.have / 8)
	f.bits, f.have = 0, 0
	if f.next > len(f.src) || size > len(f.src)-f.next {
		return errShortInput
	}
	n := copy(f.dst[f.n:], f.src[f.next:f.next+size])
	f.n += n
	f.next += n
	if n < size {
		return errShortOutput
	}
	return nil
}

// symbols unpacks a block up to its end.
func (f *inflater) symbols(lit, dist []uint32) error {
	// Copies that the compiler can keep in registers.
	bits, have, next, n := f.bits, f.have, f.next, f.n
	src, dst := f.src, f.dst
	lit, dist = lit[:litTable], dist[:distTable]
	err := errStream
loop:
	for {
		// Once for each round: no symbol with all that belongs to it has more than 48 bits.
		if next+8 <= len(src) {
			bits |= binary.LittleEndian.Uint64(src[next:]) << (have & 63)
			next += int(63-have) / 8
			have |= 56
		} else {
			if next > len(src)+8 {
				err = errShortInput
				break
			}
			f.bits, f.have, f.next = bits, have, next
			f.fill()
			bits, have, next = f.bits, f.have, f.next
		}
		e := lit[bits&(1<<litRoot-1)]
		// Text is mostly literals: three of them fit into what was filled.
		for range 2 {
			if e&kindMask != isLiteral {
				break
			}
			// Used even if there is no room, to see whether they are there at all.
			bits >>= e & 15
			have -= uint(e & 15)
			if n >= len(dst) {
				err = errShortOutput
				break loop
			}
			dst[n] = byte(e >> 16)
			n++
			e = lit[bits&(1<<litRoot-1)]
		}
		if e&kindMask == isTable {
			bits >>= litRoot
			have -= litRoot
			e = lit[(e>>16+uint32(bits)&(1<<(e>>4&15)-1))%litTable]
		}
		bits >>= e & 15
		have -= uint(e & 15)
		switch e & kindMask {
		case isLiteral:
			if n >= len(dst) {
				err = errShortOutput
				break loop
			}
			dst[n] = byte(e >> 16)
			n++
			continue
		case isEnd:
			err = nil
			break loop
		case isBase:
		default:
			break loop
		}
		length := int(e>>16) + int(bits&(1<<(e>>4&15)-1))
		bits >>= e >> 4 & 15
		have -= uint(e >> 4 & 15)
		if have < 15+13 {
			f.bits, f.have, f.next = bits, have, next
			f.fill()
			bits, have, next = f.bits, f.have, f.next
		}
		e = dist[bits&(1<<distRoot-1)]
		if e&kindMask == isTable {
			bits >>= distRoot
			have -= distRoot
			e = dist[(e>>16+uint32(bits)&(1<<(e>>4&15)-1))%distTable]
		}
		bits >>= e & 15
		have -= uint(e & 15)
		if e&kindMask != isBase {
			break
		}
		back := int(e>>16) + int(bits&(1<<(e>>4&15)-1))
		bits >>= e >> 4 & 15
		have -= uint(e >> 4 & 15)
		if back > n {
			break
		}
		if length > len(dst)-n {
			err = errShortOutput
			break
		}
		if back >= length {
			copy(dst[n:n+length], dst[n-back:])
		} else {
			// What is copied is made while it is copied.
			for i := range length {
				dst[n+i] = dst[n-back+i]
			}
		}
		n += length
	}
	f.bits, f.have, f.next, f.n = bits, have, next, n
	return err
}
