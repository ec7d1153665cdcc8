package packs

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"

	"plumb/model"
)

// Change is one path that differs between two trees. A mode of 0 and a zero id
// say that the path is not there on that side.
type Change struct {
	OldMode, NewMode model.FileMode
	Old, New         ID
}

// Limits on trees that are compared. Git's own limit on depth is the same; the
// others are far beyond any repository that people work with.
const (
	maxTreeDepth = 2048
	maxTreePairs = 1 << 22   // Directories compared in one call.
	maxPath      = 1 << 20   // Bytes of a path.
	maxOwned     = 512 << 20 // Bytes of trees that are too large for the cache.
)

// Diff streams the paths that differ between two trees, without descending
// where ids are equal. The zero id is the empty tree. The paths, their order and modes are those
// of "git diff-tree -r --raw --no-renames": files, links and submodules, never
// directories. Path is valid only during the call of emit, which must not use
// the session; an error of emit ends the comparison and is what Diff answers.
func (s *Session) Diff(a, b ID, emit func(path []byte, c Change) error) error {
	d := differ{s: s, emit: emit}
	err := d.trees(a, b, 0)
	if err != nil && !d.stopped {
		return fmt.Errorf("compare trees %s and %s: %w", s.r.Hash(a).Short(), s.r.Hash(b).Short(), err)
	}
	return err
}

// differ is one comparison.
type differ struct {
	s       *Session
	emit    func(path []byte, c Change) error
	path    []byte
	pairs   int
	owned   int
	stopped bool // The error is one of emit.
}

// side is one of the two trees that are compared.
type side struct {
	id   ID
	u    unpacked
	own  bool // The data is not the cache's.
	next int  // Where the next entry begins.
}

// rest is what was not compared yet.
func (t *side) rest() []byte { return t.u.data[t.next:] }

// isThere reports whether the data was loaded and is not overwritten.
func (d *differ) isThere(t *side) bool {
	return t.id.IsZero() || t.own || d.s.cache.has(t.u.handle)
}

// load makes both trees readable, at first and again after the trees below them
// may have displaced them. So only trees that do not fit into the cache take memory
// for as long as they are compared.
func (d *differ) load(a, b *side) error {
	for _, t := range []*side{a, b} {
		if d.isThere(t) {
			continue
		}
		if err := d.read(t); err != nil {
			return err
		}
	}
	if d.isThere(a) {
		return nil
	}
	// Reading b displaced a, and might again do so.
	if !b.own {
		if err := d.keep(b, bytes.Clone(b.u.data)); err != nil {
			return err
		}
	}
	return d.read(a)
}

func (d *differ) read(t *side) error {
	u, err := d.s.read(&t.id)
	if err != nil {
		if errors.Is(err, ErrMissing) && isEmptyTree(d.s.r.Hash(t.id)) {
			return d.keep(t, nil)
		}
		return err
	}
	if u.kind != entryTree {
		return fmt.Errorf("object %s is a %s and no tree: %w", d.s.r.Hash(t.id), kinds[u.kind], ErrCorrupt)
	}
	t.u = u
	if t.next > len(u.data) {
		return fmt.Errorf("tree %s changed while it was read: %w", d.s.r.Hash(t.id), ErrCorrupt)
	}
	if u.handle.kind == 0 {
		return d.keep(t, u.data)
	}
	return nil
}

// keep gives the tree data of its own.
func (d *differ) keep(t *side, data []byte) error {
	if d.owned += len(data); d.owned > maxOwned {
		return fmt.Errorf("the trees: %w", ErrTooLarge)
	}
	t.u.data, t.own = data, true
	return nil
}

// isEmptyTree knows the tree that git knows without having it.
func isEmptyTree(h model.Hash) bool {
	return h == "4b825dc642cb6eb9a060e54bf8d69288fbee4904" ||
		h == "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321"
}

func (d *differ) trees(from, to ID, depth int) error {
	if from == to {
		return nil
	}
	if depth > maxTreeDepth {
		return fmt.Errorf("more than %d nested directories: %w", maxTreeDepth, ErrTooLarge)
	}
	if d.pairs++; d.pairs > maxTreePairs {
		return fmt.Errorf("more than %d directories differ: %w", maxTreePairs, ErrTooLarge)
	}
	a, b := side{id: from}, side{id: to}
	if err := d.load(&a, &b); err != nil {
		return err
	}
	defer func() {
		for _, t := range []*side{&a, &b} {
			if t.own {
				d.owned -= len(t.u.data)
			}
		}
	}()
	idSize := d.s.r.idSize
	for {
		skipEqual(&a, &b, idSize)
		if len(a.rest()) == 0 && len(b.rest()) == 0 {
			return nil
		}
		x, y, err := nextEntries(&a, &b, idSize)
		if err != nil {
			return fmt.Errorf("trees %s and %s: %w", d.s.r.Hash(from), d.s.r.Hash(to), err)
		}
		descended, err := d.entries(x, y, depth)
		if err != nil {
			return err
		}
		if descended && !(d.isThere(&a) && d.isThere(&b)) {
			if err := d.load(&a, &b); err != nil {
				return err
			}
		}
	}
}

// entries compares two entries of one name; either may be none. It reports
// whether trees below were read, which makes x and y invalid.
func (d *differ) entries(x, y treeEntry, depth int) (descended bool, err error) {
	c := Change{OldMode: x.mode, NewMode: y.mode}
	copy(c.Old[:], x.id)
	copy(c.New[:], y.id)
	if c.Old == c.New && c.OldMode == c.NewMode {
		return false, nil
	}
	name := x.name
	if x.mode == 0 {
		name = y.name
	}
	length := len(d.path)
	if length+len(name) >= maxPath {
		return false, fmt.Errorf("a path of more than %d bytes: %w", maxPath, ErrTooLarge)
	}
	d.path = append(d.path, name...)
	if c.OldMode == model.ModeTree || c.NewMode == model.ModeTree {
		d.path = append(d.path, '/')
		descended = true
		err = d.trees(c.Old, c.New, depth+1)
	} else if err = d.emit(d.path, c); err != nil {
		d.stopped = true
	}
	d.path = d.path[:length]
	return descended, err
}

// skipEqual moves both sides past the entries that they have in common. Most
// of two trees is the same, byte by byte.
func skipEqual(a, b *side, idSize int) {
	x, y := a.rest(), b.rest()
	n := commonPrefix(x, y)
	if n == len(x) && n == len(y) {
		a.next, b.next = len(a.u.data), len(b.u.data)
		return
	}
	// Where the first entry ends that differs cannot be seen from there: an id
	// may look like anything. So the entries are followed from here.
	done := 0
	for done < n {
		end := bytes.IndexByte(x[done:n], 0)
		if end < 0 || done+end+1+idSize > n {
			break
		}
		done += end + 1 + idSize
	}
	a.next += done
	b.next += done
}

// commonPrefix is how many bytes at the start of x and y are the same.
func commonPrefix(x, y []byte) int {
	most := min(len(x), len(y))
	n := 0
	for step := 64; n+step <= most && bytes.Equal(x[n:n+step], y[n:n+step]); {
		n += step
		step = min(2*step, 4096)
	}
	for n+8 <= most {
		if d := binary.LittleEndian.Uint64(x[n:]) ^ binary.LittleEndian.Uint64(y[n:]); d != 0 {
			return n + bits.TrailingZeros64(d)/8
		}
		n += 8
	}
	for n < most && x[n] == y[n] {
		n++
	}
	return n
}
