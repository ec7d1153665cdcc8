package workspace

import (
	"context"
	"slices"

	"plumb/gitops/change"
	"plumb/model"
)

// Glass are the runs that overruled rules, by the commits that they applied, the newest first. A run that failed
// applied nothing.
func (w *Workspace) Glass(ctx context.Context) (map[model.Hash][]model.Run, error) {
	record, err := w.record(ctx)
	if err != nil {
		return nil, err
	}
	return glass(record), nil
}

func glass(record change.Record) map[model.Hash][]model.Run {
	changes := map[model.ChangeID]*model.Change{}
	for i := range record.Changes {
		changes[record.Changes[i].ID] = &record.Changes[i]
	}
	broken := map[model.Hash][]model.Run{}
	for _, r := range slices.Backward(record.Runs) {
		c := changes[r.Change]
		if r.Glass.IsEmpty() || c == nil || r.Outcome == model.RunFailed {
			continue
		}
		r.Events = nil
		// A deploy of an earlier revision lists the commits that it takes back: it applies that revision, and none of them.
		commits := c.Commits
		if !slices.Contains(commits, c.Revision) {
			commits = []model.Hash{c.Revision}
		}
		for _, id := range commits {
			if id != "" {
				broken[id] = append(broken[id], r)
			}
		}
	}
	return broken
}
