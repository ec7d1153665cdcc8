package ui

import (
	"context"
	"fmt"
	"slices"

	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/diff"
	"plumb/model/text"
)

// stage is what the operator has picked for the next change of an environment, each with its verb, and what it would do all
// together as it is now. It costs nothing and changes nothing.
type stage struct {
	picks []staged

	ask     question
	version int              // Counts what was picked and put back.
	draft   *workspace.Draft // What all of it would do; nil while that is being worked out, and when it cannot be.
	err     error
}

// staged is one pick. Resources are named by TARGET/ADDRESS, commits by their full id.
type staged struct {
	workspace.Pick
	commit model.Commit
	blocks map[string][]diff.Block // Of the commit only these, by the path of the file as it is shown.
}

// resource finds the pick of a resource; -1 for none.
func (s *stage) resource(key string) int {
	return slices.IndexFunc(s.picks, func(p staged) bool { return p.Address == key && key != "" })
}

// commit finds the pick of a commit; -1 for none.
func (s *stage) commit(id model.Hash) int {
	return slices.IndexFunc(s.picks, func(p staged) bool { return p.Verb == model.Revert && p.commit.Hash == id })
}

// edit finds the edit of a file; -1 for none.
func (s *stage) edit(path string) int {
	return slices.IndexFunc(s.picks, func(p staged) bool { return p.Verb == model.EditFiles && p.Edit.Path == path })
}

// toggle picks a resource for a verb, gives one that is picked already that verb, or puts it and its parts back.
func (s *stage) toggle(key string, verb model.ChangeKind) (picked bool) {
	i := s.resource(key)
	switch {
	case i < 0:
		s.picks = append(s.picks, staged{Pick: workspace.Pick{Verb: verb, Address: key}})
	case s.picks[i].Verb != verb:
		s.picks[i].Verb = verb
	default:
		s.drop(i)
		return false
	}
	return true
}

// toggleBlocks picks blocks of a resource, or puts them back where all of them are picked for that verb.
func (s *stage) toggleBlocks(key string, part workspace.Part, verb model.ChangeKind) {
	i := s.resource(key)
	if i < 0 {
		s.picks = append(s.picks, staged{Pick: workspace.Pick{Verb: verb, Address: key}})
		i = len(s.picks) - 1
	}
	var before []diff.Block
	// Those of versions that are no longer there mean nothing.
	if parts := s.picks[i].Parts; len(parts) > 0 && parts[0].Old == part.Old && parts[0].New == part.New {
		before = parts[0].Blocks
	}
	if s.picks[i].Verb != verb {
		s.picks[i].Verb = verb
		before = slices.DeleteFunc(slices.Clone(before), func(b diff.Block) bool { return slices.Contains(part.Blocks, b) })
	}
	if part.Blocks = toggled(before, part.Blocks); len(part.Blocks) == 0 {
		s.drop(i)
		return
	}
	s.picks[i].Parts = []workspace.Part{part}
}

// toggleCommit picks a commit to be taken back, or puts it and its parts back.
func (s *stage) toggleCommit(c model.Commit) (picked bool) {
	if i := s.commit(c.Hash); i >= 0 {
		s.drop(i)
		return false
	}
	s.picks = append(s.picks, staged{Pick: workspace.Pick{Verb: model.Revert, Commit: string(c.Hash)}, commit: c})
	return true
}

