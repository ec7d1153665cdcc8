package model

import (
	"slices"
	"time"

	"plumb/model/text"
)

// Hold says that something is not to be changed. A rollback leaves one: until somebody deploys a revision that contains it, no
// revision without it may be deployed, so that nobody and no automation puts back what was taken back. A person sets one by
// hand: until it is lifted or its time is over, no change may touch what it covers.
type Hold struct {
	ID          string // Of a rollback's the id of the change.
	Environment string
	Since       time.Time
	By          Principal
	Why         text.Safe
	Until       time.Time // When it is over by itself; zero for never.

	Change   ChangeID // The rollback that left it; empty for one that was set by hand.
	Revision Hash     // Of a rollback's: what every later revision has to contain.

	Addresses []string // Of one that was set by hand: patterns of what it covers, see [Address.Matches]. None for all of the environment.
}

// IsByHand reports whether a person set it.
func (h Hold) IsByHand() bool { return h.Change == "" }

// IsOver reports whether its time is over.
func (h Hold) IsOver(now time.Time) bool { return !h.Until.IsZero() && !now.Before(h.Until) }

// Covers reports whether a hold that was set by hand forbids to touch a resource.
func (h Hold) Covers(a Address) bool {
	return h.IsByHand() && (len(h.Addresses) == 0 || slices.ContainsFunc(h.Addresses, a.Matches))
}
