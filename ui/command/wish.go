package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"plumb/gitops/workspace"
	"plumb/model"
)

// wish is what the flags of change create ask for: a deploy, or things to pick, in the order of the flags.
type wish struct {
	env, deploy, title, reason string
	wanted                     []wanted
	in                         io.Reader // Where an edit from - is read.
	early                      portion   // Of the first flag that picks something: it stood before that.
}

// wanted is one flag that picks something, and what of it.
type wanted struct {
	verb  model.ChangeKind
	what  string
	paths []string
	portion
}

func (inv *invocation) changeCreateCommand() *cobra.Command {
	var w wish
	var json, patch bool
	cmd := &cobra.Command{
		Use:   "create --env E (--deploy REV | [--restore ADDRESS...] [--adopt ADDRESS...] [--revert COMMIT [-- PATH...]] [--edit PATH=FILE]) --reason TEXT",
		Short: "Plan something and seal it as a change",
		Long: `Works out what would happen, seals it, and prints the plan with an undo class for every step.
Nothing is carried out: that is what plumb apply is for.

One change can restore, adopt, take commits back and edit files, each as often as there is a flag. What it does to git
becomes one commit on top of what is applied. Of what is live it touches what that commit changes and what it
restores, and leaves other drift alone. Picks that do not go together are refused. With --edit, PATH becomes what
stands in FILE; - reads it from standard input.

A revert can be narrowed down to files. Of one file, --hunk and --lines behind its flag take a part:

  --adopt ADDRESS --hunk 2          becomes a commit, the rest stays drift
  --restore ADDRESS --lines 12-20   goes, the rest stays live
  --revert COMMIT --hunk 1 -- PATH  is taken back, the rest stays

Hunks are numbered from 1, in the order in which plumb diff prints them for the file. Lines are those of the live file,
or of the file after the commit; lines that are gone belong to the two lines around them. Attributes as the mode stay out of
a part. Binary files, links and files that are secret as a whole are taken as a whole.`,
		Example: `  plumb change create --env staging --deploy main --reason "new payment route"
  plumb change create --env production --restore web-2:/etc/motd --reason "tidy"
  plumb change create --env staging --adopt stg-1:/etc/motd --hunk 2 --reason ok
  plumb change create --env staging --restore stg-1:/etc/motd --revert 12ab34c \
    --edit app.conf=/tmp/app.conf --title "Calm down" --reason "it is over"`,
		RunE: func(cmd *cobra.Command, args []string) error {
			before, behind := split(cmd, args)
			req, err := w.request(before, behind)
			if err != nil {
				return err
			}
			w.in = inv.In
			return inv.create(cmd.Context(), req, w, json, patch)
		},
	}
	f := cmd.Flags()
	environmentFlag(inv, cmd, &w.env, "the environment to change")
	f.StringVar(&w.deploy, "deploy", "", "bring the environment to this revision")
	f.Var(picker{&w, model.Revert}, "revert", "take this commit back")
	f.Var(picker{&w, model.Restore}, "restore", "make these resources as git wants them; more addresses may follow")
	f.Var(picker{&w, model.Adopt}, "adopt", "make git want these resources as they are; more addresses may follow")
	f.Var(picker{&w, model.EditFiles}, "edit", "make this file of git what stands in another one: PATH=FILE")
	w.portionFlags(cmd)
	f.StringVar(&w.title, "title", "", "what the change is called; what it does, if nothing is said")
	f.StringVarP(&w.reason, "reason", "m", "", "why, in a sentence; it goes into the history")
	f.BoolVarP(&patch, "patch", "p", false, "also print what each step changes")
	jsonFlag(cmd, &json)
	return cmd
}

// picker is a flag that picks something. It may be given several times, and the order of the flags is kept.
type picker struct {
	wish *wish
	verb model.ChangeKind
}

// String is empty: nothing is picked without a word.
func (p picker) String() string { return "" }

// Type is how help calls what the flag takes.
func (p picker) Type() string { return "string" }

// Set takes what is picked.
func (p picker) Set(what string) error {
	if what == "" {
		return errors.New("nothing is named")
	}
	next := wanted{verb: p.verb, what: what}
	if len(p.wish.wanted) == 0 {
		next.portion = p.wish.early
	}
	p.wish.wanted = append(p.wish.wanted, next)
	return nil
}

// request checks that the flags ask for something that goes together. Addresses behind the flags belong to
// the one flag that takes several. What stands behind "--" are the paths of the one commit that is taken back, where there is one.
func (w *wish) request(args, behind []string) (workspace.Request, error) {
	req := workspace.Request{Environment: w.env, Kind: model.Compose}
	switch {
	case w.deploy != "" && len(w.wanted) > 0:
		return req, usage(model.WithHint(errors.New("a deploy goes alone"), "make a change of its own of --restore, --adopt, --revert and --edit"))
	case w.deploy == "" && len(w.wanted) == 0:
		return req, usage(model.WithHint(errors.New("nothing is asked for"), "give one of --deploy, --revert, --restore, --adopt, --edit"))
	case w.deploy != "":
		req.Kind, req.Subject = model.Deploy, w.deploy
		if !w.early.isAll() {
			return req, usage(model.WithHint(errors.New("a deploy takes all or nothing"), "--hunk and --lines go with --restore, --adopt and --revert"))
		}
	}
	if err := w.placeAll(args, behind); err != nil {
		return req, err
	}
	if strings.TrimSpace(w.reason) == "" {
		return req, usage(errNoReason)
	}
	for _, it := range w.wanted {
		if err := it.check(); err != nil {
			return req, err
		}
	}
	return req, nil
}

