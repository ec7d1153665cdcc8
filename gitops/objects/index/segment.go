package index

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
	"sync"

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

var unpacking = sync.OnceValue(func() *zstd.Decoder {
	d, _ := zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(largest))
	return d
})

// segmentWriter puts a segment together in memory.
type segmentWriter struct {
	out    []byte
	chunks int
	zstd   *zstd.Encoder
}

func newSegmentWriter() *segmentWriter {
	// It is not kept: it has more memory than many an index. Options that are not wrong give no error.
	e, _ := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(pressWindow), zstd.WithLowerEncoderMem(true))
	return &segmentWriter{out: make([]byte, headSize), zstd: e}
}

// pressWindow is how far back a repetition is looked for, in bytes.
const pressWindow = 1 << 20

func (w *segmentWriter) chunk(k kind, data []byte) {
	at := len(w.out)
	w.out = append(w.out, k...)
	w.out = binary.LittleEndian.AppendUint32(w.out, uint32(len(data)))
	w.out = append(w.out, make([]byte, chunkHead-8)...)
	if k == chunkIDs {
		w.out = append(w.out, data...)
	} else {
		w.out = w.zstd.EncodeAll(data, w.out)
	}
	stored := w.out[at+chunkHead:]
	binary.LittleEndian.PutUint32(w.out[at+8:], uint32(len(stored)))
	binary.LittleEndian.PutUint32(w.out[at+12:], checksum(w.out[at:at+12], stored))
	w.chunks++
}

// finish writes the head, and answers the segment.
func (w *segmentWriter) finish(idSize int, from Ordinal, n int) []byte {
	head := append(w.out[:0], magic...)
	head = binary.LittleEndian.AppendUint32(head, format)
	head = append(head, byte(idSize))
	head = binary.LittleEndian.AppendUint32(head, uint32(from))
	head = binary.LittleEndian.AppendUint32(head, uint32(n))
	head = binary.LittleEndian.AppendUint32(head, uint32(w.chunks))
	binary.LittleEndian.AppendUint32(head, checksum(head, nil))
	return w.out
}

func checksum(head, data []byte) uint32 {
	return crc32.Update(crc32.Checksum(head, castagnoli), castagnoli, data)
}

// segment is a segment that was checked and not unpacked.
type segment struct {
	from    Ordinal
	commits int
	single  map[kind]chunk
	text    []chunk
	capital []chunk
}

type chunk struct {
	kind   kind
	size   int
	stored []byte
}

// parseSegment checks a segment: what comes through was written by this version and is whole.
func parseSegment(data []byte, idSize int) (s segment, err error) {
	if len(data) < headSize || string(data[:len(magic)]) != magic {
		return s, errDamaged
	}
	head := data[len(magic):headSize]
	if v := binary.LittleEndian.Uint32(head); v != format {
		return s, fmt.Errorf("the file has format %d, this is %d", v, format)
	}
	if checksum(data[:headSize-4], nil) != binary.LittleEndian.Uint32(head[17:]) || int(head[4]) != idSize {
		return s, errDamaged
	}
	s.from, s.commits = Ordinal(binary.LittleEndian.Uint32(head[5:])), int(binary.LittleEndian.Uint32(head[9:]))
	s.single = map[kind]chunk{}
	data = data[headSize:]
	for range binary.LittleEndian.Uint32(head[13:]) {
		var c chunk
		if c, data, err = cutChunk(data); err != nil {
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
	}
	if len(data) > 0 || len(s.single) != len(kinds) || s.commits > maxCommits {
		return s, errDamaged
	}
	return s, nil
}

// cutChunk takes the first chunk from the data.
func cutChunk(data []byte) (c chunk, rest []byte, err error) {
	if len(data) < chunkHead {
		return c, nil, errDamaged
	}
	head, rest := data[:chunkHead], data[chunkHead:]
	size, stored := binary.LittleEndian.Uint32(head[4:]), binary.LittleEndian.Uint32(head[8:])
	if uint64(stored) > uint64(len(rest)) || size > largest {
		return c, nil, errDamaged
	}
	c = chunk{kind(head[:4]), int(size), rest[:stored]}
	if checksum(head[:12], c.stored) != binary.LittleEndian.Uint32(head[12:]) {
		return c, nil, errDamaged
	}
	return c, rest[stored:], nil
}

// unpack answers what the chunk holds.
func (c chunk) unpack() ([]byte, error) {
	if c.kind == chunkIDs {
		return c.stored, nil
	}
	// Memory is only taken as far as there is something to fill it with.
	data, err := unpacking().DecodeAll(c.stored, make([]byte, 0, min(c.size, 64*len(c.stored))))
	if err != nil || len(data) != c.size {
		return nil, errDamaged
	}
	return data, nil
}

// unpackTo fills memory with what the chunk holds, which must be just as long.
func (c chunk) unpackTo(to []byte) error {
	if c.size != len(to) {
		return errDamaged
	}
	data, err := unpacking().DecodeAll(c.stored, to[:0:len(to)])
	if err != nil || len(data) != len(to) {
		return errDamaged
	}
	// Mostly it is there already.
	copy(to, data)
	return nil
}
