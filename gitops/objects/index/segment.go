package index

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
	"sync"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/sync/errgroup"
)

// A segment is a file of the cache: a run of commits and what they changed, never changed once it
// is written. It is a head and a number of chunks:
//
//	head    magic, format (4 bytes), idSize (1), first ordinal (4), number of commits (4), number of chunks (4)
//	chunk   kind (4 bytes), size as it was (4), size as stored (4), CRC-32C of what is stored (4), stored bytes
//
// Numbers are little-endian; within chunks they are varints. What is stored is compressed, but for ids, which cannot be.

// format is the version of the files. Files of another one are built anew.
const format = 1

const magic = "plumbidx"

const (
	headSize  = len(magic) + 4 + 1 + 4 + 4 + 4
	chunkHead = 16
	textPiece = 4 << 20 // Messages are stored in pieces, which are unpacked side by side.
	largest   = 1 << 31 // No chunk is larger; a size above it is damage.
)

// The kinds of chunk.
const (
	chunkIDs     = "ids "
	chunkCommits = "cmts"
	chunkPeople  = "ppl "
	chunkLengths = "lens"
	chunkText    = "text"
	chunkPaths   = "path"
	chunkPosts   = "post"
	chunkUnknown = "unkn"
)

var errDamaged = errors.New("the file is damaged")

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

var pressing = sync.OnceValue(func() *zstd.Encoder {
	// Without options that can be wrong there is no error.
	e, _ := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	return e
})

var unpacking = sync.OnceValue(func() *zstd.Decoder {
	d, _ := zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(largest))
	return d
})

// segmentWriter puts a segment together in memory.
type segmentWriter struct {
	out    []byte
	chunks int
}

func (w *segmentWriter) chunk(kind string, data []byte, press bool) {
	stored := data
	if press {
		stored = pressing().EncodeAll(data, nil)
	}
	w.out = append(w.out, kind...)
	w.out = binary.LittleEndian.AppendUint32(w.out, uint32(len(data)))
	w.out = binary.LittleEndian.AppendUint32(w.out, uint32(len(stored)))
	w.out = binary.LittleEndian.AppendUint32(w.out, crc32.Checksum(stored, castagnoli))
	w.out = append(w.out, stored...)
	w.chunks++
}

// encode makes the segment of the commits from an ordinal on, and of the people from a number on.
func encode(c *columns, p *paths, from Ordinal, people int) []byte {
	w := segmentWriter{out: make([]byte, headSize)}
	n := c.len() - int(from)
	w.chunk(chunkIDs, c.ids[int(from)*c.idSize:], false)
	w.chunk(chunkCommits, encodeCommits(c, from), true)
	w.chunk(chunkPeople, encodePeople(c.people[people:]), true)
	w.text(c, from)
	w.paths(p, from, c.len())
	head := append(w.out[:0:0], magic...)
	head = binary.LittleEndian.AppendUint32(head, format)
	head = append(head, byte(c.idSize))
	head = binary.LittleEndian.AppendUint32(head, uint32(from))
	head = binary.LittleEndian.AppendUint32(head, uint32(n))
	head = binary.LittleEndian.AppendUint32(head, uint32(w.chunks))
	copy(w.out, head)
	return w.out
}

func encodeCommits(c *columns, from Ordinal) []byte {
	var b []byte
	var before stamp
	for o := from; int(o) < c.len(); o++ {
		b = append(b, byte(c.flags[o]))
		when, wrote := c.when[o], c.wrote[o]
		b = binary.AppendVarint(b, when.seconds-before.seconds)
		b = binary.AppendVarint(b, int64(when.zone-before.zone))
		b = binary.AppendVarint(b, wrote.seconds-when.seconds)
		b = binary.AppendVarint(b, int64(wrote.zone-when.zone))
		before = when
		b = binary.AppendUvarint(b, uint64(c.author[o]))
		b = binary.AppendUvarint(b, uint64(c.by[o]))
		first, end := c.span(o)
		b = binary.AppendUvarint(b, uint64(end-first))
		for i := range int(end - first) {
			// A commit is not its own parent, so a distance of nothing is free for what is absent.
			if p := c.parent(o, i); p == Absent {
				b = binary.AppendVarint(b, 0)
			} else {
				b = binary.AppendVarint(b, int64(p)-int64(o))
			}
		}
	}
	return b
}

