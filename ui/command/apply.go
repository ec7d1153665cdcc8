package command

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/ui/headless"
)

// act opens the repository for an operator who may act in it, and finds the change that they name.
func (inv *invocation) act(ctx context.Context, id string, do func(o *Opened, c model.Change) error) error {
	o, err := inv.open(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	if err := o.Workspace.MaySign(); err != nil {
		return err
	}
	c, err := o.known(ctx, id)
	if err != nil {
		return err
	}
	_ = o.Workspace.Looked(c.ID) // What cannot be remembered is new once more.
	if err := inv.meet(ctx, o, model.Environment{Name: c.Environment}); err != nil {
		return err
	}
	return do(o, c)
}

func (inv *invocation) approveCommand() *cobra.Command {
	var json bool
	cmd := &cobra.Command{
		Use:     "approve ID",
		GroupID: groupRight,
		Short:   "Approve a change, exactly as it is",
		Long: `Looks at reality again and, when the sealed plan still holds, runs the checks that have no result yet and records your approval, whatever
they say: a change whose checks have not passed is approved, and cannot be applied. Which check is running, and how each ends, is
printed on standard error. The approval is bound to the commit and the digest of the change, and is void when either moves.
plumb change show --patch ID shows what you approve.

Where .plumb/allowed_signers is applied, an approval is a signature: git's user.signingkey says with which SSH key, or
plumb.signingkey for those who sign commits with something else.`,
		Args: inv.one("the id of a change"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return inv.act(cmd.Context(), args[0], func(o *Opened, c model.Change) error {
				// What waits for a check is to be seen waiting; that nobody can read it is no reason to stop.
				progress := inv.text(inv.Err)
				approved, err := o.Workspace.Approve(cmd.Context(), c.ID, func(e model.CheckEvent) { _ = progress.CheckEvent(e) })
				if err != nil {
					return err
				}
				return inv.printChange(cmd.Context(), o, approved, headless.Change{}, json)
			})
		},
		ValidArgsFunction: inv.completeChanges,
	}
	jsonFlag(cmd, &json)
	return cmd
}

func (inv *invocation) refuseCommand() *cobra.Command {
	var json bool
	var reason string
	cmd := &cobra.Command{
		Use:     "refuse ID --reason TEXT",
		GroupID: groupRight,
		Short:   "Say no to a change, and why",
		Long: `Records that you refuse a change, and why. While your refusal stands, nobody can apply the change, however many have
approved it. plumb withdraw takes it back.`,
		Args: inv.one("the id of a change"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return inv.act(cmd.Context(), args[0], func(o *Opened, c model.Change) error {
				refused, err := o.Workspace.Refuse(cmd.Context(), c.ID, reason)
				if err != nil {
					return err
				}
				return inv.printChange(cmd.Context(), o, refused, headless.Change{}, json)
			})
		},
		ValidArgsFunction: inv.completeChanges,
	}
	cmd.Flags().StringVar(&reason, "reason", "", "what has to be different")
	jsonFlag(cmd, &json)
	return cmd
}

func (inv *invocation) withdrawCommand() *cobra.Command {
	var json bool
	cmd := &cobra.Command{
		Use:     "withdraw ID",
		GroupID: groupRight,
		Short:   "Take your approval or refusal of a change back",
		Long:    `Takes back what you have said of a change that is still open: your approval, or your refusal. The record keeps both.`,
		Args:    inv.one("the id of a change"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return inv.act(cmd.Context(), args[0], func(o *Opened, c model.Change) error {
				withdrawn, err := o.Workspace.Withdraw(cmd.Context(), c.ID)
				if err != nil {
					return err
				}
				return inv.printChange(cmd.Context(), o, withdrawn, headless.Change{}, json)
			})
		},
		ValidArgsFunction: inv.completeChanges,
	}
	jsonFlag(cmd, &json)
	return cmd
}

func (inv *invocation) applyCommand() *cobra.Command {
	var json bool
	var glass string
	cmd := &cobra.Command{
		Use:     "apply ID",
		GroupID: groupRight,
		Short:   "Carry an approved change out",
		Long: `Plans again, compares with what was approved, carries it out, and looks again. Prints each event as it happens.
Before, the checks that have no result yet are run, and nothing is begun when one that is required has not passed.

It is carried out by a process of its own, which needs no terminal: when this one is closed or the connection drops, the
run goes on, and plumb attach shows it from the beginning.

ctrl+c stops it politely: the step under way comes to its end, no new one begins, and what happened is on record. A second
ctrl+c leaves the run alone.

--break-glass REASON applies although approvals are missing or a freeze is on, for those whom break_glass: in plumb.yaml
names. The plan still has to hold, and everything else is refused as ever. Who did it and why stays on record with the run.

The exit code is 0 when the change is applied, 3 when it was refused and nothing was begun, 4 when the outcome is
partial or unknown, and 1 when it failed with nothing of it in effect.`,
		Args: inv.one("the id of a change"),
		RunE: func(cmd *cobra.Command, args []string) error {
			signals, restore := interrupts()
			defer restore()
			return inv.act(cmd.Context(), args[0], func(o *Opened, c model.Change) error {
				v, err := inv.start(cmd.Context(), o, c, glass, cmd.Flags().Changed("break-glass"))
				if err != nil {
					return err
				}
				if v.Warning != "" {
					_ = write(inv.Err, "note: "+v.Warning) // The run has begun, whoever hears of it.
				}
				return errors.Join(inv.follow(signals, v, json), inv.unshared(o))
			})
		},
		ValidArgsFunction: inv.completeChanges,
	}
	cmd.Flags().StringVar(&glass, "break-glass", "", "apply although approvals are missing or a freeze is on, for this reason")
	jsonFlag(cmd, &json)
	return cmd
}

func (inv *invocation) rollbackCommand() *cobra.Command {
	var env, reason string
	var json, patch bool
	cmd := &cobra.Command{
		Use:     "rollback --env E (COMMIT | CHANGE) --reason TEXT",
		GroupID: groupRight,
		Short:   "Make the change that takes a commit or a change back",
		Long: `Makes a change that takes back what a commit or an earlier change did to an environment: an inverse commit, its own
plan, its own undo classes. Like every change it is then approved and applied.`,
		Args: inv.one("a commit or the id of a change"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if reason == "" {
				return usage(errNoReason)
			}
			req := workspace.Request{Environment: env, Kind: model.Rollback, Subject: args[0]}
			return inv.create(cmd.Context(), req, wish{reason: reason}, json, patch)
		},
	}
	environmentFlag(inv, cmd, &env, "the environment to roll back")
	cmd.Flags().StringVarP(&reason, "reason", "m", "", "why, in a sentence; it goes into the history")
	cmd.Flags().BoolVarP(&patch, "patch", "p", false, "also print what each step changes")
	jsonFlag(cmd, &json)
	return cmd
}
