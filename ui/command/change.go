package command

import (
	"context"
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/diff"
	"plumb/model/policy"
	"plumb/ui/headless"
)

func (inv *invocation) changeCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "change",
		GroupID: groupRight,
		Short:   "Make, judge and give up changes",
		Args:    inv.subcommands,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(inv.changeCreateCommand(), inv.changeListCommand(), inv.changeShowCommand(), inv.changeAbandonCommand())
	return cmd
}

// create drafts, seals and prints a change.
func (inv *invocation) create(ctx context.Context, req workspace.Request, w wish, json, patch bool) error {
	o, err := inv.open(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	if err := o.Workspace.MaySign(); err != nil {
		return err
	}
	env, err := o.environment(req.Environment)
	if err != nil {
		return err
	}
	req.Environment = env.Name
	if req.Picks, err = w.picks(ctx, o, env.Name); err != nil {
		return err
	}
	draft, err := o.Workspace.Draft(ctx, req)
	if err != nil {
		return err
	}
	if w.title != "" {
		if err := draft.Rename(w.title); err != nil {
			return err
		}
	}
	c, err := o.Workspace.Seal(ctx, draft, w.reason)
	if err != nil {
		return err
	}
	out := headless.Change{Notes: draft.Notes}
	if patch {
		out.Diffs = stepDiffs(draft.Plans)
	}
	return inv.printChange(ctx, o, c, out, json)
}

// printChange prints a change with its rules and what can be done next.
func (inv *invocation) printChange(ctx context.Context, o *Opened, c model.Change, out headless.Change, json bool) error {
	out.Change = c
	if out.Rules == nil && c.State.IsOpen() {
		env, err := o.Workspace.Governed(ctx, c.Environment)
		if err != nil {
			return err
		}
		out.Rules = policy.Decide(policy.Facts{Environment: env, Change: c, Now: inv.Now()})
	}
	out.Next = next(c, out.Rules)
	return errors.Join(inv.printer(json).Change(out), inv.unshared(o))
}

// next are the commands that make sense for the change as it is.
func next(c model.Change, rules []model.Rule) []string {
	id := string(c.ID)
	// Checks that have no result yet are run by what comes next.
	rules = slices.DeleteFunc(slices.Clone(rules), func(r model.Rule) bool { return r.Name == "checks" })
	failed := slices.ContainsFunc(c.Checks, func(r model.CheckResult) bool { return r.State == model.CheckFailed && !r.Advisory })
	switch {
	case c.State.IsOpen() && failed:
		return []string{"plumb check --env " + c.Environment + " " + c.Revision.Short()}
	case c.State.IsOpen() && model.Allowed(rules):
		return []string{"plumb apply " + id}
	case c.State.IsOpen():
		return []string{"plumb approve " + id, "plumb apply " + id}
	case c.State == model.Applied || c.State == model.Partial:
		return []string{"plumb rollback --env " + c.Environment + " " + id}
	case c.State == model.Uncertain || c.State == model.Failed:
		return []string{"plumb status --env " + c.Environment}
	}
	return nil
}

// stepDiffs are the differences that the steps make.
func stepDiffs(plans []model.Plan) []headless.FileDiff {
	var list []headless.FileDiff
	for _, p := range plans {
		for _, s := range p.Steps {
			list = append(list, headless.FileDiff{
				Environment: p.Environment, Target: p.Target, Address: s.Address, File: workspace.StepDiff(s, diff.Options{}),
			})
		}
	}
	return list
}

func (inv *invocation) changeListCommand() *cobra.Command {
	var env string
	var json, open bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "All changes, newest first",
		Args:  inv.nothing,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o, err := inv.open(cmd.Context())
			if err != nil {
				return err
			}
			defer o.Close()
			changes, err := o.Workspace.Changes(cmd.Context())
			if err != nil {
				return err
			}
			var listed []model.Change
			for _, c := range changes {
				if (env == "" || c.Environment == env) && (!open || c.State.IsOpen() || c.State == model.Applying) {
					listed = append(listed, c)
				}
			}
			if err := inv.printer(json).Changes(listed); err != nil {
				return err
			}
			return inv.warnOfDamage(cmd.Context(), o)
		},
	}
	environmentFlag(inv, cmd, &env, "only those of this environment")
	cmd.Flags().BoolVar(&open, "open", false, "only those that wait or are under way")
	jsonFlag(cmd, &json)
	return cmd
}

func (inv *invocation) changeShowCommand() *cobra.Command {
	var json, patch bool
	cmd := &cobra.Command{
		Use:   "show ID",
		Short: "All that there is to judge about a change",
		Long: `Prints a change as it was sealed. With --patch it looks at reality again and prints what each step
would change now, and whether the sealed plan still holds.`,
		Args: inv.one("the id of a change"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			o, err := inv.open(ctx)
			if err != nil {
				return err
			}
			defer o.Close()
			c, err := o.known(ctx, args[0])
			if err != nil {
				return err
			}
			// What cannot be remembered is new once more.
			_ = o.Workspace.Looked(c.ID)
			var out headless.Change
			if patch && c.State.IsOpen() {
				review, err := o.Workspace.Review(ctx, c)
				if err != nil {
					return err
				}
				out.Rules, out.Diffs = review.Rules, stepDiffs(review.Plans)
			}
			return inv.printChange(ctx, o, c, out, json)
		},
		ValidArgsFunction: inv.completeChanges,
	}
	cmd.Flags().BoolVarP(&patch, "patch", "p", false, "also print what each step changes")
	jsonFlag(cmd, &json)
	return cmd
}

func (inv *invocation) changeAbandonCommand() *cobra.Command {
	var json bool
	var reason string
	cmd := &cobra.Command{
		Use:   "abandon ID",
		Short: "Give an open change up",
		Args:  inv.one("the id of a change"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return inv.act(cmd.Context(), args[0], func(o *Opened, c model.Change) error {
				abandoned, err := o.Workspace.Abandon(cmd.Context(), c.ID, reason)
				if err != nil {
					return err
				}
				return inv.printChange(cmd.Context(), o, abandoned, headless.Change{}, json)
			})
		},
		ValidArgsFunction: inv.completeChanges,
	}
	cmd.Flags().StringVarP(&reason, "reason", "m", "", "why")
	jsonFlag(cmd, &json)
	return cmd
}

// completeChanges completes the ids of open changes.
func (inv *invocation) completeChanges(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	o, err := inv.open(cmd.Context())
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	defer o.Close()
	changes, err := o.Workspace.Changes(cmd.Context())
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var ids []string
	for _, c := range changes {
		if c.State.IsOpen() {
			ids = append(ids, string(c.ID)+"\t"+c.Title.String())
		}
	}
	return ids, cobra.ShellCompDirectiveNoFileComp
}
