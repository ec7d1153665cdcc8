package packs_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plumb/gitops/objects/objectstest"
	"plumb/gitops/objects/packs"
)

func TestDamagedEntriesAreErrors(t *testing.T) {
	base := crafted{kind: aBlob, data: "0123456789"}
	delta := func(d string) []crafted {
		return []crafted{base, {kind: aRefDelta, base: self(0), data: d}}
	}
	// All of them fail at the last entry.
	for name, entries := range map[string][]crafted{
		"a type that is not known":              {{kind: 5, data: "x"}},
		"type 0":                                {{kind: 0, data: "x"}},
		"a size with too many digits":           {{kind: aBlob, size: 1<<64 - 1, data: "x"}},
		"a size beyond all memory":              {{kind: aBlob, size: 1 << 50, data: "x"}},
		"a size that is too large":              {{kind: aBlob, size: 1 << 29, data: "x"}},
		"a tree that is too large":              {{kind: aTree, size: 1 << 29, data: "x"}},
		"a size that is too small":              {{kind: aBlob, size: 1, data: "xyz"}},
		"no stream":                             {{kind: aBlob, size: 9, stream: "not compressed at all"}},
		"a stream that ends early":              {{kind: aBlob, size: 3, stream: deflated(t, "xyz")[:6]}},
		"a stream with a wrong checksum":        {{kind: aBlob, size: 3, stream: deflated(t, "xyz")[:11] + "zzzz"}},
		"a stream that gives nothing for ever":  {{kind: aBlob, size: 3, stream: "\x78\x01" + strings.Repeat("\x00\x00\x00\xff\xff", 100_000)}},
		"a delta upon itself":                   {{kind: aRefDelta, base: self(0), data: varint(1) + varint(1) + "\x01x"}},
		"deltas in a circle":                    {{kind: aRefDelta, base: self(1), data: "x"}, {kind: aRefDelta, base: self(0), data: "x"}},
		"a base that is nowhere":                {{kind: aRefDelta, base: self(9), data: "x"}},
		"a base that is cut off":                {{kind: aRefDelta, base: "x", stream: "x"}},
		"an offset of nothing":                  {base, {kind: anOffset, base: "\x00", data: "x"}},
		"an offset before the pack":             {base, {kind: anOffset, base: "\xff\xff\x7f", data: "x"}},
		"an offset into the header":             {{kind: anOffset, base: "\x01", data: "x"}},
		"an offset with too many digits":        {base, {kind: anOffset, base: strings.Repeat("\xff", 15) + "\x7f", data: "x"}},
		"a delta without anything":              delta(" "),
		"a delta for another base":              delta(varint(11) + varint(1) + "\x01x"),
		"a delta that gives too little":         delta(varint(10) + varint(3) + "\x01x"),
		"a delta that gives too much":           delta(varint(10) + varint(1) + "\x02xy"),
		"a delta with a reserved instruction":   delta(varint(10) + varint(1) + "\x00"),
		"a delta that inserts more than it has": delta(varint(10) + varint(5) + "\x05x"),
		"a delta that copies from behind":       delta(varint(10) + varint(5) + "\x91\x08\x05"),
		"a delta that copies far too much":      delta(varint(10) + varint(1<<24) + "\xf0\xff\xff\xff"),
		"a delta that ends in an instruction":   delta(varint(10) + varint(5) + "\xff\x01"),
		"a delta of gigabytes":                  delta(varint(10) + varint(1<<40) + strings.Repeat("\x90\x0a", 100)),
		"a delta whose size is no number":       delta(strings.Repeat("\xff", 12) + "\x01\x01x"),
	} {
		t.Run(name, func(t *testing.T) {
			r := craft(t, entries...)
			s := r.Session(0)
			last := nth(len(entries) - 1)
			var err error
			size := allocated(func() { _, _, err = s.Read(last) })
			if !errors.Is(err, packs.ErrCorrupt) && !errors.Is(err, packs.ErrTooLarge) {
				t.Fatalf("the error is %v", err)
			}
			for _, part := range []string{string(r.Hash(last)), "pack-crafted.pack"} {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not name %s", err, part)
				}
			}
			if size > 32<<20 {
				t.Errorf("%d bytes were allocated", size)
			}
			// What was damaged leaves the session as it was.
			if len(entries) > 1 && entries[0] == base {
				if _, data, err := s.Read(nth(0)); err != nil || string(data) != base.data {
					t.Errorf("a sound object is read as %q: %v", data, err)
				}
			}
		})
	}
}

func TestLongChainsOfDeltasEnd(t *testing.T) {
	entries := []crafted{{kind: aBlob, data: "0"}}
	delta := varint(1) + varint(1) + "\x90\x01"
	stream := deflated(t, delta)
	for i := 1; i <= 12_000; i++ {
		entries = append(entries, crafted{kind: aRefDelta, base: self(i - 1), size: uint64(len(delta)), stream: stream})
	}
	r := craft(t, entries...)
	if _, data, err := r.Session(0).Read(nth(9000)); err != nil || string(data) != "0" {
		t.Errorf("a long chain is read as %q: %v", data, err)
	}
	if _, _, err := r.Session(0).Read(nth(12_000)); !errors.Is(err, packs.ErrCorrupt) {
		t.Errorf("a longer chain: %v", err)
	}
}

