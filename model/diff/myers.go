package diff

// Limits of the search for a middle snake: how many differences it may walk in
// each direction before it settles for the best split seen so far, with budget left
// and without.
const (
	maxDepth   = 1500
	shortDepth = 40
)

// snake solves what is left between anchors with the linear-space variant of Eugene
// Myers, "An O(ND) Difference Algorithm and Its Variations" (1986): find a
// point in the middle of a shortest path, solve both halves.
type snake struct {
	*comparison
	a, b           []int32
	placeA, placeB []int // Where each line was before unmatched ones were left out.
}

func (s *snake) solve(aLo, aHi, bLo, bHi int) {
	for {
		for aLo < aHi && bLo < bHi && s.a[aLo] == s.b[bLo] {
			aLo, bLo = aLo+1, bLo+1
		}
		for aLo < aHi && bLo < bHi && s.a[aHi-1] == s.b[bHi-1] {
			aHi, bHi = aHi-1, bHi-1
		}
		if aLo == aHi || bLo == bHi || s.spent/2 > s.budget || s.exact && s.simplified {
			for i := aLo; i < aHi; i++ {
				s.removed[s.placeA[i]] = true
			}
			for i := bLo; i < bHi; i++ {
				s.added[s.placeB[i]] = true
			}
			return
		}
		x, y := s.middle(aLo, aHi, bLo, bHi)
		s.solve(aLo, x, bLo, y)
		aLo, bLo = x, y
	}
}

// middle answers a point on a shortest path through the ranges, neither their
// start nor their end. Neither range is empty, and they differ at both ends.
func (s *snake) middle(aLo, aHi, bLo, bHi int) (x, y int) {
	n, m := aHi-aLo, bHi-bLo
	depth := maxDepth
	if s.spent > s.budget {
		depth = shortDepth
		s.simplified = true
	}
	// A diagonal k holds the points with x-y = k. forward[k] is how far the paths from
	// the start got on it, backward[k] how far those from the end did.
	most := min((n+m+1)/2+1, depth+1)
	size := 2*most + 3
	if len(s.forward) < size {
		s.forward, s.backward = make([]int32, size), make([]int32, size)
	}
	fwd, back := s.forward[:size], s.backward[:size]
	zero := most + 1
	delta := n - m
	for d := 0; ; d++ {
		if d > depth {
			s.simplified = true
			return s.bestSplit(aLo, aHi, bLo, bHi, d-1, zero)
		}
		for k := -d; k <= d; k += 2 {
			px := step(fwd, k, d, zero, n, m)
			start := px
			for px >= 0 && px < n && px-k < m && s.a[aLo+px] == s.b[bLo+px-k] {
				px++
			}
			fwd[zero+k] = int32(px)
			s.spent += px - start + 1
			if kb := delta - k; px >= 0 && delta&1 != 0 && kb >= -(d-1) && kb <= d-1 && back[zero+kb] >= 0 && px+int(back[zero+kb]) >= n {
				return aLo + px, bLo + px - k
			}
		}
		for k := -d; k <= d; k += 2 {
			px := step(back, k, d, zero, n, m)
			start := px
			for px >= 0 && px < n && px-k < m && s.a[aHi-1-px] == s.b[bHi-1-px+k] {
				px++
			}
			back[zero+k] = int32(px)
			s.spent += px - start + 1
			if kf := delta - k; px >= 0 && delta&1 == 0 && kf >= -d && kf <= d && fwd[zero+kf] >= 0 && px+int(fwd[zero+kf]) >= n {
				return aHi - px, bHi - px + k
			}
		}
	}
}

// unreachable stands for a diagonal that no path inside the ranges has got to.
const unreachable = -1

// step answers the furthest point on diagonal k that d differences lead to, before
// following equal lines.
func step(reach []int32, k, d, zero, n, m int) int {
	if d == 0 {
		return 0
	}
	furthest := unreachable
	if k > -d {
		if x := int(reach[zero+k-1]); x >= 0 && x < n {
			furthest = x + 1
		}
	}
	if k < d {
		if x := int(reach[zero+k+1]); x > furthest && x-k <= m {
			furthest = x
		}
	}
	return furthest
}

// bestSplit answers the point that went furthest from its end, from either side.
func (s *snake) bestSplit(aLo, aHi, bLo, bHi, d, zero int) (x, y int) {
	best := -1
	for k := -d; k <= d; k += 2 {
		if px := int(s.forward[zero+k]); px >= 0 && 2*px-k > best {
			best, x, y = 2*px-k, aLo+px, bLo+px-k
		}
		if px := int(s.backward[zero+k]); px >= 0 && 2*px-k > best {
			best, x, y = 2*px-k, aHi-px, bHi-px+k
		}
	}
	return x, y
}
