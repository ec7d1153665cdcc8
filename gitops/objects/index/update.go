package index

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"golang.org/x/sync/errgroup"

	"plumb/gitops/objects"
	"plumb/gitops/objects/packs"
	"plumb/model"
)

// The memory that sessions may use to remember trees, in bytes: one that walks needs hardly any.
const (
	walkCache = 1 << 20
	diffCache = 24 << 20
)

// firstWalk is how many commits are read before the first of them are shown.
const firstWalk = 256

func (x *Index) update(ctx context.Context, tips []model.Hash) error {
	if x.closed {
		return ErrClosed
	}
	ids, idSize := parseTips(tips)
	if len(ids) == 0 && x.source == nil {
		x.publish(true, true)
		return nil
	}
	if err := x.start(ctx, ids, idSize); err != nil {
		return err
	}
	if err := x.check(ctx); err != nil {
		return err
	}
	if err := x.extend(ctx, ids); err != nil {
		return err
	}
	if x.isGarbage(ctx, ids) {
		x.reset(idSize)
		if err := x.extend(ctx, ids); err != nil {
			return err
		}
	}
	x.save()
	x.publish(true, true)
	return nil
}

// start opens the repository and loads the cache, once, and again when history was altered.
func (x *Index) start(ctx context.Context, ids []packs.ID, idSize int) error {
	if len(ids) == 0 {
		idSize = x.walk.columns.idSize
	}
	var altered altered
	gitDir := x.store.Info().GitDir
	if gitDir != "" {
		var err error
		if altered, err = readAltered(ctx, x.store, commonDir(gitDir), idSize); err != nil {
			return err
		}
	}
	if x.source != nil {
		if altered.print == x.altered.print && idSize == x.walk.columns.idSize {
			return nil
		}
		if err := x.stop(); err != nil {
			return err
		}
	}
	x.altered = altered
	x.reset(idSize)
	x.source = stored{x.store, idSize}
	if gitDir != "" {
		r, err := packs.Open(commonDir(gitDir), idSize)
		if err != nil {
			x.source = nil
			return err
		}
		x.source = &packed{r, idSize, altered}
	}
	if err := x.load(ctx); err != nil {
		return errors.Join(err, x.stop())
	}
	return nil
}

// stop closes the repository, so that the next update starts anew.
func (x *Index) stop() error {
	if x.source == nil {
		return nil
	}
	err := x.source.close()
	x.source = nil
	return err
}

// reset forgets everything. Numbers of commits mean others from here on.
func (x *Index) reset(idSize int) {
	x.walk, x.paths, x.saved, x.swept = newWalker(idSize), new(paths), nil, 0
	x.epoch++
}

// cache is where the index is kept.
func (x *Index) cache() cache {
	repository := ""
	if x.dir != "" {
		repository = commonDir(x.store.Info().GitDir)
	}
	return openCache(x.dir, repository, x.altered.print, x.walk.columns.idSize)
}

// load takes in what the cache has, if that is of this repository.
func (x *Index) load(ctx context.Context) error {
	l := x.cache().load()
	x.seen = l.seen
	if l.paths == nil {
		return nil
	}
	w := newWalker(x.walk.columns.idSize)
	w.adopt(l.columns)
	if ok, err := w.isOf(ctx, x.source.open(walkCache)); !ok || err != nil {
		return err
	}
	x.walk, x.paths, x.saved = w, l.paths, l.seen
	return nil
}

// check looks whether the repository has now what was missing before, as after another fetch. Then it is read.
func (x *Index) check(ctx context.Context) error {
	x.walk.damage = nil
	x.forgive()
	s := x.source.open(walkCache)
	found, err := x.walk.recover(ctx, s)
	if err != nil {
		return err
	}
	if found {
		// Parents are not saved twice, so all is built anew. It happens once in the life of a repository.
		x.reset(x.walk.columns.idSize)
		return nil
	}
	return x.lookAgain(ctx)
}

