package ui

import (
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"time"
)

const (
	// collectAt is by how many percent memory in use may grow before it is collected. The screen stays open all day beside other work:
	// there memory counts for more than the time to collect it.
	collectAt = 40
	// spareBytes is by how much more it may grow while a page is waited for: what it takes to compare two versions of 100,000 lines.
	spareBytes = 24 << 20
	// pageTime is how long a page that is here takes to be on the screen, at most.
	pageTime = 20 * time.Millisecond
)

// collector puts off that memory is collected for as long as the operator waits for a page. Otherwise it would take a good part of the
// processors' time just then, and there is time for it afterwards.
type collector struct {
	mu    sync.Mutex
	waits int
	usual int // The percentage that is put back when nobody waits any more.
}

func (c *collector) wait() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.waits++; c.waits == 1 {
		c.usual = debug.SetGCPercent(collectAt + spareBytes*100/liveBytes())
	}
}

func (c *collector) done() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.waits--; c.waits == 0 {
		debug.SetGCPercent(c.usual)
	}
}

// awaitPage gives room for more memory until the page is here that is being read, and then as long as it takes to be drawn.
func (a *App) awaitPage() (here func()) {
	a.collector.wait()
	return sync.OnceFunc(func() {
		a.working.Go(func() {
			defer a.collector.done()
			select {
			case <-time.After(pageTime):
			case <-a.ctx.Done():
			}
		})
	})
}

// liveBytes is how much memory was in use when it was last collected, and what counts for as much where that is less.
func liveBytes() int {
	const least = 4 << 20
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	if live[0].Value.Kind() != metrics.KindUint64 {
		return least
	}
	return max(int(live[0].Value.Uint64()), least)
}
