package gogit

import (
	"container/heap"
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"plumb/gitops/objects"
	"plumb/model"
)

// node is a commit in a walk.
type node struct {
	id       model.Hash
	tree     model.Hash
	parents  []model.Hash
	when     time.Time
	order    int // When it was found; of two commits of one second the earlier found comes first.
	children int // How many of its children are yet to come.
	shallow  bool
}

// graph is the part of history that a walk has seen.
type graph struct {
	store   *store
	nodes   map[model.Hash]*node
	shallow map[model.Hash]bool
}

func (s *store) graph(ctx context.Context) (*graph, error) {
	g := &graph{store: s, nodes: map[model.Hash]*node{}, shallow: map[model.Hash]bool{}}
	err := s.locked(ctx, func(b backend) error {
		ids, err := b.Shallow()
		for _, id := range ids {
			g.shallow[model.Hash(id.String())] = true
		}
		return err
	})
	return g, err
}

// node reads a commit once. Beyond a shallow boundary history ends.
func (g *graph) node(ctx context.Context, id model.Hash) (*node, error) {
	if n := g.nodes[id]; n != nil {
		return n, nil
	}
	c, err := g.store.Commit(ctx, id)
	if err != nil {
		return nil, err
	}
	n := &node{id: id, tree: c.Tree, parents: c.Parents, when: c.Committer.When, order: len(g.nodes)}
	if g.shallow[id] {
		n.parents, n.shallow = nil, true
	}
	g.nodes[id] = n
	return n, nil
}

// reach visits every commit that can be reached, each once, and not beyond those in stop.
func (g *graph) reach(ctx context.Context, from []model.Hash, firstParent bool, stop map[model.Hash]bool, visit func(*node)) (map[model.Hash]bool, error) {
	seen := map[model.Hash]bool{}
	todo := append([]model.Hash(nil), from...)
	for len(todo) > 0 {
		id := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[id] || stop[id] {
			continue
		}
		seen[id] = true
		n, err := g.node(ctx, id)
		if err != nil {
			return nil, err
		}
		visit(n)
		todo = append(todo, ancestors(n, firstParent)...)
	}
	return seen, nil
}

func ancestors(n *node, firstParent bool) []model.Hash {
	if firstParent && len(n.parents) > 1 {
		return n.parents[:1]
	}
	return n.parents
}

// Log walks history. Whether a parent may come is known only when all its
// children are, so all that can be reached is read before the first entry comes.
func (s *store) Log(ctx context.Context, q objects.LogQuery) iter.Seq2[objects.LogEntry, error] {
	return func(yield func(objects.LogEntry, error) bool) {
		if err := s.log(ctx, q, yield); err != nil {
			yield(objects.LogEntry{}, fmt.Errorf("read history: %w", err))
		}
	}
}

func (s *store) log(ctx context.Context, q objects.LogQuery, yield func(objects.LogEntry, error) bool) error {
	from, exclude, err := q.Ends(ctx, s)
	if err != nil || len(from) == 0 {
		return err
	}
	g, err := s.graph(ctx)
	if err != nil {
		return err
	}
	left, err := g.reach(ctx, exclude, false, nil, func(*node) {})
	if err != nil {
		return err
	}
	wanted, err := g.reach(ctx, from, q.FirstParent, left, func(n *node) {
		for _, p := range ancestors(n, q.FirstParent) {
			if left[p] {
				continue
			}
			// Reading it here makes sure that it is there to be counted.
			if parent, err := g.node(ctx, p); err == nil {
				parent.children++
			}
		}
	})
	if err != nil {
		return err
	}
	var ready queue
	for _, id := range from {
		if n := g.nodes[id]; wanted[id] && n.children == 0 {
			n.children = -1 // So that a revision that is named twice comes once.
			heap.Push(&ready, n)
		}
	}
	sent := 0
	for ready.Len() > 0 {
		n := heap.Pop(&ready).(*node)
		ok, err := s.entry(ctx, g, n, q, yield, &sent)
		if err != nil || !ok {
			return err
		}
		for _, p := range ancestors(n, q.FirstParent) {
			parent := g.nodes[p]
			if parent == nil || !wanted[p] {
				continue
			}
			if parent.children--; parent.children == 0 {
				heap.Push(&ready, parent)
			}
		}
	}
	return nil
}

