package hosts

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"plumb/model"
)

// discoverDepth is how far below the root a target may be.
const discoverDepth = 6

// Discover takes a directory for a target when it has the layout of one: a
// directory all/ with an etc/ in it, or two or more directories that all have an etc/. Directories
// with an etc/ beside all/ are its hosts, which are reached over ssh by their own names. A
// directory whose files are laid out in another way needs a target in plumb.yaml.
func (p *Provider) Discover(ctx context.Context, tree fs.FS) ([]model.Target, error) {
	var targets []model.Target
	var visit func(dir string, depth int) error
	visit = func(dir string, depth int) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		entries, err := fs.ReadDir(tree, dir)
		if err != nil {
			return err
		}
		var dirs, hosts []string
		hasShared := false
		for _, e := range entries {
			if !e.IsDir() || e.Name()[0] == '.' {
				continue
			}
			dirs = append(dirs, e.Name())
			info, err := fs.Stat(tree, path.Join(dir, e.Name(), "etc"))
			switch {
			case err != nil && !errors.Is(err, fs.ErrNotExist):
				return err
			case err != nil || !info.IsDir():
			case e.Name() == shared:
				hasShared = true
			case checkHostName(e.Name()) == nil && checkDestination(e.Name()) == nil:
				hosts = append(hosts, e.Name())
			}
		}
		if hasShared || len(hosts) > 1 && len(hosts) == len(dirs) {
			t := model.Target{Name: path.Base(dir), Provider: p.Name(), Path: dir}
			if dir == "." {
				t.Name = p.Name()
			}
			for _, h := range hosts {
				t.Hosts = append(t.Hosts, model.Host{Name: h, SSH: h})
			}
			targets = append(targets, t)
			return nil
		}
		if depth == discoverDepth {
			return nil
		}
		for _, d := range dirs {
			if err := visit(path.Join(dir, d), depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	if err := visit(".", 0); err != nil {
		return nil, fmt.Errorf("discover hosts: %w", err)
	}
	slices.SortFunc(targets, func(a, b model.Target) int { return slices.Compare([]string{a.Path}, []string{b.Path}) })
	return targets, nil
}
