package providers

import (
	"context"
	"io/fs"
	"sync"
	"time"

	"plumb/model"
)

// Recording is p with every call told to ran when it has ended: what it was
// for, how long it took by the clock now, and how it failed. Ran is called from one goroutine at a time.
func Recording(p Provider, now func() time.Time, ran func(model.Command)) Provider {
	return &recording{Provider: p, now: now, ran: ran}
}

type recording struct {
	Provider
	now func() time.Time
	mu  sync.Mutex
	ran func(model.Command)
}

func (r *recording) inner() Provider { return r.Provider }

// call starts a record; what it answers ends it.
func (r *recording) call(verb, target string) func(*error) {
	why := verb + " " + target
	if target == "" {
		why = verb
	}
	at := r.now()
	return func(err *error) {
		c := model.Command{At: at, Why: why, Internal: r.Name() + ": " + why, Took: r.now().Sub(at)}
		if *err != nil {
			c.Err = (*err).Error()
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.ran(c)
	}
}

func (r *recording) Discover(ctx context.Context, tree fs.FS) (targets []model.Target, err error) {
	defer r.call("discover", "")(&err)
	return r.Provider.Discover(ctx, tree)
}

func (r *recording) Validate(ctx context.Context, target model.Target, want model.Snapshot) (findings []model.Finding, err error) {
	defer r.call("validate", target.Name)(&err)
	return r.Provider.Validate(ctx, target, want)
}

func (r *recording) Observe(ctx context.Context, req model.ObserveRequest, emit func(model.Resource)) (err error) {
	defer r.call("observe", req.Target.Name)(&err)
	return r.Provider.Observe(ctx, req, emit)
}

func (r *recording) Plan(ctx context.Context, req model.PlanRequest) (plan model.Plan, err error) {
	defer r.call("plan", req.Target.Name)(&err)
	return r.Provider.Plan(ctx, req)
}

func (r *recording) Apply(ctx context.Context, plan model.Plan, record func(model.Event) error) (err error) {
	defer r.call("apply", plan.Target)(&err)
	return r.Provider.Apply(ctx, plan, record)
}

func (r *recording) Adopt(ctx context.Context, req model.AdoptRequest) (edits []model.Edit, err error) {
	defer r.call("adopt", req.Target.Name)(&err)
	a, err := adopter(r.Provider)
	if err != nil {
		return nil, err
	}
	return a.Adopt(ctx, req)
}

func (r *recording) Desired(ctx context.Context, target model.Target, want model.Snapshot) (desired []model.Desired, err error) {
	defer r.call("read what git wants of", target.Name)(&err)
	d, err := desirer(r.Provider)
	if err != nil {
		return nil, err
	}
	return d.Desired(ctx, target, want)
}
