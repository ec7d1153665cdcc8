package ui

import (
	"context"

	"plumb/gitops/objects"
	"plumb/model"
)

// blame is who changed the lines of a file last, as far as git has told.
type blame struct {
	groups  []objects.BlameGroup
	of      []int32 // By line, from 0: one more than the index of its group; 0 where it is not known yet.
	commits map[model.Hash]model.Commit
	known   int    // Lines that git has told of.
	shaded  []bool // By line: every other run of lines of one commit.
	dirty   bool   // The shades are of an earlier moment.
}

// blamed is a group of lines with its commit, as it comes.
type blamed struct {
	group  objects.BlameGroup
	commit model.Commit
}

type blamePart = part[blamed, struct{}]

// reset forgets everything, for a file of so many lines.
func (b *blame) reset(lines int) {
	*b = blame{of: make([]int32, lines), commits: map[model.Hash]model.Commit{}}
}

// add takes in groups. What lies beyond the lines that are shown counts for nothing.
func (b *blame) add(items []blamed) {
	for _, it := range items {
		b.groups = append(b.groups, it.group)
		b.commits[it.commit.Hash] = it.commit
		for i := max(it.group.At-1, 0); i < min(it.group.At-1+it.group.Count, len(b.of)); i++ {
			if b.of[i] == 0 {
				b.known++
			}
			b.of[i] = int32(len(b.groups))
		}
	}
	b.dirty = true
}

// at is the group of a line, or nil where it is not known yet.
func (b *blame) at(line int) *objects.BlameGroup {
	if line < 0 || line >= len(b.of) || b.of[line] == 0 {
		return nil
	}
	return &b.groups[b.of[line]-1]
}

// commit is the commit of a line; the line must be known.
func (b *blame) commit(line int) model.Commit { return b.commits[b.at(line).Commit] }

// isCut reports whether the lines may be older than the group's commit: what was before it is not here.
func (b *blame) isCut(g *objects.BlameGroup) bool {
	return g.Boundary && len(b.commits[g.Commit].Parents) > 0
}

// begins reports whether the line is the first of a run of lines of one commit.
func (b *blame) begins(line int) bool {
	g, above := b.at(line), b.at(line-1)
	return g != nil && (above == nil || above.Commit != g.Commit)
}

// shade reports whether the line is in every other run.
func (b *blame) shade(line int) bool {
	if b.dirty {
		b.dirty = false
		b.shaded = make([]bool, len(b.of))
		for i := 1; i < len(b.of); i++ {
			b.shaded[i] = b.shaded[i-1] != b.begins(i)
		}
	}
	return line < len(b.shaded) && b.shaded[line]
}

// readBlame asks git for the groups of a file, and reads the commit of each once.
func readBlame(ctx context.Context, ws source, rev model.Hash, path string, show func(blamed)) error {
	commits := map[model.Hash]model.Commit{}
	for g, err := range ws.Blame(ctx, rev, path, objects.LineRange{}) {
		if err != nil {
			return err
		}
		c, ok := commits[g.Commit]
		if !ok {
			if c, err = ws.Commit(ctx, g.Commit); err != nil {
				return err
			}
			commits[g.Commit] = c
		}
		show(blamed{g, c})
	}
	return nil
}
