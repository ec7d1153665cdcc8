package sshsig

import (
	"encoding/binary"
	"math/big"
)

// wire reads what RFC 4251 writes. The first thing that is not there makes it bad for good, so
// that a reader of several fields asks once, at the end.
type wire struct {
	rest []byte
	bad  bool
}

// take is the next n bytes, without a copy.
func (w *wire) take(n uint64) []byte {
	if w.bad || n > uint64(len(w.rest)) {
		w.bad = true
		return nil
	}
	taken := w.rest[:n]
	w.rest = w.rest[n:]
	return taken
}

func (w *wire) u8() byte {
	if b := w.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (w *wire) u32() uint32 {
	if b := w.take(4); b != nil {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

func (w *wire) u64() uint64 {
	if b := w.take(8); b != nil {
		return binary.BigEndian.Uint64(b)
	}
	return 0
}

// bytes is a field that says how long it is.
func (w *wire) bytes() []byte { return w.take(uint64(w.u32())) }

// text is such a field that people read. A NUL would end it early for OpenSSH, and not for us.
func (w *wire) text() string {
	b := w.bytes()
	for _, c := range b {
		if c == 0 {
			w.bad = true
		}
	}
	return string(b)
}

// number is one that is not negative, in the only form that RFC 4251 lets it have: two forms of
// one number would be two forms of one key.
func (w *wire) number() *big.Int {
	b := w.bytes()
	switch {
	case len(b) == 0:
	case b[0] >= 0x80, b[0] == 0 && (len(b) == 1 || b[1] < 0x80):
		w.bad = true
	}
	return new(big.Int).SetBytes(b)
}

// ended reports whether all was there and nothing is left.
func (w *wire) ended() bool { return !w.bad && len(w.rest) == 0 }

// appendBytes writes a field that says how long it is.
func appendBytes[T string | []byte](to []byte, field T) []byte {
	return append(binary.BigEndian.AppendUint32(to, uint32(len(field))), field...)
}
