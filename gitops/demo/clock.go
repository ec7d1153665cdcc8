package demo

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"time"
)

// clock turns the story's times into times. A story time is "3 14:05": 14:05 on
// the third working day before the present one.
type clock struct {
	rand *rand.ChaCha8
	end  time.Time // The present.
	now  time.Time
}

// newClock sets the present. The team works where it is afternoon then, so that
// the story always ends within working hours.
func newClock(seed int64) *clock {
	sum := sha256.Sum256(binary.BigEndian.AppendUint64([]byte("plumb demo "), uint64(seed)))
	end := time.Date(2025, time.March, 13, 15, 0, 0, 0, time.UTC)
	if seed >= firstClockSeed {
		end = time.Unix(seed, 0).UTC()
	}
	const afternoon = 15
	offset := afternoon - end.Hour()
	if offset > 12 {
		offset -= 24
	}
	return &clock{rand: rand.NewChaCha8(sum), end: end.In(time.FixedZone("", offset*3600))}
}

// goTo sets the clock to a story time, give or take a few minutes. Time does not go back.
func (c *clock) goTo(when string) error {
	var days, hour, minute int
	if _, err := fmt.Sscanf(when, "%d %d:%d", &days, &hour, &minute); err != nil {
		return fmt.Errorf("time %q: %w", when, err)
	}
	day := c.end
	for n := 0; n < days; {
		day = day.AddDate(0, 0, -1)
		if w := day.Weekday(); w != time.Saturday && w != time.Sunday {
			n++
		}
	}
	y, m, d := day.Date()
	chance := rand.New(c.rand)
	at := time.Date(y, m, d, hour, minute+chance.IntN(5), chance.IntN(60), 0, c.end.Location())
	if !at.After(c.now) || at.After(c.end) {
		return fmt.Errorf("time %q is not between %s and %s", when, c.now, c.end)
	}
	c.now = at
	return nil
}

// pass lets some time go by.
func (c *clock) pass(d time.Duration) { c.now = c.now.Add(d) }

// word is a few hexadecimal digits of chance.
func (c *clock) word(digits int) string {
	return fmt.Sprintf("%016x", c.rand.Uint64())[:digits]
}
