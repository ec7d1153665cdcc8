// Package filekind says what a version of a file is when it is not ordinary text: an image, a
// program, a submodule, a link, a pointer of Git LFS, something encrypted. It goes by the mode and
// the bytes; names lie. It also masks cipher texts in files of which only the values are encrypted.
//
// All of it takes time in proportion to the bytes it is given, and not more whatever is in them.
package filekind

import (
	"bytes"

	"plumb/model"
	"plumb/model/diff"
	"plumb/model/text"
)

// Kind is what a version of a file is.
type Kind int

// The kinds of version.
const (
	Absent    Kind = iota // This side has no such file.
	Text                  // Lines that a person reads; also SVG and files with encrypted values that are not of SOPS.
	Empty                 // A file without a byte.
	Binary                // Anything else that is no text.
	Image                 // A picture of a format that is known.
	Symlink               // A symbolic link.
	Submodule             // A commit of another repository.
	Directory             // A tree.
	LFS                   // A pointer of Git LFS to contents that are kept elsewhere.
	SOPS                  // Values are encrypted, by SOPS; keys can be read.
	Encrypted             // Encrypted as a whole: by git-crypt, ansible-vault, age, OpenPGP or OpenSSL.
)

// HasLines reports whether there are lines worth comparing. Those of a file of SOPS are to be shown through [MaskEncrypted].
func (k Kind) HasLines() bool {
	switch k {
	case Absent, Text, Empty, SOPS:
		return true
	}
	return false
}

// IsPlain reports whether there is nothing to say about a version but its lines.
func (k Kind) IsPlain() bool { return k == Absent || k == Text || k == Empty }

// Version is one side of a file. The zero value is a file that does not exist.
type Version struct {
	Exists bool
	Mode   model.FileMode
	Hash   model.Hash // Of the blob, or the commit of a submodule. May be empty otherwise; then equal contents are not told from others.
	Size   int64      // Bytes of all of it.
	Data   []byte     // All of it, or a head: 64 KiB are enough for all but the size of some JPEG images and the metadata of SOPS.
}

// Info is what is known about a version.
type Info struct {
	Kind       Kind
	Mode       model.FileMode
	Hash       model.Hash // As the version had it.
	Size       int64      // Bytes; for LFS of the contents, not of the pointer.
	Format     string     // Of an image or a binary file: "PNG", "ELF program"; may be empty. Never foreign text.
	Width      int        // Pixels of an image; 0 where they are not known.
	Height     int
	OID        string    // Of an LFS object: 64 hexadecimal digits.
	Target     text.Safe // Where a link leads to.
	Tool       string    // What encrypted it: "git-crypt". Never foreign text.
	Recipients int       // Who can decrypt it: a number of keys; 0 where it is not known.
}

// maxTarget is how many bytes of a link's target are shown: more than a screen is wide.
const maxTarget = 1024

// Detect says what a version is. The path only decides between names for the same bytes.
func Detect(path string, v Version) Info {
	if !v.Exists {
		return Info{}
	}
	i := Info{Mode: v.Mode, Hash: v.Hash, Size: max(v.Size, int64(len(v.Data)))}
	switch v.Mode {
	case model.ModeSubmodule:
		i.Kind, i.Size = Submodule, 0
		return i
	case model.ModeTree:
		i.Kind, i.Size = Directory, 0
		return i
	case model.ModeSymlink:
		i.Kind = Symlink
		i.Target = text.Line(string(v.Data[:min(len(v.Data), maxTarget)]))
		if len(v.Data) > maxTarget {
			i.Target = text.Join("", i.Target, text.Lit("…"))
		}
		return i
	}
	if i.Size == 0 {
		i.Kind = Empty
		return i
	}
	for _, is := range []func(string, []byte, *Info) bool{isPointer, isEncrypted, isImage, isBinary, isSOPS} {
		if is(path, v.Data, &i) {
			return i
		}
	}
	i.Kind = Text
	return i
}

// isBinary agrees with what is compared by lines and what is not.
func isBinary(path string, data []byte, i *Info) bool {
	if !diff.IsBinary(data) {
		return false
	}
	i.Kind, i.Format = Binary, format(path, data)
	return true
}

// maxPointer is the size in bytes from which on git-lfs takes a file for contents.
const maxPointer = 1024

// isPointer recognises a pointer of Git LFS: lines of a key, a blank and a value, the version first.
func isPointer(_ string, data []byte, i *Info) bool {
	if i.Size >= maxPointer || len(data) < int(i.Size) {
		return false
	}
	first, rest, _ := bytes.Cut(data, []byte("\n"))
	switch string(bytes.TrimSuffix(first, []byte("\r"))) {
	case "version https://git-lfs.github.com/spec/v1", "version https://hawser.github.com/spec/v1", "version http://git-media.io/v/2":
	default:
		return false
	}
	oid, size := "", int64(-1)
	for line := range bytes.Lines(rest) {
		key, value, _ := bytes.Cut(bytes.TrimRight(line, "\r\n"), []byte(" "))
		switch string(key) {
		case "oid":
			hash, ok := bytes.CutPrefix(value, []byte("sha256:"))
			if !ok || len(hash) != 64 || !isHex(hash) {
				return false
			}
			oid = string(hash)
		case "size":
			if size = number(value); size < 0 {
				return false
			}
		}
	}
	if oid == "" || size < 0 {
		return false
	}
	i.Kind, i.OID, i.Size = LFS, oid, size
	return true
}

// number reads a decimal number without a sign; -1 is none.
func number(digits []byte) int64 {
	if len(digits) == 0 || len(digits) > 18 {
		return -1
	}
	n := int64(0)
	for _, c := range digits {
		if c < '0' || c > '9' {
			return -1
		}
		n = n*10 + int64(c-'0')
	}
	return n
}

func isHex(data []byte) bool {
	for _, c := range data {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
			return false
		}
	}
	return len(data) > 0
}
