package filter

import (
	"fmt"
	"strings"
	"time"
)

// What is typed for a time is a span: a day, a month, a minute, a second; an age is an instant. A range goes
// from the start of its first span to the end of its last one, so that "..2026-08-31" includes that day.
type span struct{ from, to time.Time }

// moments are the layouts of absolute times, and how long each of them lasts.
var moments = []struct {
	layout string
	hasDay bool
	last   func(time.Time) time.Time
}{
	{"2006-01-02", true, nextDay},
	{"2006-01", true, nextMonth},
	{"2006-01-02T15:04", true, nextMinute},
	{"2006-01-02T15:04:05", true, nextSecond},
	{"2006-01-02T15:04Z07:00", true, nextMinute},
	{"2006-01-02T15:04:05Z07:00", true, nextSecond},
	{"15:04", false, nextMinute},
	{"15:04:05", false, nextSecond},
}

func nextSecond(t time.Time) time.Time { return t.Truncate(time.Second).Add(time.Second) }
func nextMinute(t time.Time) time.Time { return t.Add(time.Minute) }

func nextDay(t time.Time) time.Time {
	y, m, d := t.Date()
	return startOfDay(y, m, d+1, t.Location())
}

func nextMonth(t time.Time) time.Time {
	y, m, _ := t.Date()
	return startOfDay(y, m+1, 1, t.Location())
}

// startOfDay is the first instant of a day, also where clocks are changed at midnight and 00:00 does not
// exist, or happens twice.
func startOfDay(y int, m time.Month, d int, zone *time.Location) time.Time {
	// Noon always exists, and its date is the one that was meant when d is out of range.
	y, m, d = time.Date(y, m, d, 12, 0, 0, 0, time.UTC).Date()
	isBefore := func(t time.Time) bool {
		ty, tm, td := t.Date()
		return ty < y || ty == y && (tm < m || tm == m && td < d)
	}
	t := time.Date(y, m, d, 0, 0, 0, 0, zone).Add(-3 * time.Hour)
	for isBefore(t) {
		t = t.Add(15 * time.Minute)
	}
	return t
}

// parseMoment understands what one end of a range can be, and also answers its canonical spelling.
func parseMoment(s string, now time.Time) (span, string, bool) {
	lower := strings.ToLower(s)
	if sp, ok := parseDay(lower, now); ok {
		return sp, lower, true
	}
	if t, ok := parseAge(lower, now); ok {
		return span{t, t}, lower, true
	}
	upper := strings.ToUpper(s)
	if len(upper) > len("2006-01-02") && upper[len("2006-01-02")] == ' ' {
		upper = upper[:len("2006-01-02")] + "T" + upper[len("2006-01-02 "):]
	}
	for _, layout := range moments {
		t, err := time.ParseInLocation(layout.layout, upper, now.Location())
		if err != nil {
			continue
		}
		// Years that no calendar program can hold are mistyped.
		if layout.hasDay && t.Year() < 1000 {
			return span{}, "", false
		}
		y, m, d := t.Date()
		switch {
		case !layout.hasDay:
			t = lastTime(t, now)
		case len(upper) <= len("2006-01-02"):
			t = startOfDay(y, m, d, now.Location())
		}
		return span{t, layout.last(t)}, upper, true
	}
	return span{}, "", false
}

// lastTime is the time of day today, or yesterday if today's is yet to come.
func lastTime(clock, now time.Time) time.Time {
	at := func(daysAgo int) time.Time {
		y, m, d := now.Date()
		return time.Date(y, m, d-daysAgo, clock.Hour(), clock.Minute(), clock.Second(), 0, now.Location())
	}
	if t := at(0); !t.After(now) {
		return t
	}
	return at(1)
}

// dayNames are the days that have a name. Weekdays mean the last such day, which may be today.
func dayNames() []string {
	names := []string{"today", "yesterday"}
	for d := time.Sunday; d <= time.Saturday; d++ {
		names = append(names, strings.ToLower(d.String()))
	}
	return names
}

func parseDay(s string, now time.Time) (span, bool) {
	ago := -1
	switch s {
	case "now":
		return span{now, now}, true
	case "today":
		ago = 0
	case "yesterday":
		ago = 1
	default:
		for d := time.Sunday; d <= time.Saturday; d++ {
			if name := strings.ToLower(d.String()); s == name || s == name[:3] {
				ago = (int(now.Weekday()) - int(d) + 7) % 7
			}
		}
	}
	if ago < 0 {
		return span{}, false
	}
	y, m, d := now.Date()
	day := startOfDay(y, m, d-ago, now.Location())
	return span{day, nextDay(day)}, true
}

// maxAge keeps every computation far from the ends of what a time can hold.
const maxAge = 200 * 365 * 24 * time.Hour

// units are those of an age. The longer ones follow the calendar and keep the time of day, so that a day ago
// may be 23 or 25 hours ago.
var units = []struct {
	name   string
	length time.Duration // About, for the calendar's.
	back   func(time.Time, int) time.Time
}{
	{"mo", 30 * 24 * time.Hour, monthsBefore},
	{"s", time.Second, nil},
	{"m", time.Minute, nil},
	{"h", time.Hour, nil},
	{"d", 24 * time.Hour, func(t time.Time, n int) time.Time { return t.AddDate(0, 0, -n) }},
	{"w", 7 * 24 * time.Hour, func(t time.Time, n int) time.Time { return t.AddDate(0, 0, -7*n) }},
	{"y", 365 * 24 * time.Hour, func(t time.Time, n int) time.Time { return monthsBefore(t, 12*n) }},
}

