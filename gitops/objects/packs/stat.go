package packs

import (
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
)

// Stat answers the kind and the size of an object and unpacks no more of it than
// says so: one whose data is damaged still has them. It fails as [Session.Read] does.
func (s *Session) Stat(id ID) (Kind, int64, error) {
	if h, ok := s.cache.named(&id); ok {
		return kinds[h.kind], int64(h.size), nil
	}
	for _, p := range *s.r.packs.Load() {
		offset, ok, err := p.find(&id)
		if err != nil || !ok {
			continue
		}
		if kind, size, err := s.statPacked(p, offset); err == nil {
			return kinds[kind], int64(size), nil
		}
	}
	if hash := string(s.r.Hash(id)); hash != "" {
		for _, dir := range s.r.dirs {
			if kind, size, err := s.statLoose(filepath.Join(dir, hash[:2], hash[2:])); err == nil {
				return kinds[kind], int64(size), nil
			}
		}
	}
	// Reading it finds it in a pack that is new, or says what is wrong.
	kind, data, err := s.Read(id)
	return kind, int64(len(data)), err
}

// statPacked answers the kind and the size of the entry at an offset of a pack:
// the last delta says the size, and the base of all the kind.
func (s *Session) statPacked(p *pack, offset uint64) (kind byte, size uint64, err error) {
	for depth := range maxChain {
		head, err := s.ahead.at(p, offset, maxEntryHeader)
		if err != nil {
			return 0, 0, err
		}
		e, err := parseEntry(head, s.r.idSize)
		if err != nil {
			return 0, 0, err
		}
		isDelta := e.kind == entryOfsDelta || e.kind == entryRefDelta
		if depth == 0 {
			size = e.size
			if isDelta {
				size, err = s.deltaResult(p, offset+e.skip)
			}
		}
		if err != nil || !isDelta {
			return e.kind, size, err
		}
		next := offset - e.back
		if e.kind == entryRefDelta {
			var ok bool
			if next, ok, err = p.find(&e.base); err != nil || !ok {
				return 0, 0, errors.Join(ErrCorrupt, err)
			}
		} else if e.back == 0 || e.back > offset || next < 12 {
			return 0, 0, ErrCorrupt
		}
		offset = next
	}
	return 0, 0, ErrCorrupt
}

// deltaResult reads how large the object will be that the delta at an offset makes.
func (s *Session) deltaResult(p *pack, offset uint64) (uint64, error) {
	if offset > p.end {
		return 0, ErrCorrupt
	}
	src, err := s.ahead.at(p, offset, 256)
	if err != nil {
		return 0, err
	}
	var sizes [2 * binary.MaxVarintLen64]byte
	made, err := s.z.inflate(sizes[:], src)
	if err != nil && !errors.Is(err, errShortOutput) && !errors.Is(err, errShortInput) {
		return 0, err
	}
	_, n := binary.Uvarint(sizes[:made])
	if n <= 0 {
		return 0, errDelta
	}
	result, m := binary.Uvarint(sizes[n:made])
	if m <= 0 || int64(result) < 0 {
		return 0, errDelta
	}
	return result, nil
}

// statLoose reads the header of a loose object.
func (s *Session) statLoose(path string) (kind byte, size uint64, err error) {
	f, err := openRegular(path)
	if err != nil {
		return 0, 0, err
	}
	defer f.Close()
	if err := s.readInput(f, 256); err != nil {
		return 0, 0, err
	}
	var head [maxLooseHeader]byte
	n, err := s.z.inflate(head[:], s.input)
	if err != nil && !errors.Is(err, errShortOutput) && !errors.Is(err, errShortInput) {
		return 0, 0, fmt.Errorf("loose file: %w", err)
	}
	kind, size, _, err = parseLoose(head[:n])
	return kind, size, err
}
