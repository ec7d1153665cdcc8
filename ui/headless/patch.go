package headless

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"plumb/model"
	"plumb/model/diff"
	"plumb/model/text"
)

// PatchSide is a version of a file as a patch has it: bytes of others that no terminal is to be given.
type PatchSide struct {
	Path string     // Empty: that of the difference.
	Mode string     // As git writes it, "100644". Empty: that of the difference.
	Hash model.Hash // Of the object of git; empty where there is none.
	Data []byte     // The bytes of a link, whose lines are not compared, and of a file that becomes one; nil for others.
}

// patch writes what git apply makes the new versions with. What is for people stands before each file, in lines that
// begin with #: git apply skips what is between the patches of two files.
func (t Text) patch(p *page, f FileDiff, context int) {
	remark := func(format string, args ...any) { p.WriteString("# " + fmt.Sprintf(format, args...) + "\n") }
	if f.Address != "" {
		remark("%s", f.resource())
	}
	old, new := f.sides()
	for _, a := range f.Attrs {
		if a.Name != "mode" || old.Mode == new.Mode {
			remark("%s %s → %s", line(a.Name), orUnset(a.Old), orUnset(a.New))
		}
	}
	if note := f.note(); note != "" {
		remark("%s", note)
	}
	if f.HidesSecrets(context) {
		remark("secrets are masked: git apply cannot make the file with them of this")
	}
	p.Write(f.patch(old, new, context))
}

func (f FileDiff) patch(old, new PatchSide, context int) []byte {
	p := diff.Patch{OldPath: old.Path, NewPath: new.Path, OldMode: old.Mode, NewMode: new.Mode, Context: context, Heading: f.HeadingAt}
	if before, after := f.Versions(); f.Masked == "" || before == nil && after == nil {
		p.OldHash, p.NewHash = string(old.Hash), string(new.Hash)
	}
	switch p.Old, p.New = f.Versions(); {
	case f.OldPath.IsEmpty() && f.NewPath.IsEmpty():
		return nil
	case p.Old == nil && p.New == nil:
		p.Old, p.New = f.unseen()
		p.Old, p.New = known(p.Old, old.Data), known(p.New, new.Data)
	case p.Old != nil && p.New != nil:
		// With white space ignored only a part of what differs is told. This makes a patch of it that fits the old version.
		part, err := diff.Apply(p.Old, p.New, f.Blocks)
		if err != nil {
			break // The blocks are those of the versions.
		}
		p.New = part
	}
	p.Old, p.New = submodule(p.Old, old), submodule(p.New, new)
	if p.Old == nil || p.New == nil || kindOf(old.Mode) == kindOf(new.Mode) {
		return p.Bytes()
	}
	// A file does not become a link: it goes, and a link comes.
	gone, comes := p, p
	gone.New, comes.Old = nil, nil
	return append(gone.Bytes(), comes.Bytes()...)
}

// unseen stands for versions that have no lines. A patch names them as binary: git apply takes them from a repository that has
// them, and refuses the patch elsewhere rather than leave a file as it is.
func (f FileDiff) unseen() (old, new []byte) {
	if !f.OldPath.IsEmpty() {
		old = []byte{0}
	}
	if !f.NewPath.IsEmpty() {
		new = []byte{0}
	}
	if old != nil && new != nil && f.note() != "" {
		new = []byte{0, 0}
	}
	return old, new
}

// known is the version itself, where its bytes are at hand.
func known(version, data []byte) []byte {
	if version != nil && data != nil {
		return data
	}
	return version
}

// submodule writes the commit of a submodule as git does.
func submodule(data []byte, side PatchSide) []byte {
	if side.Mode != "160000" || data == nil || side.Hash == "" {
		return data
	}
	return fmt.Appendf(nil, "Subproject commit %s\n", side.Hash)
}

// kindOf is the part of a mode that says whether it is a file, a link or a submodule.
func kindOf(mode string) string {
	mode = cmp.Or(mode, "100644")
	return mode[:min(3, len(mode))]
}

// sides are both versions as a patch calls them.
func (f FileDiff) sides() (old, new PatchSide) {
	old, new = f.Sides[0], f.Sides[1]
	old.Path, new.Path = cmp.Or(old.Path, f.OldPath.String()), cmp.Or(new.Path, f.NewPath.String())
	old.Path, new.Path = strings.TrimLeft(cmp.Or(old.Path, new.Path), "/"), strings.TrimLeft(cmp.Or(new.Path, old.Path), "/")
	for side, mode := range map[*string]string{&old.Mode: f.OldMode, &new.Mode: f.NewMode} {
		if *side == "" && len(mode) == len("100644") {
			*side = mode
		}
	}
	return old, new
}

// HidesSecrets reports whether the lines that are printed with so many equal ones around them have marks in the place of secrets.
func (f FileDiff) HidesSecrets(context int) bool {
	if f.Masked == "" {
		return false
	}
	all := newWholeLines(&f.File)
	for _, h := range f.HunksWithin(context) {
		if slices.ContainsFunc(all.old[h.Lines.OldLo:h.Lines.OldHi], hasMark) || slices.ContainsFunc(all.new[h.Lines.NewLo:h.Lines.NewHi], hasMark) {
			return true
		}
	}
	return false
}

func hasMark(line []byte) bool {
	return bytes.Contains(line, []byte("«secret")) || bytes.Contains(line, []byte("«encrypted"))
}

// resource says which resource differs, and how it stands to git.
func (f FileDiff) resource() string {
	about := fmt.Sprintf("%s %s/%s", line(f.Environment), line(f.Target), line(string(f.Address)))
	if f.Status != "" {
		about += ": " + string(f.Status)
	}
	if !f.Reason.IsEmpty() {
		about += ", " + oneLine(f.Reason)
	}
	return about
}

// note says in one line what lines do not say.
func (f FileDiff) note() string {
	if f.Note.IsEmpty() && f.Unloaded > 0 {
		return text.Size(f.Unloaded).String() + ", not loaded"
	}
	return oneLine(f.Note)
}