// entry sends one commit if the query wants it. It is not ok when nothing more is wanted.
func (s *store) entry(ctx context.Context, g *graph, n *node, q objects.LogQuery, yield func(objects.LogEntry, error) bool, sent *int) (ok bool, err error) {
	var before model.Hash
	if len(n.parents) > 0 {
		parent, err := g.node(ctx, n.parents[0])
		if err != nil {
			return false, err
		}
		before = parent.tree
	}
	touches, err := s.touches(ctx, before, n.tree, q.Paths)
	if err != nil {
		return false, err
	}
	if !touches {
		return true, nil
	}
	e := objects.LogEntry{}
	if e.Commit, err = s.Commit(ctx, n.id); err != nil {
		return false, err
	}
	// What a commit at a shallow boundary changed cannot be known.
	if q.WithFiles && !n.shallow {
		for c, err := range objects.DiffTrees(ctx, s, before, n.tree) {
			if err != nil {
				return false, err
			}
			e.Files = append(e.Files, c)
		}
	}
	*sent++
	if !yield(e, nil) {
		return false, nil
	}
	return q.Limit <= 0 || *sent < q.Limit, nil
}

// touches reports whether one of the paths differs between two trees.
func (s *store) touches(ctx context.Context, before, after model.Hash, paths []string) (bool, error) {
	if len(paths) == 0 {
		return true, nil
	}
	for _, p := range paths {
		p = strings.Trim(p, "/")
		if p == "" || p == "." {
			return true, nil
		}
	}
	for _, err := range objects.DiffTrees(ctx, s, before, after, paths...) {
		return err == nil, err
	}
	return false, nil
}

// queue is the commits that may come next, the newest first.
type queue []*node

func (q queue) Len() int { return len(q) }
func (q queue) Less(i, j int) bool {
	if c := q[i].when.Compare(q[j].when); c != 0 {
		return c > 0
	}
	return q[i].order < q[j].order
}
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(n any)   { *q = append(*q, n.(*node)) }
func (q *queue) Pop() any {
	n := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return n
}

// MergeBase is the newest of the common ancestors that are not ancestors of others.
func (s *store) MergeBase(ctx context.Context, a, b model.Hash) (model.Hash, error) {
	why := fmt.Sprintf("find the merge base of %s and %s", a.Short(), b.Short())
	g, err := s.graph(ctx)
	if err != nil {
		return "", fmt.Errorf("%s: %w", why, err)
	}
	ofA, err := g.reach(ctx, []model.Hash{a}, false, nil, func(*node) {})
	if err != nil {
		return "", fmt.Errorf("%s: %w", why, err)
	}
	var common []*node
	isOlder := map[model.Hash]bool{}
	_, err = g.reach(ctx, []model.Hash{b}, false, nil, func(n *node) {
		if !ofA[n.id] {
			return
		}
		common = append(common, n)
		for _, p := range n.parents {
			isOlder[p] = true
		}
	})
	if err != nil {
		return "", fmt.Errorf("%s: %w", why, err)
	}
	var best *node
	for _, n := range common {
		if !isOlder[n.id] && (best == nil || n.when.After(best.when)) {
			best = n
		}
	}
	if best == nil {
		return "", fmt.Errorf("%s: %w", why, objects.ErrNotFound)
	}
	return best.id, nil
}

// IsAncestor looks for a among the ancestors of b.
func (s *store) IsAncestor(ctx context.Context, a, b model.Hash) (bool, error) {
	why := fmt.Sprintf("see whether %s is an ancestor of %s", a.Short(), b.Short())
	g, err := s.graph(ctx)
	if err == nil {
		_, err = g.node(ctx, a)
	}
	if err != nil {
		return false, fmt.Errorf("%s: %w", why, err)
	}
	seen, err := g.reach(ctx, []model.Hash{b}, false, nil, func(*node) {})
	if err != nil {
		return false, fmt.Errorf("%s: %w", why, err)
	}
	return seen[a], nil
}
