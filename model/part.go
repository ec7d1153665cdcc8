package model

import "plumb/model/diff"

// Part is what a change takes of a resource of which it does not take all: blocks of lines of the difference from
// what was applied to what was live. It names both versions by their sums and holds none of their contents,
// because what was not picked of a hand-made edit has no business in git.
type Part struct {
	Address string       // TARGET/ADDRESS, one of the change's addresses.
	Old     Digest       // Of the content as it was applied; empty where the file was not to be there.
	New     Digest       // Of the content as it was live; empty where the file was not there.
	Blocks  []diff.Block // Sorted and disjoint.
}
