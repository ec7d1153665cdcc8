package command

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"plumb/model"
	"plumb/model/diff"
	"plumb/model/text"
	"plumb/ui/headless"
)

func (inv *invocation) showCommand() *cobra.Command {
	var json, structured bool
	cmd := &cobra.Command{
		Use:     "show REV | REV:PATH",
		GroupID: groupLook,
		Short:   "A commit and the files it changed, or a file as it was",
		Long: `plumb show REV prints who made the commit, when, why, and the files that it changed against its first parent with the
lines that came and went; plumb diff REV prints the lines themselves. With --structure it is told by path what changed.

plumb show REV:PATH prints a file as it is at the revision. The path counts from the root of the repository, or from here
when it begins with ./ as in git. Secrets are masked, control characters become visible marks, and of a line of more than
2,000 letters the rest is left out: git show prints the bytes themselves.

A revision is anything git knows, and live:ENV and git:ENV for what is applied to an environment and what git wants there.`,
		Example: "  plumb show HEAD\n  plumb show v1.2:hosts/web/nginx.conf\n  plumb show live:production:hosts/web/nginx.conf",
		Args:    inv.one("a revision, or a revision and a path as in main:hosts/web/nginx.conf,"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o, err := inv.open(cmd.Context())
			if err != nil {
				return err
			}
			defer o.Close()
			rev, name, isFile := cutPath(args[0])
			if isFile && structured {
				return usage(model.WithHint(errors.New("--structure is about a commit"), "plumb show --structure %s", show(rev)))
			}
			if !isFile {
				c, err := o.showCommit(cmd.Context(), rev)
				if err != nil {
					return err
				}
				if structured {
					c.Form = headless.AsStructure
				}
				return inv.printer(json).Commit(c)
			}
			f, err := o.showFile(cmd.Context(), rev, name)
			if err != nil {
				return err
			}
			if !json && len(f.Lines) == 0 && !f.Note.IsEmpty() {
				// Standard output may be a file that is to have the content: what is none does not go there.
				err := fmt.Errorf("%s in %s is no text: %s", text.Line(f.Path), f.Revision.Short(), f.Note)
				return model.WithHint(err, "with --json the answer says what it is; git show prints the bytes themselves")
			}
			return inv.printer(json).File(f)
		},
	}
	jsonFlag(cmd, &json)
	cmd.Flags().BoolVar(&structured, "structure", false, "what changed by path, as spec.replicas 2 → 3")
	return cmd
}

// cutPath divides REV:PATH. The colon of live:ENV and git:ENV belongs to the revision.
func cutPath(arg string) (rev, name string, isFile bool) {
	prefix := ""
	for _, side := range []string{"live:", "git:"} {
		if strings.HasPrefix(arg, side) {
			prefix, arg = side, arg[len(side):]
			break
		}
	}
	rev, name, isFile = strings.Cut(arg, ":")
	return prefix + rev, name, isFile
}

func (o *Opened) showFile(ctx context.Context, rev, name string) (headless.File, error) {
	if rev == "" {
		return headless.File{}, usage(model.WithHint(errors.New("the revision before the colon is missing"), "plumb show HEAD:%s", show(name)))
	}
	if strings.HasPrefix(name, "./") || strings.HasPrefix(name, "../") {
		name = o.inTree(name)
	}
	id, err := o.Workspace.Resolve(ctx, rev)
	if err != nil {
		return headless.File{}, err
	}
	f, err := o.Workspace.FileAt(ctx, id, name, largest)
	return headless.File{File: f}, err
}

func (o *Opened) showCommit(ctx context.Context, rev string) (headless.Commit, error) {
	a, b, err := o.sides(ctx, []string{rev})
	if err != nil {
		return headless.Commit{}, err
	}
	c, err := o.Workspace.Commit(ctx, b)
	if err != nil {
		return headless.Commit{}, err
	}
	files, err := o.Workspace.Files(ctx, a, b)
	if err != nil {
		return headless.Commit{}, err
	}
	out := headless.Commit{Commit: c}
	for _, f := range files {
		out.Files = append(out.Files, o.Workspace.FileDiff(ctx, f, diff.Options{OldLabel: a.Short(), NewLabel: b.Short()}, largest))
	}
	return out, nil
}
