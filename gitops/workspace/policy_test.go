package workspace_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"plumb/gitops/workspace"
	"plumb/model"
)

// asking is the configuration with more that production asks for.
func asking(keys string) string {
	return strings.Replace(configuration, "    approvals: 2\n", "    approvals: 2\n"+keys, 1)
}

var toProduction = workspace.Request{Environment: "production", Kind: model.Deploy}

// agreed is a change to production that colleagues have approved.
func (w *world) agreed(by ...string) model.Change {
	w.t.Helper()
	c := seal(w.t, w.as("Ada"), toProduction)
	for _, name := range by {
		if _, err := w.as(name).Approve(w.t.Context(), c.ID, nil); err != nil {
			w.t.Fatalf("approve as %s: %v", name, err)
		}
	}
	return c
}

func TestWhatIsProtectedStaysThoughTheConfigurationForgetsIt(t *testing.T) {
	w := newWorld(t)
	protecting := asking("    protected: [\"/etc/logrotate.d/**\", \"web-2:/etc/motd\"]\n")
	w.commit("Protect", map[string]string{"plumb.yaml": protecting})
	w.land(toProduction)

	// The change that takes the protection away and deletes is judged by the policy before it.
	w.commit("Drop it all", map[string]string{"plumb.yaml": configuration, "production/all/etc/logrotate.d/app": "", "production/web-2/etc/motd": ""})
	c := w.agreed("Bob", "Carol")
	_, err := w.as("Ada").Apply(t.Context(), c.ID, nil)
	wantError(t, err, model.ErrRefused, "is protected and would be deleted")
	if w.live("web-2", "etc/motd") == "" || w.live("web-1", "etc/logrotate.d/app") == "" {
		t.Fatal("what is protected is gone")
	}

	// A host that disappears from the configuration keeps what it has.
	w.commit("Forget web-2", map[string]string{
		"plumb.yaml":                         strings.Replace(protecting, ", {name: web-2, root: ../hosts/web-2}", "", 1),
		"production/all/etc/logrotate.d/app": "weekly\n", "production/web-2/etc/motd": "this is web-2\n",
	})
	if d, err := w.as("Ada").Draft(t.Context(), toProduction); err == nil {
		for _, p := range d.Plans {
			if p.Count(model.Delete)+p.Count(model.Replace) > 0 {
				t.Errorf("it would delete: %+v", p.Steps)
			}
		}
	}

	// Once the protection is gone by a change of its own, the deletion may go on.
	w.commit("Protect no more", map[string]string{"plumb.yaml": configuration})
	w.land(toProduction)
	w.commit("Drop the motd", map[string]string{"production/web-2/etc/motd": ""})
	w.land(toProduction)
	if w.live("web-2", "etc/motd") != "" {
		t.Error("it is still there")
	}
}

func TestAChangeCannotLoosenThePolicyForItself(t *testing.T) {
	for name, tt := range map[string]struct{ strict, refused string }{
		"a freeze":             {"    freezes: [{from: Mon 00:00, to: Wed 00:00, why: migration}]\n", "frozen until Wed 00:00 UTC: migration"},
		"a group":              {"    rules: [{by: [dan@example.com]}]\n", "approvals 0 of 1 by dan@example.com"},
		"bounds on deletions":  {"    max_deletions: 0\n", "deletions 1, at most 0"},
		"approvals that lapse": {"    expires: 1m\n", "approvals 0 of 2"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.land(toProduction)
			w.commit("Ask for more", map[string]string{"plumb.yaml": asking(tt.strict)})
			w.land(toProduction) // Until it is applied, the policy before it holds.
			w.commit("Ask for nothing", map[string]string{"plumb.yaml": configuration, "production/web-2/etc/motd": ""})
			c := w.agreed("Bob", "Carol")
			w.now = w.now.Add(2 * time.Minute)
			_, err := w.as("Ada").Apply(t.Context(), c.ID, nil)
			wantError(t, err, model.ErrRefused, tt.refused)
			if w.live("web-2", "etc/motd") == "" {
				t.Error("it was applied")
			}
		})
	}
}

