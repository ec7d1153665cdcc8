package packs

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"runtime/debug"
)

// index is a pack's table of contents: ids in order, and where each object
// begins. It lies over the bytes of the file. Only the fan-out, which bounds
// every search, is copied, so that it cannot change once it was checked.
type index struct {
	idSize int
	count  int // Objects.
	fanout [256]uint32

	ids     []byte // Ids, stride bytes apart, each after skip bytes.
	stride  int
	skip    int
	offsets []byte // Offsets of four bytes, stride bytes apart in version 1, four in version 2.
	large   []byte // Offsets of eight bytes, for packs beyond 2 GiB.
}

var idxMagic = []byte("\377tOc")

// parseIndex checks the frame of an idx file: all later reads stay within its
// parts. That ids are in order is not checked: if not, they are not found.
func parseIndex(data []byte, idSize int) (*index, error) {
	x := &index{idSize: idSize}
	rest := data
	version := 1
	if bytes.HasPrefix(rest, idxMagic) {
		if len(rest) < 8 {
			return nil, fmt.Errorf("truncated: %w", ErrCorrupt)
		}
		if version = int(binary.BigEndian.Uint32(rest[4:])); version != 2 {
			return nil, fmt.Errorf("version %d is not known", version)
		}
		rest = rest[8:]
	}
	if len(rest) < 1024+2*idSize {
		return nil, fmt.Errorf("truncated: %w", ErrCorrupt)
	}
	last := uint32(0)
	for i := range x.fanout {
		n := binary.BigEndian.Uint32(rest[4*i:])
		if n < last {
			return nil, fmt.Errorf("the fan-out is not in order: %w", ErrCorrupt)
		}
		x.fanout[i], last = n, n
	}
	rest = rest[1024 : len(rest)-2*idSize]
	// Held against the file's size before it is ever multiplied.
	if int64(last)*int64(idSize+4) > int64(len(rest)) {
		return nil, fmt.Errorf("%d objects in %d bytes: %w", last, len(data), ErrCorrupt)
	}
	x.count = int(last)
	if version == 1 {
		x.stride, x.skip = idSize+4, 4
		if len(rest) != x.count*x.stride {
			return nil, fmt.Errorf("%d objects in %d bytes: %w", last, len(data), ErrCorrupt)
		}
		x.ids, x.offsets = rest, rest
		return x, nil
	}
	x.stride = idSize
	fixed := x.count * (idSize + 8)
	if len(rest) < fixed || (len(rest)-fixed)%8 != 0 || (len(rest)-fixed)/8 > x.count {
		return nil, fmt.Errorf("%d objects in %d bytes: %w", last, len(data), ErrCorrupt)
	}
	x.ids = rest[:x.count*idSize]
	x.offsets = rest[x.count*(idSize+4) : fixed] // Between them are checksums.
	x.large = rest[fixed:]
	return x, nil
}

// id is the i-th id.
func (x *index) id(i int) []byte {
	start := i*x.stride + x.skip
	return x.ids[start : start+x.idSize]
}

// offset is where the i-th object begins.
func (x *index) offset(i int) (uint64, error) {
	if x.large == nil {
		return uint64(binary.BigEndian.Uint32(x.offsets[i*x.stride:])), nil
	}
	n := binary.BigEndian.Uint32(x.offsets[i*4:])
	if n&(1<<31) == 0 {
		return uint64(n), nil
	}
	i = int(n &^ (1 << 31))
	if i >= len(x.large)/8 {
		return 0, fmt.Errorf("large offset %d of %d: %w", i, len(x.large)/8, ErrCorrupt)
	}
	return binary.BigEndian.Uint64(x.large[i*8:]), nil
}

// find answers where an object begins. Reading a mapped file that someone cut
// short, or whose disk fails, is a fault and not an error of a call; it is made
// one here.
func (x *index) find(id *ID) (offset uint64, ok bool, err error) {
	defer func() {
		if r := recover(); r != nil {
			fault, isFault := r.(interface {
				error
				Addr() uintptr
			})
			if !isFault {
				panic(r)
			}
			offset, ok, err = 0, false, fmt.Errorf("read mapped file: %w", error(fault))
		}
	}()
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	i, ok := x.search(id)
	if !ok {
		return 0, false, nil
	}
	offset, err = x.offset(i)
	return offset, err == nil, err
}

// search finds the position of an id. Ids are as good as random, so a guess by
// their value is close; every other step halves instead, which bounds the
// search where they are not random.
func (x *index) search(id *ID) (int, bool) {
	lo, hi := 0, int(x.fanout[id[0]])
	if id[0] > 0 {
		lo = int(x.fanout[id[0]-1])
	}
	key := binary.BigEndian.Uint32(id[1:])
	loKey, hiKey := uint32(0), ^uint32(0)
	for step := 0; lo < hi; step++ {
		mid := int(uint(lo+hi) / 2)
		if step&3 != 3 && loKey <= key && key <= hiKey && loKey < hiKey {
			mid = lo + int(uint64(key-loKey)*uint64(hi-lo-1)/uint64(hiKey-loKey))
		}
		at := x.id(mid)
		switch c := bytes.Compare(id[:x.idSize], at); {
		case c == 0:
			return mid, true
		case c < 0:
			hi, hiKey = mid, binary.BigEndian.Uint32(at[1:])
		default:
			lo, loKey = mid+1, binary.BigEndian.Uint32(at[1:])
		}
	}
	return 0, false
}
