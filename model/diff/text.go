package diff

import (
	"bytes"
	"unicode/utf8"

	"plumb/model/text"
)

// Options says how to compare and what to call the sides. The zero value is
// good.
type Options struct {
	Context            int  // Equal lines around each difference: 0 means 3, -1 the whole file.
	IgnoreSpace        bool // Lines that differ in white space only are equal.
	Budget             int  // Steps before the comparison is simplified; 0 means about a tenth of a second's worth.
	Path               string
	OldLabel, NewLabel string
}

// Text compares two versions of a file line by line. A version that is nil does not exist; one that
// is empty does. The answer depends on the arguments alone, and neither
// side's bytes are kept.
func Text(old, new []byte, opt Options) File {
	f := File{OldLabel: opt.OldLabel, NewLabel: opt.NewLabel}
	if old != nil {
		f.OldPath = text.Line(opt.Path)
	}
	if new != nil {
		f.NewPath = text.Line(opt.Path)
	}
	if isBinary(old) || isBinary(new) {
		if !bytes.Equal(old, new) {
			f.Note = binaryNote(old, new)
		}
		return f
	}
	d := drawing{a: splitLines(old), b: splitLines(new), words: wordBudget, cells: alignBudget, climbs: climbBudget}
	blocks, simplified := compareLines(d.a, d.b, opt.IgnoreSpace, opt.Budget)
	f.Simplified = simplified
	for _, at := range blocks {
		f.Removed += at.OldHi - at.OldLo
		f.Added += at.NewHi - at.NewLo
	}
	if len(blocks) == 0 {
		f.After = len(d.b)
		if !bytes.Equal(old, new) {
			f.Note = text.Lit("only white space differs")
		}
		return f
	}
	context := opt.Context
	switch {
	case context == 0:
		context = 3
	case context < 0:
		context = max(len(d.a), len(d.b))
	}
	f.Hunks, f.After = d.hunks(blocks, context)
	return f
}

// Stat counts the lines that two versions do not share; it is zero for binary ones.
func Stat(old, new []byte) (added, removed int) {
	if isBinary(old) || isBinary(new) {
		return 0, 0
	}
	blocks, _ := compareLines(splitLines(old), splitLines(new), false, 0)
	for _, at := range blocks {
		removed += at.OldHi - at.OldLo
		added += at.NewHi - at.NewLo
	}
	return added, removed
}

// sampleSize is how much of a version is looked at to tell text from other data: as much as git looks at.
const sampleSize = 8000

// IsBinary reports data that is compared as a whole, and not by lines.
func IsBinary(data []byte) bool { return isBinary(data) }

// isBinary reports data that is no text: a NUL byte near its start, or mostly not UTF-8 there.
func isBinary(data []byte) bool {
	sample := data[:min(len(data), sampleSize)]
	if bytes.IndexByte(sample, 0) >= 0 {
		return true
	}
	invalid := 0
	for rest := sample; len(rest) > 0; {
		r, n := utf8.DecodeRune(rest)
		if r == utf8.RuneError && n == 1 {
			invalid++
		}
		rest = rest[n:]
	}
	return invalid*2 > len(sample)
}

func binaryNote(old, new []byte) text.Safe {
	switch {
	case old == nil:
		return text.Format("binary, %s", sizeOf(new))
	case new == nil:
		return text.Format("binary, %s", sizeOf(old))
	}
	return text.Format("binary, %s → %s", sizeOf(old), sizeOf(new))
}

// sizeOf names a size in bytes below one KiB, then rounded to the nearest whole unit.
func sizeOf(data []byte) string {
	n := len(data)
	for _, unit := range []string{"B", "KiB", "MiB", "GiB"} {
		if n < 1024 || unit == "GiB" {
			return text.Format("%d %s", n, unit).String()
		}
		n = (n + 512) / 1024
	}
	return ""
}
