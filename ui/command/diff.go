package command

import (
	"cmp"
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
	"plumb/model/diff"
	"plumb/model/text"
	"plumb/ui/headless"
)

// live is the word for the live side of a comparison.
const live = "live"

func (inv *invocation) diffCommand() *cobra.Command {
	var env string
	var json bool
	var m manner
	cmd := &cobra.Command{
		Use:     "diff [A [B]] [-- PATH|ADDRESS...]",
		GroupID: groupLook,
		Short:   "What differs: git and live, a commit, or two revisions",
		Long: `Prints the lines that differ, in colour on a terminal. Into a file or a pipe it prints a patch that git apply takes.

  plumb diff            from what git wants to what is live, in all environments or in --env
  plumb diff A          what commit A changed
  plumb diff A B        from revision A to revision B
  plumb diff A live     from revision A to what is live, in --env

A revision is anything git knows, and live:ENV and git:ENV for what is applied to an environment and
what git wants there. Behind --, paths of the repository narrow every comparison down, addresses of resources those with live.

On a terminal, the number of a hunk is the one that plumb change create --hunk takes, and lines that moved are marked as moved.
With --structure it is told by path what changed in YAML, JSON, TOML and HCL, whatever the lines look like; of other files, and
of those that cannot be read, the lines are printed with the reason.

A patch has the bytes of the files, other than what is printed on a terminal. Lines that begin with # before a file are for people. A live file has
its address as its path: patch -p2 and git apply -p2 find it from the root of its host. Secrets are masked in every form;
where the lines of a patch have any, it says so, and it cannot make that file. Files that are not text are named only: git apply
takes them in a repository that has both versions, and refuses the patch elsewhere. With -w a patch leaves out what differs in white space only; with -U 0 git apply wants --unidiff-zero.

The exit code is 0 when nothing differs, 2 when something does, and 4 when nothing is known to
differ but not everything could be looked at.`,
		Example:           "  plumb diff HEAD~3 --structure\n  plumb diff v1.2 main -- hosts/web | git apply -R\n  plumb diff --env production --json",
		ValidArgsFunction: inv.completeSides,
		RunE: func(cmd *cobra.Command, args []string) error {
			revisions, only := split(cmd, args)
			if len(revisions) > 2 {
				return usage(errTooMany("at most two sides can be compared", "paths and addresses come after --"))
			}
			if err := m.check(); err != nil {
				return err
			}
			o, err := inv.open(cmd.Context())
			if err != nil {
				return err
			}
			defer o.Close()
			d, end, err := o.diff(cmd.Context(), env, revisions, only, m)
			if err != nil {
				return err
			}
			if err := inv.printer(json).Diff(d); err != nil {
				return err
			}
			if !json {
				inv.noteSecrets(d, m)
			}
			return end
		},
	}
	environmentFlag(inv, cmd, &env, "compare with what is live here")
	jsonFlag(cmd, &json)
	m.flags(cmd)
	return cmd
}

// manner is how differences are told.
type manner struct {
	structure, stat, ignoreSpace bool
	context                      int
}

func (m *manner) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.BoolVar(&m.structure, "structure", false, "what changed by path, as spec.replicas 2 → 3, in place of lines")
	f.BoolVar(&m.stat, "stat", false, "only how many lines of each file came and went")
	f.BoolVarP(&m.ignoreSpace, "ignore-space", "w", false, "leave out lines that differ in white space only; indentation counts where it is meaning")
	f.IntVarP(&m.context, "context", "U", hunkContext, "so many equal lines around each difference")
	if err := cmd.RegisterFlagCompletionFunc("context", cobra.NoFileCompletions); err != nil {
		panic(err) // The flag was added above.
	}
}

func (m manner) check() error {
	switch {
	case m.context < 0:
		return usage(model.WithHint(fmt.Errorf("there are no %d lines around a difference", m.context), "-U 0 prints none, -U 1000000 whole files"))
	case m.structure && m.stat:
		return usage(model.WithHint(errors.New("--structure and --stat do not go together"), "give one of them"))
	}
	return nil
}

func (m manner) form() headless.Form {
	switch {
	case m.structure:
		return headless.AsStructure
	case m.stat:
		return headless.AsCounts
	}
	return headless.AsLines
}

// noteSecrets tells whoever makes a patch that it has marks in the place of secrets: it is seldom read before it is applied.
func (inv *invocation) noteSecrets(d headless.Diff, m manner) {
	if _, ok := terminal(inv.Out); ok || d.Form != headless.AsLines {
		return
	}
	for _, f := range d.Files {
		if f.HidesSecrets(m.context) {
			// When standard error is gone, the remark in the patch is left.
			_, _ = fmt.Fprintln(inv.Err, "note: secrets are masked: git apply cannot make the files with them of this patch")
			return
		}
	}
}

