// Package gitcli is the store of a repository that the operator's own git reads
// and writes. Single objects are read in this process or come from long-lived children, history is
// streamed, and whatever the repository's configuration names as a program is
// never run on the way ([Open]). What has to obey the operator's configuration,
// hooks and credentials, as fetch and push do, is on [Operator].
package gitcli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"

	"plumb/gitops/objects"
	"plumb/gitops/objects/internal/loose"
	"plumb/gitops/objects/internal/object"
	"plumb/gitops/objects/internal/reffile"
	"plumb/model"
	"plumb/model/text"
)

// oldest is the first version of git with all that is asked of it here: cat-file --batch-command.
var oldest = [2]int{2, 36}

// store is one repository.
type store struct {
	git     git
	pool    *pool
	direct  *direct
	refs    *reffile.Files // Nil where refs are not in files, but in tables.
	info    objects.Info
	common  string        // The directory that linked work trees share.
	objects *loose.Writer // Nil where only git itself can write: SHA-256.
}

// Open finds the repository of dir: its own, or that of a directory above it.
// Bare repositories and linked work trees are repositories like others. It fails with an error that
// wraps [objects.ErrNotRepository] where there is none, [ErrNoGit] without a
// usable git, and [model.ErrRefused] where git does not trust the owner of the
// directory. Every command that the store runs is told to ran, which may be nil and may be
// called from several goroutines at once.
func Open(ctx context.Context, dir string, ran func(model.Command)) (objects.Store, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", dir, err)
	}
	if st, err := os.Stat(dir); err != nil {
		return nil, model.WithHint(fmt.Errorf("open repository: %w: %w", objects.ErrNotRepository, err), "name a directory that exists")
	} else if !st.IsDir() {
		return nil, model.WithHint(fmt.Errorf("open repository: %w: %s is a file", objects.ErrNotRepository, text.Line(dir)), "name its directory")
	}
	g, err := find(ran)
	if err != nil {
		return nil, err
	}
	found, err := discover(ctx, g.reading("-C", dir), dir)
	if err != nil {
		return nil, err
	}
	s := &store{
		// Where core.worktree is set, as in submodules, git takes paths from the
		// directory that it was started in. They are from the root here.
		git:    g.reading("-C", "/", "--git-dir="+found.gitDir),
		common: found.common,
		info: objects.Info{
			GitDir: found.gitDir, WorkTree: found.workTree, Head: found.head,
			IsShallow: found.isShallow, IsPartial: found.isPartial,
		},
	}
	idSize := 32
	if found.format == "sha1" {
		idSize = 20
		s.objects = loose.New(filepath.Join(found.common, "objects"))
	}
	s.pool = newPool(s.git)
	s.direct = newDirect(found.common, idSize)
	if found.refsInFiles {
		s.refs = &reffile.Files{GitDir: found.gitDir, Common: found.common, Memory: new(reffile.Memory)}
	}
	if s.info.HeadHash, err = s.head(ctx, opening); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// found is what git says about the repository of a directory.
type found struct {
	place
	head        string
	isPartial   bool
	refsInFiles bool
}

// place is where a repository is.
type place struct {
	gitDir, common, workTree, format string
	isShallow                        bool
}

// discover asks git about dir: as few children as can be, side by side, because the first frame of the screen waits for
// the answers.
func discover(ctx context.Context, g git, dir string) (found, error) {
	var f found
	var version, settings []byte
	var group errgroup.Group
	group.Go(func() (err error) { version, err = g.run(ctx, opening, nil, "version"); return err })
	var placeErr error
	group.Go(func() error { f.place, placeErr = findPlace(ctx, g, dir); return nil })
	group.Go(func() error {
		// It fails where there is nothing to tell.
		settings, _ = g.run(ctx, opening, nil, "config", "--get-regexp", `^(extensions\.(partialclone|refstorage)|remote\..*\.promisor)$`)
		return nil
	})
	if err := group.Wait(); err != nil {
		return f, err
	}
	if err := checkVersion(string(version)); err != nil {
		return f, err
	}
	if placeErr != nil {
		return f, placeErr
	}
	f.refsInFiles = true
	for line := range strings.Lines(string(settings)) {
		if storage, ok := strings.CutPrefix(line, "extensions.refstorage "); ok {
			f.refsInFiles = storage == "files\n"
		} else {
			f.isPartial = true
		}
	}
	f.head = symbolicHead(ctx, g, f.place)
	return f, nil
}

// opening is why git is asked.
const opening = "open repository"

