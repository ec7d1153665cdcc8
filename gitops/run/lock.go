package run

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"plumb/gitops/objects"
	"plumb/model"
)

// LockPrefix is where the locks are: one ref per environment.
const LockPrefix = "refs/plumb/lock/"

// Holder is who is at work on an environment.
type Holder struct {
	Run   model.RunID     `json:"run"`
	By    model.Principal `json:"by"`
	Host  string          `json:"host"`
	PID   int             `json:"pid"`
	Start string          `json:"start"` // When the process began, as the kernel says, so that a reused pid is no proof of life.
	Since time.Time       `json:"since"`

	Clone string `json:"clone,omitempty"` // Of a lock that is shared: the clone that the process works in.
}

// Lock is held while a run is under way. It tells people; what protects reality
// is that every step compares before it writes.
type Lock struct {
	store objects.Store
	ref   string
	id    model.Hash
}

// Acquire takes the lock of an environment. If somebody else holds it, the
// error is a refusal that says who. A lock of a process of this host that is
// gone is taken over, and its holder is returned so that its run can be closed in the ledger.
func Acquire(ctx context.Context, store objects.Store, env string, me Holder, alive func(Holder) bool) (*Lock, *Holder, error) {
	ref := LockPrefix + env
	prev, holder, err := held(ctx, store, ref)
	if err != nil {
		return nil, nil, fmt.Errorf("lock %s: %w", env, err)
	}
	if holder != nil && (holder.Host != me.Host || alive(*holder)) {
		return nil, nil, model.Refuse(
			fmt.Sprintf("wait for it; if that process is certainly gone: git update-ref -d %s %s", ref, prev),
			"%s is at work on %s since %s from %s (run %s)", holder.By.Email, env, holder.Since.Format("15:04"), holder.Host, holder.Run)
	}
	id, err := write(ctx, store, me, taken)
	if err != nil {
		return nil, nil, fmt.Errorf("lock %s: %w", env, err)
	}
	if err := store.UpdateRef(ctx, ref, id, prev); err != nil {
		if errors.Is(err, objects.ErrMoved) {
			return nil, nil, model.Refuse("wait for it to end", "somebody else has just begun to work on %s", env)
		}
		return nil, nil, fmt.Errorf("lock %s: %w", env, err)
	}
	return &Lock{store, ref, id}, holder, nil
}

// Release gives the lock back, unless somebody took it over meanwhile.
func (l *Lock) Release(ctx context.Context) error {
	if err := l.store.UpdateRef(ctx, l.ref, "", l.id); err != nil && !errors.Is(err, objects.ErrMoved) {
		return fmt.Errorf("release %s: %w", l.ref, err)
	}
	return nil
}

// Abandoned reports whether the lock of an environment is held by a process of this host that is gone.
func Abandoned(ctx context.Context, store objects.Store, env, host string) (bool, error) {
	_, h, err := held(ctx, store, LockPrefix+env)
	return h != nil && h.Host == host && !Alive(*h), err
}

// held reads who holds the lock; nil for nobody.
func held(ctx context.Context, store objects.Store, ref string) (model.Hash, *Holder, error) {
	refs, err := store.Refs(ctx, ref)
	if err != nil {
		return "", nil, err
	}
	for _, r := range refs {
		if r.Name != ref {
			continue
		}
		c, err := store.Commit(ctx, r.Hash)
		if err != nil {
			return "", nil, err
		}
		h, err := holder(c)
		if err != nil {
			return "", nil, model.WithHint(err, "if nobody is at work: git update-ref -d %s %s", ref, r.Hash)
		}
		return r.Hash, h, nil
	}
	return "", nil, nil
}

// holder reads what write wrote.
func holder(c model.Commit) (*Holder, error) {
	var h Holder
	if err := json.Unmarshal([]byte(c.Body.String()), &h); err != nil {
		return nil, fmt.Errorf("read the holder: %w", err)
	}
	return &h, nil
}

func write(ctx context.Context, store objects.Store, h Holder, subject string, parents ...model.Hash) (model.Hash, error) {
	body, err := json.Marshal(h)
	if err != nil {
		return "", err
	}
	tree, err := store.WriteTree(ctx, nil)
	if err != nil {
		return "", err
	}
	who := objects.Signature{Name: h.By.Name.String(), Email: h.By.Email.String(), When: h.Since}
	return store.WriteCommit(ctx, objects.NewCommit{Tree: tree, Author: who, Committer: who, Parents: parents,
		Message: fmt.Sprintf("%s\n\n%s\n", subject, body)})
}
