package index

import (
	"sync/atomic"
	"time"

	"plumb/gitops/objects/packs"
)

// Ordinal numbers the commits of an index. A commit keeps its number for as long as the index grows; the
// numbers say nothing about the order of commits.
type Ordinal uint32

// Absent stands for a parent that is not in the index: not read yet, or missing from the repository.
const Absent = ^Ordinal(0)

// columns hold commits, one column per field and hardly a pointer in them: a million commits cost the
// garbage collector nothing. They only grow. One goroutine appends; others read what was there when they got their
// copy of the struct. The one exception are parents: they become known after their child, and are read and written atomically.
type columns struct {
	idSize int
	ids    []byte // idSize bytes per commit.
	trees  []byte // The same, for the trees of the last commits, which are wanted until it is known what they changed.
	flags  []flags
	when   []stamp // Of the committer.
	wrote  []stamp // Of the author.
	author []uint32
	by     []uint32 // The committer.

	parentsEnd []uint32 // Where the parents of a commit end in parents.
	parents    []uint32 // Ordinals, accessed atomically.

	textEnd []uint32 // Where the message of a commit ends in text.
	text    []byte   // Messages as they stand in the objects, in UTF-8.

	people []person
}

// flags are what is to be known of a commit in a bit.
type flags uint8

const signed flags = 1 // Has a signature, which says nothing about whether it is good.

// stamp is a time in seconds since 1970, with the zone that it was written in as minutes east of UTC.
type stamp struct {
	seconds int64
	zone    int16
}

// never is the stamp of a date that could not be read.
const never = -1 << 63

func stampOf(t time.Time) stamp {
	if t.IsZero() {
		return stamp{seconds: never}
	}
	_, offset := t.Zone()
	return stamp{t.Unix(), int16(offset / 60)}
}

func (s stamp) time() time.Time {
	switch {
	case s.seconds == never:
		return time.Time{}
	case s.zone == 0:
		return time.Unix(s.seconds, 0).UTC()
	}
	return time.Unix(s.seconds, 0).In(time.FixedZone("", int(s.zone)*60))
}

// person is a name and an address as they stand in the object, in UTF-8.
type person struct{ name, email string }

// record is a commit as it comes from the repository.
type record struct {
	id, tree    packs.ID
	parents     []packs.ID
	author, by  person
	wrote, when stamp
	message     []byte
	isSigned    bool
}

func (c *columns) len() int { return len(c.flags) }

func (c *columns) id(o Ordinal) []byte { return c.ids[int(o)*c.idSize:][:c.idSize] }

// tree is the id of the commit's tree; not ok for a commit that was read from the cache.
func (c *columns) tree(o Ordinal) (id packs.ID, ok bool) {
	at := int(o)*c.idSize - (len(c.ids) - len(c.trees))
	if at < 0 {
		return id, false
	}
	copy(id[:], c.trees[at:at+c.idSize])
	return id, true
}

// span is where the commit's parents are.
func (c *columns) span(o Ordinal) (from, to uint32) {
	if o > 0 {
		from = c.parentsEnd[o-1]
	}
	return from, c.parentsEnd[o]
}

func (c *columns) parent(o Ordinal, i int) Ordinal {
	from, _ := c.span(o)
	return Ordinal(atomic.LoadUint32(&c.parents[int(from)+i]))
}

func (c *columns) setParent(o Ordinal, i int, p Ordinal) {
	from, _ := c.span(o)
	atomic.StoreUint32(&c.parents[int(from)+i], uint32(p))
}

func (c *columns) message(o Ordinal) []byte {
	var from uint32
	if o > 0 {
		from = c.textEnd[o-1]
	}
	return c.text[from:c.textEnd[o]]
}

// add appends a commit, with its parents still absent.
func (c *columns) add(r *record, author, by uint32) Ordinal {
	o := Ordinal(c.len())
	var f flags
	if r.isSigned {
		f |= signed
	}
	c.ids = append(c.ids, r.id[:c.idSize]...)
	c.trees = append(c.trees, r.tree[:c.idSize]...)
	c.flags = append(c.flags, f)
	c.when, c.wrote = append(c.when, r.when), append(c.wrote, r.wrote)
	c.author, c.by = append(c.author, author), append(c.by, by)
	for range r.parents {
		c.parents = append(c.parents, uint32(Absent))
	}
	c.parentsEnd = append(c.parentsEnd, uint32(len(c.parents)))
	c.text = append(c.text, r.message...)
	c.textEnd = append(c.textEnd, uint32(len(c.text)))
	return o
}
