package gitcli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"plumb/gitops/objects"
	"plumb/gitops/objects/internal/object"
	"plumb/gitops/sshsig"
	"plumb/model"
	"plumb/model/text"
)

// Operator runs git the way the operator's own command line would: with their
// configuration, hooks, filters, credentials and transport. It runs what the repository's
// configuration names, and so is for repositories that are trusted. No call
// asks a question: what would need an answer fails. Its methods may be called
// from several goroutines at once.
type Operator struct {
	store   objects.Store
	git     git // As the operator has it.
	reading git // For what needs nothing of the operator's.
}

// NewOperator is the operator of the repository that a store has open; refs
// are moved through the store. Commands are told to ran, which may be nil. It
// fails with an error that wraps [ErrNoGit] where there is no git.
func NewOperator(s objects.Store, ran func(model.Command)) (*Operator, error) {
	g, err := find(ran)
	if err != nil {
		return nil, err
	}
	info := s.Info()
	if info.GitDir == "" {
		return nil, errors.New("git cannot work on a repository in memory")
	}
	at := []string{"--git-dir=" + info.GitDir}
	o := &Operator{store: s, reading: g.reading(at...), git: g.operating(at...)}
	if info.WorkTree != "" {
		o.git.at = []string{"-C", info.WorkTree} // Where hooks expect to be.
	}
	return o, nil
}

// MergeFastForward moves a branch, given by its full name, from prev to next, which must descend
// from prev. Where a work tree has the branch checked out, its index and files follow. Git
// refuses when that would overwrite local edits, which is an error of the class
// [model.ErrRefused] that names the files; nothing is changed then. A branch
// that is not at prev is an error that wraps [objects.ErrMoved].
func (o *Operator) MergeFastForward(ctx context.Context, branch string, next, prev model.Hash) error {
	why := "move " + text.Line(branch).String()
	if !object.IsID(next) || !object.IsID(prev) {
		return fmt.Errorf("%s: %q and %q must be object ids", why, prev, next)
	}
	if next == prev {
		return nil
	}
	descends, err := o.store.IsAncestor(ctx, prev, next)
	if err != nil {
		return fmt.Errorf("%s: %w", why, err)
	}
	if !descends {
		return model.Refuse("start again from the branch as it is now", "%s: %s does not descend from %s", why, next.Short(), prev.Short())
	}
	workTree, err := o.checkedOut(ctx, branch)
	if err != nil {
		return err
	}
	if workTree == "" {
		return o.store.UpdateRef(ctx, branch, next, prev)
	}
	if s, ok := o.store.(interface{ Sync() error }); ok {
		if err := s.Sync(); err != nil {
			return fmt.Errorf("%s: %w", why, err)
		}
	}
	// Git checks neither the branch nor where it is, so that comes first.
	if err := o.isAt(ctx, why, branch, prev); err != nil {
		return err
	}
	at := o.git
	at.at = []string{"-C", workTree}
	// The options undo what branch.NAME.mergeOptions may say.
	_, err = at.run(ctx, why, nil, "merge", "--ff-only", "--no-squash", "--commit", "--no-autostash", "--no-edit", "--quiet", string(next))
	if err != nil {
		return refusal(err, why, workTree)
	}
	// A commit that was made meanwhile has made git refuse, or left next behind.
	return o.isAt(ctx, why, branch, next)
}

// MayFastForward refuses, in the words of MergeFastForward, what that would refuse because of local
// edits, and changes nothing: it is asked before the same commit goes anywhere else.
func (o *Operator) MayFastForward(ctx context.Context, branch string, next, prev model.Hash) error {
	why := "move " + text.Line(branch).String()
	workTree, err := o.checkedOut(ctx, branch)
	if err != nil || workTree == "" {
		return err
	}
	paths, err := o.changed(ctx, prev, next)
	if err != nil || len(paths) == 0 {
		return err
	}
	at := o.git
	at.at = []string{"-C", workTree}
	for _, head := range []string{"MERGE_HEAD", "CHERRY_PICK_HEAD"} {
		_, err := at.run(ctx, why, nil, "rev-parse", "--verify", "--quiet", head)
		if err == nil {
			return mergeUnderWay(why, workTree)
		}
		if exitCode(err) != 1 {
			return err
		}
	}
	at.options = append(slices.Clip(at.options), "--literal-pathspecs")
	args := []string{"status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--ignore-submodules=all", "--"}
	out, err := at.run(ctx, why, nil, append(args, paths...)...)
	if err != nil {
		return err
	}
	var files []string
	for record := range strings.SplitSeq(string(out), "\x00") {
		const state = len("XY ")
		if len(record) > state {
			files = append(files, text.Line(record[state:]).String())
		}
	}
	if len(files) == 0 {
		return nil
	}
	return inTheWay(why, workTree, files)
}

