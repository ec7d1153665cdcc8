package history

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"plumb/gitops/objects"
	"plumb/gitops/objects/index"
	"plumb/model"
	"plumb/model/filter"
	"plumb/model/request"
	"plumb/model/text"
)

// Wanted says which commits to find.
type Wanted struct {
	Filter      filter.Filter
	Below       []string // Only commits that changed one of these files, or a file in one of these directories; empty for all.
	FirstParent bool     // Only commits along first parents, and of merges what they changed against their first parent.
	Folded      bool     // Merges along first parents count for what they changed against their first parent, as where they are one row.
}

// touching is the set of commits that changed a path that is wanted.
func (w Wanted) touching(v *View, wants func(path string) bool) index.Set {
	s := v.snapshot
	set := s.Touching(w.FirstParent, wants)
	if w.Folded && !w.FirstParent {
		byFirst := s.Touching(true, wants)
		for _, o := range v.line {
			if byFirst.Has(o) {
				set.Add(o)
			}
		}
	}
	return set
}

// Matches are the commits of a view that are wanted.
type Matches struct {
	Wanted Wanted
	Done   bool // No more will be found.
	Looked int  // Of commits whose contents are searched: how many were, of Of.
	Of     int

	view *View
	set  index.Set
}

// Len is how many there are.
func (m *Matches) Len() int { return m.set.Len() }

// Has reports whether the commit of a row is one.
func (m *Matches) Has(r *Rows, row int) bool { return m.set.Has(r.list[row]) }

// Next is the nearest match after or, with a negative step, before a commit, in the order of the view; round the end
// it begins again. The position says how many are before it.
func (m *Matches) Next(from model.Hash, step int) (id model.Hash, ok bool) {
	s := m.view.snapshot
	at := -1
	if o, found := s.Find(from); found {
		for i, x := range m.view.order {
			if x == o {
				at = i
				break
			}
		}
	}
	n := len(m.view.order)
	for i := range n {
		j := at + step*(i+1)
		j = ((j % n) + n) % n
		if m.set.Has(m.view.order[j]) {
			return s.Hash(m.view.order[j]), true
		}
	}
	return "", false
}

// Position is how many matches come before a commit in the order of the view, itself included if it is one.
func (m *Matches) Position(id model.Hash) int {
	o, ok := m.view.snapshot.Find(id)
	if !ok || !m.set.Has(o) {
		return 0
	}
	n := 0
	for _, x := range m.view.order {
		if m.set.Has(x) {
			n++
		}
		if x == o {
			break
		}
	}
	return n
}

