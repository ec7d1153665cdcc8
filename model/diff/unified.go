package diff

import (
	"bytes"
	"fmt"
	"strings"

	"plumb/model/text"
)

// Patch is two versions of one file, to be written as a patch. A version that is
// nil does not exist, and its path and mode are not used.
type Patch struct {
	OldPath, NewPath string
	OldMode, NewMode string // As git writes them, "100644"; empty means a plain file.
	OldHash, NewHash string // The full ids that git knows the versions by; empty where they are not known.
	Old, New         []byte
	Context          int // Equal lines around each difference, from 0.

	// Heading is what encloses the lines that have these numbers in the versions, from 0: it is written behind a hunk's place,
	// where programs do not look. Nil leaves it out.
	Heading func(old, new int) text.Safe
}

// Unified is the patch that makes new of old, as git apply and patch read it.
// It holds the versions' raw bytes: it is for files and programs, not for
// the screen. It is empty when nothing differs.
func Unified(oldPath, newPath string, old, new []byte, context int) []byte {
	return Patch{OldPath: oldPath, NewPath: newPath, Old: old, New: new, Context: context}.Bytes()
}

// Bytes writes the patch. Binary versions that differ are named in it only: git apply takes such a patch in a
// repository that has them, if their hashes are known, and refuses it otherwise.
func (p Patch) Bytes() []byte {
	var out bytes.Buffer
	if !p.writeHeader(&out) {
		return nil
	}
	if bytes.Equal(p.Old, p.New) {
		return out.Bytes()
	}
	oldName, newName := "/dev/null", "/dev/null"
	if p.Old != nil {
		oldName = quotePath("a/" + p.OldPath)
	}
	if p.New != nil {
		newName = quotePath("b/" + p.NewPath)
	}
	out.WriteString(p.index())
	if isBinary(p.Old) || isBinary(p.New) {
		fmt.Fprintf(&out, "Binary files %s and %s differ\n", oldName, newName)
		return out.Bytes()
	}
	fmt.Fprintf(&out, "--- %s\n+++ %s\n", endName(oldName), endName(newName))
	p.writeHunks(&out)
	return out.Bytes()
}

// index is the line that names the versions. Binary ones have it in any case: git apply would pass over the file without it.
func (p Patch) index() string {
	old, new, mode := p.OldHash, p.NewHash, ""
	switch none := strings.Repeat("0", max(len(old), len(new))); {
	case p.Old == nil:
		old = none
	case p.New == nil:
		new = none
	case p.OldMode == p.NewMode && p.OldMode != "":
		mode = " " + p.OldMode
	}
	if old == "" || new == "" {
		if !isBinary(p.Old) && !isBinary(p.New) {
			return ""
		}
		const unknown = "0000000"
		old, new = unknown, unknown
	}
	return "index " + old + ".." + new + mode + "\n"
}

// Patch is the difference as a unified patch of what was compared, secrets masked as they are shown; of some of its blocks only,
// where any are named. It is empty where there are no lines.
func (f *File) Patch(only ...Block) ([]byte, error) {
	old, new := f.Versions()
	if len(only) > 0 {
		part, err := Apply(old, new, only)
		if err != nil {
			return nil, fmt.Errorf("make a patch of a part: %w", err)
		}
		new = part
	}
	p := Patch{OldPath: patchPath(f.OldPath), NewPath: patchPath(f.NewPath), Old: old, New: new, Context: defaultContext}
	if f.OldPath.IsEmpty() {
		p.Old = nil
	}
	if f.NewPath.IsEmpty() && len(only) == 0 {
		p.New = nil
	}
	if p.NewPath == "" {
		p.NewPath = p.OldPath
	}
	for side, mode := range map[*string]string{&p.OldMode: f.OldMode, &p.NewMode: f.NewMode} {
		if len(mode) == len("100644") {
			*side = mode
		}
	}
	return p.Bytes(), nil
}

// patchPath is a path as it stands in a patch: the path of a live file has no slash at its front there.
func patchPath(path text.Safe) string { return strings.TrimLeft(path.String(), "/") }

