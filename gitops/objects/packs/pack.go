package packs

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
)

// pack is one pack with its index. It is read from many goroutines.
type pack struct {
	path   string
	number uint64 // Unique within the reader; part of the keys of caches.
	file   packFile
	end    uint64 // Where the entries end and the checksum begins.
	index  *index
	mapped mapping // Of the index.
}

// packFile is the part of [os.File] that a pack needs.
type packFile interface {
	io.ReaderAt
	io.Closer
}

// A position in a pack fits offsetBits; with the number of the pack it is the key of an object.
const (
	offsetBits = 44
	maxPacks   = 1 << (64 - offsetBits)
)

// openPack opens a pack and its index. The error names the file.
func openPack(path string, idSize int, number uint64) (*pack, error) {
	p := &pack{path: path, number: number, mapped: unmapped(nil)}
	if err := p.open(idSize); err != nil {
		_ = p.close()
		return nil, err
	}
	return p, nil
}

func (p *pack) open(idSize int) error {
	if p.number >= maxPacks {
		return fmt.Errorf("%s: more than %d packs", p.path, maxPacks)
	}
	if err := p.openIndex(idSize); err != nil {
		return err
	}
	f, err := openRegular(p.path)
	if err != nil {
		return err
	}
	p.file = f
	info, err := f.Stat()
	if err != nil {
		return err
	}
	var header [12]byte
	if _, err := p.file.ReadAt(header[:], 0); err != nil {
		return fmt.Errorf("%s: read header: %w: %w", p.name(), ErrCorrupt, err)
	}
	version := binary.BigEndian.Uint32(header[4:])
	count := binary.BigEndian.Uint32(header[8:])
	switch size := info.Size(); {
	case !bytes.HasPrefix(header[:], []byte("PACK")):
		return fmt.Errorf("%s: not a pack: %w", p.name(), ErrCorrupt)
	case version != 2 && version != 3:
		return fmt.Errorf("%s: version %d is not known", p.name(), version)
	case int64(count) != int64(p.index.count):
		return fmt.Errorf("%s: %d objects, but %d in its index: %w", p.name(), count, p.index.count, ErrCorrupt)
	case size < int64(len(header)+idSize):
		return fmt.Errorf("%s: truncated: %w", p.name(), ErrCorrupt)
	case size >= 1<<offsetBits:
		return fmt.Errorf("%s: %d bytes: %w", p.name(), size, ErrTooLarge)
	default:
		p.end = uint64(size) - uint64(idSize)
	}
	return nil
}

func (p *pack) openIndex(idSize int) error {
	path := strings.TrimSuffix(p.path, ".pack") + ".idx"
	f, err := openRegular(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	name := filepath.Base(path)
	if size := info.Size(); size < 1024 || int64(int(size)) != size {
		return fmt.Errorf("%s: %d bytes: %w", name, size, ErrCorrupt)
	}
	mapped, err := mapFile(f, int(info.Size()))
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	p.mapped = mapped
	if p.index, err = parseIndex(mapped.data, idSize); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func (p *pack) close() error {
	err := p.mapped.unmap()
	if p.file == nil {
		return err
	}
	return errors.Join(err, p.file.Close())
}

// name is what errors call the pack.
func (p *pack) name() string { return filepath.Base(p.path) }

// key names the object at an offset among all packs of the reader. It is never
// 0, because a pack begins with a header.
func (p *pack) key(offset uint64) uint64 { return p.number<<offsetBits | offset }

// find answers where in the pack an object is.
func (p *pack) find(id *ID) (offset uint64, ok bool, err error) {
	offset, ok, err = p.index.find(id)
	if err == nil && ok && (offset < 12 || offset >= p.end) {
		err = fmt.Errorf("offset %d is outside of the pack: %w", offset, ErrCorrupt)
	}
	if err != nil {
		return 0, false, fmt.Errorf("%s: %w", p.name(), err)
	}
	return offset, ok, nil
}

// The types of the entries of a pack, as they are numbered in it.
const (
	entryCommit   = 1
	entryTree     = 2
	entryBlob     = 3
	entryTag      = 4
	entryOfsDelta = 6
	entryRefDelta = 7
)

// kinds are the kinds of the entries that are no deltas.
var kinds = [8]Kind{entryCommit: Commit, entryTree: Tree, entryBlob: Blob, entryTag: Tag}

// entry is what stands before the compressed data of an object in a pack.
type entry struct {
	kind byte   // One of the entry constants.
	size uint64 // Of the data, unpacked: the object or the delta.
	skip uint64 // Bytes from the entry's begin to its data.
	back uint64 // How far before this entry its base begins, for entryOfsDelta.
	base ID     // The base, for entryRefDelta.
}

// maxEntryHeader is the most that can stand before the data of an entry.
const maxEntryHeader = 10 + 32

var errEntry = fmt.Errorf("truncated entry: %w", ErrCorrupt)

// parseEntry reads what stands before the data. It is given all of it, or all
// that the pack has.
func parseEntry(data []byte, idSize int) (e entry, err error) {
	if len(data) == 0 {
		return e, errEntry
	}
	c := data[0]
	e.kind = c >> 4 & 7
	e.size = uint64(c & 15)
	i := 1
	for shift := 4; c&0x80 != 0; shift += 7 {
		if i == len(data) {
			return e, errEntry
		}
		if shift > 56 {
			return e, fmt.Errorf("the size has too many digits: %w", ErrCorrupt)
		}
		c = data[i]
		e.size |= uint64(c&0x7f) << shift
		i++
	}
	switch e.kind {
	case entryCommit, entryTree, entryBlob, entryTag:
	case entryOfsDelta:
		for first := true; first || c&0x80 != 0; first = false {
			if i == len(data) {
				return e, errEntry
			}
			if e.back >= 1<<offsetBits {
				return e, fmt.Errorf("the base is outside of the pack: %w", ErrCorrupt)
			}
			c = data[i]
			if !first {
				e.back++
			}
			e.back = e.back<<7 | uint64(c&0x7f)
			i++
		}
	case entryRefDelta:
		if len(data)-i < idSize {
			return e, errEntry
		}
		i += copy(e.base[:], data[i:i+idSize])
	default:
		return e, fmt.Errorf("entry of unknown type %d: %w", e.kind, ErrCorrupt)
	}
	e.skip = uint64(i)
	return e, nil
}
