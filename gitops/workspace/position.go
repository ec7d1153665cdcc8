package workspace

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"plumb/gitops/change"
	"plumb/gitops/history"
	"plumb/gitops/ledger"
	"plumb/gitops/objects"
	"plumb/model"
)

// AppliedSource says how the applied revision of an environment is known.
type AppliedSource string

// The sources. An inferred revision was found by matching live against history.
const (
	AppliedUnknown  AppliedSource = ""
	AppliedLedger   AppliedSource = "ledger"
	AppliedInferred AppliedSource = "inferred"
)

// Position is where an environment stands in history.
type Position struct {
	Environment model.Environment
	Branch      string     // The full name of the branch that it tracks; empty for a detached head.
	Tracked     model.Hash // The head of that branch; empty when unborn.
	Applied     model.Hash // Empty where it is not known.
	Source      AppliedSource
	Pending     []model.Commit // Commits after Applied up to Tracked that touch the environment, newest first, without merges.
	Holds       []model.Hold   // What is not to be changed.

	touched bool // A run may have changed something, so matching live against history would mislead.
}

// anchor is the revision that reality is meant to have: what was applied, or
// what git wants where nothing is known to have been applied.
func (p Position) anchor() model.Hash {
	if p.Applied != "" {
		return p.Applied
	}
	return p.Tracked
}

// Position says where the environment stands. It does not look at reality: an
// inferred applied revision is known only after the first Observe.
func (w *Workspace) Position(ctx context.Context, env string) (Position, error) {
	e, err := w.Environment(env)
	if err != nil {
		return Position{}, err
	}
	record, err := w.record(ctx)
	if err != nil {
		return Position{}, err
	}
	return w.position(ctx, e, record)
}

func (w *Workspace) position(ctx context.Context, e model.Environment, record change.Record) (Position, error) {
	p := Position{Environment: e, Holds: record.HoldsOf(e.Name)}
	var err error
	if p.Branch, p.Tracked, err = w.tracked(ctx, e); err != nil || p.Tracked == "" {
		return p, err
	}
	p.Applied, p.Source = w.applied(e.Name, p.Tracked, record)
	p.touched = wasTouched(e.Name, record)
	if p.Applied == "" || p.Applied == p.Tracked {
		return p, nil
	}
	q := objects.LogQuery{From: []string{string(p.Tracked)}, Exclude: []string{string(p.Applied)}, Paths: e.Paths()}
	for entry, err := range w.opt.Store.Log(ctx, q) {
		if err != nil {
			return p, fmt.Errorf("list what is pending for %s: %w", e.Name, err)
		}
		if len(entry.Parents) < 2 {
			p.Pending = append(p.Pending, entry.Commit)
		}
	}
	return p, nil
}

// tracked finds the branch that an environment tracks, and its head. Without
// one in the configuration it is main, then master, then what HEAD names: a feature branch that happens to be
// checked out is not what production should become.
func (w *Workspace) tracked(ctx context.Context, e model.Environment) (branch string, head model.Hash, err error) {
	candidates := []string{"refs/heads/main", "refs/heads/master", w.opt.Store.Info().Head}
	if e.Branch != "" {
		candidates = []string{"refs/heads/" + strings.TrimPrefix(e.Branch, "refs/heads/")}
	}
	for _, ref := range candidates {
		if ref == "" {
			continue
		}
		id, err := w.opt.Store.Resolve(ctx, ref)
		if err == nil {
			return ref, id, nil
		}
		if !errors.Is(err, objects.ErrNotFound) {
			return "", "", fmt.Errorf("find the branch of %s: %w", e.Name, err)
		}
	}
	if e.Branch != "" {
		return "", "", model.WithHint(fmt.Errorf("%s tracks the branch %s, which does not exist", e.Name, e.Branch), "correct branch: in plumb.yaml, or create the branch")
	}
	return "", w.opt.Store.Info().HeadHash, nil
}

// places are all environments' positions, for history's markers.
func (w *Workspace) places(ctx context.Context) ([]history.Place, error) {
	record, err := w.record(ctx)
	if err != nil {
		return nil, err
	}
	var places []history.Place
	for _, e := range w.Environments() {
		_, tracked, err := w.tracked(ctx, e)
		if err != nil {
			continue // An environment without its branch has no place; asking for it says why.
		}
		applied, _ := w.applied(e.Name, tracked, record)
		places = append(places, history.Place{Environment: e.Name, Production: e.Production, Paths: e.Paths(), Tracked: tracked, Applied: applied})
	}
	return places, nil
}

// Resolve finds the commit that a revision names, also in the words "live:ENV"
// (its applied revision) and "git:ENV" (the head that it tracks).
func (w *Workspace) Resolve(ctx context.Context, revision string) (model.Hash, error) {
	side, env, ok := strings.Cut(revision, ":")
	if ok && (side == "live" || side == "git") {
		p, err := w.Position(ctx, env)
		if err != nil {
			return "", err
		}
		if side == "git" {
			return p.Tracked, nil
		}
		if p.Applied == "" {
			return "", model.WithHint(fmt.Errorf("nothing is on record as applied to %s", env), "plumb status --env %s looks at what is live", env)
		}
		return p.Applied, nil
	}
	id, err := w.opt.Store.Resolve(ctx, revision)
	if errors.Is(err, objects.ErrNotFound) {
		return "", model.WithHint(fmt.Errorf("find the revision %q: %w", revision, err), "plumb log lists revisions; branches, tags and HEAD~2 work too")
	}
	return id, err
}

// Damage says which logs of the ledger cannot be believed, and why. What they
// record from there on counts nowhere.
func (w *Workspace) Damage(ctx context.Context) ([]ledger.Problem, error) {
	_, problems, err := w.ledgerNow().Read(ctx)
	for _, words := range w.elsewhere() {
		problems = append(problems, ledger.Problem{Log: "the remote", What: words})
	}
	return problems, err
}

// record reads what of the ledger can be believed.
func (w *Workspace) record(ctx context.Context) (change.Record, error) {
	entries, problems, err := w.ledgerNow().Read(ctx)
	if err != nil {
		return change.Record{}, err
	}
	return w.recordOf(ctx, entries, problems)
}

// recordOf is the record of what was read of the ledger.
func (w *Workspace) recordOf(ctx context.Context, entries []ledger.Entry, problems []ledger.Problem) (change.Record, error) {
	trust, err := w.trust(ctx, entries)
	if err != nil {
		return change.Record{}, err
	}
	w.folding.Lock()
	record := w.folder.Fold(entries, trust)
	w.folding.Unlock()
	for _, p := range problems {
		record.Problems = append(record.Problems, fmt.Sprintf("%s %s", p.Log, p.What))
	}
	record.Problems = append(record.Problems, w.elsewhere()...)
	return record, w.pinRoots(ctx, record.Roots)
}
