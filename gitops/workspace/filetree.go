package workspace

import (
	"cmp"
	"fmt"
	"strings"

	"plumb/model"
)

// Node is one row of files as a tree: a file, or a directory with all below it following. What a directory holds alone stands
// in its row: "etc/nginx" for two directories, "etc/nginx/nginx.conf" for a file in them.
type Node struct {
	Name  string // Below the row above it.
	Path  string // From the root of the repository; of raw bytes, like the name.
	Depth int
	File  int // The index of the file; -1 for a directory.
	End   int // The index of the first row that is not below this one.
}

// IsDir reports whether the row is a directory.
func (n Node) IsDir() bool { return n.File < 0 }

// Tree arranges files in a tree. They have to be in path order.
func Tree(files []model.FileChange) []Node {
	g := grower{files: files, nodes: make([]Node, 0, len(files)*5/4)}
	g.grow(0, len(files), 0, 0)
	return g.nodes
}

type grower struct {
	files []model.FileChange
	nodes []Node
}

// grow adds the files from lo to hi, of which all paths begin with the same directory of so many bytes.
func (g *grower) grow(lo, hi, dir, depth int) {
	for i := lo; i < hi; {
		path := g.files[i].Path
		slash := strings.IndexByte(path[dir:], '/')
		if slash < 0 {
			g.nodes = append(g.nodes, Node{path[dir:], path, depth, i, len(g.nodes) + 1})
			i++
			continue
		}
		end := i + 1
		prefix := path[:dir+slash+1]
		for end < hi && strings.HasPrefix(g.files[end].Path, prefix) {
			end++
		}
		if end == i+1 {
			g.nodes = append(g.nodes, Node{path[dir:], path, depth, i, len(g.nodes) + 1})
			i = end
			continue
		}
		prefix = g.chain(i, end, prefix)
		at := len(g.nodes)
		name := strings.TrimSuffix(prefix, "/")
		g.nodes = append(g.nodes, Node{Name: name[dir:], Path: name, Depth: depth, File: -1})
		g.grow(i, end, len(prefix), depth+1)
		g.nodes[at].End = len(g.nodes)
		i = end
	}
}

// chain is the directory that the files have in common below prefix, as far as each directory holds one directory only.
func (g *grower) chain(lo, hi int, prefix string) string {
	for {
		first := g.files[lo].Path
		slash := strings.IndexByte(first[len(prefix):], '/')
		if slash < 0 {
			return prefix
		}
		longer := first[:len(prefix)+slash+1]
		for _, f := range g.files[lo+1 : hi] {
			if !strings.HasPrefix(f.Path, longer) {
				return prefix
			}
		}
		prefix = longer
	}
}

// LineSum is what differs in a file, or in all files of a directory.
type LineSum struct {
	Files          int
	Added, Removed int
	Blind          int // Files whose lines are not counted though they have some.
}

func (s *LineSum) add(n LineCount) {
	s.Files++
	s.Added += n.Added
	s.Removed += n.Removed
	if n.Unknown == IsLarge || n.Unknown == IsNotHere || n.Unknown == IsNotCounted {
		s.Blind++
	}
}

// Sum adds the counts of files up.
func Sum(counts []LineCount) LineSum {
	var s LineSum
	for _, n := range counts {
		s.add(n)
	}
	return s
}

// SumTree adds the counts up for each row of a tree. Counts are by file; there may be fewer than files, as long as they come in.
func SumTree(nodes []Node, counts []LineCount) []LineSum {
	sums := make([]LineSum, len(nodes))
	var above []int // The directories that the row is in, by depth.
	for i, n := range nodes {
		above = append(above[:min(n.Depth, len(above))], i)
		if n.IsDir() {
			continue
		}
		var count LineCount
		if n.File < len(counts) {
			count = counts[n.File]
		}
		for _, k := range above {
			sums[k].add(count)
		}
	}
	return sums
}

// Became says in few words what became of a file beside its content; it is empty where that is nothing. A moved file
// is not named here: where it was is its OldPath.
func Became(f model.FileChange) string {
	switch {
	case f.OldMode == 0:
		return "new" + kindOf(f.NewMode)
	case f.NewMode == 0:
		return "gone" + kindOf(f.OldMode)
	case f.OldMode != f.NewMode && kindOf(f.OldMode) != kindOf(f.NewMode):
		return "now a" + strings.TrimPrefix(cmp.Or(kindOf(f.NewMode), ", file"), ",")
	case f.OldMode != f.NewMode && f.NewMode == model.ModeExecutable:
		return "executable"
	case f.OldMode != f.NewMode && f.OldMode == model.ModeExecutable:
		return "not executable"
	case f.OldMode != f.NewMode:
		return fmt.Sprintf("mode %06o → %06o", uint32(f.OldMode), uint32(f.NewMode))
	}
	return ""
}

// kindOf names what is no plain file, as it stands behind another word.
func kindOf(m model.FileMode) string {
	switch m {
	case model.ModeSymlink:
		return ", link"
	case model.ModeSubmodule:
		return ", submodule"
	}
	return ""
}
