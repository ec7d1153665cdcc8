package command

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"plumb/gitops/objects"
	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/text"
	"plumb/ui/headless"
)

func (inv *invocation) blameCommand() *cobra.Command {
	var span string
	var json bool
	cmd := &cobra.Command{
		Use:     "blame [REV] PATH",
		GroupID: groupLook,
		Short:   "A file, and the commit that changed each line last",
		Long: `Prints each line of a file as it is at a revision, HEAD unless another is named, with the commit that changed it
last: its id, day and author. Where the file had another name then, that name is there too. A ^ says that known history
begins with the commit, so that the line may be older. Renames are followed, and secrets are masked.

A file that is a secret as a whole, or is no text, has no lines to blame anybody for.`,
		Example: "  plumb blame production/web/all/etc/nginx/nginx.conf\n  plumb blame v1.2 -L 10,20 hosts/web/nginx.conf\n  plumb blame live:production -L 10,+5 hosts/web/nginx.conf --json",
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := lineRange(span)
			if err != nil {
				return err
			}
			rev, name, err := inv.revisionAndPath(cmd, args)
			if err != nil {
				return err
			}
			o, err := inv.open(cmd.Context())
			if err != nil {
				return err
			}
			defer o.Close()
			b, err := o.blame(cmd.Context(), rev, name, r)
			if err != nil {
				return err
			}
			return inv.printer(json).Blame(b)
		},
	}
	cmd.Flags().StringVarP(&span, "lines", "L", "", "only these lines: `FROM,TO`, FROM,+COUNT or FROM,")
	jsonFlag(cmd, &json)
	return cmd
}

// revisionAndPath reads "[REV] PATH", where a -- may stand before the path.
func (inv *invocation) revisionAndPath(cmd *cobra.Command, args []string) (rev, name string, err error) {
	inv.used = cmd
	before, after := split(cmd, args)
	switch words := slices.Concat(before, after); {
	case len(words) == 0, len(after) == 0 && cmd.ArgsLenAtDash() >= 0:
		return "", "", usage(errors.New("the path of a file is missing"))
	case len(words) > 2 || len(after) > 1:
		return "", "", usage(fmt.Errorf("%q has no place here: one file at a time", show(words[len(words)-1])))
	case len(words) == 2:
		return words[0], words[1], nil
	default:
		return "HEAD", words[0], nil
	}
}

// lineRange reads a range of lines as git's -L has it, without its expressions. An empty one is the whole file.
func lineRange(s string) (objects.LineRange, error) {
	if s == "" {
		return objects.LineRange{}, nil
	}
	wrong := usage(model.WithHint(fmt.Errorf("%q is no range of lines", show(s)), "lines count from 1: -L 10,20 or -L 10,+5 or -L 10,"))
	from, to, both := strings.Cut(s, ",")
	r := objects.LineRange{From: 1}
	var err error
	if from != "" || !both {
		if r.From, err = strconv.Atoi(from); err != nil || r.From < 1 {
			return r, wrong
		}
	}
	switch count, isCount := strings.CutPrefix(to, "+"); {
	case to == "" && (both || from == ""):
		return r, nil // To the end.
	case !both:
		r.To = r.From
	case isCount:
		n, err := strconv.Atoi(count)
		if err != nil || n < 1 {
			return r, wrong
		}
		r.To = r.From + n - 1
	default:
		if r.To, err = strconv.Atoi(to); err != nil || r.To < r.From {
			return r, wrong
		}
	}
	return r, nil
}

// largest is the size in bytes up to which a file is read for a command.
const largest = 64 << 20

// file reads a file of a revision; one without lines that are git's own is an error that says what it is.
func (o *Opened) file(ctx context.Context, rev, name string) (workspace.File, error) {
	id, err := o.Workspace.Resolve(ctx, rev)
	if err != nil {
		return workspace.File{}, err
	}
	f, err := o.Workspace.FileAt(ctx, id, name, largest)
	if err != nil || f.Whole {
		return f, err
	}
	err = fmt.Errorf("%s has no lines to look at in %s: %s", text.Line(f.Path), id.Short(), f.Note)
	return f, model.WithHint(err, "plumb log -- %s lists the commits that changed it", text.Line(f.Path))
}

// blame collects who changed what, in the order of the lines.
func (o *Opened) blame(ctx context.Context, rev, name string, r objects.LineRange) (headless.Blame, error) {
	f, err := o.file(ctx, rev, o.inTree(name))
	if err != nil {
		return headless.Blame{}, err
	}
	b := headless.Blame{Revision: f.Revision, Path: f.Path}
	if len(f.Lines) == 0 && r == (objects.LineRange{}) {
		return b, nil
	}
	lines := make([]headless.BlameLine, len(f.Lines))
	commits := map[model.Hash]model.Commit{}
	for g, err := range o.Workspace.Blame(ctx, f.Revision, f.Path, r) {
		if err != nil {
			return b, err
		}
		c, ok := commits[g.Commit]
		if !ok {
			if c, err = o.Workspace.Commit(ctx, g.Commit); err != nil {
				return b, err
			}
			commits[g.Commit] = c
		}
		for k := range g.Count {
			if i := g.At - 1 + k; i >= 0 && i < len(lines) {
				lines[i] = headless.BlameLine{Number: i + 1, Text: f.Lines[i], Commit: c, Path: g.Path, Original: g.From + k,
					Boundary: g.Boundary && len(c.Parents) > 0, Before: g.Before, BeforePath: g.BeforePath}
			}
		}
	}
	for _, l := range lines {
		if l.Number > 0 {
			b.Lines = append(b.Lines, l)
		}
	}
	return b, nil
}

// readLines reads the history of lines of a file. It is of one revision, and no filter goes with it.
func (q *logQuery) readLines(ctx context.Context, o *Opened, words, paths []string) (headless.Lines, error) {
	rev := "HEAD"
	switch {
	case len(words) > 1 || len(paths) > 0 || len(q.adds)+len(q.changes) > 0:
		return headless.Lines{}, usage(model.WithHint(errors.New("the history of lines takes no filter and no path behind --"), "plumb log %s -L %s", rev, show(q.lines)))
	case len(words) == 1:
		rev = words[0]
	}
	return o.lineHistory(ctx, rev, q.lines, q.n)
}

// lineHistory collects the newest n commits that changed "FROM,TO:PATH"; 0 for all of them.
func (o *Opened) lineHistory(ctx context.Context, rev, span string, n int) (headless.Lines, error) {
	where, name, ok := strings.Cut(span, ":")
	if !ok || name == "" || where == "" {
		return headless.Lines{}, usage(model.WithHint(fmt.Errorf("%q names no lines of a file", show(span)), "plumb log -L 10,20:PATH"))
	}
	r, err := lineRange(where)
	if err != nil {
		return headless.Lines{}, err
	}
	f, err := o.file(ctx, rev, o.inTree(name))
	if err != nil {
		return headless.Lines{}, err
	}
	l := headless.Lines{Revision: f.Revision, Path: f.Path, Range: r}
	for v, err := range o.Workspace.LineHistory(ctx, f.Revision, f.Path, r) {
		if err != nil {
			return l, err
		}
		c, err := o.Workspace.Commit(ctx, v.Commit)
		if err != nil {
			return l, err
		}
		l.Versions = append(l.Versions, headless.LineVersion{LineVersion: v, Commit: c})
		if n > 0 && len(l.Versions) == n {
			break
		}
	}
	return l, nil
}
