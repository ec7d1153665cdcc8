package gitcli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"plumb/gitops/objects"
	"plumb/gitops/objects/internal/object"
	"plumb/model"
	"plumb/model/text"
)

// allRefs begins the name of every ref.
const allRefs = "refs/"

// Refs reads the files of refs, and asks git for-each-ref where that is not enough.
func (s *store) Refs(ctx context.Context, prefix string) ([]objects.Ref, error) {
	const why = "list refs"
	// Git's pattern is a glob or a directory; what it finds is filtered again
	// below. No ref has a name with one of these characters.
	if strings.ContainsAny(prefix, "*?[\\\x00\n") {
		return nil, nil
	}
	if !strings.HasPrefix(prefix, allRefs) && !strings.HasPrefix(allRefs, prefix) {
		return nil, nil
	}
	if refs, ok := s.refsInFiles(ctx, prefix); ok {
		return refs, nil
	}
	pattern := prefix[:strings.LastIndexByte(prefix, '/')+1]
	args := []string{"for-each-ref", "--format=%(objectname) %(objecttype) %(*objectname) %(*objecttype) %(refname)"}
	if pattern != "" {
		args = append(args, pattern)
	}
	out, err := s.git.run(ctx, why, nil, args...)
	if err != nil && ctx.Err() == nil {
		// One ref that leads to a missing object must not hide all the others:
		// ask again without looking at objects.
		args[1] = "--format=%(objectname)    %(refname)"
		out, err = s.git.run(ctx, why, nil, args...)
	}
	if err != nil {
		return nil, err
	}
	var refs []objects.Ref
	for line := range strings.Lines(string(out)) {
		f := strings.SplitN(strings.TrimSuffix(line, "\n"), " ", 5)
		if len(f) != 5 || !strings.HasPrefix(f[4], prefix) {
			continue
		}
		id, kind := model.Hash(f[0]), object.Kind(f[1])
		if kind == object.Tag {
			id, kind = model.Hash(f[2]), object.Kind(f[3])
		}
		if kind != object.Commit {
			if id, err = s.peel(ctx, id); err != nil {
				return nil, err
			}
		}
		if id != "" {
			refs = append(refs, objects.Ref{Name: f[4], Hash: id})
		}
	}
	return refs, nil
}

// peel follows tags to a commit. It is empty for what leads to none, and the id
// itself where the object is missing: reading it will say so.
func (s *store) peel(ctx context.Context, id model.Hash) (model.Hash, error) {
	const why = "list refs"
	a, err := s.about(ctx, why, string(id))
	if err == nil && a.kind == object.Tag {
		a, err = s.pool.info(ctx, why, string(id)+"^{commit}")
	}
	var gone *objects.MissingError
	switch {
	case errors.As(err, &gone):
		return id, nil
	case err != nil:
		return "", err
	case !a.found:
		return id, nil
	case a.kind != object.Commit:
		return "", nil
	}
	return a.id, nil
}

// MergeBase asks git merge-base.
func (s *store) MergeBase(ctx context.Context, a, b model.Hash) (model.Hash, error) {
	why := fmt.Sprintf("find the merge base of %s and %s", a.Short(), b.Short())
	if err := s.areCommits(ctx, why, a, b); err != nil {
		return "", err
	}
	out, err := s.git.run(ctx, why, nil, "merge-base", string(a), string(b))
	if exitCode(err) == 1 && stderrOf(err) == "" {
		return "", fmt.Errorf("%s: %w", why, objects.ErrNotFound)
	}
	return model.Hash(strings.TrimSpace(string(out))), err
}

// IsAncestor asks git merge-base.
func (s *store) IsAncestor(ctx context.Context, a, b model.Hash) (bool, error) {
	why := fmt.Sprintf("see whether %s is an ancestor of %s", a.Short(), b.Short())
	if err := s.areCommits(ctx, why, a, b); err != nil {
		return false, err
	}
	if a == b {
		return true, nil
	}
	_, err := s.git.run(ctx, why, nil, "merge-base", "--is-ancestor", string(a), string(b))
	if exitCode(err) == 1 && stderrOf(err) == "" {
		return false, nil
	}
	return err == nil, err
}

