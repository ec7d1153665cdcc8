package diff

import "bytes"

// Merge applies what changed from base to ours and from base to theirs together, line by line. Where both
// changed the same lines, or lines that touch, and not to the same text, that is a conflict: the
// number of conflicts is answered and merged is not to be used. Binary versions merge only when at
// most one side changed, or both did alike.
func Merge(base, ours, theirs []byte) (merged []byte, conflicts int) {
	switch {
	case bytes.Equal(ours, theirs), bytes.Equal(base, theirs):
		return bytes.Clone(ours), 0
	case bytes.Equal(base, ours):
		return bytes.Clone(theirs), 0
	case isBinary(base) || isBinary(ours) || isBinary(theirs):
		return nil, 1
	}
	m := merging{base: splitLines(base), ours: splitLines(ours), theirs: splitLines(theirs)}
	left := compareAsGit(m.base, m.ours)
	right := compareAsGit(m.base, m.theirs)
	m.run(left, right)
	return m.out.Bytes(), m.conflicts
}

type merging struct {
	base, ours, theirs [][]byte
	out                bytes.Buffer
	conflicts          int
}

// region is a stretch of base that one or both sides changed, and where each side has its version of it.
type region struct{ base, ours, theirs span }

type span struct{ lo, hi int }

func (m *merging) run(left, right []Block) {
	at, shiftOurs, shiftTheirs := 0, 0, 0 // shift is a side's place less base's, behind the blocks taken so far.
	for len(left) > 0 || len(right) > 0 {
		r := region{base: span{len(m.base), -1}}
		if len(left) > 0 {
			r.base.lo = left[0].OldLo
		}
		if len(right) > 0 {
			r.base.lo = min(r.base.lo, right[0].OldLo)
		}
		r.base.hi = r.base.lo
		r.ours.lo, r.theirs.lo = r.base.lo+shiftOurs, r.base.lo+shiftTheirs
		changedOurs, changedTheirs := false, false
		// Blocks that touch belong together: one side may have moved what the other changed.
		for {
			if len(left) > 0 && left[0].OldLo <= r.base.hi {
				r.base.hi = max(r.base.hi, left[0].OldHi)
				shiftOurs = left[0].NewHi - left[0].OldHi
				left, changedOurs = left[1:], true
				continue
			}
			if len(right) > 0 && right[0].OldLo <= r.base.hi {
				r.base.hi = max(r.base.hi, right[0].OldHi)
				shiftTheirs = right[0].NewHi - right[0].OldHi
				right, changedTheirs = right[1:], true
				continue
			}
			break
		}
		r.ours.hi, r.theirs.hi = r.base.hi+shiftOurs, r.base.hi+shiftTheirs
		m.write(m.base[at:r.base.lo])
		at = r.base.hi
		switch {
		case !changedTheirs:
			m.write(m.ours[r.ours.lo:r.ours.hi])
		case !changedOurs:
			m.write(m.theirs[r.theirs.lo:r.theirs.hi])
		case sameLines(m.ours[r.ours.lo:r.ours.hi], m.theirs[r.theirs.lo:r.theirs.hi]):
			m.write(m.ours[r.ours.lo:r.ours.hi])
		default:
			m.conflicts++
		}
	}
	m.write(m.base[at:])
}

func (m *merging) write(lines [][]byte) {
	for _, line := range lines {
		m.out.Write(line)
	}
}

func sameLines(a, b [][]byte) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !bytes.Equal(a[i], b[i]) {
			return false
		}
	}
	return true
}

// compareAsGit answers where two versions differ the way git's merge sees it: a shortest
// script, its blocks as low on the page as they go. Where lines repeat, several scripts are
// right and each merges differently; plumb's merges should not surprise who knows git's.
func compareAsGit(a, b [][]byte) []Block {
	na, nb, distinct := numberLines(a, b, false)
	c := newComparison(na, nb, distinct, 0)
	c.shortest(0, len(na), 0, len(nb))
	return slide(c.blocks(), na, nb, func(_ Block, _, down int) int { return down })
}
