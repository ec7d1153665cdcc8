package providers

import (
	"context"
	"io/fs"
	"sync"

	"plumb/model"
)

// Point is a place where [Faults] can make something fail.
type Point string

// The points: the start of each call, and the callbacks that a provider makes.
const (
	AtDiscover Point = "discover"
	AtValidate Point = "validate"
	AtObserve  Point = "observe"
	AtPlan     Point = "plan"
	AtApply    Point = "apply"
	AtAdopt    Point = "adopt"
	AtDesired  Point = "desired"
	AtEmit     Point = "emit"   // Observe ends with the error, as when its source dries up.
	AtRecord   Point = "record" // Apply's record answers the error, as when a journal's disk is full.
)

// Fault is one thing that goes wrong: the Nth time, from 1, that the point is reached.
type Fault struct {
	Point Point
	N     int
	Err   error
}

// Faults is p with things going wrong as said, for tests of all that calls a provider.
func Faults(p Provider, faults ...Fault) Provider {
	return &faulty{Provider: p, faults: faults, reached: map[Point]int{}}
}

type faulty struct {
	Provider
	faults  []Fault
	mu      sync.Mutex
	reached map[Point]int
}

func (f *faulty) inner() Provider { return f.Provider }

// reach counts a point and answers what goes wrong there this time.
func (f *faulty) reach(p Point) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.reached[p]++
	for _, fault := range f.faults {
		if fault.Point == p && fault.N == f.reached[p] {
			return fault.Err
		}
	}
	return nil
}

func (f *faulty) Discover(ctx context.Context, tree fs.FS) ([]model.Target, error) {
	if err := f.reach(AtDiscover); err != nil {
		return nil, err
	}
	return f.Provider.Discover(ctx, tree)
}

func (f *faulty) Validate(ctx context.Context, target model.Target, want model.Snapshot) ([]model.Finding, error) {
	if err := f.reach(AtValidate); err != nil {
		return nil, err
	}
	return f.Provider.Validate(ctx, target, want)
}

func (f *faulty) Observe(ctx context.Context, req model.ObserveRequest, emit func(model.Resource)) error {
	if err := f.reach(AtObserve); err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var fault error
	err := f.Provider.Observe(ctx, req, func(r model.Resource) {
		if fault == nil {
			fault = f.reach(AtEmit)
		}
		if fault != nil {
			cancel(fault)
			return
		}
		emit(r)
	})
	if fault != nil {
		return fault
	}
	return err
}

func (f *faulty) Plan(ctx context.Context, req model.PlanRequest) (model.Plan, error) {
	if err := f.reach(AtPlan); err != nil {
		return model.Plan{}, err
	}
	return f.Provider.Plan(ctx, req)
}

func (f *faulty) Apply(ctx context.Context, plan model.Plan, record func(model.Event) error) error {
	if err := f.reach(AtApply); err != nil {
		return err
	}
	return f.Provider.Apply(ctx, plan, func(e model.Event) error {
		if err := f.reach(AtRecord); err != nil {
			return err
		}
		return record(e)
	})
}

func (f *faulty) Adopt(ctx context.Context, req model.AdoptRequest) ([]model.Edit, error) {
	if err := f.reach(AtAdopt); err != nil {
		return nil, err
	}
	a, err := adopter(f.Provider)
	if err != nil {
		return nil, err
	}
	return a.Adopt(ctx, req)
}

func (f *faulty) Desired(ctx context.Context, target model.Target, want model.Snapshot) ([]model.Desired, error) {
	if err := f.reach(AtDesired); err != nil {
		return nil, err
	}
	d, err := desirer(f.Provider)
	if err != nil {
		return nil, err
	}
	return d.Desired(ctx, target, want)
}
