package command

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"plumb/gitops/objects"
	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/text"
	"plumb/ui/headless"
)

func (inv *invocation) syncCommand() *cobra.Command {
	var json bool
	cmd := &cobra.Command{
		Use:     "sync",
		GroupID: groupRight,
		Short:   "Exchange changes, approvals and runs with the team's remote",
		Long: `Takes over what others have recorded, gives the remote what was recorded here, and brings the branches of open changes. Nothing
is pushed by force, and nothing of the remote is believed that does not extend what is here: a log that was
rewound, deleted, forked or replaced there is said, stays as it is here, and makes this an error.

plumb does so by itself before a change is approved or applied and after something was recorded, on the screen once a minute, unless
config.yaml says share: false. plumb help sharing tells more.`,
		Args: inv.nothing,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o, err := inv.open(cmd.Context())
			if err != nil {
				return err
			}
			defer o.Close()
			news, err := o.Workspace.Sync(cmd.Context())
			if errors.Is(err, model.ErrRefused) {
				return err
			}
			return errors.Join(inv.printer(json).Sync(headless.Sync{Remotes: news, Problem: err}), err, disbelief(news))
		},
	}
	jsonFlag(cmd, &json)
	return cmd
}

// disbelief is the error that a remote lost or changed what it had.
func disbelief(news []workspace.RemoteNews) error {
	for _, n := range news {
		if len(n.Problems) > 0 {
			err := errors.New("the record at " + text.Line(n.Remote).String() + " cannot be believed whole")
			return model.WithHint(err, "what is here is as it was; what was lost there comes back with the next plumb sync of whose log it is")
		}
	}
	return nil
}

// unshared says on standard error that what was recorded did not get to the remote.
func (inv *invocation) unshared(o *Opened) error {
	err := o.Workspace.Unshared()
	if err == nil {
		return nil
	}
	first, _, _ := strings.Cut(err.Error(), "\n") // Git says more than this line needs.
	hint := "plumb sync tries again"
	if h := model.Hint(err); h != "" {
		hint = h + "; plumb sync tries again"
	}
	return write(inv.Err, text.Format("not shared yet: %s; %s", text.Line(first), hint).String())
}

// known finds a change, also one that only the remote knows of yet.
func (o *Opened) known(ctx context.Context, id string) (model.Change, error) {
	c, err := o.Workspace.Change(ctx, id)
	if !errors.Is(err, objects.ErrNotFound) || !o.Operator.Share {
		return c, err
	}
	if _, failed := o.Workspace.Sync(ctx); failed != nil {
		return c, err // That it is not here is what was asked; why the remote cannot tell is said by plumb sync.
	}
	return o.Workspace.Change(ctx, id)
}
