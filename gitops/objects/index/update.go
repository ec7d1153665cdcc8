package index

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"golang.org/x/sync/errgroup"

	"plumb/gitops/objects"
	"plumb/gitops/objects/packs"
	"plumb/model"
)

// The memory that sessions may use to remember trees, in bytes: one that walks needs hardly any.
const (
	walkCache = 1 << 20
	diffCache = 8 << 20
)

// aloneWalk is how many commits are read before the first of them are compared. A short history is all there by then, sooner than
// with something else going on beside; of a long one it is the beginning.
const aloneWalk = 1 << 14

// firstWalk is how many commits are read before the first of them are shown.
const firstWalk = 256

func (x *Index) update(ctx context.Context, tips []model.Hash) (err error) {
	if x.closed {
		return ErrClosed
	}
	ids, idSize := parseTips(tips)
	if len(ids) == 0 && !x.loaded {
		x.publish(true, true)
		return nil
	}
	if len(ids) == 0 {
		idSize = x.walk.columns.idSize
	}
	altered, err := x.open(ctx, idSize)
	if err != nil {
		return err
	}
	x.reader = x.source.open(walkCache)
	// Between updates nothing is held: neither packs that git has deleted since, nor the memory of those that were read.
	defer func() {
		err = errors.Join(err, x.source.close())
		x.source, x.reader = nil, nil
	}()
	if !x.loaded || altered.print != x.altered.print || idSize != x.walk.columns.idSize {
		if err := x.load(ctx, altered, idSize); err != nil {
			return err
		}
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

// open opens the repository, and reads what alters its history.
func (x *Index) open(ctx context.Context, idSize int) (altered altered, err error) {
	gitDir := x.store.Info().GitDir
	if gitDir == "" {
		x.source = stored{x.store, idSize}
		return altered, nil
	}
	common := commonDir(gitDir)
	if altered, err = readAltered(ctx, x.store, common, idSize); err != nil {
		return altered, err
	}
	r, err := packs.Open(common, idSize)
	if err != nil {
		return altered, err
	}
	x.source = &packed{r, idSize, altered}
	return altered, nil
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

// load begins anew with what the cache has, if that is of this repository.
func (x *Index) load(ctx context.Context, altered altered, idSize int) error {
	x.loaded, x.altered = false, altered
	x.reset(idSize)
	l := x.cache().load()
	x.seen = l.seen
	if l.paths != nil {
		w := newWalker(idSize)
		w.adopt(l.columns)
		isOf, err := w.isOf(ctx, x.reader)
		if err != nil {
			return err
		}
		if isOf {
			x.walk, x.paths, x.saved = w, l.paths, l.seen
		}
	}
	x.loaded = true
	return nil
}

// check looks whether the repository has now what was missing before, as after another fetch. Then it is read.
func (x *Index) check(ctx context.Context) error {
	x.walk.damage = nil
	x.forgive()
	found, err := x.walk.recover(ctx, x.reader)
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
	d := differ{session: x.reader}
	var b batch
	still, damage, err := d.look(ctx, &job{[]Ordinal{unknown[0], unknown[len(unknown)-1]}, *c}, &b)
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
	begin := sync.OnceFunc(func() {
		// The walk has a processor to itself: until it ends there is no whole history to search.
		for range max(1, runtime.GOMAXPROCS(0)-1) {
			group.Go(compare)
		}
	})
	group.Go(func() error {
		defer q.end()
		isNews, err := x.walkOn(ctx, ids, q, begin)
		if err != nil {
			return err
		}
		if isNews {
			x.publish(true, false)
			begin()
			group.Go(compare)
		}
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

// walkOn walks from the tips and hands the commits on to be compared, if there are some; begin begins to compare them.
func (x *Index) walkOn(ctx context.Context, ids []packs.ID, q *queue, begin func()) (isNews bool, err error) {
	w, s := x.walk, x.reader
	// What an interrupted update left.
	n := w.columns.len()
	left := x.paths.left(n, w.frontier.commits(n))
	q.add(left, &w.columns)
	if err := w.start(ctx, s, ids); err != nil {
		return false, err
	}
	var passed []Ordinal
	shown := firstWalk
	for n := 1; ; n++ {
		o, ok, err := w.next(ctx, s)
		if err != nil {
			return false, err
		}
		if !ok {
			q.add(passed, &w.columns)
			return len(left) > 0 || n > 1, ctx.Err()
		}
		if passed = append(passed, o); len(passed) == batchSize || n < batchSize && n&(n-1) == 0 {
			if err := ctx.Err(); err != nil {
				return false, err
			}
			q.add(passed, &w.columns)
			passed = passed[:0]
		}
		if n == aloneWalk {
			begin()
		}
		// Whoever looks gets something at once, and then half as much again each time.
		if n == shown {
			x.publish(false, false)
			shown += max(shown/2, 4096)
		}
	}
}

// publishEvery is how many batches are compared between two snapshots.
const publishEvery = 64

// compare finds what the commits of the queue changed.
func (x *Index) compare(ctx context.Context, q *queue) error {
	var d differ
	var b batch
	for j := new(job); q.take(ctx, j); {
		if d.session == nil {
			d.session = x.source.open(diffCache)
		}
		unknown, damage, err := d.look(ctx, j, &b)
		if err != nil {
			return fmt.Errorf("compare commits with their parents: %w", err)
		}
		x.complain(damage)
		if n := x.paths.add(&b, unknown); n <= 8 || n%publishEvery == 0 {
			x.again()
		}
	}
	return ctx.Err()
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
