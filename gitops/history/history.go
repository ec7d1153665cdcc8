// Package history answers how things came to be: commits in pages, with the
// environments that each one is live in.
package history

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"

	"plumb/gitops/objects"
	"plumb/model"
)

// Place is where an environment stands in history.
type Place struct {
	Environment string
	Paths       []string   // The directories that it is made of.
	Tracked     model.Hash // The head that it tracks; empty for an unborn branch.
	Applied     model.Hash // What was last applied; empty where that is not known.
}

// Entry is one row of history.
type Entry struct {
	model.Commit
	Touches []string // Environments whose paths the commit changed.
	Live    []string // Environments that it touches and is live in.
	LiveAt  []string // Environments for which this is the newest live commit.
	HeadAt  []string // Environments for which this is the newest commit that git wants.
}

// Query says which history to read.
type Query struct {
	From        string   // A revision; empty for HEAD.
	Exclude     string   // Leave out what this revision has; empty for nothing.
	Paths       []string // Only commits that changed one of these.
	FirstParent bool
}

// Feed reads history lazily: nothing is read before it is asked for, and no
// further than it was asked for. A feed is used by one goroutine at a time.
type Feed struct {
	store  objects.Store
	places []Place
	query  Query

	from         []string // Where the log starts: the query's revision first.
	asked        reach    // What that revision leads to; the rest is read for the marks' sake only.
	live, head   []reach  // Per place: what Applied and Tracked lead to.
	liveAt       []bool   // Per place: whether its newest live commit has come by.
	headAt       []bool
	given        int
	withoutFiles bool // The repository lacks the trees that say what a commit changed.

	next func() (objects.LogEntry, error, bool)
	stop func()
}

// reach is the set of commits that descend into the part of history not yet
// read. Commits come before their parents, so it only ever holds the frontier.
type reach map[model.Hash]bool

// pass reports whether the commit is reached, and hands the mark on to these of its parents.
func (r reach) pass(c model.Commit, parents []model.Hash) bool {
	if !r[c.Hash] {
		return false
	}
	delete(r, c.Hash)
	for _, p := range parents {
		r[p] = true
	}
	return true
}

// Open starts a feed. Close ends its work.
func Open(s objects.Store, places []Place, q Query) *Feed {
	f := &Feed{store: s, places: places, query: q,
		live: make([]reach, len(places)), head: make([]reach, len(places)),
		liveAt: make([]bool, len(places)), headAt: make([]bool, len(places))}
	for i, p := range places {
		f.live[i], f.head[i] = reach{}, reach{}
		if p.Applied != "" {
			f.live[i][p.Applied] = true
		}
		if p.Tracked != "" {
			f.head[i][p.Tracked] = true
		}
	}
	return f
}

// Next answers up to n further entries; fewer than n only at the end or with an error.
func (f *Feed) Next(ctx context.Context, n int) ([]Entry, error) {
	if f.next == nil {
		if err := f.begin(ctx); err != nil {
			return nil, err
		}
		// The log outlives this call: what stops it is Close.
		f.next, f.stop = iter.Pull2(inOrder(f.store.Log(context.WithoutCancel(ctx), f.logQuery())))
	}
	var entries []Entry
	for len(entries) < n {
		if err := ctx.Err(); err != nil {
			return entries, err
		}
		e, err, ok := f.next()
		if !ok {
			return entries, nil
		}
		var missing *objects.MissingError
		if errors.As(err, &missing) && !f.withoutFiles {
			if err := f.restart(ctx); err != nil {
				return entries, err
			}
			continue
		}
		if err != nil {
			return entries, err
		}
		f.given++
		if entry, ok := f.place(e); ok {
			entries = append(entries, entry)
		}
	}
	return entries, nil
}

// begin finds where the log has to start. What is live somewhere may be newer than the revision that was asked for, or
// on another branch, so the log starts there too, where this repository has it.
func (f *Feed) begin(ctx context.Context) error {
	from := f.query.From
	if from == "" {
		from = "HEAD"
	}
	id, err := f.store.Resolve(ctx, from)
	if errors.Is(err, objects.ErrNotFound) {
		// An unborn branch has no history, and for anything else the log says what is wrong.
		if f.query.From != "" {
			f.from = []string{f.query.From}
		}
		return nil
	}
	if err != nil {
		return err
	}
	f.from, f.asked = []string{string(id)}, reach{id: true}
	for _, p := range f.places {
		for _, other := range []model.Hash{p.Applied, p.Tracked} {
			if other == "" || slices.Contains(f.from, string(other)) {
				continue
			}
			if _, err := f.store.Commit(ctx, other); err == nil {
				f.from = append(f.from, string(other))
			} else if _, ok := errors.AsType[*objects.MissingError](err); !ok {
				return err
			}
		}
	}
	return nil
}

// Close ends the feed and the process that works for it.
func (f *Feed) Close() {
	if f.stop != nil {
		f.stop()
	}
}

// logQuery asks for whole history even where paths limit the answer, because
// what is live where passes from commit to commit.
func (f *Feed) logQuery() objects.LogQuery {
	q := objects.LogQuery{From: f.from, FirstParent: f.query.FirstParent, WithFiles: !f.withoutFiles, ByDate: true}
	if f.query.Exclude != "" {
		q.Exclude = []string{f.query.Exclude}
	}
	return q
}

// restart goes on without the files of each commit: a partial clone may have
// its commits and not their trees, and a history without them is better than none.
func (f *Feed) restart(ctx context.Context) error {
	f.stop()
	f.withoutFiles = true
	f.next, f.stop = iter.Pull2(inOrder(f.store.Log(context.WithoutCancel(ctx), f.logQuery())))
	for range f.given {
		if _, err, ok := f.next(); err != nil || !ok {
			return err
		}
	}
	return nil
}

// place says where the commit is live. It answers false for commits that the query leaves out.
func (f *Feed) place(l objects.LogEntry) (Entry, bool) {
	e := Entry{Commit: l.Commit}
	line := l.Parents
	if f.query.FirstParent {
		line = line[:min(len(line), 1)]
	}
	asked := f.asked.pass(l.Commit, line)
	for i, p := range f.places {
		live, head := f.live[i].pass(l.Commit, l.Parents), f.head[i].pass(l.Commit, l.Parents)
		if !f.withoutFiles && !touches(l.Files, p.Paths) {
			continue
		}
		e.Touches = append(e.Touches, p.Environment)
		if live {
			e.Live = append(e.Live, p.Environment)
		}
		if live && !f.liveAt[i] {
			f.liveAt[i] = true
			e.LiveAt = append(e.LiveAt, p.Environment)
		}
		if head && !f.headAt[i] {
			f.headAt[i] = true
			e.HeadAt = append(e.HeadAt, p.Environment)
		}
	}
	return e, asked && (len(f.query.Paths) == 0 || f.withoutFiles || touches(l.Files, f.query.Paths))
}

// touches reports whether a file lies at or below one of the paths.
func touches(files []model.FileChange, paths []string) bool {
	for _, f := range files {
		for _, p := range paths {
			if within(f.Path, p) || f.OldPath != "" && within(f.OldPath, p) {
				return true
			}
		}
	}
	return false
}

func within(path, dir string) bool {
	dir = strings.TrimSuffix(dir, "/")
	return dir == "" || dir == "." || path == dir || strings.HasPrefix(path, dir+"/")
}
