package runner

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"plumb/model"
)

// ErrLost wraps that a runner is gone before it said how its run ended. It goes with [model.ErrUncertain].
var ErrLost = errors.New("the process that ran it is gone")

// View is a connection to a live runner. It is followed once; Stop and Close may be called at any time from any goroutine.
type View struct {
	Info    Info
	Warning string // What the operator should know about how it was started; empty for nothing.

	// Stopping is called when somebody, at any viewer, asked for an end. It is set before Follow.
	Stopping func()

	conn net.Conn
	said *json.Decoder
	mu   sync.Mutex // Held while something is asked.
}

// Attach connects to a live runner. One that does not say who it is within a moment is an error.
func Attach(i Info) (*View, error) {
	const patience = 2 * time.Second
	c, err := dial(i.Socket)
	if err != nil {
		return nil, unwatched(i, err)
	}
	_ = c.SetReadDeadline(time.Now().Add(patience))
	v, err := meet(c)
	if err != nil {
		_ = c.Close()
		return nil, unwatched(i, err)
	}
	_ = c.SetReadDeadline(time.Time{})
	return v, nil
}

func unwatched(i Info, err error) error {
	return model.WithHint(fmt.Errorf("run %s cannot be watched: %w", i.Run, err), "plumb run show %s tells how far it is", i.Run)
}

// meet takes in who the runner is.
func meet(c net.Conn) (*View, error) {
	v := &View{conn: c, said: json.NewDecoder(c)}
	var first said
	if err := v.said.Decode(&first); err != nil {
		return nil, err
	}
	if first.Hello == nil {
		return nil, errors.New("it is no runner")
	}
	v.Info = *first.Hello
	return v, nil
}

// Follow gives every event since the beginning to watch, if that is not nil, and answers how the run ended exactly as
// [plumb/gitops/workspace.Workspace.Apply] did. Cancelling ctx ends the view and not the run: the
// error then wraps context.Canceled. A runner that dies is an error that wraps [ErrLost] and [model.ErrUncertain].
func (v *View) Follow(ctx context.Context, watch func(model.Event)) (model.Run, error) {
	defer v.Close()
	defer context.AfterFunc(ctx, func() { _ = v.conn.SetReadDeadline(time.Unix(1, 0)) })()
	for {
		var s said
		err := v.said.Decode(&s)
		switch {
		case ctx.Err() != nil:
			return model.Run{}, fmt.Errorf("stop watching run %s: %w", v.Info.Run, context.Cause(ctx))
		case err != nil:
			err := fmt.Errorf("run %s of %s: %w (%w)", v.Info.Run, v.Info.Change, ErrLost, model.ErrUncertain)
			return model.Run{}, model.WithHint(err, "plumb status --env %s looks at what is live, and finds out how it ended", v.Info.Environment)
		case s.Event != nil && watch != nil:
			watch(*s.Event)
		case s.Stopping && v.Stopping != nil:
			v.Stopping()
		case s.End != nil:
			return s.End.Run, s.End.Error.err()
		}
	}
}

// Stop asks the runner for an end after what it is doing now.
func (v *View) Stop() error {
	if err := v.ask(asked{Stop: true}); err != nil {
		return fmt.Errorf("ask run %s to stop: %w", v.Info.Run, err)
	}
	return nil
}

func (v *View) ask(a asked) error {
	line, err := json.Marshal(a)
	if err != nil {
		return err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	_, err = v.conn.Write(append(line, '\n'))
	return err
}

// Close ends the view. The run goes on.
func (v *View) Close() error { return v.conn.Close() }
