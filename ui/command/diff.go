package command

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"plumb/gitops/objects"
	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/diff"
	"plumb/model/text"
	"plumb/ui/headless"
)

// live is the word for the live side of a comparison.
const live = "live"

func (inv *invocation) diffCommand() *cobra.Command {
	var env string
	var json bool
	cmd := &cobra.Command{
		Use:     "diff [A [B]] [-- PATH|ADDRESS...]",
		GroupID: groupLook,
		Short:   "What differs: git and live, a commit, or two revisions",
		Long: `Prints a unified patch with secrets masked.

  plumb diff            from what git wants to what is live, in all environments or in --env
  plumb diff A          what commit A changed
  plumb diff A B        from revision A to revision B
  plumb diff A live     from revision A to what is live, in --env

A revision is anything git knows, and live:ENV and git:ENV for what is applied to an environment and
what git wants there. Behind --, paths of the repository narrow every comparison down, addresses of resources those with live.

The exit code is 0 when nothing differs, 2 when something does, and 4 when nothing is known to
differ but not everything could be looked at.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			revisions, only := split(cmd, args)
			if len(revisions) > 2 {
				return usage(errTooMany("at most two sides can be compared", "paths and addresses come after --"))
			}
			o, err := inv.open(cmd.Context())
			if err != nil {
				return err
			}
			defer o.Close()
			d, end, err := o.diff(cmd.Context(), env, revisions, only)
			if err != nil {
				return err
			}
			if err := inv.printer(json).Diff(d); err != nil {
				return err
			}
			return end
		},
	}
	environmentFlag(inv, cmd, &env, "compare with what is live here")
	jsonFlag(cmd, &json)
	return cmd
}

// diff compares what was asked for. End is the error that the command
// ends with after everything was printed.
func (o *Opened) diff(ctx context.Context, env string, revisions, only []string) (d headless.Diff, end, err error) {
	if len(revisions) == 0 || revisions[len(revisions)-1] == live {
		return o.diffLive(ctx, env, strings.Join(revisions[:max(0, len(revisions)-1)], ""), only)
	}
	if env != "" {
		return d, nil, usage(model.WithHint(errors.New("--env goes with a comparison with live"), "plumb diff --env %s %s live", env, revisions[0]))
	}
	a, b, err := o.sides(ctx, revisions)
	if err != nil {
		return d, nil, err
	}
	files, err := o.Workspace.Files(ctx, a, b, o.inTreeAll(only)...)
	if err != nil {
		return d, nil, err
	}
	d.From, d.To = headless.Side{Label: a.Short(), Revision: a}, headless.Side{Label: b.Short(), Revision: b}
	for _, f := range files {
		d.Files = append(d.Files, headless.FileDiff{File: o.Workspace.FileDiff(ctx, f, diff.Options{OldLabel: a.Short(), NewLabel: b.Short()}, 0)})
	}
	if len(files) > 0 {
		end = errDiffers
	}
	return d, end, nil
}

// sides are the two revisions, or a commit's first parent and the commit.
func (o *Opened) sides(ctx context.Context, revisions []string) (a, b model.Hash, err error) {
	if revisions[0] == live {
		return "", "", usage(model.WithHint(errors.New("live is the second side of a comparison"), "plumb diff %s live", strings.Join(revisions[1:], " ")))
	}
	first, err := o.Workspace.Resolve(ctx, revisions[0])
	if err != nil {
		return "", "", err
	}
	if len(revisions) == 2 {
		b, err = o.Workspace.Resolve(ctx, revisions[1])
		return first, b, err
	}
	c, err := o.Workspace.Commit(ctx, first)
	if err != nil {
		return "", "", err
	}
	if len(c.Parents) == 0 {
		return "", first, nil
	}
	var gone *objects.MissingError
	if _, err := o.Workspace.Commit(ctx, c.Parents[0]); errors.As(err, &gone) && o.Workspace.Info().IsShallow {
		return "", "", model.WithHint(fmt.Errorf("history ends at %s here, so what it changed is not known: %w", first.Short(), err), "git fetch --deepen 1 brings what came before")
	}
	return c.Parents[0], first, nil
}

// diffLive compares a revision, or what git wants, with what is live.
func (o *Opened) diffLive(ctx context.Context, env, revision string, only []string) (d headless.Diff, end, err error) {
	var observations []workspace.Observation
	if revision == "" {
		environments, err := o.environments(env)
		if err != nil {
			return d, nil, err
		}
		if observations, err = observeAll(ctx, o.Workspace, environments); err != nil {
			return d, nil, err
		}
		d.From.Label = string(workspace.Tracked)
	} else {
		e, err := o.environment(env)
		if err != nil {
			return d, nil, err
		}
		id, err := o.Workspace.Resolve(ctx, revision)
		if err != nil {
			return d, nil, err
		}
		at, err := o.Workspace.ObserveAt(ctx, e.Name, id)
		if err != nil {
			return d, nil, err
		}
		observations = []workspace.Observation{at}
		d.From.Label = id.Short()
	}
	if len(observations) == 1 {
		d.From.Revision = observations[0].Tracked
	}
	d.To.Label = live
	picked, err := o.only(observations, only)
	if err != nil {
		return d, nil, err
	}
	for _, p := range picked {
		d.Files = append(d.Files, resourceDiff(p, d.From.Label))
	}
	return d, pickedVerdict(observations, picked, len(only) > 0), nil
}

// place is a resource with the environment that it is in.
type place struct {
	env      string
	resource model.Resource
}

// only picks the resources that are not in sync and that one of the words names: an
// address, TARGET/ADDRESS, or a path of the repository. Without words it is all that
// are not in sync. A word that names nothing at all is an error.
func (o *Opened) only(observations []workspace.Observation, words []string) ([]place, error) {
	var picked []place
	used := make([]bool, len(words))
	for _, at := range observations {
		for _, r := range at.Resources() {
			wanted := len(words) == 0
			for i, w := range words {
				if o.names(w, r) {
					wanted, used[i] = true, true
				}
			}
			if wanted && r.Status != model.InSync {
				picked = append(picked, place{at.Environment.Name, r})
			}
		}
	}
	if i := slices.Index(used, false); i >= 0 {
		return nil, model.WithHint(fmt.Errorf("%q names no resource and no file of one", words[i]), "plumb status --all lists the addresses")
	}
	return picked, nil
}

func (o *Opened) names(word string, r model.Resource) bool {
	if word == string(r.Address) || word == r.Target+"/"+string(r.Address) {
		return true
	}
	within := o.inTree(word)
	sources := []string{r.Tracked.Source}
	if r.Applied != nil {
		sources = append(sources, r.Applied.Source)
	}
	return slices.ContainsFunc(sources, func(s string) bool {
		return s != "" && (within == "." || s == within || strings.HasPrefix(s, within+"/"))
	})
}

// resourceDiff is the difference from git to live. Of what cannot be seen it is the reason.
func resourceDiff(p place, from string) headless.FileDiff {
	r := p.resource
	f := headless.FileDiff{Environment: p.env, Target: r.Target, Address: r.Address, Status: r.Status, Reason: r.Reason}
	if r.Status == model.Unknown {
		f.Note = text.Lit("cannot be compared: ").Plus(r.Reason)
		return f
	}
	f.File = workspace.ResourceDiff(r, workspace.Tracked, workspace.Live, diff.Options{OldLabel: from, NewLabel: live})
	return f
}

// pickedVerdict is that of status, but about the picked resources only.
func pickedVerdict(observations []workspace.Observation, picked []place, narrowed bool) error {
	if !narrowed {
		return verdict(observations)
	}
	var worst error
	for _, p := range picked {
		if p.resource.Status != model.Unknown {
			return errDiffers
		}
		worst = errUnseen
	}
	return worst
}