func encodePeople(people []person) []byte {
	b := binary.AppendUvarint(nil, uint64(len(people)))
	for _, p := range people {
		for _, s := range []string{p.name, p.email} {
			b = binary.AppendUvarint(b, uint64(len(s)))
			b = append(b, s...)
		}
	}
	return b
}

func (w *segmentWriter) text(c *columns, from Ordinal) {
	var lengths []byte
	for o := from; int(o) < c.len(); o++ {
		lengths = binary.AppendUvarint(lengths, uint64(len(c.message(o))))
	}
	w.chunk(chunkLengths, lengths, true)
	begin := 0
	if from > 0 {
		begin = int(c.textEnd[from-1])
	}
	for piece := range slices.Chunk(c.text[begin:], textPiece) {
		w.chunk(chunkText, piece, true)
	}
}

// paths stores the paths that the commits from an ordinal on changed, in order, each with what it does not share with
// the one before, and who changed it.
func (w *segmentWriter) paths(p *paths, from Ordinal, n int) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	type changedPath struct {
		name  string
		posts []post
	}
	var all []changedPath
	for i, posts := range p.posts {
		// What was found last is last, so those of an extension stand at the end.
		at := len(posts)
		for at > 0 && posts[at-1].ordinal() >= from {
			at--
		}
		if at < len(posts) {
			sorted := slices.Clone(posts[at:])
			slices.Sort(sorted)
			all = append(all, changedPath{p.names[i], sorted})
		}
	}
	slices.SortFunc(all, func(a, b changedPath) int { return cmp.Compare(a.name, b.name) })
	names := binary.AppendUvarint(nil, uint64(len(all)))
	var posts, unknown []byte
	before := ""
	for _, c := range all {
		shared := 0
		for shared < min(len(before), len(c.name)) && before[shared] == c.name[shared] {
			shared++
		}
		names = binary.AppendUvarint(names, uint64(shared))
		names = binary.AppendUvarint(names, uint64(len(c.name)-shared))
		names = append(names, c.name[shared:]...)
		before = c.name
		posts = binary.AppendUvarint(posts, uint64(len(c.posts)))
		last := newPost(from, false)
		for _, q := range c.posts {
			posts = binary.AppendUvarint(posts, uint64(q-last))
			last = q
		}
	}
	for o := from; int(o) < n; o++ {
		if !p.known.Has(o) {
			unknown = binary.AppendUvarint(unknown, uint64(o-from))
		}
	}
	w.chunk(chunkPaths, names, true)
	w.chunk(chunkPosts, posts, true)
	w.chunk(chunkUnknown, unknown, true)
}

// decode appends the commits of a segment to the columns and what they changed to the paths. On an error both
// are half changed and of no use.
func decode(data []byte, c *columns, p *paths) error {
	if len(data) < headSize || string(data[:len(magic)]) != magic {
		return errDamaged
	}
	head := data[len(magic):headSize]
	if v := binary.LittleEndian.Uint32(head); v != format {
		return fmt.Errorf("the file has format %d, this is %d", v, format)
	}
	if int(head[4]) != c.idSize || binary.LittleEndian.Uint32(head[5:]) != uint32(c.len()) {
		return errDamaged
	}
	n := int(binary.LittleEndian.Uint32(head[9:]))
	chunks, err := unpack(data[headSize:], int(binary.LittleEndian.Uint32(head[13:])))
	if err != nil {
		return err
	}
	from := Ordinal(c.len())
	if len(chunks[chunkIDs]) != n*c.idSize {
		return errDamaged
	}
	c.ids = append(c.ids, chunks[chunkIDs]...)
	c.text = append(c.text, chunks[chunkText]...)
	var group errgroup.Group
	group.Go(func() error {
		r := reading{chunks[chunkCommits]}
		return errors.Join(r.people(chunks[chunkPeople], c), r.commits(c, from, n), r.lengths(chunks[chunkLengths], c, n))
	})
	group.Go(func() error {
		return p.decode(chunks[chunkPaths], chunks[chunkPosts], chunks[chunkUnknown], from, n)
	})
	return group.Wait()
}

