package packs

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"
)

// anIndex is an idx file of both versions for the ids.
func anIndex(version int, ids [][20]byte) []byte {
	slices.SortFunc(ids, func(a, b [20]byte) int { return bytes.Compare(a[:], b[:]) })
	var data []byte
	if version == 2 {
		data = append(data, "\xfftOc\x00\x00\x00\x02"...)
	}
	for b := range 256 {
		n := 0
		for _, id := range ids {
			if int(id[0]) <= b {
				n++
			}
		}
		data = binary.BigEndian.AppendUint32(data, uint32(n))
	}
	for i, id := range ids {
		if version == 1 {
			data = binary.BigEndian.AppendUint32(data, uint32(100+i))
		}
		data = append(data, id[:]...)
	}
	if version == 2 {
		data = append(data, make([]byte, 4*len(ids))...)
		for i := range ids {
			data = binary.BigEndian.AppendUint32(data, uint32(1<<31|i))
		}
		for i := range ids {
			data = binary.BigEndian.AppendUint64(data, uint64(100+i))
		}
	}
	return append(data, make([]byte, 40)...)
}

// TestEveryIDOfAnIndexIsFound: ids are searched by their value, which fails first where they are no hashes.
func TestEveryIDOfAnIndexIsFound(t *testing.T) {
	var same, spread, steep [][20]byte
	for i := range 3000 {
		var id [20]byte
		binary.BigEndian.PutUint32(id[16:], uint32(2*i))
		same = append(same, id)
		binary.BigEndian.PutUint64(id[:], uint64(i)*0x9e3779b97f4a7c15)
		spread = append(spread, id)
		clear(id[:])
		binary.BigEndian.PutUint64(id[1:], 1<<(i%64))
		binary.BigEndian.PutUint32(id[12:], uint32(i))
		steep = append(steep, id)
	}
	ends := [][20]byte{{}, {0: 255}, {18: 1}, [20]byte(bytes.Repeat([]byte{255}, 20))}
	for name, ids := range map[string][][20]byte{"none": nil, "all but the same": same, "like hashes": spread, "far from even": steep, "the ends": ends} {
		for _, version := range []int{1, 2} {
			x, err := parseIndex(anIndex(version, ids), 20)
			if err != nil {
				t.Fatal(err)
			}
			for i := range ids {
				var id ID
				copy(id[:], ids[i][:])
				if offset, ok, err := x.find(&id); err != nil || !ok || offset != uint64(100+i) {
					t.Errorf("%s, version %d: id %d is at %d, %v, %v", name, version, i, offset, ok, err)
				}
				id[19] ^= 1
				if _, ok, err := x.find(&id); ok || err != nil {
					t.Errorf("%s, version %d: an id that is not there is found, %v", name, version, err)
				}
			}
		}
	}
}
