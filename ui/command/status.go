package command

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/ui/headless"
)

func (inv *invocation) statusCommand() *cobra.Command {
	var env string
	var json, all bool
	cmd := &cobra.Command{
		Use:     "status",
		GroupID: groupLook,
		Short:   "Live against git",
		Long: `Looks at the live state of all environments, or of one, and says what is not as git wants it.

The exit code is 0 when everything is in sync, 2 when something differs, and 4 when nothing
is known to differ but not everything could be looked at.`,
		Args: inv.nothing,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o, err := inv.open(cmd.Context())
			if err != nil {
				return err
			}
			defer o.Close()
			return inv.status(cmd.Context(), o, env, all, json)
		},
	}
	environmentFlag(inv, cmd, &env, "only this environment")
	cmd.Flags().BoolVar(&all, "all", false, "also name what is in sync")
	jsonFlag(cmd, &json)
	return cmd
}

func (inv *invocation) status(ctx context.Context, o *Opened, env string, all, json bool) error {
	environments, err := o.environments(env)
	if err != nil {
		return err
	}
	observations, err := observeAll(ctx, o.Workspace, environments)
	if err != nil {
		return err
	}
	if err := inv.printer(json).Status(headless.Status{Environments: observations, All: all}); err != nil {
		return err
	}
	if err := inv.warnOfDamage(ctx, o); err != nil {
		return err
	}
	return verdict(observations)
}

// warnOfDamage says on standard error which records were left out, so that no answer is shorter without a word.
func (inv *invocation) warnOfDamage(ctx context.Context, o *Opened) error {
	problems, err := o.Workspace.Damage(ctx)
	if err != nil {
		return err
	}
	for _, p := range problems {
		if err := inv.text(inv.Err).Warning(fmt.Sprintf("the record cannot be believed whole: %s: %s", p.Log, p.What)); err != nil {
			return err
		}
	}
	return nil
}

// observeAll looks at several environments at the same time and answers in their order.
func observeAll(ctx context.Context, w *workspace.Workspace, environments []model.Environment) ([]workspace.Observation, error) {
	observations := make([]workspace.Observation, len(environments))
	failures := make([]error, len(environments))
	group, ctx := errgroup.WithContext(ctx)
	for i, env := range environments {
		group.Go(func() error {
			// How a run ended whose process is gone is found out by whoever looks; what stands in the way of that is no reason not to look.
			_ = w.Reconcile(ctx, env.Name)
			observations[i], failures[i] = w.Observe(ctx, env.Name, nil)
			if failures[i] != nil {
				observations[i] = unseen(env, failures[i])
			}
			return ctx.Err()
		})
	}
	err := group.Wait()
	// What is wrong with one environment does not hide the others; what is wrong with all is the answer.
	if err == nil && len(failures) > 0 && !slices.Contains(failures, nil) {
		err = failures[0]
	}
	return observations, err
}

// unseen is the answer for an environment that could not be looked at at all.
func unseen(env model.Environment, err error) workspace.Observation {
	o := workspace.Observation{Position: workspace.Position{Environment: env}}
	for _, t := range env.Targets {
		o.Targets = append(o.Targets, workspace.TargetObservation{Target: t, Err: err})
	}
	return o
}

// verdict is nil when all is in sync. What is known to differ weighs more than what
// could not be seen; a target that was refused, as in a repository that is not trusted, was not seen at all.
func verdict(observations []workspace.Observation) error {
	var worst error
	for _, o := range observations {
		for _, t := range o.Targets {
			switch {
			case errors.Is(t.Err, model.ErrRefused):
				return t.Err
			case t.Err != nil:
				worst = errUnseen
			}
		}
	}
	for _, o := range observations {
		for _, s := range []model.Status{model.Pending, model.Drifted, model.Missing, model.Extra} {
			if o.Count(s) > 0 {
				return errDiffers
			}
		}
		if o.Count(model.Unknown) > 0 {
			worst = errUnseen
		}
	}
	return worst
}
