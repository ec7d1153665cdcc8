package packs_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"plumb/gitops/objects/packs"
)

// The types of entries, as they are numbered in a pack.
const (
	aCommit   = 1
	aTree     = 2
	aBlob     = 3
	anOffset  = 6 // A delta upon what is so many bytes before it.
	aRefDelta = 7
)

// crafted is an entry of a pack that git would not write.
type crafted struct {
	kind   int
	size   uint64 // What it says; 0 to tell the truth about data.
	base   string // What stands before the data of a delta.
	data   string
	stream string // Instead of data that is compressed.
}

// nth is the id of the n-th entry of a crafted pack.
func nth(n int) packs.ID { return packs.ID{byte(n >> 8), byte(n), 0xee} }

// craft makes a repository with one pack of those entries.
func craft(t testing.TB, entries ...crafted) *packs.Reader {
	t.Helper()
	dir := t.TempDir()
	writePack(t, dir, "pack-crafted", entries)
	return open(t, dir, 20)
}

func writePack(t testing.TB, dir, name string, entries []crafted) {
	t.Helper()
	pack := binary.BigEndian.AppendUint32([]byte("PACK\x00\x00\x00\x02"), uint32(len(entries)))
	var ids, crcs, offsets []byte
	var fanout [256]uint32
	for i, e := range entries {
		id := nth(i)
		ids = append(ids, id[:20]...)
		crcs = append(crcs, 0, 0, 0, 0)
		offsets = binary.BigEndian.AppendUint32(offsets, uint32(len(pack)))
		for b := int(id[0]); b < 256; b++ {
			fanout[b]++
		}
		size := e.size
		if size == 0 {
			size = uint64(len(e.data))
		}
		c := byte(e.kind)<<4 | byte(size&15)
		for size >>= 4; size > 0; size >>= 7 {
			pack = append(pack, c|0x80)
			c = byte(size & 0x7f)
		}
		pack = append(append(pack, c), e.base...)
		if e.stream == "" {
			e.stream = deflated(t, e.data)
		}
		pack = append(pack, e.stream...)
	}
	idx := []byte("\xfftOc\x00\x00\x00\x02")
	for _, n := range fanout {
		idx = binary.BigEndian.AppendUint32(idx, n)
	}
	idx = slices.Concat(idx, ids, crcs, offsets, make([]byte, 40))
	writeFile(t, filepath.Join(dir, "objects", "pack", name+".idx"), idx)
	writeFile(t, filepath.Join(dir, "objects", "pack", name+".pack"), append(pack, make([]byte, 20)...))
}

func writeFile(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	// What git wrote is read-only.
	os.Remove(path)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func deflated(t testing.TB, data string) string {
	t.Helper()
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	if _, err := w.Write([]byte(data)); err != nil {
		t.Fatal(err)
	}
	w.Close()
	return b.String()
}

// allocated is how many bytes f makes the program allocate.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// varint is a size in a delta.
func varint(n uint64) string { return string(binary.AppendUvarint(nil, n)) }

// self is the id of the n-th entry as it stands before a delta.
func self(n int) string {
	id := nth(n)
	return string(id[:20])
}
