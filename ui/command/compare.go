package command

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/ui/headless"
)

func (inv *invocation) compareCommand() *cobra.Command {
	var json bool
	cmd := &cobra.Command{
		Use:     "compare A [B]",
		GroupID: groupLook,
		Short:   "Two revisions: commits, files, what a deploy would change",
		Long: `Says what lies between two revisions: the commits that each has and the other has not, what a deploy of B over A
would change in each environment, and the files as a tree with the lines that differ. B is HEAD when it is left out.

What would change is what git wants at B against what it wants at A. Nothing that is live is looked at, and nothing of the
repository is run: plumb change create --deploy makes a plan against what is live.

A revision is anything git knows, and live:ENV and git:ENV for what is applied to an environment and what git wants
there. A..B in one word means the same as two.

The exit code is 2 when the files differ, and 0 when both have the same.`,
		Example:           "  plumb compare v1.2 main\n  plumb compare live:production main\n  plumb compare live:production live:staging --json",
		ValidArgsFunction: inv.completeRevisions,
		Args:              inv.revisionPair,
		RunE: func(cmd *cobra.Command, args []string) error {
			o, err := inv.open(cmd.Context())
			if err != nil {
				return err
			}
			defer o.Close()
			c, err := o.compare(cmd.Context(), sidesOf(args))
			if err != nil {
				return err
			}
			if err := inv.printer(json).Compare(c); err != nil {
				return err
			}
			if len(c.Files) > 0 {
				return errDiffers
			}
			return nil
		},
	}
	jsonFlag(cmd, &json)
	return cmd
}

// revisionPair checks that one or two revisions are named.
func (inv *invocation) revisionPair(cmd *cobra.Command, args []string) error {
	inv.used = cmd
	switch {
	case len(args) == 0:
		return usage(model.WithHint(errors.New("which revisions are meant?"), "plumb compare live:ENV HEAD, or plumb compare main~3 main"))
	case len(args) > 2:
		return usage(errTooMany("at most two revisions can be compared", "plumb diff A B -- PATH narrows a comparison down to files"))
	}
	for i, a := range args {
		if a == live {
			other := append([]string{}, args[:i]...)
			return usage(model.WithHint(errors.New("live is no revision"), "live:ENV is what was applied there; plumb diff %s live compares with what is really live",
				strings.Join(append(other, args[i+1:]...), "")))
		}
	}
	return nil
}

// sidesOf are the two revisions of "A B", "A..B" or "A".
func sidesOf(args []string) [2]string {
	a, b := args[0], "HEAD"
	if from, to, ok := strings.Cut(a, ".."); ok && len(args) == 1 && from != "" && !strings.HasPrefix(to, ".") {
		a, b = from, to
	}
	if len(args) == 2 {
		b = args[1]
	}
	if b == "" {
		b = "HEAD"
	}
	return [2]string{a, b}
}

// compare answers all that there is to say of two revisions.
func (o *Opened) compare(ctx context.Context, names [2]string) (headless.Comparison, error) {
	c := headless.Comparison{Names: names, Problem: o.Problem}
	var ids [2]model.Hash
	for i, name := range names {
		id, err := o.Workspace.Resolve(ctx, name)
		if err != nil {
			return c, err
		}
		ids[i] = id
	}
	var err error
	if c.Comparison, err = o.Workspace.Between(ctx, ids[0], ids[1]); err != nil {
		return c, err
	}
	c.Counts = make([]workspace.LineCount, 0, len(c.Files))
	for _, n := range o.Workspace.CountLines(ctx, c.Files) {
		c.Counts = append(c.Counts, n)
	}
	if err := ctx.Err(); err != nil {
		return c, err
	}
	c.Effects, err = o.Workspace.Effects(ctx, ids[0], ids[1], c.Files)
	return c, err
}

// completeRevisions offers branches, tags, and the words for where environments are.
func (inv *invocation) completeRevisions(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 1 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	o, err := inv.open(cmd.Context())
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	defer o.Close()
	names := []string{"HEAD"}
	for _, prefix := range []string{"refs/heads/", "refs/tags/", "refs/remotes/"} {
		refs, err := o.store.Refs(cmd.Context(), prefix)
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		for _, r := range refs {
			names = append(names, strings.TrimPrefix(r.Name, prefix))
		}
	}
	for _, e := range o.Workspace.Environments() {
		names = append(names, "live:"+e.Name, "git:"+e.Name)
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// completeSides offers what completeRevisions does, and the word for what is live. The shell completes paths where none of them fits.
func (inv *invocation) completeSides(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
	names, how := inv.completeRevisions(cmd, args, word)
	if len(args) == 1 {
		names = append(names, live)
	}
	return names, how &^ cobra.ShellCompDirectiveNoFileComp
}
