// Package ran keeps what plumb ran on the operator's behalf: the exact git, ssh
// and engine commands, and what plumb did itself. It is what the screen's "what
// ran" pane shows, and it is shared by everything that starts a child.
package ran

import (
	"sync"

	"plumb/model"
)

// Log is a bounded list of commands: of more than its size, the oldest go. The
// zero Log keeps nothing; use [New]. Its methods may be called from several goroutines at once.
type Log struct {
	mu      sync.Mutex
	ring    []model.Command
	total   int
	changed chan struct{}
}

// New is a log that keeps the last size commands.
func New(size int) *Log {
	return &Log{ring: make([]model.Command, 0, size), changed: make(chan struct{})}
}

// Add appends a command.
func (l *Log) Add(c model.Command) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case cap(l.ring) == 0:
		return
	case len(l.ring) < cap(l.ring):
		l.ring = append(l.ring, c)
	default:
		l.ring[l.total%cap(l.ring)] = c
	}
	l.total++
	close(l.changed)
	l.changed = make(chan struct{})
}

// Commands are the commands kept, oldest first. The answer is the caller's own.
func (l *Log) Commands() []model.Command {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := make([]model.Command, 0, len(l.ring))
	start := 0
	if len(l.ring) == cap(l.ring) && len(l.ring) > 0 {
		start = l.total % len(l.ring)
	}
	list = append(list, l.ring[start:]...)
	return append(list, l.ring[:start]...)
}

// Total is how many commands were ever added.
func (l *Log) Total() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.total
}

// Changed answers a channel that is closed with the next Add. Take it before reading, so that
// nothing is missed between the two.
func (l *Log) Changed() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.changed
}
