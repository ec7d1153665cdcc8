package index_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumb/gitops/objects"
	"plumb/gitops/objects/gitcli"
	"plumb/gitops/objects/index"
	"plumb/gitops/objects/objectstest"
	"plumb/model"
)

// open opens the repository of a directory.
func open(t testing.TB, dir string) objects.Store {
	t.Helper()
	s, err := gitcli.Open(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// newIndex makes an index that is closed at the end of the test.
func newIndex(t testing.TB, s objects.Store, cacheDir string) *index.Index {
	t.Helper()
	x := index.Open(s, cacheDir)
	t.Cleanup(func() {
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	})
	return x
}

// tips are all commits that HEAD and the refs of a repository lead to.
func tips(t testing.TB, s objects.Store) []model.Hash {
	t.Helper()
	refs, err := s.Refs(t.Context(), "refs/")
	if err != nil {
		t.Fatal(err)
	}
	var tips []model.Hash
	if head, err := s.Resolve(t.Context(), "HEAD"); err == nil {
		tips = append(tips, head)
	}
	for _, r := range refs {
		if !strings.HasPrefix(r.Name, "refs/replace/") {
			tips = append(tips, r.Hash)
		}
	}
	return tips
}

// update brings an index up to date with all refs.
func update(t testing.TB, x *index.Index, s objects.Store) *index.Snapshot {
	t.Helper()
	if err := x.Update(t.Context(), tips(t, s)); err != nil {
		t.Fatal(err)
	}
	snapshot := x.Snapshot()
	if !snapshot.Walked || !snapshot.Pathed || snapshot.Looked() != snapshot.Len() {
		t.Fatalf("after the update it is walked %v, pathed %v, and looked at %d of %d", snapshot.Walked, snapshot.Pathed, snapshot.Looked(), snapshot.Len())
	}
	return snapshot
}

// fresh is all of a repository, indexed without a cache.
func fresh(t testing.TB, dir string) *index.Snapshot {
	t.Helper()
	s := open(t, dir)
	snapshot := update(t, newIndex(t, s, ""), s)
	if snapshot.Problem != nil {
		t.Errorf("there is a problem: %v", snapshot.Problem)
	}
	return snapshot
}

// changes are, by commit, the paths that it changed against its first parent, and those that differ from all parents.
type changes struct {
	Parents          []string
	Changed, FromAll []string
}

// gitHistory is what git says of all commits.
func gitHistory(t testing.TB, dir string) map[string]changes {
	t.Helper()
	all := map[string]changes{}
	for line := range strings.Lines(objectstest.Git(t, dir, "log", "--exclude=refs/replace/*", "--all", "--format=%H %P")) {
		f := strings.Fields(line)
		all[f[0]] = changes{Parents: f[1:]}
	}
	read := func(add func(c *changes, paths []string), args ...string) {
		args = append([]string{"log", "--exclude=refs/replace/*", "--all", "-z", "--root", "--no-renames", "--name-only", "--format=%x02%H%x03"}, args...)
		for commit := range strings.SplitSeq(objectstest.Git(t, dir, args...), "\x02") {
			id, paths, ok := strings.Cut(commit, "\x03")
			if !ok {
				continue
			}
			c := all[id]
			add(&c, strings.FieldsFunc(strings.Trim(paths, "\x00\n"), func(r rune) bool { return r == 0 }))
			all[id] = c
		}
	}
	read(func(c *changes, paths []string) { c.Changed = sorted(paths) }, "--diff-merges=first-parent")
	read(func(c *changes, paths []string) { c.FromAll = sorted(paths) }, "--diff-merges=combined")
	return all
}

func sorted(paths []string) []string {
	slices.Sort(paths)
	return slices.Compact(paths)
}

// indexed is what a snapshot says of all commits.
func indexed(s *index.Snapshot) map[string]changes {
	all := map[string]changes{}
	of := make([]changes, s.Len())
	s.ChangedPaths(func(path string) bool {
		is := func(p string) bool { return p == path }
		for o := range s.Touching(true, is).All() {
			of[o].Changed = append(of[o].Changed, path)
		}
		for o := range s.Touching(false, is).All() {
			of[o].FromAll = append(of[o].FromAll, path)
		}
		return true
	})
	for o := range of {
		c := &of[o]
		c.Parents = []string{}
		for _, p := range s.Parents(index.Ordinal(o), nil) {
			if p == index.Absent {
				c.Parents = append(c.Parents, "absent")
			} else {
				c.Parents = append(c.Parents, string(s.Hash(p)))
			}
		}
		c.Changed, c.FromAll = sorted(c.Changed), sorted(c.FromAll)
		all[string(s.Hash(index.Ordinal(o)))] = *c
	}
	return all
}

// assertLikeGit fails unless a snapshot has the commits, the parents and the paths that git shows.
func assertLikeGit(t testing.TB, s *index.Snapshot, dir string) {
	t.Helper()
	if d := cmp.Diff(gitHistory(t, dir), indexed(s), equalEmpty); d != "" {
		t.Errorf("history is not git's (-git +index):\n%s", head(d))
	}
}

var equalEmpty = cmp.Transformer("empty", func(s []string) string { return strings.Join(s, "\x00") })

// assertSame fails unless two snapshots have the same commits, in every detail.
func assertSame(t testing.TB, want, got *index.Snapshot) {
	t.Helper()
	if d := cmp.Diff(indexed(want), indexed(got), equalEmpty); d != "" {
		t.Errorf("commits differ (-want +got):\n%s", head(d))
	}
	for o := range index.Ordinal(want.Len()) {
		id := want.Hash(o)
		p, ok := got.Find(id)
		if !ok {
			t.Errorf("commit %s is missing", id.Short())
			continue
		}
		a, b := fmt.Sprintf("%+v", want.Commit(o)), fmt.Sprintf("%+v", got.Commit(p))
		if a != b || want.IsSigned(o) != got.IsSigned(p) || want.Time(o) != got.Time(p) || want.Unknown(o) != got.Unknown(p) {
			t.Errorf("commit %s is\n%s\nwant\n%s", id.Short(), b, a)
		}
	}
	if want.Len() != got.Len() {
		t.Errorf("there are %d commits; want %d", got.Len(), want.Len())
	}
}

// head is the beginning of what may be very long.
func head(s string) string { return s[:min(len(s), 4000)] }

// script writes what git fast-import reads.
type script struct {
	strings.Builder
	marks int
	blobs map[string]int
}

// blob is the mark of a blob with a content.
func (s *script) blob(content string) int {
	if s.blobs == nil {
		s.blobs = map[string]int{}
	}
	if s.blobs[content] == 0 {
		s.marks++
		s.blobs[content] = s.marks
		fmt.Fprintf(s, "blob\nmark :%d\ndata %d\n%s\n", s.marks, len(content), content)
	}
	return s.blobs[content]
}

// entry is what is at a path: a mode, and a content or the id of a submodule.
type entry struct{ mode, content string }

// commit writes a commit with just these files, and answers its mark.
func (s *script) commit(branch string, seconds int, message string, files map[string]entry, parents ...int) int {
	var tree strings.Builder
	tree.WriteString("deleteall\n")
	for _, path := range slices.Sorted(maps.Keys(files)) {
		e := files[path]
		if e.mode == "160000" {
			fmt.Fprintf(&tree, "M %s %s %s\n", e.mode, e.content, path)
		} else {
			fmt.Fprintf(&tree, "M %s :%d %s\n", e.mode, s.blob(e.content), path)
		}
	}
	s.marks++
	fmt.Fprintf(s, "commit refs/heads/%s\nmark :%d\ncommitter Ada <ada@example.org> %d +0100\ndata %d\n%s\n", branch, s.marks, 1700000000+seconds, len(message), message)
	for i, p := range parents {
		fmt.Fprintf(s, "%s :%d\n", []string{"from", "merge"}[min(i, 1)], p)
	}
	s.WriteString(tree.String())
	return s.marks
}

// load makes a repository of it.
func (s *script) load(t testing.TB) (dir string) {
	t.Helper()
	dir = t.TempDir()
	objectstest.Git(t, dir, "init", "--quiet", "--bare")
	objectstest.GitInput(t, dir, s.String(), "fast-import", "--quiet", "--force")
	return dir
}

// random is a history with all that can happen to the paths of a merge: what is taken from one side or another, what no side had, files in
// place of directories, modes, links and submodules, criss-crosses, merges of many, several roots and clocks that go wrong.
func random(t testing.TB, seed uint64, commits int) (dir string) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 2))
	var s script
	marks, trees := []int{}, []map[string]entry{}
	for n := range commits {
		var parents []int // As indices of marks.
		for range []int{1, 1, 1, 1, 2, 2, 2, 3, 4, 0}[r.IntN(10)] {
			if p := n - 1 - r.IntN(min(n, 6)+1); p >= 0 && !slices.Contains(parents, p) {
				parents = append(parents, p)
			}
		}
		files := map[string]entry{}
		for _, p := range parents {
			for _, path := range slices.Sorted(maps.Keys(trees[p])) {
				if r.IntN(len(parents)) == 0 {
					put(files, path, trees[p][path])
				}
			}
		}
		for range r.IntN(4) {
			put(files, randomPaths[r.IntN(len(randomPaths))], randomEntry(r))
		}
		for _, path := range slices.Sorted(maps.Keys(files)) {
			if r.IntN(12) == 0 {
				delete(files, path)
			}
		}
		seconds := []int{n, n / 3, n - 30 + r.IntN(60)}[r.IntN(3)]
		branch := fmt.Sprint("b", n)
		var from []int
		for _, p := range parents {
			from = append(from, marks[p])
		}
		marks = append(marks, s.commit(branch, seconds, fmt.Sprint("commit ", n), files, from...))
		trees = append(trees, files)
	}
	return s.load(t)
}

var randomPaths = []string{"a", "a/x", "a/y/z", "a-b", "a.b", "b", "b/c", "b/c/d/e", "c", "c0", "c/1", "d x/100644 b", "x100644 b", "z"}

func randomEntry(r *rand.Rand) entry {
	mode := []string{"100644", "100644", "100755", "120000", "160000"}[r.IntN(5)]
	if mode == "160000" {
		return entry{mode, fmt.Sprintf("%040x", 1+r.IntN(3))}
	}
	return entry{mode, fmt.Sprint(r.IntN(4))}
}

// put puts a file at a path, in place of what cannot be beside it.
func put(files map[string]entry, path string, e entry) {
	for p := range files {
		if strings.HasPrefix(p, path+"/") || strings.HasPrefix(path, p+"/") {
			delete(files, p)
		}
	}
	files[path] = e
}
