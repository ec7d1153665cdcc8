package packs

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
)

// maxLooseHeader is the most that can stand before the data of a loose object:
// its kind, a space, its size and a NUL.
const maxLooseHeader = 32

// loose reads an object that has a file of its own. The kind is 0 when there is none.
func (s *Session) loose(id *ID) (unpacked, error) {
	hash := string(s.r.Hash(*id))
	if hash == "" {
		return unpacked{}, nil
	}
	var damage error
	for _, dir := range s.r.dirs {
		u, err := s.looseFile(filepath.Join(dir, hash[:2], hash[2:]))
		if err == nil {
			return u, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			damage = errors.Join(damage, fmt.Errorf("loose file: %w", err))
		}
	}
	return unpacked{}, damage
}

func (s *Session) looseFile(path string) (u unpacked, err error) {
	f, err := openRegular(path)
	if err != nil {
		return u, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return u, err
	}
	length := uint64(info.Size())
	if err := s.readInput(f, min(length, 4096)); err != nil {
		return u, err
	}
	var head [maxLooseHeader]byte
	n, err := s.z.inflate(head[:], s.input)
	if err != nil && !errors.Is(err, errShortOutput) && !errors.Is(err, errShortInput) {
		return u, err
	}
	kind, size, start, err := parseLoose(head[:n])
	if err != nil {
		return u, err
	}
	if size > limitOf(kind) {
		return u, fmt.Errorf("%d bytes: %w", size, ErrTooLarge)
	}
	total := size + uint64(start)
	if length > maxInput(total) {
		return u, fmt.Errorf("%d bytes for an object of %d: %w", length, size, ErrCorrupt)
	}
	if err := s.readInput(f, length); err != nil {
		return u, err
	}
	u.kind = kind
	if ring, ok := s.cache.ringFor(total); ok {
		u.handle, u.data = s.cache.reserve(ring, kind, uint32(total))
		u.handle.pos += uint64(start)
		u.handle.size -= uint32(start)
		err = s.inflateLoose(u.data)
	} else {
		u.data, err = s.inflateLarge(total)
	}
	if err != nil {
		return unpacked{}, err
	}
	u.data = u.data[start:]
	return u, nil
}

// readInput reads the first n bytes of a file into s.input.
func (s *Session) readInput(f *os.File, n uint64) error {
	if uint64(cap(s.input)) < n || cap(s.input) > keptBuffer {
		s.input = make([]byte, max(n, 4096))
	}
	s.input = s.input[:n]
	if _, err := f.ReadAt(s.input, 0); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

// inflateLoose unpacks s.input, which must give just what dst holds.
func (s *Session) inflateLoose(dst []byte) error {
	n, err := s.z.inflate(dst, s.input)
	switch {
	case errors.Is(err, errShortInput):
		return fmt.Errorf("truncated: %w", ErrCorrupt)
	case errors.Is(err, errShortOutput):
		return fmt.Errorf("more than %d bytes: %w", len(dst), ErrCorrupt)
	case err == nil && n != len(dst):
		return fmt.Errorf("%d bytes instead of %d: %w", n, len(dst), ErrCorrupt)
	}
	return err
}

// inflateLarge unpacks s.input into memory that is made step by step.
func (s *Session) inflateLarge(size uint64) ([]byte, error) {
	for room := uint64(keptBuffer); room < size; room *= 16 {
		if n, err := s.z.inflate(make([]byte, room), s.input); !errors.Is(err, errShortOutput) {
			if err == nil || errors.Is(err, errShortInput) {
				err = fmt.Errorf("%d bytes instead of %d: %w", n, size, ErrCorrupt)
			}
			return nil, err
		}
	}
	dst := make([]byte, size)
	return dst, s.inflateLoose(dst)
}

// parseLoose reads what stands before the data of a loose object.
func parseLoose(head []byte) (kind byte, size uint64, start int, err error) {
	end := bytes.IndexByte(head, 0)
	if end >= 0 {
		name, digits, _ := bytes.Cut(head[:end], []byte(" "))
		size, err = strconv.ParseUint(string(digits), 10, 63)
		for k := range kinds {
			if err == nil && len(name) > 0 && string(kinds[k]) == string(name) {
				return byte(k), size, end + 1, nil
			}
		}
	}
	return 0, 0, 0, fmt.Errorf("malformed header: %w", ErrCorrupt)
}
