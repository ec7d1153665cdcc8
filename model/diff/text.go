package diff

import (
	"bytes"
	"cmp"
	"path"
	"slices"
	"unicode/utf8"

	"plumb/model/text"
)

// Options says how to compare and what to call the sides. The zero value is
// good.
type Options struct {
	Context            int  // Equal lines around each difference: 0 means 3, -1 the whole file.
	IgnoreSpace        bool // Lines that differ in white space only are equal; indentation counts where it is meaning, as in YAML.
	Budget             int  // Steps before the comparison is simplified; 0 means about a tenth of a second's worth.
	Path               string
	OldLabel, NewLabel string
}

// IgnoringSpace is the difference of the same versions without the lines that only white space tells apart.
func (f File) IgnoringSpace() File {
	if f.drawing == nil {
		return f
	}
	old, new := f.Versions()
	g := Text(old, new, Options{IgnoreSpace: true, Path: cmp.Or(f.NewPath, f.OldPath).String()})
	f.Blocks, f.Moves, f.Added, f.Removed, f.Simplified, f.drawing = g.Blocks, g.Moves, g.Added, g.Removed, g.Simplified, g.drawing
	if len(f.Blocks) == 0 && f.Note.IsEmpty() {
		f.Note = g.Note
	}
	return f
}

// defaultContext is how many equal lines are shown around each difference, as everywhere in this field.
const defaultContext = 3

// Text compares two versions of a file line by line. A version that is nil does not exist; one that
// is empty does. The answer depends on the arguments alone. Both versions are kept, and must not be changed afterwards.
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
	d := &drawing{old: old, new: new, a: splitLines(old), b: splitLines(new)}
	f.drawing = d
	a, b, ignoreSpace := d.a, d.b, opt.IgnoreSpace
	if ignoreSpace && indentationMatters(opt.Path) {
		a, b, ignoreSpace = keepIndentation(a), keepIndentation(b), false
	}
	f.Blocks, f.Simplified = compareLines(a, b, ignoreSpace, opt.Budget)
	for _, at := range f.Blocks {
		f.Removed += at.OldHi - at.OldLo
		f.Added += at.NewHi - at.NewLo
	}
	if len(f.Blocks) == 0 && !bytes.Equal(old, new) {
		f.Note = text.Lit("only white space differs")
	}
	if f.context = opt.Context; f.context == 0 {
		f.context = defaultContext
	}
	d.pair(f.Blocks)
	if f.Added > 0 && f.Removed > 0 {
		f.Moves = moves(d.a, d.b, f.Blocks)
		d.moves(f.Moves)
	}
	return f
}

// indentationMatters reports files in which indentation is meaning: to hide its changes would hide what happens.
func indentationMatters(name string) bool {
	switch path.Ext(name) {
	case ".yaml", ".yml", ".py", ".mk":
		return true
	}
	return path.Base(name) == "Makefile"
}

// keepIndentation takes white space out of lines but where they begin.
func keepIndentation(lines [][]byte) [][]byte {
	kept := make([][]byte, len(lines))
	for i, line := range lines {
		n := len(line) - len(bytes.TrimLeft(line, " \t"))
		rest := withoutSpace(line[n:])
		if len(rest) == 0 {
			n = 0
		}
		kept[i] = slices.Concat(line[:n], rest)
	}
	return kept
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

func sizeOf(data []byte) text.Safe { return text.Size(int64(len(data))) }
