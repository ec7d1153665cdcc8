package command

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"plumb/model"
)

// nothing is for commands that take flags only.
func (inv *invocation) nothing(cmd *cobra.Command, args []string) error {
	inv.used = cmd
	if len(args) > 0 {
		return usage(fmt.Errorf("%q has no place here", show(args[0])))
	}
	return nil
}

// one is for commands that are about exactly one thing.
func (inv *invocation) one(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		inv.used = cmd
		switch {
		case len(args) == 0:
			return usage(errors.New(what + " is missing"))
		case len(args) > 1:
			return usage(fmt.Errorf("%q has no place here: one at a time", show(args[1])))
		}
		return nil
	}
}

// atMostOne is for what can be left out.
func (inv *invocation) atMostOne(cmd *cobra.Command, args []string) error {
	inv.used = cmd
	if len(args) > 1 {
		return usage(fmt.Errorf("%q has no place here", show(args[1])))
	}
	return nil
}

// subcommands is for commands that do nothing by themselves.
func (inv *invocation) subcommands(cmd *cobra.Command, args []string) error {
	inv.used = cmd
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, c := range cmd.Commands() {
		names = append(names, c.Name())
	}
	err := fmt.Errorf("there is no %s %s", cmd.CommandPath(), show(args[0]))
	return usage(model.WithHint(err, "%s has %s", cmd.CommandPath(), strings.Join(names, ", ")))
}

// split separates the arguments before "--" from those after it.
func split(cmd *cobra.Command, args []string) (before, after []string) {
	if at := cmd.ArgsLenAtDash(); at >= 0 {
		return args[:at], args[at:]
	}
	return args, nil
}

// errTooMany is the error for arguments that have no place.
func errTooMany(what, hint string) error { return model.WithHint(errors.New(what), "%s", hint) }
