package gitcli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"plumb/gitops/objects"
	"plumb/model"
	"plumb/model/text"
)

// RenamedFrom asks git diff-tree -M.
func (s *store) RenamedFrom(ctx context.Context, commit model.Hash, path string) (string, error) {
	why := "find where " + text.Line(path).String() + " came from"
	if isRoot(path) {
		return "", nil
	}
	path = strings.Trim(path, "/")
	here, err := s.entryAt(ctx, why, commit, path)
	if err != nil {
		return "", err
	}
	c, err := s.Commit(ctx, commit)
	if err != nil {
		return "", fmt.Errorf("%s: %w", why, err)
	}
	shallow, err := s.shallow()
	if err != nil {
		return "", fmt.Errorf("%s: %w", why, err)
	}
	if len(c.Parents) == 0 || shallow[commit] {
		return "", nil
	}
	isDir := here.Mode == model.ModeTree
	before, err := s.entryAt(ctx, why, c.Parents[0], path)
	if err == nil && isDir == (before.Mode == model.ModeTree) {
		return "", nil
	}
	if err != nil && !errors.Is(err, objects.ErrNotFound) {
		return "", err
	}
	changes, err := s.arrivals(ctx, why, c.Parents[0], commit, "-M")
	if _, isMissing := errors.AsType[*objects.MissingError](err); isMissing && ctx.Err() == nil {
		// Files of the same content have the same id, which is known without the content.
		changes, err = s.arrivals(ctx, why, c.Parents[0], commit, "-M100%")
	}
	if err != nil {
		return "", err
	}
	if isDir {
		return cameTogether(path, changes), nil
	}
	for _, a := range changes {
		if a.path == path {
			return a.from, nil
		}
	}
	return "", nil
}

// arrival is a file that a commit has and its parent has not under this name.
type arrival struct{ path, from string } // From is empty for a new file.

// arrivals lists all of a commit. The rename limit is git's own: beyond it, only files that moved unchanged are found.
func (s *store) arrivals(ctx context.Context, why string, parent, commit model.Hash, find string) ([]arrival, error) {
	out, err := s.git.run(ctx, why, nil, "diff-tree", "-r", "-z", "--name-status", find, "-l1000", "--diff-filter=AR",
		"--no-color", "--no-ext-diff", "--no-textconv", "--no-relative", "-O/dev/null", "--ignore-submodules=none", string(parent), string(commit), "--")
	if err != nil {
		return nil, err
	}
	var all []arrival
	fields := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
	for len(fields) > 1 {
		switch {
		case strings.HasPrefix(fields[0], "R") && len(fields) > 2:
			all = append(all, arrival{path: fields[2], from: fields[1]})
			fields = fields[3:]
		case fields[0] == "A":
			all = append(all, arrival{path: fields[1]})
			fields = fields[2:]
		default:
			return nil, fmt.Errorf("%s: unexpected output of git diff-tree: %q", why, fields[0])
		}
	}
	return all, nil
}

// cameTogether is the directory that more than half of the files of a new
// directory were in, each at the same depth as now; "." for the root.
func cameTogether(dir string, all []arrival) string {
	total := 0
	votes := map[string]int{}
	for _, a := range all {
		rest, ok := strings.CutPrefix(a.path, dir+"/")
		if !ok {
			continue
		}
		total++
		if a.from == "" {
			continue
		}
		from := strings.Split(a.from, "/")
		depth := strings.Count(rest, "/") + 1
		switch {
		case len(from) > depth:
			votes[strings.Join(from[:len(from)-depth], "/")]++
		case len(from) == depth:
			votes["."]++
		}
	}
	for from, n := range votes {
		if 2*n > total {
			return from
		}
	}
	return ""
}
