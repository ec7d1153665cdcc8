package index

import (
	"context"
	"errors"

	"plumb/gitops/objects"
	"plumb/gitops/objects/packs"
)

// differ finds the paths that commits changed, for one goroutine.
type differ struct {
	session session
	record  record
}

// job is some commits, and the columns as they were when the last of them was read.
type job struct {
	commits []Ordinal
	columns columns
}

// look adds what the commits of a job changed to a batch. Commits whose trees are missing are answered apart.
func (d *differ) look(ctx context.Context, j job, b *batch) (unknown []Ordinal, err error) {
	b.reset()
	for _, o := range j.commits {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		arena, changes := len(b.arena), len(b.changes)
		err := d.commit(ctx, &j.columns, o, b)
		var missing *objects.MissingError
		if errors.As(err, &missing) {
			b.arena, b.changes = b.arena[:arena], b.changes[:changes]
			unknown = append(unknown, o)
			continue
		}
		if err != nil {
			return nil, err
		}
		b.commits = append(b.commits, o)
	}
	return unknown, nil
}

// commit adds what one commit changed against its first parent, and of a merge whether that is what no parent had.
func (d *differ) commit(ctx context.Context, c *columns, o Ordinal, b *batch) error {
	is, err := d.tree(ctx, c, o)
	if err != nil {
		return err
	}
	from, to := c.span(o)
	var first packs.ID
	var others []packs.ID
	for i := range int(to - from) {
		p := c.parent(o, i)
		if p == Absent {
			return &objects.MissingError{ID: hashOf(is)}
		}
		tree, err := d.tree(ctx, c, p)
		if err != nil {
			return err
		}
		if i == 0 {
			first = tree
		} else {
			others = append(others, tree)
		}
	}
	began := len(b.changes)
	var became []thing
	err = d.session.diff(ctx, first, is, func(path []byte, is thing) error {
		b.add(path, newPost(o, true))
		if len(others) > 0 {
			became = append(became, is)
		}
		return nil
	})
	if err != nil || len(others) == 0 {
		return err
	}
	return d.fromAll(ctx, others, became, b, began)
}

// fromAll takes the mark of differing from all parents from what one of the other parents has too.
func (d *differ) fromAll(ctx context.Context, others []packs.ID, became []thing, b *batch, began int) error {
	at := uint32(0)
	if began > 0 {
		at = b.changes[began-1].end
	}
	for i := range b.changes[began:] {
		c := &b.changes[began+i]
		path := b.arena[at:c.end]
		at = c.end
		for _, tree := range others {
			has, err := d.session.at(ctx, tree, path)
			if err != nil {
				return err
			}
			if has == became[i] {
				c.post = newPost(c.post.ordinal(), false)
				break
			}
		}
	}
	return nil
}

// tree is a commit's tree. Commits from the cache are read again for it.
func (d *differ) tree(ctx context.Context, c *columns, o Ordinal) (packs.ID, error) {
	if tree, ok := c.tree(o); ok {
		return tree, nil
	}
	var id packs.ID
	copy(id[:], c.id(o))
	err := d.session.commit(ctx, id, &d.record)
	return d.record.tree, err
}
