package filter

import (
	"testing"
	"time"
	_ "time/tzdata" // So that the answers are the same on a machine without time zones.
)

// at reads a local time of the zone, or an instant with an offset.
func at(t *testing.T, zone *time.Location, s string) time.Time {
	t.Helper()
	if s == "" {
		return time.Time{}
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02"} {
		if when, err := time.ParseInLocation(layout, s, zone); err == nil {
			return when
		}
	}
	t.Fatalf("%q is no time", s)
	return time.Time{}
}

func TestDatesMeanWhatPeopleMean(t *testing.T) {
	for _, c := range []struct {
		now, zone string // 2026-08-12T15:30, a Wednesday, in Berlin if empty.
		typed     string
		from, to  string
		chip      string // As typed if empty.
	}{
		// Ages.
		{typed: "since:90s", from: "2026-08-12T15:28:30"},
		{typed: "since:15m", from: "2026-08-12T15:15"},
		{typed: "since:2h", from: "2026-08-12T13:30"},
		{typed: "since 2h", from: "2026-08-12T13:30", chip: "since:2h"},
		{typed: "SINCE 2H", from: "2026-08-12T13:30", chip: "since:2h"},
		{typed: "after:2h", from: "2026-08-12T13:30", chip: "since:2h"},
		{typed: "since:1h30m", from: "2026-08-12T14:00"},
		{typed: "until:3d", to: "2026-08-09T15:30"},
		{typed: "before:3d", to: "2026-08-09T15:30", chip: "until:3d"},
		{typed: "until 3d", to: "2026-08-09T15:30", chip: "until:3d"},
		{typed: "since:2w", from: "2026-07-29T15:30"},
		{typed: "since:6mo", from: "2026-02-12T15:30:00+01:00"},
		{typed: "since:1y", from: "2025-08-12T15:30"},
		{typed: "since:now", from: "2026-08-12T15:30"},
		{typed: "2w..1w", from: "2026-07-29T15:30", to: "2026-08-05T15:30"},

		// Days, whole ones.
		{typed: "since:today", from: "2026-08-12"},
		{typed: "until:today", to: "2026-08-13"},
		{typed: "since:yesterday", from: "2026-08-11"},
		{typed: "until:Yesterday", to: "2026-08-12", chip: "until:yesterday"},
		{typed: "since:monday", from: "2026-08-10"},
		{typed: "since:wednesday", from: "2026-08-12"},
		{typed: "since:thu", from: "2026-08-06"},
		{typed: "sunday..monday", from: "2026-08-09", to: "2026-08-11"},
		{typed: "since:2026-08-01", from: "2026-08-01"},
		{typed: "until:2026-08-31", to: "2026-09-01"},
		{typed: "2026-08-01..", from: "2026-08-01", chip: "since:2026-08-01"},
		{typed: "..2026-08-31", to: "2026-09-01", chip: "until:2026-08-31"},
		{typed: "2026-08-01..2026-08-31", from: "2026-08-01", to: "2026-09-01"},
		{typed: "2026-08-01..2026-08-01", from: "2026-08-01", to: "2026-08-02"},
		{typed: "2026-07..2026-08", from: "2026-07-01", to: "2026-09-01"},
		{typed: "since:2026-12", from: "2026-12-01"},
		{typed: "until:2026-12", to: "2027-01-01"},
		{typed: "!2026-08-01..2026-08-31", from: "2026-08-01", to: "2026-09-01"},

		// Times of day: the last one that was, and the whole minute or second.
		{typed: "since:14:05", from: "2026-08-12T14:05"},
		{typed: "since:15:30", from: "2026-08-12T15:30"},
		{typed: "since:15:31", from: "2026-08-11T15:31"},
		{typed: "until:14:05", to: "2026-08-12T14:06"},
		{typed: "until:14:05:30", to: "2026-08-12T14:05:31"},
		{typed: "14:05..15:00", from: "2026-08-12T14:05", to: "2026-08-12T15:01"},
		{typed: "since:2026-08-01T14:05", from: "2026-08-01T14:05"},
		{typed: "until:2026-08-01t14:05", to: "2026-08-01T14:06", chip: "until:2026-08-01T14:05"},
		{typed: `since:"2026-08-01 14:05"`, from: "2026-08-01T14:05", chip: "since:2026-08-01T14:05"},
		{typed: "since:2026-08-01T14:05:06Z", from: "2026-08-01T14:05:06Z"},
		{typed: "until:2026-08-01T14:05:06Z", to: "2026-08-01T14:05:07Z"},
		{typed: "since:2026-08-01T14:05-07:00", from: "2026-08-01T14:05:00-07:00"},
		{typed: "2026-08-01T00:00:00Z..2026-08-01T12:00:00+02:00", from: "2026-08-01T00:00:00Z", to: "2026-08-01T10:00:01Z"},

		// A month ago is in the month before, however short that is.
		{now: "2026-03-31T12:00", typed: "since:1mo", from: "2026-02-28T12:00"},
		{now: "2028-03-31T12:00", typed: "since:1mo", from: "2028-02-29T12:00"},
		{now: "2026-07-31T12:00", typed: "since:1mo", from: "2026-06-30T12:00"},
		{now: "2026-01-31T12:00", typed: "since:2mo", from: "2025-11-30T12:00"},
		{now: "2026-01-15T12:00", typed: "since:13mo", from: "2024-12-15T12:00"},
		{now: "2028-02-29T12:00", typed: "since:1y", from: "2027-02-28T12:00"},
		{now: "2026-03-01T00:30", typed: "since:yesterday", from: "2026-02-28"},

		// Where clocks change a day has 23 or 25 hours, and an hour is an hour.
		{now: "2026-03-29T12:00", typed: "since:1d", from: "2026-03-28T12:00:00+01:00"},
		{now: "2026-03-29T12:00", typed: "since:24h", from: "2026-03-28T11:00:00+01:00"},
		{now: "2026-03-29T12:00", typed: "until:today", to: "2026-03-30T00:00:00+02:00"},
		{now: "2026-03-29T12:00", typed: "since:today", from: "2026-03-29T00:00:00+01:00"},
		{now: "2026-10-25T12:00", typed: "since:1d", from: "2026-10-24T12:00:00+02:00"},
		{now: "2026-10-25T12:00", typed: "since:24h", from: "2026-10-24T13:00:00+02:00"},
		{now: "2026-10-25T02:30:00+01:00", typed: "since:1h", from: "2026-10-25T02:30:00+02:00"},
		// Cairo goes from 23:59:59 to 01:00 in spring, Havana from 00:59:59 to 00:00 in autumn.
		{zone: "Africa/Cairo", now: "2026-04-24T12:00", typed: "since:today", from: "2026-04-24T01:00:00+03:00"},
		{zone: "Africa/Cairo", now: "2026-04-24T12:00", typed: "until:yesterday", to: "2026-04-24T01:00:00+03:00"},
		{zone: "America/Havana", now: "2026-11-01T12:00", typed: "since:2026-11-01", from: "2026-11-01T00:00:00-04:00"},
		{zone: "America/Havana", now: "2026-11-01T12:00", typed: "until:2026-10", to: "2026-11-01T00:00:00-04:00"},
		// Samoa had no December 30, 2011.
		{zone: "Pacific/Apia", now: "2012-01-05T12:00", typed: "2011-12-29..2011-12-30", from: "2011-12-29T00:00:00-10:00", to: "2011-12-31T00:00:00+14:00"},
		{zone: "Asia/Kathmandu", now: "2026-01-05T12:00", typed: "since:today", from: "2026-01-05T00:00:00+05:45"},
	} {
		if c.zone == "" {
			c.zone = "Europe/Berlin"
		}
		zone := mustLoad(c.zone)
		when := now
		if c.now != "" {
			when = at(t, zone, c.now).In(zone)
		}
		f, err := Parse(c.typed, when)
		if err != nil || len(f.Terms) != 1 || f.Terms[0].Kind != Dates {
			t.Errorf("%q: %+v, %v", c.typed, f.Terms, err)
			continue
		}
		d := f.Terms[0]
		if !d.From.Equal(at(t, zone, c.from)) || !d.To.Equal(at(t, zone, c.to)) {
			t.Errorf("%q at %s is from %s to %s, want %q to %q", c.typed, when, d.From, d.To, c.from, c.to)
		}
		if c.chip == "" {
			c.chip = c.typed
		}
		if d.String() != c.chip {
			t.Errorf("%q is written again as %q, want %q", c.typed, d, c.chip)
		}
	}
}

func TestDatesThatWereNotTypedAreWrittenToo(t *testing.T) {
	from, to := at(t, berlin, "2026-08-01T14:05"), at(t, berlin, "2026-08-02")
	for want, term := range map[string]Term{
		"since:2026-08-01T14:05:00+02:00":                       {Kind: Dates, From: from},
		"until:2026-08-01T23:59:59+02:00":                       {Kind: Dates, To: to},
		"!2026-08-01T14:05:00+02:00..2026-08-01T23:59:59+02:00": {Kind: Dates, Not: true, From: from, To: to},
	} {
		if got := term.String(); got != want {
			t.Errorf("it is written as %q, want %q", got, want)
		}
		f, err := Parse(want, now)
		if err != nil || !f.Terms[0].From.Equal(term.From) || !f.Terms[0].To.Equal(term.To) {
			t.Errorf("%q is read as %+v, %v", want, f.Terms, err)
		}
	}
}
