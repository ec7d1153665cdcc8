package index

import (
	"context"

	"plumb/gitops/objects"
	"plumb/gitops/objects/packs"
	"plumb/model/text"
)

// stored reads through a store, for repositories that have no files: those in memory.
type stored struct {
	store  objects.Store
	idSize int
}

func (s stored) open(int) session { return storedSession(s) }
func (s stored) close() error     { return nil }

type storedSession stored

func (s storedSession) commit(ctx context.Context, id packs.ID, r *record) error {
	c, err := s.store.Commit(ctx, hashOf(id, s.idSize))
	if err != nil {
		return err
	}
	*r = record{id: id, parents: r.parents[:0]}
	message := c.Subject.String()
	if !c.Body.IsEmpty() {
		message += "\n\n" + c.Body.String()
	}
	r.message = cutMessage([]byte(message))
	r.tree, _ = parseID(c.Tree, s.idSize)
	for _, p := range c.Parents {
		parent, _ := parseID(p, s.idSize)
		r.parents = append(r.parents, parent)
	}
	r.author, r.wrote = identityOf(c.Author.Name, c.Author.Email), stampOf(c.Author.When)
	r.by, r.when = identityOf(c.Committer.Name, c.Committer.Email), stampOf(c.Committer.When)
	return nil
}

func identityOf(name, email text.Safe) identity {
	return identity{[]byte(name.String()), []byte(email.String())}
}

func (s storedSession) diff(ctx context.Context, a, b packs.ID, emit func(path []byte, is thing) error) error {
	return s.differ(ctx, a, b, nil, emit)
}

// differ tells the paths that differ and are below some paths, or all where there are none.
func (s storedSession) differ(ctx context.Context, a, b packs.ID, below []string, emit func(path []byte, is thing) error) error {
	for f, err := range objects.DiffTrees(ctx, s.store, hashOf(a, s.idSize), hashOf(b, s.idSize), below...) {
		if err != nil {
			return err
		}
		is := thing{mode: f.NewMode}
		is.id, _ = parseID(f.NewHash, s.idSize)
		if err := emit([]byte(f.Path), is); err != nil {
			return err
		}
	}
	return nil
}

func (s storedSession) compare(ctx context.Context, tree packs.ID, paths []wanted) error {
	names := make([]string, len(paths))
	for i, p := range paths {
		names[i] = string(p.path)
	}
	has := map[string]thing{}
	// Against nothing every file differs.
	err := s.differ(ctx, packs.ID{}, tree, names, func(path []byte, is thing) error {
		has[string(path)] = is
		return nil
	})
	if err != nil {
		return err
	}
	for i := range paths {
		if has[names[i]] == paths[i].is {
			paths[i].found = true
		}
	}
	return nil
}
