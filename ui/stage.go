package ui

import (
	"maps"
	"slices"

	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/diff"
	"plumb/model/text"
)

// stage is what the operator has picked for the next change of an environment. It costs nothing and changes nothing.
type stage struct {
	whole   map[string]bool                        // Resources, as TARGET/ADDRESS.
	parts   map[string]workspace.Part              // Parts of resources, by the same key.
	commits map[model.Hash]map[string][]diff.Block // Parts of commits, by the path of the file.
}

// toggle picks a resource, or puts it and its parts back.
func (s *stage) toggle(key string) (picked bool) {
	_, part := s.parts[key]
	if s.whole[key] || part {
		delete(s.whole, key)
		delete(s.parts, key)
		return false
	}
	if s.whole == nil {
		s.whole = map[string]bool{}
	}
	s.whole[key] = true
	return true
}

// toggleBlocks picks blocks of a resource, or puts them back where all of them are picked.
func (s *stage) toggleBlocks(key string, part workspace.Part) {
	if s.parts == nil {
		s.parts = map[string]workspace.Part{}
	}
	before := s.parts[key]
	if before.Old != part.Old || before.New != part.New {
		before.Blocks = nil // Of versions that are no longer there.
	}
	delete(s.whole, key)
	if part.Blocks = toggled(before.Blocks, part.Blocks); len(part.Blocks) == 0 {
		delete(s.parts, key)
		return
	}
	s.parts[key] = part
}

// toggleCommit is toggleBlocks for a file of a commit.
func (s *stage) toggleCommit(id model.Hash, path string, blocks []diff.Block) {
	if s.commits == nil {
		s.commits = map[model.Hash]map[string][]diff.Block{}
	}
	if s.commits[id] == nil {
		s.commits[id] = map[string][]diff.Block{}
	}
	if s.commits[id][path] = toggled(s.commits[id][path], blocks); len(s.commits[id][path]) == 0 {
		delete(s.commits[id], path)
	}
	if len(s.commits[id]) == 0 {
		delete(s.commits, id)
	}
}

// toggled is before without the blocks if it has them all, and with them otherwise.
func toggled(before, blocks []diff.Block) []diff.Block {
	left := slices.DeleteFunc(slices.Clone(before), func(b diff.Block) bool {
		return slices.ContainsFunc(blocks, func(c diff.Block) bool { return meet(b, c) })
	})
	if len(before)-len(left) == len(blocks) && !slices.ContainsFunc(blocks, func(b diff.Block) bool { return !slices.Contains(before, b) }) {
		return left
	}
	left = append(left, blocks...)
	slices.SortFunc(left, func(a, b diff.Block) int { return a.OldLo + a.NewLo - b.OldLo - b.NewLo })
	return left
}

// meet reports whether two parts have a line in common.
func meet(a, b diff.Block) bool {
	return a.OldLo < b.OldHi && b.OldLo < a.OldHi || a.NewLo < b.NewHi && b.NewLo < a.NewHi
}

// resources is how many resources are picked, wholly or in part.
func (s *stage) resources() int { return len(s.whole) + len(s.parts) }

// prune drops resources that gone reports.
func (s *stage) prune(gone func(key string) bool) {
	maps.DeleteFunc(s.whole, func(key string, _ bool) bool { return gone(key) })
	maps.DeleteFunc(s.parts, func(key string, _ workspace.Part) bool { return gone(key) })
}

func (s *stage) clear() { *s = stage{} }

// words say what is picked.
func (s *stage) words() text.Safe {
	var list []text.Safe
	if n := len(s.whole); n > 0 {
		list = append(list, text.Line(plural(n, "resource")))
	}
	if n := len(s.parts); n > 0 {
		list = append(list, text.Format("%s of %s", plural(s.blocks(), "part"), plural(n, "resource")))
	}
	for id, files := range s.commits {
		n := 0
		for _, blocks := range files {
			n += len(blocks)
		}
		list = append(list, text.Format("%s of %s", plural(n, "part"), id.Short()))
	}
	slices.SortFunc(list, func(a, b text.Safe) int { return slices.Compare([]string{a.String()}, []string{b.String()}) })
	return text.Join(", ", list...)
}

func (s *stage) blocks() int {
	n := 0
	for _, p := range s.parts {
		n += len(p.Blocks)
	}
	return n
}

func (s *stage) isEmpty() bool { return s.resources() == 0 && len(s.commits) == 0 }
