package workspace

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"plumb/gitops/objects"
	"plumb/model"
)

// Observation is the live state of an environment beside git's.
type Observation struct {
	Position
	Targets []TargetObservation // In the order of plumb.yaml.
}

// TargetObservation is the live state of one target.
type TargetObservation struct {
	Target    model.Target
	CheckedAt time.Time
	Resources []model.Resource // Sorted by group, then name.
	Err       error            // Why nothing can be said about the target at all.
}

// Count is the number of resources with the status.
func (t TargetObservation) Count(s model.Status) int {
	n := 0
	for _, r := range t.Resources {
		if r.Status == s {
			n++
		}
	}
	return n
}

// Count is the number of resources with the status, over all targets.
func (o Observation) Count(s model.Status) int {
	n := 0
	for _, t := range o.Targets {
		n += t.Count(s)
	}
	return n
}

// InSync reports whether every resource is known and in sync.
func (o Observation) InSync() bool {
	for _, t := range o.Targets {
		if t.Err != nil || t.Count(model.InSync) != len(t.Resources) {
			return false
		}
	}
	return true
}

// Resources are the resources of all targets.
func (o Observation) Resources() []model.Resource {
	var all []model.Resource
	for _, t := range o.Targets {
		all = append(all, t.Resources...)
	}
	return all
}

// Observe looks at the live state of an environment. Emit, if not nil, gets
// the resources as they become known, from one goroutine at a time; the result
// has them all. What cannot be seen is in the result, as unknown or as a
// target's error; the error is for what makes the question itself impossible.
func (w *Workspace) Observe(ctx context.Context, env string, emit func(model.Resource)) (Observation, error) {
	p, err := w.Position(ctx, env)
	if err != nil {
		return Observation{}, err
	}
	o, err := w.observe(ctx, p, emit)
	if err != nil || p.Source == AppliedLedger || p.touched {
		return o, err
	}
	inferred, ok, err := w.infer(ctx, o)
	if err != nil || !ok || inferred == p.Applied {
		return o, err
	}
	w.rememberInferred(env, p.Tracked, inferred)
	if p, err = w.Position(ctx, env); err != nil {
		return Observation{}, err
	}
	// The same reality, judged again now that there is something to judge it by.
	return w.observe(ctx, p, emit)
}

func (w *Workspace) observe(ctx context.Context, p Position, emit func(model.Resource)) (Observation, error) {
	o := Observation{Position: p, Targets: make([]TargetObservation, len(p.Environment.Targets))}
	tracked, applied, err := w.snapshots(ctx, p)
	if err != nil {
		return o, err
	}
	var emitting sync.Mutex
	var wg sync.WaitGroup
	for i, t := range p.Environment.Targets {
		wg.Go(func() {
			target := &o.Targets[i]
			target.Target = t
			defer func() { target.CheckedAt = w.opt.Now() }()
			engine, err := w.engine(t)
			if err != nil {
				target.Err = err
				return
			}
			req := model.ObserveRequest{Environment: p.Environment.Name, Target: t, Tracked: tracked, Applied: applied}
			target.Err = engine.Observe(ctx, req, func(r model.Resource) {
				target.Resources = append(target.Resources, r)
				w.rememberSources(r)
				if emit != nil {
					emitting.Lock()
					defer emitting.Unlock()
					emit(r)
				}
			})
			slices.SortFunc(target.Resources, func(a, b model.Resource) int {
				return cmp.Or(cmp.Compare(a.Group, b.Group), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Address, b.Address))
			})
		})
	}
	wg.Wait()
	return o, ctx.Err()
}

// snapshots are the files as tracked and as applied; the latter is zero where it is not known.
func (w *Workspace) snapshots(ctx context.Context, p Position) (tracked, applied model.Snapshot, err error) {
	if p.Tracked == "" {
		return tracked, applied, model.WithHint(fmt.Errorf("there is no commit yet that %s could be compared with", p.Environment.Name), "commit something first")
	}
	if tracked, err = w.snapshot(ctx, p.Tracked); err != nil {
		return tracked, applied, err
	}
	if p.Applied != "" {
		applied, err = w.snapshot(ctx, p.Applied)
	}
	return tracked, applied, err
}

func (w *Workspace) snapshot(ctx context.Context, id model.Hash) (model.Snapshot, error) {
	s, err := objects.Snapshot(ctx, w.opt.Store, id)
	if err != nil {
		return s, fmt.Errorf("read the files of %s: %w", id.Short(), err)
	}
	return s, nil
}

// engine finds the engine of a target.
func (w *Workspace) engine(t model.Target) (Engine, error) {
	e, ok := w.configured().Engines[t.Provider]
	if !ok {
		return nil, model.WithHint(fmt.Errorf("target %s: there is no provider %q", t.Name, t.Provider), "correct provider: in plumb.yaml")
	}
	return e, nil
}
