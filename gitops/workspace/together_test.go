package workspace_test

import (
	"context"
	"errors"
	"os/exec"
	"strings"
	"testing"
	"time"

	"plumb/gitops/change"
	"plumb/gitops/ledger"
	"plumb/gitops/objects"
	"plumb/gitops/run"
	"plumb/gitops/workspace"
	"plumb/model"
)

// meanwhile is a store in which something happens just before a lock is taken.
type meanwhile struct {
	objects.Store
	happens func()
}

func (m *meanwhile) UpdateRef(ctx context.Context, name string, next, prev model.Hash) error {
	if happens := m.happens; happens != nil && strings.HasPrefix(name, run.LockPrefix) {
		m.happens = nil
		happens()
	}
	return m.Store.UpdateRef(ctx, name, next, prev)
}

func TestWhatWasGivenUpAtTheLastMomentIsNotApplied(t *testing.T) {
	w := newWorld(t)
	ada := w.as("Ada")
	c := seal(t, ada, workspace.Request{Environment: "staging", Kind: model.Deploy})
	w.wrap = func(s objects.Store) objects.Store {
		return &meanwhile{s, func() {
			if _, err := ada.Abandon(t.Context(), c.ID, "wait"); err != nil {
				t.Error(err)
			}
		}}
	}
	_, err := w.as("Bob").Apply(t.Context(), c.ID, nil)
	wantError(t, err, model.ErrRefused, "abandoned")
	if got := w.live("stg-1", "etc/app.conf"); got != "" || len(runs(t, ada)) != 0 {
		t.Errorf("live is %q, runs are %+v", got, runs(t, ada))
	}
}

func TestOneRunAtATime(t *testing.T) {
	w := newWorld(t)
	ada, bob := w.as("Ada"), w.as("Bob")
	first := seal(t, ada, workspace.Request{Environment: "staging", Kind: model.Deploy})
	second := seal(t, bob, workspace.Request{Environment: "staging", Kind: model.Deploy})
	asked := false
	if _, err := ada.Apply(t.Context(), first.ID, func(model.Event) {
		if !asked {
			asked = true
			_, err := bob.Apply(t.Context(), second.ID, nil)
			wantError(t, err, model.ErrRefused, "ada@example.com is at work on staging")
			_, err = ada.Apply(t.Context(), first.ID, nil)
			wantError(t, err, model.ErrRefused, "applying")
		}
	}); err != nil || !asked {
		t.Fatalf("asked meanwhile: %v; %v", asked, err)
	}
	_, err := bob.Apply(t.Context(), second.ID, nil)
	wantError(t, err, model.ErrRefused, "no longer holds")
}

func TestARunWhoseProcessIsGoneIsClosedAndNotRunAgain(t *testing.T) {
	w := newWorld(t)
	ada := w.as("Ada")
	died := seal(t, ada, workspace.Request{Environment: "staging", Kind: model.Deploy})
	next := seal(t, ada, workspace.Request{Environment: "staging", Kind: model.Deploy})

	// What a run leaves that was killed after it announced itself.
	cmd := exec.CommandContext(t.Context(), "git", "version")
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	var store objects.Store
	w.wrap = func(s objects.Store) objects.Store { store = s; return s }
	w.as("Ada")
	w.wrap = nil
	gone := run.Holder{Run: "dead0001", By: ada.Self(), Host: "bastion-1", PID: cmd.Process.Pid, Start: "boot/1", Since: w.now}
	if _, _, err := run.Acquire(t.Context(), store, "staging", gone, run.Alive); err != nil {
		t.Fatal(err)
	}
	if _, err := ledger.Open(ledger.Options{Store: store, Self: ada.Self(), Now: func() time.Time { return w.now }}).Append(t.Context(), ledger.Unsigned{}, ledger.Intent, change.Intent(died, gone.Run, gone.Host), nil); err != nil {
		t.Fatal(err)
	}

	_, err := ada.Apply(t.Context(), died.ID, nil)
	wantError(t, err, model.ErrRefused, "applying")
	if _, err := ada.Apply(t.Context(), next.ID, nil); err != nil && !errors.Is(err, model.ErrRefused) {
		t.Fatal(err)
	}
	r, err := ada.Run(t.Context(), "dead")
	if err != nil || r.Outcome != model.RunUncertain || !strings.Contains(r.Message.String(), "is gone") {
		t.Errorf("the dead run is %+v (%v)", r, err)
	}
	if c, err := ada.Change(t.Context(), string(died.ID)); err != nil || c.State != model.Uncertain {
		t.Errorf("its change is %s (%v)", c.State, err)
	}
}
