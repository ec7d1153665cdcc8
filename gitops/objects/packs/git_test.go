package packs_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumb/gitops/objects/objectstest"
	"plumb/gitops/objects/packs"
)

// assertLikeGit reads every object of a repository, and compares the trees of
// all its commits with those before them and some with any other: all must be what git answers.
func assertLikeGit(t *testing.T, r *packs.Reader, dir string) {
	t.Helper()
	all := pairs(t, dir)
	// The smallest cache is too small for some of the trees.
	for _, size := range []int{0, 4 << 20} {
		s := r.Session(size)
		assertObjectsLikeGit(t, s, dir)
		assertDiffsLikeGit(t, r, s, dir, all)
	}
}

func assertObjectsLikeGit(t *testing.T, s *packs.Session, dir string) {
	t.Helper()
	all := objectstest.Git(t, dir, "cat-file", "--batch-all-objects", "--unordered", "--batch") + "\n"
	n := 0
	for all != "" {
		head, rest, _ := strings.Cut(all, "\n")
		f := strings.Fields(head)
		size, err := strconv.Atoi(f[2])
		if err != nil {
			t.Fatal(err)
		}
		if kind, stat, err := s.Stat(id(t, f[0])); err != nil || string(kind) != f[1] || stat != int64(size) {
			t.Fatalf("object %s is said to be a %s of %d bytes (%v); want a %s of %d", f[0], kind, stat, err, f[1], size)
		}
		kind, data, err := s.Read(id(t, f[0]))
		if err != nil || string(kind) != f[1] || string(data) != rest[:size] {
			t.Fatalf("object %s is a %s of %d bytes (%v); want a %s of %d", f[0], kind, len(data), err, f[1], size)
		}
		all = rest[size+1:]
		n++
	}
	if n == 0 {
		t.Fatal("there are no objects")
	}
}

// pairs are the trees to compare: "from to" for each.
func pairs(t *testing.T, dir string) []string {
	t.Helper()
	trees := strings.Fields(objectstest.Git(t, dir, "log", "--all", "--format=%T"))
	empty := objectstest.Git(t, dir, "hash-object", "-t", "tree", "/dev/null")
	var all []string
	for i := range trees {
		all = append(all,
			trees[min(i+1, len(trees)-1)]+" "+trees[i],
			trees[i]+" "+trees[i*7%len(trees)],
		)
	}
	return append(all, empty+" "+trees[0], trees[0]+" "+empty)
}

func assertDiffsLikeGit(t *testing.T, r *packs.Reader, s *packs.Session, dir string, pairs []string) {
	t.Helper()
	want := objectstest.GitInput(t, dir, strings.Join(pairs, "\n")+"\n", "diff-tree", "--stdin", "-r", "-z", "--raw", "--no-renames", "--no-abbrev")
	var got strings.Builder
	for _, pair := range pairs {
		from, to, _ := strings.Cut(pair, " ")
		fmt.Fprintf(&got, "%s %s\n", from, to)
		got.WriteString(raw(t, r, s, id(t, from), id(t, to)))
	}
	split := func(s string) []string { return strings.SplitAfter(s, "\x00") }
	if diff := cmp.Diff(split(want), split(got.String())); diff != "" {
		t.Fatalf("differs from git (-git +packs):\n%.3000s", diff)
	}
}

