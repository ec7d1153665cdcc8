package ui

import (
	"context"
	"errors"
	"testing"

	"plumb/gitops/config"
	"plumb/gitops/workspace"
	"plumb/providers/hosts"
)

// discovering shows the demo as if its environments had to be looked for. The look ends when the test calls
// found, with what it found.
func discovering(t *testing.T) (s *screen, found func(isThere bool, problem error)) {
	t.Helper()
	ws, world, now := story(t)
	all := workspace.Setup{
		Config: config.Repository{Environments: ws.Environments()}, Origin: workspace.FromDiscovery,
		Engines: map[string]workspace.Engine{"hosts": hosts.New(hosts.Options{Root: world.Repository, Now: now})},
	}
	ws.Configure(workspace.Setup{Origin: workspace.FromNowhere})
	problems := make(chan error)
	s = startScreen(t, opened{ws}, 160, 45, now(), Options{Workspace: ws, Discover: func(ctx context.Context) (Discovery, error) {
		select {
		case problem := <-problems:
			return Discovery{Trusted: true, Problem: problem}, nil
		case <-ctx.Done():
			return Discovery{}, ctx.Err()
		}
	}})
	h := &s.app.history
	s.until(func() bool { return s.app.starting.begun && !h.reading.busy && !h.listing.busy && s.app.change.loaded })
	return s, func(isThere bool, problem error) {
		t.Helper()
		if isThere {
			ws.Configure(all)
		}
		problems <- problem
		s.settle()
	}
}

func TestHistoryIsThereBeforeItIsKnownWhichEnvironmentsThereAre(t *testing.T) {
	s, found := discovering(t)
	if n := s.app.history.list.Len(); n < 10 {
		t.Errorf("History lists %d commits", n)
	}
	s.sees("looking for targets …", "Live", "Change")
	s.seesNot("No environments", "no environments", "plumb init", "No changes", "not trusted")
	for range 4 {
		s.deliver(keyNamed("j"))
	}
	before, row, shape := s.app.history.hash(), s.app.history.list.Cursor(), s.app.frame
	if row != 4 {
		t.Errorf("the cursor is in row %d", row)
	}
	s.deliver(keyNamed("t"))
	s.sees("still looking for targets")

	found(true, nil)
	s.sees("PRODUCTION", "staging")
	s.seesNot("looking for targets …")
	if now := s.app.history.hash(); now != before || s.app.history.list.Cursor() != row {
		t.Errorf("the cursor went from %s in row %d to %s in row %d", before.Short(), row, now.Short(), s.app.history.list.Cursor())
	}
	for p, r := range shape.panes {
		if s.app.frame.panes[p] != r {
			t.Errorf("%s stood at %v, and stands at %v now", p, r, s.app.frame.panes[p])
		}
	}
	if e := s.app.env(); e == nil || !e.Production || e.obs == nil {
		t.Errorf("nobody looked at production")
	}
	s.sees("prd Bump shop", "dev [main]") // Where the environments are in History.
}

func TestThatThereAreNoEnvironmentsIsSaidWhenItIsKnown(t *testing.T) {
	s, found := discovering(t)
	s.seesNot("no environments")
	found(false, nil)
	s.sees("no environments", "plumb init writes one")
	s.seesNot("looking for targets …")
}

func TestWhyEnvironmentsCannotBeFoundIsSaid(t *testing.T) {
	s, found := discovering(t)
	found(false, errors.New("discover targets: a tree is damaged"))
	s.sees("a tree is damaged")
	s.seesNot("looking for targets …")
}
