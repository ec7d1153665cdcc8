package repositories

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// The modes of files, as git writes them.
const (
	plain      = "100644"
	executable = "100755"
	symlink    = "120000"
	gitlink    = "160000"
)

// file is one version of a file. It never changes but for its mark. What it says is computed from its blocks when it is
// written, so a history of a million versions needs no room for their text.
type file struct {
	lineage uint64 // The same for all versions of a file, wherever it was moved.
	mode    string
	kind    *kind
	blocks  []block
	target  string // What a symbolic link points at, or the commit of a gitlink.
	mark    int    // Of its blob; only the writer knows it. 0 until a batch holds the file, -1 until it is written.
}

// block is a part of a file that is edited by itself.
type block struct {
	id      uint32
	version uint32
}

// The sizes of files in blocks; a block has about 100 to 250 bytes.
const (
	fewestBlocks = 3
	mostBlocks   = 24
)

// newFile makes the first version of a file. Its lineage decides what it says.
func newFile(k *kind, lineage uint64, size int) *file {
	f := &file{lineage: lineage, mode: k.mode, kind: k}
	for i := range min(max(size, fewestBlocks), mostBlocks) {
		f.blocks = append(f.blocks, block{id: uint32(mix(lineage, uint64(i)))})
	}
	return f
}

func newLink(mode, target string, lineage uint64) *file {
	return &file{lineage: lineage, mode: mode, target: target}
}

// edited is the next version of the file. The choice tells which edit, and where.
func (f *file) edited(choice uint64) *file {
	at := int(choice >> 8 % uint64(len(f.blocks)))
	next := &file{lineage: f.lineage, mode: f.mode, kind: f.kind, blocks: slices.Clone(f.blocks)}
	switch n := len(f.blocks); {
	case choice%100 < 15 && n < mostBlocks:
		next.blocks = slices.Insert(next.blocks, at, block{id: uint32(mix(choice, f.lineage))})
	case choice%100 >= 90 && n > fewestBlocks:
		next.blocks = slices.Delete(next.blocks, at, at+1)
	default:
		next.blocks[at].version++
		if choice%100 < 30 {
			next.blocks[(at+n/2)%n].version++
		}
	}
	return next
}

// withMode is the same content under another mode.
func (f *file) withMode(mode string) *file {
	return &file{lineage: f.lineage, mode: mode, kind: f.kind, blocks: f.blocks, target: f.target}
}

// mergeFiles is ours with the blocks that theirs changed or added since base.
func mergeFiles(base, ours, theirs *file) *file {
	if ours.kind == nil || theirs.kind == nil || ours.kind != theirs.kind {
		return ours
	}
	before := map[uint32]uint32{}
	for _, b := range base.blocks {
		before[b.id] = b.version
	}
	merged := &file{lineage: ours.lineage, mode: ours.mode, kind: ours.kind, blocks: slices.Clone(ours.blocks)}
	for i, b := range theirs.blocks {
		version, isOld := before[b.id]
		at := slices.IndexFunc(merged.blocks, func(m block) bool { return m.id == b.id })
		switch {
		case at >= 0 && b.version != version:
			merged.blocks[at].version = max(merged.blocks[at].version, b.version)
		case at < 0 && !isOld:
			merged.blocks = slices.Insert(merged.blocks, min(i, len(merged.blocks)), b)
		}
	}
	if slices.Equal(merged.blocks, ours.blocks) {
		return ours
	}
	return merged
}

// render appends what the file says.
func (f *file) render(dst []byte) []byte {
	if f.kind == nil {
		return append(dst, f.target...)
	}
	dst = f.kind.head.render(dst, f.lineage, 0)
	for _, b := range f.blocks {
		dst = f.kind.blocks[int(b.id)%len(f.kind.blocks)].render(dst, uint64(b.id), b.version)
	}
	return dst
}

// command appends how fast-import is told that this file is at a path now; nil is that nothing is.
func (f *file) command(dst []byte, path string) []byte {
	switch {
	case f == nil:
		dst = append(dst, "D "...)
	case f.mode == gitlink:
		dst = fmt.Appendf(dst, "M %s %s ", f.mode, f.target)
	default:
		dst = fmt.Appendf(dst, "M %s :%d ", f.mode, f.mark)
	}
	return append(quote(dst, path), '\n')
}

// quote appends a path as fast-import reads it.
func quote(dst []byte, path string) []byte {
	if !strings.ContainsAny(path, "\"\\\n") {
		return append(dst, path...)
	}
	dst = append(dst, '"')
	for _, c := range []byte(path) {
		switch c {
		case '\n':
			dst = append(dst, `\n`...)
		case '"', '\\':
			dst = append(dst, '\\', c)
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}

// kind is a kind of file: how it starts, and the blocks that it is made of.
type kind struct {
	mode   string
	head   template
	blocks []template
}

// template is text with places whose values come from an id and a version. With each version exactly one of the
// places that can change does, so that no edit is empty and most are of one line.
type template struct {
	text     []string // One more than there are places.
	places   []byte
	changing int
}

// The letters of places. Those that change with the version come first.
const changing = "vrmh"

// parse reads a template: $ and a letter is a place.
func parse(s string) template {
	parts := strings.Split(s, "$")
	t := template{text: parts[:1:1]}
	for _, part := range parts[1:] {
		t.places = append(t.places, part[0])
		t.text = append(t.text, part[1:])
		if strings.IndexByte(changing, part[0]) >= 0 {
			t.changing++
		}
	}
	return t
}

func newKind(mode, head string, blocks ...string) *kind {
	k := &kind{mode: mode, head: parse(head)}
	for _, b := range blocks {
		k.blocks = append(k.blocks, parse(b))
	}
	return k
}

func (t template) render(dst []byte, id uint64, version uint32) []byte {
	turn := 0
	for i, place := range t.places {
		dst = append(dst, t.text[i]...)
		n := uint64(0)
		if strings.IndexByte(changing, place) >= 0 {
			n = (uint64(version) + uint64(turn)) / uint64(t.changing)
			turn++
		}
		dst = value(dst, place, mix(id, uint64(place)), n)
	}
	return append(dst, t.text[len(t.text)-1]...)
}

// value appends the value of a place; two numbers in succession give different ones.
func value(dst []byte, place byte, id, n uint64) []byte {
	switch place {
	case 'v': // A version.
		n += id >> 8 % 64
		dst = strconv.AppendUint(dst, id%4, 10)
		dst = append(dst, '.')
		dst = strconv.AppendUint(dst, n/8, 10)
		dst = append(dst, '.')
		return strconv.AppendUint(dst, n%8, 10)
	case 'r': // A small number.
		return strconv.AppendUint(dst, 1+(id+n)%12, 10)
	case 'm': // A size.
		return strconv.AppendUint(dst, 64*(1+(id+n)%32), 10)
	case 'h': // A digest.
		const digits = "0123456789abcdef"
		for i := range uint64(4) {
			for word := mix(id+i, n); word != 0; word >>= 4 {
				dst = append(dst, digits[word%16])
			}
		}
		return dst
	case 'a': // An address in a private network.
		return fmt.Appendf(dst, "10.%d.%d.%d", id%256, id>>8%256, id>>16%256)
	case 'i': // A number that names something.
		return strconv.AppendUint(dst, 1000+id%9000, 10)
	}
	return append(dst, services[id%uint64(len(services))]...) // A name.
}

// mix makes of two numbers one that looks like chance (the finaliser of SplitMix64).
func mix(a, b uint64) uint64 {
	z := a*0x9e3779b97f4a7c15 + b + 0x632be59bd9b4e019
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
