package model

import (
	"fmt"
	"slices"
	"strings"
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

// ParseUntil reads a moment that is to come, as people write it: 90m, 3d, 14:05, 2026-08-01. Empty is the zero time. A date
// may lie in the past.
func ParseUntil(s string, now time.Time) (time.Time, error) {
	if s = strings.TrimSpace(s); s == "" {
		return time.Time{}, nil
	}
	if days, ok := strings.CutSuffix(s, "d"); ok {
		var n int
		if _, err := fmt.Sscanf(days, "%d", &n); err == nil && fmt.Sprint(n) == days && n > 0 {
			return now.AddDate(0, 0, n), nil
		}
	}
	if d, err := time.ParseDuration(s); err == nil && d > 0 {
		return now.Add(d), nil
	}
	local := now.Local()
	if at, err := time.ParseInLocation("15:04", s, local.Location()); err == nil {
		at = time.Date(local.Year(), local.Month(), local.Day(), at.Hour(), at.Minute(), 0, 0, local.Location())
		if !at.After(local) {
			at = at.AddDate(0, 0, 1)
		}
		return at, nil
	}
	for _, form := range []string{"2006-01-02", "2006-01-02 15:04", "2006-01-02T15:04", time.RFC3339} {
		if at, err := time.ParseInLocation(form, s, local.Location()); err == nil {
			return at, nil
		}
	}
	return time.Time{}, WithHint(fmt.Errorf("nobody can read %q as a time", s), `as in 90m, 2h, 3d, 14:05, 2026-08-01, "2026-08-01 14:05"`)
}
