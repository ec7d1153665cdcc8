package command

import "github.com/spf13/cobra"

func (inv *invocation) runsCommand() *cobra.Command {
	var json bool
	cmd := &cobra.Command{
		Use:     "runs",
		GroupID: groupLook,
		Short:   "What was carried out, newest first",
		Args:    inv.nothing,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o, err := inv.open(cmd.Context())
			if err != nil {
				return err
			}
			defer o.Close()
			runs, err := o.Workspace.Runs(cmd.Context())
			if err != nil {
				return err
			}
			if err := inv.printer(json).Runs(runs); err != nil {
				return err
			}
			return inv.warnOfDamage(cmd.Context(), o)
		},
	}
	jsonFlag(cmd, &json)
	return cmd
}

func (inv *invocation) runCommand() *cobra.Command {
	var json bool
	cmd := &cobra.Command{
		Use:     "run",
		GroupID: groupLook,
		Short:   "One run and all that happened in it",
		Args:    inv.subcommands,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	show := &cobra.Command{
		Use:   "show ID",
		Short: "How a run went, event by event",
		Args:  inv.one("the id of a run"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o, err := inv.open(cmd.Context())
			if err != nil {
				return err
			}
			defer o.Close()
			r, err := o.Workspace.Run(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return inv.printer(json).Run(r)
		},
	}
	jsonFlag(show, &json)
	cmd.AddCommand(show, inv.killCommand())
	return cmd
}
