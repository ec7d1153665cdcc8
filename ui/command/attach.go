package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"plumb/gitops/runner"
	"plumb/model"
)

func (inv *invocation) attachCommand() *cobra.Command {
	var json, replay bool
	var speed float64
	cmd := &cobra.Command{
		Use:     "attach [RUN]",
		GroupID: groupLook,
		Short:   "Follow a run that is under way, from its beginning",
		Long: `Shows a run that is under way on this machine from its beginning and follows it to its end, whoever started it and wherever.
Without RUN it is the only one. Any number of terminals can follow the same run. ctrl+c asks the run to stop, and again leaves
it alone. A run that has ended is printed as plumb run show does.

--replay plays a run that has ended again, with the pauses that there were; --speed 10 ten times as fast.

The exit code is that of plumb apply.`,
		Args: inv.atMostOne,
		RunE: func(cmd *cobra.Command, args []string) error {
			if speed <= 0 {
				return usage(errors.New("--speed must be more than 0"))
			}
			id := ""
			if len(args) == 1 {
				id = args[0]
			}
			return inv.attach(cmd.Context(), id, json, replay, speed)
		},
	}
	cmd.Flags().BoolVar(&replay, "replay", false, "play a run that has ended again")
	cmd.Flags().Float64Var(&speed, "speed", 1, "how many times as fast")
	jsonFlag(cmd, &json)
	return cmd
}

func (inv *invocation) attach(ctx context.Context, id string, json, replay bool, speed float64) error {
	signals, restore := interrupts()
	defer restore()
	o, err := inv.open(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	info, err := o.Runners.Place.Find(id)
	if err == nil && !replay {
		v, err := runner.Attach(info)
		if err != nil {
			return err
		}
		return inv.follow(signals, v, json)
	}
	switch {
	case id == "" && errors.Is(err, fs.ErrNotExist):
		return model.WithHint(errors.New("no run is under way on this machine"), "plumb runs lists those that have ended; plumb attach RUN shows one")
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	case id == "":
		id = string(info.Run)
	}
	r, err := o.Workspace.Run(ctx, id)
	if err != nil {
		return err
	}
	switch {
	case !replay:
		err = inv.printer(json).Run(r)
	case r.Outcome == "":
		return model.WithHint(fmt.Errorf("run %s has not ended", r.ID), "plumb attach %s follows it", r.ID)
	default:
		err = inv.replay(ctx, r, json, speed)
	}
	return errors.Join(endOf(r), err)
}

// replay prints the events of a run with the pauses that there were between them.
func (inv *invocation) replay(ctx context.Context, r model.Run, json bool, speed float64) error {
	progress := inv.text(inv.Out)
	if json {
		progress = inv.text(inv.Err)
	}
	last := r.Started
	for _, e := range r.Events {
		pause := time.NewTimer(time.Duration(float64(max(e.At.Sub(last), 0)) / speed))
		select {
		case <-ctx.Done():
			pause.Stop()
			return ctx.Err()
		case <-pause.C:
		}
		last = e.At
		if err := progress.Event(e); err != nil {
			return err
		}
	}
	if json {
		return inv.printer(true).Run(r)
	}
	return inv.text(inv.Out).Outcome(r)
}

// endOf is the error that goes with how a run on record ended.
func endOf(r model.Run) error {
	switch r.Outcome {
	case model.RunApplied:
		return nil
	case model.RunFailed:
		return fmt.Errorf("run %s failed and changed nothing on %s", r.ID, show(r.Environment))
	case "":
		return fmt.Errorf("run %s is under way elsewhere, or died before it could say how it ended (%w)", r.ID, model.ErrUncertain)
	}
	return fmt.Errorf("run %s ended %s on %s (%w)", r.ID, r.Outcome, show(r.Environment), model.ErrUncertain)
}

func (inv *invocation) killCommand() *cobra.Command {
	var yes string
	cmd := &cobra.Command{
		Use:   "kill RUN",
		Short: "End a run at once; nobody knows then what was done",
		Long: `Kills the process of a run that is under way on this machine, and all that it started. The step under way may be half done. What is in
effect is unknown until somebody looks: plumb status looks, and records what it found. ctrl+c in plumb attach asks the run to stop
politely; try that first.

It asks for the name of the environment. --yes-kill RUN stands for the answer.`,
		Args: inv.one("the id of a run"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o, err := inv.open(cmd.Context())
			if err != nil {
				return err
			}
			defer o.Close()
			info, err := o.Runners.Place.Find(args[0])
			if errors.Is(err, fs.ErrNotExist) {
				return model.WithHint(fmt.Errorf("run %s is not under way on this machine", show(args[0])), "plumb runs lists all runs")
			}
			if err != nil {
				return err
			}
			if err := inv.agreesToKill(info, yes); err != nil {
				return err
			}
			if err := o.Runners.Place.Kill(cmd.Context(), info); err != nil {
				return err
			}
			return write(inv.Out, fmt.Sprintf("killed run %s; plumb status --env %s looks at what is live, and finds out how it ended", info.Run, show(info.Environment)))
		},
	}
	cmd.Flags().StringVar(&yes, "yes-kill", "", "do not ask; the id of the run, in full")
	return cmd
}

// agreesToKill asks for the name of the environment.
func (inv *invocation) agreesToKill(i runner.Info, yes string) error {
	if yes == string(i.Run) {
		return nil
	}
	if _, ok := terminal(inv.In); !ok || yes != "" {
		return model.Refuse(fmt.Sprintf("--yes-kill %s says yes", i.Run), "run %s is not killed without a yes to exactly that", i.Run)
	}
	if _, err := fmt.Fprintf(inv.Out, "run %s of %s is at work on %s since %s.\nkilled, it leaves the step under way half done, and nobody knows what is in effect.\ntype %s to kill it: ",
		i.Run, i.Change, show(i.Environment), i.Since.Local().Format("15:04:05"), show(i.Environment)); err != nil {
		return fmt.Errorf("ask: %w", err)
	}
	answer, err := bufio.NewReader(inv.In).ReadString('\n')
	if err != nil || strings.TrimSpace(answer) != i.Environment {
		return model.Refuse("", "not killed")
	}
	return nil
}
