package index_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumb/gitops/objects/index"
	"plumb/gitops/objects/objectstest"
	"plumb/model"
	"plumb/testdata/repositories"
)

// team is a repository of some hundred commits with all oddities, or of more.
func team(t testing.TB, commits int) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "team.git")
	if _, err := repositories.Write(t.Context(), dir, repositories.Like(commits)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// parentsOf are the parents of all commits, by ordinal.
func parentsOf(s *index.Snapshot) (all [][]index.Ordinal) {
	for o := range index.Ordinal(s.Len()) {
		all = append(all, s.Parents(o, nil))
	}
	return all
}

func TestSnapshotsThatAreTakenDuringAnUpdateNeverChange(t *testing.T) {
	dir := team(t, 2000)
	s := open(t, dir)
	x := newIndex(t, s, "")
	heads := tips(t, s)
	updated := make(chan error, 1)
	changed := x.Changed()
	go func() { updated <- x.Update(t.Context(), heads) }()
	type taken struct {
		*index.Snapshot
		ids     []model.Hash
		parents [][]index.Ordinal
	}
	var all []taken
	take := func() {
		changed = x.Changed()
		s := x.Snapshot()
		c := taken{Snapshot: s, parents: parentsOf(s)}
		for o := range index.Ordinal(s.Len()) {
			c.ids = append(c.ids, s.Hash(o))
			_ = s.Commit(o)
		}
		s.Touching(false, func(path string) bool { return s.Looked() >= 0 && strings.HasPrefix(path, "c") })
		s.Saying("the", true)
		s.Where(func(message []byte) bool { return len(message) > 100 })
		all = append(all, c)
	}
	for done := false; !done; {
		select {
		case err := <-updated:
			if err != nil {
				t.Fatal(err)
			}
			done = true
		case <-changed:
		}
		take()
	}
	last := all[len(all)-1]
	for i, c := range all {
		if c.Len() == 0 {
			t.Errorf("snapshot %d of %d was announced with nothing in it", i, len(all))
		}
		if !slices.Equal(c.ids, last.ids[:len(c.ids)]) {
			t.Errorf("snapshot %d has other commits than the last one", i)
		}
		if d := cmp.Diff(c.parents, parentsOf(c.Snapshot)); d != "" {
			t.Errorf("the parents in snapshot %d changed since it was taken:\n%s", i, d)
		}
		for o, parents := range c.parents {
			for k, p := range parents {
				if want := last.parents[o][k]; p != want && p != index.Absent {
					t.Errorf("snapshot %d has a parent %d of commit %d; want %d", i, p, o, want)
				}
				if c.Walked && p == index.Absent || p != index.Absent && int(p) >= c.Len() {
					t.Errorf("snapshot %d of %d commits, walked %v, has a parent %d", i, c.Len(), c.Walked, p)
				}
			}
		}
		if i > 0 && c.Number < all[i-1].Number {
			t.Errorf("snapshot %d has the number %d after %d", i, c.Number, all[i-1].Number)
		}
	}
	assertLikeGit(t, last.Snapshot, dir)
}

func TestACancelledUpdateIsContinuedByTheNext(t *testing.T) {
	dir := team(t, 1500)
	s := open(t, dir)
	heads := tips(t, s)
	want := fresh(t, dir)
	for stop := range 8 {
		x := newIndex(t, s, t.TempDir())
		ctx, cancel := context.WithCancel(t.Context())
		updated := make(chan error, 1)
		changed := x.Changed()
		go func() { updated <- x.Update(ctx, heads) }()
		ended := false
		for i := 0; i < stop && !ended; i++ {
			select {
			case <-changed:
				changed = x.Changed()
			case err := <-updated:
				updated <- err
				ended = true
			}
		}
		cancel()
		if err := <-updated; err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		} else if err != nil && x.Snapshot().Pathed {
			t.Errorf("after an update that was cancelled at change %d all is said to be there", stop)
		}
		assertSame(t, want, update(t, x, s))
	}
}

func TestNobodyWaitsForTheUpdateOfAnother(t *testing.T) {
	dir := team(t, 300)
	s := open(t, dir)
	x := newIndex(t, s, "")
	heads := tips(t, s)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if err := x.Update(t.Context(), heads); err != nil {
				t.Error(err)
			}
		})
		group.Go(func() {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if err := x.Update(ctx, heads); !errors.Is(err, context.Canceled) {
				t.Errorf("an update whose context ended answers %v", err)
			}
		})
	}
	group.Wait()
	assertLikeGit(t, x.Snapshot(), dir)
	if err := x.Close(); err != nil {
		t.Error(err)
	}
	if err := x.Update(t.Context(), heads); !errors.Is(err, index.ErrClosed) {
		t.Errorf("updating a closed index: %v", err)
	}
	assertLikeGit(t, x.Snapshot(), dir)
}

