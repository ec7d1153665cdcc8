package object

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"plumb/model"
)

// Entry is one entry of a tree.
type Entry struct {
	Name string
	Mode model.FileMode
	Hash model.Hash
}

var errTree = errors.New("malformed tree object")

// ParseTree reads a tree whose ids are idSize bytes long. Modes become one of
// the five that git knows, as git itself reads them. Names come as they are,
// hostile ones included.
func ParseTree(data []byte, idSize int) ([]Entry, error) {
	entries := make([]Entry, 0, len(data)/(idSize+16))
	for len(data) > 0 {
		space := bytes.IndexByte(data, ' ')
		mode, ok := ParseMode(data[:max(space, 0)])
		if !ok {
			return nil, errTree
		}
		data = data[space+1:]
		end := bytes.IndexByte(data, 0)
		if end < 0 || len(data) < end+1+idSize {
			return nil, errTree
		}
		entries = append(entries, Entry{
			Name: string(data[:end]),
			Mode: mode,
			Hash: model.Hash(hex.EncodeToString(data[end+1 : end+1+idSize])),
		})
		data = data[end+1+idSize:]
	}
	return entries, nil
}

// ParseMode reads the mode of a tree entry; not ok for what is no octal number.
func ParseMode(digits []byte) (model.FileMode, bool) {
	if len(digits) == 0 || len(digits) > 8 {
		return 0, false
	}
	mode := uint32(0)
	for _, d := range digits {
		if d < '0' || d > '7' {
			return 0, false
		}
		mode = mode<<3 | uint32(d-'0')
	}
	return Canonical(mode), true
}

// Canonical maps the modes of old or careless programs to those that git knows, as git does.
func Canonical(mode uint32) model.FileMode {
	switch mode & 0o170000 {
	case 0o100000:
		if mode&0o100 != 0 {
			return model.ModeExecutable
		}
		return model.ModeFile
	case 0o120000:
		return model.ModeSymlink
	case 0o040000:
		return model.ModeTree
	}
	return model.ModeSubmodule
}

// EncodeTree sorts the entries as git does and writes them. Names that no
// checkout could bear, doubled names and unknown modes are errors.
func EncodeTree(entries []Entry) ([]byte, error) {
	sorted := slices.Clone(entries)
	slices.SortFunc(sorted, Compare)
	names := make(map[string]bool, len(sorted))
	var b bytes.Buffer
	for _, e := range sorted {
		if err := CheckName(e.Name); err != nil {
			return nil, err
		}
		if names[e.Name] {
			return nil, fmt.Errorf("name %q is there twice", e.Name)
		}
		names[e.Name] = true
		if Canonical(uint32(e.Mode)) != e.Mode {
			return nil, fmt.Errorf("name %q has mode %o, which git does not know", e.Name, uint32(e.Mode))
		}
		id, err := hex.DecodeString(string(e.Hash))
		if err != nil || !IsID(e.Hash) {
			return nil, fmt.Errorf("name %q has no valid object id", e.Name)
		}
		b.WriteString(strconv.FormatUint(uint64(e.Mode), 8))
		b.WriteByte(' ')
		b.WriteString(e.Name)
		b.WriteByte(0)
		b.Write(id)
	}
	return b.Bytes(), nil
}

// Compare orders entries as git does: a directory as if its name ended in a slash.
func Compare(a, b Entry) int {
	n := min(len(a.Name), len(b.Name))
	if c := strings.Compare(a.Name[:n], b.Name[:n]); c != 0 {
		return c
	}
	return int(at(a, n)) - int(at(b, n))
}

func at(e Entry, i int) byte {
	switch {
	case i < len(e.Name):
		return e.Name[i]
	case e.Mode == model.ModeTree && i == len(e.Name):
		return '/'
	}
	return 0
}

// CheckName refuses what must not be the name of a file or directory in a tree:
// it would leave the tree, or be git's own directory on some file system.
func CheckName(name string) error {
	switch {
	case name == "":
		return errors.New("an empty name")
	case name == "." || name == "..":
		return fmt.Errorf("name %q leaves its directory", name)
	case strings.ContainsAny(name, "/\x00"):
		return fmt.Errorf("name %q has a slash or a NUL in it", name)
	}
	// A backslash separates directories on Windows; what follows one may not be git's either.
	for part := range strings.SplitSeq(name, `\`) {
		if isDotGit(part) {
			return fmt.Errorf("name %q is git's own", name)
		}
	}
	return nil
}

// isDotGit reports whether some file system takes the name for ".git": the
// cases of macOS and Windows, the short name and the streams of NTFS, and the
// invisible characters that HFS+ ignores.
func isDotGit(name string) bool {
	name, _, _ = strings.Cut(name, ":")
	name = strings.TrimRight(name, ". ")
	name = strings.Map(func(r rune) rune {
		switch {
		case r >= 0x200c && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x206a && r <= 0x206f, r == 0xfeff:
			return -1
		}
		return r
	}, name)
	return strings.EqualFold(name, ".git") || strings.EqualFold(name, "git~1")
}
