package command

import (
	"errors"

	"github.com/spf13/cobra"

	"plumb/model"
)

// environmentFlag adds --env, with the names of the repository's environments as completions.
func environmentFlag(inv *invocation, cmd *cobra.Command, env *string, what string) {
	cmd.Flags().StringVarP(env, "env", "e", "", what)
	complete := func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		o, err := inv.open(cmd.Context())
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		defer o.Close()
		var names []string
		for _, e := range o.Workspace.Environments() {
			names = append(names, e.Name)
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	}
	if err := cmd.RegisterFlagCompletionFunc("env", complete); err != nil {
		panic(err) // The flag was added above.
	}
}

// environments are the one that is named, or all. That there are none is an error:
// a pipeline that watches nothing must not be told that all is well.
func (o *Opened) environments(name string) ([]model.Environment, error) {
	if o.Problem != nil {
		return nil, o.Problem
	}
	if name != "" {
		env, err := o.Workspace.Environment(name)
		if err != nil {
			return nil, err
		}
		return []model.Environment{env}, nil
	}
	all := o.Workspace.Environments()
	if len(all) == 0 {
		return nil, model.WithHint(errors.New("the repository has no environments"),
			"plumb init writes a plumb.yaml; plumb log works without one")
	}
	return all, nil
}

// environment is the one that is named. Without a name it is the only one there is.
func (o *Opened) environment(name string) (model.Environment, error) {
	all, err := o.environments(name)
	if err != nil {
		return model.Environment{}, err
	}
	if len(all) > 1 {
		return model.Environment{}, usage(model.WithHint(errors.New("which environment is meant?"), "--env %s", all[0].Name))
	}
	return all[0], nil
}
