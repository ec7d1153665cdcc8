// Package history answers how things came to be: commits in pages, with the
// environments that each one is live in.
package history

import (
	"context"
	"errors"
	"iter"
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

	live, head   []reach // Per place: what Applied and Tracked lead to.
	liveAt       []bool  // Per place: whether its newest live commit has come by.
	headAt       []bool
	given        int
	withoutFiles bool // The repository lacks the trees that say what a commit changed.

	next func() (objects.LogEntry, error, bool)
	stop func()
}

// reach is the set of commits that descend into the part of history not yet
// read. Commits come before their parents, so it only ever holds the frontier.
type reach map[model.Hash]bool

// pass reports whether id is reached, and hands the mark on to its parents.
func (r reach) pass(c model.Commit) bool {
	if !r[c.Hash] {
		return false
	}
	delete(r, c.Hash)
	for _, p := range c.Parents {
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
		// The log outlives this call: what stops it is Close.
		f.next, f.stop = iter.Pull2(f.store.Log(context.WithoutCancel(ctx), f.logQuery()))
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

// Close ends the feed and the process that works for it.
func (f *Feed) Close() {
	if f.stop != nil {
		f.stop()
	}
}

// logQuery asks for whole history even where paths limit the answer, because
// what is live where passes from commit to commit.
func (f *Feed) logQuery() objects.LogQuery {
	q := objects.LogQuery{FirstParent: f.query.FirstParent, WithFiles: !f.withoutFiles}
	if f.query.From != "" {
		q.From = []string{f.query.From}
	}
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
	f.next, f.stop = iter.Pull2(f.store.Log(context.WithoutCancel(ctx), f.logQuery()))
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
	for i, p := range f.places {
		live, head := f.live[i].pass(l.Commit), f.head[i].pass(l.Commit)
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
	return e, len(f.query.Paths) == 0 || f.withoutFiles || touches(l.Files, f.query.Paths)
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
