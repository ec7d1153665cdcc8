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

func newInterner(capacity int) *interner {
	size := 64
	for size < capacity*2 {
		size *= 2
	}
	return &interner{seed: maphash.MakeSeed(), slots: make([]slot, size), keys: make([][]byte, 0, capacity/2+1)}
}

func (t *interner) number(key []byte) int32 {
	hash := maphash.Bytes(t.seed, key)
	half, mask := uint32(hash>>32), uint64(len(t.slots)-1)
	for at := hash & mask; ; at = (at + 1) & mask {
		s := &t.slots[at]
		if s.id == 0 {
			t.keys = append(t.keys, key)
			*s = slot{hash: half, id: int32(len(t.keys))}
			return s.id - 1
		}
		if s.hash == half && bytes.Equal(t.keys[s.id-1], key) {
			return s.id - 1
		}
	}
}

// numberLines answers both sides as numbers and how many distinct ones there are.
func numberLines(a, b [][]byte, ignoreSpace bool) (na, nb []int32, distinct int) {
	t := newInterner(len(a) + len(b))
	na, nb = make([]int32, len(a)), make([]int32, len(b))
	key := func(line []byte) []byte { return line }
	if ignoreSpace {
		key = withoutSpace
	}
	for i, line := range a {
		na[i] = t.number(key(line))
	}
	// Most versions share most of their head and tail: those need no look-up.
	head := 0
	for head < len(a) && head < len(b) && bytes.Equal(a[head], b[head]) {
		nb[head] = na[head]
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && bytes.Equal(a[len(a)-1-tail], b[len(b)-1-tail]) {
		nb[len(b)-1-tail] = na[len(a)-1-tail]
		tail++
	}
	for i := head; i < len(b)-tail; i++ {
		nb[i] = t.number(key(b[i]))
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
