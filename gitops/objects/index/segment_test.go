package index

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumb/gitops/objects/packs"
)

// invented is an index of commits that no repository has.
func invented(seed uint64, commits int) (columns, *paths) {
	r := rand.New(rand.NewPCG(seed, 3))
	w := newWalker(sha1Size)
	p := new(paths)
	var b batch
	for n := range commits {
		rec := record{when: newStamp(r.Int64N(1<<40), r.IntN(2879)-1439), wrote: never, flags: flags(r.IntN(4))}
		for i := range rec.id[:sha1Size] {
			rec.id[i] = byte(r.Uint32())
		}
		rec.parents = make([]packs.ID, r.IntN(3))
		rec.author = identity{fmt.Append(nil, "person ", r.IntN(9)), fmt.Append(nil, "p@example.org")}
		rec.by = rec.author
		rec.message = []byte(strings.Repeat("Some Words\xc3\xbc\n", r.IntN(9)))
		if r.IntN(20) == 0 {
			rec.message = []byte(strings.Repeat("long ", r.IntN(maxMessage/5)))
		}
		o := w.columns.add(&rec, w.person(rec.author), w.person(rec.by))
		for i := range rec.parents {
			if n > 0 && r.IntN(9) > 0 {
				w.columns.parentsOf(o)[i] = Ordinal((int(o) + 1 + r.IntN(commits)) % commits)
				if w.columns.parentsOf(o)[i] == o {
					w.columns.parentsOf(o)[i] = Absent
				}
			}
		}
		b.reset()
		b.commits = append(b.commits, o)
		for range r.IntN(4) {
			b.add(fmt.Appendf(nil, "directory %d/file %d", r.IntN(5), r.IntN(30)), newPost(o, r.IntN(2) == 0))
		}
		if r.IntN(10) > 0 {
			p.add(&b, nil)
		} else {
			b.reset()
			p.add(&b, []Ordinal{o})
		}
	}
	return w.columns, p
}

// encoded is a segment in memory.
func encoded(c *columns, p *paths, from Ordinal, people int) []byte {
	var b bytes.Buffer
	_, _ = encode(&b, c, p, from, people)
	return b.Bytes()
}

// decoded reads a segment in memory.
func decoded(data []byte, c *columns, p *paths) error {
	return decode(bytes.NewReader(data), int64(len(data)), c, p)
}

// told is all that an index knows, in a form to be compared.
func told(c *columns, p *paths) []string {
	var all []string
	for o := range Ordinal(c.len()) {
		all = append(all, fmt.Sprintf("%x %d %v %v %v %v %v %q %v", c.id(o), c.flags[o], c.when[o], c.wrote[o], c.people[c.author[o]], c.people[c.by[o]],
			c.parentsOf(o), c.messages.appendTo(nil, o), p.known.Has(o)))
	}
	var changed []string
	for i, name := range p.names {
		posts := slices.Clone(p.posts[i])
		slices.Sort(posts)
		changed = append(changed, fmt.Sprint(name, " ", posts))
	}
	slices.Sort(changed)
	return append(append(all, changed...), fmt.Sprint(p.count))
}

func TestSegmentsHoldAllThatAnIndexKnows(t *testing.T) {
	for seed, commits := range []int{1, 2, 50, 400, 1200} {
		c, p := invented(uint64(seed), commits)
		whole := columns{idSize: sha1Size}
		paths := new(paths)
		if err := decoded(encoded(&c, p, 0, 0), &whole, paths); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(told(&c, p), told(&whole, paths)); d != "" {
			t.Errorf("%d commits (-want +got):\n%s", commits, d)
		}
	}
}

func TestASegmentContinuesAnother(t *testing.T) {
	c, p := invented(7, 900)
	// An index as it was after some of the commits: what came later is not in it.
	early := func(n int) (columns, *paths) {
		cut := c
		cut.ids, cut.flags, cut.when, cut.wrote = c.ids[:n*c.idSize], c.flags[:n], c.when[:n], c.wrote[:n]
		cut.author, cut.by, cut.parentsEnd = c.author[:n], c.by[:n], c.parentsEnd[:n]
		cut.parents = slices.Clone(c.parents[:c.parentsEnd[n-1]])
		for i, parent := range cut.parents {
			if int(parent) >= n {
				cut.parents[i] = Absent
			}
		}
		copy(c.parents, cut.parents)
		cut.messages.ends = c.messages.ends[:n]
		q := new(paths)
		q.known, q.looked = p.known, p.looked
		for i, posts := range p.posts {
			var list []post
			for _, post := range posts {
				if int(post.ordinal()) < n {
					list = append(list, post)
				}
			}
			if list != nil {
				q.names, q.posts = append(q.names, p.names[i]), append(q.posts, list)
			}
		}
		return cut, q
	}
	got, paths := columns{idSize: sha1Size}, new(paths)
	for _, n := range []int{1, 300, 301, 640, 900} {
		cut, q := early(n)
		if err := decoded(encoded(&cut, q, Ordinal(got.len()), len(got.people)), &got, paths); err != nil {
			t.Fatalf("up to %d: %v", n, err)
		}
	}
	if d := cmp.Diff(told(&c, p), told(&got, paths)); d != "" {
		t.Errorf("in parts (-want +got):\n%s", d)
	}
}

