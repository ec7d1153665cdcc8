package index

import (
	"io"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"
)

// decode appends the commits of a segment to the columns and what they changed to the paths. On an error both
// are half changed and of no use.
func decode(file io.ReaderAt, size int64, c *columns, p *paths) error {
	s, err := openSegment(file, size, c.idSize)
	if err != nil {
		return err
	}
	defer s.zstd.Close()
	ids := s.single[chunkIDs]
	if int(s.from) != c.len() || s.commits > maxCommits-c.len() || ids.size != s.commits*c.idSize || ids.stored != ids.size || int64(ids.size) > size {
		return errDamaged
	}
	c.ids = slices.Grow(c.ids, ids.size)[:len(c.ids)+ids.size]
	var group errgroup.Group
	// Each of these leaves what belongs to the others alone.
	group.Go(func() error { return s.fill(ids, c.ids[len(c.ids)-ids.size:]) })
	group.Go(func() error { return c.decodeCommits(&s) })
	group.Go(func() error { return p.decode(&s) })
	group.Go(func() error { return c.messages.decode(&s) })
	return group.Wait()
}

func (c *columns) decodeCommits(s *segment) error {
	if err := c.decodePeople(s); err != nil {
		return err
	}
	r, err := s.read(chunkCommits)
	if err != nil {
		return err
	}
	n := s.commits
	if n > r.left() {
		return errDamaged
	}
	c.flags, c.when, c.wrote = slices.Grow(c.flags, n), slices.Grow(c.when, n), slices.Grow(c.wrote, n)
	c.author, c.by, c.parentsEnd = slices.Grow(c.author, n), slices.Grow(c.by, n), slices.Grow(c.parentsEnd, n)
	c.parents = slices.Grow(c.parents, n+n/2)
	total := int64(s.from) + int64(n)
	var before stamp
	for o := int64(s.from); o < total; o++ {
		f := flags(r.byte())
		when := r.stamp(before)
		wrote := r.stamp(when)
		before = when
		author, by := r.below(len(c.people)), r.below(len(c.people))
		for range r.count() {
			d := r.int()
			p := o + d
			if p < 0 || p >= total {
				return errDamaged
			}
			if d == 0 {
				p = int64(Absent)
			}
			c.parents = append(c.parents, Ordinal(p))
		}
		if r.damaged {
			return errDamaged
		}
		c.flags, c.when, c.wrote = append(c.flags, f), append(c.when, when), append(c.wrote, wrote)
		c.author, c.by = append(c.author, uint32(author)), append(c.by, uint32(by))
		c.parentsEnd = append(c.parentsEnd, uint32(len(c.parents)))
	}
	return r.err()
}

func (r *reading) stamp(from stamp) stamp {
	const zone = 1<<zoneBits - 1
	seconds := int64(from>>zoneBits) + r.int()
	return stamp(seconds<<zoneBits | (int64(from&zone)+r.int())&zone)
}

func (c *columns) decodePeople(s *segment) error {
	r, err := s.read(chunkPeople)
	if err != nil {
		return err
	}
	n := r.count()
	c.people = slices.Grow(c.people, n)
	for range n {
		c.people = append(c.people, person{string(r.bytes()), string(r.bytes())})
	}
	return r.err()
}

func (m *messages) decode(s *segment) error {
	r, err := s.read(chunkLengths)
	if err != nil {
		return err
	}
	if s.commits > r.left() {
		return errDamaged
	}
	before := m.end()
	m.ends = slices.Grow(m.ends, s.commits)
	for range s.commits {
		length := r.below(maxMessage + 1)
		if !m.hasRoom(length) {
			return errDamaged
		}
		end := m.end()
		if length > 0 {
			end = uint32(place(end, length)) + uint32(length)
		}
		m.ends = append(m.ends, end)
	}
	if err := r.err(); err != nil {
		return err
	}
	for len(m.blocks)<<blockBits < int(m.end()) {
		// A block is only made where there is something to fill it with.
		if len(m.blocks) > int(before)>>blockBits+len(s.text) {
			return errDamaged
		}
		m.blocks = append(m.blocks, new(block))
	}
	var group errgroup.Group
	n := 0
	m.parts(before, func(b *block, from, to int) {
		if n++; n > len(s.text) || n > len(s.capital) {
			return
		}
		text, capital := s.text[n-1], s.capital[n-1]
		group.Go(func() error {
			if err := s.unpackTo(text, b.text[from:to]); err != nil {
				return err
			}
			return s.unpackTo(capital, b.capitals[from/8:to/8])
		})
	})
	if err := group.Wait(); err != nil {
		return err
	}
	if n != len(s.text) || n != len(s.capital) {
		return errDamaged
	}
	return nil
}

// longestNames is how many bytes the names of all paths may have.
const longestNames = 1 << 30

// decode takes in the paths of a segment.
func (p *paths) decode(s *segment) error {
	names, err := s.read(chunkPaths)
	if err != nil {
		return err
	}
	posts, err := s.read(chunkPosts)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	count, length := names.count(), names.below(longestNames+1)
	// Names and lists are cut from one piece of memory each. Lists grow out of it when something is added.
	var texts strings.Builder
	texts.Grow(min(length, 64*len(names.data)))
	ends := make([]int, 0, count)
	var name []byte
	for range count {
		shared := names.below(len(name) + 1)
		name = append(name[:shared], names.bytes()...)
		if names.damaged || texts.Len()+len(name) > length {
			return errDamaged
		}
		texts.Write(name)
		ends = append(ends, texts.Len())
	}
	if err := names.err(); err != nil {
		return err
	}
	if p.names == nil {
		p.names, p.posts = make([]string, 0, count), make([][]post, 0, count)
	} else {
		p.index()
	}
	lists := make([]post, 0, posts.count())
	all, from, end := texts.String(), 0, int(s.from)+s.commits
	for _, to := range ends {
		begin := len(lists)
		if !posts.list(&lists, s.from, end) {
			return errDamaged
		}
		p.take(all[from:to], lists[begin:len(lists):len(lists)])
		from = to
	}
	if err := posts.err(); err != nil || len(lists) != cap(lists) {
		return errDamaged
	}
	return p.decodeKnown(s)
}

// list reads the posts of one path, which are of commits up to an end.
func (r *reading) list(lists *[]post, from Ordinal, end int) bool {
	n := r.count()
	if r.damaged || n > cap(*lists)-len(*lists) {
		return false
	}
	last := uint64(newPost(from, false))
	for range n {
		d := r.uint()
		if last += d; d >= 1<<32 || last>>1 >= uint64(end) {
			return false
		}
		*lists = append(*lists, post(last))
	}
	return !r.damaged
}

// take adds the posts of a path.
func (p *paths) take(name string, list []post) {
	if p.find == nil {
		p.names, p.posts = append(p.names, name), append(p.posts, list)
		return
	}
	i, ok := p.find[name]
	if !ok {
		i = p.name(name)
	}
	if p.posts[i] == nil {
		p.posts[i] = list
	} else {
		p.posts[i] = append(p.posts[i], list...)
	}
}

// decodeKnown takes in of which commits of a segment it is known what they changed: of all but some.
func (p *paths) decodeKnown(s *segment) error {
	r, err := s.read(chunkUnknown)
	if err != nil {
		return err
	}
	end := s.from + Ordinal(s.commits)
	p.known, p.looked = p.known.through(s.from, end), p.looked.through(s.from, end)
	p.count += s.commits
	for r.left() > 0 && !r.damaged {
		p.known.Remove(s.from + Ordinal(r.below(s.commits)))
	}
	return r.err()
}
