package history

import (
	"context"
	"fmt"
	"slices"

	"plumb/gitops/objects"
	"plumb/gitops/objects/index"
	"plumb/model"
	"plumb/model/filter"
	"plumb/model/text"
)

// contents narrows the matches to those whose change has a text.
func (h *History) contents(ctx context.Context, m *Matches, t filter.Term, found func(*Matches)) error {
	git, ok := h.store.(objects.Historian)
	if !ok {
		return model.WithHint(fmt.Errorf("search the contents of commits for %q: git is not there", text.Line(t.Value)), "install git, or filter by message, path, author or date")
	}
	s := m.view.of.snapshot
	q := objects.PickQuery{Text: t.Value, How: objects.PickAdds, Paths: m.Wanted.Below, Merges: m.Wanted.FirstParent}
	if t.Kind == filter.Changes {
		q.How = objects.PickChanges
	}
	news := news{of: m, total: m.set.Len(), tell: found}
	hits := index.NewSet(s.Len())
	candidates := func(yield func(model.Hash) bool) {
		for _, o := range m.view.order {
			if m.set.Has(o) && !yield(s.Hash(o)) {
				return
			}
		}
	}
	for r, err := range git.Containing(ctx, q, candidates) {
		if err != nil {
			return fmt.Errorf("search the contents of commits: %w", err)
		}
		if o, ok := s.Find(r.Commit); ok {
			hits.Add(o)
			news.hits++
			continue
		}
		news.looked(r.Looked, hits)
	}
	if t.Not {
		m.set.AndNot(hits)
	} else {
		m.set.And(hits)
	}
	return nil
}

// news tells whoever waits for a search how far it is.
type news struct {
	of    *Matches
	total int
	tell  func(*Matches)

	hits       int // How many were found, and how many of them and of the candidates were told of last.
	told, last int
}

// steps is how often the progress of a search is told at least.
const steps = 200

// looked tells what was found so far, if anything is new, and every now and then that nothing was.
func (n *news) looked(looked int, hits index.Set) {
	if n.tell == nil || n.hits == n.told && (looked-n.last)*steps < n.total {
		return
	}
	n.told, n.last = n.hits, looked
	n.tell(&Matches{Wanted: n.of.Wanted, Looked: looked, Of: n.total, view: n.of.view, set: slices.Clone(hits)})
}
