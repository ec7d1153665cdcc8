package packs

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// Limits on what is held in memory. Commits and trees beyond theirs were made
// to exhaust whoever reads them.
const (
	maxBlob  = 1 << 30
	maxOther = 128 << 20
	// keptBuffer is how large a buffer may be to be kept for the next object.
	keptBuffer = 1 << 20
)

// Session reads objects for one goroutine. Its memory is the cache, whose size
// is given, and buffers of about 2 MiB; an object that is larger than an eighth of the cache
// is held in addition for as long as it is used.
type Session struct {
	r     *Reader
	cache cache
	ahead pages // What was read of the packs.
	z     inflater

	chain []link // Deltas on the way to a base.
	delta []byte // The unpacked delta.
	spare []byte // A base that would be overwritten by its result.
	input []byte // A loose file.
	last  *pack  // Where the last object was.
}

// Session makes a session with a cache of that many bytes; 16 to 32 MiB suit
// most repositories. A session holds nothing that must be closed.
func (r *Reader) Session(cacheBytes int) *Session {
	return &Session{r: r, cache: newCache(cacheBytes)}
}

// unpacked is an object in memory: in the cache, or on its own with a handle of kind 0.
type unpacked struct {
	kind byte
	data []byte
	handle
}

// Read reads an object. The data is valid until the next call of the session
// and must not be changed. An object that is nowhere is an [ErrMissing]; one that
// cannot be read is an [ErrCorrupt] or [ErrTooLarge], or the error of the system.
func (s *Session) Read(id ID) (Kind, []byte, error) {
	u, err := s.read(&id)
	if err != nil {
		return "", nil, err
	}
	return kinds[u.kind], u.data, nil
}

func (s *Session) read(id *ID) (unpacked, error) {
	if h, ok := s.cache.named(id); ok {
		return unpacked{h.kind, s.cache.bytes(h), h}, nil
	}
	u, err := s.lookup(id)
	if err != nil {
		if !errors.Is(err, ErrMissing) {
			err = fmt.Errorf("read object %s: %w", s.r.Hash(*id), err)
		}
		return u, err
	}
	if u.handle.kind != 0 {
		s.cache.remember(id, u.handle)
	}
	return u, nil
}

// lookup looks where git does, in its order: packs, loose objects, packs that
// are new. A damaged copy is passed over if there is a sound one.
func (s *Session) lookup(id *ID) (unpacked, error) {
	scans, _ := s.r.state()
	u, damage := s.packed(id)
	if damage == nil && u.kind != 0 {
		return u, nil
	}
	u, err := s.loose(id)
	if err == nil && u.kind != 0 {
		return u, nil
	}
	if damage = errors.Join(damage, err); damage != nil {
		return u, damage
	}
	if err := s.r.rescan(scans); err != nil {
		return u, err
	}
	u, damage = s.packed(id)
	if damage != nil || u.kind != 0 {
		return u, damage
	}
	if _, broken := s.r.state(); broken != nil {
		return u, broken
	}
	return u, s.r.missing(*id)
}

// packed reads an object from the first pack that has a sound copy of it.
func (s *Session) packed(id *ID) (unpacked, error) {
	var damage error
	try := func(p *pack) (unpacked, bool) {
		offset, ok, err := p.find(id)
		if err == nil && ok {
			var u unpacked
			if u, err = s.unpack(p, offset); err == nil {
				s.last = p
				return u, true
			}
		}
		damage = errors.Join(damage, err)
		return unpacked{}, false
	}
	// What is asked for next mostly lies where the last one did.
	last := s.last
	if last != nil {
		if u, ok := try(last); ok {
			return u, nil
		}
	}
	for _, p := range *s.r.packs.Load() {
		if p == last {
			continue
		}
		if u, ok := try(p); ok {
			return u, nil
		}
	}
	return unpacked{}, damage
}

// link is a delta: where its data begins, and how large it is unpacked.
type link struct{ offset, data, size uint64 }

// maxChain is how many deltas may stand upon each other. Git makes 4,095 at most.
const maxChain = 10_000

// unpack reads the object at an offset of a pack.
func (s *Session) unpack(p *pack, offset uint64) (unpacked, error) {
	u, err := s.base(p, offset)
	var spent []byte // Memory of a base that is too large to be kept, and was only a step on the way.
	for i := len(s.chain) - 1; i >= 0 && err == nil; i-- {
		base := u
		if u, err = s.derive(p, s.chain[i], base, spent); base.handle.kind == 0 {
			spent = base.data
		}
	}
	if err != nil {
		return unpacked{}, fmt.Errorf("%s: entry at %d: %w", p.name(), offset, err)
	}
	return u, nil
}

