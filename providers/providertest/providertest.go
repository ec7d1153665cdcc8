// Package providertest is the suite that every provider passes: the contract of
// package providers as tests, against a world of several hosts that the
// provider's own tests make.
//
// It speaks of files, because that is what an operator compares. A world
// translates them to whatever its engine has.
package providertest

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumb/model"
	"plumb/providers"
)

// File is a file or a link, in git or live.
type File struct {
	Data string // The content, or where a link leads to.
	Mode uint32 // Permission bits; zero for 0644. In git only executability is kept.
	Link bool
}

// World is reality as one provider reaches it, and git beside it. Names are absolute paths on a host.
type World struct {
	Provider providers.Provider
	Target   model.Target // With two hosts or more, and the rules that were asked for.

	// Snapshot is a revision of git with these files. A key is a host's name,
	// or "all" for every host, followed by the name.
	Snapshot func(files map[string]File) model.Snapshot
	// Edit is the snapshot after the edits.
	Edit func(base model.Snapshot, edits []model.Edit) model.Snapshot
	// Set makes a file live, with all it needs; Remove takes it away.
	Set    func(host, name string, f File)
	Remove func(host, name string)
	// Live is all that is there, keyed as in Snapshot, with full modes. Nothing may be left out: it shows what was left over.
	Live func() map[string]File
	// Lose makes a host unreachable.
	Lose func(host string)
	// Observe is how many bytes of a live file Observe loads at most.
	Observe int64
}

// Fixture makes a new world, where nothing is live, with rules for its files.
// It cleans up after the test.
type Fixture func(t *testing.T, rules ...model.FileRule) World

// contract are the tests of the suite. Tools says that the programs of a host decide what comes out.
var contract = []struct {
	name  string
	tools bool
	test  func(*testing.T, Fixture)
}{
	{"statuses tell tracked, applied and live apart", true, statuses},
	{"attributes are compared only where git or a rule speaks of them", true, attributes},
	{"extra files show where a rule claims a directory", true, extras},
	{"looking changes nothing", true, lookingChangesNothing},
	{"a missing directory is an error and not an empty wish", false, renderingErrors},
	{"what cannot be read is unknown and fails a plan", true, unreadable},
	{"a lost host is unknown, and the others are not", false, lostHost},
	{"contents of every kind survive", true, contents},
	{"names of every kind survive", true, hostileNames},
	{"a plan's digest stands for reality", false, digests},
	{"a plan can be limited to addresses", false, only},
	{"a plan says which hand-made state goes", true, drifted},
	{"a plan can leave drift alone where git did not move", false, keepsDrift},
	{"applied is in sync", true, appliedIsInSync},
	{"a plan back restores everything", true, undone},
	{"what moved since the plan is left alone", true, moved},
	{"what is done already is skipped", true, alreadyDone},
	{"a plan made elsewhere is refused", false, foreignPlan},
	{"nothing happens without a record", false, recordFails},
	{"a failing check keeps the earlier file", true, failingCheck},
	{"a reload runs once per host, after all its files", true, reloads},
	{"a failing reload brings the earlier files back", true, failingReload},
	{"cancelled calls end, and a cancelled run ends between steps", false, cancelled},
	{"adopted is in sync", false, adopted},
	{"adopting says what git cannot", false, adoptRefuses},
	{"what a revision wants is what would be planned for it", false, desired},
}

// Run runs the suite.
func Run(t *testing.T, fixture Fixture) { run(t, fixture, false) }

// RunTools runs what the programs decide that a host has: for one that has other programs than that on which the provider
// passes all of the suite.
func RunTools(t *testing.T, fixture Fixture) { run(t, fixture, true) }

func run(t *testing.T, fixture Fixture, toolsOnly bool) {
	for _, c := range contract {
		if toolsOnly && !c.tools {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.test(t, fixture)
		})
	}
}

// hosts are the names of the world's hosts.
func (w World) hosts() []string {
	names := make([]string, len(w.Target.Hosts))
	for i, h := range w.Target.Hosts {
		names[i] = h.Name
	}
	return names
}

// observe collects what Observe emits, by host and name, and checks how it emits.
func (w World) observe(t *testing.T, tracked, applied model.Snapshot) map[string]model.Resource {
	t.Helper()
	resources := map[string]model.Resource{}
	var busy atomic.Int32
	err := w.Provider.Observe(t.Context(), model.ObserveRequest{Environment: "lab", Target: w.Target, Tracked: tracked, Applied: applied}, func(r model.Resource) {
		if busy.Add(1) != 1 {
			t.Errorf("%s was emitted while another resource was", r.Address)
		}
		defer busy.Add(-1)
		key := r.Group + r.Name
		if _, twice := resources[key]; twice {
			t.Errorf("%s was emitted twice", r.Address)
		}
		if r.Target != w.Target.Name || r.Kind == "" {
			t.Errorf("%s has target %q and kind %q", r.Address, r.Target, r.Kind)
		}
		if r.Status == model.Unknown && r.Reason.IsEmpty() {
			t.Errorf("%s is unknown without a reason", r.Address)
		}
		resources[key] = r
	})
	if err != nil {
		t.Fatalf("observe: %v", err)
	}
	return resources
}