// changed lists the paths in which two commits differ, as far as they fit on a command line: git itself judges the rest.
func (o *Operator) changed(ctx context.Context, a, b model.Hash) ([]string, error) {
	var trees [2]model.Hash
	for i, id := range []model.Hash{a, b} {
		c, err := o.store.Commit(ctx, id)
		if err != nil {
			return nil, err
		}
		trees[i] = c.Tree
	}
	const most = 1000
	var paths []string
	for f, err := range objects.DiffTrees(ctx, o.store, trees[0], trees[1]) {
		if err != nil {
			return nil, err
		}
		if paths = append(paths, f.Path); len(paths) == most {
			break
		}
	}
	return paths, nil
}

// mergeUnderWay refuses because the operator has not finished something else.
func mergeUnderWay(why, workTree string) error {
	at := text.Line(workTree)
	return model.Refuse(fmt.Sprintf("finish it in %s, or take it back: git merge --abort", at), "%s: a merge is under way in %s", why, at)
}

// inTheWay refuses because of local edits.
func inTheWay(why, workTree string, files []string) error {
	return model.Refuse(fmt.Sprintf("commit, stash or take back in %s: %s", text.Line(workTree), strings.Join(files, ", ")),
		"%s: local edits would be overwritten: %s", why, strings.Join(files, ", "))
}

func (o *Operator) isAt(ctx context.Context, why, branch string, want model.Hash) error {
	out, err := o.reading.run(ctx, why, nil, "rev-parse", "--verify", "--end-of-options", branch)
	if err != nil {
		return err
	}
	if now := model.Hash(strings.TrimSpace(string(out))); now != want {
		return fmt.Errorf("%s: %w: it is at %s, not at %s", why, objects.ErrMoved, now.Short(), want.Short())
	}
	return nil
}

var overwritten = regexp.MustCompile(`(?s)(local changes to the following files|untracked working tree files) would be overwritten by merge:\n(.*?)\n(?:[^\t]|$)`)

// refusal turns git's words for "your edits are in the way" into a refusal.
func refusal(err error, why, workTree string) error {
	said := stderrOf(err)
	var files []string
	for _, m := range overwritten.FindAllStringSubmatch(said, -1) {
		for line := range strings.Lines(m[2]) {
			files = append(files, text.Line(strings.TrimSpace(line)).String())
		}
	}
	switch {
	case len(files) > 0:
		return inTheWay(why, workTree, files)
	case strings.Contains(said, "MERGE_HEAD exists") || strings.Contains(said, "unmerged files") || strings.Contains(said, "CHERRY_PICK_HEAD exists"):
		return mergeUnderWay(why, workTree)
	case strings.Contains(said, "Not possible to fast-forward"):
		return fmt.Errorf("%s: %w: %w", why, objects.ErrMoved, err)
	}
	return err
}

// checkedOut is the work tree in which the branch is checked out, or empty.
func (o *Operator) checkedOut(ctx context.Context, branch string) (string, error) {
	out, err := o.reading.run(ctx, "list work trees", nil, "worktree", "list", "--porcelain", "-z")
	if err != nil {
		return "", err
	}
	for record := range strings.SplitSeq(string(out), "\x00\x00") {
		var path, at string
		isBare := false
		for line := range strings.SplitSeq(record, "\x00") {
			key, value, _ := strings.Cut(line, " ")
			switch key {
			case "worktree":
				path = value
			case "branch":
				at = value
			case "bare":
				isBare = true
			}
		}
		if at != branch || isBare {
			continue
		}
		// Git remembers work trees that were deleted by hand until it prunes them.
		if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
			continue
		}
		return path, nil
	}
	return "", nil
}

// Upstream is the remote and the ref on it that the branch, given by its full
// name, is pushed to and fetched from. It is not ok for a branch without one.
func (o *Operator) Upstream(ctx context.Context, branch string) (remote, mergeRef string, ok bool, err error) {
	section := "branch." + strings.TrimPrefix(branch, "refs/heads/")
	if remote, err = o.setting(ctx, section+".remote"); err != nil || remote == "" {
		return "", "", false, err
	}
	if mergeRef, err = o.setting(ctx, section+".merge"); err != nil || mergeRef == "" {
		return "", "", false, err
	}
	return remote, mergeRef, true, nil
}

