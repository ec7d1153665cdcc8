package index

import (
	"plumb/gitops/objects/packs"
)

// Ordinal numbers the commits of an index. A commit keeps its number for as long as the index grows; the
// numbers say nothing about the order of commits.
type Ordinal uint32

// Absent stands for a parent that is not in the index: not read yet, or missing from the repository.
const Absent = ^Ordinal(0)

// columns hold commits, one column per field and hardly a pointer in them: a million commits cost the
// garbage collector nothing. They only grow. One goroutine appends; others read what was there when they got their
// copy of the struct. The one exception are the parents of a commit: they become known after it, when it
// leaves the frontier, and nobody else may look at them before.
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
	parents    []Ordinal

	messages messages
	people   []person
}

// flags are what is to be known of a commit in a bit.
type flags uint8

const (
	signed   flags = 1 << iota // Has a signature, which says nothing about whether it is good.
	boundary                   // Has parents beyond the shallow boundary, which count as none.
	foreign                    // Has letters beyond ASCII in its message.
)

// person is a name and an address as they stand in the object, in UTF-8.
type person struct{ name, email string }

func (c *columns) len() int { return len(c.flags) }

func (c *columns) id(o Ordinal) []byte { return c.ids[int(o)*c.idSize:][:c.idSize] }

// key is the id in the form in which objects are asked for.
func (c *columns) key(o Ordinal) (id packs.ID) {
	copy(id[:], c.id(o))
	return id
}

// tree is the id of the commit's tree; not ok for a commit that was read from the cache.
func (c *columns) tree(o Ordinal) (id packs.ID, ok bool) {
	at := int(o)*c.idSize - (len(c.ids) - len(c.trees))
	if at < 0 {
		return id, false
	}
	copy(id[:], c.trees[at:at+c.idSize])
	return id, true
}

// parentsOf are the parents of a commit that has left the frontier. They must not be changed.
func (c *columns) parentsOf(o Ordinal) []Ordinal {
	var from uint32
	if o > 0 {
		from = c.parentsEnd[o-1]
	}
	return c.parents[from:c.parentsEnd[o]]
}

// add appends a commit, with its parents still absent.
func (c *columns) add(r *record, author, by uint32) Ordinal {
	o := Ordinal(c.len())
	f := r.flags
	if c.messages.add(r.message) {
		f |= foreign
	}
	c.ids = append(c.ids, r.id[:c.idSize]...)
	c.trees = append(c.trees, r.tree[:c.idSize]...)
	c.flags = append(c.flags, f)
	c.when, c.wrote = append(c.when, r.when), append(c.wrote, r.wrote)
	c.author, c.by = append(c.author, author), append(c.by, by)
	for range r.parents {
		c.parents = append(c.parents, Absent)
	}
	c.parentsEnd = append(c.parentsEnd, uint32(len(c.parents)))
	return o
}

// hasRoom reports whether another commit can be numbered.
func (c *columns) hasRoom(r *record) bool {
	return c.len() < maxCommits && len(c.parents)+len(r.parents) < 1<<32 && c.messages.hasRoom(len(r.message))
}
