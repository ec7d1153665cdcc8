package objects

import (
	"context"
	"errors"

	"plumb/model"
)

// Ends resolves the revisions of a query: where its log starts, and what it
// leaves out. Nothing to start from is no error where HEAD has no commit yet.
func (q LogQuery) Ends(ctx context.Context, s Store) (from, exclude []model.Hash, err error) {
	if len(q.From) == 0 {
		head, err := s.Resolve(ctx, "HEAD")
		if _, isLost := errors.AsType[*MissingError](err); errors.Is(err, ErrNotFound) && !isLost {
			return nil, nil, nil
		}
		if err != nil {
			return nil, nil, err
		}
		from = append(from, head)
	}
	for _, r := range q.From {
		h, err := s.Resolve(ctx, r)
		if err != nil {
			return nil, nil, err
		}
		from = append(from, h)
	}
	for _, r := range q.Exclude {
		h, err := s.Resolve(ctx, r)
		if err != nil {
			return nil, nil, err
		}
		exclude = append(exclude, h)
	}
	return from, exclude, nil
}
