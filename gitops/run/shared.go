package run

import (
	"context"
	"fmt"

	"plumb/gitops/objects"
	"plumb/model"
)

// The subjects of a lock's commits.
const (
	taken = "plumb: lock"
	free  = "plumb: free"
)

// SharedLock is the lock of an environment on the remote of a team: a ref that only ever goes forward, from who took it to when it was free
// again, so that it moves with every run, and works where a server lets nobody rewind or delete a branch. Whoever moves it
// names where it was: of two who take it at once, one does.
type SharedLock struct {
	Ref    string     // Its full name on the remote.
	At     model.Hash // Where it is; empty where nobody ever took it.
	Holder *Holder    // Nil while it is free.
}

// ReadShared reads a lock as it was fetched. What cannot be read is an error: somebody may hold it.
func ReadShared(ctx context.Context, store objects.Store, ref string, at model.Hash) (SharedLock, error) {
	l := SharedLock{Ref: ref, At: at}
	if at == "" {
		return l, nil
	}
	c, err := store.Commit(ctx, at)
	if err == nil && c.Subject.String() != free {
		l.Holder, err = holder(c)
	}
	if err != nil {
		return l, fmt.Errorf("read the lock %s: %w", ref, err)
	}
	return l, nil
}

// Take makes the commit with which somebody takes the lock.
func (l SharedLock) Take(ctx context.Context, store objects.Store, me Holder) (SharedLock, error) {
	return l.next(ctx, store, me, taken, &me)
}

// Free makes the commit with which the lock is free again after a run.
func (l SharedLock) Free(ctx context.Context, store objects.Store, me Holder) (SharedLock, error) {
	return l.next(ctx, store, me, free, nil)
}

func (l SharedLock) next(ctx context.Context, store objects.Store, me Holder, subject string, holder *Holder) (SharedLock, error) {
	var parents []model.Hash
	if l.At != "" {
		parents = []model.Hash{l.At}
	}
	id, err := write(ctx, store, me, subject, parents...)
	if err != nil {
		return l, fmt.Errorf("move the lock %s: %w", l.Ref, err)
	}
	return SharedLock{l.Ref, id, holder}, nil
}

// Move is how the remote's lock gets from one state to the next.
func (l SharedLock) Move(next SharedLock) objects.PushMove {
	return objects.PushMove{Name: l.Ref, Next: next.At, Prev: l.At, Exactly: true}
}
