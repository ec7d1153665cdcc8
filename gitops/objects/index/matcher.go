package index

import (
	"bytes"
	"errors"
	"fmt"

	"plumb/gitops/objects"
	"plumb/gitops/objects/internal/object"
	"plumb/gitops/objects/packs"
	"plumb/model"
)

// matcher looks up many paths in one tree: it reads each directory once, and goes through it and the paths side by side.
type matcher struct {
	todo []directory
}

// directory is a tree, and the paths to look up that lie in it.
type directory struct {
	tree     packs.ID
	from, to int // Of the paths.
	depth    int // How long the part of the paths is that leads to it.
}

// match marks those of the paths at which the tree has what is wanted.
func (m *matcher) match(s *packs.Session, idSize int, tree packs.ID, paths []wanted) error {
	m.todo = append(m.todo[:0], directory{tree: tree, to: len(paths)})
	for len(m.todo) > 0 {
		last := len(m.todo) - 1
		d := m.todo[last]
		m.todo = m.todo[:last]
		data, err := readTree(s, idSize, d.tree)
		if err != nil {
			return err
		}
		if err := m.directory(data, idSize, d, paths); err != nil {
			return err
		}
	}
	return nil
}

// readTree reads a tree. The empty one is known without being there.
func readTree(s *packs.Session, idSize int, tree packs.ID) ([]byte, error) {
	kind, data, err := s.Read(tree)
	switch {
	case errors.Is(err, packs.ErrMissing) && isEmptyTree(hashOf(tree, idSize)):
		return nil, nil
	case err != nil:
		return nil, err
	case kind != object.Tree:
		return nil, fmt.Errorf("object %s is a %s and no tree: %w", hashOf(tree, idSize), kind, packs.ErrCorrupt)
	}
	return data, nil
}

func isEmptyTree(h model.Hash) bool {
	return h == objects.EmptyTree || h == "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321"
}

// directory marks the paths of one directory, and remembers the directories in it that have more of them.
func (m *matcher) directory(data []byte, idSize int, d directory, paths []wanted) error {
	for i := d.from; i < d.to; {
		name, nested := cutPath(paths[i].path[d.depth:])
		next := i + 1
		for nested && next < d.to && isBelow(paths[next].path[d.depth:], name) {
			next++
		}
		rest, is, err := seek(data, idSize, name, nested)
		if err != nil {
			return fmt.Errorf("tree %s: %w", hashOf(d.tree, idSize), err)
		}
		data = rest
		if nested && is.mode != 0 {
			m.todo = append(m.todo, directory{is.id, i, next, d.depth + len(name) + 1})
		} else {
			for j := i; j < next; j++ {
				paths[j].found = paths[j].found || paths[j].is == is
			}
		}
		i = next
	}
	return nil
}

// cutPath is the first name of a path, and whether there are more.
func cutPath(path []byte) (name []byte, nested bool) {
	name, _, nested = bytes.Cut(path, []byte("/"))
	return name, nested
}

// isBelow reports whether the path leads into the directory.
func isBelow(path, dir []byte) bool {
	return len(path) > len(dir) && path[len(dir)] == '/' && bytes.Equal(path[:len(dir)], dir)
}

// seek finds the entry of a name in the rest of a tree, and answers what comes from there on. The zero thing is none:
// a file and a directory of one name are different entries, as in git's order.
func seek(data []byte, idSize int, name []byte, nested bool) (rest []byte, is thing, err error) {
	for len(data) > 0 {
		space := bytes.IndexByte(data[:min(len(data), longestMode+1)], ' ')
		if space < 0 {
			return nil, is, errTree
		}
		end := bytes.IndexByte(data[space:], 0)
		after := space + end + 1 + idSize
		if end < 0 || after > len(data) {
			return nil, is, errTree
		}
		mode, ok := modeOf(data[:space])
		if !ok {
			return nil, is, errTree
		}
		switch c := compareNames(data[space+1:space+end], mode == model.ModeTree, name, nested); {
		case c > 0:
			return data, is, nil
		case c == 0:
			is.mode = mode
			copy(is.id[:], data[space+end+1:after])
			return data[after:], is, nil
		}
		data = data[after:]
	}
	return nil, is, nil
}

// modeOf reads a mode, the usual ones at a glance.
func modeOf(digits []byte) (model.FileMode, bool) {
	switch string(digits) {
	case "100644":
		return model.ModeFile, true
	case "40000":
		return model.ModeTree, true
	}
	return object.ParseMode(digits)
}

// longestMode is how many digits a mode has at most.
const longestMode = 8

var errTree = fmt.Errorf("malformed tree: %w", packs.ErrCorrupt)

// compareNames orders entries as git does: a directory as if its name ended in a slash.
func compareNames(a []byte, aIsDir bool, b []byte, bIsDir bool) int {
	n := min(len(a), len(b))
	if c := bytes.Compare(a[:n], b[:n]); c != 0 {
		return c
	}
	return int(endOf(a, n, aIsDir)) - int(endOf(b, n, bIsDir))
}

func endOf(name []byte, n int, isDir bool) byte {
	switch {
	case n < len(name):
		return name[n]
	case isDir:
		return '/'
	}
	return 0
}