// toggleCommitBlocks is toggleBlocks for a file of a commit.
func (s *stage) toggleCommitBlocks(c model.Commit, path string, blocks []diff.Block) {
	i := s.commit(c.Hash)
	if i < 0 {
		s.toggleCommit(c)
		i = len(s.picks) - 1
	}
	p := &s.picks[i]
	if p.blocks == nil {
		p.blocks = map[string][]diff.Block{}
	}
	if p.blocks[path] = toggled(p.blocks[path], blocks); len(p.blocks[path]) == 0 {
		delete(p.blocks, path)
	}
	if len(p.blocks) == 0 {
		s.drop(i)
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

// setEdit takes in what was edited. A file that is again as it was before is no pick.
func (s *stage) setEdit(e workspace.Edit) {
	i := s.edit(e.Path)
	switch same := e.Old != nil && string(e.Old) == string(e.New); {
	case same && i >= 0:
		s.drop(i)
	case same:
	case i >= 0:
		s.picks[i].Edit = e
	default:
		s.picks = append(s.picks, staged{Pick: workspace.Pick{Verb: model.EditFiles, Edit: e}})
	}
}

// drop puts a pick back.
func (s *stage) drop(i int) { s.picks = slices.Delete(slices.Clone(s.picks), i, i+1) }

// partOf are the picked blocks of a resource.
func (s *stage) partOf(key string) []diff.Block {
	if i := s.resource(key); i >= 0 && len(s.picks[i].Parts) > 0 {
		return s.picks[i].Parts[0].Blocks
	}
	return nil
}

// blocksOf are the picked blocks of a commit, by file; nil where none are.
func (s *stage) blocksOf(id model.Hash) map[string][]diff.Block {
	if i := s.commit(id); i >= 0 {
		return s.picks[i].blocks
	}
	return nil
}

// prune drops resources that gone reports, and says whether there were any.
func (s *stage) prune(gone func(key string) bool) bool {
	before := len(s.picks)
	s.picks = slices.DeleteFunc(slices.Clone(s.picks), func(p staged) bool { return p.Address != "" && gone(p.Address) })
	return len(s.picks) < before
}

// clear puts everything back.
func (s *stage) clear() {
	s.ask.drop()
	s.picks, s.draft, s.err = nil, nil, nil
	s.version++
}

// isMixed reports whether more than restoring or adopting resources is picked.
func (s *stage) isMixed() bool {
	return slices.ContainsFunc(s.picks, func(p staged) bool { return p.Address == "" || p.Verb != s.picks[0].Verb })
}

func (s *stage) isEmpty() bool { return len(s.picks) == 0 }

// words say what is picked.
func (s *stage) words() text.Safe {
	var list []text.Safe
	whole, resources, parts, edits, commits := 0, 0, 0, 0, 0
	for _, p := range s.picks {
		switch {
		case p.Verb == model.EditFiles:
			edits++
		case p.Address != "" && len(p.Parts) == 0:
			whole++
		case p.Address != "":
			resources++
			parts += len(p.Parts[0].Blocks)
		case len(p.blocks) == 0:
			commits++
		}
	}
	if whole > 0 {
		list = append(list, text.Line(plural(whole, "resource")))
	}
	if resources > 0 {
		list = append(list, text.Format("%s of %s", plural(parts, "part"), plural(resources, "resource")))
	}
	if commits > 0 {
		list = append(list, text.Line(plural(commits, "commit")))
	}
	for _, p := range s.picks {
		if n := p.partCount(); p.Verb == model.Revert && n > 0 {
			list = append(list, text.Format("%s of %s", plural(n, "part"), p.commit.Hash.Short()))
		}
	}
	if edits > 0 {
		list = append(list, text.Line(plural(edits, "edited file")))
	}
	return text.Join(", ", list...)
}

// partCount is how many blocks of lines a pick is about; 0 for all of it.
func (p staged) partCount() int {
	n := 0
	for _, part := range p.Parts {
		n += len(part.Blocks)
	}
	for _, blocks := range p.blocks {
		n += len(blocks)
	}
	return n
}

// resolved are the picks as a workspace takes them: the versions that the parts of commits are of have to be looked up.
func resolved(ctx context.Context, ws source, picks []staged) ([]workspace.Pick, error) {
	list := make([]workspace.Pick, len(picks))
	for i, p := range picks {
		list[i] = p.Pick
		if len(p.blocks) == 0 {
			continue
		}
		parts, err := partsOf(ctx, ws, p.commit.Hash, p.blocks)
		if err != nil {
			return nil, &workspace.PickError{Picks: []int{i}, Err: err}
		}
		list[i].Parts = parts
	}
	return list, nil
}

// partsOf are blocks of the files of a commit, with the versions that they are of.
func partsOf(ctx context.Context, ws source, id model.Hash, picked map[string][]diff.Block) ([]workspace.Part, error) {
	files, err := ws.CommitFiles(ctx, id)
	if err != nil {
		return nil, err
	}
	var parts []workspace.Part
	for _, f := range files {
		blocks := picked[text.Line(f.Path).String()]
		if len(blocks) == 0 {
			continue
		}
		d, err := ws.DivideFile(ctx, f)
		if err != nil {
			return nil, err
		}
		parts = append(parts, workspace.Part{Path: f.Path, Blocks: blocks, Old: d.Old, New: d.New})
	}
	if len(parts) != len(picked) {
		return nil, fmt.Errorf("%s has not got the files that were picked", id.Short())
	}
	return parts, nil
}