func TestAFreezeEndsByTheClock(t *testing.T) {
	w := newWorld(t) // It is Monday, 9 o'clock.
	w.commit("Freeze", map[string]string{"plumb.yaml": asking("    freezes: [{from: Fri 16:00, to: Mon 18:00, zone: Europe/Berlin}]\n")})
	c := w.agreed("Bob", "Carol")
	_, err := w.as("Ada").Apply(t.Context(), c.ID, nil)
	wantError(t, err, model.ErrRefused, "frozen until Mon 18:00 Europe/Berlin")
	w.now = time.Date(2026, 3, 2, 17, 0, 0, 0, time.UTC)
	if _, err := w.as("Ada").Apply(t.Context(), c.ID, nil); err != nil {
		t.Error(err)
	}
}

func TestApprovalsExpire(t *testing.T) {
	w := newWorld(t)
	w.commit("Expire", map[string]string{"plumb.yaml": asking("    expires: 1h\n")})
	c := w.agreed("Bob", "Carol")
	got, err := w.as("Ada").Change(t.Context(), string(c.ID))
	if err != nil || got.State != model.Approved || !got.Approvals[0].Expires.Equal(got.Approvals[0].At.Add(time.Hour)) {
		t.Errorf("it is %s, %+v (%v)", got.State, got.Approvals, err)
	}
	w.now = w.now.Add(2 * time.Hour)
	_, err = w.as("Ada").Apply(t.Context(), c.ID, nil)
	wantError(t, err, model.ErrRefused, "approvals 0 of 2")
	if got, err = w.as("Ada").Change(t.Context(), string(c.ID)); err != nil || got.State != model.Sealed || got.Approvals[0].Void != "it expired after 1h" {
		t.Errorf("it is %s, %+v (%v)", got.State, got.Approvals, err)
	}
	for _, name := range []string{"Bob", "Carol"} {
		if _, err := w.as(name).Approve(t.Context(), c.ID, nil); err != nil {
			t.Fatalf("%s cannot approve again: %v", name, err)
		}
	}
	if _, err := w.as("Ada").Apply(t.Context(), c.ID, nil); err != nil {
		t.Error(err)
	}
}

func TestWhoAppliesDoesNotCount(t *testing.T) {
	w := newWorld(t)
	c := w.agreed("Bob", "Carol")
	_, err := w.as("Bob").Apply(t.Context(), c.ID, nil)
	wantError(t, err, model.ErrRefused, "approvals 1 of 2")
	if _, err := w.as("Dan").Apply(t.Context(), c.ID, nil); err != nil {
		t.Error(err)
	}
}

func TestBrokenGlassIsOnRecordForAllToSee(t *testing.T) {
	w := newWorld(t)
	w.commit("Let Eve break the glass", map[string]string{"plumb.yaml": asking("    break_glass: [eve@example.com]\n    freezes: [{from: Mon 00:00, to: Wed 00:00}]\n")})
	c := seal(t, w.as("Ada"), toProduction)

	_, err := w.as("Ada").BreakGlass(t.Context(), c.ID, "I want to", nil)
	wantError(t, err, model.ErrRefused, "you may not break the glass in production")
	_, err = w.as("Eve").BreakGlass(t.Context(), c.ID, " \n", nil)
	wantError(t, err, nil, "needs a reason")
	_, err = w.as("Eve").BreakGlass(t.Context(), c.ID, strings.Repeat("x", 2000), nil)
	wantError(t, err, nil, "too long")
	if len(runs(t, w.as("Ada"))) != 0 {
		t.Fatal("something was begun")
	}

	review, err := w.as("Eve").Review(t.Context(), c)
	if err != nil || !review.Glass {
		t.Errorf("the review does not say that Eve may: %+v (%v)", review, err)
	}
	var first model.Event
	r, err := w.as("Eve").BreakGlass(t.Context(), c.ID, "the shop is down", func(e model.Event) {
		if first.At.IsZero() {
			first = e
		}
	})
	if err != nil || r.Outcome != model.RunApplied {
		t.Fatalf("%s (%v)", r.Outcome, err)
	}
	const words = "glass broken by Eve because the shop is down (production is frozen until Wed 00:00 UTC; approvals 0 of 2)"
	if first.Message.String() != words {
		t.Errorf("the first thing that is told is %q", first.Message)
	}
	if all := runs(t, w.as("Bob")); len(all) != 1 || all[0].Broken() != words {
		t.Errorf("the runs say %+v", all)
	}
	glass, err := w.as("Bob").Glass(t.Context())
	if got := glass[c.Revision]; err != nil || len(got) != 1 || got[0].ID != r.ID || got[0].Broken() != words {
		t.Errorf("of the commits it is said %+v (%v)", glass, err)
	}
	got, err := w.as("Bob").Change(t.Context(), string(c.ID))
	if err != nil || got.Glass != words || got.State != model.Applied {
		t.Errorf("the change is %s and says %q (%v)", got.State, got.Glass, err)
	}
}

