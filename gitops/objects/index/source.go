package index

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

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

// session reads objects for one goroutine. What it answers is valid until the next call.
type session interface {
	commit(ctx context.Context, id packs.ID, r *record) error
	// diff tells each path that differs between two trees; the zero id is the empty tree.
	diff(ctx context.Context, a, b packs.ID, emit func(path []byte, is thing) error) error
	// at is what a tree has at a path.
	at(ctx context.Context, tree packs.ID, path []byte) (thing, error)
}

// altered is how history differs from what the commits themselves say: grafts, replaced commits and the
// shallow boundary, as gitrepository-layout(5), git-replace(1) and shallow.txt describe them.
type altered struct {
	parents  map[packs.ID][]packs.ID
	replaced map[packs.ID]packs.ID
	print    string // Changes with any of it.
}

// readAltered reads what alters the history of a repository on disk.
func readAltered(ctx context.Context, s objects.Store, common string) (altered, error) {
	a := altered{parents: map[packs.ID][]packs.ID{}, replaced: map[packs.ID]packs.ID{}}
	var print strings.Builder
	for _, file := range []string{"shallow", filepath.Join("info", "grafts")} {
		data, err := os.ReadFile(filepath.Join(common, file))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return a, fmt.Errorf("read what history leaves out: %w", err)
		}
		for line := range strings.Lines(string(data)) {
			ids, ok := parseIDs(line)
			if ok {
				a.parents[ids[0]] = ids[1:]
			}
		}
		fmt.Fprintf(&print, "%s\n%s", file, data)
	}
	refs, err := s.Refs(ctx, "refs/replace/")
	if err != nil {
		return a, fmt.Errorf("list replaced commits: %w", err)
	}
	for _, r := range refs {
		old, ok := packs.ParseID(model.Hash(strings.TrimPrefix(r.Name, "refs/replace/")))
		instead, ok2 := packs.ParseID(r.Hash)
		if ok && ok2 {
			a.replaced[old] = instead
		}
		fmt.Fprintf(&print, "%s %s\n", r.Name, r.Hash)
	}
	a.print = print.String()
	return a, nil
}

// parseIDs reads a line of ids; not ok for a blank line, a comment or anything else.
func parseIDs(line string) ([]packs.ID, bool) {
	var ids []packs.ID
	for f := range strings.FieldsSeq(line) {
		id, ok := packs.ParseID(model.Hash(f))
		if !ok {
			return nil, false
		}
		ids = append(ids, id)
	}
	return ids, len(ids) > 0
}

// apply changes the parents of a commit that has other ones here.
func (a *altered) apply(r *record) {
	if p, ok := a.parents[r.id]; ok {
		r.parents = append(r.parents[:0], p...)
	}
}

// commonDir is the directory that the work trees of a repository share.
func commonDir(gitDir string) string {
	data, err := os.ReadFile(filepath.Join(gitDir, "commondir"))
	if err != nil {
		return gitDir
	}
	dir := strings.TrimSpace(string(data))
	if filepath.IsAbs(dir) {
		return dir
	}
	return filepath.Join(gitDir, dir)
}

// packed reads the object files of a repository on disk.
type packed struct {
	reader  *packs.Reader
	idSize  int
	altered altered
}

func (p packed) open(cacheBytes int) session {
	return &packedSession{session: p.reader.Session(cacheBytes), idSize: p.idSize, altered: &p.altered}
}

func (p packed) close() error { return p.reader.Close() }

type packedSession struct {
	session *packs.Session
	idSize  int
	altered *altered
	raw     object.RawCommit
	finder  finder
}

func (s *packedSession) commit(_ context.Context, id packs.ID, r *record) error {
	read := id
	if instead, ok := s.altered.replaced[id]; ok {
		read = instead
	}
	kind, data, err := s.session.Read(read)
	if err != nil {
		return err
	}
	if kind != object.Commit {
		return fmt.Errorf("read a commit: the object is a %s", kind)
	}
	if err := r.scan(id, data, &s.raw); err != nil {
		return err
	}
	s.altered.apply(r)
	return nil
}

