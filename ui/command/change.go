package command

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

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

// wish is what the flags of change create ask for.
type wish struct {
	env, deploy, revert, reason string
	restore, adopt              []string
	portion                     portion
}

func (inv *invocation) changeCreateCommand() *cobra.Command {
	var w wish
	var json, patch bool
	cmd := &cobra.Command{
		Use:   "create --env E (--deploy REV | --revert COMMIT [-- PATH...] | --restore ADDRESS... | --adopt ADDRESS...) [--hunk N,... | --lines A-B,...] --reason TEXT",
		Short: "Plan something and seal it as a change",
		Long: `Works out what would happen, seals it, and prints the plan with an undo class for every step.
Nothing is carried out: that is what plumb apply is for.

A revert can be narrowed down to files. Of one file, --hunk and --lines take a part:

  --adopt ADDRESS --hunk 2          becomes a commit, the rest stays drift
  --restore ADDRESS --lines 12-20   goes, the rest stays live
  --revert COMMIT --hunk 1 -- PATH  is taken back, the rest stays

Hunks are numbered from 1, in the order in which plumb diff prints them for the file. Lines are those of the live file,
or of the file after the commit; lines that are gone belong to the two lines around them. Attributes as the mode stay out of
a part. Binary files, links and files that are secret as a whole are taken as a whole.`,
		Example: `  plumb change create --env staging --deploy main --reason "new payment route"
  plumb change create --env production --restore web-2:/etc/motd --reason "tidy"
  plumb change create --env staging --adopt stg-1:/etc/motd --hunk 2 --reason ok`,
		RunE: func(cmd *cobra.Command, args []string) error {
			req, err := w.request(args)
			if err != nil {
				return err
			}
			return inv.create(cmd.Context(), req, w.portion, w.reason, json, patch)
		},
	}
	f := cmd.Flags()
	environmentFlag(inv, cmd, &w.env, "the environment to change")
	f.StringVar(&w.deploy, "deploy", "", "bring the environment to this revision")
	f.StringVar(&w.revert, "revert", "", "take this commit back")
	f.StringArrayVar(&w.restore, "restore", nil, "make these resources as git wants them; more addresses may follow")
	f.StringArrayVar(&w.adopt, "adopt", nil, "make git want these resources as they are; more addresses may follow")
	w.portion.flags(cmd)
	f.StringVarP(&w.reason, "reason", "m", "", "why, in a sentence; it goes into the history")
	f.BoolVarP(&patch, "patch", "p", false, "also print what each step changes")
	jsonFlag(cmd, &json)
	return cmd
}

// request checks that the flags ask for exactly one thing. Addresses behind the flags belong to
// the one flag that takes several; behind a commit they are paths.
func (w wish) request(args []string) (workspace.Request, error) {
	req := workspace.Request{Environment: w.env}
	asked := 0
	for _, kind := range []struct {
		kind      model.ChangeKind
		subject   string
		addresses []string
	}{
		{model.Deploy, w.deploy, nil}, {model.Revert, w.revert, nil}, {model.Restore, "", w.restore}, {model.Adopt, "", w.adopt},
	} {
		if kind.subject != "" || len(kind.addresses) > 0 {
			req.Kind, req.Subject, req.Addresses = kind.kind, kind.subject, kind.addresses
			asked++
		}
	}
	switch {
	case asked != 1:
		return req, usage(model.WithHint(errors.New("a change does exactly one thing"), "give one of --deploy, --revert, --restore, --adopt"))
	case len(args) > 0 && req.Kind == model.Deploy:
		return req, usage(model.WithHint(fmt.Errorf("%q has no place here", show(args[0])), "addresses go with --restore and --adopt, paths with --revert"))
	case strings.TrimSpace(w.reason) == "":
		return req, usage(errNoReason)
	}
	if req.Kind == model.Revert {
		req.Paths = args
	} else {
		req.Addresses = append(req.Addresses, args...)
	}
	return req, w.portion.check(req)
}

var errNoReason = model.WithHint(errors.New("a change needs a reason"), `--reason "why, in a sentence"`)

// create drafts, seals and prints a change.
func (inv *invocation) create(ctx context.Context, req workspace.Request, p portion, reason string, json, patch bool) error {
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
	req.Paths = o.inTreeAll(req.Paths)
	if err := p.narrow(ctx, o, &req); err != nil {
		return err
	}
	draft, err := o.Workspace.Draft(ctx, req)
	if err != nil {
		return err
	}
	c, err := o.Workspace.Seal(ctx, draft, reason)
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
