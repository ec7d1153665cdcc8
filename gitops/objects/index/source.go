package index

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"

	"plumb/gitops/objects"
	"plumb/gitops/objects/internal/object"
	"plumb/gitops/objects/packs"
	"plumb/model"
)

// source is where commits and trees are read from. It hands out sessions, each for one goroutine.
type source interface {
	open(cacheBytes int) session
	close() error
}

// session reads objects for one goroutine.
type session interface {
	// commit reads a commit with the parents that it has in this history.
	commit(ctx context.Context, id packs.ID, r *record) error
	// diff tells each path that differs between two trees, in git's order; the zero id is the empty tree. The
	// path is valid during the call only.
	diff(ctx context.Context, a, b packs.ID, emit func(path []byte, is thing) error) error
	// compare marks those of the paths, which are in git's order, at which a tree has what is wanted there.
	compare(ctx context.Context, tree packs.ID, paths []wanted) error
}

// thing is what a tree has at a path. The zero thing is nothing, or a directory.
type thing struct {
	mode model.FileMode
	id   packs.ID
}

// wanted is a path, what should be there, and whether a tree was found that has it.
type wanted struct {
	path  []byte
	is    thing
	found bool
}

// isDamage reports whether the error says that one object is missing or cannot be read, and not that nothing can be.
func isDamage(err error) bool {
	if err == nil {
		return false
	}
	_, isMissing := errors.AsType[*objects.MissingError](err)
	return isMissing || errors.Is(err, packs.ErrCorrupt) || errors.Is(err, packs.ErrTooLarge) || errors.Is(err, fs.ErrPermission)
}

// packed reads the object files of a repository on disk.
type packed struct {
	reader  *packs.Reader
	idSize  int
	altered altered
}

func (p *packed) open(cacheBytes int) session {
	return &packedSession{packed: p, session: p.reader.Session(cacheBytes)}
}

func (p *packed) close() error { return p.reader.Close() }

type packedSession struct {
	*packed
	session *packs.Session
	raw     object.RawCommit
	matcher matcher
}

func (s *packedSession) commit(_ context.Context, id packs.ID, r *record) error {
	if instead, ok := s.altered.instead(id); ok {
		return s.replaced(id, instead, r)
	}
	if err := s.read(id, r); err != nil {
		return err
	}
	s.altered.cut(r)
	return nil
}

func (s *packedSession) read(id packs.ID, r *record) error {
	kind, data, err := s.session.Read(id)
	if err != nil {
		return err
	}
	if kind != object.Commit {
		return fmt.Errorf("object %s is a %s and no commit: %w", s.reader.Hash(id), kind, packs.ErrCorrupt)
	}
	if err := r.scan(id, s.idSize, data, &s.raw); err != nil {
		return fmt.Errorf("commit %s: %w", s.reader.Hash(id), err)
	}
	return nil
}

// replaced reads a commit with the parents of the one that stands for it, unless that cannot be read.
func (s *packedSession) replaced(id, instead packs.ID, r *record) error {
	var parents []packs.ID
	switch err := s.read(instead, r); {
	case err == nil:
		parents = append([]packs.ID{}, r.parents...)
	case !isDamage(err):
		return err
	}
	if err := s.read(id, r); err != nil {
		return err
	}
	if parents != nil {
		r.parents = append(r.parents[:0], parents...)
	}
	s.altered.cut(r)
	return nil
}

func (s *packedSession) diff(ctx context.Context, a, b packs.ID, emit func(path []byte, is thing) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.session.Diff(a, b, func(path []byte, c packs.Change) error { return emit(path, thing{c.NewMode, c.New}) })
}

func (s *packedSession) compare(_ context.Context, tree packs.ID, paths []wanted) error {
	return s.matcher.match(s.session, s.idSize, tree, paths)
}

// hashOf is an id as a hash; empty for none.
func hashOf(id packs.ID, idSize int) model.Hash {
	if id.IsZero() {
		return ""
	}
	return model.Hash(hex.EncodeToString(id[:idSize]))
}