func (s *packedSession) diff(_ context.Context, a, b packs.ID, emit func(path []byte, is thing) error) error {
	return s.session.Diff(a, b, func(path []byte, c packs.Change) error { return emit(path, thing{c.NewMode, c.New}) })
}

func (s *packedSession) at(_ context.Context, tree packs.ID, path []byte) (thing, error) {
	return s.finder.find(s.session, s.idSize, tree, path)
}

// stored reads through a store, for repositories that have no files: those in memory.
type stored struct{ store objects.Store }

func (s stored) open(int) session { return storedSession(s) }
func (s stored) close() error     { return nil }

type storedSession struct{ store objects.Store }

func (s storedSession) commit(ctx context.Context, id packs.ID, r *record) error {
	c, err := s.store.Commit(ctx, hashOf(id))
	if err != nil {
		return err
	}
	*r = record{id: id, parents: r.parents[:0], message: []byte(c.Subject.String())}
	if !c.Body.IsEmpty() {
		r.message = []byte(c.Subject.String() + "\n\n" + c.Body.String())
	}
	r.tree, _ = packs.ParseID(c.Tree)
	for _, p := range c.Parents {
		parent, _ := packs.ParseID(p)
		r.parents = append(r.parents, parent)
	}
	r.author, r.wrote = person{c.Author.Name.String(), c.Author.Email.String()}, stampOf(c.Author.When)
	r.by, r.when = person{c.Committer.Name.String(), c.Committer.Email.String()}, stampOf(c.Committer.When)
	return nil
}

func (s storedSession) diff(ctx context.Context, a, b packs.ID, emit func(path []byte, is thing) error) error {
	for f, err := range objects.DiffTrees(ctx, s.store, hashOf(a), hashOf(b)) {
		if err != nil {
			return err
		}
		id, _ := packs.ParseID(f.NewHash)
		if err := emit([]byte(f.Path), thing{f.NewMode, id}); err != nil {
			return err
		}
	}
	return nil
}

func (s storedSession) at(ctx context.Context, tree packs.ID, path []byte) (thing, error) {
	is := thing{model.ModeTree, tree}
	for name := range strings.SplitSeq(string(path), "/") {
		if is.mode != model.ModeTree {
			return thing{}, nil
		}
		entries, err := s.store.Tree(ctx, hashOf(is.id))
		if err != nil {
			return thing{}, err
		}
		i := slices.IndexFunc(entries, func(e objects.TreeEntry) bool { return e.Name == name })
		if i < 0 {
			return thing{}, nil
		}
		is.mode = entries[i].Mode
		is.id, _ = packs.ParseID(entries[i].Hash)
	}
	return is, nil
}

// hashOf is a SHA-1 id as a hash; empty for none.
func hashOf(id packs.ID) model.Hash {
	if id == (packs.ID{}) {
		return ""
	}
	return model.Hash(hex.EncodeToString(id[:20]))
}

// scan takes a record from a commit object.
func (r *record) scan(id packs.ID, data []byte, raw *object.RawCommit) error {
	*r = record{id: id, parents: r.parents[:0]}
	if err := raw.Scan(data); err != nil {
		return err
	}
	r.isSigned = raw.IsSigned
	r.tree, _ = packs.ParseID(model.Hash(raw.Tree))
	for _, p := range raw.Parents {
		parent, _ := packs.ParseID(model.Hash(p))
		r.parents = append(r.parents, parent)
	}
	r.author, r.wrote = splitPerson(raw.UTF8(raw.Author))
	r.by, r.when = splitPerson(raw.UTF8(raw.Committer))
	message := raw.UTF8(raw.Message)
	// Git's own output ends at a NUL.
	if i := bytes.IndexByte(message, 0); i >= 0 {
		message = message[:i]
	}
	r.message = message[:min(len(message), maxMessage)]
	return nil
}

// maxMessage is how much of a message is kept, in bytes: what is longer was not written by a person, and is read from the repository where it is shown.
const maxMessage = 64 << 10

func splitPerson(line []byte) (person, stamp) {
	name, email, when := object.SplitPerson(line)
	return person{string(name), string(email)}, stampOf(when)
}
