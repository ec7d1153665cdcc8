package reviewed

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"plumb/model"
)

const (
	fileName  = "marks"
	lockName  = "lock"
	newPrefix = ".new-"

	// header begins the first line; digits follow that no other file has, so that a file that was written anew is known.
	header     = "plumb reviewed 1 "
	headerSize = len(header) + 2*idSize + 1
	idSize     = 8

	// maxBytes is how much of the end of the file is read. It never gets as long by itself.
	maxBytes = 64 << 20
)

// position is how far a file was read.
type position struct {
	id     string // What the header says; empty for a file without a right one, which is read from the start each time.
	offset int64  // Behind the last whole line.
	lines  int    // Up to there, without the header.
	isTorn bool   // Whether something follows that is no whole line.
}

// read takes in what was appended since the last look, or all of a file that is another one now. Without a lock it may see
// a record that is being written: that one is left for the next time.
func (s *Store) read() (changed bool, err error) {
	file, err := s.open()
	if errors.Is(err, fs.ErrNotExist) {
		changed = s.at != position{}
		s.take(changed, nil)
		s.at = position{}
		return changed, nil
	}
	if err != nil {
		return false, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return false, err
	}
	if err := isPrivate(info); err != nil {
		return false, model.Refuse(fmt.Sprintf("look at what is in it, then remove it or make it yours alone: chmod 600 %s", file.Name()), "%s: %s", file.Name(), err)
	}
	first := make([]byte, headerSize)
	n, err := file.ReadAt(first, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	next := s.at
	id := headerID(first[:n])
	isOther := id == "" || id != next.id || info.Size() < next.offset
	if isOther {
		next = position{id: id}
		if id != "" {
			next.offset = int64(headerSize)
		}
	}
	from := max(next.offset, info.Size()-maxBytes)
	data, err := io.ReadAll(io.NewSectionReader(file, from, max(info.Size()-from, 0)))
	if err != nil {
		return false, err
	}
	whole := bytes.LastIndexByte(data, '\n') + 1
	next.isTorn = whole < len(data)
	next.offset = from + int64(whole)
	records := make([]record, 0, whole/recordSize)
	for line := range bytes.Lines(data[:whole]) {
		next.lines++
		if r, ok := readRecord(bytes.TrimSuffix(line, []byte("\n"))); ok {
			records = append(records, r)
		}
	}
	s.take(isOther, records)
	s.at = next
	return isOther || len(records) > 0, nil
}

// take applies what was read, to nothing where the file is another one now.
func (s *Store) take(isOther bool, records []record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if isOther {
		s.stored = newMemory()
	}
	for _, r := range records {
		s.stored.apply(r)
		s.stored.forget(s.most)
	}
}

// headerID answers the digits of a first line, or nothing where it is no right one.
func headerID(line []byte) string {
	digits, ok := bytes.CutPrefix(line, []byte(header))
	if !ok || len(digits) != 2*idSize+1 || digits[2*idSize] != '\n' {
		return ""
	}
	if _, err := hex.DecodeString(string(digits[:2*idSize])); err != nil {
		return ""
	}
	return string(digits[:2*idSize])
}

// open opens the file if it is one: a named pipe would wait for whoever writes to it.
func (s *Store) open() (*os.File, error) {
	name := filepath.Join(s.dir, fileName)
	info, err := os.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no file", name)
	}
	return os.Open(name)
}

// write appends records, under the lock, after all that others appended.
func (s *Store) write(records []record) error {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return err
	}
	unlock, err := lock(filepath.Join(s.dir, lockName))
	if err != nil {
		return err
	}
	defer unlock()
	if _, err := s.read(); err != nil {
		return err
	}
	if s.at.id == "" || s.isWasteful() {
		return s.rewrite(records)
	}
	return s.append(records)
}

func (s *Store) append(records []record) error {
	file, err := os.OpenFile(filepath.Join(s.dir, fileName), os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err != nil {
		return errors.Join(err, file.Close())
	}
	data := make([]byte, 0, len(records)*recordSize+1)
	if s.at.isTorn {
		data = append(data, '\n') // What somebody could not finish becomes a line of its own, which says nothing.
	}
	for _, r := range records {
		data = r.append(data)
	}
	if _, err := file.Write(data); err != nil {
		// A part of it would be half of what the operator asked for.
		return errors.Join(err, file.Truncate(info.Size()), file.Close())
	}
	if err := file.Close(); err != nil {
		return err
	}
	_, err = s.read()
	return err
}

// isWasteful reports a file that is worth writing anew: most of it says nothing any more, or it holds too many marks.
func (s *Store) isWasteful() bool {
	return s.at.lines > 2*len(s.stored.marks)+wasted || len(s.stored.marks) > s.most+s.most/8
}

// wasted is how many lines without a use are not worth the work.
const wasted = 4096

// rewrite writes the newest marks and the records into a file of another name, and puts it in the place of the old one in one step.
func (s *Store) rewrite(records []record) error {
	next := newMemory()
	for _, mark := range s.stored.newest(s.most) {
		next.apply(record{mark, true})
	}
	for _, r := range records {
		next.apply(r)
	}
	var id [idSize]byte
	_, _ = rand.Read(id[:]) // It never fails.
	data := fmt.Appendf(nil, "%s%x\n", header, id)
	for _, mark := range next.newest(s.most) {
		data = record{mark, true}.append(data)
	}
	s.sweep()
	file, err := os.CreateTemp(s.dir, newPrefix+"*") // Mode 0600.
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), filepath.Join(s.dir, fileName))
	}
	if err != nil {
		// A full disk is not made fuller by what was not finished.
		return errors.Join(err, os.Remove(file.Name()))
	}
	_, err = s.read()
	return err
}

// sweep removes what a crash left of a file that was being written. Nobody else writes one while the lock is held.
func (s *Store) sweep() {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), newPrefix) {
			_ = os.Remove(filepath.Join(s.dir, e.Name()))
		}
	}
}
