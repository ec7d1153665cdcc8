package ui

import (
	"errors"
	"testing"

	exchange "plumb/gitops/share"
	"plumb/gitops/workspace"
	"plumb/model"
	"plumb/model/text"
)

func TestWhatCameSinceTheLastLookIsFirstAndMarkedUntilItIsLookedAt(t *testing.T) {
	src := &scripted{entries: commits(5), envs: []model.Environment{{Name: "staging"}}, changes: []model.Change{
		{ID: "deploy-1", Environment: "staging", Title: text.Lit("The older one"), State: model.Sealed, SealedAt: noon, New: true},
		{ID: "deploy-2", Environment: "staging", Title: text.Lit("The one that is known"), State: model.Sealed, SealedAt: noon.Add(1)},
	}}
	s := openScripted(t, src, 160, 45)
	s.sees("● 1 new", "1 new · sealed", "The older one", "● new  sealed")
	if got := s.app.change.all[0].ID; got != "deploy-1" {
		t.Errorf("first is %s", got)
	}
	s.press("3")
	s.seesNot("1 new", "● new")
}

func TestTheRecordIsExchangedInTheBackgroundAndFailsQuietly(t *testing.T) {
	src := &scripted{entries: commits(5), envs: []model.Environment{{Name: "staging"}}}
	s := openScreen(t, src, 160, 45, noon, Options{Trusted: true, Share: true})
	src.syncs = 0
	s.press("f")
	if src.syncs != 1 {
		t.Errorf("after a fetch the record was exchanged %d times", src.syncs)
	}
	src.unshared = model.WithHint(errors.New("origin is away\nas git says at length"), "look for it")
	s.press("f")
	s.sees("the record is not shared: origin is away; look for it")
	s.seesNot("at length")
	s.press("f") // It is said once, and a key that was pressed is not answered by it again.
	s.seesNot("not shared")
	src.unshared, src.synced = nil, []workspace.RemoteNews{{Remote: "origin", Took: []exchange.Log{{Owner: "bob", Entries: 1}}, Problems: []string{"at origin, a log was deleted"}}}
	s.press("f")
	s.sees("at origin, a log was deleted")
}

func TestNothingIsExchangedWhereTheRepositoryIsNotTrustedOrItIsSwitchedOff(t *testing.T) {
	for _, opt := range []Options{{Trusted: true}, {Share: true}} {
		src := &scripted{entries: commits(5), envs: []model.Environment{{Name: "staging"}}}
		s := openScreen(t, src, 160, 45, noon, opt)
		s.app.share()
		if src.syncs != 0 || s.app.sharing.ask.busy {
			t.Errorf("%+v: the record was exchanged", opt)
		}
	}
}
