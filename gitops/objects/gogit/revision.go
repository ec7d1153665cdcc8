package gogit

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"

	"plumb/gitops/objects"
	"plumb/gitops/objects/internal/object"
	"plumb/gitops/objects/internal/reffile"
	"plumb/model"
)

// step is one of the suffixes that lead from a commit to another.
var step = regexp.MustCompile(`^(?:\^\{(?:commit|)\}|[~^]\d*)`)

// Resolve understands names of refs, full and abbreviated hashes, "@", and the
// suffixes ~N, ^N and ^{commit}. What else git understands is not found here.
func (s *store) Resolve(ctx context.Context, revision string) (model.Hash, error) {
	id, err := s.resolve(ctx, revision)
	if err == nil {
		return id, nil
	}
	var gone *objects.MissingError
	if errors.As(err, &gone) && !errors.Is(err, objects.ErrNotFound) {
		err = fmt.Errorf("%w: %w", objects.ErrNotFound, err)
	}
	return "", fmt.Errorf("resolve %q: %w", revision, err)
}

func (s *store) resolve(ctx context.Context, revision string) (model.Hash, error) {
	base, suffix := revision, ""
	if i := strings.IndexAny(revision, "~^"); i >= 0 {
		base, suffix = revision[:i], revision[i:]
	}
	if base == "@" {
		base = "HEAD"
	}
	id, err := s.named(ctx, base)
	if err != nil {
		return "", err
	}
	id, err = s.peel(ctx, id)
	for err == nil && suffix != "" {
		m := step.FindString(suffix)
		if m == "" {
			return "", objects.ErrNotFound
		}
		suffix = suffix[len(m):]
		if !strings.Contains(m, "{") {
			id, err = s.take(ctx, id, m)
		}
	}
	return id, err
}

// take takes one step of the form ~, ~N, ^ or ^N.
func (s *store) take(ctx context.Context, id model.Hash, step string) (model.Hash, error) {
	n := 1
	if step[1:] != "" {
		var err error
		if n, err = strconv.Atoi(step[1:]); err != nil {
			return "", objects.ErrNotFound
		}
	}
	generations, parent := n, 1
	if step[0] == '^' {
		generations, parent = 1, n
		if n == 0 {
			return id, nil
		}
	}
	for range generations {
		c, err := s.Commit(ctx, id)
		if err != nil {
			return "", err
		}
		if parent > len(c.Parents) {
			return "", objects.ErrNotFound
		}
		id = c.Parents[parent-1]
	}
	// The last one may lie beyond a shallow boundary.
	_, err := s.Commit(ctx, id)
	return id, err
}

// rules are the places where git looks for a name, in its order.
var rules = []string{"%s", "refs/%s", "refs/tags/%s", "refs/heads/%s", "refs/remotes/%s", "refs/remotes/%s/HEAD"}

func (s *store) named(ctx context.Context, name string) (id model.Hash, err error) {
	if len(name) == 40 && object.IsID(model.Hash(strings.ToLower(name))) {
		return model.Hash(strings.ToLower(name)), nil
	}
	err = s.locked(ctx, func(b backend) error {
		for _, rule := range rules {
			full := fmt.Sprintf(rule, name)
			if full != "HEAD" && reffile.CheckName(full) != nil {
				continue
			}
			if id, err = reffile.Follow(s.refs.get, full); !errors.Is(err, objects.ErrNotFound) {
				return err
			}
		}
		id, err = abbreviated(b, strings.ToLower(name))
		return err
	})
	return id, err
}

// shortest is how many digits an abbreviated hash has at least, as in git.
const shortest = 4

// abbreviated finds the one object whose id begins with the digits; if there are several, the one commit.
func abbreviated(b backend, digits string) (model.Hash, error) {
	if len(digits) < shortest || len(digits) > 40 || strings.Trim(digits, "0123456789abcdef") != "" {
		return "", objects.ErrNotFound
	}
	all, err := withPrefix(b, digits)
	if err != nil {
		return "", err
	}
	var commits []plumbing.Hash
	for _, h := range all {
		if o, err := b.EncodedObject(plumbing.AnyObject, h); err == nil && (o.Type() == plumbing.CommitObject || o.Type() == plumbing.TagObject) {
			commits = append(commits, h)
		}
	}
	switch {
	case len(commits) == 1:
		return model.Hash(commits[0].String()), nil
	case len(commits) > 1:
		return "", fmt.Errorf("%w: %d commits begin so", objects.ErrNotFound, len(commits))
	}
	return "", objects.ErrNotFound
}

func withPrefix(b backend, digits string) ([]plumbing.Hash, error) {
	var found []plumbing.Hash
	seen := map[plumbing.Hash]bool{}
	add := func(h plumbing.Hash) {
		if !seen[h] && strings.HasPrefix(h.String(), digits) {
			seen[h] = true
			found = append(found, h)
		}
	}
	// On disk there is an index to ask; in memory everything is looked at.
	if indexed, ok := b.(interface {
		HashesWithPrefix(prefix []byte) ([]plumbing.Hash, error)
	}); ok {
		prefix, err := hex.DecodeString(digits[:len(digits)&^1])
		if err != nil {
			return nil, err
		}
		all, err := indexed.HashesWithPrefix(prefix)
		for _, h := range all {
			add(h)
		}
		return found, err
	}
	iter, err := b.IterEncodedObjects(plumbing.AnyObject)
	if err != nil {
		return nil, err
	}
	err = iter.ForEach(func(o plumbing.EncodedObject) error { add(o.Hash()); return nil })
	return found, err
}

// peel follows tags to a commit; what leads to none is [objects.ErrNotFound].
func (s *store) peel(ctx context.Context, id model.Hash) (model.Hash, error) {
	// No person nests tags deeper than this.
	for range 32 {
		data, kind, err := s.read(ctx, "", id)
		if err != nil {
			return "", err
		}
		switch kind {
		case object.Commit:
			return id, nil
		case object.Tag:
			target, _, _ := strings.Cut(string(data), "\n")
			target, ok := strings.CutPrefix(target, "object ")
			if !ok {
				return "", fmt.Errorf("tag %s is malformed", id.Short())
			}
			id = model.Hash(target)
		default:
			return "", fmt.Errorf("%w: %s is a %s", objects.ErrNotFound, id.Short(), kind)
		}
	}
	return "", fmt.Errorf("%w: too many tags of tags", objects.ErrNotFound)
}
