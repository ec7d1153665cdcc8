package command

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"

	"plumb/gitops/config"
	"plumb/model"
	"plumb/ui/action"
	"plumb/ui/headless"
)

// topic is something to read that is not about one command.
type topic struct {
	name, about string
	write       func(io.Writer) error
}

func topics() []topic {
	return []topic{
		{"words", "what plumb calls things", words(wordsTopic)},
		{"filter", "the words that history is filtered by", words(filterTopic())},
		{"keys", "what the keys of the screen do", keysTopic},
		{"plumb.yaml", "every key of the repository's configuration", func(w io.Writer) error { return write(w, config.Reference()) }},
		{"config.yaml", "every key of your own configuration", func(w io.Writer) error { return write(w, config.OperatorReference()) }},
		{"json", "the documents that --json answers with; plumb help json NAME prints a schema", words(jsonTopic())},
		{"sharing", "how changes, approvals and runs get to colleagues", words(sharingTopic)},
		{"signatures", "whose approvals and signatures count", words(signaturesTopic)},
		{"exit-codes", "what the exit codes mean", words(exitTopic)},
	}
}

// helpCommand explains commands and topics.
func (inv *invocation) helpCommand(root *cobra.Command) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "help [COMMAND | TOPIC]",
		Short: "Explain a command or a topic",
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return inv.overview(root)
			}
			if args[0] == "json" && len(args) == 2 {
				return inv.schema(args[1])
			}
			for _, t := range topics() {
				if t.name == args[0] && len(args) == 1 {
					return t.write(inv.Out)
				}
			}
			found, rest, err := root.Find(args)
			if err != nil || found == root || len(rest) > 0 {
				return usage(model.WithHint(fmt.Errorf("there is no command and no topic %q", strings.Join(args, " ")), "plumb help lists both"))
			}
			return found.Help()
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var names []string
			for _, c := range root.Commands() {
				names = append(names, c.Name()+"\t"+c.Short)
			}
			for _, t := range topics() {
				names = append(names, t.name+"\t"+t.about)
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
	}
	root.SetHelpFunc(func(cmd *cobra.Command, args []string) {
		if cmd == root {
			// The help function of cobra cannot fail; a reader that has gone away needs no help.
			_ = inv.overview(root)
			return
		}
		_ = commandHelp(cmd)
	})
	return cmd
}

func (inv *invocation) schema(name string) error {
	name = strings.TrimSuffix(strings.TrimPrefix(name, "plumb."), "/1")
	data, ok := headless.Schema(name)
	if !ok {
		return usage(model.WithHint(fmt.Errorf("there is no document %q", name), "the documents are %s", strings.Join(headless.SchemaNames(), ", ")))
	}
	return write(inv.Out, string(data))
}

// overview is the first page of help: all commands in groups, then the topics.
func (inv *invocation) overview(root *cobra.Command) error {
	var b strings.Builder
	b.WriteString(wrap(about) + "\n")
	for _, g := range root.Groups() {
		b.WriteString("\n" + g.Title + "\n")
		for _, c := range root.Commands() {
			if c.GroupID == g.ID && c.IsAvailableCommand() {
				entry(&b, c.Name(), c.Short)
			}
		}
		if g.ID == groupSetUp {
			entry(&b, "help", "Explain a command or a topic")
		}
	}
	b.WriteString("\nTopics of plumb help:\n")
	for _, t := range topics() {
		entry(&b, t.name, t.about)
	}
	b.WriteString("\nEverywhere:\n" + root.PersistentFlags().FlagUsagesWrapped(helpWidth))
	return write(inv.Out, b.String())
}

func commandHelp(cmd *cobra.Command) error {
	var b strings.Builder
	long := cmd.Long
	if long == "" {
		long = cmd.Short + "."
	}
	use := cmd.UseLine()
	for i, l := range fill(use, 4) {
		b.WriteString(strings.Repeat("\n", min(i, 1)) + l)
	}
	b.WriteString("\n\n" + wrap(strings.TrimSpace(long)) + "\n")
	if cmd.HasAvailableSubCommands() {
		b.WriteString("\n")
		for _, c := range cmd.Commands() {
			if c.IsAvailableCommand() {
				entry(&b, c.Name(), c.Short)
			}
		}
	}
	if cmd.Example != "" {
		b.WriteString("\nFor example:\n" + cmd.Example + "\n")
	}
	if f := cmd.LocalFlags(); f.HasAvailableFlags() {
		b.WriteString("\nFlags:\n" + f.FlagUsagesWrapped(helpWidth))
	}
	if f := cmd.InheritedFlags(); f.HasAvailableFlags() {
		b.WriteString("\nEverywhere:\n" + f.FlagUsagesWrapped(helpWidth))
	}
	return write(cmd.OutOrStdout(), b.String())
}

func entry(b *strings.Builder, name, about string) {
	b.WriteString(wrap(fmt.Sprintf("  %-12s %s", name, about)) + "\n")
}

func write(w io.Writer, s string) error {
	if _, err := io.WriteString(w, strings.TrimRight(s, "\n")+"\n"); err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	return nil
}

func words(s string) func(io.Writer) error {
	return func(w io.Writer) error { return write(w, wrap(s)) }
}

// keysTopic lists the catalogue of actions, as the screen's own help does.
func keysTopic(w io.Writer) error {
	var b strings.Builder
	for _, g := range action.Groups() {
		fmt.Fprintf(&b, "%s\n", g)
		for _, a := range action.All() {
			if a.Group != g {
				continue
			}
			keys := strings.Join(a.Keys, ", ")
			if keys == "" {
				keys = ":"
			}
			where := ""
			if len(a.In) > 0 {
				where = " (" + places(a.In) + ")"
			}
			fmt.Fprintf(&b, "  %s  %s%s\n", keys+strings.Repeat(" ", max(0, 16-ansi.StringWidth(keys))), a.Text, where)
		}
		b.WriteString("\n")
	}
	b.WriteString("Keys marked : are in the command palette only.")
	return write(w, wrap(b.String()))
}

func places(scopes []action.Scope) string {
	var names []string
	for _, s := range scopes {
		names = append(names, string(s))
	}
	slices.Sort(names)
	return "in " + strings.Join(names, ", ")
}
