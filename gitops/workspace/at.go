package workspace

import (
	"context"

	"plumb/model"
)

// ObserveAt is Observe with a revision in the place of what git wants, to
// compare any revision with live. The statuses are those that the environment would have if it
// tracked that revision.
func (w *Workspace) ObserveAt(ctx context.Context, env string, revision model.Hash) (Observation, error) {
	p, err := w.Position(ctx, env)
	if err != nil {
		return Observation{}, err
	}
	p.Tracked, p.Pending = revision, nil
	return w.observe(ctx, p, nil)
}