// writeHeader writes what happens to the file as a whole, and reports whether anything does.
func (p Patch) writeHeader(out *bytes.Buffer) bool {
	oldPath, newPath := p.OldPath, p.NewPath
	oldMode, newMode := p.OldMode, p.NewMode
	if oldMode == "" {
		oldMode = "100644"
	}
	if newMode == "" {
		newMode = "100644"
	}
	var lines []string
	switch {
	case p.Old == nil && p.New == nil:
		return false
	case p.Old == nil:
		oldPath = newPath
		lines = append(lines, "new file mode "+newMode)
	case p.New == nil:
		newPath = oldPath
		lines = append(lines, "deleted file mode "+oldMode)
	default:
		if oldMode != newMode {
			lines = append(lines, "old mode "+oldMode, "new mode "+newMode)
		}
		if oldPath != newPath {
			lines = append(lines, "rename from "+quotePath(oldPath), "rename to "+quotePath(newPath))
		}
		if len(lines) == 0 && bytes.Equal(p.Old, p.New) {
			return false
		}
	}
	fmt.Fprintf(out, "diff --git %s %s\n", quotePath("a/"+oldPath), quotePath("b/"+newPath))
	for _, line := range lines {
		out.WriteString(line + "\n")
	}
	return true
}

func (p Patch) writeHunks(out *bytes.Buffer) {
	a, b := splitLines(p.Old), splitLines(p.New)
	blocks, _ := compareLines(a, b, false, 0)
	context := max(p.Context, 0)
	for _, group := range Grouped(blocks, context) {
		first, last := group[0], group[len(group)-1]
		lead, trail := min(context, first.OldLo), min(context, len(a)-last.OldHi)
		i := first.OldLo - lead
		fmt.Fprintf(out, "@@ -%s +%s @@%s\n", lineRange(i, last.OldHi+trail), lineRange(first.NewLo-lead, last.NewHi+trail), p.heading(i, first.NewLo-lead))
		for _, at := range group {
			writeLines(out, ' ', a[i:at.OldLo])
			writeLines(out, '-', a[at.OldLo:at.OldHi])
			writeLines(out, '+', b[at.NewLo:at.NewHi])
			i = at.OldHi
		}
		writeLines(out, ' ', a[i:i+trail])
	}
}

func (p Patch) heading(old, new int) string {
	if p.Heading == nil {
		return ""
	}
	if h := p.Heading(old, new); !h.IsEmpty() {
		return " " + h.String()
	}
	return ""
}

func writeLines(out *bytes.Buffer, sign byte, lines [][]byte) {
	for _, line := range lines {
		out.WriteByte(sign)
		out.Write(line)
		if line[len(line)-1] != '\n' {
			out.WriteString("\n\\ No newline at end of file\n")
		}
	}
}

// lineRange writes lines lo up to hi, counted from 0, as a hunk's head has
// them: from 1, and an empty range by the line before it.
func lineRange(lo, hi int) string {
	switch hi - lo {
	case 0:
		return fmt.Sprintf("%d,0", lo)
	case 1:
		return fmt.Sprint(lo + 1)
	}
	return fmt.Sprintf("%d,%d", lo+1, hi-lo)
}

// endName ends a name that has spaces with a tab, so that a reader does not take what follows for a date.
func endName(name string) string {
	if strings.Contains(name, " ") && !strings.HasPrefix(name, `"`) {
		return name + "\t"
	}
	return name
}

// quotePath writes a path with unusual bytes the way git does: in double quotes, the bytes in octal.
func quotePath(path string) string {
	plain := true
	for i := 0; i < len(path); i++ {
		if c := path[i]; c < 0x20 || c >= 0x7f || c == '"' || c == '\\' {
			plain = false
			break
		}
	}
	if plain {
		return path
	}
	var b strings.Builder
	b.WriteByte('"')
	for i := 0; i < len(path); i++ {
		switch c := path[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < 0x20 || c >= 0x7f:
			fmt.Fprintf(&b, `\%03o`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