// parseAge understands "90s", "15m", "1h30m", "6mo".
func parseAge(s string, now time.Time) (time.Time, bool) {
	if s == "" {
		return time.Time{}, false
	}
	t := now
	for s != "" {
		n, digits := 0, 0
		for digits < len(s) && digits < 9 && '0' <= s[digits] && s[digits] <= '9' {
			n = 10*n + int(s[digits]-'0')
			digits++
		}
		if digits == 0 {
			return time.Time{}, false
		}
		s = s[digits:]
		known := false
		for _, u := range units {
			rest, ok := strings.CutPrefix(s, u.name)
			if !ok {
				continue
			}
			if n > int(maxAge/u.length) {
				return time.Time{}, false
			}
			if u.back != nil {
				t = u.back(t, n)
			} else {
				t = t.Add(-time.Duration(n) * u.length)
			}
			s, known = rest, true
			break
		}
		if !known {
			return time.Time{}, false
		}
	}
	return t, t.Year() > 1000
}

// monthsBefore stays within the month that was meant: a month before March 31 is the last of February.
func monthsBefore(t time.Time, n int) time.Time {
	y, m, d := t.Date()
	last := time.Date(y, m-time.Month(n)+1, 0, 12, 0, 0, 0, time.UTC)
	return time.Date(last.Year(), last.Month(), min(d, last.Day()),
		t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), t.Location())
}

// isSinceOrUntil reports the words that may stand before a time, with a blank between.
func isSinceOrUntil(s string) bool {
	key := strings.ToLower(s)
	return keys[key] == Dates && len(key) == len(s)
}

const momentHint = "an age as 90s, 15m, 2h, 3d, 2w, 6mo, 1y; today, yesterday, monday; 2026-08-01, 2026-08, 14:05, 2026-08-01T14:05"

// dates understands since: and until:.
func (w word) dates(now time.Time) (Term, *Error) {
	sp, canonical, ok := parseMoment(w.value, now)
	if !ok {
		return Term{}, &Error{
			Text: fmt.Sprintf("%s %q is no time", w.label(), w.value), Hint: momentHint, Unfinished: couldBecomeMoment(w.value),
		}
	}
	if w.key == "since" || w.key == "after" {
		return Term{Kind: Dates, Value: canonical + "..", From: sp.from}, nil
	}
	return Term{Kind: Dates, Value: ".." + canonical, To: sp.to}, nil
}

// couldBecomeMoment reports whether more letters may make a time of it.
func couldBecomeMoment(s string) bool {
	for _, name := range append(dayNames(), "now") {
		if strings.HasPrefix(name, strings.ToLower(s)) {
			return true
		}
	}
	return strings.Trim(s, "0123456789-:+tTzZ ") == ""
}

// looksLikeRange reports whether a bare word is a range of dates: two dots, with something in the form of a
// time on at least one side and nothing else on the other. Versions as "1.2..1.3" are not.
func looksLikeRange(s string) bool {
	from, to, ok := strings.Cut(s, "..")
	if !ok || from == "" && to == "" {
		return false
	}
	isEnd := func(s string) bool { return s == "" || isDateShaped(s) || isMoment(s) }
	return isEnd(from) && isEnd(to)
}

// isMoment reports whether s is a time, whatever time it is now.
func isMoment(s string) bool {
	_, _, ok := parseMoment(s, time.Unix(1<<30, 0).UTC())
	return ok
}

// isDateShaped reports what begins as 2026-08 does, be there such a day or not.
func isDateShaped(s string) bool {
	const shape = "dddd-dd"
	if len(s) < len(shape) {
		return false
	}
	for i, c := range []byte(shape) {
		if isDigit := '0' <= s[i] && s[i] <= '9'; c == 'd' && !isDigit || c == '-' && s[i] != '-' {
			return false
		}
	}
	return strings.Trim(strings.ToUpper(s), "0123456789-:+.TZ") == ""
}

// parseRange understands a word that looks like a range.
func parseRange(s string, now time.Time) (Term, *Error) {
	first, last, _ := strings.Cut(s, "..")
	t := Term{Kind: Dates}
	for i, end := range []string{first, last} {
		if end == "" {
			continue
		}
		sp, canonical, ok := parseMoment(end, now)
		switch {
		case !ok:
			return Term{}, &Error{Text: fmt.Sprintf("%q is no time", end), Hint: momentHint, Unfinished: i == 1 && couldBecomeMoment(end)}
		case i == 0:
			t.From, first = sp.from, canonical
		default:
			t.To, last = sp.to, canonical
		}
	}
	if first != "" && last != "" && !t.From.Before(t.To) {
		return Term{}, &Error{Text: s + " ends before it begins", Hint: "the earlier time comes first, as in " + last + ".." + first}
	}
	t.Value = first + ".." + last
	return t, nil
}

// rangeOf spells a range that was not typed. Its end is the last second in it.
func rangeOf(from, to time.Time) string {
	s := ""
	if !from.IsZero() {
		s = from.Format(time.RFC3339)
	}
	s += ".."
	if !to.IsZero() {
		s += to.Add(-time.Second).Format(time.RFC3339)
	}
	return s
}
