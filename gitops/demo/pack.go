package demo

import (
	"bytes"
	"compress/zlib"
	"context"
	"crypto/sha1"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"plumb/gitops/objects"
	"plumb/model"
)

// recorder is a store that remembers the bytes of all that is written to it, to
// be put into one pack: hundreds of loose files would cost more than all else together.
type recorder struct {
	objects.Store

	mu      sync.Mutex
	objects []packed
	known   map[model.Hash]bool
}

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

func record(s objects.Store) *recorder { return &recorder{Store: s, known: map[model.Hash]bool{}} }

func (r *recorder) keep(id model.Hash, kind byte, data []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.known[id] {
		r.known[id] = true
		r.objects = append(r.objects, packed{id, kind, data})
	}
}

// WriteBlob stores data.
func (r *recorder) WriteBlob(ctx context.Context, data []byte) (model.Hash, error) {
	id, err := r.Store.WriteBlob(ctx, data)
	if err == nil {
		r.keep(id, packedBlob, data)
	}
	return id, err
}

// WriteTree stores a tree.
func (r *recorder) WriteTree(ctx context.Context, entries []objects.TreeEntry) (model.Hash, error) {
	id, err := r.Store.WriteTree(ctx, entries)
	if err == nil {
		r.keep(id, packedTree, encodeTree(entries))
	}
	return id, err
}

// WriteCommit stores a commit.
func (r *recorder) WriteCommit(ctx context.Context, c objects.NewCommit) (model.Hash, error) {
	id, err := r.Store.WriteCommit(ctx, c)
	if err == nil {
		r.keep(id, packedCommit, encodeCommit(c))
	}
	return id, err
}

// encodeTree writes what the store accepted as a tree.
func encodeTree(entries []objects.TreeEntry) []byte {
	name := func(e objects.TreeEntry) string {
		if e.Mode == model.ModeTree {
			return e.Name + "/"
		}
		return e.Name
	}
	sorted := slices.Clone(entries)
	slices.SortFunc(sorted, func(a, b objects.TreeEntry) int { return strings.Compare(name(a), name(b)) })
	var data []byte
	for _, e := range sorted {
		data = fmt.Appendf(data, "%o %s\x00%s", uint32(e.Mode), e.Name, rawID(e.Hash))
	}
	return data
}

// encodeCommit writes what the store accepted as a commit.
func encodeCommit(c objects.NewCommit) []byte {
	data := fmt.Appendf(nil, "tree %s\n", c.Tree)
	for _, p := range c.Parents {
		data = fmt.Appendf(data, "parent %s\n", p)
	}
	person := func(role string, s objects.Signature) {
		data = fmt.Appendf(data, "%s %s <%s> %d %s\n", role, s.Name, s.Email, s.When.Unix(), s.When.Format("-0700"))
	}
	person("author", c.Author)
	person("committer", c.Committer)
	data = fmt.Appendf(data, "\n%s", c.Message)
	if !strings.HasSuffix(c.Message, "\n") {
		data = append(data, '\n')
	}
	return data
}

func rawID(id model.Hash) []byte {
	raw, _ := hex.DecodeString(string(id)) // The store made it.
	return raw
}

// writePack writes all recorded objects as one pack with its index into the directory.
func (r *recorder) writePack(dir string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var pack bytes.Buffer
	pack.WriteString("PACK")
	number(&pack, 2)
	number(&pack, len(r.objects))
	index := make([]packedAt, 0, len(r.objects))
	z, err := zlib.NewWriterLevel(&pack, zlib.BestSpeed)
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
