// Package history answers how things came to be: commits with the
// environments that each of them is live in, the graph that they form, and which of them match a filter.
//
// It rests on an index of all commits that grows in the background ([History.Update]). A [View] is history as seen from a
// revision, [Rows] are a view as it is listed: along first parents, with some merges unfolded, or narrowed to what matches.
package history

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"plumb/gitops/objects"
	"plumb/gitops/objects/index"
	"plumb/model"
	"plumb/model/filter"
	"plumb/model/request"
)

// Place is where an environment stands in history.
type Place struct {
	Environment string
	Production  bool
	Paths       []string   // The directories that it is made of.
	Tracked     model.Hash // The head that it tracks; empty for an unborn branch.
	Applied     model.Hash // What was last applied; empty where that is not known.
}

// Entry is one row of history.
type Entry struct {
	model.Commit
	Touches  []string        // Environments whose paths the commit changed.
	Live     []string        // Environments that it touches and is live in.
	LiveAt   []string        // Environments for which this is the newest live commit.
	HeadAt   []string        // Environments for which this is the newest commit that git wants.
	Refs     []objects.Ref   // Branches and tags that point at it.
	Request  request.Request // The pull or merge request that it merged; the zero value for none.
	IsSigned bool            // It has a signature, good or not.
}

// Options are what a history needs to know of its repository beside its commits.
type Options struct {
	Places func(ctx context.Context) ([]Place, error) // Where the environments stand now.
	// Paths are the files and directories that an environment, a target or a resource is made of, by the value of a
	// filter's term. Its error says what would be right.
	Paths func(ctx context.Context, kind filter.Kind, value string) ([]string, error)
	// Hidden reports whether a ref is no branch or tag of people's, and history neither starts from it nor shows it. Nil hides none.
	Hidden func(ref string) bool
}

// History is the history of one repository. Its methods may be called from several goroutines at once.
type History struct {
	store objects.Store
	index *index.Index
	opt   Options

	mu   sync.Mutex
	tips *tips
	last *View // The newest; whoever asks for the same again gets it.
}

// tips is where branches, tags and environments are. It never changes.
type tips struct {
	ids    []model.Hash // The commits that history has to reach.
	places []Place
	refs   []objects.Ref
	at     map[model.Hash][]objects.Ref // The refs by what they point at.
}

// Open makes the history of a repository from its index. Nothing is read before the first update.
func Open(s objects.Store, x *index.Index, opt Options) *History {
	return &History{store: s, index: x, opt: opt, tips: new(tips)}
}

// Close ends the index. An update that is under way has to be cancelled before.
func (h *History) Close() error { return h.index.Close() }

// shownRefs are the refs that history starts from and shows.
var shownRefs = []string{"refs/heads/", "refs/remotes/", "refs/tags/"}

// Glance makes the newest commits of HEAD known, which takes milliseconds: a first screen of history needs no more. It does nothing
// after an update or another glance.
func (h *History) Glance(ctx context.Context) error {
	return h.index.Glance(ctx, h.store.Info().HeadHash)
}

// Update reads where branches and environments are now, and brings the index up to date with them. It takes
// as long as reading all of history when that was never read; meanwhile [History.Changed] tells when there is more to see.
func (h *History) Update(ctx context.Context) error {
	// Whatever is wrong here is wrong below as well, and told there.
	_ = h.Glance(ctx)
	t, err := h.look(ctx)
	if err != nil {
		return err
	}
	h.mu.Lock()
	// What nobody wants any more may be older than what a later call has put here. A view of the same is the same view.
	if err = ctx.Err(); err == nil && !t.equal(h.tips) {
		h.tips = t
	}
	h.mu.Unlock()
	if err != nil {
		return err
	}
	return h.index.Update(ctx, t.ids)
}

// look reads refs and places, and with them all commits that history has to reach. The questions are asked side by
// side, because the first rows of the screen wait for the answers.
func (h *History) look(ctx context.Context) (*tips, error) {
	t := &tips{at: map[model.Hash][]objects.Ref{}}
	var head model.Hash
	found := make([][]objects.Ref, len(shownRefs))
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		if head, err = h.store.Resolve(ctx, "HEAD"); err != nil && !errors.Is(err, objects.ErrNotFound) {
			return fmt.Errorf("read where HEAD is: %w", err)
		}
		return nil
	})
	group.Go(func() (err error) { t.places, err = h.opt.Places(ctx); return err })
	for i, prefix := range shownRefs {
		group.Go(func() (err error) {
			if found[i], err = h.store.Refs(ctx, prefix); err != nil {
				return fmt.Errorf("list branches and tags: %w", err)
			}
			if h.opt.Hidden != nil {
				found[i] = slices.DeleteFunc(found[i], func(r objects.Ref) bool { return h.opt.Hidden(r.Name) })
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	seen := map[model.Hash]bool{"": true}
	tip := func(id model.Hash) {
		if !seen[id] {
			seen[id] = true
			t.ids = append(t.ids, id)
		}
	}
	tip(head)
	for _, p := range t.places {
		tip(p.Tracked)
		tip(p.Applied)
	}
	t.refs = slices.Concat(found...)
	for _, r := range t.refs {
		tip(r.Hash)
		t.at[r.Hash] = append(t.at[r.Hash], r)
	}
	return t, nil
}

func (t *tips) equal(u *tips) bool {
	return slices.Equal(t.ids, u.ids) && slices.Equal(t.refs, u.refs) && slices.EqualFunc(t.places, u.places, Place.equal)
}

func (p Place) equal(q Place) bool {
	return p.Environment == q.Environment && p.Production == q.Production && p.Tracked == q.Tracked && p.Applied == q.Applied &&
		slices.Equal(p.Paths, q.Paths)
}

// Changed is closed as soon as there is more of history than now. Who wants to miss nothing asks for it before the view.
func (h *History) Changed() <-chan struct{} { return h.index.Changed() }

// Progress is how far the index is.
type Progress struct {
	Commits int   // Commits read.
	Looked  int   // Of how many of them it is known what they changed.
	Walked  bool  // All commits are read.
	Done    bool  // All of it is.
	Problem error // What could not be read, or why the index is not kept for the next start; nil where all is well.
}

// Progress is how far the index is now.
func (h *History) Progress() Progress { return progress(h.index.Snapshot()) }

func progress(s *index.Snapshot) Progress {
	return Progress{s.Len(), s.Looked(), s.Walked, s.Pathed, s.Problem}
}

// Until brings the index up to date as [History.Update] does, and stops when enough says so: it is asked whenever there is more.
// At the end of history there is nothing to be asked any more.
func (h *History) Until(ctx context.Context, enough func() (bool, error)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	updated := make(chan error, 1)
	changed := h.Changed()
	go func() { updated <- h.Update(ctx) }()
	for {
		select {
		case err := <-updated:
			return err
		case <-changed:
		}
		changed = h.Changed()
		ok, err := enough()
		if err != nil || ok {
			cancel()
			if stopped := <-updated; stopped != nil && !errors.Is(stopped, context.Canceled) {
				err = errors.Join(err, stopped)
			}
			return err
		}
	}
}
