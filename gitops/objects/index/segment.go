package index

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"

	"github.com/klauspost/compress/zstd"
)

// A segment is a file of the cache: a run of commits and what they changed, never changed once it
// is written. It is a head and a number of chunks:
//
//	head    magic, format (4 bytes), size of ids (1), first ordinal (4), number of commits (4), number of chunks (4), CRC-32C of the head
//	chunk   kind (4 bytes), size as it was (4), size as stored (4), CRC-32C of these and of what is stored (4), stored bytes
//
// Numbers are little-endian; within chunks they are varints. What is stored is compressed, but for ids, which cannot be.

// format is the version of the files. Files of another one are built anew.
const format = 2

const magic = "plumbidx"

const (
	headSize  = len(magic) + 4 + 1 + 4 + 4 + 4 + 4
	chunkHead = 16
	largest   = 1 << 30 // No chunk is larger; a size above it is damage.
)

// kind says what a chunk holds.
type kind string

const (
	chunkIDs     kind = "ids "
	chunkCommits kind = "cmts"
	chunkPeople  kind = "ppl "
	chunkLengths kind = "lens" // Of messages.
	chunkText    kind = "text" // Messages as they lie in memory, a chunk for each block.
	chunkCapital kind = "caps" // The capitals that belong to it.
	chunkPaths   kind = "path"
	chunkPosts   kind = "post"
	chunkUnknown kind = "unkn"
)

// kinds are those that a segment has once each.
var kinds = []kind{chunkIDs, chunkCommits, chunkPeople, chunkLengths, chunkPaths, chunkPosts, chunkUnknown}

var errDamaged = errors.New("the file is damaged")

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// segmentWriter writes a segment. After an error nothing more is written.
type segmentWriter struct {
	to   io.Writer
	size int64
	err  error
	zstd *zstd.Encoder
	room []byte
}

// pressWindow is how far back a repetition is looked for, in bytes.
const pressWindow = 1 << 20

// newSegmentWriter begins the segment of some commits with its head.
func newSegmentWriter(to io.Writer, idSize int, from Ordinal, commits, chunks int) *segmentWriter {
	// It is not kept: it has more memory than many an index. Options that are not wrong give no error.
	e, _ := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(pressWindow), zstd.WithLowerEncoderMem(true))
	w := &segmentWriter{to: to, zstd: e}
	head := binary.LittleEndian.AppendUint32([]byte(magic), format)
	head = append(head, byte(idSize))
	for _, n := range []int{int(from), commits, chunks} {
		head = binary.LittleEndian.AppendUint32(head, uint32(n))
	}
	w.write(binary.LittleEndian.AppendUint32(head, checksum(head, nil)))
	return w
}

func (w *segmentWriter) write(data []byte) {
	if w.err == nil {
		_, w.err = w.to.Write(data)
		w.size += int64(len(data))
	}
}

func (w *segmentWriter) chunk(k kind, data []byte) {
	stored := data
	if k != chunkIDs {
		w.room = w.zstd.EncodeAll(data, w.room[:0])
		stored = w.room
	}
	head := binary.LittleEndian.AppendUint32([]byte(k), uint32(len(data)))
	head = binary.LittleEndian.AppendUint32(head, uint32(len(stored)))
	w.write(binary.LittleEndian.AppendUint32(head, checksum(head, stored)))
	w.write(stored)
}

func checksum(head, data []byte) uint32 {
	return crc32.Update(crc32.Checksum(head, castagnoli), castagnoli, data)
}

// segment is a segment whose head was checked, and whose chunks are still to be read.
type segment struct {
	file    io.ReaderAt
	from    Ordinal
	commits int
	single  map[kind]chunk
	text    []chunk
	capital []chunk
	zstd    *zstd.Decoder
}

// chunk is where a chunk is in the file.
type chunk struct {
	kind   kind
	at     int64 // Where what is stored begins.
	size   int   // As it was.
	stored int
	head   [chunkHead]byte
}

