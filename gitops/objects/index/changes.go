package index

import (
	"context"
	"errors"

	"plumb/gitops/objects/packs"
)

// differ finds the paths that commits changed, for one goroutine.
type differ struct {
	session session
	record  record
	wanted  []wanted
	others  []packs.ID
}

// errUnknown says of a commit that it cannot be known what it changed, which is nobody's fault or was told before.
var errUnknown = errors.New("a parent is not in the index")

// look adds what the commits of a job changed to a batch. Those of which that cannot be known are answered apart; damage is why, if a
// repository should not be like that.
func (d *differ) look(ctx context.Context, j *job, b *batch) (unknown []Ordinal, damage, err error) {
	b.reset()
	for _, o := range j.commits {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		arena, changes := len(b.arena), len(b.changes)
		err := d.commit(ctx, &j.columns, o, b)
		if err == nil {
			b.commits = append(b.commits, o)
			continue
		}
		b.arena, b.changes = b.arena[:arena], b.changes[:changes]
		unknown = append(unknown, o)
		switch {
		case errors.Is(err, errUnknown):
		case !isDamage(err):
			return nil, nil, err
		case damage == nil:
			damage = err
		}
	}
	return unknown, damage, nil
}

// commit adds what one commit changed against its first parent, and of a merge whether that is what no parent had. Commits at
// the boundary of a shallow clone changed nothing, as far as anybody can see here: they did not bring all the files that they have.
func (d *differ) commit(ctx context.Context, c *columns, o Ordinal, b *batch) error {
	if c.flags[o]&boundary != 0 {
		return nil
	}
	is, err := d.tree(ctx, c, o)
	if err != nil {
		return err
	}
	var first packs.ID
	d.others = d.others[:0]
	for i, p := range c.parentsOf(o) {
		if p == Absent {
			return errUnknown
		}
		tree, err := d.tree(ctx, c, p)
		if err != nil {
			return err
		}
		if i == 0 {
			first = tree
		} else {
			d.others = append(d.others, tree)
		}
	}
	arena, changes := len(b.arena), len(b.changes)
	d.wanted = d.wanted[:0]
	err = d.session.diff(ctx, first, is, func(path []byte, is thing) error {
		b.add(path, newPost(o, true))
		if len(d.others) > 0 {
			d.wanted = append(d.wanted, wanted{is: is})
		}
		return nil
	})
	if err != nil || len(d.wanted) == 0 {
		return err
	}
	return d.merge(ctx, is, b, arena, changes)
}

// merge takes the mark of differing from all parents from what one of the other parents has too. The paths of the merge
// begin at arena, its changes at changes.
func (d *differ) merge(ctx context.Context, is packs.ID, b *batch, arena, changes int) error {
	for i := range d.wanted {
		end := int(b.changes[changes+i].end)
		d.wanted[i].path = b.arena[arena:end]
		arena = end
	}
	for _, tree := range d.others {
		// A branch that had all of its target in it is what became of the merge.
		if tree == is {
			for i := range d.wanted {
				d.wanted[i].found = true
			}
			break
		}
		if err := d.session.compare(ctx, tree, d.wanted); err != nil {
			return err
		}
	}
	for i := range d.wanted {
		if c := &b.changes[changes+i]; d.wanted[i].found {
			c.post = newPost(c.post.ordinal(), false)
		}
	}
	return nil
}

// tree is a commit's tree. Commits from the cache are read again for it.
func (d *differ) tree(ctx context.Context, c *columns, o Ordinal) (packs.ID, error) {
	if tree, ok := c.tree(o); ok {
		return tree, nil
	}
	err := d.session.commit(ctx, c.key(o), &d.record)
	return d.record.tree, err
}
