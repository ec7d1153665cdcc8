package workspace_test

import (
	"strings"
	"testing"
	"time"

	"plumb/model"
)

func TestWhatIsHeldIsNotTouchedUntilItIsLiftedOrOver(t *testing.T) {
	w := newWorld(t)
	w.land(toProduction)
	ada := w.as("Ada")
	w.commit("Say it", map[string]string{"production/web-2/etc/motd": "soon\n"})
	c := w.agreed("Bob", "Carol")

	// Something else is held, and then this.
	if _, err := ada.Hold(t.Context(), "production", []string{"web-1:/etc/**"}, time.Time{}, "Dan looks at it"); err != nil {
		t.Fatal(err)
	}
	h, err := ada.Hold(t.Context(), "production", []string{"web-2:/etc/**"}, w.now.Add(time.Hour), "incident 42")
	if err != nil {
		t.Fatal(err)
	}
	_, err = ada.Apply(t.Context(), c.ID, nil)
	wantError(t, err, model.ErrRefused, "web-2:/etc/** is held by ada@example.com until 2026-03-02", "incident 42")
	if holds, err := ada.Holds(t.Context()); err != nil || len(holds) != 2 {
		t.Errorf("held is %+v (%v)", holds, err)
	}
	if _, err := w.as("Bob").Lift(t.Context(), h.ID, "it is over"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.as("Bob").Lift(t.Context(), h.ID, "it is over"); err == nil || !strings.Contains(err.Error(), "not found") {
		t.Errorf("lifted twice: %v", err)
	}
	if _, err := ada.Hold(t.Context(), "production", nil, w.now.Add(time.Hour), "hands off"); err != nil {
		t.Fatal(err)
	}
	_, err = ada.Apply(t.Context(), c.ID, nil)
	wantError(t, err, model.ErrRefused, "production is held by", "hands off")
	w.now = w.now.Add(2 * time.Hour)
	if _, err := ada.Apply(t.Context(), c.ID, nil); err != nil {
		t.Errorf("after the hold was over: %v", err)
	}
}

func TestAHoldSaysWhatIsWrongWithIt(t *testing.T) {
	w := newWorld(t)
	ada := w.as("Ada")
	for name, hold := range map[string]func() (model.Hold, error){
		"needs a reason": func() (model.Hold, error) { return ada.Hold(t.Context(), "production", nil, time.Time{}, " ") },
		"over already": func() (model.Hold, error) {
			return ada.Hold(t.Context(), "production", nil, w.now.Add(-time.Hour), "x")
		},
		"no environment": func() (model.Hold, error) { return ada.Hold(t.Context(), "prod", nil, time.Time{}, "x") },
		"not a pattern": func() (model.Hold, error) {
			return ada.Hold(t.Context(), "production", []string{"a\nb"}, time.Time{}, "x")
		},
		"hold \"hold-1\"": func() (model.Hold, error) { return ada.Lift(t.Context(), "hold-1", "x") },
	} {
		if _, err := hold(); err == nil || !strings.Contains(err.Error(), name) || model.Hint(err) == "" {
			t.Errorf("%s: %v, with the hint %q", name, err, model.Hint(err))
		}
	}
	if holds, err := ada.Holds(t.Context()); err != nil || len(holds) != 0 {
		t.Errorf("held is %+v (%v)", holds, err)
	}
}
