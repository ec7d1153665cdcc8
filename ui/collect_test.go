package ui

import (
	"runtime/debug"
	"testing"
)

func TestMemoryIsCollectedAsUsualWhenNobodyWaits(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(collectAt))
	percent := func() int {
		now := debug.SetGCPercent(collectAt)
		debug.SetGCPercent(now)
		return now
	}
	var c collector
	c.wait()
	c.wait()
	if n := percent(); n <= collectAt {
		t.Errorf("collected at %d %% while two pages are waited for", n)
	}
	c.done()
	if n := percent(); n <= collectAt {
		t.Errorf("collected at %d %% while one page is still waited for", n)
	}
	c.done()
	if n := percent(); n != collectAt {
		t.Errorf("collected at %d %% afterwards, not at %d %%", n, collectAt)
	}
}
