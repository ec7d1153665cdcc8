package runner

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"runtime/debug"
	"sync"
	"syscall"
	"time"

	"plumb/gitops/run"
	"plumb/model"
	"plumb/model/secret"
)

// starterFD is where a runner finds the connection to who started it.
const starterFD = 3

// Work carries a change out: it opens the repository and calls [plumb/gitops/workspace.Workspace.Apply].
type Work func(ctx context.Context, watch func(model.Event)) (model.Run, error)

// ReadRequest reads what a runner is to do, and removes the file.
func ReadRequest(file string) (Request, error) {
	var r Request
	data, err := os.ReadFile(file)
	if err != nil {
		return r, fmt.Errorf("read what is to be run: %w", err)
	}
	_ = os.Remove(file) // Nobody needs it again; who started the runner tries as well.
	if err := json.Unmarshal(data, &r); err != nil {
		return r, fmt.Errorf("read what is to be run: %w", err)
	}
	if r.Protocol != protocol {
		return r, model.WithHint(errors.New("plumb was replaced while it was running"), "start it again")
	}
	return r, nil
}

// Serve is the life of a runner's process: it begins when who started it says so, does the work, and tells every viewer of it.
// Cancelling ctx, like a viewer who asks for it, cancels the work once. It is nil when the result was told, whatever that is.
func Serve(ctx context.Context, r Request, now func() time.Time, work Work) error {
	// The session has no terminal that could hang up; a viewer that goes away must not end the run.
	signal.Ignore(syscall.SIGHUP, syscall.SIGPIPE)
	file := os.NewFile(starterFD, "starter")
	if file == nil {
		return errors.New("nobody waits for this run")
	}
	starter, err := net.FileConn(file)
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("nobody waits for this run: %w", err)
	}
	defer starter.Close()
	listener, socket, err := listen(r.Place, r.Run)
	if err != nil {
		return err
	}
	defer listener.Close()
	pid := os.Getpid()
	info := Info{Run: r.Run, Change: r.Change, Environment: r.Environment, By: r.By, Host: r.Place.Host,
		PID: pid, Start: run.ProcessStart(pid), Since: now().UTC(), Socket: socket, Output: r.Output}
	if err := r.Place.keep(info); err != nil {
		return fmt.Errorf("say that a run is under way: %w", err)
	}
	defer r.Place.forget(info)

	line, err := json.Marshal(said{Hello: &info})
	if err != nil {
		return err
	}
	if _, err := starter.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("nobody waits for this run: %w", err)
	}
	requests := json.NewDecoder(starter)
	var first asked
	if err := requests.Decode(&first); err != nil || !first.Go {
		return errors.New("nobody waits for this run")
	}
	s := &serving{tape: newTape(), hello: append(line, '\n')}
	return s.serve(ctx, starter, requests, listener, func() { r.Place.forget(info) }, work)
}

// serving is a runner that has begun.
type serving struct {
	tape  *tape
	hello []byte
}

func (s *serving) serve(ctx context.Context, starter net.Conn, requests *json.Decoder, listener net.Listener, forget func(), work Work) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var stopping sync.Once
	defer context.AfterFunc(ctx, func() { stopping.Do(func() { _ = s.tape.say(said{Stopping: true}) }) })()
	go s.hear(requests, stop)
	s.tape.show(starter)
	var welcoming sync.WaitGroup
	welcoming.Go(func() { s.welcome(listener, stop) })

	var e ending
	ended := work.carryOut(ctx, func(ev model.Event) {
		// An event that cannot be told is in the journal all the same.
		_ = s.tape.say(said{Event: &ev})
	})
	stopping.Do(func() {}) // What ends is not stopped any more.
	e.Run, e.Error = ended.run, newFault(ended.err)
	// Whoever comes from now on finds the run on record, and whoever was let in is told the end before this process is gone.
	forget()
	_ = listener.Close()
	welcoming.Wait()
	err := s.tape.say(said{End: &e})
	s.tape.end()
	return err
}

// welcome lets viewers in until the listener is closed.
func (s *serving) welcome(listener net.Listener, stop func()) {
	for {
		c, err := listener.Accept()
		if err != nil {
			return
		}
		if _, err := c.Write(s.hello); err != nil {
			_ = c.Close()
			continue
		}
		go s.hear(json.NewDecoder(c), stop)
		s.tape.show(c)
	}
}

// hear does what a viewer asks for, until it is gone.
func (s *serving) hear(requests *json.Decoder, stop func()) {
	for {
		var a asked
		if requests.Decode(&a) != nil {
			return
		}
		if a.Stop {
			stop()
		}
	}
}

type result struct {
	run model.Run
	err error
}

// carryOut does the work. A panic ends the process, as it should, but not before it was told without secrets: what happened then
// is found by looking, when the next plumb finds that this process is gone.
func (w Work) carryOut(ctx context.Context, watch func(model.Event)) result {
	defer func() {
		if p := recover(); p != nil {
			fmt.Fprint(os.Stderr, secret.MaskText(fmt.Sprintf("panic: %v\n\n%s", p, debug.Stack())))
			os.Exit(2)
		}
	}()
	r, err := w(ctx, watch)
	return result{r, err}
}
