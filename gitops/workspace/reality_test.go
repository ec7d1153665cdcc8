package workspace_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/providers/hosts"
)

// restless is an engine under which reality moves: before is called with the number of each call.
type restless struct {
	*hosts.Provider
	plans, applies int
	beforePlan     func(n int)
	afterApply     func()
}

func (r *restless) Plan(ctx context.Context, req model.PlanRequest) (model.Plan, error) {
	r.plans++
	if r.beforePlan != nil {
		r.beforePlan(r.plans)
	}
	return r.Provider.Plan(ctx, req)
}

func (r *restless) Apply(ctx context.Context, plan model.Plan, record func(model.Event) error) error {
	r.applies++
	if r.afterApply != nil {
		defer r.afterApply()
	}
	return r.Provider.Apply(ctx, plan, record)
}

// Reality that moved and moved back within an apply must not make a refusal look like success.
func TestARefusedApplyIsAnErrorEvenWhenRealityMovesBack(t *testing.T) {
	w := newWorld(t)
	c := seal(t, w.as("Ada"), workspace.Request{Environment: "staging", Kind: model.Deploy})
	path := w.host("stg-1", "etc/app.conf")
	engine := &restless{beforePlan: func(n int) {
		if n == 1 {
			w.write(path, "for a moment\n")
		} else if err := os.RemoveAll(path); err != nil {
			t.Fatal(err)
		}
	}}
	w.engine = func(p *hosts.Provider) workspace.Engine { engine.Provider = p; return engine }
	run, err := w.as("Ada").Apply(t.Context(), c.ID, nil)
	if !errors.Is(err, model.ErrRefused) || !strings.Contains(err.Error(), "stg-1:/etc/app.conf") || run.ID != "" {
		t.Errorf("the run is %q and the error %v; want a refusal that names the file", run.ID, err)
	}
	if engine.applies != 0 {
		t.Error("something was carried out")
	}
}

// Somebody makes the change by hand under the run, and takes it back: no step did anything, and the result is not there.
func TestARunThatDidNothingSaysWhatIsWrong(t *testing.T) {
	w := newWorld(t)
	c := seal(t, w.as("Ada"), workspace.Request{Environment: "staging", Kind: model.Deploy})
	path := w.host("stg-1", "etc/app.conf")
	engine := &restless{afterApply: func() { w.write(path, "gone again\n") }}
	w.engine = func(p *hosts.Provider) workspace.Engine { engine.Provider = p; return engine }
	byHand := func(e model.Event) {
		if e.Phase == model.PhaseBegin {
			w.write(path, "port 80\n")
		}
	}
	_, err := w.as("Ada").Apply(t.Context(), c.ID, byHand)
	if err == nil || strings.Contains(err.Error(), "%!") || !strings.Contains(err.Error(), "not as planned afterwards: stg-1:/etc/app.conf") {
		t.Errorf("the error is %v", err)
	}
}
