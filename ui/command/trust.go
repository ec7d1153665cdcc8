package command

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"plumb/gitops/trust"
	"plumb/model"
	"plumb/model/secret"
	"plumb/model/text"
)

func (inv *invocation) trustCommand() *cobra.Command {
	var yes, revoke bool
	cmd := &cobra.Command{
		Use:     "trust",
		GroupID: groupSetUp,
		Short:   "Allow what this repository says to be run",
		Long: `Looking through a repository is always safe. To see and change what is live, plumb connects to the hosts
and runs the commands that the repository names. This shows them and asks. The answer is remembered for
this repository, on this machine, until any of it changes.`,
		Args: inv.nothing,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o, err := inv.open(cmd.Context())
			if err != nil {
				return err
			}
			defer o.Close()
			if revoke {
				if err := o.trust.Revoke(o.key); err != nil {
					return err
				}
				return write(inv.Out, "not trusted any more")
			}
			return inv.askTrust(cmd.Context(), o, yes)
		},
	}
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	cmd.Flags().BoolVar(&revoke, "revoke", false, "forget that the repository was trusted")
	return cmd
}

func (inv *invocation) askTrust(ctx context.Context, o *Opened, yes bool) error {
	if _, err := o.environments(""); err != nil {
		return err
	}
	if o.Trusted() {
		return write(inv.Out, "trusted already")
	}
	if err := write(inv.Out, strings.Join(o.TrustQuestion(), "\n")); err != nil {
		return err
	}
	if !yes {
		if _, ok := terminal(inv.In); !ok {
			return model.Refuse("plumb trust --yes says yes", "nobody is here to ask")
		}
		if _, err := fmt.Fprint(inv.Out, "trust it? [y/N] "); err != nil {
			return fmt.Errorf("ask: %w", err)
		}
		answer, err := bufio.NewReader(inv.In).ReadString('\n')
		if word := strings.ToLower(strings.TrimSpace(answer)); err != nil || word != "y" && word != "yes" {
			return model.Refuse("", "not trusted")
		}
	}
	if err := o.Trust(); err != nil {
		return err
	}
	if err := write(inv.Out, "trusted"); err != nil {
		return err
	}
	return inv.meet(ctx, o, o.Workspace.Environments()...)
}

// wouldRun lists what the environments have plumb connect to, read and run, for a person to judge.
func wouldRun(environments []model.Environment) []string {
	var list []string
	for _, e := range environments {
		for _, t := range e.Targets {
			list = append(list, fmt.Sprintf("%s, target %s (%s):", show(e.Name), show(t.Name), show(t.Provider)))
			list = append(list, targetRuns(t)...)
		}
	}
	if checks := allChecks(environments); len(checks) > 0 {
		list = append(list, "on a copy of the files of each change, its own programs among them:")
		for _, c := range checks {
			words := fmt.Sprintf("  runs          %s, the check %s", quoteAll(c.Run), show(c.Name))
			if c.Environment != "" {
				words += " of " + show(c.Environment)
			}
			list = append(list, secret.MaskText(words))
		}
	}
	return list
}

// allChecks are the checks of the environments, those that all of them have once.
func allChecks(environments []model.Environment) []model.Check {
	var all []model.Check
	for _, e := range environments {
		for _, c := range e.Checks {
			if !slices.ContainsFunc(all, func(other model.Check) bool { return other.Digest() == c.Digest() }) {
				all = append(all, c)
			}
		}
	}
	return all
}

func targetRuns(t model.Target) []string {
	var list []string
	for _, h := range t.Hosts {
		if h.SSH != "" {
			list = append(list, fmt.Sprintf("  connects to   %s, as ssh %s", show(h.Name), show(h.SSH)))
		} else {
			list = append(list, fmt.Sprintf("  reads, writes %s, the directory %s", show(h.Name), show(h.Root)))
		}
	}
	for _, f := range t.Files {
		for _, c := range []struct {
			when string
			argv []string
		}{{"checks with ", f.Check}, {"reloads with", f.Reload}} {
			if len(c.argv) > 0 {
				list = append(list, fmt.Sprintf("  %s  %s, for %s", c.when, quoteAll(c.argv), show(f.Path)))
			}
		}
	}
	// Whoever decides here sees every command; nobody needs to see its passwords.
	for i := range list {
		list[i] = secret.MaskText(list[i])
	}
	slices.SortStableFunc(list, func(a, b string) int { return cmp.Compare(strings.Fields(a)[0], strings.Fields(b)[0]) })
	return list
}

// show makes foreign text visible; what looks the same in the question must be the same.
func show(s string) string { return text.Line(s).String() }

// quoteAll shows an argument vector so that its arguments can be told apart.
func quoteAll(argv []string) string {
	words := make([]string, len(argv))
	for i, a := range argv {
		words[i] = show(a)
		if a == "" || strings.ContainsAny(a, " \t\n\"'\\$`|&;<>()*?#~") {
			words[i] = fmt.Sprintf("%q", show(a))
		}
	}
	return strings.Join(words, " ")
}

// Trusted reports whether the repository may have run what it says, as it says it now.
func (o *Opened) Trusted() bool { return o.allowed.Load() }

// Trust remembers that the operator allows what [Opened.TrustQuestion] lists, and lets the engines run.
func (o *Opened) Trust() error {
	if o.key.GitDir == "" {
		return errors.New("a repository in memory cannot be trusted")
	}
	if err := o.trust.Trust(o.key, o.Workspace.Self().Email.String(), o.now()); err != nil {
		return err
	}
	o.allowed.Store(true)
	return nil
}

// TrustQuestion lists what would run.
func (o *Opened) TrustQuestion() []string {
	return append([]string{"to see and change what is live, plumb would, on the word of this repository:"}, wouldRun(o.Workspace.Environments())...)
}

// trustKey binds trust to the repository and to what it would have run, byte for byte: what
// people are shown may look the same for different bytes.
func trustKey(gitDir string, environments []model.Environment) (trust.Key, error) {
	type runs struct {
		Environment, Target, Provider string
		Hosts                         []model.Host
		Commands                      [][]string
	}
	list := []runs{}
	for _, e := range environments {
		for _, t := range e.Targets {
			r := runs{e.Name, t.Name, t.Provider, t.Hosts, nil}
			for _, f := range t.Files {
				r.Commands = append(r.Commands, f.Check, f.Reload)
			}
			list = append(list, r)
		}
	}
	data, err := json.Marshal(list)
	if checks := allChecks(environments); err == nil && len(checks) > 0 {
		var commands [][]string
		for _, c := range checks {
			commands = append(commands, append([]string{c.Environment, c.Name}, c.Run...))
		}
		data, err = json.Marshal([]any{list, commands})
	}
	if err != nil {
		return trust.Key{}, fmt.Errorf("take the fingerprint of what would run: %w", err)
	}
	return trust.Key{GitDir: gitDir, Fingerprint: string(model.Sum(data))}, nil
}