// TestObjectsThatDoNotFitTheCacheAreRead: deltas upon large bases, whose results do not fit either.
func TestObjectsThatDoNotFitTheCacheAreRead(t *testing.T) {
	large := strings.Repeat("0123456789abcdef", 1<<17)
	r := craft(t,
		crafted{kind: aBlob, data: large},
		crafted{kind: aRefDelta, base: self(0), data: varint(2<<20) + varint(2<<20+1) + "\xf0\x00\x00\x10\xf4\x10\x00\x00\x10\x01!"},
		crafted{kind: aRefDelta, base: self(1), data: varint(2<<20+1) + varint(1) + "\x94\x20\x01"},
	)
	s := r.Session(0)
	for n, want := range map[int]string{0: large, 1: large + "!", 2: "!"} {
		if _, data, err := s.Read(nth(n)); err != nil || string(data) != want {
			t.Errorf("object %d has %d bytes (%v); want %d", n, len(data), err, len(want))
		}
	}
}

// TestEveryDamageIsNoticedOrHarmless changes bytes all over a repository's files.
func TestEveryDamageIsNoticedOrHarmless(t *testing.T) {
	from := generate(t, 6)
	objectstest.Git(t, from, "repack", "-adfq")
	ids := strings.Fields(objectstest.Git(t, from, "cat-file", "--batch-all-objects", "--batch-check=%(objectname)"))
	all := pairs(t, from)
	for _, ext := range []string{"pack", "idx"} {
		sound, err := os.ReadFile(only(t, from, "*."+ext))
		if err != nil {
			t.Fatal(err)
		}
		damages := map[string][]byte{"empty": nil}
		for i := 0; i < len(sound); i += 1 + len(sound)/40 {
			flipped := bytes.Clone(sound)
			flipped[i] ^= 0xff
			damages[fmt.Sprintf("byte %d changed", i)] = flipped
			damages[fmt.Sprintf("cut to %d bytes", i)] = sound[:i]
		}
		dir := t.TempDir()
		for _, file := range found(t, from, "*") {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			writeFile(t, filepath.Join(dir, "objects", "pack", filepath.Base(file)), data)
		}
		for name, damaged := range damages {
			writeFile(t, only(t, dir, "*."+ext), damaged)
			r, err := packs.Open(dir, 20)
			if err != nil {
				t.Fatal(err)
			}
			s := r.Session(0)
			for _, hash := range ids {
				if _, _, err := s.Stat(id(t, hash)); err != nil && !errors.Is(err, packs.ErrMissing) && !strings.Contains(err.Error(), "pack-") {
					t.Errorf("%s, %s: the size: %v names no file", ext, name, err)
				}
				if _, _, err := s.Read(id(t, hash)); err != nil && !errors.Is(err, packs.ErrMissing) && !strings.Contains(err.Error(), "pack-") {
					t.Errorf("%s, %s: %v names no file", ext, name, err)
				}
			}
			for _, pair := range all {
				a, b, _ := strings.Cut(pair, " ")
				_ = s.Diff(id(t, a), id(t, b), func([]byte, packs.Change) error { return nil })
			}
			r.Close()
		}
	}
}

func TestSoundCopyIsReadInPlaceOfADamagedOne(t *testing.T) {
	dir := t.TempDir()
	writePack(t, dir, "pack-1", []crafted{{kind: aBlob, size: 5, stream: "damaged"}})
	writePack(t, dir, "pack-2", []crafted{{kind: aBlob, data: "sound"}})
	writePack(t, dir, "pack-3", []crafted{{kind: aBlob, size: 5, stream: "damaged"}})
	writeFile(t, filepath.Join(dir, "objects", "pack", "pack-4.idx"), []byte("no index"))
	s := open(t, dir, 20).Session(0)
	for range 2 {
		if _, data, err := s.Read(nth(0)); err != nil || string(data) != "sound" {
			t.Errorf("%q, %v", data, err)
		}
	}
	// What might be in the pack that cannot be opened is not just missing.
	if _, _, err := s.Read(nth(1)); err == nil || errors.Is(err, packs.ErrMissing) || !strings.Contains(err.Error(), "pack-4.idx") {
		t.Errorf("an object that is nowhere: %v", err)
	}
}

func TestDamagedLooseObjectsAreErrors(t *testing.T) {
	for name, file := range map[string]string{
		"nothing":                   "",
		"not compressed":            "blob 3\x00xyz",
		"no header":                 deflated(t, "xyz"),
		"a kind that is not known":  deflated(t, "blub 3\x00xyz"),
		"a size that is no number":  deflated(t, "blob -3\x00xyz"),
		"a size that is too small":  deflated(t, "blob 2\x00xyz"),
		"a size that is too large":  deflated(t, "blob 4\x00xyz"),
		"a size beyond all memory":  deflated(t, "blob 9223372036854775807\x00xyz"),
		"a size of half a gigabyte": deflated(t, "blob 500000000\x00xyz"),
		"a cut stream":              deflated(t, "blob 3\x00xyz")[:9],
		"much behind the stream":    deflated(t, "blob 3\x00xyz") + strings.Repeat("x", 1<<20),
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			r := open(t, withObjects(t, dir), 20)
			hash := string(r.Hash(nth(1)))
			writeFile(t, filepath.Join(dir, "objects", hash[:2], hash[2:]), []byte(file))
			var err error
			size := allocated(func() { _, _, err = r.Session(0).Read(nth(1)) })
			if !errors.Is(err, packs.ErrCorrupt) && !errors.Is(err, packs.ErrTooLarge) || !strings.Contains(err.Error(), hash) {
				t.Errorf("the error is %v", err)
			}
			if size > 32<<20 {
				t.Errorf("%d bytes were allocated", size)
			}
		})
	}
}

// withObjects gives a directory what [packs.Open] looks for.
func withObjects(t testing.TB, dir string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(dir, "objects", "pack"), 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestOpeningWhatIsNoRepositoryIsAnError(t *testing.T) {
	dir := t.TempDir()
	if _, err := packs.Open(dir, 20); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("an empty directory: %v", err)
	}
	if _, err := packs.Open(withObjects(t, dir), 19); err == nil {
		t.Error("ids of 19 bytes were accepted")
	}
}