// unpack checks all chunks, and joins those of the same kind.
func unpack(data []byte, n int) (map[string][]byte, error) {
	type piece struct {
		kind   string
		stored []byte
		data   []byte
	}
	var pieces []piece
	for range n {
		if len(data) < chunkHead {
			return nil, errDamaged
		}
		kind, size, stored, sum := string(data[:4]), binary.LittleEndian.Uint32(data[4:]), binary.LittleEndian.Uint32(data[8:]), binary.LittleEndian.Uint32(data[12:])
		data = data[chunkHead:]
		if uint64(stored) > uint64(len(data)) || size > largest {
			return nil, errDamaged
		}
		if crc32.Checksum(data[:stored], castagnoli) != sum {
			return nil, errDamaged
		}
		p := piece{kind: kind, stored: data[:stored]}
		if kind == chunkIDs {
			p.data = p.stored
		} else {
			p.data = make([]byte, 0, min(size, textPiece*16))
		}
		pieces = append(pieces, p)
		data = data[stored:]
	}
	if len(data) > 0 {
		return nil, errDamaged
	}
	var group errgroup.Group
	for i := range pieces {
		if p := &pieces[i]; p.kind != chunkIDs {
			group.Go(func() (err error) { p.data, err = unpacking().DecodeAll(p.stored, p.data); return err })
		}
	}
	if err := group.Wait(); err != nil {
		return nil, fmt.Errorf("%w: %w", errDamaged, err)
	}
	chunks := map[string][]byte{}
	for _, p := range pieces {
		if chunks[p.kind] == nil {
			chunks[p.kind] = p.data
		} else {
			chunks[p.kind] = append(chunks[p.kind], p.data...)
		}
	}
	return chunks, nil
}

// reading takes varints from a chunk.
type reading struct{ data []byte }

func (r *reading) uint() (uint64, error) {
	v, n := binary.Uvarint(r.data)
	if n <= 0 {
		return 0, errDamaged
	}
	r.data = r.data[n:]
	return v, nil
}

func (r *reading) int() (int64, error) {
	v, n := binary.Varint(r.data)
	if n <= 0 {
		return 0, errDamaged
	}
	r.data = r.data[n:]
	return v, nil
}

// below is a number that has to be less than the limit.
func (r *reading) below(limit int) (int, error) {
	v, err := r.uint()
	if err != nil || v >= uint64(limit) {
		return 0, errDamaged
	}
	return int(v), nil
}

func (r *reading) bytes(n int) ([]byte, error) {
	if n > len(r.data) {
		return nil, errDamaged
	}
	b := r.data[:n]
	r.data = r.data[n:]
	return b, nil
}