func TestBrokenGlassOpensNothingElse(t *testing.T) {
	const glass = "    break_glass: [eve@example.com]\n"
	t.Run("a plan that no longer holds", func(t *testing.T) {
		w := newWorld(t)
		w.commit("Let Eve", map[string]string{"plumb.yaml": asking(glass)})
		c := seal(t, w.as("Ada"), toProduction)
		w.write(w.host("web-1", "etc/app.conf"), "by hand\n")
		_, err := w.as("Eve").BreakGlass(t.Context(), c.ID, "the shop is down", nil)
		wantError(t, err, model.ErrRefused, "no longer holds")
	})
	t.Run("read-only", func(t *testing.T) {
		w := newWorld(t)
		w.commit("Let Eve", map[string]string{"plumb.yaml": asking(glass + "    readonly: true\n")})
		c := seal(t, w.as("Ada"), toProduction)
		_, err := w.as("Eve").BreakGlass(t.Context(), c.ID, "the shop is down", nil)
		wantError(t, err, model.ErrRefused, "read-only")
	})
	t.Run("what is protected", func(t *testing.T) {
		w := newWorld(t)
		w.commit("Let Eve", map[string]string{"plumb.yaml": asking(glass + "    protected: [web-2]\n    max_deletions: 0\n")})
		w.land(toProduction)
		w.commit("Delete", map[string]string{"production/web-2/etc/motd": ""})
		c := seal(t, w.as("Ada"), toProduction)
		_, err := w.as("Eve").BreakGlass(t.Context(), c.ID, "the shop is down", nil)
		wantError(t, err, model.ErrRefused, "web-2:/etc/motd is protected")
	})
	t.Run("a change that needs no glass", func(t *testing.T) {
		w := newWorld(t)
		w.commit("Let Eve", map[string]string{"plumb.yaml": asking(glass)})
		c := w.agreed("Bob", "Carol")
		_, err := w.as("Eve").BreakGlass(t.Context(), c.ID, "the shop is down", nil)
		wantError(t, err, model.ErrRefused, "every rule is met")
	})
	t.Run("by who only says so in the work tree", func(t *testing.T) {
		w := newWorld(t)
		c := seal(t, w.as("Ada"), toProduction)
		w.write(filepath.Join(w.root, "plumb.yaml"), asking(glass))
		_, err := w.as("Eve").BreakGlass(t.Context(), c.ID, "the shop is down", nil)
		wantError(t, err, model.ErrRefused, "nobody may break the glass")
	})
	t.Run("by who is let in by the change itself", func(t *testing.T) {
		w := newWorld(t)
		w.land(toProduction)
		w.commit("Let Eve", map[string]string{"plumb.yaml": asking(glass), "production/web-2/etc/motd": "eve was here\n"})
		c := seal(t, w.as("Eve"), toProduction)
		_, err := w.as("Eve").BreakGlass(t.Context(), c.ID, "the shop is down", nil)
		wantError(t, err, model.ErrRefused, "nobody may break the glass")
	})
	t.Run("where the work tree asks for less", func(t *testing.T) {
		w := newWorld(t)
		w.commit("Freeze", map[string]string{"plumb.yaml": asking("    freezes: [{from: Mon 00:00, to: Wed 00:00}]\n")})
		c := w.agreed("Bob", "Carol")
		if err := os.WriteFile(filepath.Join(w.root, "plumb.yaml"), []byte(configuration), 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := w.as("Ada").Apply(t.Context(), c.ID, nil)
		wantError(t, err, model.ErrRefused, "frozen")
	})
}
