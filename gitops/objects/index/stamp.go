package index

import (
	"bytes"
	"math"
	"time"

	"plumb/gitops/objects/internal/object"
)

// stamp is a time in seconds since 1970, and in its lowest bits the zone that it was written in, in minutes east of UTC.
type stamp int64

// never is the stamp of a date that could not be read.
const never stamp = math.MinInt64

const (
	zoneBits = 12
	zoneZero = 1 << (zoneBits - 1) // Zones are less than a day on either side.
)

func newStamp(seconds int64, zone int) stamp { return stamp(seconds<<zoneBits | int64(zone+zoneZero)) }

func stampOf(t time.Time) stamp {
	if t.IsZero() {
		return never
	}
	_, offset := t.Zone()
	return newStamp(t.Unix(), offset/60)
}

// seconds are those since 1970. Like git, it takes a date that could not be read for the beginning of time.
func (s stamp) seconds() int64 {
	if s == never {
		return 0
	}
	return int64(s >> zoneBits)
}

func (s stamp) time() time.Time {
	if s == never {
		return time.Time{}
	}
	t := time.Unix(s.seconds(), 0)
	if zone := int(s&(1<<zoneBits-1)) - zoneZero; zone != 0 {
		return t.In(time.FixedZone("", zone*60))
	}
	return t.UTC()
}

// readStamp reads "seconds zone" as [object.ParseWhen] does. The way that git writes
// them is read here, because making a zone of its own for each commit takes longer than all the rest.
func readStamp(date []byte) stamp {
	digits, zone, _ := bytes.Cut(date, []byte(" "))
	if len(digits) == 0 || len(digits) > 11 || len(zone) != 5 || zone[0] != '+' && zone[0] != '-' {
		return stampOf(object.ParseWhen(string(date)))
	}
	seconds, ok := decimal(digits)
	clock, ok2 := decimal(zone[1:])
	minutes := int(clock)/100*60 + int(clock)%100
	if !ok || !ok2 || minutes >= 24*60 {
		return stampOf(object.ParseWhen(string(date)))
	}
	if zone[0] == '-' {
		minutes = -minutes
	}
	return newStamp(seconds, minutes)
}

func decimal(digits []byte) (n int64, ok bool) {
	for _, d := range digits {
		if d < '0' || d > '9' {
			return 0, false
		}
		n = n*10 + int64(d-'0')
	}
	return n, true
}
