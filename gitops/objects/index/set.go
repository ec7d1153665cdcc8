package index

import (
	"iter"
	"math/bits"
	"slices"
)

// Set is a set of commits. The zero value is the empty set; commits beyond its end are not in it.
type Set []uint64

// NewSet is an empty set with room for the commits below n.
func NewSet(n int) Set { return make(Set, (n+63)/64) }

// Has reports whether the commit is in the set.
func (s Set) Has(o Ordinal) bool {
	i := int(o >> 6)
	return i < len(s) && s[i]&(1<<(o&63)) != 0
}

// Add puts a commit into the set, which must have room for it.
func (s Set) Add(o Ordinal) { s[o>>6] |= 1 << (o & 63) }

// with adds commits, making room for them.
func (s Set) with(commits []Ordinal) Set {
	if len(commits) == 0 {
		return s
	}
	s = s.grow(int(slices.Max(commits)) + 1)
	for _, o := range commits {
		s.Add(o)
	}
	return s
}

// through adds the commits from one up to another, making room for them.
func (s Set) through(from, to Ordinal) Set {
	s = s.grow(int(to))
	for o := from; o < to; o++ {
		s.Add(o)
	}
	return s
}

// grow makes room for the commits below n, and some more.
func (s Set) grow(n int) Set {
	if need := (n + 63) / 64; need > len(s) {
		s = append(s, make(Set, max(need, len(s)*5/4)-len(s))...)
	}
	return s
}

// Remove takes a commit out of the set.
func (s Set) Remove(o Ordinal) {
	if i := int(o >> 6); i < len(s) {
		s[i] &^= 1 << (o & 63)
	}
}

// And keeps what both sets have.
func (s Set) And(t Set) {
	for i := range s {
		if i < len(t) {
			s[i] &= t[i]
		} else {
			s[i] = 0
		}
	}
}

// AndNot keeps what t has not.
func (s Set) AndNot(t Set) {
	for i := range min(len(s), len(t)) {
		s[i] &^= t[i]
	}
}

// Or adds what t has, as far as there is room for it.
func (s Set) Or(t Set) {
	for i := range min(len(s), len(t)) {
		s[i] |= t[i]
	}
}

// Len is how many commits are in the set.
func (s Set) Len() int {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// All goes through the set in the order of ordinals.
func (s Set) All() iter.Seq[Ordinal] {
	return func(yield func(Ordinal) bool) {
		for i, w := range s {
			for ; w != 0; w &= w - 1 {
				if !yield(Ordinal(i<<6 + bits.TrailingZeros64(w))) {
					return
				}
			}
		}
	}
}
