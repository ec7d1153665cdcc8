package workspace

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"plumb/gitops/history"
	"plumb/gitops/objects"
	"plumb/model"
	"plumb/model/filter"
)

// History is the repository's history, with where the environments stand in it.
func (w *Workspace) History() *history.History { return w.history }

// paths are the files and directories that the environment, target or resource of a filter is made of.
func (w *Workspace) paths(ctx context.Context, kind filter.Kind, value string) ([]string, error) {
	switch kind {
	case filter.Environment:
		e, err := w.Environment(value)
		return e.Paths(), err
	case filter.Target:
		return w.targetPaths(value)
	case filter.Resource:
		return w.resourcePaths(ctx, model.Address(value))
	}
	return nil, fmt.Errorf("%q has no paths", kind)
}

// targetPaths are the directories of the targets with the name, or of the one in the environment of ENV/NAME.
func (w *Workspace) targetPaths(value string) ([]string, error) {
	var paths, names []string
	for _, e := range w.Environments() {
		for _, t := range e.Targets {
			names = append(names, e.Name+"/"+t.Name)
			if (t.Name == value || e.Name+"/"+t.Name == value) && !slices.Contains(paths, t.Path) {
				paths = append(paths, t.Path)
			}
		}
	}
	if len(paths) > 0 {
		return paths, nil
	}
	err := fmt.Errorf("there is no target %q", value)
	if len(names) == 0 {
		return nil, model.WithHint(err, "this repository has none yet: plumb init writes a plumb.yaml")
	}
	return nil, model.WithHint(err, "the targets are %s", strings.Join(names, ", "))
}

// resourcePaths are the files that a resource comes from. Which they are is known after a look at it.
func (w *Workspace) resourcePaths(ctx context.Context, address model.Address) ([]string, error) {
	if paths := w.sourcesOf(address); len(paths) > 0 {
		return paths, nil
	}
	var failed error
	for _, e := range w.Environments() {
		if _, err := w.Observe(ctx, e.Name, nil); err != nil {
			failed = err
		}
		if paths := w.sourcesOf(address); len(paths) > 0 {
			return paths, nil
		}
	}
	if failed != nil {
		return nil, fmt.Errorf("find what %s is made of: %w", address, failed)
	}
	return nil, model.WithHint(fmt.Errorf("there is no resource %q that git knows of", address), "plumb status lists the addresses; path: filters by file")
}

func (w *Workspace) sourcesOf(address model.Address) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.sources[address]
}

// rememberSources notes where in git a resource comes from.
func (w *Workspace) rememberSources(r model.Resource) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range []*model.State{&r.Tracked, r.Applied} {
		if s != nil && s.Source != "" && !slices.Contains(w.sources[r.Address], s.Source) {
			w.sources[r.Address] = append(w.sources[r.Address], s.Source)
		}
	}
}

// Signatures says what the signatures of commits are worth.
func (w *Workspace) Signatures(ctx context.Context, ids []model.Hash) (map[model.Hash]objects.Signing, error) {
	h, err := w.historian("verify signatures")
	if err != nil {
		return nil, err
	}
	return h.Signatures(ctx, ids)
}

// Fingerprint is a number that changes whenever branches or tags may have: cheap enough to be asked every second.
func (w *Workspace) Fingerprint() (uint64, error) {
	h, err := w.historian("watch the repository")
	if err != nil {
		return 0, err
	}
	return h.Fingerprint()
}

// Fetch fetches from where the branch of the work tree is pushed to, or from origin, with the operator's own
// git. The repository's configuration says how, so it has to be trusted.
func (w *Workspace) Fetch(ctx context.Context) error {
	if w.opt.MayRun != nil {
		if err := w.opt.MayRun(); err != nil {
			return err
		}
	}
	if w.opt.Git == nil {
		return model.WithHint(errors.New("fetch: git is not there"), "install git")
	}
	remote := "origin"
	if head := w.Info().Head; head != "" {
		upstream, _, ok, err := w.opt.Git.Upstream(ctx, head)
		if err != nil {
			return err
		}
		if ok {
			remote = upstream
		}
	}
	return w.opt.Git.Fetch(ctx, remote)
}
