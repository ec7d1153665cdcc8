// Package history answers how things came to be: commits in pages, with the
// environments that each one is live in.
package history

import (
	"context"

	"plumb/gitops/objects"
	"plumb/model"
)

// Place is where an environment stands in history. Index-like use: its position in the
// slice given to [Open] is the position of its bit in [Entry].
type Place struct {
	Environment string
	Paths       []string   // The directories it is made of.
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

// Feed reads history lazily: nothing is read before it is asked for. A feed is used by one goroutine at a time.
type Feed struct{}

// Open starts a feed. Close ends its work.
func Open(s objects.Store, places []Place, q Query) *Feed { panic("to be built") }

// Next answers up to n further entries; fewer than n only at the end or with an error.
func (f *Feed) Next(ctx context.Context, n int) ([]Entry, error) { panic("to be built") }

// Close ends the feed and the process that worked for it.
func (f *Feed) Close() {}
