package sshsig

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Options limit what a line of allowed signers allows.
type Options struct {
	Authority   bool      // The key signs certificates, and those may sign for the principals they name.
	Limited     bool      // Only the namespaces count, even where there is none.
	Namespaces  string    // Patterns with commas between them, as they are written.
	ValidAfter  time.Time // The first second in which the key counts; zero for no limit.
	ValidBefore time.Time // The last second in which it does; zero for no limit.
}

// cutOptions cuts a line behind its options, which may have blanks in quotes.
func cutOptions(line string) (options, rest string, err error) {
	quoted := false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '\\' && i+1 < len(line) && line[i+1] == '"':
			i++
		case c == '"':
			quoted = !quoted
		case !quoted && (c == ' ' || c == '\t'):
			return line[:i], strings.TrimLeft(line[i:], " \t"), nil
		}
	}
	if quoted {
		return "", "", errors.New("the quotes of an option are not closed")
	}
	return "", "", errors.New("there is no key, such as ssh-ed25519 AAAA…")
}

// parseOptions reads options as OpenSSH does: names in any case, commas between them.
func parseOptions(s string) (Options, error) {
	var o Options
	for s != "" {
		var err error
		if rest, ok := cutFold(s, "cert-authority"); ok {
			o.Authority, s = true, rest
		} else if rest, ok := cutFold(s, "namespaces="); ok {
			if o.Limited {
				return o, errors.New("namespaces is said twice")
			}
			o.Limited = true
			if o.Namespaces, s, err = cutQuoted(rest); err != nil {
				return o, fmt.Errorf("namespaces: %w", err)
			}
		} else if rest, ok := cutFold(s, "valid-after="); ok {
			if s, err = readTime(&o.ValidAfter, rest); err != nil {
				return o, fmt.Errorf("valid-after: %w", err)
			}
		} else if rest, ok := cutFold(s, "valid-before="); ok {
			if s, err = readTime(&o.ValidBefore, rest); err != nil {
				return o, fmt.Errorf("valid-before: %w", err)
			}
		}
		if s == "" {
			break
		}
		if s[0] != ',' {
			return o, fmt.Errorf("there is no option %.60q", s)
		}
		if s = s[1:]; s == "" {
			return o, errors.New("the options end with a comma")
		}
	}
	if !o.ValidAfter.IsZero() && !o.ValidBefore.IsZero() && !o.ValidBefore.After(o.ValidAfter) {
		return o, errors.New("valid-before is not later than valid-after")
	}
	return o, nil
}

// cutFold cuts a prefix of ASCII letters in any case.
func cutFold(s, prefix string) (rest string, ok bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

// cutQuoted reads a value in quotes, in which \" is a quote.
func cutQuoted(s string) (value, rest string, err error) {
	s, opened := strings.CutPrefix(s, `"`)
	if !opened {
		return "", "", errors.New("its value must stand in quotes")
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), s[i+1:], nil
		case s[i] == '\\' && i+1 < len(s) && s[i+1] == '"':
			i++
		}
		b.WriteByte(s[i])
	}
	return "", "", errors.New("its quotes are not closed")
}

// readTime reads a time in quotes into an option that is not set yet.
func readTime(into *time.Time, s string) (rest string, err error) {
	if !into.IsZero() {
		return "", errors.New("it is said twice")
	}
	value, rest, err := cutQuoted(s)
	if err != nil {
		return "", err
	}
	*into, err = parseTime(value)
	return rest, err
}

// parseTime reads YYYYMMDD[HHMM[SS]], in the time of this machine unless a Z or UTC says otherwise.
func parseTime(s string) (time.Time, error) {
	digits, zone := s, time.Local
	for _, suffix := range []string{"z", "utc"} {
		if n := len(s) - len(suffix); n > 0 && strings.EqualFold(s[n:], suffix) {
			digits, zone = s[:n], time.UTC
			break
		}
	}
	wrong := fmt.Errorf("%.40q is not a time such as 20260131 or 20260131235959Z", s)
	var fields [6]int // Year, month, day, hour, minute, second.
	switch len(digits) {
	case 8, 12, 14:
	default:
		return time.Time{}, wrong
	}
	for i, c := range []byte(digits) {
		if c < '0' || c > '9' {
			return time.Time{}, wrong
		}
		field := max(i/2-1, 0)
		fields[field] = fields[field]*10 + int(c-'0')
	}
	year, month, day, hour, minute, second := fields[0], fields[1], fields[2], fields[3], fields[4], fields[5]
	if month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 61 {
		return time.Time{}, wrong
	}
	// A 31st of February is in March, for OpenSSH and for Go.
	t := standard(time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC), zone)
	if t.Unix() <= 0 {
		return time.Time{}, fmt.Errorf("%.40q is not later than 1970", s)
	}
	return t, nil
}

// standard is when the clock of the zone would show what t shows in UTC, if it were never set forward
// for the summer. OpenSSH reads times so: 1200 in July is 1300 on a clock that was.
func standard(t time.Time, zone *time.Location) time.Time {
	local := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, zone)
	// The nearest time without summer time, as the C library looks for it: a week at a time, both ways.
	const week, most = 601200 * time.Second, 440
	for i := range time.Duration(most) {
		for _, near := range []time.Time{local.Add(-i * week), local.Add(i * week)} {
			if !near.IsDST() {
				_, offset := near.Zone()
				return t.Add(-time.Duration(offset) * time.Second).In(zone)
			}
		}
	}
	return local
}