// setting is a value of the configuration; empty where it is not set.
func (o *Operator) setting(ctx context.Context, key string) (string, error) {
	out, err := o.git.run(ctx, "read configuration", nil, "config", "--null", "--get", key)
	if exitCode(err) == 1 {
		return "", nil
	}
	return strings.TrimSuffix(string(out), "\x00"), err
}

// Editor is what the operator edits with, by git's own rule: $GIT_EDITOR, core.editor, $VISUAL, $EDITOR, vi. It may have arguments.
func (o *Operator) Editor(ctx context.Context) (string, error) {
	out, err := o.git.run(ctx, "find the editor", nil, "var", "GIT_EDITOR")
	if err != nil {
		return "", model.WithHint(err, "say in EDITOR what to edit with")
	}
	return strings.TrimSpace(string(out)), nil
}

// Signing is what the operator's git signs with.
func (o *Operator) Signing(ctx context.Context) (sshsig.Config, error) {
	var c sshsig.Config
	for _, s := range []struct {
		key   string
		value *string
	}{
		{"plumb.signingkey", &c.PlumbSigningKey}, {"user.signingkey", &c.SigningKey}, {"gpg.format", &c.Format},
		{"gpg.ssh.program", &c.Program}, {"gpg.ssh.defaultKeyCommand", &c.DefaultKeyCommand},
	} {
		var err error
		if *s.value, err = o.setting(ctx, s.key); err != nil {
			return c, err
		}
	}
	c.Dir = cmp.Or(o.store.Info().WorkTree, o.store.Info().GitDir)
	return c, nil
}

// Push pushes refspecs to a remote, all or none. A ref that
// moved on the remote is an error that wraps [objects.ErrMoved].
func (o *Operator) Push(ctx context.Context, remote string, refspecs ...string) error {
	why := "push to " + text.Line(remote).String()
	args := append([]string{"push", "--quiet", "--no-recurse-submodules", "--", remote}, refspecs...)
	if len(refspecs) > 1 {
		args = append([]string{"push", "--quiet", "--no-recurse-submodules", "--atomic", "--", remote}, refspecs...)
	}
	_, err := o.git.run(ctx, why, nil, args...)
	if said := stderrOf(err); strings.Contains(said, "(fetch first)") || strings.Contains(said, "(non-fast-forward)") || strings.Contains(said, "(stale info)") {
		return model.WithHint(fmt.Errorf("%w: %w", objects.ErrMoved, err), "fetch first: git fetch %s", text.Line(remote))
	}
	return reachable(err)
}

// Fetch fetches from a remote what its configuration says, and nothing of submodules.
func (o *Operator) Fetch(ctx context.Context, remote string) error {
	why := "fetch from " + text.Line(remote).String()
	_, err := o.git.run(ctx, why, nil, "fetch", "--quiet", "--no-recurse-submodules", "--no-auto-maintenance", "--", remote)
	return reachable(err)
}

// reachable adds the way out to the errors of a remote that let nobody in.
func reachable(err error) error {
	said := stderrOf(err)
	for _, words := range []string{"Permission denied", "could not read Username", "could not read Password", "terminal prompts disabled", "Authentication failed", "Host key verification failed"} {
		if strings.Contains(said, words) {
			return model.WithHint(err, "plumb asks no passwords: make `git fetch` work without one, by ssh-agent or a credential helper")
		}
	}
	return err
}

// Identity is the name and the address that git puts into the operator's commits. It fails
// with a hint where they are not set: an address that git makes up is no identity.
func (o *Operator) Identity(ctx context.Context) (name, email string, err error) {
	g := o.git
	g.options = append(slices.Clip(g.options), "-c", "user.useConfigOnly=true")
	out, err := g.run(ctx, "read identity", nil, "var", "GIT_AUTHOR_IDENT")
	if exitCode(err) > 0 {
		// What git says about it is a page of advice; the hint is the part that helps.
		return "", "", model.WithHint(errors.New("git does not know who you are"),
			"git config --global user.name \"Your Name\"; git config --global user.email you@example.org")
	}
	if err != nil {
		return "", "", err
	}
	line := string(out)
	from, to := strings.IndexByte(line, '<'), strings.LastIndexByte(line, '>')
	if from < 0 || to < from {
		return "", "", fmt.Errorf("read identity: git says %q", line)
	}
	return strings.TrimSpace(line[:from]), line[from+1 : to], nil
}
