package workspace

import (
	"context"
	"fmt"
	"slices"

	"plumb/gitops/change"
	"plumb/gitops/objects"
	"plumb/model"
)

// inference is an applied revision that was found by matching, and the head it was found for.
type inference struct{ tracked, applied model.Hash }

// applied is the applied revision of an environment as far as it is known. A revision that was found by
// matching counts only where no run has touched the environment: one that did not end well left a mixture behind.
func (w *Workspace) applied(env string, tracked model.Hash, record change.Record) (model.Hash, AppliedSource) {
	if applied, ok := record.Applied[env]; ok {
		return applied, AppliedLedger
	}
	if inferred, ok := w.inferredFor(env, tracked); ok && !wasTouched(env, record) {
		return inferred, AppliedInferred
	}
	return "", AppliedUnknown
}

// wasTouched reports whether any run may have changed something in the environment.
func wasTouched(env string, record change.Record) bool {
	return slices.ContainsFunc(record.Runs, func(r model.Run) bool {
		return r.Environment == env && r.Outcome != model.RunFailed
	})
}

func (w *Workspace) inferredFor(env string, tracked model.Hash) (model.Hash, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	i, ok := w.inferred[env]
	return i.applied, ok && i.tracked == tracked
}

func (w *Workspace) rememberInferred(env string, tracked, applied model.Hash) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.inferred[env] = inference{tracked, applied}
}

// infer matches live against history, for an environment that no run is on
// record for: the newest revision that agrees with the most of what is live. Going
// back commit by commit, only the files that a commit changed can begin or cease to agree.
func (w *Workspace) infer(ctx context.Context, o Observation) (model.Hash, bool, error) {
	const depth = 500 // Commits of the environment; further back a match says little.
	live := map[string]model.Content{}
	agree := map[string]bool{}
	matches := 0
	for _, r := range o.Resources() {
		if r.Tracked.Source == "" || r.Live.Content.Sum == "" {
			continue
		}
		live[r.Tracked.Source] = r.Live.Content
		agree[r.Tracked.Source] = r.Status == model.InSync
		if r.Status == model.InSync {
			matches++
		}
	}
	best, bestMatches := o.Tracked, matches
	q := objects.LogQuery{From: []string{string(o.Tracked)}, Paths: o.Environment.Paths(), FirstParent: true, WithFiles: true, Limit: depth}
	for entry, err := range w.opt.Store.Log(ctx, q) {
		if err != nil {
			return "", false, fmt.Errorf("match %s against history: %w", o.Environment.Name, err)
		}
		for _, f := range entry.Files {
			content, ok := live[f.Path]
			if !ok {
				continue
			}
			now, err := w.agrees(ctx, f.OldHash, content)
			if err != nil {
				return "", false, err
			}
			if now != agree[f.Path] {
				agree[f.Path] = now
				if matches--; now {
					matches += 2
				}
			}
		}
		if matches > bestMatches && len(entry.Parents) > 0 {
			best, bestMatches = entry.Parents[0], matches
		}
	}
	return best, bestMatches > 0, nil
}

// agrees reports whether the blob is what is live.
func (w *Workspace) agrees(ctx context.Context, blob model.Hash, live model.Content) (bool, error) {
	if blob == "" {
		return false, nil
	}
	size, err := w.opt.Store.Size(ctx, blob)
	if err != nil || size != live.Size {
		return false, err
	}
	data, err := w.opt.Store.Blob(ctx, blob)
	return err == nil && model.Sum(data) == live.Sum, err
}
