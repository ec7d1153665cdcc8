package runner

import (
	"encoding/json"
	"fmt"
	"net"
	"sync"
	"time"
)

// patience is how long a viewer may take, once the run has ended, to read what it has not read yet.
const patience = 5 * time.Second

// tape is all that a runner has said. It only grows, and each viewer reads it at its own pace.
type tape struct {
	mu      sync.Mutex
	more    *sync.Cond
	lines   [][]byte
	ended   bool
	viewers map[net.Conn]bool
	reading sync.WaitGroup
}

func newTape() *tape {
	t := &tape{viewers: map[net.Conn]bool{}}
	t.more = sync.NewCond(&t.mu)
	return t
}

// say adds a line. It waits for nobody.
func (t *tape) say(s said) error {
	line, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("tell the viewers: %w", err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lines = append(t.lines, append(line, '\n'))
	t.more.Broadcast()
	return nil
}

// show gives a viewer everything from the beginning, and closes its connection at the end.
func (t *tape) show(c net.Conn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.viewers[c] = true
	if t.ended {
		_ = c.SetWriteDeadline(time.Now().Add(patience))
	}
	t.reading.Go(func() {
		t.play(c)
		_ = c.Close()
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.viewers, c)
	})
}

// play writes until the tape ends or the viewer is gone.
func (t *tape) play(c net.Conn) {
	for at := 0; ; at++ {
		t.mu.Lock()
		for at == len(t.lines) && !t.ended {
			t.more.Wait()
		}
		if at == len(t.lines) {
			t.mu.Unlock()
			return
		}
		line := t.lines[at]
		t.mu.Unlock()
		if _, err := c.Write(line); err != nil {
			return
		}
	}
}

// end says that nothing more comes, and waits until every viewer has all of it or has had its time.
func (t *tape) end() {
	t.mu.Lock()
	t.ended = true
	for c := range t.viewers {
		_ = c.SetWriteDeadline(time.Now().Add(patience))
	}
	t.more.Broadcast()
	t.mu.Unlock()
	t.reading.Wait()
}
