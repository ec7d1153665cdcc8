package providers

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"plumb/model"
)

// Timeouts are how long each call may take; zero is without limit.
type Timeouts struct {
	Read    time.Duration // Discover, Validate, Adopt and Desired.
	Observe time.Duration
	Plan    time.Duration
	Apply   time.Duration // No new step begins after it.
}

// Timeout is p with a limit on how long each call takes. The error of a call
// that took too long wraps context.DeadlineExceeded and says so.
func Timeout(p Provider, t Timeouts) Provider { return timeout{p, t} }

type timeout struct {
	Provider
	limits Timeouts
}

func (t timeout) inner() Provider { return t.Provider }

// within runs do under a limit and says in its error when that was passed.
func within(ctx context.Context, limit time.Duration, what string, do func(context.Context) error) error {
	if limit <= 0 {
		return do(ctx)
	}
	bounded, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	err := do(bounded)
	if err != nil && ctx.Err() == nil && errors.Is(bounded.Err(), context.DeadlineExceeded) {
		return model.WithHint(fmt.Errorf("%s took longer than %s: %w", what, limit, err), "see under what ran which host is slow, and try it by hand")
	}
	return err
}

func (t timeout) Discover(ctx context.Context, tree fs.FS) (targets []model.Target, err error) {
	err = within(ctx, t.limits.Read, "discovering targets", func(ctx context.Context) (err error) {
		targets, err = t.Provider.Discover(ctx, tree)
		return err
	})
	return targets, err
}

func (t timeout) Validate(ctx context.Context, target model.Target, want model.Snapshot) (findings []model.Finding, err error) {
	err = within(ctx, t.limits.Read, "validating "+target.Name, func(ctx context.Context) (err error) {
		findings, err = t.Provider.Validate(ctx, target, want)
		return err
	})
	return findings, err
}

func (t timeout) Observe(ctx context.Context, req model.ObserveRequest, emit func(model.Resource)) error {
	return within(ctx, t.limits.Observe, "observing "+req.Target.Name, func(ctx context.Context) error {
		return t.Provider.Observe(ctx, req, emit)
	})
}

func (t timeout) Plan(ctx context.Context, req model.PlanRequest) (plan model.Plan, err error) {
	err = within(ctx, t.limits.Plan, "planning "+req.Target.Name, func(ctx context.Context) (err error) {
		plan, err = t.Provider.Plan(ctx, req)
		return err
	})
	return plan, err
}

func (t timeout) Apply(ctx context.Context, plan model.Plan, record func(model.Event) error) error {
	return within(ctx, t.limits.Apply, "applying "+plan.Target, func(ctx context.Context) error {
		return t.Provider.Apply(ctx, plan, record)
	})
}

func (t timeout) Adopt(ctx context.Context, req model.AdoptRequest) (edits []model.Edit, err error) {
	a, err := adopter(t.Provider)
	if err != nil {
		return nil, err
	}
	err = within(ctx, t.limits.Read, "adopting from "+req.Target.Name, func(ctx context.Context) (err error) {
		edits, err = a.Adopt(ctx, req)
		return err
	})
	return edits, err
}

func (t timeout) Desired(ctx context.Context, target model.Target, want model.Snapshot) (desired []model.Desired, err error) {
	d, err := desirer(t.Provider)
	if err != nil {
		return nil, err
	}
	err = within(ctx, t.limits.Read, "reading what git wants of "+target.Name, func(ctx context.Context) (err error) {
		desired, err = d.Desired(ctx, target, want)
		return err
	})
	return desired, err
}
