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
	"plumb/model"
)

func (inv *invocation) initCommand() *cobra.Command {
	var print bool
	cmd := &cobra.Command{
		Use:     "init",
		GroupID: groupSetUp,
		Short:   "Write a commented plumb.yaml from what is here",
		Long: `Looks through the files of HEAD for what plumb could bring to life and writes a plumb.yaml for it, with every
key explained, at the root of the work tree. A file that is there already is never overwritten. Nothing
is committed.`,
		Args: inv.nothing,
		RunE: func(cmd *cobra.Command, _ []string) error {
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
	cmd.Flags().BoolVar(&print, "print", false, "print it instead of writing the file")
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
	return write(inv.Out, fmt.Sprintf("wrote %s: %s\nread it, correct it, then: plumb trust", name, strings.Join(found, ", ")))
}
