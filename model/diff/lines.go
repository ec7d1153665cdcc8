package diff

import (
	"bytes"
	"hash/maphash"
)

// splitLines cuts data after each newline; the last line may lack one. The
// lines share data's memory.
func splitLines(data []byte) [][]byte {
	if len(data) == 0 {
		return nil
	}
	n := bytes.Count(data, []byte{'\n'})
	lines := make([][]byte, 0, n+1)
	for len(data) > 0 {
		end := bytes.IndexByte(data, '\n') + 1
		if end == 0 {
			end = len(data)
		}
		lines = append(lines, data[:end:end])
		data = data[end:]
	}
	return lines
}

// interner gives equal lines the same small number, so that a comparison of two
// lines is one of two integers from here on. Numbers are given in order of first
// appearance: the same input always gives the same numbers.
type interner struct {
	seed  maphash.Seed
	slots []slot   // Open addressing; its length is a power of two.
	keys  [][]byte // By number.
}

type slot struct {
	hash uint32 // A half of it: enough to tell nearly all keys apart, and twice as many slots in a cache line.
	id   int32  // Number plus one; 0 for a free slot.
}

// newInterner makes one for about so many keys; it grows where there are more.
func newInterner(keys int) *interner {
	size := 64
	for size < keys*3/2 {
		size *= 2
	}
	return &interner{seed: maphash.MakeSeed(), slots: make([]slot, size), keys: make([][]byte, 0, keys+keys/8)}
}

func (t *interner) number(key []byte) int32 {
	hash := uint32(maphash.Bytes(t.seed, key) >> 32)
	mask := uint32(len(t.slots) - 1)
	for at := hash & mask; ; at = (at + 1) & mask {
		s := &t.slots[at]
		if s.id == 0 {
			t.keys = append(t.keys, key)
			*s = slot{hash: hash, id: int32(len(t.keys))}
			id := s.id - 1
			if len(t.keys)*4 > len(t.slots)*3 {
				t.grow()
			}
			return id
		}
		if s.hash == hash && bytes.Equal(t.keys[s.id-1], key) {
			return s.id - 1
		}
	}
}

// grow doubles the slots.
func (t *interner) grow() {
	slots := make([]slot, 2*len(t.slots))
	mask := uint32(len(slots) - 1)
	for _, s := range t.slots {
		if s.id == 0 {
			continue
		}
		at := s.hash & mask
		for slots[at].id != 0 {
			at = (at + 1) & mask
		}
		slots[at] = s
	}
	t.slots = slots
}

// numberLines answers both sides as numbers and how many distinct ones there are.
func numberLines(a, b [][]byte, ignoreSpace bool) (na, nb []int32, distinct int) {
	t := newInterner(len(a))
	na, nb = make([]int32, len(a)), make([]int32, len(b))
	key := func(line []byte) []byte { return line }
	if ignoreSpace {
		key = withoutSpace
	}
	first := make([]int32, 0, len(a)) // By number: the first line of a that has it.
	for i, line := range a {
		na[i] = t.number(key(line))
		if int(na[i]) == len(first) {
			first = append(first, int32(i))
		}
	}
	// Most lines follow each other in both versions: those need no look-up.
	next := 0
	for j, line := range b {
		if next < len(a) && bytes.Equal(a[next], line) {
			nb[j] = na[next]
			next++
			continue
		}
		nb[j] = t.number(key(line))
		if int(nb[j]) < len(first) {
			next = int(first[nb[j]])
		}
		next++ // A line that is new most often stands in the place of another.
	}
	return na, nb, len(t.keys)
}

// withoutSpace is the line without any white space, final newline included.
func withoutSpace(line []byte) []byte {
	if !bytes.ContainsAny(line, " \t\r\n\v\f") {
		return line
	}
	kept := make([]byte, 0, len(line))
	for _, c := range line {
		if !isSpace(c) {
			kept = append(kept, c)
		}
	}
	return kept
}

func isSpace(c byte) bool {
	return c == ' ' || c >= '\t' && c <= '\r'
}

// indentation is the width of a line's leading white space in columns, and whether
// there is nothing else on it.
func indentation(line []byte) (columns int, blank bool) {
	for _, c := range line {
		switch c {
		case ' ':
			columns++
		case '\t':
			columns += 8 - columns%8
		case '\n', '\r':
			return columns, true
		default:
			return columns, false
		}
	}
	return columns, true
}

// isCloser reports a line that only ends what lines above it began: "}", "]);", "end", "fi".
func isCloser(line []byte) bool {
	line = bytes.TrimSpace(line)
	if len(line) == 0 {
		return false
	}
	switch string(line) {
	case "end", "fi", "done", "esac":
		return true
	}
	for _, c := range line {
		switch c {
		case '}', ']', ')', ';', ',':
		default:
			return false
		}
	}
	return true
}