func TestAnUpdateWithoutNewsChangesNothing(t *testing.T) {
	dir := random(t, 2, 30)
	s := open(t, dir)
	x := newIndex(t, s, t.TempDir())
	before := update(t, x, s)
	changed := x.Changed()
	if update(t, x, s) != before {
		t.Error("there is another snapshot")
	}
	select {
	case <-changed:
		t.Error("a change was announced")
	default:
	}
}

func TestHistoryGrowsByWhatIsNew(t *testing.T) {
	dir := random(t, 1, 60)
	s := open(t, dir)
	x := newIndex(t, s, t.TempDir())
	all := tips(t, s)
	// First some heads, then more, then all.
	for _, n := range []int{1, len(all) / 3, len(all)} {
		if err := x.Update(t.Context(), all[:n]); err != nil {
			t.Fatal(err)
		}
	}
	before := x.Snapshot()
	assertLikeGit(t, before, dir)
	for i := range 5 {
		grow(t, dir, "grown", i, 10)
		after := update(t, x, s)
		assertLikeGit(t, after, dir)
		for o := range index.Ordinal(before.Len()) {
			if before.Hash(o) != after.Hash(o) || before.Epoch != after.Epoch {
				t.Fatal("commits were numbered anew")
			}
		}
	}
}

// grow adds commits to a branch of a bare repository.
func grow(t testing.TB, dir, branch string, round, n int) {
	t.Helper()
	var s strings.Builder
	for i := range n {
		text := fmt.Sprintf("round %d commit %d", round, i)
		fmt.Fprintf(&s, "commit refs/heads/%s\ncommitter Ada <ada@example.org> %d +0100\ndata %d\n%s\n", branch, 1800000000+round*1000+i, len(text), text)
		if round > 0 && i == 0 {
			fmt.Fprintf(&s, "from refs/heads/%s^0\n", branch)
		}
		fmt.Fprintf(&s, "M 100644 inline grown/%d\ndata %d\n%s\n\n", i%4, len(text), text)
	}
	objectstest.GitInput(t, dir, s.String(), "fast-import", "--quiet", "--force")
}

func TestRewrittenHistoryIsThereAndTheOldOneGoesSomeDay(t *testing.T) {
	dir := random(t, 3, 40)
	grow(t, dir, "main", 0, 30)
	cacheDir := t.TempDir()
	s := open(t, dir)
	x := newIndex(t, s, cacheDir)
	first := update(t, x, s)
	rewrite := func(seconds int) {
		objectstest.Git(t, dir, "update-ref", "-d", "refs/heads/main")
		grow(t, dir, "main", seconds, 0)
		var s script
		mark := s.commit("main", seconds, "new root", map[string]entry{"a": {"100644", "1"}})
		for i := range 29 {
			mark = s.commit("main", seconds+i, "rewritten", map[string]entry{"a": {"100644", fmt.Sprint(i)}}, mark)
		}
		objectstest.GitInput(t, dir, s.String(), "fast-import", "--quiet", "--force")
		objectstest.Git(t, dir, "-c", "gc.pruneExpire=now", "gc", "--quiet", "--prune=now")
	}
	rewrite(1)
	second := update(t, x, s)
	if second.Epoch != first.Epoch || second.Len() != first.Len()+30 {
		t.Errorf("after the branch was rewritten there are %d commits; want those %d and 30", second.Len(), first.Len())
	}
	assertHas(t, second, dir)
	// What is gone from the repository does not make the cache useless.
	other := newIndex(t, s, cacheDir)
	assertSame(t, second, update(t, other, s))
	for i := range 5 {
		rewrite(1000 * (i + 2))
		update(t, other, s)
	}
	// Most of the index was of no use then.
	last := update(t, other, s)
	if n := last.Len(); n > 2*70 {
		t.Errorf("%d commits are kept for 70", n)
	}
	assertHas(t, last, dir)
	assertSame(t, last, update(t, newIndex(t, s, cacheDir), s))
}

// assertHas fails unless all that git shows is in the snapshot, perhaps beside other commits.
func assertHas(t testing.TB, s *index.Snapshot, dir string) {
	t.Helper()
	got := indexed(s)
	for id, want := range gitHistory(t, dir) {
		if d := cmp.Diff(want, got[id], equalEmpty); d != "" {
			t.Errorf("commit %s (-git +index):\n%s", id, d)
		}
	}
}

