package screentest

import (
	"strings"
	"testing"
)

// A person who types on while plumb is still thinking must not answer a question that they have not seen.
func TestKeysTypedBeforeAQuestionAppearedDoNotAnswerIt(t *testing.T) {
	t.Parallel()
	w := newDemo(t)
	s := w.open(window{})
	s.shows(`○ prd Deploy .* sealed`)
	s.press("3")
	s.shows(`▌○ prd Deploy`)
	s.press("a")
	s.write("production")
	s.press("ctrl+y", "ctrl+y")
	s.shows(`┌ Approve “`, `type production : +then ctrl\+y`)
	s.closes(`✗ approvals 0 of 1`)

	head := w.git("rev-parse", "--short=7", "main")
	s.press("1", "e")
	s.shows(`▌dev  in sync ▐`)
	s.press("e")
	s.shows(`▌staging  2 pending ▐`, `─ Live  staging`)
	s.press("d")
	s.seal("Try")
	s.press("A", "y", "y", "y")
	s.shows(`┌ Apply “Deploy `+head, `y  apply it`)
	s.closes(`◐ stg Deploy ` + head + ` .* approved`)
	w.nothingRan(s)
}

func TestEnterIsNeverAYes(t *testing.T) {
	t.Parallel()
	w := newDemo(t)
	s := w.open(window{})
	s.shows(`○ prd Deploy .* sealed`)
	s.press("3")
	s.shows(`▌○ prd Deploy`)
	s.press("a")
	s.shows(`type production : +then ctrl\+y`)
	s.write("production")
	s.shows(`  ctrl\+y  approve it`)
	s.press("enter", "enter", "space", "tab")
	// What comes after enter is typed into the line: the question is still there.
	s.write("!")
	s.shows(`type production : p?roduction !`, `then ctrl\+y  approve it`)
	s.closes(`✗ approvals 0 of 1`)
	w.nothingRan(s)
}

func TestTheWrongNameDoesNothing(t *testing.T) {
	t.Parallel()
	w := newDemo(t)
	s := w.open(window{})
	s.shows(`○ prd Deploy .* sealed`)
	s.press("3")
	s.shows(`▌○ prd Deploy`)
	for _, name := range []string{"prod", "Production", "staging", "productions", " production"} {
		s.press("a")
		s.shows(`type production : +then ctrl\+y`)
		s.write(name)
		s.press("ctrl+y", "enter", "y")
		s.shows(`type production : .*` + name[max(len(name)-9, 0):] + `y +then ctrl\+y  approve it`)
		s.closes(`✗ approvals 0 of 1`)
		s.lacks(`┌ Approve`)
	}
	w.nothingRan(s)
}

// nothingRan leaves, and fails if a change was carried out since the demo was made.
func (w *world) nothingRan(s *screen) {
	w.t.Helper()
	s.press("1")
	s.shows(`▌History`)
	s.leaves()
	if runs := w.run(w.infra, program("plumb"), "runs"); !strings.Contains(runs, "shop-bot") || strings.Contains(runs, "You") {
		w.t.Errorf("a run was begun:\n%s", runs)
	}
}
