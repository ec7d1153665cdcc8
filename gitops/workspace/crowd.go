package workspace

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"plumb/gitops/objects"
	"plumb/gitops/run"
	"plumb/gitops/share"
	"plumb/model"
	"plumb/model/text"
)

// crowd are the others who work on an environment from other clones, as a run sees them through the remote.
//
// The lock on the remote is taken before the run is announced in the record, and not with it: of two who come
// at once one gets it, and the other has written nothing that would have to be taken back. The announcement then goes
// to the remote together with the lock, both or neither, before anything happens. A process that dies in between leaves a lock that says
// whose it is, and nothing that looks like a run. At the end the outcome and the free lock go together: whoever gets the lock after
// that has seen how the run ended.
type crowd struct {
	w      *Workspace
	env    string
	remote string // Empty where there is none: nobody else can be at work then.
	me     run.Holder
	lock   run.SharedLock
	held   bool
	tell   func(text.Safe)
}

// crowd is nobody where there is no remote.
func (w *Workspace) crowd(ctx context.Context, env string, me run.Holder, watch func(model.Event)) (*crowd, error) {
	remote, err := w.sharedBy(ctx, env)
	me.Clone = w.cloneName()
	return &crowd{w: w, env: env, remote: remote, me: me, tell: func(words text.Safe) {
		if watch != nil {
			watch(model.Event{At: w.opt.Now().UTC(), Phase: model.PhaseProgress, Message: words})
		}
	}}, err
}

// enter takes the lock on the remote. It is refused where somebody else holds it. A remote that cannot be reached is known by
// [Workspace.outOfReach] afterwards, and for the rules to judge; one that takes no locks is told of, because nobody who uses it has any.
func (c *crowd) enter(ctx context.Context) error {
	if c.remote == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, shareTime)
	defer cancel()
	w, x := c.w, c.w.exchange(c.remote)
	w.sharing.turn.Lock()
	defer w.sharing.turn.Unlock()
	const tries = 3
	var refused error
	for range tries {
		news, err := w.look(ctx, x)
		if err != nil {
			return cancelled(ctx)
		}
		lock, err := c.find(ctx, news)
		if err != nil {
			return err
		}
		next, err := lock.Take(ctx, w.opt.Store, c.me)
		if err != nil {
			return err
		}
		pushed, err := w.opt.Remote.PushRefs(ctx, c.remote, false, []objects.PushMove{lock.Move(next)})
		switch {
		case err != nil:
			c.lost(err)
			return cancelled(ctx)
		case pushed[0].OK:
			c.lock, c.held = next, true
			// What was recorded until the lock was held is to be seen too.
			_, _ = w.look(ctx, x)
			return cancelled(ctx)
		case pushed[0].Moved:
			refused = nil
		default:
			// Servers have many words for a lost race as well; whether it was one, another look tells.
			refused = fmt.Errorf("%s takes no locks: %s", text.Line(c.remote), pushed[0].Why)
		}
	}
	if refused != nil {
		c.denied(refused)
		return nil
	}
	return model.Refuse("wait for it to end", "somebody else has just begun to work on %s", c.env)
}

// cancelled is why the operator does not wait any longer; nil where only the remote was too slow.
func cancelled(ctx context.Context) error {
	if errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
		return nil
	}
	return ctx.Err()
}

// lost notes that the remote is out of reach.
func (c *crowd) lost(err error) {
	s := &c.w.sharing
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at[c.remote] = look{c.w.opt.Now(), err}
}

func (c *crowd) denied(err error) {
	c.tell(text.Error(err).Plus(text.Lit("; another clone is not kept from working on it at the same time")))
	if !strings.HasPrefix(c.w.exchange(c.remote).Prefix, "refs/heads/") {
		c.tell(text.Lit("where a host takes branches only, write into plumb.yaml: ledger: refs/heads/plumb/"))
	}
}

// find finds the lock, and refuses where it is held.
func (c *crowd) find(ctx context.Context, news share.News) (run.SharedLock, error) {
	w := c.w
	ref := w.exchange(c.remote).Prefix + "lock/" + c.env
	i := slices.IndexFunc(news.Locks, func(l run.SharedLock) bool { return l.Ref == ref })
	if i < 0 {
		return run.SharedLock{Ref: ref}, nil
	}
	lock := news.Locks[i]
	h := lock.Holder
	if h == nil {
		return lock, nil
	}
	record, err := w.record(ctx)
	if err != nil || hasEnded(record, h.Run) {
		return lock, err
	}
	// In this clone the lock is held here already: whoever held it on the remote is gone.
	if c.me.Clone != "" && h.Clone == c.me.Clone && h.Host == c.me.Host && !run.Alive(*h) {
		return lock, w.closeDeadRuns(ctx, c.env, h.Run)
	}
	since := ""
	if !h.Since.IsZero() {
		since = " since " + h.Since.In(w.opt.Now().Location()).Format("15:04")
	}
	remote := text.Line(c.remote)
	return lock, model.Refuse(
		fmt.Sprintf("wait for it; if that process is certainly gone, and you know what it did: git push %s $(git commit-tree -p %s -m 'plumb: free' %s^{tree}):%s", remote, lock.At, lock.At, ref),
		"%s is at work on %s%s from %s (run %s)", h.By.Email, c.env, since, text.Line(h.Host), text.Line(string(h.Run)))
}

// announce gives the remote the run's announcement and the lock, both or neither.
func (c *crowd) announce(ctx context.Context) error {
	if c.remote == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, shareTime)
	defer cancel()
	if !c.held {
		c.w.setUnshared(timely(c.w.exchange(c.remote).PushOwn(ctx, nil), c.remote))
		return nil
	}
	next, err := c.lock.Take(ctx, c.w.opt.Store, c.me)
	if err != nil {
		return err
	}
	if err := c.w.exchange(c.remote).PushOwn(ctx, nil, c.lock.Move(next)); err != nil {
		return fmt.Errorf("tell the others: %w", timely(err, c.remote))
	}
	c.lock = next
	return nil
}

// leave gives the remote what was recorded, and the lock back. What does not get there is left to the next [Workspace.Sync].
func (c *crowd) leave(ctx context.Context) {
	if c.remote == "" {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, shareTime)
	defer cancel()
	x := c.w.exchange(c.remote)
	var locks []objects.PushMove
	if c.held {
		next, err := c.lock.Free(ctx, c.w.opt.Store, c.me)
		if err != nil {
			c.w.setUnshared(err)
			return
		}
		locks = append(locks, c.lock.Move(next))
	}
	err := x.PushOwn(ctx, nil, locks...)
	if errors.Is(err, objects.ErrMoved) {
		err = x.PushOwn(ctx, nil) // Somebody has taken the lock away; what happened is to be known all the same.
	}
	c.w.setUnshared(timely(err, c.remote))
}
