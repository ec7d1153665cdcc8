package repositories

import (
	"slices"
	"strings"
)

// directory is what a directory held at one moment. It never changes. An edit makes new directories along its path and
// shares all others, so two of them are equal where their pointers are. That makes comparing and merging cheap, as it
// is for git.
type directory struct {
	names []string // Sorted by bytes.
	nodes []node   // At the same places.
}

// node is a file or a directory, or nothing where both are nil.
type node struct {
	file *file
	dir  *directory
}

// at is what is at a path.
func (d *directory) at(path string) node {
	for {
		name, rest, isDeeper := strings.Cut(path, "/")
		n := d.child(name)
		if !isDeeper || n.dir == nil {
			if isDeeper {
				return node{}
			}
			return n
		}
		d, path = n.dir, rest
	}
}

func (d *directory) child(name string) node {
	if d == nil {
		return node{}
	}
	if i, ok := slices.BinarySearch(d.names, name); ok {
		return d.nodes[i]
	}
	return node{}
}

// with is the directory with something else at a path; nothing removes what is there. A file on the way becomes a
// directory, and a directory that has nothing any more is gone.
func (d *directory) with(path string, n node) *directory {
	name, rest, isDeeper := strings.Cut(path, "/")
	if isDeeper {
		n = node{dir: d.child(name).dir.with(rest, n)}
	}
	if d == nil {
		d = &directory{}
	}
	i, exists := slices.BinarySearch(d.names, name)
	changed := &directory{}
	switch {
	case n == (node{}) && !exists:
		return d.orNothing()
	case n == (node{}):
		changed.names = slices.Concat(d.names[:i], d.names[i+1:])
		changed.nodes = slices.Concat(d.nodes[:i], d.nodes[i+1:])
	case exists:
		changed.names = d.names
		changed.nodes = slices.Clone(d.nodes)
		changed.nodes[i] = n
	default:
		changed.names = slices.Concat(d.names[:i], []string{name}, d.names[i:])
		changed.nodes = slices.Concat(d.nodes[:i], []node{n}, d.nodes[i:])
	}
	return changed.orNothing()
}

func (d *directory) orNothing() *directory {
	if len(d.names) == 0 {
		return nil
	}
	return d
}

// files are the paths of all files below a node, in order.
func (n node) files(path string) []string {
	if n.file != nil {
		return []string{path}
	}
	if n.dir == nil {
		return nil
	}
	var paths []string
	for i, name := range n.dir.names {
		if path != "" {
			name = path + "/" + name
		}
		paths = append(paths, n.dir.nodes[i].files(name)...)
	}
	return paths
}

// change is a path that has another file than before, or none.
type change struct {
	path string
	file *file // Nil where a file, or a whole directory, is gone.
}

// diff is what makes the new directory of the old one: first what goes, then
// what comes, so that files and directories can change places.
func diff(before, after *directory) []change {
	var gone, come []change
	compare("", node{dir: before}, node{dir: after}, func(c change) {
		if c.file == nil {
			gone = append(gone, c)
		} else {
			come = append(come, c)
		}
	})
	return append(gone, come...)
}

func compare(path string, before, after node, found func(change)) {
	if before == after {
		return
	}
	switch {
	case after == (node{}):
		found(change{path: path})
	case after.file != nil:
		if before.dir != nil {
			found(change{path: path})
		}
		found(change{path, after.file})
	default:
		if before.file != nil {
			found(change{path: path})
		}
		union(func(name string, n []node) {
			if path != "" {
				name = path + "/" + name
			}
			compare(name, n[0], n[1], found)
		}, before.dir, after.dir)
	}
}

// union calls visit for each name in any of the directories, in order, with what each has there.
func union(visit func(name string, nodes []node), dirs ...*directory) {
	at := make([]int, len(dirs))
	nodes := make([]node, len(dirs))
	for {
		name, isAny := "", false
		for k, d := range dirs {
			if d != nil && at[k] < len(d.names) && (!isAny || d.names[at[k]] < name) {
				name, isAny = d.names[at[k]], true
			}
		}
		if !isAny {
			return
		}
		for k, d := range dirs {
			nodes[k] = node{}
			if d != nil && at[k] < len(d.names) && d.names[at[k]] == name {
				nodes[k] = d.nodes[at[k]]
				at[k]++
			}
		}
		visit(name, nodes)
	}
}

// merge is ours with all that theirs changed since base. Where both changed a file, blocks are merged as git merges
// lines; in a conflict ours stays.
func merge(base, ours, theirs *directory) *directory {
	return mergeNodes(node{dir: base}, node{dir: ours}, node{dir: theirs}).dir
}

func mergeNodes(base, ours, theirs node) node {
	switch {
	case theirs == base || theirs == ours:
		return ours
	case ours == base:
		return theirs
	case ours.file == nil && theirs.file == nil:
		merged := &directory{}
		union(func(name string, n []node) {
			if m := mergeNodes(n[0], n[1], n[2]); m != (node{}) {
				merged.names = append(merged.names, name)
				merged.nodes = append(merged.nodes, m)
			}
		}, base.dir, ours.dir, theirs.dir)
		return node{dir: merged.orNothing()}
	case base.file != nil && ours.file != nil && theirs.file != nil:
		return node{file: mergeFiles(base.file, ours.file, theirs.file)}
	}
	return ours
}
