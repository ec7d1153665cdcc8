package workspace

import (
	"context"
	"fmt"
	"io/fs"
	"slices"

	"plumb/gitops/audit"
	"plumb/gitops/ledger"
	"plumb/gitops/objects"
	"plumb/model"
)

// Audit tells what the ledger says.
func (w *Workspace) Audit(ctx context.Context) (audit.Book, error) {
	return w.tell(ctx, w.ledgerNow())
}

func (w *Workspace) tell(ctx context.Context, l *ledger.Ledger) (audit.Book, error) {
	entries, problems, err := l.Read(ctx)
	if err != nil {
		return audit.Book{}, err
	}
	record, err := w.recordOf(ctx, entries, problems)
	if err != nil {
		return audit.Book{}, err
	}
	return audit.Tell(entries, problems, record), nil
}

// Prove proves the ledger: its logs, and that each run was allowed when it began. Nothing that was verified before is taken on trust, but
// for which entries there once were.
func (w *Workspace) Prove(ctx context.Context) (audit.Verdict, error) {
	_, known, err := w.ledgerNow().Read(ctx)
	if err != nil {
		return audit.Verdict{}, err
	}
	w.mu.Lock()
	fresh := ledger.Open(ledger.Options{Store: w.opt.Store, Prefix: w.prefix, Self: w.opt.Self, Now: w.opt.Now})
	w.mu.Unlock()
	book, err := w.tell(ctx, fresh)
	if err != nil {
		return audit.Verdict{}, err
	}
	for _, p := range known {
		if !slices.Contains(book.Problems, p) {
			book.Problems = append(book.Problems, p)
		}
	}
	return book.Verify(ctx, w.rulesAt, w.keyring(ctx))
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
	env, _, err := w.described(ctx, name, applied)
	env.Name = name
	return env, err
}

// witness tells what is in the repository beside the ledger.
type witness struct{ store objects.Store }

// File reads a file of a revision.
func (w witness) File(ctx context.Context, revision model.Hash, name string) ([]byte, error) {
	s, err := objects.Snapshot(ctx, w.store, revision)
	if err != nil {
		return nil, fmt.Errorf("read the files of %s: %w", revision.Short(), err)
	}
	return fs.ReadFile(s.Files, name)
}
