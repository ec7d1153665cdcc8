package lanes

// idSet is a set of ids: a bit for each, in pages, so that a few large ids do
// not cost what all the smaller ones would.
type idSet struct{ pages []*[1024]uint64 }

// pageBits is how many bits of an id say where in its page it is.
const pageBits = 16

func (s *idSet) add(id uint32) {
	n := int(id >> pageBits)
	for len(s.pages) <= n {
		s.pages = append(s.pages, nil)
	}
	if s.pages[n] == nil {
		s.pages[n] = new([1024]uint64)
	}
	s.pages[n][id/64%1024] |= 1 << (id % 64)
}

func (s *idSet) has(id uint32) bool {
	n := int(id >> pageBits)
	return n < len(s.pages) && s.pages[n] != nil && s.pages[n][id/64%1024]&(1<<(id%64)) != 0
}
