package index

import "encoding/binary"

// reading takes numbers and bytes from a chunk. What it answers after the end, or for a number that is none or
// is out of its range, is nothing, and it is damaged from then on.
type reading struct {
	data    []byte
	at      int
	damaged bool
}

func (r *reading) uint() uint64 {
	if r.at < len(r.data) && r.data[r.at] < 0x80 {
		r.at++
		return uint64(r.data[r.at-1])
	}
	return r.longUint()
}

func (r *reading) longUint() uint64 {
	v, n := binary.Uvarint(r.data[r.at:])
	if n <= 0 {
		r.damaged = true
		return 0
	}
	r.at += n
	return v
}

func (r *reading) int() int64 {
	v := r.uint()
	return int64(v>>1) ^ -int64(v&1)
}

// below is a number that has to be less than the limit.
func (r *reading) below(limit int) int {
	v := r.uint()
	if v >= uint64(limit) {
		r.damaged = true
		return 0
	}
	return int(v)
}

// left is how many bytes there are.
func (r *reading) left() int { return len(r.data) - r.at }

// count is the number of things that follow, of which each takes a byte or more.
func (r *reading) count() int {
	v := r.uint()
	if v > uint64(r.left()) {
		r.damaged = true
		return 0
	}
	return int(v)
}

// bytes are as many as the number before them says.
func (r *reading) bytes() []byte {
	n := r.count()
	r.at += n
	return r.data[r.at-n : r.at]
}

func (r *reading) byte() byte {
	if r.left() == 0 {
		r.damaged = true
		return 0
	}
	r.at++
	return r.data[r.at-1]
}

// err is what is to be said at the end, where nothing may be left.
func (r *reading) err() error {
	if r.damaged || r.left() > 0 {
		return errDamaged
	}
	return nil
}
