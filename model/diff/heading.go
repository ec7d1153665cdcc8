package diff

import (
	"bytes"
	"slices"

	"plumb/model/text"
)

// maxClimb is how many lines above a hunk are searched for what encloses it.
const maxClimb = 5000

// climbBudget is how many lines all headings of a file may search together.
const climbBudget = 1_000_000

// maxHeading is how many runes of a heading are shown.
const maxHeading = 120

// heading answers the nearest line above the hunk that encloses its first
// line: one that is indented less, the key above a list, or the "[section]" of
// a file without indentation. It is empty where nothing encloses it.
func (d *drawing) heading(at Block, lead int) text.Safe {
	lines, start := d.b, at.NewLo-lead
	if len(lines) == 0 {
		lines, start = d.a, at.OldLo-lead
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
	if depth == 0 && !item && !d.hasSections(lines) {
		return text.Safe{}
	}
	for i := start - 1; i >= 0 && i >= start-maxClimb && d.climbs > 0; i-- {
		d.climbs--
		width, blank := indentation(lines[i])
		if blank || width > depth || width == depth && !(item && !isItem(lines[i]) || isSection(lines[i])) {
			continue
		}
		if !isCloser(lines[i]) && !isRemark(lines[i]) {
			body := bytes.TrimSpace(lines[i])
			return text.Bytes(body[:runeOffset(body, maxHeading)])
		}
	}
	return text.Safe{}
}

func (d *drawing) hasSections(lines [][]byte) bool {
	if d.sections == 0 {
		d.sections = -1
		if slices.ContainsFunc(lines, isSection) {
			d.sections = 1
		}
	}
	return d.sections > 0
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
