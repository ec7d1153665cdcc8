package model_test

import (
	"testing"
	"time"

	"plumb/model"
)

func TestUntilWhenAHoldHolds(t *testing.T) {
	now := time.Date(2026, 3, 2, 14, 30, 0, 0, time.Local)
	for s, want := range map[string]time.Time{
		"":                 {},
		"90m":              now.Add(90 * time.Minute),
		"3d":               now.AddDate(0, 0, 3),
		"15:05":            time.Date(2026, 3, 2, 15, 5, 0, 0, time.Local),
		"14:30":            time.Date(2026, 3, 3, 14, 30, 0, 0, time.Local), // The next time that the clock shows it.
		"2026-08-01":       time.Date(2026, 8, 1, 0, 0, 0, 0, time.Local),
		"2026-08-01 14:05": time.Date(2026, 8, 1, 14, 5, 0, 0, time.Local),
	} {
		if got, err := model.ParseUntil(s, now); err != nil || !got.Equal(want) {
			t.Errorf("%q is %v (%v), want %v", s, got, err, want)
		}
	}
	for _, s := range []string{"soon", "-2h", "0d", "25:00", "d", "2026-13-01"} {
		if got, err := model.ParseUntil(s, now); err == nil {
			t.Errorf("%q is %v", s, got)
		}
	}
}
