package providers

import (
	"context"
	"errors"
	"io/fs"
	"testing"
	"testing/fstest"
	"time"

	"plumb/model"
)

// lab is a provider that does as it is told.
type lab struct {
	applied   bool
	resources int
}

func (l *lab) Name() string { return "lab" }

func (l *lab) Discover(context.Context, fs.FS) ([]model.Target, error) {
	return []model.Target{{Name: "found"}}, nil
}

func (l *lab) Validate(context.Context, model.Target, model.Snapshot) ([]model.Finding, error) {
	return []model.Finding{{Path: "found"}}, nil
}

func (l *lab) Observe(ctx context.Context, _ model.ObserveRequest, emit func(model.Resource)) error {
	for range l.resources {
		if err := ctx.Err(); err != nil {
			return err
		}
		emit(model.Resource{})
	}
	return nil
}

// Plan waits until nobody wants the plan any more.
func (l *lab) Plan(ctx context.Context, _ model.PlanRequest) (model.Plan, error) {
	<-ctx.Done()
	return model.Plan{}, ctx.Err()
}

func (l *lab) Apply(_ context.Context, _ model.Plan, record func(model.Event) error) error {
	if err := record(model.Event{Phase: model.PhaseBegin}); err != nil {
		return err
	}
	l.applied = true
	return record(model.Event{Phase: model.PhaseDone})
}

// adopting is a lab that can adopt.
type adopting struct{ *lab }

func (adopting) Adopt(context.Context, model.AdoptRequest) ([]model.Edit, error) {
	return []model.Edit{{Path: "adopted"}}, nil
}

// desiring is a lab that knows what git wants.
type desiring struct{ *lab }

func (desiring) Desired(context.Context, model.Target, model.Snapshot) ([]model.Desired, error) {
	return []model.Desired{{Address: "wanted"}}, nil
}

func record(model.Event) error { return nil }

func TestReadOnlyRefusesToApplyAndNothingElse(t *testing.T) {
	l := &lab{}
	p := ReadOnly(adopting{l})
	err := p.Apply(t.Context(), model.Plan{Environment: "production"}, record)
	if !errors.Is(err, model.ErrRefused) || model.Hint(err) == "" || err.Error() != "production is read-only" {
		t.Errorf("apply: %v", err)
	}
	if l.applied {
		t.Error("it was applied")
	}
	if err := p.Observe(t.Context(), model.ObserveRequest{}, func(model.Resource) {}); err != nil {
		t.Errorf("observe: %v", err)
	}
	if a, ok := AsAdopter(p); !ok {
		t.Error("it cannot adopt any more")
	} else if edits, err := a.Adopt(t.Context(), model.AdoptRequest{}); err != nil || len(edits) != 1 {
		t.Errorf("adopt: %v, %v", edits, err)
	}
}

func TestAnUntrustedRepositoryIsReadAndNotRun(t *testing.T) {
	l := &lab{}
	p := Untrusted(adopting{l}, "plumb trust")
	_, planErr := p.Plan(t.Context(), model.PlanRequest{})
	_, adoptErr := p.(Adopter).Adopt(t.Context(), model.AdoptRequest{})
	for call, err := range map[string]error{
		"observe": p.Observe(t.Context(), model.ObserveRequest{}, func(model.Resource) {}),
		"plan":    planErr,
		"apply":   p.Apply(t.Context(), model.Plan{}, record),
		"adopt":   adoptErr,
	} {
		if !errors.Is(err, model.ErrRefused) || model.Hint(err) != "plumb trust" {
			t.Errorf("%s: %v (hint %q)", call, err, model.Hint(err))
		}
	}
	if targets, err := p.Discover(t.Context(), fstest.MapFS{}); err != nil || len(targets) != 1 {
		t.Errorf("discover: %v, %v", targets, err)
	}
	if findings, err := p.Validate(t.Context(), model.Target{}, model.Snapshot{}); err != nil || len(findings) != 1 {
		t.Errorf("validate: %v, %v", findings, err)
	}
}

