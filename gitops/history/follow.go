package history

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"plumb/gitops/objects"
	"plumb/gitops/objects/index"
	"plumb/model"
	"plumb/model/text"
)

// follow is the set of commits that changed a file or directory, and what it was before it got its name.
//
// Along one line of history that is what git log --follow lists, for files. Where history has branches, git goes by
// the order in which it comes across commits. Here a commit that brought the path by moving another one divides them: what
// that commit leads to has the path as another thing's, and what comes after it has the old name as another thing's. A directory, which
// git does not follow, is followed from the oldest commit that knows it.
func (h *History) follow(ctx context.Context, v *View, path string, w Wanted) (index.Set, error) {
	git, _ := h.store.(objects.Historian)
	all := index.NewSet(v.of.snapshot.Len())
	older := slices.Clone(v.in)
	for path = cleaned(path); ; {
		exactly, within := v.touchingPath(path, w)
		exactly.And(older)
		within.And(older)
		from, at := "", index.Absent
		if path != "" && git != nil {
			var err error
			if from, at, err = h.cameFrom(ctx, v, git, path, exactly, within); err != nil {
				return nil, err
			}
		}
		if from != "" {
			before := reach(v.of.snapshot, at)
			before.Remove(at)
			within.AndNot(before)
		}
		all.Or(within)
		if from == "" {
			return all, nil
		}
		older.AndNot(v.after(at))
		path = from
	}
}

// touchingPath is the sets of commits that changed a file of just this name, and that changed it or something below it.
func (v *View) touchingPath(path string, w Wanted) (exactly, within index.Set) {
	is := below([]string{path})
	exactly = v.of.snapshot.Touching(w.FirstParent, func(p string) bool { return p == path })
	return exactly, w.touching(v, is)
}

// cameFrom looks for the newest commit that gave a path its name by moving something there, and answers what that was called.
func (h *History) cameFrom(ctx context.Context, v *View, git objects.Historian, path string, exactly, within index.Set) (string, index.Ordinal, error) {
	s := v.of.snapshot
	candidates := v.ordered(v.order, exactly)
	if all := v.ordered(v.order, within); len(all) > 0 {
		candidates = append(candidates, all[len(all)-1])
	}
	for _, o := range candidates {
		if s.Parent(o) == index.Absent {
			continue
		}
		isNew, err := h.isNew(ctx, s.Hash(o), s.Hash(s.Parent(o)), path)
		if err == nil && !isNew {
			continue
		}
		from := ""
		if err == nil {
			from, err = git.RenamedFrom(ctx, s.Hash(o), path)
		}
		switch {
		case errors.As(err, new(*objects.MissingError)): // Nobody can tell here.
		case err != nil:
			return "", o, fmt.Errorf("follow %s to what it was before: %w", text.Line(path), err)
		case from != "":
			return from, o, nil
		}
	}
	return "", index.Absent, nil
}

// isNew reports whether a commit has a path that its parent has not.
func (h *History) isNew(ctx context.Context, id, parent model.Hash, path string) (bool, error) {
	// Nearly always the parent has it.
	_, err := objects.EntryAt(ctx, h.store, parent, path)
	if !errors.Is(err, objects.ErrNotFound) {
		return false, err
	}
	_, err = objects.EntryAt(ctx, h.store, id, path)
	if errors.Is(err, objects.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// after is a commit of the view with all that lead to it.
func (v *View) after(at index.Ordinal) index.Set {
	s := v.of.snapshot
	set := index.NewSet(s.Len())
	set.Add(at)
	var parents []index.Ordinal
	for _, o := range slices.Backward(v.order) {
		parents = s.Parents(o, parents[:0])
		if slices.ContainsFunc(parents, set.Has) {
			set.Add(o)
		}
	}
	return set
}