// diff compares what was asked for. End is the error that the command
// ends with after everything was printed.
func (o *Opened) diff(ctx context.Context, env string, revisions, only []string, m manner) (d headless.Diff, end, err error) {
	d.Context, d.Form = &m.context, m.form()
	if len(revisions) == 0 || revisions[len(revisions)-1] == live {
		end, err = o.diffLive(ctx, &d, env, strings.Join(revisions[:max(0, len(revisions)-1)], ""), only, m)
		return d, end, err
	}
	if env != "" {
		return d, nil, usage(model.WithHint(errors.New("--env goes with a comparison with live"), "plumb diff --env %s %s live", env, revisions[0]))
	}
	a, b, err := o.sides(ctx, revisions)
	if err != nil {
		return d, nil, err
	}
	files, err := o.Workspace.Files(ctx, a, b, o.inTreeAll(only)...)
	if err != nil {
		return d, nil, err
	}
	d.From, d.To = headless.Side{Label: a.Short(), Revision: a}, headless.Side{Label: b.Short(), Revision: b}
	opt := diff.Options{OldLabel: a.Short(), NewLabel: b.Short(), IgnoreSpace: m.ignoreSpace}
	for _, f := range files {
		d.Files = append(d.Files, o.fileDiff(ctx, f, opt))
	}
	if len(files) > 0 {
		end = errDiffers
	}
	return d, end, nil
}

// fileDiff is the difference of a file, with all that a patch needs beyond its lines.
func (o *Opened) fileDiff(ctx context.Context, f model.FileChange, opt diff.Options) headless.FileDiff {
	d := headless.FileDiff{File: o.Workspace.FileDiff(ctx, f, opt, largest)}
	old, new := headless.PatchSide{Path: f.Path, Hash: f.OldHash}, headless.PatchSide{Path: f.Path, Hash: f.NewHash}
	if f.OldPath != "" {
		old.Path = f.OldPath
	}
	if d.Masked == "" && d.Unloaded == 0 && (isSpecial(f.OldMode) || isSpecial(f.NewMode)) {
		old.Data, new.Data = o.patchData(ctx, f.OldMode, f.OldHash), o.patchData(ctx, f.NewMode, f.NewHash)
	}
	d.Sides = [2]headless.PatchSide{old, new}
	return d
}

// isSpecial reports what is in a patch though its lines are not compared.
func isSpecial(m model.FileMode) bool { return m == model.ModeSymlink || m == model.ModeSubmodule }

// patchData are the bytes of a link, or of a file that becomes one or was one. Without them git apply refuses the patch, and the
// note of the difference says why they cannot be read.
func (o *Opened) patchData(ctx context.Context, mode model.FileMode, id model.Hash) []byte {
	if id == "" || mode == model.ModeSubmodule {
		return nil
	}
	data, err := o.store.Blob(ctx, id)
	if err != nil {
		return nil
	}
	return append([]byte{}, data...)
}

// sides are the two revisions, or a commit's first parent and the commit.
func (o *Opened) sides(ctx context.Context, revisions []string) (a, b model.Hash, err error) {
	if revisions[0] == live {
		return "", "", usage(model.WithHint(errors.New("live is the second side of a comparison"), "plumb diff %s live", strings.Join(revisions[1:], " ")))
	}
	first, err := o.Workspace.Resolve(ctx, revisions[0])
	if err != nil {
		return "", "", err
	}
	if len(revisions) == 2 {
		b, err = o.Workspace.Resolve(ctx, revisions[1])
		return first, b, err
	}
	c, err := o.Workspace.Commit(ctx, first)
	if err != nil {
		return "", "", err
	}
	if len(c.Parents) == 0 {
		return "", first, nil
	}
	var gone *objects.MissingError
	if _, err := o.Workspace.Commit(ctx, c.Parents[0]); errors.As(err, &gone) && o.Workspace.Info().IsShallow {
		return "", "", model.WithHint(fmt.Errorf("history ends at %s here, so what it changed is not known: %w", first.Short(), err), "git fetch --deepen 1 brings what came before")
	}
	return c.Parents[0], first, nil
}

