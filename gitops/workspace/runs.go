package workspace

import (
	"context"
	"errors"
	"os"
	"slices"

	"plumb/gitops/run"
	"plumb/model"
)

// Runs lists all runs on record, newest first, without their events.
func (w *Workspace) Runs(ctx context.Context) ([]model.Run, error) {
	record, err := w.record(ctx)
	if err != nil {
		return nil, err
	}
	runs := slices.Clone(record.Runs)
	slices.Reverse(runs)
	for i := range runs {
		runs[i].Events = nil
	}
	return runs, nil
}

// Run finds one run by its id or an unambiguous beginning of it: with every
// event where this machine has its journal, otherwise with how each step ended.
func (w *Workspace) Run(ctx context.Context, id string) (model.Run, error) {
	record, err := w.record(ctx)
	if err != nil {
		return model.Run{}, err
	}
	r, err := byPrefix("run", id, record.Runs, func(r model.Run) string { return string(r.ID) })
	if err != nil {
		return r, err
	}
	events, err := run.Events(w.opt.StateDir, r.ID)
	if errors.Is(err, os.ErrNotExist) {
		return r, nil
	}
	if err != nil {
		return r, err
	}
	r.Events = events
	return r, nil
}
