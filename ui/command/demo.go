package command

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"plumb/gitops/demo"
	"plumb/gitops/workspace"
	"plumb/model/text"
)

func (inv *invocation) demoCommand() *cobra.Command {
	var dir string
	var seed int64
	var noUI bool
	cmd := &cobra.Command{
		Use:     "demo",
		GroupID: groupSetUp,
		Short:   "Make an infrastructure to try plumb on, and open it",
		Long: `Makes a throw-away infrastructure, a git repository with a history and hosts that are played by directories, in a
state that tells a story, and opens the screen on it. Nothing outside its directory is touched; remove the
directory when you are done.`,
		Args: inv.nothing,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !cmd.Flags().Changed("seed") {
				seed = demo.DefaultSeed(inv.Now())
			}
			return inv.demo(cmd, dir, seed, noUI || !inv.interactive())
		},
	}
	cmd.Flags().StringVar(&dir, "dir", "", "make it here, in a new or empty directory (default a temporary one)")
	cmd.Flags().Int64Var(&seed, "seed", 0, "the same seed makes the same commits (default the hour)")
	cmd.Flags().BoolVar(&noUI, "no-ui", false, "only make it, and say where it is and what to try")
	return cmd
}

func (inv *invocation) demo(cmd *cobra.Command, dir string, seed int64, noUI bool) error {
	if dir == "" {
		var err error
		if dir, err = os.MkdirTemp("", "plumb-demo-"); err != nil {
			return fmt.Errorf("make a directory for the demo: %w", err)
		}
	}
	world, err := demo.Make(cmd.Context(), demo.Options{
		Dir: dir, Seed: seed,
		Engine: func(root string) workspace.Engine { return newHosts(root, nil, nil, inv.Now) },
	})
	if err != nil {
		return err
	}
	inv.repo = world.Repository
	o, err := inv.open(cmd.Context())
	if err != nil {
		return err
	}
	defer o.Close()
	// What it would run was made just now, by plumb itself.
	if err := o.Trust(); err != nil {
		return err
	}
	if noUI {
		return write(inv.Out, whereAndWhat(world))
	}
	if err := inv.show(cmd, o, text.Join("\n", world.Try...)); err != nil {
		return err
	}
	return write(inv.Out, fmt.Sprintf("the demo stays in %s\nplumb %s opens it again", show(filepath.Dir(world.Repository)), show(world.Repository)))
}

// whereAndWhat says where the demo is and what to try on it.
func whereAndWhat(w demo.World) string {
	var b strings.Builder
	fmt.Fprintf(&b, "repository  %s\n", show(w.Repository))
	for i, h := range w.Hosts {
		label := "hosts"
		if i > 0 {
			label = ""
		}
		fmt.Fprintf(&b, "%-12s%s\n", label, show(h))
	}
	b.WriteString("\ntry, after cd " + show(w.Repository) + ":\n")
	for _, t := range w.Try {
		b.WriteString("  " + t.String() + "\n")
	}
	return b.String()
}
