package command

import (
	"cmp"
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"plumb/gitops/runner"
	"plumb/gitops/trust"
	"plumb/model"
	"plumb/model/text"
	"plumb/themes"
	"plumb/ui"
)

// screen opens the screen on a repository. Without a terminal to draw on it is plumb status.
func (inv *invocation) screen(cmd *cobra.Command, args []string) error {
	if len(args) == 1 {
		if err := inv.at(cmd, args[0]); err != nil {
			return err
		}
	}
	interactive := inv.interactive()
	o, err := inv.openLater(cmd.Context(), interactive)
	if err != nil {
		return err
	}
	defer o.Close()
	if !interactive {
		return inv.status(cmd.Context(), o, "", false, false)
	}
	return inv.show(cmd, o, text.Safe{})
}

// at makes PATH the repository. A word that is no directory was probably meant to be a command.
func (inv *invocation) at(cmd *cobra.Command, path string) error {
	if _, err := os.Stat(path); err == nil {
		inv.repo = path
		return nil
	}
	err := model.WithHint(errNeither(path), "plumb help lists the commands")
	if near := cmd.SuggestionsFor(path); len(near) > 0 {
		err = model.WithHint(errNeither(path), "did you mean plumb %s?", near[0])
	}
	return usage(err)
}

// interactive reports whether a person sits at both ends.
func (inv *invocation) interactive() bool {
	_, in := terminal(inv.In)
	_, out := terminal(inv.Out)
	return in && out && inv.Getenv("TERM") != "dumb"
}

// show runs the screen until the operator leaves it.
func (inv *invocation) show(cmd *cobra.Command, o *Opened, welcome text.Safe) error {
	theme := o.Operator.Theme
	if !inv.colored() {
		theme = themes.NoColor.Name
	}
	choices := choicesIn(trust.StateDir(inv.Getenv))
	split := map[string]string{"split": "on", "unified": "off"}[o.Operator.Split]
	opt := ui.Options{
		Choices: choices.load(), Remember: choices.save, Reviewed: o.Reviewed,
		Workspace: o.Workspace, Theme: theme, Mouse: o.Operator.Mouse, Split: cmp.Or(split, "auto"), ReadOnly: o.ReadOnly,
		Trusted: o.Trusted(), Trust: o.Trust, TrustQuestion: o.TrustQuestion(),
		Runners: processes{inv, o},
		Left: func(i runner.Info) {
			// Standard error may be gone with the terminal.
			_ = write(inv.Err, fmt.Sprintf("run %s goes on; plumb attach %s shows it", i.Run, i.Run))
		},
		Editor: o.editor, Private: o.private, Share: o.Operator.Share,
		Commands: o.Ran, Now: inv.Now, Welcome: welcome, Problem: o.Problem,
	}
	if o.Discover != nil {
		opt.Discover = func(ctx context.Context) (ui.Discovery, error) {
			err := o.Discover(ctx)
			return ui.Discovery{Trusted: o.Trusted(), TrustQuestion: o.TrustQuestion(), Problem: o.Problem}, err
		}
	}
	return ui.Run(cmd.Context(), opt)
}

func errNeither(word string) error {
	return fmt.Errorf("%q is neither a command nor a directory", show(word))
}

// processes has the screen's changes carried out by processes that outlive it.
type processes struct {
	inv *invocation
	o   *Opened
}

func (p processes) Start(ctx context.Context, c model.Change, glass string) (*runner.View, error) {
	return p.inv.start(ctx, p.o, c, glass, glass != "")
}

func (p processes) Live() ([]runner.Info, error) { return p.o.Runners.Place.Live() }

func (p processes) Kill(ctx context.Context, i runner.Info) error {
	return p.o.Runners.Place.Kill(ctx, i)
}