// Match finds the commits of a view that the filter wants. Found is called with what is found so far, while the contents of commits
// are searched, which git does one commit after the other; the answer is all of it. What needs git, and
// git is not there, is an error, as is an environment or a revision that does not exist.
func (h *History) Match(ctx context.Context, v *View, w Wanted, found func(*Matches)) (*Matches, error) {
	m := &Matches{Wanted: w, view: v}
	s := v.snapshot
	m.set = index.NewSet(s.Len())
	among := v.order
	if w.FirstParent {
		among = v.line
	}
	for _, o := range among {
		m.set.Add(o)
	}
	if len(w.Below) > 0 {
		m.set.And(w.touching(v, below(w.Below)))
	}
	var contents []filter.Term
	for _, t := range w.Filter.Terms {
		if t.Kind == filter.Adds || t.Kind == filter.Changes {
			contents = append(contents, t)
			continue
		}
		set, err := h.term(ctx, v, t, w)
		if err != nil {
			return nil, err
		}
		if t.Not {
			m.set.AndNot(set)
		} else {
			m.set.And(set)
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	for _, t := range contents {
		if err := h.contents(ctx, m, t, found); err != nil {
			return nil, err
		}
	}
	m.Done = s.Walked && (s.Pathed || !w.needsPaths())
	return m, nil
}

// needsPaths reports whether what is found depends on the paths that commits changed.
func (w Wanted) needsPaths() bool {
	for _, t := range w.Filter.Terms {
		switch t.Kind {
		case filter.Path, filter.File, filter.Environment, filter.Target, filter.Resource:
			return true
		case filter.Is:
			if t.Value == filter.IsProduction || t.Value == filter.IsPending || t.Value == filter.IsLive {
				return true
			}
		}
	}
	return len(w.Below) > 0
}

// term is the set of commits that one term wants, whether or not it is negated.
func (h *History) term(ctx context.Context, v *View, t filter.Term, w Wanted) (index.Set, error) {
	s := v.snapshot
	switch t.Kind {
	case filter.Text:
		return saying(s, t.Value), nil
	case filter.Fuzzy:
		return s.Where(func(message []byte) bool {
			subject, _, _ := bytes.Cut(message, []byte("\n"))
			return filter.HasFuzzy(t.Value, string(subject))
		}), nil
	case filter.Author, filter.Committer:
		needle := strings.ToLower(t.Value)
		return s.Written(t.Kind == filter.Committer, func(name, email string) bool {
			return strings.Contains(strings.ToLower(name), needle) || strings.Contains(strings.ToLower(email), needle)
		}), nil
	case filter.Dates:
		return dated(s, t), nil
	case filter.Path:
		return w.touching(v, t.MatchPath), nil
	case filter.File:
		return h.follow(ctx, v, t.Value)
	case filter.Environment, filter.Target, filter.Resource:
		paths, err := h.opt.Paths(ctx, t.Kind, t.Value)
		if err != nil {
			return nil, err
		}
		return w.touching(v, below(paths)), nil
	case filter.Trailer:
		return trailer(s, t), nil
	case filter.Is:
		return is(v, t.Value)
	case filter.Revision:
		return h.between(ctx, s, t.Value)
	}
	return nil, fmt.Errorf("history cannot be filtered by %q", t.Kind)
}

// shortestID is how many hexadecimal digits are taken for the beginning of a commit's id.
const shortestID = 4

func saying(s *index.Snapshot, value string) index.Set {
	needle, fold := filter.Smart(value)
	set := s.Saying(needle, fold)
	if len(value) >= shortestID && len(value) <= 64 && strings.Trim(value, "0123456789abcdef") == "" {
		for o := range index.Ordinal(s.Len()) {
			if s.StartsWith(o, value) {
				set.Add(o)
			}
		}
	}
	return set
}

func dated(s *index.Snapshot, t filter.Term) index.Set {
	set := index.NewSet(s.Len())
	for o := range index.Ordinal(s.Len()) {
		when := s.Time(o)
		if (t.From.IsZero() || when >= t.From.Unix()) && (t.To.IsZero() || when < t.To.Unix()) {
			set.Add(o)
		}
	}
	return set
}

// trailer finds commits whose message ends with a paragraph of trailers that has the key.
func trailer(s *index.Snapshot, t filter.Term) index.Set {
	key, value := strings.ToLower(t.Key), strings.ToLower(t.Value)
	return s.Where(func(message []byte) bool {
		_, last := lastParagraph(strings.TrimRight(string(message), "\n"))
		for line := range strings.Lines(last) {
			k, v, ok := strings.Cut(line, ":")
			if ok && strings.ToLower(strings.TrimSpace(k)) == key && strings.Contains(strings.ToLower(v), value) {
				return true
			}
		}
		return false
	})
}

// lastParagraph splits a message before its last paragraph; a message of one paragraph has none, because that is its subject.
func lastParagraph(message string) (before, last string) {
	i := strings.LastIndex(message, "\n\n")
	if i < 0 {
		return message, ""
	}
	return message[:i], message[i+2:]
}

// is finds commits by what they are.
func is(v *View, what string) (index.Set, error) {
	s := v.snapshot
	set := index.NewSet(s.Len())
	switch what {
	case filter.IsMerge, filter.IsSigned, filter.IsRequest:
		for _, o := range v.order {
			if has(s, o, what) {
				set.Add(o)
			}
		}
	case filter.IsProduction, filter.IsLive, filter.IsPending:
		for i := range v.marks {
			set.Or(v.marks[i].standing(s, what))
		}
	default:
		return nil, fmt.Errorf("a commit cannot be %q", what)
	}
	return set, nil
}

func has(s *index.Snapshot, o index.Ordinal, what string) bool {
	switch what {
	case filter.IsMerge:
		return s.ParentCount(o) > 1
	case filter.IsSigned:
		return s.IsSigned(o)
	}
	_, ok := request.Of(s.Commit(o))
	return ok
}

// standing is the set of commits that touch the environment and stand in the way that is asked for.
func (m *mark) standing(s *index.Snapshot, what string) index.Set {
	set := index.NewSet(s.Len())
	if what == filter.IsProduction && !m.place.Production {
		return set
	}
	set.Or(m.touches)
	switch what {
	case filter.IsLive:
		set.And(m.live)
	case filter.IsPending:
		set.And(m.head)
		set.AndNot(m.live)
		if m.live == nil {
			return nil // Nobody knows what is live, so nobody knows what waits.
		}
	}
	return set
}

// between is what a revision leads to and, of a range A..B, A does not.
func (h *History) between(ctx context.Context, s *index.Snapshot, value string) (index.Set, error) {
	exclude, from, isRange := strings.Cut(value, "..")
	if !isRange {
		exclude, from = "", value
	}
	tip, err := h.resolve(ctx, s, from)
	if err != nil {
		return nil, unknownRevision(err)
	}
	set := reach(s, tip)
	if isRange {
		out, err := h.resolve(ctx, s, exclude)
		if err != nil {
			return nil, unknownRevision(err)
		}
		set.AndNot(reach(s, out))
	}
	return set, nil
}

func unknownRevision(err error) error {
	if errors.Is(err, objects.ErrNotFound) {
		return model.WithHint(err, "branches, tags, ids and HEAD~2 are revisions")
	}
	return err
}

// contents narrows the matches to those whose change has a text.
func (h *History) contents(ctx context.Context, m *Matches, t filter.Term, found func(*Matches)) error {
	git, ok := h.store.(objects.Historian)
	if !ok {
		return model.WithHint(fmt.Errorf("search the contents of commits for %q: git is not there", text.Line(t.Value)), "install git, or filter by message, path, author or date")
	}
	s := m.view.snapshot
	q := objects.PickQuery{Text: t.Value, How: objects.PickAdds}
	if t.Kind == filter.Changes {
		q.How = objects.PickChanges
	}
	candidates := m.set
	hits := index.NewSet(s.Len())
	so := &Matches{Wanted: m.Wanted, view: m.view, Of: candidates.Len()}
	for r, err := range git.Containing(ctx, q, func(yield func(model.Hash) bool) {
		for _, o := range m.view.order {
			if candidates.Has(o) && !yield(s.Hash(o)) {
				return
			}
		}
	}) {
		if err != nil {
			return fmt.Errorf("search the contents of commits: %w", err)
		}
		if o, ok := s.Find(r.Commit); ok && r.Commit != "" {
			hits.Add(o)
		}
		if found != nil && !t.Not {
			now := *so
			now.Looked, now.set = r.Looked, append(index.Set(nil), hits...)
			found(&now)
		}
	}
	if t.Not {
		m.set.AndNot(hits)
	} else {
		m.set.And(hits)
	}
	return nil
}

// follow is the set of commits that changed a file or directory, and before it had its name, what it was then.
func (h *History) follow(ctx context.Context, v *View, path string) (index.Set, error) {
	s := v.snapshot
	path = strings.Trim(path, "/")
	git, _ := h.store.(objects.Historian)
	set := index.NewSet(s.Len())
	older := index.NewSet(s.Len())
	for _, o := range v.order {
		older.Add(o)
	}
	for seen := map[string]bool{}; path != "" && !seen[path]; {
		seen[path] = true
		touching := s.Touching(false, below([]string{path}))
		touching.And(older)
		set.Or(touching)
		if git == nil {
			break
		}
		from, at, err := h.cameFrom(ctx, v, git, touching, path)
		if err != nil || from == "" {
			return set, err
		}
		// What has the old name after the file left it is another file.
		older = reach(s, at)
		older.Remove(at)
		path = from
	}
	return set, nil
}

// cameFrom looks, from the newest of the commits on, for one that gave the path its name by moving something there.
func (h *History) cameFrom(ctx context.Context, v *View, git objects.Historian, touching index.Set, path string) (string, index.Ordinal, error) {
	s := v.snapshot
	for _, o := range v.order {
		if !touching.Has(o) {
			continue
		}
		parent := s.Parent(o)
		if parent == index.Absent {
			continue
		}
		is, err := h.exists(ctx, s.Hash(o), path)
		if err != nil || !is {
			continue // Removed here, or nobody can tell.
		}
		was, err := h.exists(ctx, s.Hash(parent), path)
		if err != nil || was {
			continue
		}
		from, err := git.RenamedFrom(ctx, s.Hash(o), path)
		if err != nil {
			return "", o, fmt.Errorf("follow %s to what it was before: %w", text.Line(path), err)
		}
		if from != "" {
			return from, o, nil
		}
	}
	return "", index.Absent, ctx.Err()
}

// exists reports whether a commit has the path.
func (h *History) exists(ctx context.Context, id model.Hash, path string) (bool, error) {
	c, err := h.store.Commit(ctx, id)
	if err != nil {
		return false, err
	}
	tree := c.Tree
	for name := range strings.SplitSeq(path, "/") {
		entries, err := h.store.Tree(ctx, tree)
		if err != nil {
			return false, err
		}
		found := false
		for _, e := range entries {
			if e.Name == name {
				tree, found = e.Hash, true
				break
			}
		}
		if !found {
			return false, nil
		}
	}
	return true, nil
}