// raw is a comparison in the form of git diff-tree --raw -z.
func raw(t *testing.T, r *packs.Reader, s *packs.Session, from, to packs.ID) string {
	t.Helper()
	var b strings.Builder
	zeros := strings.Repeat("0", 64)
	hash := func(id packs.ID) string {
		if h := r.Hash(id); h != "" {
			return string(h)
		}
		return zeros[:len(r.Hash(packs.ID{1}))]
	}
	err := s.Diff(from, to, func(path []byte, c packs.Change) error {
		letter := "M"
		switch {
		case c.OldMode == 0:
			letter = "A"
		case c.NewMode == 0:
			letter = "D"
		case c.OldMode&0o170000 != c.NewMode&0o170000:
			letter = "T"
		}
		fmt.Fprintf(&b, ":%06o %06o %s %s %s\x00%s\x00", c.OldMode, c.NewMode, hash(c.Old), hash(c.New), letter, path)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestRepositoriesAreReadAsGitReadsThem goes through all ways in which git stores objects.
func TestRepositoriesAreReadAsGitReadsThem(t *testing.T) {
	for _, c := range []struct {
		name    string
		init    []string
		idSize  int
		arrange func(t *testing.T, dir string) string // Answers the directory to open.
	}{
		{"packed by fast-import", nil, 20, nil},
		{"loose only", nil, 20, loosen},
		{"deltas on offsets", nil, 20, repack("repack", "-adfq", "--depth=50", "--window=50")},
		{"deltas on ids", nil, 20, repack("-c", "repack.useDeltaBaseOffset=false", "repack", "-adfq", "--depth=50")},
		{"an index of version 1", nil, 20, repack("-c", "pack.indexVersion=1", "repack", "-adfq")},
		{"offsets of eight bytes", nil, 20, repackIndexed},
		{"deep deltas", nil, 20, repack("repack", "-adfq", "--depth=4000", "--window=10")},
		{"no deltas", nil, 20, repack("repack", "-adFq", "--depth=0")},
		{"stored without compression", nil, 20, repack("-c", "core.compression=0", "-c", "pack.compression=0", "repack", "-adFq")},
		{"several packs and loose objects", nil, 20, scatter},
		{"borrowed objects", nil, 20, borrow},
		{"borrowed from each other", nil, 20, borrowMutually},
		{"SHA-256, packed", []string{"--object-format=sha256"}, 32, repack("repack", "-adfq")},
		{"SHA-256, loose", []string{"--object-format=sha256"}, 32, loosen},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := generate(t, 40, c.init...)
			if c.arrange != nil {
				dir = c.arrange(t, dir)
			}
			assertLikeGit(t, open(t, dir, c.idSize), dir)
		})
	}
}

func repack(args ...string) func(*testing.T, string) string {
	return func(t *testing.T, dir string) string {
		objectstest.Git(t, dir, args...)
		return dir
	}
}

// repackIndexed makes git believe that offsets need eight bytes.
func repackIndexed(t *testing.T, dir string) string {
	objectstest.Git(t, dir, "repack", "-adfq")
	pack := only(t, dir, "*.pack")
	os.Remove(strings.TrimSuffix(pack, ".pack") + ".idx")
	objectstest.Git(t, dir, "index-pack", "--index-version=2,0x40", pack)
	return dir
}

func loosen(t *testing.T, dir string) string {
	unpackLoose(t, dir, only(t, dir, "*.pack"))
	return dir
}

// unpackLoose removes a pack and writes those of its objects that are nowhere else as loose ones.
func unpackLoose(t *testing.T, dir, pack string) {
	t.Helper()
	data, err := os.ReadFile(pack)
	if err != nil {
		t.Fatal(err)
	}
	for _, ext := range []string{"pack", "idx", "rev"} {
		os.Remove(strings.TrimSuffix(pack, "pack") + ext)
	}
	objectstest.GitInput(t, dir, string(data), "unpack-objects", "-q")
}

func scatter(t *testing.T, dir string) string {
	whole := only(t, dir, "*.pack")
	ids := strings.Fields(objectstest.Git(t, dir, "cat-file", "--batch-all-objects", "--batch-check=%(objectname)"))
	for part := range 3 {
		var chosen strings.Builder
		for i := part; i < len(ids); i += 4 {
			chosen.WriteString(ids[i] + "\n")
		}
		objectstest.GitInput(t, dir, chosen.String(), "pack-objects", "-q", "objects/pack/pack")
	}
	unpackLoose(t, dir, whole)
	return dir
}

func borrow(t *testing.T, dir string) string {
	second := filepath.Join(t.TempDir(), "second.git")
	objectstest.Git(t, dir, "clone", "--quiet", "--bare", "--shared", dir, second)
	third := filepath.Join(filepath.Dir(second), "third.git")
	objectstest.Git(t, dir, "clone", "--quiet", "--bare", "--shared", second, third)
	list := "# a comment\n\n/nowhere\n\"../../\\163econd.git/objects\"\n"
	if err := os.WriteFile(filepath.Join(third, "objects", "info", "alternates"), []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	return third
}

func borrowMutually(t *testing.T, dir string) string {
	second := borrow(t, dir)
	list := filepath.Join(second, "objects") + "\n" + filepath.Join(dir, "objects") + "\n"
	if err := os.WriteFile(filepath.Join(dir, "objects", "info", "alternates"), []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	return second
}

// found lists files of the pack directory.
func found(t *testing.T, dir, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "objects", "pack", pattern))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func only(t *testing.T, dir, pattern string) string {
	t.Helper()
	files := found(t, dir, pattern)
	if len(files) != 1 {
		t.Fatalf("%q instead of one file", files)
	}
	return files[0]
}

func TestRepositoryIsRepackedWhileOpen(t *testing.T) {
	dir := generate(t, 40)
	r := open(t, dir, 20)
	s := r.Session(0)
	assertObjectsLikeGit(t, s, dir)
	before := strings.Fields(objectstest.Git(t, dir, "log", "--format=%T"))
	late := objectstest.GitInput(t, dir, "written later\n", "hash-object", "-w", "--stdin")
	if _, _, err := s.Read(id(t, late)); err != nil {
		t.Errorf("a loose object that was written later: %v", err)
	}
	objectstest.Git(t, dir, "update-ref", "refs/heads/later", objectstest.Git(t, dir, "commit-tree", "-m", "later", before[3]))
	old := found(t, dir, "*.pack")
	objectstest.Git(t, dir, "gc", "--quiet", "--prune=now")
	if slices.Equal(found(t, dir, "*.pack"), old) {
		t.Fatal("nothing was repacked")
	}
	// Sessions from before and from after see what was there and what is new.
	for _, s := range []*packs.Session{s, r.Session(0)} {
		if kind, _, err := s.Read(id(t, objectstest.Git(t, dir, "rev-parse", "later"))); err != nil || kind != packs.Commit {
			t.Errorf("a commit that is in a new pack: %s, %v", kind, err)
		}
		assertDiffsLikeGit(t, r, s, dir, pairs(t, dir))
	}
}

func TestMissingTreesOfAPartialCloneAreMissing(t *testing.T) {
	from := generate(t, 20)
	objectstest.Git(t, from, "config", "uploadpack.allowFilter", "true")
	dir := filepath.Join(t.TempDir(), "partial.git")
	objectstest.Git(t, from, "clone", "--quiet", "--bare", "--filter=tree:0", "file://"+from, dir)
	r := open(t, dir, 20)
	s := r.Session(0)
	head := id(t, objectstest.Git(t, from, "rev-parse", "main"))
	kind, data, err := s.Read(head)
	if err != nil || kind != packs.Commit {
		t.Fatalf("the commit is a %s: %v", kind, err)
	}
	tree, ok := packs.ParseID(bytes.Fields(data)[1])
	if !ok {
		t.Fatalf("no tree in %q", data)
	}
	if _, _, err := s.Read(tree); !errors.Is(err, packs.ErrMissing) {
		t.Errorf("a tree that was filtered out: %v", err)
	}
	err = s.Diff(packs.ID{}, tree, func([]byte, packs.Change) error { return nil })
	if !errors.Is(err, packs.ErrMissing) || !strings.Contains(err.Error(), r.Hash(tree).Short()) {
		t.Errorf("comparing with it: %v", err)
	}
}

func TestSessionsReadAtTheSameTime(t *testing.T) {
	dir := generate(t, 60)
	objectstest.Git(t, dir, "repack", "-adfq")
	r := open(t, dir, 20)
	all := pairs(t, dir)
	want := make([]string, len(all))
	read := func(s *packs.Session, i int) string {
		from, to, _ := strings.Cut(all[i], " ")
		return raw(t, r, s, id(t, from), id(t, to))
	}
	s := r.Session(0)
	for i := range all {
		want[i] = read(s, i)
	}
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			s := r.Session(0)
			for i := range all {
				i = (i + w*len(all)/4) % len(all)
				if got := read(s, i); got != want[i] {
					t.Errorf("comparison %d differs in session %d", i, w)
				}
				// Something that is missing makes all look for new packs.
				if _, _, err := s.Read(packs.ID{byte(i), 1}); !errors.Is(err, packs.ErrMissing) {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

func TestMemoryIsLetGoOfWhileItIsReadFrom(t *testing.T) {
	dir := t.TempDir()
	objectstest.Git(t, dir, "init", "--quiet")
	for i := range 20 {
		objectstest.Git(t, dir, "commit", "--quiet", "--allow-empty", "-m", fmt.Sprint(i))
	}
	objectstest.Git(t, dir, "repack", "-adq")
	r := open(t, filepath.Join(dir, ".git"), 20)
	var readers sync.WaitGroup
	readers.Go(func() {
		for range 1000 {
			r.Relax()
		}
	})
	ids := strings.Fields(objectstest.Git(t, dir, "rev-list", "HEAD"))
	for range 20 {
		s := r.Session(0) // It has read nothing yet.
		for _, hash := range ids {
			if kind, _, err := s.Read(id(t, hash)); err != nil || kind != packs.Commit {
				t.Fatalf("%s is a %s: %v", hash, kind, err)
			}
		}
	}
	readers.Wait()
}

func TestComparisonEndsWhenTheReaderHasEnough(t *testing.T) {
	dir := generate(t, 30)
	s := open(t, dir, 20).Session(0)
	enough := errors.New("enough")
	n := 0
	err := s.Diff(packs.ID{}, id(t, objectstest.Git(t, dir, "rev-parse", "main^{tree}")), func([]byte, packs.Change) error {
		if n++; n == 3 {
			return enough
		}
		return nil
	})
	if !errors.Is(err, enough) || n != 3 {
		t.Errorf("%v after %d paths", err, n)
	}
}
