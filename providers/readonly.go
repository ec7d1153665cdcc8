package providers

import (
	"context"

	"plumb/model"
)

// ReadOnly is p without the right to write: Apply is refused, whoever asks.
func ReadOnly(p Provider) Provider { return readOnly{p} }

type readOnly struct{ Provider }

func (r readOnly) inner() Provider { return r.Provider }

func (r readOnly) Apply(_ context.Context, plan model.Plan, _ func(model.Event) error) error {
	return model.Refuse("start plumb without --readonly, or set readonly: false for the environment in plumb.yaml",
		"%s is read-only", environmentOf(plan))
}

func environmentOf(plan model.Plan) string {
	if plan.Environment == "" {
		return "target " + plan.Target
	}
	return plan.Environment
}

func (r readOnly) Adopt(ctx context.Context, req model.AdoptRequest) ([]model.Edit, error) {
	a, err := adopter(r.Provider)
	if err != nil {
		return nil, err
	}
	return a.Adopt(ctx, req)
}

func (r readOnly) Desired(ctx context.Context, target model.Target, want model.Snapshot) ([]model.Desired, error) {
	d, err := desirer(r.Provider)
	if err != nil {
		return nil, err
	}
	return d.Desired(ctx, target, want)
}
