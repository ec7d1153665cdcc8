package packs

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zlib"
)

// Outcomes of inflating that ask for another attempt.
var (
	errShortInput  = errors.New("more input is needed")
	errShortOutput = errors.New("more room is needed")
)

// inflater unpacks zlib streams.
type inflater struct {
	src bytes.Reader
	z   io.ReadCloser
}

// inflate unpacks the stream at the start of src into dst, and answers how many
// bytes it gave. It fails with errShortOutput when dst is full before the
// stream ends, and with errShortInput when src ends before it.
func (f *inflater) inflate(dst, src []byte) (int, error) {
	f.src.Reset(src)
	var err error
	if f.z == nil {
		f.z, err = zlib.NewReader(&f.src)
	} else {
		err = f.z.(zlib.Resetter).Reset(&f.src, nil)
	}
	n := 0
	for err == nil && n < len(dst) {
		var m int
		m, err = f.z.Read(dst[n:])
		n += m
	}
	if err == nil {
		var one [1]byte
		var m int
		if m, err = f.z.Read(one[:]); m > 0 {
			return n, errShortOutput
		}
	}
	switch {
	case errors.Is(err, io.EOF):
		return n, nil
	case errors.Is(err, io.ErrUnexpectedEOF):
		return n, errShortInput
	}
	return n, fmt.Errorf("unpack: %w: %w", ErrCorrupt, err)
}
