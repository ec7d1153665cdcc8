package packs

import (
	"encoding/binary"
	"fmt"
)

var errDelta = fmt.Errorf("malformed delta: %w", ErrCorrupt)

// checkDelta reads the start of a delta and follows its instructions without
// carrying them out, because a few bytes can ask for gigabytes. It answers the
// size of the result and where the instructions start.
func checkDelta(delta []byte, base, limit uint64) (result uint64, start int, err error) {
	from, n := binary.Uvarint(delta)
	if n <= 0 || from != base {
		return 0, 0, errDelta
	}
	to, m := binary.Uvarint(delta[n:])
	if m <= 0 {
		return 0, 0, errDelta
	}
	if to > limit {
		return 0, 0, fmt.Errorf("%d bytes: %w", to, ErrTooLarge)
	}
	start = n + m
	for i := start; i < len(delta); {
		c := delta[i]
		i++
		if c&0x80 == 0 {
			n := int(c)
			if n == 0 || n > len(delta)-i {
				return 0, 0, errDelta
			}
			i += n
			result += uint64(n)
		} else {
			offset, size, used := copyInstruction(c, delta[i:])
			if used < 0 || offset+size > base {
				return 0, 0, errDelta
			}
			i += used
			result += size
		}
	}
	if result != to {
		return 0, 0, errDelta
	}
	return result, start, nil
}

// applyDelta makes the result of a delta in dst, which has just that size. The
// instructions were checked against this base.
func applyDelta(dst, base, delta []byte) {
	for i := 0; i < len(delta); {
		c := delta[i]
		i++
		if c&0x80 == 0 {
			dst = dst[copy(dst, delta[i:i+int(c)]):]
			i += int(c)
			continue
		}
		offset, size, used := copyInstruction(c, delta[i:])
		i += used
		dst = dst[copy(dst, base[offset:offset+size]):]
	}
}

// copyInstruction reads which part of the base is to be copied, and how many
// bytes say so; -1 when they are not all there.
func copyInstruction(c byte, rest []byte) (offset, size uint64, used int) {
	for bit := range 7 {
		if c&(1<<bit) == 0 {
			continue
		}
		if used == len(rest) {
			return 0, 0, -1
		}
		if bit < 4 {
			offset |= uint64(rest[used]) << (8 * bit)
		} else {
			size |= uint64(rest[used]) << (8 * (bit - 4))
		}
		used++
	}
	if size == 0 {
		size = 1 << 16
	}
	return offset, size, used
}