// areCommits makes sure that git is asked about commits only: it answers the
// same for a missing object as for an unrelated one.
func (s *store) areCommits(ctx context.Context, why string, ids ...model.Hash) error {
	for _, id := range ids {
		if !object.IsID(id) {
			return fmt.Errorf("%s: %w: %q is not an object id", why, objects.ErrNotFound, id)
		}
		a, err := s.about(ctx, why, string(id))
		switch {
		case err != nil:
			return err
		case !a.found:
			return fmt.Errorf("%s: %w", why, &objects.MissingError{ID: id})
		case a.kind != object.Commit:
			return fmt.Errorf("%s: %s is a %s", why, id.Short(), a.kind)
		}
	}
	return nil
}

// refAttempts is how often a ref is tried whose lock another process holds. Git itself waits
// for a lock a while each time.
const refAttempts = 5

// UpdateRef runs git update-ref, after everything that was written is durable.
func (s *store) UpdateRef(ctx context.Context, name string, next, prev model.Hash) error {
	why := "update " + text.Line(name).String()
	if next == "" && prev == "" {
		return fmt.Errorf("%s: neither a new nor an old commit is given", why)
	}
	if !strings.HasPrefix(name, "refs/") || strings.ContainsRune(name, 0) {
		return fmt.Errorf("%s: not the full name of a ref", why)
	}
	for _, h := range []model.Hash{next, prev} {
		if h != "" && !object.IsID(h) {
			return fmt.Errorf("%s: %q is not an object id", why, h)
		}
	}
	if err := s.Sync(); err != nil {
		return fmt.Errorf("%s: %w", why, err)
	}
	var err error
	for range refAttempts {
		if err = s.transact(ctx, why, name, next, prev); err == nil || ctx.Err() != nil {
			return err
		}
		// Git's words for a lost race are many; the ref itself says it best.
		now, readErr := s.raw(ctx, name)
		if readErr != nil {
			return err
		}
		if now != prev {
			return fmt.Errorf("%s: %w: it is at %s, not at %s", why, objects.ErrMoved, orNothing(now), orNothing(prev))
		}
		if !strings.Contains(stderrOf(err), ".lock") {
			break
		}
	}
	if strings.Contains(stderrOf(err), ".lock") {
		return model.WithHint(err, "another git holds the lock of the ref; if none runs, delete the file that git names")
	}
	return err
}

func orNothing(h model.Hash) string {
	if h == "" {
		return "nothing"
	}
	return h.Short()
}

func (s *store) transact(ctx context.Context, why, name string, next, prev model.Hash) error {
	var command string
	switch {
	case prev == "":
		command = fmt.Sprintf("create %s\x00%s\x00", name, next)
	case next == "":
		command = fmt.Sprintf("delete %s\x00%s\x00", name, prev)
	default:
		command = fmt.Sprintf("update %s\x00%s\x00%s\x00", name, next, prev)
	}
	g := s.git
	g.options = append(slices.Clip(g.options), "-c", "core.fsync=all", "-c", "core.fsyncMethod=fsync")
	_, err := g.run(ctx, why, strings.NewReader("option no-deref\x00"+command), "update-ref", "-m", "plumb", "--stdin", "-z")
	return err
}

// raw is what the ref itself points to, tags not peeled; empty for no such ref.
func (s *store) raw(ctx context.Context, name string) (model.Hash, error) {
	out, err := s.git.run(ctx, "read "+text.Line(name).String(), nil, "for-each-ref", "--format=%(objectname) %(refname)", name)
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(string(out)) {
		if id, ref, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " "); ref == name {
			return model.Hash(id), nil
		}
	}
	return "", nil
}
