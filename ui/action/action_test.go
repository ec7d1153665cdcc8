package action

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"plumb/model"
)

func TestNoKeyMeansTwoThingsInOnePlace(t *testing.T) {
	for _, in := range Scopes() {
		owner := map[string]ID{}
		for _, a := range All() {
			if !a.Works(in) {
				continue
			}
			for _, k := range a.Keys {
				if other, taken := owner[k]; taken {
					t.Errorf("%s: key %q is both %q and %q", in, k, other, a.ID)
				}
				owner[k] = a.ID
			}
		}
	}
}

func TestEveryActionCanBeFoundAndExplained(t *testing.T) {
	seen := map[ID]bool{}
	for _, a := range All() {
		if seen[a.ID] {
			t.Errorf("%q is in the catalogue twice", a.ID)
		}
		seen[a.ID] = true
		if a.Title == "" || a.Text == "" || !slices.Contains(Groups(), a.Group) {
			t.Errorf("%q lacks a title, a text or a group", a.ID)
		}
		if r := []rune(a.Text); !unicode.IsUpper(r[0]) || strings.HasSuffix(a.Text, ".") {
			t.Errorf("%q: the text %q is not one like the others", a.ID, a.Text)
		}
		for _, in := range a.Line {
			if !a.Works(in) {
				t.Errorf("%q is on the line of keys of %s, where its key does not work", a.ID, in)
			}
		}
		if found, ok := Find(a.ID); !ok || found.ID != a.ID {
			t.Errorf("%q cannot be found", a.ID)
		}
	}
}

// What changes something must not sit on a key that people press without thinking.
func TestNothingThatWritesIsOnAMovingKey(t *testing.T) {
	for _, a := range All() {
		if a.Group != Right && a.Group != Judge {
			continue
		}
		for _, k := range a.Keys {
			switch k {
			case "enter", "space", "tab", "esc", "up", "down", "j", "k", "y", "q":
				t.Errorf("%q is on %q", a.ID, k)
			}
		}
	}
}

func TestReasonsArePossibleStatesInWords(t *testing.T) {
	ready := State{Focus: Live, Environment: "staging", Environments: 2, Observed: true, Selected: true, Resource: model.Drifted}
	for _, tc := range []struct {
		name  string
		id    ID
		state func(State) State
		want  string
	}{
		{"restore of drift", Restore, func(s State) State { return s }, ""},
		{"restore of what is in sync", Restore, func(s State) State { s.Resource = model.InSync; return s }, "has not drifted"},
		{"restore of what is unknown", Restore, func(s State) State { s.Resource = model.Unknown; return s }, "unknown"},
		{"restore read-only", Restore, func(s State) State { s.ReadOnly = "plumb was started read-only"; return s }, "read-only"},
		{"restore untrusted", Restore, func(s State) State { s.Untrusted = true; return s }, "press t"},
		{"restore untrusted, as the workspace says it", Restore, func(s State) State { s.Untrusted, s.Unsigned = true, "not trusted"; return s }, "press t"},
		{"approve untrusted", Approve, func(s State) State { s.Change, s.Untrusted, s.Unsigned = model.Sealed, true, "not trusted"; return s }, "press t"},
		{"approve as nobody", Approve, func(s State) State { s.Change, s.Unsigned = model.Sealed, "who are you"; return s }, "who are you"},
		{"restore of what waits", Restore, func(s State) State { s.Resource = model.Pending; return s }, "deployed"},
		{"restore of the stage", Restore, func(s State) State { s.Resource, s.Staged = model.InSync, 2; return s }, ""},
		{"deploy without a commit", DeployRev, func(s State) State { return s }, "no commit"},
		{"deploy without environments", DeployRev, func(s State) State { s.Environment = ""; return s }, "plumb init"},
		{"approve nothing", Approve, func(s State) State { return s }, "no change"},
		{"approve an open change", Approve, func(s State) State { s.Change = model.Sealed; return s }, ""},
		{"approve one's own", Approve, func(s State) State { s.Change, s.Approve = model.Sealed, "its author's own does not count"; return s }, "author"},
		{"apply what is applied", Apply, func(s State) State { s.Change = model.Applied; return s }, "applied"},
		{"roll back a void change", RollBack, func(s State) State { s.Focus, s.Change = Change, model.Void; return s }, "never applied"},
		{"roll back what was given up", RollBack, func(s State) State { s.Focus, s.Change = Change, model.Abandoned; return s }, "never applied"},
		{"the run of a void change", ShowRun, func(s State) State { s.Focus, s.Change = Change, model.Void; return s }, "no run"},
		{"roll back an open change", RollBack, func(s State) State { s.Focus, s.Change = Change, model.Sealed; return s }, "abandon"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a, _ := Find(tc.id)
			got := a.Why(tc.state(ready))
			if tc.want == "" && got != "" || !strings.Contains(got, tc.want) {
				t.Errorf("got %q, want %q in it", got, tc.want)
			}
		})
	}
}
