package model

import "plumb/model/diff"

// Part is what a change takes of a resource, or of a file of a commit, of which it does not take all: blocks of lines of
// the difference from what was applied to what was live, or of what the commit changed. It names both versions by their
// sums and holds none of their contents, because what was not picked of a hand-made edit has no business in git.
type Part struct {
	Address string       // TARGET/ADDRESS, one of the change's addresses; of a commit the path of the file.
	Old     Digest       // Of the content as it was applied, or before the commit; empty where the file was not to be there.
	New     Digest       // Of the content as it was live, or after the commit; empty where the file was not there.
	Blocks  []diff.Block // Sorted and disjoint.
}
