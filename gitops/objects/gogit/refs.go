package gogit

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"plumb/gitops/objects"
	"plumb/gitops/objects/internal/object"
	"plumb/gitops/objects/internal/reffile"
	"plumb/model"
	"plumb/model/text"
)

// Refs lists refs, each peeled to its commit.
func (s *store) Refs(ctx context.Context, prefix string) ([]objects.Ref, error) {
	var refs []objects.Ref
	err := s.locked(ctx, func(backend) error {
		all, err := s.refs.list()
		for _, r := range all {
			if !strings.HasPrefix(r.Name, prefix) {
				continue
			}
			// A symbolic ref to nothing is left out, as git does.
			if end, err := reffile.Follow(s.refs.get, r.Name); err == nil {
				refs = append(refs, objects.Ref{Name: r.Name, Hash: end})
			}
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list refs: %w", err)
	}
	peeled := refs[:0]
	for _, r := range refs {
		id, err := s.peel(ctx, r.Hash)
		var gone *objects.MissingError
		switch {
		case errors.As(err, &gone):
			// The ref is there, and reading what it leads to will say what is missing.
		case errors.Is(err, objects.ErrNotFound):
			continue
		case err != nil:
			return nil, fmt.Errorf("list refs: %w", err)
		default:
			r.Hash = id
		}
		peeled = append(peeled, r)
	}
	slices.SortFunc(peeled, func(a, b objects.Ref) int { return cmp.Compare(a.Name, b.Name) })
	return peeled, nil
}

// UpdateRef moves a ref, after what it leads to is known to be there.
func (s *store) UpdateRef(ctx context.Context, name string, next, prev model.Hash) error {
	why := "update " + text.Line(name).String()
	if next == "" && prev == "" {
		return fmt.Errorf("%s: neither a new nor an old commit is given", why)
	}
	if err := reffile.CheckName(name); err != nil {
		return fmt.Errorf("%s: %w", why, err)
	}
	for _, h := range []model.Hash{next, prev} {
		if h != "" && (!object.IsID(h) || len(h) != 40) {
			return fmt.Errorf("%s: %q is not an object id", why, h)
		}
	}
	if next != "" {
		_, kind, err := s.read(ctx, "", next)
		if err != nil {
			return fmt.Errorf("%s: %w", why, err)
		}
		if strings.HasPrefix(name, "refs/heads/") && kind != object.Commit {
			return fmt.Errorf("%s: %s is a %s", why, next.Short(), kind)
		}
	}
	if err := s.locked(ctx, func(backend) error { return s.refs.update(ctx, name, next, prev) }); err != nil {
		return fmt.Errorf("%s: %w", why, err)
	}
	return nil
}

// ref is a ref as it is stored: it names an object or another ref.
type ref = reffile.Ref

// refs are the refs of a repository. The mutex of the store is held during every call.
type refs interface {
	// get is one ref, "HEAD" among them, or an error that wraps [objects.ErrNotFound].
	get(name string) (ref, error)
	// list is all below "refs/", in any order.
	list() ([]ref, error)
	// update points a ref at next if it is at prev.
	update(ctx context.Context, name string, next, prev model.Hash) error
}

// current is what a ref itself points to; empty for no such ref.
func current(all refs, name string) (model.Hash, error) {
	r, err := all.get(name)
	switch {
	case errors.Is(err, objects.ErrNotFound):
		return "", nil
	case err == nil && r.ID == "":
		return "", errors.New("it is a symbolic ref")
	}
	return r.ID, err
}

// hasRoom refuses a name that is also a directory of refs, or is below a ref.
func hasRoom(all refs, name string) error {
	list, err := all.list()
	if err != nil {
		return err
	}
	for _, other := range list {
		if strings.HasPrefix(other.Name, name+"/") || strings.HasPrefix(name, other.Name+"/") {
			return fmt.Errorf("the ref %s is in the way", text.Line(other.Name))
		}
	}
	return nil
}

func moved(now, prev model.Hash) error {
	return fmt.Errorf("%w: it is at %s, not at %s", objects.ErrMoved, orNothing(now), orNothing(prev))
}

func orNothing(h model.Hash) string {
	if h == "" {
		return "nothing"
	}
	return h.Short()
}
