package hosts

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"plumb/model"
	"plumb/model/text"
)

// Observe looks at all hosts at the same time and emits each host's files in path order.
func (p *Provider) Observe(ctx context.Context, req model.ObserveRequest, emit func(model.Resource)) error {
	tracked, applied, err := p.layouts(ctx, req.Target, req.Tracked, req.Applied)
	if err != nil {
		return err
	}
	var mu sync.Mutex
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(p.opt.Limits.Hosts)
	for _, h := range req.Target.Hosts {
		group.Go(func() error {
			resources := p.observeHost(ctx, req.Target, h, tracked[h.Name], applied[h.Name], !req.Applied.IsZero())
			// A host that seems lost because nobody waits any more is not news about the host.
			if err := ctx.Err(); err != nil {
				return fmt.Errorf("observe %s: %w", req.Target.Name, err)
			}
			mu.Lock()
			defer mu.Unlock()
			for _, r := range resources {
				emit(r)
			}
			return nil
		})
	}
	return group.Wait()
}

// layouts reads what a request's snapshots want. That the target was not there
// when something was last applied just means that nothing of it was.
func (p *Provider) layouts(ctx context.Context, target model.Target, want, applied model.Snapshot) (layout, layout, error) {
	for _, r := range target.Files {
		if err := checkRule(r); err != nil {
			return nil, nil, fmt.Errorf("files of target %s: %w", target.Name, err)
		}
	}
	w, err := readLayout(ctx, want, target, p.opt.Limits.Keep)
	if err != nil {
		return nil, nil, err
	}
	if applied.IsZero() {
		return w, layout{}, nil
	}
	a, err := readLayout(ctx, applied, target, p.opt.Limits.Keep)
	if errors.Is(err, errNoTarget) {
		return w, layout{}, nil
	}
	return w, a, err
}

// observeHost never fails: a host that does is unknown, file by file.
func (p *Provider) observeHost(ctx context.Context, target model.Target, h model.Host, tracked, applied map[string]model.State, hasApplied bool) []model.Resource {
	paths := sortedKeys(union(tracked, applied))
	resource := func(name string) model.Resource {
		r := model.Resource{Target: target.Name, Address: address(h.Name, name), Group: h.Name, Name: name, Tracked: tracked[name]}
		if hasApplied {
			was := applied[name]
			r.Applied = &was
		}
		r.Kind = r.Tracked.Kind
		if r.Kind == "" {
			r.Kind = applied[name].Kind
		}
		return r
	}
	sights, contents, _, err := p.survey(ctx, "observe", target, h, paths, p.opt.Limits.Observe, tracked, applied)
	var resources []model.Resource
	if err != nil {
		for _, name := range paths {
			r := resource(name)
			r.Status, r.Reason = model.Unknown, text.Line(err.Error())
			resources = append(resources, r)
		}
		return resources
	}
	for _, name := range sortedKeys(sights) {
		r, s := resource(name), sights[name]
		if s.problem != "" {
			r.Status, r.Reason = model.Unknown, text.Format("%s reading %s", s.problem, escape(name, false))
			resources = append(resources, r)
			continue
		}
		r.Live = s.state(r.Tracked, applied[name], model.State{Sensitive: treat(target.Files, name).sensitive})
		r.Live.Content = withData(r.Live, s, contents[name], p.opt.Limits.Observe, r.Tracked, applied[name])
		if !r.Tracked.Exists && !isThere(s) {
			continue
		}
		if r.Live.Exists {
			r.Kind = r.Live.Kind
		}
		r.Status = model.Judge(r.Tracked, r.Applied, r.Live)
		r.Reason = explain(r)
		resources = append(resources, r)
	}
	return resources
}

// isThere reports whether a file that git does not want is there. A directory
// in its place is not the file: it holds others, or belongs to nobody.
func isThere(s sight) bool { return s.exists && s.kind != "directory" }

// survey looks at a host's paths and its exclusive directories, and loads what differs from all the known versions.
// It also answers who owns new files there.
func (p *Provider) survey(ctx context.Context, why string, target model.Target, h model.Host, paths []string, limit int64, known ...map[string]model.State) (map[string]sight, map[string][]byte, owner, error) {
	m, err := p.machine(h, why+" "+h.Name, false)
	if err != nil {
		return nil, nil, owner{}, err
	}
	defer m.close()
	sights, err := m.look(ctx, paths, exclusives(target.Files))
	if err != nil {
		return nil, nil, owner{}, err
	}
	// What a run left that was killed is not on the host for anybody, and is no drift.
	maps.DeleteFunc(sights, func(name string, _ sight) bool { return isTemp(name) && !slices.Contains(paths, name) })
	fresh := m.fresh()
	var load []string
	for _, name := range sortedKeys(sights) {
		s := sights[name]
		needed := s.kind == "file" && s.size <= limit
		for _, k := range known {
			needed = needed && k[name].Content.Sum != s.sum
		}
		if needed {
			load = append(load, name)
		}
	}
	if len(load) == 0 {
		return sights, nil, fresh, nil
	}
	contents, err := m.read(ctx, load, limit)
	return sights, contents, fresh, err
}

// withData adds the bytes to a live content: from git where git has the same, else as they were loaded.
func withData(live model.State, s sight, data []byte, limit int64, known ...model.State) model.Content {
	if live.Kind != "file" {
		return live.Content
	}
	for _, k := range known {
		if k.Exists && k.Kind == "file" && k.Content.Sum == s.sum {
			return k.Content
		}
	}
	switch {
	case data != nil:
		// The file may have changed since it was seen; what was loaded is what is said about it.
		return model.NewContent(data)
	case s.size > limit:
		live.Content.Omitted = size(s.size) + ", not loaded"
	default:
		live.Content.Omitted = "could not be loaded"
	}
	return live.Content
}

func union(a, b map[string]model.State) map[string]model.State {
	u := make(map[string]model.State, len(a)+len(b))
	maps.Copy(u, b)
	maps.Copy(u, a)
	return u
}
