package packs

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
)

// counted is a pack in memory that counts how often it is read. What is before
// bad cannot be read.
type counted struct {
	*bytes.Reader
	reads int
	bad   int64
}

var errDisk = errors.New("the disk fails")

func (c *counted) ReadAt(b []byte, offset int64) (int, error) {
	c.reads++
	if offset < c.bad {
		return 0, errDisk
	}
	return c.Reader.ReadAt(b, offset)
}

func (c *counted) Close() error { return nil }

func countedPack(size int) (*pack, *counted, []byte) {
	r := rand.New(rand.NewPCG(3, 4))
	data := make([]byte, size)
	for i := range data {
		data[i] = byte(r.Uint32())
	}
	f := &counted{Reader: bytes.NewReader(data)}
	return &pack{path: "pack-1.pack", file: f, end: uint64(size - 20)}, f, data
}

func TestPagesAnswerWhatIsInThePack(t *testing.T) {
	p, _, data := countedPack(5<<20 + 123)
	r := rand.New(rand.NewPCG(5, 6))
	var c pages
	for range 20_000 {
		offset, want := uint64(r.Int64N(int64(p.end)+1)), r.IntN(1<<r.IntN(19))
		got, err := c.at(p, offset, want)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) < min(want, int(p.end-offset)) {
			t.Fatalf("%d bytes at %d of %d, wanted %d", len(got), offset, p.end, want)
		}
		if !bytes.Equal(got, data[offset:offset+uint64(len(got))]) {
			t.Fatalf("other bytes at %d", offset)
		}
	}
}

// The objects of many directories are read in turn, each directory's one after the other.
func TestScatteredObjectsAreReadWithFewReads(t *testing.T) {
	const places, step, rounds = 60, 128 << 10, 500
	p, f, _ := countedPack(places * step)
	var c pages
	for round := range rounds {
		for place := range places {
			if _, err := c.at(p, uint64(place*step+round*100), 100); err != nil {
				t.Fatal(err)
			}
		}
	}
	if most := 2 * places * (rounds*100/pageSize + 1); f.reads > most {
		t.Errorf("%d reads for %d objects, at most %d would do", f.reads, places*rounds, most)
	}
}

func TestDamageNearbyKeepsNothingFromBeingRead(t *testing.T) {
	p, f, data := countedPack(3 * pageSize)
	f.bad = pageSize + 1000
	var c pages
	for _, offset := range []uint64{pageSize + 1000, pageSize + 5000, 2*pageSize - 10, 2 * pageSize} {
		got, err := c.at(p, offset, 100)
		if err != nil || !bytes.Equal(got[:100], data[offset:offset+100]) {
			t.Errorf("at %d: %v", offset, err)
		}
	}
	if _, err := c.at(p, pageSize+500, 100); !errors.Is(err, errDisk) {
		t.Errorf("the error is %v", err)
	}
	if _, err := c.at(p, pageSize-10, 100); !errors.Is(err, errDisk) {
		t.Errorf("the error is %v", err)
	}
	p, _, _ = countedPack(100)
	p.end = 200
	if _, err := c.at(p, 50, 100); !errors.Is(err, ErrCorrupt) || errors.Is(err, io.EOF) {
		t.Errorf("the error of a pack that was cut short is %v", err)
	}
}
