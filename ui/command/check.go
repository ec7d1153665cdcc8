package command

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/ui/headless"
)

// errChecks ends a check that has told already what did not pass.
var errChecks = errors.New("not all checks have passed")

// checkPrinter prints what checks say in one of the formats.
type checkPrinter interface {
	Checks(headless.Checks) error
}

func (inv *invocation) checkCommand() *cobra.Command {
	var env, base, format string
	cmd := &cobra.Command{
		Use:     "check [REV]",
		GroupID: groupLook,
		Short:   "Run the checks on a revision",
		Long: `Validates the files of a revision, HEAD unless another one is named, and runs the checks that plumb.yaml names, each in a fresh
checkout of exactly these files. Nothing in your work tree is touched, and nothing that is live is looked at.

Which checks count is read from the last applied revision of the environment, so that a change cannot take a check away
from itself; before anything was applied, from the branch that it tracks. A check with when: is skipped where none of its files differ from
what is applied, or from --base. The results are kept, unsigned and on this machine, and count when a change with the same files is
approved or applied here.

A command sees PATH, HOME, LANG, TMPDIR, the proxies, PLUMB_REVISION, PLUMB_BASE and, when it belongs to one environment, PLUMB_ENVIRONMENT.
Of its output, lines as path:line: message and ::error file=path,line=1::message, or all of it as a SARIF document, are read as
findings. Its exit code says whether it has passed.

The exit code is 0 when all that is required has passed, 2 when something has not, and 3 when the repository is not trusted
to run its commands.`,
		Example: `  plumb check --env production
  plumb check main --format junit > checks.xml`,
		Args: inv.atMostOne,
		RunE: func(cmd *cobra.Command, args []string) error {
			printer, err := inv.checkPrinter(format)
			if err != nil {
				return err
			}
			o, err := inv.open(cmd.Context())
			if err != nil {
				return err
			}
			defer o.Close()
			revision := "HEAD"
			if len(args) > 0 {
				revision = args[0]
			}
			return inv.check(cmd.Context(), o, env, revision, base, printer)
		},
	}
	environmentFlag(inv, cmd, &env, "only the checks of this environment")
	cmd.Flags().StringVar(&base, "base", "", "compare with this revision to see which checks are concerned")
	cmd.Flags().StringVar(&format, "format", "text", "text, json, junit or sarif")
	return cmd
}

func (inv *invocation) checkPrinter(format string) (checkPrinter, error) {
	switch format {
	case "text":
		return inv.text(inv.Out), nil
	case "json":
		return headless.JSON{W: inv.Out}, nil
	case "junit":
		return headless.JUnit{W: inv.Out}, nil
	case "sarif":
		return headless.SARIF{W: inv.Out}, nil
	}
	return nil, usage(model.WithHint(fmt.Errorf("there is no format %q", show(format)), "the formats are text, json, junit, sarif"))
}

func (inv *invocation) check(ctx context.Context, o *Opened, env, revision, base string, printer checkPrinter) error {
	environments, err := o.environments(env)
	if err != nil {
		return err
	}
	var req workspace.CheckRequest
	for _, e := range environments {
		req.Environments = append(req.Environments, e.Name)
	}
	if req.Revision, err = o.Workspace.Resolve(ctx, revision); err != nil {
		return err
	}
	if base != "" {
		if req.Base, err = o.Workspace.Resolve(ctx, base); err != nil {
			return err
		}
	}
	var watch func(model.CheckEvent)
	if _, ok := terminal(inv.Err); ok {
		progress := inv.text(inv.Err)
		// Progress that nobody can read is no reason to stop.
		watch = func(e model.CheckEvent) { _ = progress.CheckEvent(e) }
	}
	checked, err := o.Workspace.Check(ctx, req, watch)
	if err != nil && len(checked.Results) == 0 || err != nil && !errors.Is(err, model.ErrRefused) {
		return err
	}
	printed := printer.Checks(headless.Checks{Revision: checked.Revision, Environments: req.Environments, Results: checked.Results})
	switch {
	case err != nil || printed != nil:
		return errors.Join(err, printed)
	case checked.Failed():
		return errChecks
	}
	return nil
}