func TestATimeoutSaysThatItWasOne(t *testing.T) {
	p := Timeout(&lab{}, Timeouts{Plan: time.Nanosecond})
	_, err := p.Plan(t.Context(), model.PlanRequest{Target: model.Target{Name: "web"}})
	if !errors.Is(err, context.DeadlineExceeded) || err.Error() != "planning web took longer than 1ns: context deadline exceeded" {
		t.Errorf("plan: %v", err)
	}
	// A cancellation by the caller is not called a timeout.
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Timeout(&lab{}, Timeouts{Plan: time.Hour}).Plan(ctx, model.PlanRequest{}); !errors.Is(err, context.Canceled) {
		t.Errorf("plan: %v", err)
	}
}

func TestRecordingTellsEachCallWithItsOutcome(t *testing.T) {
	clock := time.Unix(0, 0)
	now := func() time.Time { clock = clock.Add(time.Second); return clock }
	var told []model.Command
	p := Recording(adopting{&lab{}}, now, func(c model.Command) { told = append(told, c) })
	p.Observe(t.Context(), model.ObserveRequest{Target: model.Target{Name: "web"}}, func(model.Resource) {})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p.Plan(ctx, model.PlanRequest{Target: model.Target{Name: "web"}})
	if len(told) != 2 {
		t.Fatalf("told %d calls", len(told))
	}
	if c := told[0]; c.Why != "observe web" || c.Err != "" || c.Took != time.Second {
		t.Errorf("told %+v", c)
	}
	if c := told[1]; c.Why != "plan web" || c.Err != "context canceled" {
		t.Errorf("told %+v", c)
	}
}

func TestFaultsHappenWhereTheyAreSaidTo(t *testing.T) {
	boom := errors.New("boom")
	p := Faults(&lab{resources: 5}, Fault{AtEmit, 3, boom})
	n := 0
	if err := p.Observe(t.Context(), model.ObserveRequest{}, func(model.Resource) { n++ }); !errors.Is(err, boom) || n != 2 {
		t.Errorf("observe: %v after %d resources", err, n)
	}
	l := &lab{}
	p = Faults(l, Fault{AtRecord, 1, boom}, Fault{AtApply, 2, boom})
	if err := p.Apply(t.Context(), model.Plan{}, record); !errors.Is(err, boom) || l.applied {
		t.Errorf("apply: %v", err)
	}
	if err := p.Apply(t.Context(), model.Plan{}, record); !errors.Is(err, boom) {
		t.Errorf("second apply: %v", err)
	}
	if err := p.Apply(t.Context(), model.Plan{}, record); err != nil || !l.applied {
		t.Errorf("third apply: %v", err)
	}
}

func TestOnlyWhatCanAdoptIsAnAdopter(t *testing.T) {
	wrap := func(p Provider) Provider {
		return Faults(Recording(Timeout(ReadOnly(p), Timeouts{Read: time.Hour}), time.Now, func(model.Command) {}))
	}
	if _, ok := AsAdopter(wrap(&lab{})); ok {
		t.Error("a provider that cannot adopt is an adopter")
	}
	a, ok := AsAdopter(wrap(adopting{&lab{}}))
	if !ok {
		t.Fatal("a provider that can adopt is no adopter")
	}
	if edits, err := a.Adopt(t.Context(), model.AdoptRequest{}); err != nil || len(edits) != 1 {
		t.Errorf("adopt: %v, %v", edits, err)
	}
}

// What git wants is read from files: nothing that keeps plumb from running or writing keeps it from being seen.
func TestWhatGitWantsPassesEveryDecorator(t *testing.T) {
	told := 0
	wrap := func(p Provider, faults ...Fault) Desirer {
		p = Untrusted(ReadOnly(Timeout(p, Timeouts{Read: time.Hour})), "plumb trust")
		return Faults(Recording(p, time.Now, func(model.Command) { told++ }), faults...).(Desirer)
	}
	got, err := wrap(desiring{&lab{}}).Desired(t.Context(), model.Target{}, model.Snapshot{})
	if err != nil || len(got) != 1 || told != 1 {
		t.Errorf("%v, %v, told %d times", got, err, told)
	}
	if _, err := wrap(&lab{}).Desired(t.Context(), model.Target{}, model.Snapshot{}); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("a provider that cannot say: %v", err)
	}
	boom := errors.New("boom")
	if _, err := wrap(desiring{&lab{}}, Fault{AtDesired, 1, boom}).Desired(t.Context(), model.Target{}, model.Snapshot{}); !errors.Is(err, boom) {
		t.Errorf("a fault: %v", err)
	}
}
