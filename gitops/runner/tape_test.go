package runner

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"plumb/model"
)

func TestAViewerWhoNeverReadsIsDroppedAfterTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		deaf, theirs := net.Pipe()
		defer deaf.Close()
		tp := newTape()
		tp.show(theirs)
		for range 3 {
			if err := tp.say(said{Stopping: true}); err != nil {
				t.Fatal(err)
			}
		}
		begin := time.Now()
		tp.end()
		if took := time.Since(begin); took != patience {
			t.Errorf("the runner lingers for %s", took)
		}
		if len(tp.viewers) > 0 {
			t.Error("the viewer is still there")
		}
	})
}

// door is a listener at which somebody knocks at the moment it is closed.
type door struct {
	net.Listener
	closed chan bool
	guest  chan net.Conn
}

func (d *door) Close() error {
	close(d.closed)
	return nil
}

func (d *door) Accept() (net.Conn, error) {
	<-d.closed
	for range 100 {
		runtime.Gosched() // It takes a moment until the door is opened.
	}
	select {
	case c := <-d.guest:
		return c, nil
	default:
		return nil, net.ErrClosed
	}
}

// guest takes everything in, and asks for nothing.
type guest struct {
	net.Conn
	mu    sync.Mutex
	heard bytes.Buffer
	left  chan bool
}

func (g *guest) Write(p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.heard.Write(p)
}

func (g *guest) Read([]byte) (int, error) {
	<-g.left
	return 0, net.ErrClosed
}

func (g *guest) Close() error {
	close(g.left)
	return nil
}

func (g *guest) SetWriteDeadline(time.Time) error { return nil }

func TestAViewerWhoIsLetInAtTheLastMomentIsToldTheEnd(t *testing.T) {
	for range 20 {
		starter, late := &guest{left: make(chan bool)}, &guest{left: make(chan bool)}
		d := &door{closed: make(chan bool), guest: make(chan net.Conn, 1)}
		d.guest <- late
		s := &serving{tape: newTape(), hello: []byte("hello\n")}
		err := s.serve(t.Context(), starter, json.NewDecoder(starter), d, func() {}, func(context.Context, func(model.Event)) (model.Run, error) {
			return model.Run{ID: "r1"}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		// The process ends here.
		late.mu.Lock()
		heard := late.heard.String()
		late.mu.Unlock()
		if !bytes.Contains([]byte(heard), []byte(`"end"`)) {
			t.Fatalf("the viewer is told only %q", heard)
		}
	}
}