var errNoReason = model.WithHint(errors.New("a change needs a reason"), `--reason "why, in a sentence"`)

func (w *wish) placeAll(args, behind []string) error {
	at := slices.IndexFunc(w.wanted, func(it wanted) bool { return it.verb == model.Revert })
	if at < 0 || len(behind) == 0 {
		return w.place(append(args, behind...))
	}
	if slices.ContainsFunc(w.wanted[at+1:], func(it wanted) bool { return it.verb == model.Revert }) {
		return usage(model.WithHint(fmt.Errorf("it is not clear which commit %q belongs to", show(behind[0])), "narrow down one commit in a change"))
	}
	w.wanted[at].paths = behind
	return w.place(args)
}

// place gives the words behind the flags to the flag that they belong to.
func (w *wish) place(args []string) error {
	if len(args) == 0 {
		return nil
	}
	takes := -1
	for i, it := range w.wanted {
		switch {
		case it.verb == model.EditFiles:
		case takes < 0, it.verb != model.Revert && it.verb == w.wanted[takes].verb:
			takes = i
		default:
			return usage(model.WithHint(fmt.Errorf("it is not clear what %q belongs to", show(args[0])), "give each address a flag of its own, and narrow down one commit at a time"))
		}
	}
	if takes < 0 {
		return usage(model.WithHint(fmt.Errorf("%q has no place here", show(args[0])), "addresses go with --restore and --adopt, paths with --revert"))
	}
	it := &w.wanted[takes]
	if it.verb == model.Revert {
		it.paths = args
		return nil
	}
	if !it.isAll() {
		return errOneFile
	}
	for _, a := range args {
		w.wanted = append(w.wanted, wanted{verb: it.verb, what: a})
	}
	return nil
}

// picks are what is asked for, as a workspace takes it.
func (w wish) picks(ctx context.Context, o *Opened, env string) ([]workspace.Pick, error) {
	var picks []workspace.Pick
	for _, it := range w.wanted {
		p, err := it.pick(ctx, o, env, w.in)
		if err != nil {
			return nil, err
		}
		picks = append(picks, p)
	}
	return picks, nil
}

func (it wanted) pick(ctx context.Context, o *Opened, env string, in io.Reader) (workspace.Pick, error) {
	p := workspace.Pick{Verb: it.verb}
	switch it.verb {
	case model.Revert:
		p.Commit, p.Paths = it.what, o.inTreeAll(it.paths)
	case model.EditFiles:
		var err error
		p.Edit, err = it.edit(ctx, o, env, in)
		return p, err
	default:
		p.Address = it.what
	}
	return p, it.narrow(ctx, o, env, &p)
}

// most is the most that a file that is put into git this way may have, in bytes; the workspace has a limit of its own below it.
const most = 64 << 20

// edit reads what a file is to become.
func (it wanted) edit(ctx context.Context, o *Opened, env string, in io.Reader) (workspace.Edit, error) {
	path, name, ok := strings.Cut(it.what, "=")
	if !ok || path == "" || name == "" {
		return workspace.Edit{}, usage(model.WithHint(fmt.Errorf("%q does not say what the file becomes", show(it.what)), "--edit PATH=FILE"))
	}
	at := o.inTree(path)
	if root := o.Workspace.Info().WorkTree; root != "" && !filepath.IsAbs(path) && filepath.Join(root, at) != filepath.Join(o.dir, path) {
		return workspace.Edit{}, usage(model.WithHint(fmt.Errorf("%q is not in the repository", show(path)), "name a file below %s", root))
	}
	e, err := o.Workspace.Editable(ctx, env, nil, at)
	if err != nil {
		return e, err
	}
	from := in
	if name != "-" {
		if !filepath.IsAbs(name) {
			name = filepath.Join(o.dir, name)
		}
		f, err := os.Open(filepath.Clean(name))
		if err != nil {
			return e, fmt.Errorf("read what %s becomes: %w", show(path), err)
		}
		defer f.Close()
		from = f
	}
	if e.New, err = io.ReadAll(io.LimitReader(from, most)); err != nil {
		return e, fmt.Errorf("read what %s becomes: %w", show(path), err)
	}
	if e.Old != nil && slices.Equal(e.Old, e.New) {
		return e, model.WithHint(fmt.Errorf("%s is what stands in %s already", show(e.Path), show(name)), "plumb status --env %s tells what differs", env)
	}
	return e, nil
}
