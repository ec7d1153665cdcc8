// Package index keeps the commits of a repository and the paths that each of them changed, for questions
// about all of history: in memory, and between two starts in the cache directory.
//
// An [Index] is brought up to date with the heads of a repository ([Index.Update]), from the newest
// commit to the oldest, and can be asked all the while: a [Snapshot] is what is there so far and never changes. The
// cache is only that. A file that is damaged, of another version or of another repository is built
// anew, and where nothing can be written everything works from memory.
package index

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"plumb/gitops/objects"
	"plumb/gitops/objects/packs"
	"plumb/model"
)

// Index is the index of one repository. Its methods may be called from several goroutines at once.
type Index struct {
	store objects.Store
	dir   string // Where the cache is; empty for nowhere.

	updating sync.Mutex // Held by the one update that is under way; guards what is below.
	source   source
	altered  altered
	walk     *walker
	paths    *paths
	folded   *folded
	saved    chain // What the cache has of it.

	mu       sync.Mutex
	snapshot *Snapshot
	changed  chan struct{}
	number   int
}

// Open makes the index of a repository. The directory is where it is kept between two starts; empty for
// nowhere. Nothing is read before the first update.
func Open(s objects.Store, dir string) *Index {
	x := &Index{store: s, dir: dir, changed: make(chan struct{})}
	x.snapshot = &Snapshot{table: new(table), paths: new(paths), folded: new(folded)}
	return x
}

// Close ends the index after the update that is under way.
func (x *Index) Close() error {
	x.updating.Lock()
	defer x.updating.Unlock()
	if x.source == nil {
		return nil
	}
	err := x.source.close()
	x.source, x.walk = nil, nil
	return err
}

// Snapshot is what there is now. It is never nil, and empty before the first update.
func (x *Index) Snapshot() *Snapshot {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.snapshot
}

// Changed is closed when there is a newer snapshot than the one that [Index.Snapshot] answered before.
func (x *Index) Changed() <-chan struct{} {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.changed
}

// publish makes a snapshot of what there is.
func (x *Index) publish(walked, pathed bool, problem error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.number++
	x.snapshot = &Snapshot{
		columns: x.walk.columns, table: x.walk.table, paths: x.paths, folded: x.folded,
		Number: x.number, Walked: walked, Pathed: pathed, Problem: problem,
	}
	close(x.changed)
	x.changed = make(chan struct{})
}

// The memory that sessions may use to remember trees, in bytes: one that walks needs hardly any.
const (
	walkCache = 1 << 20
	diffCache = 24 << 20
)

// batchSize is how many commits are compared with their parents at once.
const batchSize = 128

// firstWalk is how many commits are read before an index is loaded that takes long to load, so that there is something to see.
const firstWalk = 256

// Update brings the index up to date with these commits: it reads what they lead to and is not in it yet, in
// the background of whoever reads snapshots meanwhile. One update is under way at a time; another waits. After an error, or
// when ctx ends, what was read stays and the next update goes on from there. Tips that the repository does not have are left out.
func (x *Index) Update(ctx context.Context, tips []model.Hash) error {
	x.updating.Lock()
	defer x.updating.Unlock()
	if err := x.start(ctx, tips); err != nil {
		return fmt.Errorf("index history: %w", err)
	}
	problem, err := x.extend(ctx, tips, 0)
	if err != nil {
		x.publish(len(x.walk.frontier) == 0, false, nil)
		return fmt.Errorf("index history: %w", err)
	}
	x.publish(true, true, problem)
	return nil
}

// start opens the repository and loads the cache, once, and again when history was altered.
func (x *Index) start(ctx context.Context, tips []model.Hash) error {
	altered, err := x.look(ctx)
	if err != nil {
		return err
	}
	if x.walk != nil && altered.print == x.altered.print {
		return nil
	}
	if x.source != nil {
		if err := x.source.close(); err != nil {
			return err
		}
	}
	x.altered = altered
	idSize := 20
	if len(tips) > 0 {
		idSize = len(tips[0]) / 2
	}
	if err := x.open(idSize); err != nil {
		return err
	}
	cache := openCache(x.dir, x.store.Info().GitDir, altered.print, idSize)
	if cache.isLarge() {
		x.reset(idSize)
		if _, err := x.extend(ctx, tips, firstWalk); err != nil {
			return err
		}
	}
	x.reset(idSize)
	if saved, c, p, ok := cache.load(); ok && x.has(ctx, &c) {
		x.saved, x.paths, x.walk.columns = saved, p, c
		x.walk.table.add(&c, 0)
		for i, who := range c.people {
			x.walk.people[who] = uint32(i)
		}
	}
	return nil
}

// has reports whether the commits are of this repository and still there: another one may have taken its place, and
// commits that nothing leads to any more are removed some day.
func (x *Index) has(ctx context.Context, c *columns) bool {
	s := x.source.open(walkCache)
	for _, o := range []Ordinal{0, Ordinal(c.len() - 1)} {
		var id packs.ID
		copy(id[:], c.id(o))
		if s.commit(ctx, id, &x.walk.record) != nil {
			return false
		}
	}
	return true
}

