package command

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"plumb/model"
	"plumb/ui/headless"
)

func (inv *invocation) keysCommand() *cobra.Command {
	var env string
	var json bool
	cmd := &cobra.Command{
		Use:     "keys",
		GroupID: groupLook,
		Short:   "Whose signatures count where",
		Long: `Lists for each environment the keys whose signatures count there, at which revision that is said, which of them are revoked, and
whether your own counts. plumb help signatures explains how that is decided.`,
		Args: inv.nothing,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o, err := inv.open(cmd.Context())
			if err != nil {
				return err
			}
			defer o.Close()
			list, err := o.environments(env)
			if err != nil {
				return err
			}
			keys := headless.Keys{Self: o.Workspace.Self(), Now: inv.Now()}
			for _, e := range list {
				standing, err := o.Workspace.Standing(cmd.Context(), e.Name)
				if err != nil {
					return err
				}
				keys.Environments = append(keys.Environments, headless.KeysOf{Name: e.Name, Standing: standing})
			}
			if err := inv.printer(json).Keys(keys); err != nil {
				return err
			}
			return inv.warnOfDamage(cmd.Context(), o)
		},
	}
	environmentFlag(inv, cmd, &env, "only those of this environment")
	jsonFlag(cmd, &json)
	return cmd
}

// meet shows keys that are trusted on first use, the first time that this clone meets them.
func (inv *invocation) meet(ctx context.Context, o *Opened, environments ...model.Environment) error {
	for _, e := range environments {
		keys, first, err := o.Workspace.Meet(ctx, e.Name)
		if err != nil {
			return err
		}
		if !first {
			continue
		}
		var words strings.Builder
		fmt.Fprintf(&words, "%s asks for signatures, by keys that are trusted on first use from now on:\n", show(e.Name))
		for _, s := range keys.Signers {
			fmt.Fprintf(&words, "  %s  %s\n", show(s.Principals), s.Key.Fingerprint())
		}
		if err := write(inv.Err, words.String()+"compare the fingerprints with your colleagues by another way than this repository; plumb keys shows them again"); err != nil {
			return err
		}
	}
	return nil
}