// lookAgain looks at the newest and the oldest of the commits whose changes are not known. If one of them can be known by now, all are looked at.
func (x *Index) lookAgain(ctx context.Context) error {
	c := &x.walk.columns
	unknown := x.paths.unknown(c)
	if len(unknown) == 0 {
		return nil
	}
	d := differ{session: x.source.open(walkCache)}
	var b batch
	still, damage, err := d.look(ctx, []Ordinal{unknown[0], unknown[len(unknown)-1]}, c, &b)
	if err != nil {
		return err
	}
	x.complain(damage)
	if len(still) < 2 {
		x.paths.forget(unknown)
		x.saved = nil
	}
	return nil
}

// extend walks on from the tips and finds what the commits on the way changed. After an error what there is is shown.
func (x *Index) extend(ctx context.Context, ids []packs.ID) error {
	group, ctx := errgroup.WithContext(ctx)
	q := newQueue()
	compare := func() error { return x.compare(ctx, q) }
	// The walk has a processor to itself: until it ends there is no whole history to search.
	for range max(1, runtime.GOMAXPROCS(0)-1) {
		group.Go(compare)
	}
	group.Go(func() error {
		defer q.end()
		if err := x.walkOn(ctx, ids, q); err != nil {
			return err
		}
		x.publish(true, false)
		group.Go(compare)
		return nil
	})
	if err := group.Wait(); err != nil {
		if len(x.walk.frontier) > 0 {
			x.publish(false, false)
		}
		return err
	}
	x.walk.columns.trees = nil
	return nil
}

// walkOn walks from the tips and hands the commits on to be compared.
func (x *Index) walkOn(ctx context.Context, ids []packs.ID, q *queue) error {
	w := x.walk
	s := x.source.open(walkCache)
	// What an interrupted update left.
	n := w.columns.len()
	q.add(x.paths.left(n, w.frontier.commits(n)), &w.columns)
	if err := w.start(ctx, s, ids); err != nil {
		return err
	}
	var passed []Ordinal
	shown := firstWalk
	for n := 1; ; n++ {
		o, ok, err := w.next(ctx, s)
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		if passed = append(passed, o); len(passed) == batchSize || n < batchSize && n&(n-1) == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
			q.add(passed, &w.columns)
			passed = passed[:0]
		}
		// Whoever looks gets something at once, and then half as much again each time.
		if n == shown {
			x.publish(false, false)
			shown += max(shown/2, 4096)
		}
	}
	q.add(passed, &w.columns)
	return ctx.Err()
}

// publishEvery is how many batches are compared between two snapshots.
const publishEvery = 64

// compare finds what the commits of the queue changed.
func (x *Index) compare(ctx context.Context, q *queue) error {
	d := differ{session: x.source.open(diffCache)}
	var b batch
	var commits []Ordinal
	for {
		var columns columns
		var ok bool
		if commits, columns, ok = q.take(ctx, commits[:0]); !ok {
			return ctx.Err()
		}
		unknown, damage, err := d.look(ctx, commits, &columns, &b)
		if err != nil {
			return fmt.Errorf("compare commits with their parents: %w", err)
		}
		x.complain(damage)
		if n := x.paths.add(&b, unknown); n <= 8 || n%publishEvery == 0 {
			x.again()
		}
	}
}

// isGarbage reports whether most of the commits are of no use: no tip and no ref leads to them any more.
func (x *Index) isGarbage(ctx context.Context, ids []packs.ID) bool {
	n := x.walk.columns.len()
	if n == x.swept {
		return false
	}
	x.swept = n
	if x.walk.reach(ids)*2 >= n {
		return false
	}
	// Whoever asked may have named only some heads.
	refs, err := x.store.Refs(ctx, "refs/")
	if err != nil {
		return false
	}
	head, err := x.store.Resolve(ctx, "HEAD")
	if err != nil && !errors.Is(err, objects.ErrNotFound) {
		return false
	}
	tips := []model.Hash{head}
	for _, r := range refs {
		tips = append(tips, r.Hash)
	}
	more, _ := parseTips(tips)
	return x.walk.reach(append(more, ids...))*2 < n
}

// save keeps in the cache what it does not have yet.
func (x *Index) save() {
	if x.dir == "" || x.walk.columns.len() == x.saved.commits() && x.unsaved == nil {
		return
	}
	var saved chain
	saved, x.unsaved = x.cache().save(x.seen, x.saved, &x.walk.columns, x.paths)
	if saved != nil {
		x.seen, x.saved = saved, saved
	}
}
