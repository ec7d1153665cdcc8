package secret

import (
	"bytes"

	"plumb/model/diff"
)

// MaskCompared is MaskPair for versions that are being compared anyway. Blocks answers where they differ, and is asked when the old
// version was searched: of the new one, the lines that have nothing to say are then not searched once more. What is
// masked does not depend on the blocks.
func MaskCompared(path string, old, new []byte, whole bool, blocks func() []diff.Block) (o, n []byte) {
	return maskPair(path, old, new, whole, func(old, new []byte) (inOld, inNew []place) {
		f := finder{data: old, notes: true}
		inOld = f.search()
		g := finder{data: new, known: &versions{old: old, quiet: f.quiet, blocks: blocks()}}
		return inOld, g.search()
	})
}

// isCalm reports that nothing was said about the next line by those above it.
func (f *finder) isCalm() bool { return len(f.blocks) == 0 && f.named == 0 && !f.inSecret }

// isKnown reports that the line data[lo:hi] need not be searched: the same line was, and is quiet. A line is quiet when, with nothing said
// about it, it has no secret, says nothing about the lines below and did not ask for them. That follows from its bytes alone, so
// it is as quiet wherever else it stands.
func (f *finder) isKnown(lo, hi int) bool {
	// What a text begins with is a document, whatever its first line is.
	return f.known != nil && lo > 0 && hi < len(f.data) && f.isCalm() && f.known.isQuiet(f.number, f.data[lo:hi+1])
}

// versions goes through the lines of an old version beside those of a new one.
type versions struct {
	old    []byte
	quiet  []bool       // By line of old.
	blocks []diff.Block // Those that are still ahead.
	shift  int          // By how many lines old is ahead of new behind the last block.

	line, at int // The line of old that was looked at last, and where it begins.
}

// isQuiet reports whether the line of this number, with its newline, stands in old too and is quiet there. Numbers only rise.
func (v *versions) isQuiet(number int, line []byte) bool {
	for len(v.blocks) > 0 && v.blocks[0].NewHi <= number {
		v.shift = v.blocks[0].OldHi - v.blocks[0].NewHi
		v.blocks = v.blocks[1:]
	}
	number += v.shift
	for v.line < number && v.line < len(v.quiet) {
		v.at += bytes.IndexByte(v.old[v.at:], '\n') + 1
		v.line++
	}
	if v.line != number || number >= len(v.quiet) || !v.quiet[number] || !bytes.HasPrefix(v.old[v.at:], line) {
		return false
	}
	v.at, v.line = v.at+len(line), v.line+1
	return true
}