// base follows deltas from an offset to the first object that is in the cache
// or whole in the pack. The deltas are in s.chain then, the nearest to the base last.
func (s *Session) base(p *pack, offset uint64) (unpacked, error) {
	s.chain = s.chain[:0]
	for {
		if h, ok := s.cache.get(p.key(offset)); ok {
			return unpacked{h.kind, s.cache.bytes(h), h}, nil
		}
		head, err := s.ahead.at(p, offset, maxEntryHeader)
		if err != nil {
			return unpacked{}, err
		}
		e, err := parseEntry(head, s.r.idSize)
		if err != nil {
			return unpacked{}, err
		}
		next := offset
		switch e.kind {
		default:
			return s.whole(p, offset, e)
		case entryOfsDelta:
			if e.back == 0 || e.back > offset || offset-e.back < 12 {
				return unpacked{}, fmt.Errorf("the base is outside of the pack: %w", ErrCorrupt)
			}
			next -= e.back
		case entryRefDelta:
			var ok bool
			if next, ok, err = p.find(&e.base); err != nil {
				return unpacked{}, err
			} else if !ok {
				return unpacked{}, fmt.Errorf("the base %s is not in the pack: %w", s.r.Hash(e.base), ErrCorrupt)
			}
		}
		if len(s.chain) == maxChain {
			return unpacked{}, fmt.Errorf("more than %d deltas upon each other: %w", maxChain, ErrCorrupt)
		}
		s.chain = append(s.chain, link{offset, offset + e.skip, e.size})
		offset = next
	}
}

// whole unpacks an object that is no delta.
func (s *Session) whole(p *pack, offset uint64, e entry) (unpacked, error) {
	if e.size > limitOf(e.kind) {
		return unpacked{}, fmt.Errorf("%d bytes: %w", e.size, ErrTooLarge)
	}
	u := unpacked{kind: e.kind}
	var err error
	if ring, ok := s.cache.ringFor(e.size); ok {
		u.handle, u.data = s.cache.reserve(ring, e.kind, uint32(e.size))
		u.data, err = s.inflate(p, offset+e.skip, u.data, e.size)
		if err == nil {
			s.cache.put(p.key(offset), u.handle)
		}
	} else {
		u.data, err = s.inflate(p, offset+e.skip, nil, e.size)
	}
	return u, err
}

// derive makes the object of a delta upon a base. One that the cache does not take goes into memory that was spent, where that is enough.
func (s *Session) derive(p *pack, l link, base unpacked, spent []byte) (u unpacked, err error) {
	limit := limitOf(base.kind)
	if l.size > limit {
		return u, fmt.Errorf("delta of %d bytes: %w", l.size, ErrTooLarge)
	}
	if cap(s.delta) > keptBuffer {
		s.delta = nil
	}
	if s.delta, err = s.inflate(p, l.data, s.delta[:0], l.size); err != nil {
		return u, fmt.Errorf("delta at %d: %w", l.offset, err)
	}
	size, start, err := checkDelta(s.delta, uint64(len(base.data)), limit)
	if err != nil {
		return u, fmt.Errorf("delta at %d: %w", l.offset, err)
	}
	u.kind = base.kind
	if ring, ok := s.cache.ringFor(size); ok {
		if base.handle.kind != 0 && !s.cache.survives(base.handle, ring, uint32(size)) {
			s.spare = append(s.spare[:0], base.data...)
			base.data = s.spare
		}
		u.handle, u.data = s.cache.reserve(ring, u.kind, uint32(size))
		applyDelta(u.data, base.data, s.delta[start:])
		s.cache.put(p.key(l.offset), u.handle)
		return u, nil
	}
	u.data = slices.Grow(spent[:0], int(size))[:size]
	applyDelta(u.data, base.data, s.delta[start:])
	return u, nil
}

func limitOf(kind byte) uint64 {
	if kind == entryBlob {
		return maxBlob
	}
	return maxOther
}

// firstInput is how much of a stream is tried at first, where it gives no more than a few times of that. A tree or delta that is
// longer is rare.
const firstInput = 8 << 10

// inflate unpacks the stream at an offset of a pack, which must give exactly
// size bytes, into dst if it is large enough. A larger buffer is only made
// step by step, as far as there is enough to read for it or the stream really gives so much.
func (s *Session) inflate(p *pack, offset uint64, dst []byte, size uint64) ([]byte, error) {
	if offset > p.end {
		return nil, fmt.Errorf("truncated: %w", ErrCorrupt)
	}
	most := maxInput(size)
	// Streams that are longer than what they give are rare. For a large one to begin anew takes longer than to read too much.
	want := min(size+size/8+64, max(firstInput, min(size/4, keptBuffer)))
	if uint64(cap(dst)) < size {
		dst = make([]byte, min(size, max(keptBuffer, 8*min(want, p.end-offset))))
	}
	dst = dst[:min(size, uint64(cap(dst)))]
	for {
		src, err := s.ahead.at(p, offset, int(want))
		if err != nil {
			return nil, err
		}
		n, err := s.z.inflate(dst, src)
		switch {
		case err == nil && uint64(n) == size:
			return dst, nil
		case err == nil:
			return nil, fmt.Errorf("%d bytes instead of %d: %w", n, size, ErrCorrupt)
		case errors.Is(err, errShortOutput) && uint64(len(dst)) < size:
			dst = make([]byte, min(size, uint64(len(dst))*16))
		case errors.Is(err, errShortOutput):
			return nil, fmt.Errorf("more than %d bytes: %w", size, ErrCorrupt)
		case errors.Is(err, errShortInput) && uint64(len(src)) < min(most, p.end-offset):
			want = min(most, max(want, uint64(len(src)))*8)
		case errors.Is(err, errShortInput):
			return nil, fmt.Errorf("truncated: %w", ErrCorrupt)
		default:
			return nil, err
		}
	}
}

// maxInput is how long the stream of an object of that size can be. Packing
// makes hardly anything longer; a stream could go on without giving anything.
func maxInput(size uint64) uint64 { return min(size+size/4+4096, math.MaxInt32) }