func (r *reading) commits(c *columns, from Ordinal, n int) error {
	total := int(from) + n
	c.flags, c.when, c.wrote = slices.Grow(c.flags, n), slices.Grow(c.when, n), slices.Grow(c.wrote, n)
	c.author, c.by, c.parentsEnd = slices.Grow(c.author, n), slices.Grow(c.by, n), slices.Grow(c.parentsEnd, n)
	c.parents = slices.Grow(c.parents, n+n/2)
	var before stamp
	for range n {
		b, err := r.bytes(1)
		if err != nil {
			return err
		}
		var v [4]int64
		for i := range v {
			if v[i], err = r.int(); err != nil {
				return err
			}
		}
		when := stamp{before.seconds + v[0], before.zone + int16(v[1])}
		before = when
		author, errA := r.below(len(c.people))
		by, errB := r.below(len(c.people))
		parents, errP := r.below(1 << 16)
		if errA != nil || errB != nil || errP != nil {
			return errDamaged
		}
		o := int64(c.len())
		for range parents {
			d, err := r.int()
			p := o + d
			if err != nil || p < 0 || p >= int64(total) {
				return errDamaged
			}
			if d == 0 {
				p = int64(Absent)
			}
			c.parents = append(c.parents, uint32(p))
		}
		c.flags = append(c.flags, flags(b[0]))
		c.when, c.wrote = append(c.when, when), append(c.wrote, stamp{when.seconds + v[2], when.zone + int16(v[3])})
		c.author, c.by = append(c.author, uint32(author)), append(c.by, uint32(by))
		c.parentsEnd = append(c.parentsEnd, uint32(len(c.parents)))
	}
	return nil
}

func (r *reading) people(chunk []byte, c *columns) error {
	in := reading{chunk}
	n, err := in.below(len(chunk) + 1)
	if err != nil {
		return err
	}
	for range n {
		var s [2]string
		for i := range s {
			size, err := in.below(len(chunk) + 1)
			if err != nil {
				return err
			}
			b, err := in.bytes(size)
			if err != nil {
				return err
			}
			s[i] = string(b)
		}
		c.people = append(c.people, person{s[0], s[1]})
	}
	return nil
}

func (r *reading) lengths(chunk []byte, c *columns, n int) error {
	in := reading{chunk}
	end := 0
	if len(c.textEnd) > 0 {
		end = int(c.textEnd[len(c.textEnd)-1])
	}
	c.textEnd = slices.Grow(c.textEnd, n)
	for range n {
		size, err := in.below(len(c.text) - end + 1)
		if err != nil {
			return err
		}
		end += size
		c.textEnd = append(c.textEnd, uint32(end))
	}
	if end != len(c.text) {
		return errDamaged
	}
	return nil
}

// decode takes in the paths of a segment.
func (p *paths) decode(names, posts, unknown []byte, from Ordinal, n int) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	in, lists := reading{names}, reading{posts}
	count, err := in.below(len(names) + 1)
	if err != nil {
		return err
	}
	merging := len(p.names) > 0
	if merging {
		p.index()
	}
	var before []byte
	// Lists are cut from one piece of memory, and grow out of it only when something is added.
	arena := make([]post, 0, len(posts))
	for range count {
		shared, errA := in.below(len(before) + 1)
		rest, errB := in.below(len(names) + 1)
		if errA != nil || errB != nil {
			return errDamaged
		}
		b, err := in.bytes(rest)
		if err != nil {
			return err
		}
		before = append(before[:shared], b...)
		size, err := lists.below(len(posts) + 1)
		if err != nil {
			return err
		}
		begin, last := len(arena), uint64(newPost(from, false))
		for range size {
			d, err := lists.uint()
			last += d
			if err != nil || last>>1 >= uint64(from)+uint64(n) {
				return errDamaged
			}
			arena = append(arena, post(last))
		}
		list := arena[begin:len(arena):len(arena)]
		if i, ok := p.find[string(before)]; merging && ok {
			p.posts[i] = append(p.posts[i], list...)
			continue
		}
		name := string(before)
		if merging {
			p.find[name] = uint32(len(p.names))
		}
		p.names, p.posts = append(p.names, name), append(p.posts, list)
	}
	return p.decodeKnown(unknown, from, n)
}

func (p *paths) decodeKnown(unknown []byte, from Ordinal, n int) error {
	all := make([]Ordinal, n)
	for i := range all {
		all[i] = from + Ordinal(i)
	}
	p.known, p.looked = p.known.with(all), p.looked.with(all)
	p.count += n
	in := reading{unknown}
	for len(in.data) > 0 {
		o, err := in.below(n)
		if err != nil {
			return err
		}
		p.known.Remove(from + Ordinal(o))
	}
	return nil
}
