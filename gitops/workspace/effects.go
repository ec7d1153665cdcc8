package workspace

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"plumb/model"
)

// Desirer is an engine that can say what a revision wants without looking at reality. An engine that cannot, but might,
// answers an error that wraps [errors.ErrUnsupported].
type Desirer interface {
	Desired(ctx context.Context, target model.Target, want model.Snapshot) ([]model.Desired, error)
}

// EnvironmentEffect is what the way from one revision to another would change in an environment, as git wants it.
type EnvironmentEffect struct {
	Environment model.Environment
	Targets     []TargetEffect // Those that are touched, in the order of plumb.yaml.
}

// Count is the number of resources that the action would be done to, over all targets.
func (e EnvironmentEffect) Count(a model.Action) int {
	n := 0
	for _, t := range e.Targets {
		n += t.Count(a)
	}
	return n
}

// TargetEffect is what would change in one target.
type TargetEffect struct {
	Target    model.Target
	Files     int      // Files below the target's path that differ.
	FilesOnly bool     // Its engine cannot say what becomes of them without looking at what is live.
	Resources []Effect // Sorted by group, then name.
	Err       error    // Why it is not known.
}

// Count is the number of resources that the action would be done to.
func (t TargetEffect) Count(a model.Action) int {
	n := 0
	for _, e := range t.Resources {
		if e.Action == a {
			n++
		}
	}
	return n
}

// Groups are the groups of the resources that would change, sorted: the hosts.
func (t TargetEffect) Groups() []string {
	var groups []string
	for _, e := range t.Resources {
		groups = append(groups, e.Group)
	}
	return slices.Compact(groups)
}

// Effect is what would be done to one resource.
type Effect struct {
	Address model.Address
	Group   string
	Name    string
	Action  model.Action
	Differs []string // What differs of one that stays: "content", "kind" or names of attributes.
	Source  string   // The file that says so: B's, or A's where B has none.
}

// Effects answers for each environment what a deploy of b where all is as a wants it would change: what git wants at a is held
// against what it wants at b. No live state is looked at, and none of the repository's code is run. Files are those that
// differ, as [Workspace.Between] answers them. Environments that are not touched are there too, without targets.
func (w *Workspace) Effects(ctx context.Context, a, b model.Hash, files []model.FileChange) ([]EnvironmentEffect, error) {
	if len(w.Environments()) == 0 {
		return nil, nil
	}
	before, err := w.snapshot(ctx, a)
	if err != nil {
		return nil, err
	}
	after, err := w.snapshot(ctx, b)
	if err != nil {
		return nil, err
	}
	var effects []EnvironmentEffect
	for _, e := range w.Environments() {
		found := make([]TargetEffect, len(e.Targets))
		var wg sync.WaitGroup
		for i, t := range e.Targets {
			found[i] = TargetEffect{Target: t, Files: countBelow(files, t.Path)}
			if found[i].Files > 0 || len(files) > 0 && (hasLinks(before, t.Path) || hasLinks(after, t.Path)) {
				wg.Go(func() { w.effect(ctx, &found[i], before, after) })
			}
		}
		wg.Wait()
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		found = slices.DeleteFunc(found, func(t TargetEffect) bool { return t.Files == 0 && len(t.Resources) == 0 && t.Err == nil })
		effects = append(effects, EnvironmentEffect{e, found})
	}
	return effects, nil
}

// countBelow counts the files that differ in a directory, moved ones on both ends.
func countBelow(files []model.FileChange, dir string) int {
	dir = path.Clean(dir)
	below := func(file string) bool {
		return file != "" && (dir == "." || file == dir || strings.HasPrefix(file, dir+"/"))
	}
	n := 0
	for _, f := range files {
		if below(f.Path) || below(f.OldPath) {
			n++
		}
	}
	return n
}

// hasLinks reports whether what a directory holds may come from elsewhere, because it, a directory above it or something directly
// in it is a symbolic link. Files that differ somewhere else can then matter to it.
func hasLinks(snap model.Snapshot, dir string) bool {
	for d := path.Clean(dir); d != "."; d = path.Dir(d) {
		if info, err := fs.Lstat(snap.Files, d); err == nil && info.Mode()&fs.ModeSymlink != 0 {
			return true
		}
	}
	entries, err := fs.ReadDir(snap.Files, path.Clean(dir))
	return err == nil && slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Type()&fs.ModeSymlink != 0 })
}

// effect works out one target.
func (w *Workspace) effect(ctx context.Context, t *TargetEffect, before, after model.Snapshot) {
	engine, err := w.engine(t.Target)
	if err != nil {
		t.Err = err
		return
	}
	desirer, ok := engine.(Desirer)
	if !ok {
		t.FilesOnly = true
		return
	}
	was, err := desirer.Desired(ctx, t.Target, before)
	if errors.Is(err, fs.ErrNotExist) {
		was, err = nil, nil // Nothing of it was wanted yet.
	}
	var will []model.Desired
	if err == nil {
		will, err = desirer.Desired(ctx, t.Target, after)
	}
	switch {
	case errors.Is(err, errors.ErrUnsupported):
		t.FilesOnly = true
	case err != nil:
		t.Err = fmt.Errorf("say what changes in %s: %w", t.Target.Name, err)
	default:
		t.Resources = lead(was, will)
	}
}

// lead lists what leads from one wish to another.
func lead(was, will []model.Desired) []Effect {
	old := make(map[model.Address]model.Desired, len(was))
	for _, d := range was {
		old[d.Address] = d
	}
	var effects []Effect
	for _, d := range will {
		before := old[d.Address].State
		delete(old, d.Address)
		e := Effect{Address: d.Address, Group: d.Group, Name: d.Name, Action: model.Update, Source: d.State.Source}
		switch {
		case !before.Exists:
			e.Action = model.Create
		case before.Kind != d.State.Kind:
			e.Action, e.Differs = model.Replace, []string{"kind"}
		default:
			e.Differs = union(d.State.Differences(before), before.Differences(d.State))
			if len(e.Differs) == 0 {
				continue
			}
		}
		effects = append(effects, e)
	}
	for _, d := range old {
		effects = append(effects, Effect{Address: d.Address, Group: d.Group, Name: d.Name, Action: model.Delete, Source: d.State.Source})
	}
	slices.SortFunc(effects, func(a, b Effect) int {
		return cmp.Or(cmp.Compare(a.Group, b.Group), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Address, b.Address))
	})
	return effects
}

// union is all words of two lists, each once.
func union(a, b []string) []string {
	for _, s := range b {
		if !slices.Contains(a, s) {
			a = append(a, s)
		}
	}
	return a
}
