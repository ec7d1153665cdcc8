package gitcli

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"plumb/gitops/objects"
	"plumb/gitops/objects/internal/object"
	"plumb/gitops/objects/internal/reffile"
	"plumb/model"
)

// files are the refs if they are in files now: git can move them to tables while
// the repository is open.
func (s *store) files() (f reffile.Files, head reffile.Ref, ok bool) {
	if s.refs == nil {
		return f, head, false
	}
	head, err := s.refs.Get(reffile.Head)
	// HEAD is for show where refs are in tables.
	return *s.refs, head, err == nil && !strings.HasSuffix(head.Target, "/.invalid")
}

// named is the commit that HEAD or the full name of a ref leads to; not found
// where there is none, or where only git can tell.
func (s *store) named(ctx context.Context, name string) answer {
	if name != reffile.Head && reffile.CheckName(name) != nil {
		return answer{}
	}
	files, _, ok := s.files()
	if !ok {
		return answer{}
	}
	id, err := reffile.Follow(files.Get, name)
	if err != nil {
		return answer{}
	}
	id, _ = s.peelDirect(ctx, id)
	return answer{id: id, kind: object.Commit, found: id != ""}
}

// isUnborn reports whether HEAD names a branch that surely is not there.
func (s *store) isUnborn() bool {
	files, head, ok := s.files()
	if !ok || reffile.CheckName(head.Target) != nil {
		return false
	}
	_, err := files.Get(head.Target)
	return errors.Is(err, objects.ErrNotFound)
}

// peelDirect follows tags to a commit in this process. It is empty for what
// leads to none; not ok where only git can tell.
func (s *store) peelDirect(ctx context.Context, id model.Hash) (commit model.Hash, ok bool) {
	// A tag of a tag is rare, and one of a hundred was made to waste time.
	for range 100 {
		a := s.direct.info(ctx, id)
		switch {
		case !a.found:
			return "", false
		case a.kind == object.Commit:
			return id, true
		case a.kind != object.Tag:
			return "", true
		}
		var next model.Hash
		if !s.direct.with(ctx, object.Tag, id, func(data []byte) {
			line, _, _ := bytes.Cut(data, []byte("\n"))
			target, _ := bytes.CutPrefix(line, []byte("object "))
			next = model.Hash(target)
		}) {
			return "", false
		}
		id = next
	}
	return "", false
}

// refsInFiles lists the refs whose name starts with the prefix; not ok where only git can tell.
func (s *store) refsInFiles(ctx context.Context, prefix string) (refs []objects.Ref, ok bool) {
	files, _, ok := s.files()
	if !ok || ctx.Err() != nil {
		return nil, false
	}
	if len(prefix) < len(allRefs) {
		prefix = allRefs
	}
	all, broken, err := files.List(prefix)
	if err != nil || broken {
		return nil, false
	}
	get := func(name string) (reffile.Ref, error) {
		if r, ok := all[name]; ok {
			return r, nil
		}
		if err := reffile.CheckName(name); err != nil {
			return reffile.Ref{}, err
		}
		return files.Get(name)
	}
	defer s.direct.relax()
	for name := range all {
		id, err := reffile.Follow(get, name)
		if errors.Is(err, objects.ErrNotFound) {
			continue // A symbolic ref to nothing is left out, as git does.
		}
		if err != nil {
			return nil, false
		}
		commit, ok := s.peelDirect(ctx, id)
		if !ok {
			return nil, false
		}
		if commit != "" {
			refs = append(refs, objects.Ref{Name: name, Hash: commit})
		}
	}
	slices.SortFunc(refs, func(a, b objects.Ref) int { return cmp.Compare(a.Name, b.Name) })
	return refs, true
}
