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
	"plumb/model/filter"
	"plumb/model/text"
	"plumb/ui/headless"
)

// inferTime is how long a log waits to see where environments are that no run on record tells of.
const inferTime = 10 * time.Second

func (inv *invocation) logCommand() *cobra.Command {
	var q logQuery
	var json bool
	cmd := &cobra.Command{
		Use:     "log [REV] [FILTER...] [-- PATH...]",
		GroupID: groupLook,
		Short:   "History, with where each commit is live",
		Long: `Lists commits, newest first. [production] marks the commit that is live in production,
(production) the one that git wants there when it is not live yet. ! marks a commit that a run with broken glass applied;
plumb log --json says why, and which rules were overruled.

A filter is words that all have to hold, the same as behind / on the screen: plumb help filter lists them.`,
		Example: "  plumb log -n 5\n  plumb log since:2h is:production\n  plumb log v1.2..main author:alice certificate -- hosts/web\n  plumb log -L 10,20:hosts/web/nginx.conf",
		RunE: func(cmd *cobra.Command, args []string) error {
			words, paths := split(cmd, args)
			if q.n < 0 {
				return usage(fmt.Errorf("there are no %d commits", q.n))
			}
			o, err := inv.open(cmd.Context())
			if err != nil {
				return err
			}
			defer o.Close()
			if q.lines != "" {
				l, err := q.readLines(cmd.Context(), o, words, paths)
				if err != nil {
					return err
				}
				return inv.printer(json).Lines(l)
			}
			if err := q.read(cmd.Context(), o, words, o.inTreeAll(paths), inv.Now()); err != nil {
				return err
			}
			entries, err := o.history(cmd.Context(), q)
			if err != nil {
				return err
			}
			if len(entries) == 0 && q.word != "" {
				return model.WithHint(fmt.Errorf("no commit matches, and there is no revision %q", text.Line(q.word)), "plumb help filter lists the words that a log can be filtered by")
			}
			glass, err := o.Workspace.Glass(cmd.Context())
			if err != nil {
				return err
			}
			return inv.printer(json).Log(headless.Log{Entries: entries, Glass: glass})
		},
	}
	cmd.ValidArgsFunction = inv.completeFilter
	cmd.Flags().IntVarP(&q.n, "number", "n", 20, "how many commits; 0 for all")
	cmd.Flags().BoolVar(&q.listing.FirstParent, "first-parent", false, "follow merges along their first parent only")
	cmd.Flags().StringArrayVarP(&q.adds, "adds", "S", nil, "only commits that change how often the `TEXT` occurs")
	cmd.Flags().StringArrayVarP(&q.changes, "changes", "G", nil, "only commits with a changed line that matches the `REGEXP`")
	cmd.Flags().StringVarP(&q.lines, "lines", "L", "", "what changed these lines, through renames: `FROM,TO:PATH`")
	jsonFlag(cmd, &json)
	return cmd
}

// completeFilter completes the words of a filter, and the names of branches and tags.
func (inv *invocation) completeFilter(cmd *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	const directive = cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	o, err := inv.open(cmd.Context())
	if err != nil {
		return nil, directive
	}
	defer o.Close()
	var words []string
	for _, c := range filter.Complete(typed, len(typed), o.filterValues) {
		words = append(words, typed[:c.Start]+c.Text+"\t"+c.About)
	}
	for _, prefix := range []string{"refs/heads/", "refs/tags/"} {
		refs, err := o.store.Refs(cmd.Context(), prefix)
		if err != nil {
			return words, directive
		}
		for _, r := range refs {
			words = append(words, strings.TrimPrefix(r.Name, prefix))
		}
	}
	return words, directive
}

// filterValues are the names that a word of a filter can take.
func (o *Opened) filterValues(k filter.Kind) []string {
	var names []string
	for _, e := range o.Workspace.Environments() {
		switch k {
		case filter.Environment:
			names = append(names, e.Name)
		case filter.Target:
			for _, t := range e.Targets {
				names = append(names, e.Name+"/"+t.Name)
			}
		}
	}
	return names
}

// logQuery is what a log is asked for.
type logQuery struct {
	n             int
	span          history.Range
	listing       history.Listing
	wanted        history.Wanted
	adds, changes []string // Of the flags that git has too.
	word          string   // The first word, where it might have been meant as a revision.
	lines         string   // A range of lines of a file, whose history is asked for instead.
}

// read takes the words of the command line. The first one is a revision where there is a revision of that name; all
// others, and paths, make the filter.
func (q *logQuery) read(ctx context.Context, o *Opened, words, paths []string, now time.Time) error {
	if len(words) > 0 {
		if span, ok := o.revisions(ctx, words[0]); ok {
			q.span, words = span, words[1:]
			if len(words) > 0 {
				if _, ok := o.revisions(ctx, words[0]); ok {
					return usage(errTooMany("a log has one revision", "in:A..B looks at a range, and paths come after --"))
				}
			}
		}
	}
	for _, t := range q.adds {
		words = append(words, "adds:"+t)
	}
	for _, t := range q.changes {
		words = append(words, "changes:"+t)
	}
	f, err := filter.ParseArgs(words, now)
	if err != nil {
		return usage(err)
	}
	if len(f.Terms) > 0 && f.Terms[0].Kind == filter.Text && q.span == (history.Range{}) {
		q.word = f.Terms[0].Value
	}
	q.wanted = history.Wanted{Filter: f, Below: paths, FirstParent: q.listing.FirstParent}
	return nil
}

// revisions reads "REV" or "A..B". It is not ok for a word that names no revision: that is a word to look for.
func (o *Opened) revisions(ctx context.Context, word string) (history.Range, bool) {
	r := history.Range{From: word}
	if a, b, isRange := strings.Cut(word, ".."); isRange && !strings.HasPrefix(b, ".") {
		r = history.Range{From: b, Exclude: a}
		if _, err := o.store.Resolve(ctx, a); err != nil {
			return r, false
		}
		if b == "" {
			return r, true
		}
	}
	_, err := o.store.Resolve(ctx, r.From)
	return r, err == nil
}

// history reads the entries that a query asks for, and no further than it has to.
func (o *Opened) history(ctx context.Context, q logQuery) ([]history.Entry, error) {
	o.locate(ctx)
	h := o.Workspace.History()
	var entries []history.Entry
	read := func(last bool) (bool, error) {
		v, err := h.View(ctx, q.span)
		if err != nil {
			return false, err
		}
		if !q.wanted.Filter.IsEmpty() || len(q.wanted.Below) > 0 {
			if !last {
				return false, nil // A filter is about all of history.
			}
			if q.listing.Only, err = h.Match(ctx, v, q.wanted, nil); err != nil {
				return false, err
			}
		}
		rows := v.Rows(q.listing)
		n := rows.Len()
		if q.n > 0 {
			n = min(n, q.n)
		}
		entries = entries[:0]
		for i := range n {
			if !last && !rows.IsKnown(i) {
				return false, nil
			}
			entries = append(entries, rows.Entry(i))
		}
		return n == q.n, nil
	}
	if _, err := h.View(ctx, q.span); err != nil {
		return nil, err
	}
	done := false
	err := h.Until(ctx, func() (bool, error) {
		var err error
		done, err = read(false)
		return done, err
	})
	if err == nil && !done {
		_, err = read(true)
	}
	return entries, err
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
