package model

import (
	"slices"
	"strings"
	"time"
)

// Rule is one condition for applying a change, and whether it is met.
type Rule struct {
	Name     string // "approvals", "freeze", "protected", "read-only", "open", "checks".
	OK       bool
	Text     string   // The rule's state for people: "approvals 1 of 2".
	Missing  string   // What is missing, for people; empty when it is met.
	WhoCould []string // Who could give what is missing: e-mail addresses, or words for many. Empty when nobody can, or nothing is missing.
}

// Allowed reports whether all rules are met.
func Allowed(rules []Rule) bool {
	return !slices.ContainsFunc(rules, func(r Rule) bool { return !r.OK })
}

// Policy is what an environment asks of a change beside its number of approvals. Package policy decides by it.
// People are e-mail addresses: groups are resolved when the configuration is read.
type Policy struct {
	FourEyes     bool           // Neither the author nor who applies it may be the one who approves it, even where one approval is enough.
	Rules        []ApprovalRule // What is asked of certain changes besides.
	Expires      time.Duration  // How long an approval lasts; 0 for as long as the plan holds.
	Freezes      []Freeze
	MaxDeletions *int     // How many resources a change may delete or replace; nil for any number.
	Protected    []string // Patterns of addresses that no change may delete or replace. See [Address.Matches].
	BreakGlass   []string // Who may apply although approvals are missing or a freeze is on; empty for nobody.
	Holds        []Hold   // Those that people have set by hand.
	Keys         string   // Whose signatures count, for people; empty where nothing has to be signed.
}

// ApprovalRule asks for approvals of a change that has a step which all of its conditions fit. Without conditions it asks of every change.
type ApprovalRule struct {
	Paths     []string  // Patterns of addresses, any of which fits. See [Address.Matches].
	Providers []string  // Any of which fits.
	Undo      UndoClass // As hard to take back as this, or harder; UndoUnknown for no condition.
	Approvals int
	By        []string // Who may give them, as the configuration says it: groups and e-mail addresses. Empty for anybody.
	People    []string // The same as e-mail addresses.
}

// Freeze is a time in which nothing is applied: once, or every week.
type Freeze struct {
	From, To Moment
	Zone     *time.Location // What the clock of a weekly freeze shows.
	Why      string
}

// Equal reports whether both are the same time for the same reason.
func (f Freeze) Equal(g Freeze) bool {
	return f.Words() == g.Words() && f.Why == g.Why && f.From.At.Equal(g.From.At) && f.To.At.Equal(g.To.At)
}

// Words are the freeze's times, for people.
func (f Freeze) Words() string {
	return f.From.words(f.Zone) + " – " + f.To.words(f.Zone) + " " + f.Zone.String()
}

// Until is when it ends, for people.
func (f Freeze) Until() string { return f.To.words(f.Zone) + " " + f.Zone.String() }

// Moment is a point in time, or a minute of every week.
type Moment struct {
	At     time.Time // Zero for a minute of the week.
	Day    time.Weekday
	Minute int // Of the day.
}

func (m Moment) words(zone *time.Location) string {
	if !m.At.IsZero() {
		return m.At.In(zone).Format("2006-01-02 15:04")
	}
	return m.Day.String()[:3] + " " + time.Date(0, 1, 1, m.Minute/60, m.Minute%60, 0, 0, time.UTC).Format("15:04")
}

// Active reports whether the freeze is on. Its end does not belong to it.
func (f Freeze) Active(now time.Time) bool {
	if !f.From.At.IsZero() {
		return !now.Before(f.From.At) && now.Before(f.To.At)
	}
	local := now.In(f.Zone)
	at := Moment{Day: local.Weekday(), Minute: local.Hour()*60 + local.Minute()}.ofWeek()
	from, to := f.From.ofWeek(), f.To.ofWeek()
	if from < to {
		return from <= at && at < to
	}
	return at >= from || at < to // It goes over the end of Saturday.
}

func (m Moment) ofWeek() int { return int(m.Day)*24*60 + m.Minute }

// Matches reports whether the address fits a pattern. "/etc/ssh/**" fits files on every host, "db-*:/var/lib/**" on some,
// and "db-1" all that is on one; in paths "*" stands for anything within a name, and "**" for any number of directories. In a pattern of addresses that
// are no files "*" stands for anything: "aws_db_instance.*".
func (a Address) Matches(pattern string) bool {
	host, file, ok := strings.Cut(string(a), ":/")
	if !ok {
		return matchSegment(pattern, string(a))
	}
	file = "/" + file
	if strings.HasPrefix(pattern, "/") {
		return matchPath(pattern, file)
	}
	on, below, files := strings.Cut(pattern, ":/")
	if !files {
		return matchSegment(on, host) || matchSegment(pattern, string(a))
	}
	return matchSegment(on, host) && matchPath("/"+below, file)
}