// diffLive compares a revision, or what git wants, with what is live.
func (o *Opened) diffLive(ctx context.Context, d *headless.Diff, env, revision string, only []string, m manner) (end, err error) {
	var observations []workspace.Observation
	if revision == "" {
		environments, err := o.environments(env)
		if err != nil {
			return nil, err
		}
		if observations, err = observeAll(ctx, o.Workspace, environments); err != nil {
			return nil, err
		}
		d.From.Label = string(workspace.Tracked)
	} else {
		e, err := o.environment(env)
		if err != nil {
			return nil, err
		}
		id, err := o.Workspace.Resolve(ctx, revision)
		if err != nil {
			return nil, err
		}
		at, err := o.Workspace.ObserveAt(ctx, e.Name, id)
		if err != nil {
			return nil, err
		}
		observations = []workspace.Observation{at}
		d.From.Label = id.Short()
	}
	if len(observations) == 1 {
		d.From.Revision = observations[0].Tracked
	}
	d.To.Label = live
	picked, err := o.only(observations, only)
	if err != nil {
		return nil, err
	}
	opt := diff.Options{OldLabel: d.From.Label, NewLabel: live, IgnoreSpace: m.ignoreSpace}
	for _, p := range picked {
		d.Files = append(d.Files, resourceDiff(p, opt))
	}
	return pickedVerdict(observations, picked, len(only) > 0), nil
}

// place is a resource with the environment that it is in.
type place struct {
	env      string
	resource model.Resource
}

// only picks the resources that are not in sync and that one of the words names: an
// address, TARGET/ADDRESS, or a path of the repository. Without words it is all that
// are not in sync. A word that names nothing at all is an error.
func (o *Opened) only(observations []workspace.Observation, words []string) ([]place, error) {
	var picked []place
	used := make([]bool, len(words))
	for _, at := range observations {
		for _, r := range at.Resources() {
			wanted := len(words) == 0
			for i, w := range words {
				if o.names(w, r) {
					wanted, used[i] = true, true
				}
			}
			if wanted && r.Status != model.InSync {
				picked = append(picked, place{at.Environment.Name, r})
			}
		}
	}
	if i := slices.Index(used, false); i >= 0 {
		return nil, model.WithHint(fmt.Errorf("%q names no resource and no file of one", words[i]), "plumb status --all lists the addresses")
	}
	return picked, nil
}

func (o *Opened) names(word string, r model.Resource) bool {
	if word == string(r.Address) || word == r.Target+"/"+string(r.Address) {
		return true
	}
	within := o.inTree(word)
	sources := []string{r.Tracked.Source}
	if r.Applied != nil {
		sources = append(sources, r.Applied.Source)
	}
	return slices.ContainsFunc(sources, func(s string) bool {
		return s != "" && (within == "." || s == within || strings.HasPrefix(s, within+"/"))
	})
}

// resourceDiff is the difference from git to live. Of what cannot be seen it is the reason.
func resourceDiff(p place, opt diff.Options) headless.FileDiff {
	r := p.resource
	f := headless.FileDiff{Environment: p.env, Target: r.Target, Address: r.Address, Status: r.Status, Reason: r.Reason}
	if r.Status == model.Unknown {
		f.Note = text.Lit("cannot be compared: ").Plus(r.Reason)
		return f
	}
	f.File = workspace.ResourceDiff(r, workspace.Tracked, workspace.Live, opt)
	f.Sides = liveSides(r)
	if f.Masked == "" && (r.Tracked.Kind == symlink || r.Live.Kind == symlink) {
		f.Sides[0].Data, f.Sides[1].Data = r.Tracked.Content.Data, r.Live.Content.Data
	}
	return f
}

// symlink is the kind of a live resource that is a symbolic link.
const symlink = "symlink"

// liveSides are the address and the modes of a resource as a patch has them. What git says nothing of is as it is live.
func liveSides(r model.Resource) [2]headless.PatchSide {
	path := string(r.Address)
	old, new := patchMode(r.Tracked), patchMode(r.Live)
	if r.Tracked.Kind == r.Live.Kind {
		old, new = cmp.Or(old, new), cmp.Or(new, old)
	}
	return [2]headless.PatchSide{{Path: path, Mode: old}, {Path: path, Mode: new}}
}

// patchMode is a mode as git has it; empty where it is not known.
func patchMode(s model.State) string {
	switch s.Kind {
	case symlink:
		return "120000"
	case "directory":
		return ""
	}
	mode, _ := s.Attr("mode")
	bits, err := strconv.ParseUint(mode, 8, 32)
	switch {
	case err != nil:
		return ""
	case bits&0o111 != 0:
		return "100755"
	}
	return "100644"
}

// pickedVerdict is that of status, but about the picked resources only.
func pickedVerdict(observations []workspace.Observation, picked []place, narrowed bool) error {
	if !narrowed {
		return verdict(observations)
	}
	var worst error
	for _, p := range picked {
		if p.resource.Status != model.Unknown {
			return errDiffers
		}
		worst = errUnseen
	}
	return worst
}
