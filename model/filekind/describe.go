package filekind

import (
	"cmp"
	"fmt"

	"plumb/model"
	"plumb/model/text"
)

// Describe says what a version is: "PNG image, 640×480, 12 KiB". It is empty for a file that does not exist.
func (i Info) Describe() text.Safe {
	return text.Format("%s", joined(i.facets()))
}

// String is Describe for messages and tests; it is as safe.
func (i Info) String() string { return i.Describe().String() }

// facets are what there is to say of a version, each a few words or empty: what it is, a detail, the size, a note. Those of
// two versions of one kind can be compared one by one.
func (i Info) facets() [4]string {
	switch i.Kind {
	case Text:
		return [4]string{"text", "", text.Size(i.Size).String()}
	case Empty:
		return [4]string{"empty file"}
	case Binary:
		if i.Format != "" {
			return [4]string{"binary (" + i.Format + ")", "", text.Size(i.Size).String()}
		}
		return [4]string{"binary", "", text.Size(i.Size).String()}
	case Image:
		dimensions := ""
		if i.Width > 0 {
			dimensions = fmt.Sprintf("%d×%d", i.Width, i.Height)
		}
		if i.Format == "icon" {
			return [4]string{"icon", dimensions, text.Size(i.Size).String()}
		}
		return [4]string{i.Format + " image", dimensions, text.Size(i.Size).String()}
	case Symlink:
		return [4]string{"symbolic link to " + i.Target.String()}
	case Submodule:
		if i.Hash == "" {
			return [4]string{"submodule"}
		}
		return [4]string{"submodule at " + i.Hash.Short()}
	case Directory:
		return [4]string{"directory"}
	case LFS:
		return [4]string{"Git LFS", "", text.Size(i.Size).String(), "kept outside git"}
	case SOPS, Encrypted:
		readers := ""
		if i.Recipients == 1 {
			readers = "for 1 key"
		} else if i.Recipients > 1 {
			readers = fmt.Sprintf("for %d keys", i.Recipients)
		}
		return [4]string{"encrypted by " + i.Tool, readers, text.Size(i.Size).String()}
	}
	return [4]string{}
}

// joined puts what there is to say in one line.
func joined(parts [4]string) string {
	line := ""
	for _, p := range parts {
		if p == "" {
			continue
		}
		if line != "" {
			line += ", "
		}
		line += p
	}
	return line
}

// Change says in one line what became of a file that is not plain text on both sides: "PNG image,
// 640×480 → 800×600, 12 KiB → 14 KiB". For plain text it is empty, but where the mode changed, or where there are no lines that
// would show that an empty file came or went.
func Change(old, new Info) text.Safe {
	return text.Format("%s", change(old, new))
}

func change(old, new Info) string {
	switch {
	case old.Kind == Absent && new.Kind == Absent:
		return ""
	case old.Kind == Absent:
		return one("new", new)
	case new.Kind == Absent:
		return one("removed", old)
	case isFile(old.Kind) != isFile(new.Kind) || !isFile(old.Kind) && old.Kind != new.Kind:
		return other(old) + " → " + other(new)
	case old.Kind == Symlink:
		if old.Target != new.Target {
			return "link target " + old.Target.String() + " → " + new.Target.String()
		}
		return "link target " + new.Target.String()
	case old.Kind == Submodule:
		if old.Hash != new.Hash {
			return "submodule " + old.Hash.Short() + " → " + new.Hash.Short()
		}
		return joined(new.facets())
	case old.Kind == Directory:
		return "directory"
	}
	words := contents(old, new)
	if mode := modeChange(old.Mode, new.Mode); mode != "" {
		if words != "" {
			words += ", "
		}
		words += mode
	}
	return words
}

// one says what came or went.
func one(verb string, i Info) string {
	if i.Kind != Text {
		return verb + ": " + joined(i.facets())
	}
	if verb == "new" && i.Mode == model.ModeExecutable {
		return "new: executable"
	}
	return ""
}

// isFile reports what has contents of its own, which a link, a submodule and a directory have not.
func isFile(k Kind) bool { return k != Symlink && k != Submodule && k != Directory }

// other names a side where one is a file and the other is none.
func other(i Info) string {
	if i.Kind == Text || i.Kind == Empty {
		return "file"
	}
	return joined(i.facets())
}

// contents says how the contents of a file changed; nothing where its lines will.
func contents(old, new Info) string {
	switch {
	case old.Kind.IsPlain() && new.Kind.IsPlain():
		return ""
	case old.Kind != new.Kind:
		return joined(old.facets()) + " → " + joined(new.facets())
	}
	a, b := old.facets(), new.facets()
	if old.Kind == SOPS {
		a[2], b[2] = "", "" // Its lines tell more than its size.
	}
	isDifferent := old.Size != new.Size || old.OID != new.OID
	if old.Hash != "" && new.Hash != "" {
		isDifferent = old.Hash != new.Hash
	}
	looksSame := a[2] == b[2] && a[2] != ""
	for k := range a {
		switch {
		case a[k] == b[k]:
		case a[k] == "" || b[k] == "":
			b[k] = cmp.Or(a[k], "not known") + " → " + cmp.Or(b[k], "not known")
		default:
			b[k] = a[k] + " → " + b[k]
		}
	}
	words := joined(b)
	if isDifferent && looksSame {
		words += ", other contents"
	}
	return words
}

// modeChange says what became of the mode of a file; nothing where it stayed or is not known.
func modeChange(old, new model.FileMode) string {
	if old == new || old == 0 || new == 0 {
		return ""
	}
	words := fmt.Sprintf("mode %04o → %04o", old&0o7777, new&0o7777)
	switch {
	case old&0o111 == 0 && new&0o111 != 0:
		words += " (now executable)"
	case old&0o111 != 0 && new&0o111 == 0:
		words += " (no longer executable)"
	}
	return words
}
