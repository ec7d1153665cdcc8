package command

import (
	"context"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"plumb/gitops/history"
	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/ui/headless"
)

// inferTime is how long a log waits to see where environments are that no run on record tells of.
const inferTime = 10 * time.Second

func (inv *invocation) logCommand() *cobra.Command {
	var n int
	var json, firstParent bool
	cmd := &cobra.Command{
		Use:     "log [REV] [-- PATH...]",
		GroupID: groupLook,
		Short:   "History, with where each commit is live",
		Long: `Lists commits, newest first. [production] marks the commit that is live in production,
(production) the one that git wants there when it is not live yet.`,
		Example: "  plumb log -n 5\n  plumb log v1.2..main -- hosts/web",
		RunE: func(cmd *cobra.Command, args []string) error {
			revisions, paths := split(cmd, args)
			switch {
			case len(revisions) > 1:
				return usage(errTooMany("a log has one revision", "paths come after --"))
			case n < 0:
				return usage(fmt.Errorf("there are no %d commits", n))
			}
			o, err := inv.open(cmd.Context())
			if err != nil {
				return err
			}
			defer o.Close()
			q := history.Query{FirstParent: firstParent}
			if len(revisions) == 1 {
				q.From = revisions[0]
				if a, b, ok := strings.Cut(q.From, ".."); ok && !strings.HasPrefix(b, ".") {
					q.Exclude, q.From = a, b
				}
			}
			q.Paths = o.inTreeAll(paths)
			entries, err := o.history(cmd.Context(), q, n)
			if err != nil {
				return err
			}
			return inv.printer(json).Log(headless.Log{Entries: entries})
		},
	}
	cmd.Flags().IntVarP(&n, "number", "n", 20, "how many commits; 0 for all")
	cmd.Flags().BoolVar(&firstParent, "first-parent", false, "follow merges along their first parent only")
	jsonFlag(cmd, &json)
	return cmd
}

// history reads n entries, or all for 0.
func (o *Opened) history(ctx context.Context, q history.Query, n int) ([]history.Entry, error) {
	o.locate(ctx)
	feed, err := o.Workspace.History(ctx, q)
	if err != nil {
		return nil, err
	}
	defer feed.Close()
	var entries []history.Entry
	for n == 0 || len(entries) < n {
		ask := 1000
		if n > 0 {
			ask = n - len(entries)
		}
		more, err := feed.Next(ctx, ask)
		entries = append(entries, more...)
		if err != nil {
			return nil, err
		}
		if len(more) < ask {
			break
		}
	}
	return entries, nil
}

// locate finds out where environments are that no run on record tells of, by looking
// at them. One that cannot be seen in time just has no mark.
func (o *Opened) locate(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, inferTime)
	defer cancel()
	unknown := slices.DeleteFunc(slices.Clone(o.Workspace.Environments()), func(env model.Environment) bool {
		pos, err := o.Workspace.Position(ctx, env.Name)
		return err != nil || pos.Source != workspace.AppliedUnknown
	})
	// A failure is the same as nothing known: the marks are missing.
	_, _ = observeAll(ctx, o.Workspace, unknown)
}

// inTree is the path in the repository that name means in the directory that was
// opened. A path that begins with a slash counts from the repository's root when it is not in the work tree.
func (o *Opened) inTree(name string) string {
	root := o.Workspace.Info().WorkTree
	if root == "" {
		return strings.TrimPrefix(path.Clean("/"+filepath.ToSlash(name)), "/")
	}
	full := name
	if !filepath.IsAbs(full) {
		full = filepath.Join(o.dir, name)
	}
	if rel, err := filepath.Rel(root, full); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return strings.TrimPrefix(path.Clean("/"+filepath.ToSlash(name)), "/")
}

// inTreeAll is inTree for several paths. The root among them stands for everything, which is no limit.
func (o *Opened) inTreeAll(names []string) []string {
	var paths []string
	for _, n := range names {
		p := o.inTree(n)
		if p == "." || p == "" {
			return nil
		}
		paths = append(paths, p)
	}
	return paths
}
