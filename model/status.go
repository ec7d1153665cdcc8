package model

import "plumb/model/text"

// Status says how a live resource stands to git. The words are the same on
// screen and in every JSON document.
type Status string

// The statuses. Unknown is never shown as in sync and always has a reason.
const (
	InSync  Status = "in sync"
	Pending Status = "pending"
	Drifted Status = "drifted"
	Missing Status = "missing"
	Extra   Status = "extra"
	Unknown Status = "unknown"
)

// IsDrift reports the statuses in which reality is neither what git wants nor what was applied.
func (s Status) IsDrift() bool { return s == Drifted || s == Missing || s == Extra }

// Rank orders statuses by how much they need a person: the worst has the highest rank.
func (s Status) Rank() int {
	switch s {
	case InSync:
		return 0
	case Pending:
		return 1
	case Extra:
		return 2
	case Drifted:
		return 3
	case Missing:
		return 4
	default:
		return 5
	}
}

// Judge compares the three versions of a resource. Live as tracked is in sync;
// live as applied, while git has moved on, is pending; live as neither is
// drift. Where nothing was ever applied, applied is nil.
func Judge(tracked State, applied *State, live State) Status {
	switch {
	case tracked.Matches(live):
		return InSync
	case applied != nil && applied.Matches(live):
		return Pending
	case !live.Exists:
		return Missing
	case !tracked.Exists && (applied == nil || !applied.Exists):
		return Extra
	default:
		return Drifted
	}
}

// Resource is one addressable thing of a target with all that is known of it.
type Resource struct {
	Target  string
	Address Address
	Group   string // What it is listed under within its target: the host.
	Name    string // What it is called within its group: the path on the host.
	Kind    string
	Tracked State
	Applied *State // nil where no applied revision is known.
	Live    State
	Status  Status
	Reason  text.Safe // In a few words, why it has this status; for Unknown always set.
}