// openSegment reads the heads of a segment: it was written by this version, and has all chunks.
func openSegment(file io.ReaderAt, size int64, idSize int) (s segment, err error) {
	var head [headSize]byte
	if err := readAt(file, head[:], 0); err != nil {
		return s, err
	}
	rest := head[len(magic):]
	if string(head[:len(magic)]) != magic || checksum(head[:headSize-4], nil) != binary.LittleEndian.Uint32(rest[17:]) {
		return s, errDamaged
	}
	if v := binary.LittleEndian.Uint32(rest); v != format || int(rest[4]) != idSize {
		return s, fmt.Errorf("the file has format %d and ids of %d bytes: %w", v, rest[4], errDamaged)
	}
	s = segment{
		file: file, from: Ordinal(binary.LittleEndian.Uint32(rest[5:])), commits: int(binary.LittleEndian.Uint32(rest[9:])),
		single: map[kind]chunk{},
	}
	at := int64(headSize)
	for range binary.LittleEndian.Uint32(rest[13:]) {
		c, err := readChunk(file, at)
		if err != nil {
			return s, err
		}
		switch _, twice := s.single[c.kind]; {
		case c.kind == chunkText:
			s.text = append(s.text, c)
		case c.kind == chunkCapital:
			s.capital = append(s.capital, c)
		case twice || !slices.Contains(kinds, c.kind):
			return s, errDamaged
		default:
			s.single[c.kind] = c
		}
		at = c.at + int64(c.stored)
	}
	if at != size || len(s.single) != len(kinds) || s.commits > maxCommits {
		return s, errDamaged
	}
	// It is not kept, because it holds on to what it read last.
	s.zstd, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(largest))
	return s, err
}

// readAt fills memory from a file, which must have so much.
func readAt(file io.ReaderAt, to []byte, at int64) error {
	n, err := file.ReadAt(to, at)
	switch {
	case n == len(to):
		return nil
	case errors.Is(err, io.EOF):
		return errDamaged
	}
	return err
}

// readChunk reads the head of a chunk.
func readChunk(file io.ReaderAt, at int64) (c chunk, err error) {
	if err := readAt(file, c.head[:], at); err != nil {
		return c, err
	}
	size, stored := binary.LittleEndian.Uint32(c.head[4:]), binary.LittleEndian.Uint32(c.head[8:])
	if size > largest || stored > largest {
		return c, errDamaged
	}
	c.kind, c.size, c.stored, c.at = kind(c.head[:4]), int(size), int(stored), at+chunkHead
	return c, nil
}

// fill reads what is stored in a chunk.
func (s *segment) fill(c chunk, to []byte) error {
	if err := readAt(s.file, to, c.at); err != nil {
		return err
	}
	if checksum(c.head[:12], to) != binary.LittleEndian.Uint32(c.head[12:]) {
		return errDamaged
	}
	return nil
}

// unpack answers what a chunk holds, in this memory if it is large enough.
func (s *segment) unpack(c chunk, to []byte) ([]byte, error) {
	stored := make([]byte, c.stored)
	if err := s.fill(c, stored); err != nil {
		return nil, err
	}
	data, err := s.zstd.DecodeAll(stored, to)
	if err != nil || len(data) != c.size {
		return nil, errDamaged
	}
	return data, nil
}

// unpackTo fills memory with what a chunk holds, which must be just as long.
func (s *segment) unpackTo(c chunk, to []byte) error {
	if c.size != len(to) {
		return errDamaged
	}
	data, err := s.unpack(c, to[:0:len(to)])
	// Mostly it is there already.
	copy(to, data)
	return err
}

// read unpacks the only chunk of a kind.
func (s *segment) read(k kind) (*reading, error) {
	c := s.single[k]
	// Memory is only taken as far as there is something to fill it with.
	data, err := s.unpack(c, make([]byte, 0, min(c.size, 64*c.stored)))
	return &reading{data: data}, err
}
