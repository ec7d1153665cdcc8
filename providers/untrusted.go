package providers

import (
	"context"

	"plumb/model"
)

// Untrusted is p for a repository that nobody has trusted yet: all that could
// run its code or reach what it names is refused. Discover, Validate and Desired, which only read files,
// pass. The hint says how to trust it.
func Untrusted(p Provider, hint string) Provider { return untrusted{p, hint} }

type untrusted struct {
	Provider
	hint string
}

func (u untrusted) inner() Provider { return u.Provider }

func (u untrusted) refuse() error { return model.Refuse(u.hint, "the repository is not trusted") }

func (u untrusted) Observe(context.Context, model.ObserveRequest, func(model.Resource)) error {
	return u.refuse()
}

func (u untrusted) Plan(context.Context, model.PlanRequest) (model.Plan, error) {
	return model.Plan{}, u.refuse()
}

func (u untrusted) Apply(context.Context, model.Plan, func(model.Event) error) error {
	return u.refuse()
}

func (u untrusted) Adopt(context.Context, model.AdoptRequest) ([]model.Edit, error) {
	return nil, u.refuse()
}

func (u untrusted) Desired(ctx context.Context, target model.Target, want model.Snapshot) ([]model.Desired, error) {
	d, err := desirer(u.Provider)
	if err != nil {
		return nil, err
	}
	return d.Desired(ctx, target, want)
}
