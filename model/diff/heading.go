package diff

import (
	"bytes"
	"slices"

	"plumb/model/text"
)

const (
	// maxClimb is how many lines above a hunk are searched for what encloses it.
	maxClimb = 5000
	// maxHeading is how many runes of a heading are shown, and maxLevel of one of its levels.
	maxHeading = 120
	maxLevel   = 48
)

// Heading is what encloses the first line of a hunk, outermost first: "http › server", "spec › containers › [web]",
// "resource "aws_instance" "web"". It goes by indentation, so it works for every language whose files are indented, and by
// the "[section]" of those that are not. It is empty where nothing encloses it.
func (f *File) Heading(h Hunk) text.Safe { return f.HeadingAt(h.Lines.OldLo, h.Lines.NewLo) }

// HeadingAt is what encloses a line that has these numbers in the two versions, from 0.
func (f *File) HeadingAt(old, new int) text.Safe {
	d := f.drawing
	if d == nil {
		return text.Safe{}
	}
	version, lines, start := 1, d.b, new
	if len(lines) == 0 {
		version, lines, start = 0, d.a, old
	}
	first := start
	depth, blank := 0, true
	for ; first < len(lines) && first < start+50; first++ {
		if depth, blank = indentation(lines[first]); !blank {
			break
		}
	}
	if blank || isSection(lines[first]) {
		return text.Safe{}
	}
	item := isItem(lines[first])
	var levels [][]byte
	for i := start - 1; i >= 0 && i >= start-maxClimb; i-- {
		if depth == 0 && !item && !d.hasSections(version) {
			break
		}
		width, blank := indentation(lines[i])
		if blank || width > depth || width == depth && !(item && !isItem(lines[i]) || isSection(lines[i])) {
			continue
		}
		if isCloser(lines[i]) || isRemark(lines[i]) {
			continue
		}
		levels = append(levels, level(lines[i]))
		if isSection(lines[i]) && width == 0 {
			break
		}
		depth, item = width, isItem(lines[i])
	}
	slices.Reverse(levels)
	return headingOf(levels)
}

// headingOf joins levels; the outermost are left out where they are too many to show.
func headingOf(levels [][]byte) text.Safe {
	var shown []text.Safe
	room := maxHeading
	for _, l := range slices.Backward(levels) {
		part := text.Bytes(l[:runeOffset(l, maxLevel)])
		if room -= part.Width() + 3; room < 0 && len(shown) > 0 {
			shown = append(shown, text.Lit("…"))
			break
		}
		shown = append(shown, part)
	}
	slices.Reverse(shown)
	return text.Join(" › ", shown...)
}

// level is what a line that encloses others is called: its text without what only opens the block, and for an item of a
// YAML list that begins with a setting, that setting's value, as in [web].
func level(line []byte) []byte {
	body := bytes.TrimSpace(line)
	if isItem(line) {
		item := bytes.TrimSpace(body[1:])
		if name, value, ok := bytes.Cut(item, []byte(": ")); ok && len(name) > 0 && !bytes.ContainsAny(name, " {[") {
			value = bytes.Trim(bytes.TrimSpace(value), `"'`)
			return slices.Concat([]byte("["), value[:runeOffset(value, maxLevel-2)], []byte("]"))
		}
		body = item
	}
	if trimmed := bytes.TrimRight(body, " \t:={(["); len(trimmed) > 0 && !isSection(line) {
		body = trimmed
	}
	return body
}

func (d *drawing) hasSections(version int) bool {
	d.sections[version].Do(func() {
		d.has[version] = slices.ContainsFunc([][][]byte{d.a, d.b}[version], isSection)
	})
	return d.has[version]
}

// isSection reports the heading of an ini or TOML file: "[mysqld]".
func isSection(line []byte) bool {
	if bytes.IndexByte(line, '[') < 0 {
		return false
	}
	line = bytes.TrimSpace(line)
	return len(line) > 2 && line[0] == '[' && line[len(line)-1] == ']' && line[1] != ']' && bytes.IndexByte(line, ',') < 0
}

// isItem reports an item of a YAML list; it may stand as deep as the key it belongs to.
func isItem(line []byte) bool {
	line = bytes.TrimLeft(line, " \t")
	return bytes.HasPrefix(line, []byte("- ")) || bytes.Equal(bytes.TrimSpace(line), []byte("-"))
}

// isRemark reports a comment, or a line that separates documents.
func isRemark(line []byte) bool {
	line = bytes.TrimLeft(line, " \t")
	return line[0] == '#' || bytes.HasPrefix(line, []byte("//")) || bytes.HasPrefix(line, []byte("---"))
}
