// Package index keeps the commits of a repository and the paths that each of them changed, for questions
// about all of history: in memory, and between two starts in the cache directory.
//
// An [Index] is brought up to date with the heads of a repository ([Index.Update]), from the newest
// commit to the oldest, and can be asked all the while: a [Snapshot] is what is there so far and never changes. The
// cache is only that. A file that is damaged, of another version or of another repository is built
// anew, and where nothing can be written everything works from memory.
//
// Commits stay in the index when no head leads to them any more, until they are more than the others. So what is asked
// about the history of a head has to be asked along parents.
package index

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"plumb/gitops/objects"
	"plumb/gitops/objects/packs"
	"plumb/model"
)

// Index is the index of one repository. Its methods may be called from several goroutines at once.
type Index struct {
	store objects.Store
	dir   string // Where the cache is; empty for nowhere.

	turn    chan struct{} // Full while an update is under way, which owns what is below.
	closed  bool
	source  source  // Open while it runs.
	reader  session // Of the goroutine that walks.
	loaded  bool    // An update has begun, with this:
	altered altered
	walk    *walker
	paths   *paths
	seen    chain // What was in the cache when we looked last.
	saved   chain // What of that is of this index: all or nothing.
	unsaved error // Why the cache does not have all.
	swept   int   // How many commits there were when we last looked how many of them are of use.
	epoch   int

	mu       sync.Mutex
	snapshot *Snapshot
	changed  chan struct{}
	damage   error // Why it is not known of a commit what it changed.
}

// Open makes the index of a repository. The directory is where it is kept between two starts; empty for
// nowhere. Nothing is read before the first update.
func Open(s objects.Store, dir string) *Index {
	x := &Index{store: s, dir: dir, turn: make(chan struct{}, 1), changed: make(chan struct{})}
	if s.Info().GitDir == "" {
		x.dir = "" // What is in memory has no name to be found again by.
	}
	x.reset(sha1Size)
	x.snapshot = x.look(false, false)
	return x
}

// ErrClosed says that the index was closed.
var ErrClosed = errors.New("the index is closed")

// Close ends the index after the update that is under way. Snapshots stay good.
func (x *Index) Close() error {
	x.turn <- struct{}{}
	defer func() { <-x.turn }()
	x.closed = true
	return nil
}

// Snapshot is what there is now. It is never nil, and empty before the first update.
func (x *Index) Snapshot() *Snapshot {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.snapshot
}

// Changed is closed as soon as there is a newer snapshot than now. Who wants to miss none asks for it before the snapshot.
func (x *Index) Changed() <-chan struct{} {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.changed
}

// publish makes a snapshot of what there is, unless there is nothing new in it.
func (x *Index) publish(walked, pathed bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if s := x.look(walked, pathed); !s.isLike(x.snapshot) {
		x.show(s)
	}
}

// isLike reports whether a snapshot says nothing that an earlier one did not.
func (s *Snapshot) isLike(before *Snapshot) bool {
	return s.Epoch == before.Epoch && s.Len() == before.Len() && s.Walked == before.Walked && s.Pathed == before.Pathed &&
		fmt.Sprint(s.Problem) == fmt.Sprint(before.Problem)
}

// again publishes the same commits when more is known of what they changed.
func (x *Index) again() {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.snapshot.Epoch != x.epoch {
		return // None of these commits was shown yet.
	}
	s := *x.snapshot
	x.show(&s)
}

func (x *Index) look(walked, pathed bool) *Snapshot {
	c := x.walk.columns
	return &Snapshot{
		columns: c, table: x.walk.table, paths: x.paths, open: x.walk.frontier.commits(c.len()),
		Epoch: x.epoch, Walked: walked, Pathed: pathed, Problem: x.problem(),
	}
}

func (x *Index) show(s *Snapshot) {
	s.Number = x.snapshot.Number + 1
	x.snapshot = s
	close(x.changed)
	x.changed = make(chan struct{})
}

// problem is what the user should know of: what is wrong with the repository, or else with the cache.
func (x *Index) problem() error {
	for _, damage := range []error{x.walk.damage, x.damage} {
		if damage != nil {
			return model.WithHint(fmt.Errorf("history is not complete: %w", damage), "git fsck names all that is missing or damaged")
		}
	}
	return x.unsaved
}

// complain keeps why it is not known of a commit what it changed. A partial clone may lack trees.
func (x *Index) complain(damage error) {
	if damage == nil || errors.Is(damage, packs.ErrMissing) && x.store.Info().IsPartial {
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.damage == nil {
		x.damage = damage
	}
}

// forgive forgets the complaints, before what they were about is looked at again.
func (x *Index) forgive() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.damage = nil
}

// Update brings the index up to date with these commits: it reads what they lead to and is not in it yet, in
// the background of whoever reads snapshots meanwhile. One update is under way at a time; another waits. After an error, or
// when ctx ends, what was read stays and the next update goes on from there. Tips that the repository does not have are left out.
//
// A commit or a tree that is missing or damaged is no error: what can be read is there, and Problem names the first of them.
func (x *Index) Update(ctx context.Context, tips []model.Hash) error {
	select {
	case x.turn <- struct{}{}:
	case <-ctx.Done():
		return fmt.Errorf("index history: %w", ctx.Err())
	}
	defer func() { <-x.turn }()
	if err := x.update(ctx, tips); err != nil {
		return fmt.Errorf("index history: %w", err)
	}
	return nil
}

// The sizes of ids.
const (
	sha1Size   = 20
	sha256Size = 32
)

// parseTips answers the tips, which have ids of one size.
func parseTips(tips []model.Hash) (ids []packs.ID, idSize int) {
	for _, tip := range tips {
		if len(ids) == 0 {
			idSize = len(tip) / 2
		}
		if id, ok := parseID(tip, idSize); ok {
			ids = append(ids, id)
		}
	}
	return ids, idSize
}
