package packs

import (
	"bytes"
	"fmt"

	"plumb/gitops/objects/internal/object"
	"plumb/model"
)

// treeEntry is an entry of a tree that lies over the tree's bytes. A mode of 0 is no entry.
type treeEntry struct {
	mode     model.FileMode
	name, id []byte
}

var errTree = fmt.Errorf("malformed tree: %w", ErrCorrupt)

// parseTreeEntry reads the first entry of a tree and answers how long it is.
func parseTreeEntry(data []byte, idSize int) (e treeEntry, length int, err error) {
	mode := uint32(0)
	i := 0
	for ; i < len(data) && data[i] != ' '; i++ {
		c := data[i] - '0'
		if c > 7 || i >= 8 {
			return e, 0, errTree
		}
		mode = mode<<3 | uint32(c)
	}
	if i == 0 || i == len(data) {
		return e, 0, errTree
	}
	data = data[i+1:]
	end := bytes.IndexByte(data, 0)
	if end <= 0 || len(data)-end-1 < idSize {
		return e, 0, errTree
	}
	return treeEntry{object.Canonical(mode), data[:end], data[end+1 : end+1+idSize]}, i + 1 + end + 1 + idSize, nil
}

// nextEntries takes the entry that comes first from the side or sides that have it.
func nextEntries(a, b *side, idSize int) (x, y treeEntry, err error) {
	var xLength, yLength int
	if len(a.rest()) > 0 {
		if x, xLength, err = parseTreeEntry(a.rest(), idSize); err != nil {
			return x, y, err
		}
	}
	if len(b.rest()) > 0 {
		if y, yLength, err = parseTreeEntry(b.rest(), idSize); err != nil {
			return x, y, err
		}
	}
	if x.mode != 0 && y.mode != 0 {
		switch c := compareNames(x, y); {
		case c < 0:
			y, yLength = treeEntry{}, 0
		case c > 0:
			x, xLength = treeEntry{}, 0
		}
	}
	a.next += xLength
	b.next += yLength
	return x, y, nil
}

// compareNames orders entries as git does: a directory as if its name ended in
// a slash. So a file and a directory of one name are different entries.
func compareNames(x, y treeEntry) int {
	n := min(len(x.name), len(y.name))
	if c := bytes.Compare(x.name[:n], y.name[:n]); c != 0 {
		return c
	}
	return int(x.at(n)) - int(y.at(n))
}

func (e treeEntry) at(i int) byte {
	switch {
	case i < len(e.name):
		return e.name[i]
	case i == len(e.name) && e.mode == model.ModeTree:
		return '/'
	}
	return 0
}
