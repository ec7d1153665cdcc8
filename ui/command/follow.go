package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"plumb/gitops/runner"
	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/ui/headless"
)

// runnerCommand is the life of a runner's process. People have no use for it.
func (inv *invocation) runnerCommand() *cobra.Command {
	return &cobra.Command{
		Use:    runner.Command + " FILE",
		Short:  "Carry a change out for another plumb",
		Hidden: true,
		Args:   inv.one("what is to be run"),
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := runner.ReadRequest(args[0])
			if err != nil {
				return err
			}
			return runner.Serve(cmd.Context(), r, inv.Now, func(ctx context.Context, watch func(model.Event)) (model.Run, error) {
				o, err := Open(context.WithoutCancel(ctx), OpenOptions{Dir: r.Repository, ReadOnly: r.ReadOnly, Screen: true, Run: r.Run,
					Getenv: inv.Getenv, Now: inv.Now, Rand: inv.Rand})
				if err != nil {
					return model.Run{}, err
				}
				defer o.Close()
				if r.Breaks {
					return o.Workspace.BreakGlass(ctx, r.Change, r.Glass, watch)
				}
				return o.Workspace.Apply(ctx, r.Change, watch)
			})
		},
	}
}

// start has a change carried out by a process that outlives this one.
func (inv *invocation) start(ctx context.Context, o *Opened, c model.Change, glass string, breaks bool) (*runner.View, error) {
	id, err := workspace.NewRunID(inv.Rand)
	if err != nil {
		return nil, err
	}
	return o.Runners.Start(ctx, runner.Request{Run: id, Change: c.ID, Environment: c.Environment, Glass: glass, Breaks: breaks})
}

// interrupts are the signals that end a viewer. They are listened to before anything begins, so that none is lost.
func interrupts() (signals chan os.Signal, stop func()) {
	signals = make(chan os.Signal, 8)
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(s) {
			signal.Notify(signals, s)
		}
	}
	// A reader of the progress that goes away is no reason to say nothing of the outcome.
	signal.Ignore(syscall.SIGPIPE)
	return signals, func() { signal.Stop(signals); signal.Reset(syscall.SIGPIPE) }
}

// follow prints a run that is under way, to its end, and its outcome. An interrupt asks the run to stop, a second one leaves it; who
// is told to end in any other way leaves it at once.
func (inv *invocation) follow(signals <-chan os.Signal, v *runner.View, json bool) error {
	progress := inv.text(inv.Out)
	if json {
		progress = inv.text(inv.Err)
	}
	ctx, leave := context.WithCancelCause(context.Background())
	defer leave(nil)
	done := make(chan struct{})
	defer close(done)
	v.Stopping = func() {
		// What cannot be printed leaves the question as it is.
		_ = write(inv.Err, "asked to stop after what it is doing now; ctrl+c again leaves it alone")
	}
	go heed(signals, v, leave, done)
	var lost error
	run, err := v.Follow(ctx, func(e model.Event) {
		if lost == nil {
			lost = progress.Event(e)
		}
	})
	if left := context.Cause(ctx); left != nil && errors.Is(err, left) {
		return left
	}
	if run.ID == "" {
		return err
	}
	var printed error
	if json {
		printed = headless.JSON{W: inv.Out}.Run(run)
	} else {
		printed = inv.text(inv.Out).Outcome(run)
	}
	return errors.Join(err, printed)
}

// heed does what signals ask for, until there is nothing to follow any more.
func heed(signals <-chan os.Signal, v *runner.View, leave func(error), done <-chan struct{}) {
	asked := false
	for {
		select {
		case <-done:
			return
		case s := <-signals:
			if s == os.Interrupt && !asked {
				asked = true
				_ = v.Stop() // Who cannot be asked is about to end anyway.
				continue
			}
			leave(goesOn(v.Info))
			return
		}
	}
}

// goesOn says what becomes of a run that nobody watches any more.
func goesOn(i runner.Info) error {
	err := fmt.Errorf("run %s of %s goes on (%w)", i.Run, i.Change, model.ErrUncertain)
	return model.WithHint(err, "plumb attach %s shows it", i.Run)
}