// reset forgets everything.
func (x *Index) reset(idSize int) {
	x.walk = &walker{columns: columns{idSize: idSize}, table: new(table), people: map[person]uint32{}}
	x.paths, x.folded, x.saved = new(paths), new(folded), nil
}

// look reads what alters history, of repositories that have files.
func (x *Index) look(ctx context.Context) (altered, error) {
	gitDir := x.store.Info().GitDir
	if gitDir == "" {
		return altered{}, nil
	}
	return readAltered(ctx, x.store, commonDir(gitDir))
}

func (x *Index) open(idSize int) error {
	gitDir := x.store.Info().GitDir
	if gitDir == "" {
		x.source = stored{x.store}
		return nil
	}
	r, err := packs.Open(commonDir(gitDir), idSize)
	if err != nil {
		return err
	}
	x.source = packed{r, idSize, x.altered}
	return nil
}

// extend walks on from the tips and finds what the commits on the way changed, at most limit of them where it is
// not 0. The problem is that it could not be saved.
func (x *Index) extend(ctx context.Context, tips []model.Hash, limit int) (problem, err error) {
	w := x.walk
	from := w.columns.len()
	group, ctx := errgroup.WithContext(ctx)
	jobs := make(chan job, 1<<16)
	compare := func() error { return x.compare(ctx, jobs) }
	// The walk has a processor to itself: until it ends there is no whole history to search.
	for range max(1, runtime.GOMAXPROCS(0)-1) {
		group.Go(compare)
	}
	group.Go(func() error {
		defer close(jobs)
		if err := x.walkOn(ctx, tips, limit, jobs); err != nil {
			return err
		}
		x.publish(limit == 0, false, nil)
		group.Go(compare)
		return nil
	})
	if err := group.Wait(); err != nil {
		return nil, err
	}
	if limit > 0 {
		return nil, nil
	}
	w.columns.trees = nil
	if x.dir == "" || w.columns.len() == from && w.columns.len() == x.saved.commits() {
		return nil, nil
	}
	cache := openCache(x.dir, x.store.Info().GitDir, x.altered.print, w.columns.idSize)
	x.saved, problem = cache.save(x.saved, &w.columns, x.paths)
	return problem, nil
}

// walkOn walks from the tips and hands the commits on to be compared.
func (x *Index) walkOn(ctx context.Context, tips []model.Hash, limit int, jobs chan<- job) error {
	w := x.walk
	s := x.source.open(walkCache)
	if err := x.handLeft(ctx, jobs); err != nil {
		return err
	}
	for _, tip := range tips {
		if id, ok := packs.ParseID(tip); ok {
			if _, err := w.see(ctx, s, id); err != nil {
				return err
			}
		}
	}
	var passed []Ordinal
	hand := func() error {
		select {
		case jobs <- job{slices.Clone(passed), w.columns}:
			passed = passed[:0]
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	next := firstWalk
	for n := 1; limit == 0 || n <= limit; n++ {
		o, ok, err := w.next(ctx, s)
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		if passed = append(passed, o); len(passed) == batchSize || n < batchSize && n&(n-1) == 0 {
			if err := hand(); err != nil {
				return err
			}
		}
		// Whoever looks gets something at once, and then half as much again each time.
		if n == next {
			x.publish(false, false, nil)
			next += max(next/2, 4096)
		}
	}
	return hand()
}

// handLeft hands on what an interrupted update left uncompared.
func (x *Index) handLeft(ctx context.Context, jobs chan<- job) error {
	left := x.paths.left(x.walk.columns.len())
	left = slices.DeleteFunc(left, func(o Ordinal) bool { return x.walk.index(o) >= 0 })
	for commits := range slices.Chunk(left, batchSize) {
		select {
		case jobs <- job{commits, x.walk.columns}:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// publishEvery is how many batches are compared between two snapshots.
const publishEvery = 64

// compare finds what the commits of jobs changed.
func (x *Index) compare(ctx context.Context, jobs <-chan job) error {
	d := differ{session: x.source.open(diffCache)}
	var b batch
	for j := range jobs {
		unknown, err := d.look(ctx, j, &b)
		if err != nil {
			if errors.Is(err, context.Canceled) {
				return err
			}
			return fmt.Errorf("compare commits with their parents: %w", err)
		}
		x.paths.add(&b, unknown)
		if n := x.paths.batches(); n <= 8 || n%publishEvery == 0 {
			x.again()
		}
	}
	return ctx.Err()
}

// again publishes the same commits when more is known of what they changed.
func (x *Index) again() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.number++
	s := *x.snapshot
	s.Number = x.number
	x.snapshot = &s
	close(x.changed)
	x.changed = make(chan struct{})
}