// statusesOf reduces resources to their statuses.
func statusesOf(resources map[string]model.Resource) map[string]model.Status {
	s := map[string]model.Status{}
	for k, r := range resources {
		s[k] = r.Status
	}
	return s
}

// wantInSync fails the test unless everything is as git says.
func (w World) wantInSync(t *testing.T, snap model.Snapshot) {
	t.Helper()
	for key, r := range w.observe(t, snap, snap) {
		if r.Status != model.InSync {
			t.Errorf("%s is %s: %s", key, r.Status, r.Reason)
		}
	}
}

// request asks for a plan from applied to want.
func (w World) request(want, applied model.Snapshot, only ...model.Address) model.PlanRequest {
	return model.PlanRequest{Environment: "lab", Target: w.Target, Want: want, Applied: applied, Only: only}
}

func (w World) plan(t *testing.T, want, applied model.Snapshot, only ...model.Address) model.Plan {
	t.Helper()
	plan, err := w.Provider.Plan(t.Context(), w.request(want, applied, only...))
	if err != nil {
		t.Fatalf("plan: %v", err)
	}
	if plan.Coverage.Predicted != plan.Coverage.Total {
		t.Errorf("coverage %d of %d", plan.Coverage.Predicted, plan.Coverage.Total)
	}
	for _, s := range plan.Steps {
		if s.Undo.Reason == "" {
			t.Errorf("%s has undo class %s without a reason", s.Address, s.Undo.Class)
		}
	}
	return plan
}

// run applies a plan and answers the end of each step by host and name.
func (w World) run(ctx context.Context, t *testing.T, plan model.Plan, record func(model.Event) error) (map[string]model.Event, error) {
	t.Helper()
	steps := map[model.Address]model.Step{}
	for _, s := range plan.Steps {
		steps[s.Address] = s
	}
	begun, ends := map[model.Address]bool{}, map[string]model.Event{}
	var busy atomic.Int32
	failed := false
	broken := false
	err := w.Provider.Apply(ctx, plan, func(e model.Event) error {
		if busy.Add(1) != 1 {
			t.Errorf("two events were recorded at the same time")
		}
		defer busy.Add(-1)
		if broken {
			t.Errorf("%s of %s after the record had failed", e.Phase, e.Address)
		}
		step, ok := steps[e.Address]
		if !ok || e.Target != plan.Target {
			t.Errorf("an event for %s of target %s", e.Address, e.Target)
		}
		key := step.Group + step.Name
		switch _, ended := ends[key]; {
		case ended:
			t.Errorf("%s of %s after its end", e.Phase, e.Address)
		case e.Phase == model.PhaseBegin:
			if failed {
				t.Errorf("%s began after a failure", e.Address)
			}
			begun[e.Address] = true
		case e.Phase != model.PhaseSkipped && !begun[e.Address]:
			t.Errorf("%s of %s before it began", e.Phase, e.Address)
		}
		if record != nil {
			if err := record(e); err != nil {
				broken = true
				return err
			}
		}
		if e.Phase.IsEnd() {
			ends[key] = e
			failed = failed || e.Phase == model.PhaseFailed || e.Phase == model.PhaseUnknown
		}
		return nil
	})
	if !broken {
		for _, s := range plan.Steps {
			if _, ok := ends[s.Group+s.Name]; !ok {
				t.Errorf("%s never ended", s.Address)
			}
		}
		if failed && err == nil {
			t.Errorf("a step failed, and the run did not")
		}
	}
	return ends, err
}

// apply applies a plan that must succeed.
func (w World) apply(t *testing.T, plan model.Plan) map[string]model.Event {
	t.Helper()
	ends, err := w.run(t.Context(), t, plan, nil)
	if err != nil {
		t.Fatalf("apply: %v", err)
	}
	return ends
}

// settle makes everything as a snapshot wants and answers what is live then.
func (w World) settle(t *testing.T, snap model.Snapshot) map[string]File {
	t.Helper()
	w.apply(t, w.plan(t, snap, model.Snapshot{}))
	return w.Live()
}

// phases reduces the ends of steps to their phases.
func phases(ends map[string]model.Event) map[string]model.Phase {
	p := map[string]model.Phase{}
	for k, e := range ends {
		p[k] = e.Phase
	}
	return p
}

// same fails the test where two things differ.
func same(t *testing.T, what string, want, got any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

// actions lists a plan's steps: "create web-1/etc/motd".
func actions(plan model.Plan) []string {
	var list []string
	for _, s := range plan.Steps {
		list = append(list, fmt.Sprintf("%s %s%s", s.Action, s.Group, s.Name))
	}
	return list
}
