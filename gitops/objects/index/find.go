package index

import (
	"bytes"

	"plumb/gitops/objects/internal/object"
	"plumb/gitops/objects/packs"
	"plumb/model"
)

// thing is what a tree has at a path. The zero thing is nothing.
type thing struct {
	mode model.FileMode
	id   packs.ID
}

// finder finds what trees have at a path. The paths of one question come in order and mostly
// from one directory, so it remembers the directories on the way to the last one.
type finder struct {
	way    []directory // From the root to the directory of the last path.
	needle []byte
}

type directory struct {
	tree packs.ID
	data []byte
}

func (f *finder) find(s *packs.Session, idSize int, tree packs.ID, path []byte) (thing, error) {
	for depth := 0; ; depth++ {
		data, err := f.enter(s, depth, tree)
		if err != nil {
			return thing{}, err
		}
		name, rest, nested := bytes.Cut(path, []byte("/"))
		is := f.entry(data, name, idSize)
		if !nested || is.mode != model.ModeTree {
			if nested {
				return thing{}, nil
			}
			return is, nil
		}
		tree, path = is.id, rest
	}
}

// enter answers the data of a tree at a depth, and reads it unless it is still there.
func (f *finder) enter(s *packs.Session, depth int, id packs.ID) ([]byte, error) {
	if depth == len(f.way) {
		f.way = append(f.way, directory{})
	}
	d := &f.way[depth]
	if d.tree == id {
		return d.data, nil
	}
	d.tree = packs.ID{}
	_, data, err := s.Read(id)
	if err != nil {
		return nil, err
	}
	d.tree, d.data = id, append(d.data[:0], data...)
	return d.data, nil
}

// entry is the entry of a tree object with the name. It looks for the name as it stands in the object, between a mode
// and a NUL, instead of reading the entries one by one: a directory of thousands is asked for a few. That an id has such
// a sequence in it by chance, mode included, is as unlikely as two objects with the same eight bytes of id.
func (f *finder) entry(data, name []byte, idSize int) (is thing) {
	f.needle = append(append(append(f.needle[:0], ' '), name...), 0)
	for at := 0; ; at++ {
		i := bytes.Index(data[at:], f.needle)
		if i < 0 {
			return thing{}
		}
		at += i
		id := data[at+len(f.needle):]
		mode := modeBefore(data[:at])
		if mode == nil || len(id) < idSize {
			continue
		}
		is.mode, _ = object.ParseMode(mode)
		copy(is.id[:], id[:idSize])
		return is
	}
}

// modeBefore is the mode that stands at the end of the data, as git writes modes; nil where there is none.
func modeBefore(data []byte) []byte {
	if n := len(data) - 6; n >= 0 && data[n] == '1' && (data[n+1] == '0' || data[n+1] == '2' || data[n+1] == '6') {
		if _, ok := object.ParseMode(data[n:]); ok {
			return data[n:]
		}
	}
	if bytes.HasSuffix(data, []byte("40000")) {
		return data[len(data)-5:]
	}
	return nil
}
