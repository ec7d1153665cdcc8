package packs

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"testing"
)

// expected is what a delta makes of a base, slowly and byte by byte, as the
// format's documentation says it.
func expected(base, delta []byte) (result []byte, ok bool) {
	for len(delta) > 0 {
		c := delta[0]
		delta = delta[1:]
		if c < 0x80 {
			if c == 0 || int(c) > len(delta) {
				return nil, false
			}
			result = append(result, delta[:c]...)
			delta = delta[c:]
			continue
		}
		var number [7]byte
		for i := range number {
			if c>>i&1 == 1 {
				if len(delta) == 0 {
					return nil, false
				}
				number[i], delta = delta[0], delta[1:]
			}
		}
		offset := int(binary.LittleEndian.Uint32(number[:4]))
		size := int(number[4]) | int(number[5])<<8 | int(number[6])<<16
		if size == 0 {
			size = 0x10000
		}
		if offset+size > len(base) || len(result) > 1<<20 {
			return nil, false
		}
		result = append(result, base[offset:offset+size]...)
	}
	return result, true
}

func FuzzDelta(f *testing.F) {
	f.Add([]byte("0123456789"), []byte("\x91\x02\x03\x02xy\x90\x05"), 7)
	f.Add([]byte("0123456789"), []byte("\x80"), 1<<16)
	f.Add(make([]byte, 1<<17), []byte("\x80\xff\x01\x00\x00\x00\x05\x00\x01"), 1<<17)
	f.Add([]byte(""), []byte("\x05abc"), 3)
	f.Fuzz(func(t *testing.T, base, instructions []byte, size int) {
		delta := binary.AppendUvarint(nil, uint64(len(base)))
		delta = binary.AppendUvarint(delta, uint64(size))
		delta = append(delta, instructions...)
		want, ok := expected(base, instructions)
		ok = ok && len(want) == size
		n, start, err := checkDelta(delta, uint64(len(base)), 1<<20)
		if (err == nil) != ok && !errors.Is(err, ErrTooLarge) && len(want) <= 1<<20 {
			t.Fatalf("%v; is a delta: %v", err, ok)
		}
		if err != nil {
			return
		}
		got := make([]byte, n)
		applyDelta(got, base, delta[start:])
		if !bytes.Equal(got, want) {
			t.Errorf("%q instead of %q", got, want)
		}
	})
}

func FuzzIndex(f *testing.F) {
	ids := [][20]byte{{1}, {1, 2}, {7, 7, 7}, {255, 255}}
	for _, version := range []int{1, 2} {
		f.Add(anIndex(version, slices.Clone(ids)), []byte{1, 2})
		f.Add(anIndex(version, nil), []byte{0})
	}
	f.Fuzz(func(t *testing.T, data, wanted []byte) {
		for _, idSize := range []int{20, 32} {
			x, err := parseIndex(data, idSize)
			if err != nil {
				continue
			}
			var id ID
			copy(id[:], wanted)
			_, _, _ = x.find(&id)
			for i := range min(x.count, 100) {
				copy(id[:], x.id(i))
				_, _, _ = x.find(&id)
			}
		}
	})
}

// memory is a pack without a file.
type memory struct{ *bytes.Reader }

func (memory) Close() error { return nil }

// inMemory is a session on nothing but a pack of these bytes, whose index finds one id at one offset.
func inMemory(data []byte, idSize int) (*Session, *pack) {
	x, err := parseIndex(anIndex(2, [][20]byte{{9}}), 20)
	if err != nil {
		panic(err)
	}
	x.idSize = idSize
	x.large = binary.BigEndian.AppendUint64(nil, 12)
	p := &pack{path: "pack-memory.pack", file: memory{bytes.NewReader(data)}, end: uint64(len(data)), index: x}
	r := &Reader{idSize: idSize}
	r.packs.Store(&[]*pack{p})
	return r.Session(0), p
}

func FuzzPackEntry(f *testing.F) {
	header := []byte("PACK\x00\x00\x00\x02\x00\x00\x00\x02")
	blob := append([]byte{3<<4 | 10}, deflated(f, []byte("0123456789"), 6)...)
	delta := deflated(f, []byte("\x0a\x02\x91\x01\x02"), 6)
	ofs := append([]byte{6<<4 | 5, byte(len(blob))}, delta...)
	ref := slices.Concat([]byte{7<<4 | 5, 9}, make([]byte, 19), delta)
	f.Add(slices.Concat(header, blob, ofs), uint(12+len(blob)))
	f.Add(slices.Concat(header, blob, ref), uint(12+len(blob)))
	f.Add(slices.Concat(header, ref), uint(12))
	f.Add(slices.Concat(header, blob), uint(12))
	f.Fuzz(func(t *testing.T, data []byte, offset uint) {
		s, p := inMemory(data, 20)
		if uint64(offset) < 12 || uint64(offset) >= p.end {
			return
		}
		u, err := s.unpack(p, uint64(offset))
		if err == nil && (kinds[u.kind] == "" || uint64(len(u.data)) > limitOf(u.kind)) {
			t.Errorf("an object of type %d with %d bytes", u.kind, len(u.data))
		}
		// The cache gives the same again.
		again, err2 := s.unpack(p, uint64(offset))
		if (err == nil) != (err2 == nil) || !bytes.Equal(u.data, again.data) {
			t.Errorf("%q, %v the first time; %q, %v the second", u.data, err, again.data, err2)
		}
	})
}

func FuzzDiff(f *testing.F) {
	entry := func(mode, name string, c byte) []byte {
		return append([]byte(mode+" "+name+"\x00"), bytes.Repeat([]byte{c}, 20)...)
	}
	f.Add(slices.Concat(entry("100644", "a", 1), entry("40000", "d", 2)), slices.Concat(entry("100644", "a", 2), entry("100644", "b", 2)))
	f.Add(entry("100644", "a", 1), entry("40000", "a", 2))
	f.Add([]byte("100644 a"), []byte(nil))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		s, _ := inMemory(make([]byte, 12), 20)
		var ids [2]ID
		for i, data := range [][]byte{a, b} {
			if len(data) > 1<<14 {
				return
			}
			h, room := s.cache.reserve(0, entryTree, uint32(len(data)))
			copy(room, data)
			ids[i] = ID{byte(i + 1)}
			s.cache.remember(&ids[i], h)
		}
		emitted := 0
		err := s.Diff(ids[0], ids[1], func(path []byte, c Change) error {
			emitted++
			if len(path) == 0 || c.OldMode|c.NewMode == 0 || c.OldMode == c.NewMode && c.Old == c.New {
				t.Errorf("%q changed: %+v", path, c)
			}
			return nil
		})
		if bytes.Equal(a, b) && (emitted > 0 || err != nil) {
			t.Errorf("%d changes between equal trees, %v", emitted, err)
		}
		if emitted > len(a)+len(b) {
			t.Errorf("%d changes in %d bytes", emitted, len(a)+len(b))
		}
	})
}