// findPlace asks git where the repository of dir is.
func findPlace(ctx context.Context, g git, dir string) (place, error) {
	var p place
	// Git answers one question after the other, and ends where there is no work tree.
	facts, err := g.run(ctx, opening, nil, "rev-parse", "--is-bare-repository", "--is-shallow-repository", "--show-object-format", "--absolute-git-dir", "--show-toplevel")
	fields := strings.SplitN(strings.TrimSuffix(string(facts), "\n"), "\n", 4)
	switch {
	case err != nil && (len(fields) < 4 || ctx.Err() != nil):
		return p, explain(err, dir)
	case len(fields) < 4:
		return p, fmt.Errorf("%s: unexpected answer of git: %q", opening, facts)
	}
	p.isShallow, p.format, p.gitDir = fields[1] == "true", fields[2], fields[3]
	switch isBare := fields[0] == "true"; {
	case err == nil && strings.Count(p.gitDir, "\n") == 1:
		p.gitDir, p.workTree, _ = strings.Cut(p.gitDir, "\n")
	case err == nil:
		// One of the names has line ends in it.
		top, err := g.run(ctx, opening, nil, "rev-parse", "--show-toplevel")
		if err != nil {
			return p, explain(err, dir)
		}
		p.workTree = strings.TrimSuffix(string(top), "\n")
		p.gitDir = strings.TrimSuffix(p.gitDir, "\n"+p.workTree)
	case !isBare && filepath.Base(p.gitDir) == ".git":
		p.workTree = filepath.Dir(p.gitDir) // Opened from within .git.
	}
	p.common, err = commonDir(p.gitDir)
	return p, err
}

// commonDir is the directory that linked work trees share. The git directory of one of them has a file that says where it is.
func commonDir(gitDir string) (string, error) {
	data, err := os.ReadFile(filepath.Join(gitDir, "commondir"))
	if errors.Is(err, fs.ErrNotExist) {
		return gitDir, nil
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w", opening, err)
	}
	dir := strings.TrimRight(string(data), "\r\n")
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(gitDir, dir)
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return "", fmt.Errorf("%s: %w", opening, err)
	}
	return dir, nil
}

// symbolicHead is the ref that HEAD names; empty where it is detached.
func symbolicHead(ctx context.Context, g git, p place) string {
	head, err := reffile.Files{GitDir: p.gitDir, Common: p.common}.Get(reffile.Head)
	st, lost := os.Lstat(filepath.Join(p.gitDir, reffile.Head))
	// The file is for show where refs are in tables, and in very old repositories it is a link.
	if err != nil || lost != nil || !st.Mode().IsRegular() || strings.HasSuffix(head.Target, "/.invalid") {
		name, _ := g.run(ctx, opening, nil, "symbolic-ref", "-q", reffile.Head)
		return strings.TrimSuffix(string(name), "\n")
	}
	return head.Target
}

var versionNumber = regexp.MustCompile(`(\d+)\.(\d+)`)

func checkVersion(version string) error {
	m := versionNumber.FindStringSubmatch(version)
	if m == nil {
		return fmt.Errorf("%w: it says its version is %q", ErrNoGit, strings.TrimSpace(version))
	}
	// The expression lets digits through only; a number out of range is a very new git.
	major, _ := strconv.Atoi(m[1])
	minor, _ := strconv.Atoi(m[2])
	if major < oldest[0] || major == oldest[0] && minor < oldest[1] {
		return model.WithHint(fmt.Errorf("%w: version %s is too old", ErrNoGit, m[0]), "install git %d.%d or newer", oldest[0], oldest[1])
	}
	return nil
}

// safeDirectory is the command that git itself proposes where it does not trust a directory's owner.
var safeDirectory = regexp.MustCompile(`(?m)^\s*(git config --global --add safe\.directory .*)$`)

// explain turns git's refusal to open dir into an error with a way out.
func explain(err error, dir string) error {
	said := stderrOf(err)
	switch {
	case strings.Contains(said, "dubious ownership"):
		hint := "git does not read a repository of another user; if you trust it: "
		if m := safeDirectory.FindStringSubmatch(said); m != nil {
			hint += m[1]
		} else {
			hint += "git config --global --add safe.directory " + dir
		}
		first, _, _ := strings.Cut(said, "\n")
		return model.Refuse(text.Line(hint).String(), "open %s: git says: %s", text.Line(dir), text.Line(strings.TrimPrefix(first, "fatal: ")))
	case strings.Contains(said, "not a git repository"):
		return model.WithHint(fmt.Errorf("open %s: %w", text.Line(dir), objects.ErrNotRepository),
			"go to a directory with a git repository, name one, or make one: git init")
	}
	return fmt.Errorf("open %s: %w", text.Line(dir), err)
}

