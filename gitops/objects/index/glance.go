package index

import (
	"context"
	"errors"
	"fmt"

	"plumb/gitops/objects/packs"
	"plumb/model"
)

// glanced is how many commits a glance shows: more than a screen has rows.
const glanced = 256

// Glance shows the newest commits that one commit leads to, before the first update has found out what there is
// and has loaded or built the rest: it takes milliseconds. What they changed is not known, and what alters history is not obeyed yet. After
// the first update or another glance, and in a repository without files, it does nothing.
func (x *Index) Glance(ctx context.Context, tip model.Hash) error {
	gitDir := x.store.Info().GitDir
	select {
	case x.turn <- struct{}{}:
	case <-ctx.Done():
		return fmt.Errorf("glance at history: %w", ctx.Err())
	}
	defer func() { <-x.turn }()
	ids, idSize := parseTips([]model.Hash{tip})
	if x.loaded || x.closed || x.Snapshot().Len() > 0 || gitDir == "" || len(ids) == 0 {
		return nil
	}
	r, err := packs.Open(commonDir(gitDir), idSize)
	if err != nil {
		return fmt.Errorf("glance at history: %w", err)
	}
	x.reset(idSize)
	err = x.glance(ctx, (&packed{reader: r, idSize: idSize}).open(walkCache), ids)
	x.publish(false, false)
	x.reset(idSize)
	if err = errors.Join(err, r.Close()); err != nil {
		return fmt.Errorf("glance at history: %w", err)
	}
	return nil
}

func (x *Index) glance(ctx context.Context, s session, ids []packs.ID) error {
	if err := x.walk.start(ctx, s, ids); err != nil {
		return err
	}
	for range glanced {
		if _, ok, err := x.walk.next(ctx, s); !ok || err != nil {
			return err
		}
	}
	return nil
}
