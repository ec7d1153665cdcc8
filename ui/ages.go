package ui

import (
	"fmt"
	"time"

	"plumb/model/text"
)

// age is how long ago something was, in at most three cells: "now", "5m", "2h", "3d", "12w", "2y".
func age(now, then time.Time) text.Safe {
	const day = 24 * time.Hour
	d := now.Sub(then)
	switch {
	case then.IsZero():
		return text.Safe{}
	case d < time.Minute:
		return text.Lit("now")
	case d < time.Hour:
		return text.Format("%dm", d/time.Minute)
	case d < day:
		return text.Format("%dh", d/time.Hour)
	case d < 14*day:
		return text.Format("%dd", d/day)
	case d < 365*day:
		return text.Format("%dw", d/(7*day))
	}
	return text.Format("%dy", d/(365*day))
}

// ago is age in a sentence: "now", "5 minutes ago".
func ago(now, then time.Time) text.Safe {
	const day = 24 * time.Hour
	d := now.Sub(then)
	say := func(n time.Duration, unit string) text.Safe {
		return text.Format("%s ago", plural(int(n), unit))
	}
	switch {
	case then.IsZero():
		return text.Lit("never")
	case d < time.Minute:
		return text.Lit("just now")
	case d < time.Hour:
		return say(d/time.Minute, "minute")
	case d < day:
		return say(d/time.Hour, "hour")
	case d < 60*day:
		return say(d/day, "day")
	case d < 365*day:
		return say(d/(30*day), "month")
	}
	return say(d/(365*day), "year")
}

// took is how long something took, for people.
func took(d time.Duration) text.Safe {
	switch {
	case d < time.Second:
		return text.Format("%d ms", d.Milliseconds())
	case d < 10*time.Second:
		return text.Format("%.1f s", d.Seconds())
	case d < time.Minute:
		return text.Format("%d s", int(d.Seconds()))
	}
	return text.Format("%d:%02d", int(d.Minutes()), int(d.Seconds())%60)
}

// plural counts things: "1 step", "2 steps".
func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return thousands(n) + " " + one + "s"
}

// thousands writes a number with separators, as in 84,202.
func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
