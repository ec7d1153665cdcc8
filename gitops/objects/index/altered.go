package index

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"plumb/gitops/objects"
	"plumb/gitops/objects/packs"
)

// altered is how history differs from what the commits themselves say: grafts, replaced commits and the
// shallow boundary, as gitrepository-layout(5), git-replace(1) and shallow.txt describe them.
//
// Only parents are altered. What a commit says and contains is always that of its id, because that is what approvals are for.
type altered struct {
	shallow  map[packs.ID]bool
	grafts   map[packs.ID][]packs.ID
	replaced map[packs.ID]packs.ID
	print    string // Changes with any of it.
}

// replacePrefix begins the names of the refs that say which commit stands for which.
const replacePrefix = "refs/replace/"

// readAltered reads what alters the history of a repository on disk.
func readAltered(ctx context.Context, s objects.Store, common string, idSize int) (altered, error) {
	a := altered{shallow: map[packs.ID]bool{}, grafts: map[packs.ID][]packs.ID{}, replaced: map[packs.ID]packs.ID{}}
	for file, take := range map[string]func(ids []packs.ID){
		"shallow":     func(ids []packs.ID) { a.shallow[ids[0]] = true },
		"info/grafts": func(ids []packs.ID) { a.grafts[ids[0]] = ids[1:] },
	} {
		if err := eachLine(filepath.Join(common, filepath.FromSlash(file)), idSize, take); err != nil {
			return a, fmt.Errorf("read what alters history: %w", err)
		}
	}
	refs, err := s.Refs(ctx, replacePrefix)
	if err != nil {
		return a, fmt.Errorf("list replaced commits: %w", err)
	}
	for _, r := range refs {
		old, ok := parseID(strings.TrimPrefix(r.Name, replacePrefix), idSize)
		instead, ok2 := parseID(r.Hash, idSize)
		if ok && ok2 {
			a.replaced[old] = instead
		}
	}
	// Maps are printed in the order of their keys.
	a.print = fmt.Sprintf("%v %x %x", a.shallow, a.grafts, a.replaced)
	return a, nil
}

// eachLine calls take with the ids of each line of a file that has some; blank lines, comments and
// anything else are passed over.
func eachLine(file string, idSize int, take func(ids []packs.ID)) error {
	if info, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a regular file", file)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(data)) {
		if ids, ok := parseIDs(line, idSize); ok {
			take(ids)
		}
	}
	return nil
}

// parseIDs reads a line of ids; not ok for a blank line, a comment or anything else.
func parseIDs(line string, idSize int) ([]packs.ID, bool) {
	var ids []packs.ID
	for f := range strings.FieldsSeq(line) {
		id, ok := parseID(f, idSize)
		if !ok {
			return nil, false
		}
		ids = append(ids, id)
	}
	return ids, len(ids) > 0
}

// maxReplacements is how often what stands for a commit may itself be replaced. Git has the same limit.
const maxReplacements = 5

// instead is the commit that stands for another one; not ok where none does.
func (a *altered) instead(id packs.ID) (instead packs.ID, ok bool) {
	for range maxReplacements {
		next, replaced := a.replaced[id]
		if !replaced {
			break
		}
		id, instead, ok = next, next, true
	}
	return instead, ok
}

// cut gives a commit the parents that it has here by graft or boundary. A graft counts more, as with git.
func (a *altered) cut(r *record) {
	if parents, ok := a.grafts[r.id]; ok {
		r.parents = append(r.parents[:0], parents...)
	} else if a.shallow[r.id] {
		if len(r.parents) > 0 {
			r.flags |= boundary
		}
		r.parents = r.parents[:0]
	}
}

// commonDir is the directory that the work trees of a repository share.
func commonDir(gitDir string) string {
	data, err := os.ReadFile(filepath.Join(gitDir, "commondir"))
	if err != nil {
		return gitDir
	}
	dir := strings.TrimRight(string(data), "\r\n")
	if filepath.IsAbs(dir) {
		return dir
	}
	return filepath.Join(gitDir, dir)
}
