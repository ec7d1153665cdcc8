package packs

import (
	"bytes"
	"compress/zlib"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
)

// deflated is data as zlib would store it, at a level of compression.
func deflated(t testing.TB, data []byte, level int) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := zlib.NewWriterLevel(&b, level)
	if err != nil {
		t.Fatal(err)
	}
	w.Write(data)
	w.Close()
	return b.Bytes()
}

// samples are data that makes each kind of block.
func samples() map[string][]byte {
	r := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 100_000)
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	skewed := make([]byte, 200_000)
	for i := range skewed {
		// Each byte half as often as the one before makes codes of all lengths.
		for skewed[i] < 40 && r.IntN(2) == 0 {
			skewed[i]++
		}
	}
	var text strings.Builder
	for text.Len() < 150_000 {
		text.WriteString([]string{"tree ", "parent ", "author Ada <ada@example.org> ", "0123456789abcdef", "\n"}[r.IntN(5)])
	}
	return map[string][]byte{
		"nothing": nil, "a byte": {7}, "noise": noise, "skewed": skewed, "text": []byte(text.String()),
		"zeros": make([]byte, 300_000), "short": []byte("tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n"),
	}
}

func TestStreamsAreUnpacked(t *testing.T) {
	var f inflater
	for name, data := range samples() {
		for _, level := range []int{zlib.HuffmanOnly, zlib.NoCompression, 1, 6, 9} {
			packed := deflated(t, data, level)
			dst := make([]byte, len(data))
			// What follows in a pack must not matter, nor that nothing follows.
			for _, after := range []string{"", "x", strings.Repeat("\xff", 100)} {
				clear(dst)
				if n, err := f.inflate(dst, append(bytes.Clone(packed), after...)); err != nil || n != len(data) || !bytes.Equal(dst, data) {
					t.Errorf("%s at level %d: %d of %d bytes, %v", name, level, n, len(data), err)
				}
			}
			if len(data) > 0 {
				if _, err := f.inflate(dst[1:], packed); !errors.Is(err, errShortOutput) {
					t.Errorf("%s at level %d without room: %v", name, level, err)
				}
			}
			for cut := range min(len(packed), 300) {
				for _, end := range []int{cut, len(packed) - 1 - cut} {
					if _, err := f.inflate(dst, packed[:end]); !errors.Is(err, errShortInput) {
						t.Fatalf("%s at level %d cut to %d of %d bytes: %v", name, level, end, len(packed), err)
					}
				}
			}
			packed[len(packed)-1] ^= 1
			if _, err := f.inflate(dst, packed); !errors.Is(err, ErrCorrupt) {
				t.Errorf("%s at level %d with a wrong checksum: %v", name, level, err)
			}
		}
	}
}

func FuzzInflate(f *testing.F) {
	for _, data := range samples() {
		for _, level := range []int{zlib.HuffmanOnly, zlib.NoCompression, 1, 9} {
			f.Add(deflated(f, data[:min(len(data), 2000)], level))
		}
	}
	var z inflater
	f.Fuzz(func(t *testing.T, packed []byte) {
		dst := make([]byte, 1<<16)
		n, err := z.inflate(dst, packed)
		// The standard library is the judge of what is a stream.
		r, stdErr := zlib.NewReader(bytes.NewReader(packed))
		var want []byte
		if stdErr == nil {
			want, stdErr = io.ReadAll(io.LimitReader(r, 1<<16+1))
		}
		switch {
		case stdErr == nil && len(want) <= len(dst) && err != nil:
			t.Errorf("%d bytes were refused: %v", len(want), err)
		case stdErr == nil && len(want) > len(dst) && !errors.Is(err, errShortOutput):
			t.Errorf("more than there is room for: %v", err)
		case stdErr != nil && err == nil:
			t.Errorf("%d bytes were made of what fails with %v", n, stdErr)
		case err == nil && !bytes.Equal(dst[:n], want):
			t.Errorf("%x instead of %x", dst[:n], want)
		}
	})
}