func TestAShallowCloneCanBeDeepened(t *testing.T) {
	from := random(t, 5, 60)
	dir := filepath.Join(t.TempDir(), "shallow")
	objectstest.Git(t, from, "clone", "--quiet", "--bare", "--no-local", "--branch=b59", "--depth=1", "file://"+from, dir)
	s := open(t, dir)
	cacheDir := t.TempDir()
	x := newIndex(t, s, cacheDir)
	for _, deepen := range []string{"", "--deepen=2", "--deepen=5", "--unshallow"} {
		if deepen != "" {
			objectstest.Git(t, dir, "fetch", "--quiet", deepen, "origin", "+refs/heads/b59:refs/heads/b59")
		}
		boundary := map[string]bool{}
		if deepen != "--unshallow" {
			for id := range strings.FieldsSeq(objectstest.Git(t, dir, "rev-list", "--all", "--max-parents=0")) {
				if strings.Contains(objectstest.Git(t, dir, "cat-file", "commit", id), "\nparent ") {
					boundary[id] = true
				}
			}
			if len(boundary) == 0 {
				t.Fatal("nothing is cut off")
			}
		}
		want := gitHistory(t, dir)
		for id := range boundary {
			// They did not bring all the files that they have.
			c := want[id]
			c.Changed, c.FromAll = nil, nil
			want[id] = c
		}
		for _, x := range []*index.Index{x, newIndex(t, s, cacheDir), newIndex(t, s, "")} {
			snapshot := update(t, x, s)
			if d := cmp.Diff(want, indexed(snapshot), equalEmpty); d != "" {
				t.Errorf("%s (-git +index):\n%s", deepen, head(d))
			}
			if snapshot.Problem != nil {
				t.Errorf("there is a problem: %v", snapshot.Problem)
			}
		}
	}
}

func TestGraftsAndReplacementsCountForAsLongAsTheyAreThere(t *testing.T) {
	dir := random(t, 7, 40)
	s := open(t, dir)
	cacheDir := t.TempDir()
	x := newIndex(t, s, cacheDir)
	id := func(n int) string { return objectstest.Git(t, dir, "rev-parse", fmt.Sprint("refs/heads/b", n)) }
	assert := func() {
		t.Helper()
		for _, x := range []*index.Index{x, newIndex(t, s, cacheDir)} {
			snapshot := update(t, x, s)
			assertLikeGit(t, snapshot, dir)
			assertLikeGraph(t, snapshot, dir)
		}
	}
	assert()
	objectstest.Git(t, dir, "replace", "--graft", id(30), id(3), id(29), id(8))
	assert()
	objectstest.Git(t, dir, "replace", "--graft", id(20))
	assert()
	// What stands for a commit is replaced itself.
	objectstest.Git(t, dir, "replace", objectstest.Git(t, dir, "rev-parse", "refs/replace/"+id(30)), graft(t, dir, id(30), id(2)))
	assert()
	write(t, dir, "info/grafts", "# a comment\n\n"+id(25)+" "+id(1)+" "+id(24)+"\n"+id(30)+"\nnonsense\n")
	assert()
	objectstest.Git(t, dir, "replace", "-d", id(20))
	assert()
	write(t, dir, "info/grafts", "")
	assert()
	// Of a replaced commit the words and files stay those of its id; only its place in history is another one.
	before := fmt.Sprintf("%+v", x.Snapshot().Commit(find(t, x.Snapshot(), id(15))))
	objectstest.Git(t, dir, "replace", id(15), graft(t, dir, id(14), objectstest.Git(t, dir, "rev-list", "--parents", "-1", id(15))[41:]))
	after := update(t, x, s)
	if got := fmt.Sprintf("%+v", after.Commit(find(t, after, id(15)))); got != before {
		t.Errorf("a replaced commit reads as\n%s\nwant\n%s", got, before)
	}
}

// graft writes a copy of a commit with other parents.
func graft(t *testing.T, dir, id string, parents string) string {
	t.Helper()
	var b strings.Builder
	for line := range strings.Lines(objectstest.Git(t, dir, "--no-replace-objects", "cat-file", "commit", id) + "\n") {
		if strings.HasPrefix(line, "parent ") {
			continue
		}
		b.WriteString(line)
		if strings.HasPrefix(line, "tree ") {
			for p := range strings.FieldsSeq(parents) {
				b.WriteString("parent " + p + "\n")
			}
		}
	}
	return objectstest.GitInput(t, dir, b.String(), "hash-object", "-w", "-t", "commit", "--stdin")
}

// find is the number of a commit.
func find(t *testing.T, s *index.Snapshot, id string) index.Ordinal {
	t.Helper()
	o, ok := s.Find(model.Hash(id))
	if !ok {
		t.Fatalf("commit %s is missing", id)
	}
	return o
}

// assertLikeGraph fails unless each head leads to just what git says.
func assertLikeGraph(t *testing.T, s *index.Snapshot, dir string) {
	t.Helper()
	for line := range strings.Lines(objectstest.Git(t, dir, "for-each-ref", "--format=%(objectname)", "refs/heads")) {
		tip := strings.TrimSpace(line)
		want := strings.Fields(objectstest.Git(t, dir, "rev-list", tip))
		slices.Sort(want)
		var got []string
		seen := map[index.Ordinal]bool{}
		for todo := []index.Ordinal{find(t, s, tip)}; len(todo) > 0; {
			o := todo[0]
			if todo = todo[1:]; !seen[o] {
				seen[o] = true
				got = append(got, string(s.Hash(o)))
				todo = s.Parents(o, todo)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s leads to %d commits; git says %d", tip, len(got), len(want))
		}
	}
}
