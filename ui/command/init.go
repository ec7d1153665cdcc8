package command

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"plumb/gitops/config"
	"plumb/gitops/workspace"
	"plumb/model"
)

func (inv *invocation) initCommand() *cobra.Command {
	var print bool
	var enrol enrolment
	cmd := &cobra.Command{
		Use:     "init [--key [KEYFILE.pub --for EMAIL] | --revoke FINGERPRINT|KEYFILE.pub]",
		GroupID: groupSetUp,
		Short:   "Write a commented plumb.yaml from what is here, or say whose signatures count",
		Long: `Looks through the files of HEAD for what plumb could bring to life and writes a plumb.yaml for it, with every
key explained, at the root of the work tree. A file that is there already is never overwritten. Nothing
is committed.

With --key it writes .plumb/allowed_signers instead, with your SSH key, as git's user.signingkey names it, or that of a colleague.
Where that file is applied, what goes on record counts only if it is signed by a key of it: plumb help keys.`,
		Example: `  plumb init
  plumb init --key
  plumb init --key bob.pub --for bob@example.org
  plumb init --revoke SHA256:uWnkDh4nLuEsZRUlKKgwk8OmlHDyUvyCRkPSXhHeMGU`,
		Args: func(cmd *cobra.Command, args []string) error {
			if !enrol.key {
				return inv.nothing(cmd, args)
			}
			return inv.atMostOne(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := enrol.check(args); err != nil {
				return err
			}
			if enrol.key || enrol.revoke != "" {
				return inv.enrol(cmd.Context(), enrol, args)
			}
			o, err := inv.open(cmd.Context())
			if err != nil {
				return err
			}
			defer o.Close()
			environments, err := o.discover(cmd.Context())
			if err != nil {
				return err
			}
			data := config.Write(environments)
			if print {
				return write(inv.Out, string(data))
			}
			return inv.writeConfig(o, environments, data)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&print, "print", false, "print it instead of writing the file")
	f.BoolVar(&enrol.key, "key", false, "let signatures by your SSH key count, or by that in a file")
	f.StringVar(&enrol.email, "for", "", "whose key it is: an e-mail address as in git's user.email")
	f.StringVar(&enrol.revoke, "revoke", "", "let nothing count any more that is signed by this key")
	for _, other := range []string{"key", "for", "revoke"} {
		cmd.MarkFlagsMutuallyExclusive("print", other)
	}
	cmd.MarkFlagsMutuallyExclusive("key", "revoke")
	return cmd
}

func (inv *invocation) writeConfig(o *Opened, environments []model.Environment, data []byte) error {
	if inv.readonly || o.Operator.ReadOnly {
		return model.Refuse("plumb init --print prints it", "plumb is read-only here: %s is not written", config.FileName)
	}
	root := o.Workspace.Info().WorkTree
	if root == "" {
		return model.WithHint(errors.New("a bare repository has no work tree to write into"), "plumb init --print prints it")
	}
	name := filepath.Join(root, config.FileName)
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return model.Refuse("plumb init --print prints what would be written", "%s is there already", name)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", config.FileName, err)
	}
	_, err = file.Write(data)
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("write %s: %w", config.FileName, errors.Join(err, os.Remove(name)))
	}
	found := []string{"nothing was found to begin with; it holds an example"}
	if len(environments) > 0 {
		found = nil
	}
	for _, e := range environments {
		var names []string
		for _, t := range e.Targets {
			names = append(names, t.Name)
		}
		found = append(found, fmt.Sprintf("%s (%s)", e.Name, strings.Join(names, ", ")))
	}
	words := fmt.Sprintf("wrote %s: %s\nread it, correct it, then: plumb trust", name, strings.Join(found, ", "))
	if _, err := os.Lstat(filepath.Join(root, workspace.AllowedSigners)); errors.Is(err, fs.ErrNotExist) {
		words += "\nnobody has to sign anything; should approvals be signatures: plumb init --key"
	}
	return write(inv.Out, words)
}
