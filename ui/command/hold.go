package command

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"plumb/model"
)

func (inv *invocation) holdCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "hold",
		GroupID: groupRight,
		Short:   "Say that something is not to be changed, until when and why",
		Long: `A hold keeps hands off: no change that touches what is held can be applied until the hold is lifted or its time is over, but
for those who may break the glass. A rollback leaves a hold of its own, which keeps what was taken back from being deployed again.`,
		Args: inv.subcommands,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(inv.holdSetCommand(), inv.holdListCommand(), inv.holdLiftCommand())
	return cmd
}

func (inv *invocation) holdSetCommand() *cobra.Command {
	var env, until, reason string
	var json bool
	cmd := &cobra.Command{
		Use:   "set --env E [ADDRESS…] --reason TEXT [--until WHEN]",
		Short: "Hold an environment, or some of its resources",
		Long: `Holds all of an environment, or the resources whose addresses fit: web-1:/etc/app.conf, "web-*:/etc/**". --until says when that is over by
itself: 90m, 2h, 3d, 14:05 (the next time the clock shows it), 2026-08-01, "2026-08-01 14:05".`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o, err := inv.open(cmd.Context())
			if err != nil {
				return err
			}
			defer o.Close()
			end, err := model.ParseUntil(until, inv.Now())
			if err != nil {
				return err
			}
			h, err := o.Workspace.Hold(cmd.Context(), env, args, end, reason)
			if err != nil {
				return err
			}
			return errors.Join(inv.printer(json).Holds([]model.Hold{h}), inv.unshared(o))
		},
	}
	environmentFlag(inv, cmd, &env, "the environment")
	cmd.Flags().StringVar(&reason, "reason", "", "why; whoever is stopped by it reads it")
	cmd.Flags().StringVar(&until, "until", "", "when it is over by itself")
	jsonFlag(cmd, &json)
	return cmd
}

func (inv *invocation) holdListCommand() *cobra.Command {
	var env string
	var json bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "What is held, oldest first",
		Args:  inv.nothing,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o, err := inv.open(cmd.Context())
			if err != nil {
				return err
			}
			defer o.Close()
			holds, err := o.Workspace.Holds(cmd.Context())
			if err != nil {
				return err
			}
			var listed []model.Hold
			for _, h := range holds {
				if env == "" || h.Environment == env {
					listed = append(listed, h)
				}
			}
			if err := inv.printer(json).Holds(listed); err != nil {
				return err
			}
			return inv.warnOfDamage(cmd.Context(), o)
		},
	}
	environmentFlag(inv, cmd, &env, "only those of this environment")
	jsonFlag(cmd, &json)
	return cmd
}

func (inv *invocation) holdLiftCommand() *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use:   "lift ID --reason TEXT",
		Short: "Say that a hold is over, and why",
		Args:  inv.one("the id of a hold"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o, err := inv.open(cmd.Context())
			if err != nil {
				return err
			}
			defer o.Close()
			h, err := o.Workspace.Lift(cmd.Context(), args[0], reason)
			if err != nil {
				return err
			}
			return errors.Join(write(inv.Out, fmt.Sprintf("%s is lifted", h.ID)), inv.unshared(o))
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "why it is over")
	return cmd
}
