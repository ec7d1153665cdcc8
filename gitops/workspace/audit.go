package workspace

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"plumb/gitops/audit"
	"plumb/gitops/config"
	"plumb/gitops/objects"
	"plumb/model"
)

// Audit tells what the ledger says.
func (w *Workspace) Audit(ctx context.Context) (audit.Book, error) {
	entries, problems, err := w.ledger.Read(ctx)
	if err != nil {
		return audit.Book{}, err
	}
	return audit.Tell(entries, problems), nil
}

// Prove proves the ledger: its logs, and that each run was allowed when it began.
func (w *Workspace) Prove(ctx context.Context) (audit.Verdict, error) {
	book, err := w.Audit(ctx)
	if err != nil {
		return audit.Verdict{}, err
	}
	return book.Verify(ctx, w.rulesAt)
}

// ExplainProof says how anybody proves an entry, a change or a run without plumb.
func (w *Workspace) ExplainProof(ctx context.Context, id string) (audit.Explanation, error) {
	book, err := w.Audit(ctx)
	if err != nil {
		return audit.Explanation{}, err
	}
	return book.Explain(ctx, id, witness{w.opt.Store})
}

// rulesAt are the rules of an environment as a revision has them, and nothing else: not what the work tree says today. An environment
// that the revision does not know has no rules.
func (w *Workspace) rulesAt(ctx context.Context, name string, applied model.Hash) (model.Environment, error) {
	env := model.Environment{Name: name}
	s, err := w.snapshot(ctx, applied)
	if err != nil {
		return env, err
	}
	data, err := fs.ReadFile(s.Files, config.FileName)
	if errors.Is(err, fs.ErrNotExist) {
		return env, nil
	}
	if err != nil {
		return env, fmt.Errorf("read the rules of %s at %s: %w", name, applied.Short(), err)
	}
	then, err := config.ParseRepository(config.FileName, data)
	if err != nil {
		return env, fmt.Errorf("read the rules of %s at %s: %w", name, applied.Short(), err)
	}
	for _, e := range then.Environments {
		if e.Name == name {
			e.ReadOnly = e.ReadOnly || then.ReadOnly
			return e, nil
		}
	}
	return env, nil
}

// witness tells what is in the repository beside the ledger.
type witness struct{ store objects.Store }

// HasSignature reports whether the entry's commit has a signature beside its payload.
func (w witness) HasSignature(ctx context.Context, entry model.Hash) (bool, error) {
	c, err := w.store.Commit(ctx, entry)
	if err != nil {
		return false, fmt.Errorf("read the entry %s: %w", entry.Short(), err)
	}
	tree, err := w.store.Tree(ctx, c.Tree)
	if err != nil {
		return false, fmt.Errorf("read the entry %s: %w", entry.Short(), err)
	}
	for _, f := range tree {
		if f.Name == "payload.sig" {
			return true, nil
		}
	}
	return false, nil
}

// HasFile reports whether the revision has the file.
func (w witness) HasFile(ctx context.Context, revision model.Hash, name string) (bool, error) {
	s, err := objects.Snapshot(ctx, w.store, revision)
	if err != nil {
		return false, fmt.Errorf("read the files of %s: %w", revision.Short(), err)
	}
	_, err = fs.Stat(s.Files, name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}