// Close ends the children and closes the files.
func (s *store) Close() error {
	s.pool.close()
	return s.direct.close()
}

// Info is the repository as it was found, with HEAD as it is now.
func (s *store) Info() objects.Info {
	info := s.info
	if data, err := os.ReadFile(filepath.Join(info.GitDir, "HEAD")); err == nil {
		name, ok := strings.CutPrefix(strings.TrimSpace(string(data)), "ref: ")
		switch {
		case !ok:
			info.Head = ""
		case !strings.HasSuffix(name, "/.invalid"): // The file is for show where refs are in tables.
			info.Head = name
		}
	}
	if head, err := s.head(context.Background(), "read HEAD"); err == nil {
		info.HeadHash = head
	}
	return info
}

// head is the commit that HEAD leads to; empty for an unborn branch.
func (s *store) head(ctx context.Context, why string) (model.Hash, error) {
	if a := s.named(ctx, reffile.Head); a.found {
		return a.id, nil
	}
	if s.isUnborn() {
		return "", nil
	}
	a, err := s.pool.info(ctx, why, reffile.Head)
	if a.kind != object.Commit {
		a.id = ""
	}
	return a.id, err
}

// Resolve asks git for the object that a name stands for, and for its commit.
func (s *store) Resolve(ctx context.Context, revision string) (model.Hash, error) {
	why := fmt.Sprintf("resolve %q", revision)
	none := fmt.Errorf("%s: %w", why, objects.ErrNotFound)
	if revision == "" || strings.ContainsAny(revision, "\n\x00") {
		return "", none
	}
	if a := s.named(ctx, revision); a.found {
		return a.id, nil
	}
	a, err := s.about(ctx, why, revision)
	if err == nil && a.kind == object.Tag {
		a, err = s.pool.info(ctx, why, string(a.id)+"^{commit}")
	}
	var gone *objects.MissingError
	switch {
	case errors.As(err, &gone):
		return "", fmt.Errorf("%s: %w: %w", why, objects.ErrNotFound, gone)
	case err != nil:
		return "", err
	case a.found && a.kind == object.Commit:
		return a.id, nil
	case a.found:
		return "", fmt.Errorf("%s: %w: it is a %s", why, objects.ErrNotFound, a.kind)
	}
	return "", none
}

// Commit reads one commit.
func (s *store) Commit(ctx context.Context, id model.Hash) (model.Commit, error) {
	var c model.Commit
	var malformed error
	err := s.read(ctx, object.Commit, id, func(data []byte) { c, malformed = object.ParseCommit(id, data) })
	if err == nil {
		err = malformed
	}
	return c, err
}

// Tree lists one tree.
func (s *store) Tree(ctx context.Context, id model.Hash) ([]objects.TreeEntry, error) {
	var parsed []object.Entry
	var malformed error
	err := s.read(ctx, object.Tree, id, func(data []byte) { parsed, malformed = object.ParseTree(data, len(id)/2) })
	if err != nil {
		return nil, err
	}
	if malformed != nil {
		return nil, fmt.Errorf("read tree %s: %w", id.Short(), malformed)
	}
	entries := make([]objects.TreeEntry, len(parsed))
	for i, e := range parsed {
		entries[i] = objects.TreeEntry(e)
	}
	return entries, nil
}

// Blob reads one blob.
func (s *store) Blob(ctx context.Context, id model.Hash) ([]byte, error) {
	var blob []byte
	err := s.read(ctx, object.Blob, id, func(data []byte) { blob = append([]byte{}, data...) })
	return blob, err
}

// Size asks how large a blob is.
func (s *store) Size(ctx context.Context, id model.Hash) (int64, error) {
	why := "read the size of " + id.Short()
	if !object.IsID(id) {
		return 0, fmt.Errorf("%s: %w: %q is not an object id", why, objects.ErrNotFound, id)
	}
	a, err := s.about(ctx, why, string(id))
	switch {
	case err != nil:
		return 0, err
	case !a.found:
		return 0, fmt.Errorf("%s: %w", why, &objects.MissingError{ID: id})
	case a.kind != object.Blob:
		return 0, fmt.Errorf("%s: it is a %s", why, a.kind)
	}
	return a.size, nil
}
