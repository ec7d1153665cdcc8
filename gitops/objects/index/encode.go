package index

import (
	"cmp"
	"encoding/binary"
	"io"
	"slices"
)

// encode writes the segment of the commits from an ordinal on, and of the people from a number on, and answers its size.
func encode(to io.Writer, c *columns, p *paths, from Ordinal, people int) (int64, error) {
	chunks := len(kinds)
	before := c.messages.endOf(from)
	c.messages.parts(before, func(*block, int, int) { chunks += 2 })
	w := newSegmentWriter(to, c.idSize, from, c.len()-int(from), chunks)
	w.chunk(chunkIDs, c.ids[int(from)*c.idSize:])
	w.chunk(chunkCommits, encodeCommits(c, from))
	w.chunk(chunkPeople, encodePeople(c.people[people:]))
	w.chunk(chunkLengths, c.messages.encodeLengths(from))
	// Messages are stored as they lie in memory, so that they are there as soon as they are unpacked.
	c.messages.parts(before, func(b *block, from, to int) {
		w.chunk(chunkText, b.text[from:to])
		w.chunk(chunkCapital, b.capitals[from/8:to/8])
	})
	w.paths(p, from, c.len())
	return w.size, w.err
}

func encodeCommits(c *columns, from Ordinal) []byte {
	b := make([]byte, 0, 16*(c.len()-int(from)))
	var before stamp
	for o := from; int(o) < c.len(); o++ {
		b = append(b, byte(c.flags[o]))
		b = appendStamp(b, c.when[o], before)
		b = appendStamp(b, c.wrote[o], c.when[o])
		before = c.when[o]
		b = binary.AppendUvarint(b, uint64(c.author[o]))
		b = binary.AppendUvarint(b, uint64(c.by[o]))
		parents := c.parentsOf(o)
		b = binary.AppendUvarint(b, uint64(len(parents)))
		for _, p := range parents {
			// A commit is not its own parent, so a distance of nothing is free for what is absent.
			if p == Absent {
				p = o
			}
			b = binary.AppendVarint(b, int64(p)-int64(o))
		}
	}
	return b
}

// appendStamp writes how a stamp differs from another one: seconds, and then the zone.
func appendStamp(b []byte, s, from stamp) []byte {
	const zone = 1<<zoneBits - 1
	b = binary.AppendVarint(b, int64(s>>zoneBits)-int64(from>>zoneBits))
	return binary.AppendVarint(b, int64(s&zone)-int64(from&zone))
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

func (m *messages) encodeLengths(from Ordinal) (lengths []byte) {
	for o := from; int(o) < len(m.ends); o++ {
		_, begin, end := m.span(o)
		lengths = binary.AppendUvarint(lengths, uint64(end-begin))
	}
	return lengths
}

// parts calls do for the part of each block that holds messages which follow one that ends there. The parts begin and end
// at multiples of eight.
func (m *messages) parts(before uint32, do func(b *block, from, to int)) {
	at, end := (uint64(before)+7)&^7, (uint64(m.end())+7)&^7
	for at < end {
		n := at >> blockBits
		next := min((n+1)<<blockBits, end)
		do(m.blocks[n], int(at-n<<blockBits), int(next-n<<blockBits))
		at = next
	}
}

// paths stores the paths that the commits from an ordinal on changed, in order, each with what it does not share with
// the one before, and who changed it.
func (w *segmentWriter) paths(p *paths, from Ordinal, n int) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	changed, total, length := p.since(from)
	names := binary.AppendUvarint(nil, uint64(len(changed)))
	names = binary.AppendUvarint(names, uint64(length))
	posts := binary.AppendUvarint(nil, uint64(total))
	before := ""
	var sorted []post
	for _, c := range changed {
		name := p.names[c.path]
		shared := 0
		for shared < min(len(before), len(name)) && before[shared] == name[shared] {
			shared++
		}
		names = binary.AppendUvarint(names, uint64(shared))
		names = binary.AppendUvarint(names, uint64(len(name)-shared))
		names = append(names, name[shared:]...)
		before = name
		sorted = append(sorted[:0], p.posts[c.path][c.from:]...)
		slices.Sort(sorted)
		posts = binary.AppendUvarint(posts, uint64(len(sorted)))
		last := newPost(from, false)
		for _, q := range sorted {
			posts = binary.AppendUvarint(posts, uint64(q-last))
			last = q
		}
	}
	var unknown []byte
	for o := from; int(o) < n; o++ {
		if !p.known.Has(o) {
			unknown = binary.AppendUvarint(unknown, uint64(o-from))
		}
	}
	w.chunk(chunkPaths, names)
	w.chunk(chunkPosts, posts)
	w.chunk(chunkUnknown, unknown)
}

// tail is a path, and where the posts of some last commits begin in its list.
type tail struct{ path, from int }

// since are the paths, in order, that commits from an ordinal on changed; how often they did, and how long all names are together.
func (p *paths) since(from Ordinal) (changed []tail, total, length int) {
	for i, posts := range p.posts {
		// What was found last is last, so those of an extension stand at the end.
		at := len(posts)
		for at > 0 && posts[at-1].ordinal() >= from {
			at--
		}
		if at < len(posts) {
			changed = append(changed, tail{i, at})
			total += len(posts) - at
			length += len(p.names[i])
		}
	}
	slices.SortFunc(changed, func(a, b tail) int { return cmp.Compare(p.names[a.path], p.names[b.path]) })
	return changed, total, length
}
