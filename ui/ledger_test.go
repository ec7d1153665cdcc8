package ui

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"plumb/gitops/audit"
	"plumb/gitops/change"
	"plumb/gitops/ledger"
	"plumb/model"
	"plumb/model/text"
	"plumb/ui/action"
)

// ledgerOf is a scripted source with a ledger.
type ledgerOf struct {
	*scripted
	entries  []ledger.Entry
	problems []ledger.Problem
}

func (l *ledgerOf) Audit(context.Context) (audit.Book, error) {
	return audit.Tell(l.entries, l.problems, change.Fold(l.entries, change.Trust{})), l.broken
}

// written is so many entries, a minute apart, about changes that nobody sealed.
func written(n int) []ledger.Entry {
	c := model.Change{ID: "deploy-1", Environment: "production"}
	entries := make([]ledger.Entry, n)
	for i := range entries {
		entries[i] = ledger.Entry{ID: model.Hash(fmt.Sprintf("%040d", i)), Verb: ledger.Approve, By: model.Principal{Name: text.Format("Person %d", i)},
			At: time.Date(2026, 3, 1, 0, i, 0, 0, time.UTC), Seq: i + 1, Log: "refs/plumb/log/p", Fields: change.Approval(c)}
	}
	return entries
}

func openLedger(t *testing.T, l *ledgerOf, w, h int) *screen {
	t.Helper()
	l.scripted = &scripted{entries: commits(3), broken: nil}
	s := openScreen(t, l, w, h, time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC), Options{})
	s.press("U")
	return s
}

func TestAnEmptyLedgerSaysWhatItIsFor(t *testing.T) {
	s := openLedger(t, &ledgerOf{}, 160, 45)
	s.sees("Ledger", "Nothing is on record yet.")
	s.press("enter", "y", "J", "K", "j", "G")
	s.press("esc")
	if s.app.view != "" {
		t.Error("esc does not leave it")
	}
}

func TestALedgerThatCannotBeReadSaysWhy(t *testing.T) {
	l := &ledgerOf{}
	s := openLedger(t, l, 160, 45)
	l.broken = errors.New("the disk is gone")
	s.press("r")
	s.sees("the disk is gone")
}

func TestADamagedLogStandsOnTop(t *testing.T) {
	s := openLedger(t, &ledgerOf{entries: written(5), problems: []ledger.Problem{{Log: "refs/plumb/log/eve/k", What: "was rewound"}}}, 160, 45)
	s.sees("! ", "the log refs/plumb/log/eve/k cannot be believed: it was rewound", "counts nowhere")
}

func TestALargeLedgerDrawsItsWindow(t *testing.T) {
	s := openLedger(t, &ledgerOf{entries: written(100_000)}, 160, 45)
	s.sees("100,000", "Person 99999", "does not count", "no effect")
	s.press("G")
	s.sees("Person 0 approved")
	if n := len(s.app.ledger.rows(s.app, true)); n > 45 {
		t.Errorf("%d rows are drawn", n)
	}
	s.press("/")
	s.write("77777")
	s.sees("Person 77777", "1 of 100,000")
	s.press("esc")
	s.sees("Person 0 approved")
}

func TestAFilterOfTheLedgerIsTypedAndCompletedLikeHistorys(t *testing.T) {
	s := openLedger(t, &ledgerOf{entries: written(20)}, 160, 45)
	s.press("/")
	s.write("kind:app")
	s.sees("kind:approve")
	s.press("tab")
	if got := s.app.search.input.value(); got != "kind:approve" {
		t.Errorf("completed to %q", got)
	}
	s.write(" kind:merge")
	s.sees("is never")
	s.press("enter")
	s.sees("That is no filter", "one of seal")
	s.press("esc")
	s.press("/")
	s.press("ctrl+u")
	s.write("zebra")
	s.press("enter")
	s.sees("Nothing matches the filter.")
	s.press("esc")
	s.sees("Person 19")
	if s.app.view != action.Ledger {
		t.Error("dropping the filter leaves the ledger")
	}
}

func TestTheLedgerLeadsToRunsAndChangesAndBack(t *testing.T) {
	s, world := openStory(t, 160, 45, Options{})
	s.press("U")
	s.sees("sealed "+string(world.Waiting), "none: who wrote it cannot be proven", "plumb audit verify --explain")
	s.press("enter")
	if c := s.app.change.selected(); s.app.view != "" || s.app.shape.focus != action.Change || c == nil || c.ID != world.Waiting {
		t.Fatalf("it does not lead to the change:\n%s", s.text())
	}
	s.press("-", "j")
	run := s.app.ledger.selected()
	if run == nil || run.Kind != audit.Ended {
		t.Fatalf("selected is %+v", run)
	}
	s.press("enter")
	if s.app.view != action.Run || s.app.run.run.ID != run.Run {
		t.Fatalf("it does not lead to the run:\n%s", s.text())
	}
	s.press("esc")
	if s.app.view != action.Ledger || s.app.ledger.selected().ID() != run.ID() {
		t.Errorf("it does not come back:\n%s", s.text())
	}
}

func TestDetailsThatDoNotFitAreScrolled(t *testing.T) {
	s := openLedger(t, &ledgerOf{entries: written(20)}, 80, 24)
	s.sees("lines more: J scrolls")
	for range 40 {
		s.press("J")
	}
	s.sees("plumb audit verify --explain")
	for range 40 {
		s.press("K")
	}
	s.sees("Person 19 approved")
	if strings.Contains(s.text(), "--explain") {
		t.Error("K does not scroll back")
	}
}
