package index

import (
	"math/bits"
	"slices"
	"sync"
)

// paths know which commits changed which path: against their first parent, and for a merge also
// whether the path differs from all of its parents. They only grow, and may be asked meanwhile.
type paths struct {
	mu     sync.RWMutex
	names  []string
	posts  [][]post
	known  Set               // Commits whose changed paths are all here.
	looked Set               // Those, and the ones of which it cannot be told.
	count  int               // How many have been looked at.
	adds   int               // How often something was added.
	find   map[string]uint32 // Made when the first path is added.
}

// post is a commit that changed a path: its ordinal, shifted, and in the lowest bit whether the path differs from all parents.
type post uint32

func newPost(o Ordinal, fromAll bool) post {
	p := post(o) << 1
	if fromAll {
		p |= 1
	}
	return p
}

func (p post) ordinal() Ordinal { return Ordinal(p >> 1) }
func (p post) fromAll() bool    { return p&1 != 0 }

// batch is what some commits changed.
type batch struct {
	commits []Ordinal
	changes []changed
	arena   []byte // The paths, one after the other.
}

// changed is one path in a batch.
type changed struct {
	end  uint32 // Where the path ends in the arena; it begins where the one before ends.
	post post
}

func (b *batch) reset() { b.commits, b.changes, b.arena = b.commits[:0], b.changes[:0], b.arena[:0] }

func (b *batch) add(path []byte, p post) {
	b.arena = append(b.arena, path...)
	b.changes = append(b.changes, changed{uint32(len(b.arena)), p})
}

// add takes in a batch, and answers how often that was done. Of the unknown commits it cannot be told what they changed.
func (p *paths) add(b *batch, unknown []Ordinal) (adds int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.index()
	from := uint32(0)
	for _, c := range b.changes {
		path := b.arena[from:c.end]
		from = c.end
		i, ok := p.find[string(path)]
		if !ok {
			i = p.name(string(path))
		}
		p.posts[i] = append(p.posts[i], c.post)
	}
	p.known = p.known.with(b.commits)
	p.looked = p.looked.with(b.commits).with(unknown)
	p.count += len(b.commits) + len(unknown)
	p.adds++
	return p.adds
}

// index makes it possible to find paths by name, which only adding needs.
func (p *paths) index() {
	if p.find != nil {
		return
	}
	p.find = make(map[string]uint32, len(p.names))
	for i, name := range p.names {
		p.find[name] = uint32(i)
	}
}

// name adds a path, and answers its number.
func (p *paths) name(name string) uint32 {
	i := uint32(len(p.names))
	p.names, p.posts = append(p.names, name), append(p.posts, nil)
	p.find[name] = i
	return i
}

// lookedAt is how many commits were looked at.
func (p *paths) lookedAt() int {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.count
}

func (p *paths) isKnown(o Ordinal) bool {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.known.Has(o)
}

// each calls see for each path until it answers false.
func (p *paths) each(see func(path string) bool) {
	for _, name := range p.all() {
		if !see(name) {
			return
		}
	}
}

// all are the paths there are now.
func (p *paths) all() []string {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.names
}

// left are the commits below n that nobody looked at yet, and that are not among some others.
func (p *paths) left(n int, but Set) (left []Ordinal) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	for o := range Ordinal(n) {
		if !p.looked.Has(o) && !but.Has(o) {
			left = append(left, o)
		}
	}
	return left
}

// unknown are the commits that were looked at without result, although nothing on this side stands in the way.
func (p *paths) unknown(c *columns) (unknown []Ordinal) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	for i, looked := range p.looked {
		if i < len(p.known) {
			looked &^= p.known[i]
		}
		for ; looked != 0; looked &= looked - 1 {
			o := Ordinal(i<<6 + bits.TrailingZeros64(looked))
			if !slices.Contains(c.parentsOf(o), Absent) {
				unknown = append(unknown, o)
			}
		}
	}
	return unknown
}

// forget makes commits of which nothing is known be looked at again.
func (p *paths) forget(unknown []Ordinal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, o := range unknown {
		p.looked.Remove(o)
	}
	p.count -= len(unknown)
}

// match is the set of commits below n that changed a path that wants wants. Of merges it takes
// those where the path differs from all parents, or with byFirst from the first one.
func (p *paths) match(n int, byFirst bool, wants func(path string) bool) Set {
	wanted := p.wanted(wants)
	set := NewSet(n)
	p.mu.RLock()
	defer p.mu.RUnlock()
	for _, i := range wanted {
		p.addTo(set, n, byFirst, i)
	}
	return set
}