func TestNoDamageIsTakenForCommits(t *testing.T) {
	c, p := invented(5, 12)
	data := encoded(&c, p, 0, 0)
	for i := range data {
		for _, bits := range []byte{1, 0x80, 0xff} {
			data[i] ^= bits
			if err := decoded(data, &columns{idSize: sha1Size}, new(paths)); err == nil {
				t.Errorf("byte %d of %d changed by %#x is not seen", i, len(data), bits)
			}
			data[i] ^= bits
		}
		if err := decoded(data[:i], &columns{idSize: sha1Size}, new(paths)); err == nil {
			t.Errorf("it is not seen that all after byte %d is missing", i)
		}
	}
	if err := decoded(append(slices.Clone(data), 0), &columns{idSize: sha1Size}, new(paths)); err == nil {
		t.Error("it is not seen that there is a byte too much")
	}
	if err := decoded(data, &columns{idSize: sha256Size}, new(paths)); err == nil {
		t.Error("ids of another size are taken")
	}
	other, q := invented(6, 3)
	if err := decoded(data, &other, q); err == nil {
		t.Error("a segment is taken where others come first")
	}
}

// seal makes chunks as they would be if somebody wrote them on purpose: all sums are right.
func seal(data []byte) []byte {
	if len(data) < headSize {
		return data
	}
	data = slices.Clone(data)
	copy(data, magic)
	binary.LittleEndian.PutUint32(data[len(magic):], format)
	data[len(magic)+4] = sha1Size
	chunks := uint32(0)
	for rest := data[headSize:]; len(rest) >= chunkHead; chunks++ {
		stored := min(int(binary.LittleEndian.Uint32(rest[8:])), len(rest)-chunkHead)
		binary.LittleEndian.PutUint32(rest[8:], uint32(stored))
		// More would only test how much memory there is.
		binary.LittleEndian.PutUint32(rest[4:], binary.LittleEndian.Uint32(rest[4:])%(1<<20))
		binary.LittleEndian.PutUint32(rest[12:], checksum(rest[:12], rest[chunkHead:chunkHead+stored]))
		rest = rest[chunkHead+stored:]
	}
	binary.LittleEndian.PutUint32(data[headSize-8:], chunks)
	binary.LittleEndian.PutUint32(data[headSize-4:], checksum(data[:headSize-4], nil))
	return data
}

// chunked is a segment whose chunks say these things. A fuzzer that changes compressed bytes finds nothing else.
func chunked(n int, ids, commits, people, lengths, names, posts, unknown []byte) []byte {
	var b bytes.Buffer
	w := newSegmentWriter(&b, sha1Size, 0, n, len(kinds)+2)
	for i, data := range [][]byte{ids, commits, people, lengths, names, posts, unknown} {
		w.chunk(kinds[i], data)
	}
	w.chunk(chunkText, bytes.Repeat([]byte("x"), 64))
	w.chunk(chunkCapital, make([]byte, 8))
	return b.Bytes()
}

func FuzzDecode(f *testing.F) {
	for seed, commits := range []int{1, 5, 30} {
		c, p := invented(uint64(seed), commits)
		f.Add(encoded(&c, p, 0, 0))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, data := range [][]byte{data, seal(data)} {
			read(t, data)
		}
	})
}

func FuzzDecodeChunks(f *testing.F) {
	c, _ := invented(1, 5)
	f.Add(uint8(5), encodeCommits(&c, 0), encodePeople(c.people), []byte{1, 2, 3, 4, 5}, []byte{1, 4, 0, 4, 'n', 'a', 'm', 'e'}, []byte{2, 2, 0, 3}, []byte{0})
	f.Add(uint8(1), []byte{0, 0, 0, 0, 0, 0, 0, 1, 0}, []byte{1, 0, 0}, []byte{64}, []byte{2, 3, 0, 1, 'a', 1, 1, 'b'}, []byte{2, 1, 0, 1, 1}, []byte{})
	f.Fuzz(func(t *testing.T, n uint8, commits, people, lengths, names, posts, unknown []byte) {
		read(t, chunked(int(n), make([]byte, int(n)*sha1Size), commits, people, lengths, names, posts, unknown))
	})
}

// read reads a segment that may say anything, and all that is in it if it is taken.
func read(t *testing.T, data []byte) {
	c, p := columns{idSize: sha1Size}, new(paths)
	if decoded(data, &c, p) != nil {
		return
	}
	w := newWalker(sha1Size)
	w.adopt(c)
	s := Snapshot{columns: w.columns, table: w.table, paths: p}
	for o := range Ordinal(s.Len()) {
		_ = s.Commit(o)
		_ = s.Unknown(o)
		for _, parent := range s.Parents(o, nil) {
			if parent != Absent && int(parent) >= s.Len() {
				t.Errorf("commit %d has the parent %d of %d", o, parent, s.Len())
			}
		}
	}
	for _, fold := range []bool{false, true} {
		s.Saying("x", fold)
		s.Touching(fold, func(string) bool { return true })
	}
	again, q := columns{idSize: sha1Size}, new(paths)
	if err := decoded(encoded(&c, p, 0, 0), &again, q); err != nil {
		t.Errorf("it cannot be written again: %v", err)
	}
}
