package demo

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"plumb/model"
)

// packed is one object of the pack.
type packed struct {
	id   model.Hash
	kind byte
	data []byte
}

// The kinds of object, as packs number them.
const (
	packedCommit byte = 1
	packedTree   byte = 2
	packedBlob   byte = 3
)

// writePack writes all recorded objects as one pack with its index into the directory.
func (r *recorder) writePack(dir string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var pack bytes.Buffer
	pack.WriteString("PACK")
	number(&pack, 2)
	number(&pack, len(r.objects))
	index := make([]packedAt, 0, len(r.objects))
	// What is read once and thrown away is not worth the time to compress it.
	z, err := zlib.NewWriterLevel(&pack, zlib.NoCompression)
	if err != nil {
		return fmt.Errorf("pack: %w", err)
	}
	for _, o := range r.objects {
		if err := o.verify(); err != nil {
			return err
		}
		at := packedAt{id: rawID(o.id), offset: pack.Len()}
		o.header(&pack)
		z.Reset(&pack)
		if _, err := z.Write(o.data); err != nil {
			return fmt.Errorf("pack %s: %w", o.id.Short(), err)
		}
		if err := z.Close(); err != nil {
			return fmt.Errorf("pack %s: %w", o.id.Short(), err)
		}
		at.crc = crc32.ChecksumIEEE(pack.Bytes()[at.offset:])
		index = append(index, at)
	}
	sum := sha1.Sum(pack.Bytes())
	pack.Write(sum[:])
	name := filepath.Join(dir, "pack-"+hex.EncodeToString(sum[:]))
	if err := os.WriteFile(name+".pack", pack.Bytes(), 0o444); err != nil {
		return fmt.Errorf("write the pack: %w", err)
	}
	if err := os.WriteFile(name+".idx", encodeIndex(index, sum[:]), 0o444); err != nil {
		return fmt.Errorf("write the pack's index: %w", err)
	}
	return nil
}

var kindNames = map[byte]string{packedCommit: "commit", packedTree: "tree", packedBlob: "blob"}

// verify makes sure that the bytes are those that the store gave the id for.
func (o packed) verify() error {
	h := sha1.New()
	h.Write([]byte(kindNames[o.kind] + " " + strconv.Itoa(len(o.data)) + "\x00"))
	h.Write(o.data)
	if !bytes.Equal(h.Sum(nil), rawID(o.id)) {
		return fmt.Errorf("pack %s %s: it is not what was stored", kindNames[o.kind], o.id.Short())
	}
	return nil
}

// header writes the kind and the size: four bits of it, then seven at a time.
func (o packed) header(b *bytes.Buffer) {
	size := len(o.data)
	c := o.kind<<4 | byte(size&0x0f)
	for size >>= 4; size > 0; size >>= 7 {
		b.WriteByte(c | 0x80)
		c = byte(size & 0x7f)
	}
	b.WriteByte(c)
}

// packedAt is where an object is in the pack.
type packedAt struct {
	id     []byte
	offset int
	crc    uint32
}

// encodeIndex writes the second version of git's pack index.
func encodeIndex(index []packedAt, sum []byte) []byte {
	slices.SortFunc(index, func(a, b packedAt) int { return bytes.Compare(a.id, b.id) })
	var b bytes.Buffer
	b.WriteString("\xfftOc")
	number(&b, 2)
	n := 0
	for first := range 256 {
		for n < len(index) && int(index[n].id[0]) <= first {
			n++
		}
		number(&b, n)
	}
	for _, o := range index {
		b.Write(o.id)
	}
	for _, o := range index {
		number(&b, int(o.crc))
	}
	for _, o := range index {
		number(&b, o.offset)
	}
	b.Write(sum)
	own := sha1.Sum(b.Bytes())
	b.Write(own[:])
	return b.Bytes()
}

func number(b *bytes.Buffer, n int) {
	b.Write(binary.BigEndian.AppendUint32(nil, uint32(n)))
}
