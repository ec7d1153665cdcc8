package objects

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

	"plumb/gitops/objects/internal/object"
	"plumb/model"
	"plumb/model/text"
)

// EmptyTree is the id of the tree without entries, in repositories with SHA-1 ids.
const EmptyTree model.Hash = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

// deepest is how many directories may be nested. Git's own limit is the same; a
// deeper tree was made to exhaust whoever reads it.
const deepest = 2048

var errTooDeep = fmt.Errorf("more than %d nested directories", deepest)

// DiffTrees streams the files that differ between two trees, in path order,
// without descending where hashes are equal. Either tree may be empty. Renames
// are not detected. Paths, if any, limit the answer to those files and directories.
func DiffTrees(ctx context.Context, s Store, a, b model.Hash, paths ...string) iter.Seq2[model.FileChange, error] {
	return func(yield func(model.FileChange, error) bool) {
		d := differ{ctx, s, only(paths), yield}
		if err := d.trees("", a, b, 0); err != nil && !errors.Is(err, errEnough) {
			yield(model.FileChange{}, fmt.Errorf("compare trees %s and %s: %w", a.Short(), b.Short(), err))
		}
	}
}

// errEnough says that the reader of a stream wants no more.
var errEnough = errors.New("enough")

// differ is one comparison of two trees.
type differ struct {
	ctx   context.Context
	store Store
	paths []string
	yield func(model.FileChange, error) bool
}

func (d *differ) trees(dir string, a, b model.Hash, depth int) error {
	if a == b {
		return nil
	}
	if depth > deepest {
		return errTooDeep
	}
	as, err := entriesOf(d.ctx, d.store, dir, a)
	if err != nil {
		return err
	}
	bs, err := entriesOf(d.ctx, d.store, dir, b)
	if err != nil {
		return err
	}
	for len(as) > 0 || len(bs) > 0 {
		var x, y TreeEntry
		switch c := compareFirst(as, bs); {
		case c < 0:
			x, as = as[0], as[1:]
		case c > 0:
			y, bs = bs[0], bs[1:]
		default:
			x, as = as[0], as[1:]
			y, bs = bs[0], bs[1:]
		}
		if err := d.entries(dir, x, y, depth); err != nil {
			return err
		}
	}
	return nil
}

// compareFirst says which list is to be consumed next; an empty list comes last.
func compareFirst(as, bs []TreeEntry) int {
	switch {
	case len(as) == 0:
		return 1
	case len(bs) == 0:
		return -1
	}
	return compareEntries(as[0], bs[0])
}

// compareEntries orders entries as git does. A file and a directory of the same
// name are different entries, and never meet.
func compareEntries(a, b TreeEntry) int { return object.Compare(object.Entry(a), object.Entry(b)) }

// entries compares two entries of one name; either may be none at all.
func (d *differ) entries(dir string, x, y TreeEntry, depth int) error {
	if x.Hash == y.Hash && x.Mode == y.Mode {
		return nil
	}
	path := dir + x.Name
	if x.Name == "" {
		path = dir + y.Name
	}
	isTree := x.Mode == model.ModeTree || y.Mode == model.ModeTree
	if !d.wants(path, isTree) {
		return nil
	}
	if isTree {
		return d.trees(path+"/", x.Hash, y.Hash, depth+1)
	}
	if !d.yield(model.FileChange{Path: path, OldMode: x.Mode, NewMode: y.Mode, OldHash: x.Hash, NewHash: y.Hash}, nil) {
		return errEnough
	}
	return nil
}

// wants reports whether a path is one of those asked for, is in one, or, for a
// directory, leads to one.
func (d *differ) wants(path string, isTree bool) bool {
	if len(d.paths) == 0 {
		return true
	}
	for _, p := range d.paths {
		if path == p || strings.HasPrefix(path, p+"/") || isTree && strings.HasPrefix(p, path+"/") {
			return true
		}
	}
	return false
}

// only is the paths as prefixes; it is nil when one of them is the root.
func only(paths []string) []string {
	var prefixes []string
	for _, p := range paths {
		p = strings.Trim(p, "/")
		if p == "" || p == "." {
			return nil
		}
		prefixes = append(prefixes, p)
	}
	return prefixes
}

// entriesOf lists a tree, or nothing for none. Dir is for the error, with a slash at its end.
func entriesOf(ctx context.Context, s Store, dir string, id model.Hash) ([]TreeEntry, error) {
	if id == "" {
		return nil, nil
	}
	entries, err := s.Tree(ctx, id)
	if err != nil && dir != "" {
		return nil, fmt.Errorf("directory %s: %w", text.Line(strings.TrimSuffix(dir, "/")), err)
	}
	return entries, err
}
