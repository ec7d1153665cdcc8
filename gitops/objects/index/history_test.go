package index_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plumb/gitops/objects"
	"plumb/gitops/objects/gogit"
	"plumb/gitops/objects/index"
	"plumb/gitops/objects/objectstest"
	"plumb/model"
	"plumb/testdata/repositories"
)

func TestPathsOfMergesAreThoseThatGitShows(t *testing.T) {
	for seed := range uint64(12) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			dir := random(t, seed, 80)
			assertLikeGit(t, fresh(t, dir), dir)
		})
	}
}

func TestHistoryOfATeamIsThatOfGit(t *testing.T) {
	commits := 3000
	if testing.Short() {
		commits = 500
	}
	dir := filepath.Join(t.TempDir(), "team.git")
	if _, err := repositories.Write(t.Context(), dir, repositories.Like(commits)); err != nil {
		t.Fatal(err)
	}
	s := open(t, dir)
	snapshot := fresh(t, dir)
	assertLikeGit(t, snapshot, dir)
	assertLikeStore(t, snapshot, s)
}

// assertLikeStore fails unless commits say what the store reads in them.
func assertLikeStore(t *testing.T, s *index.Snapshot, store objects.Store) {
	t.Helper()
	for o := range index.Ordinal(s.Len()) {
		want, err := store.Commit(t.Context(), s.Hash(o))
		if err != nil {
			t.Fatal(err)
		}
		got := s.Commit(o)
		want.Tree = ""
		if n := len(got.Body.String()); n > 60<<10 && strings.HasPrefix(want.Body.String(), got.Body.String()) {
			want.Body = got.Body // It was cut.
		}
		if d := cmp.Diff(fmt.Sprintf("%+v", want), fmt.Sprintf("%+v", got)); d != "" {
			t.Errorf("commit %s (-store +index):\n%s", want.Hash.Short(), head(d))
		}
		if s.Time(o) != want.Committer.When.Unix() && !want.Committer.When.IsZero() {
			t.Errorf("commit %s is of %d; want %v", want.Hash.Short(), s.Time(o), want.Committer.When)
		}
	}
}

// plant writes commits that say these things, one upon the other, and answers the repository.
func plant(t *testing.T, format string, bodies ...string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	objectstest.Git(t, dir, "init", "--quiet", "--object-format="+format)
	tree := objectstest.GitInput(t, dir, "", "mktree")
	parent := ""
	for _, body := range bodies {
		id := objectstest.GitInput(t, dir, "tree "+tree+"\n"+parent+body, "hash-object", "-w", "--literally", "-t", "commit", "--stdin")
		objectstest.Git(t, dir, "update-ref", "refs/heads/main", id)
		parent = "parent " + id + "\n"
	}
	return dir
}

const ada = "Ada <ada@example.org> 1700000000 +0000"

func message(text string) string { return "author " + ada + "\ncommitter " + ada + "\n\n" + text }

func TestCommitsOfOtherProgramsReadAsTheStoreReadsThem(t *testing.T) {
	dir := plant(t, "sha1",
		"author A <a@b> 1700000000 +0000\ncommitter A <a@b> 1700000000 +0000\nencoding ISO-8859-1\n\nJ\xfcrgen GR\xdc\xdfT\n",
		"author J\xfcrgen <a@b> 1700000000 +0530\ncommitter A <a@b> 1700000000 -0330\nencoding latin1\n\nnames too\n",
		"author A <a@b> 1700000001 +0000\ncommitter A <a@b> 1700000001 +0000\ngpgsig -----BEGIN-----\n author Evil <x@y> 0 +0000\n \n -----END-----\n\nsigned\n",
		"author A <a@b> 99999999999999999999 +0000\ncommitter A <a@b> 18446744073709551615 +9999\n\ntimes out of all range\n",
		"author A <a@b> 253402300800 -0000\ncommitter A <a@b> 9223372036854775807 -2359\n\ntimes out of range\n",
		"author A <a@b> 253402300799 +1\ncommitter A <a@b> 007 +00100\n\nodd times\n",
		"author A <a@b> -5 +0000\ncommitter A <a@b> 1.5 +0000\n\ntimes that are none\n",
		"author A <a@b>\ncommitter A <a@b> x y\n\nno times\n",
		"committer A <a@b> 1700000000 +0000\n\nno author\n",
		"author A <a@b> 1700000000 +0000\n\nno committer\n",
		"\nneither\n",
		"author <> 1700000002 +0530\ncommitter  Spaced   Out  < a b > 1700000002 -0330\n\nodd names\n",
		"author A <a <b> c> 1700000003 +0000\ncommitter no address 1700000003 +0000\n\nodd addresses\n",
		"author A <a@b> 1700000004 +0000\ncommitter A <a@b> 1700000004 +0000\n\nhidden\x00 after a NUL\n",
		"author A <a@b> 1700000005 +0000\ncommitter A <a@b> 1700000005 +0000\n",
		message(""), message("\n"), message("\x00"), message("\xff\xfe not UTF-8\n"),
		message("\n\n  blank lines  \nbefore\n\n\nbody\n\n"), message("esc \x1b[31m and \u202e\n"),
		message("CAPITALS and small, every length: "+strings.Repeat("aB", 37)+"\n"),
		message("Ünïcödé ÀÈÌ\n"),
	)
	s := open(t, dir)
	snapshot := fresh(t, dir)
	if want := len(strings.Fields(objectstest.Git(t, dir, "rev-list", "--all"))); snapshot.Len() != want {
		t.Errorf("there are %d commits; want %d", snapshot.Len(), want)
	}
	assertLikeStore(t, snapshot, s)
	signed := 0
	for o := range index.Ordinal(snapshot.Len()) {
		if snapshot.IsSigned(o) {
			signed++
			if got := snapshot.Commit(o).Subject.String(); got != "signed" {
				t.Errorf("%q is said to be signed", got)
			}
		}
	}
	if signed != 1 {
		t.Errorf("%d commits are signed; want 1", signed)
	}
}

func TestLongMessagesAreCutWithoutBreakingALetter(t *testing.T) {
	const kept = 64 << 10
	long := "subject\n\n" + strings.Repeat("x", kept-len("subject\n\n")-1) + "ü and the rest"
	exact := strings.Repeat("y", kept)
	dir := plant(t, "sha1", message(long), message(exact), message(strings.Repeat("z", 10*kept)), message("after\n"))
	snapshot := fresh(t, dir)
	var bodies []int
	for o := range index.Ordinal(snapshot.Len()) {
		c := snapshot.Commit(o)
		bodies = append(bodies, len(c.Subject.String())+len(c.Body.String()))
		if strings.Contains(c.Body.String(), "�") {
			t.Errorf("the body ends with half a letter")
		}
	}
	slices.Sort(bodies)
	if want := []int{len("after"), kept - 3, kept, kept}; !slices.Equal(bodies, want) {
		t.Errorf("texts have lengths of %d; want %d", bodies, want)
	}
	if n := snapshot.Saying("and the rest", true).Len(); n != 0 {
		t.Errorf("what was cut is found")
	}
	if n := snapshot.Saying("after", true).Len(); n != 1 {
		t.Errorf("%d commits are found after a long one; want 1", n)
	}
}

func TestAnUnbornRepositoryHasNoHistoryUntilTheFirstCommit(t *testing.T) {
	for _, format := range []string{"sha1", "sha256"} {
		dir := t.TempDir()
		objectstest.Git(t, dir, "init", "--quiet", "--object-format="+format)
		s := open(t, dir)
		x := newIndex(t, s, t.TempDir())
		if n := update(t, x, s).Len(); n != 0 {
			t.Errorf("there are %d commits", n)
		}
		commit(t, dir, "f", "1")
		assertLikeGit(t, update(t, x, s), dir)
	}
}

func TestRepositoriesInMemoryHaveAHistory(t *testing.T) {
	ctx := t.Context()
	s := gogit.NewMemory()
	tree := func(files map[string]string) model.Hash {
		var edits []model.Edit
		for path, data := range files {
			edits = append(edits, model.Edit{Path: path, Mode: model.ModeFile, Data: []byte(data)})
		}
		id, err := objects.EditTree(ctx, s, "", edits)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	who := objects.Signature{Name: "Ada", Email: "ada@example.org", When: time.Unix(1700000000, 0).In(time.FixedZone("", -12600))}
	write := func(message string, files map[string]string, parents ...model.Hash) model.Hash {
		id, err := s.WriteCommit(ctx, objects.NewCommit{Tree: tree(files), Parents: parents, Author: who, Committer: who, Message: message})
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	first := write("First\n\nwith a body\n", map[string]string{"a": "1", "d/b": "1"})
	ours := write("ours", map[string]string{"a": "2", "d/b": "1"}, first)
	theirs := write("theirs", map[string]string{"a": "1", "d/b": "2"}, first)
	merge := write("merge", map[string]string{"a": "3", "d/b": "2"}, ours, theirs)
	x := newIndex(t, s, t.TempDir())
	if err := x.Update(ctx, []model.Hash{merge}); err != nil {
		t.Fatal(err)
	}
	snapshot := x.Snapshot()
	want := map[string]changes{
		string(first):  {Changed: []string{"a", "d/b"}, FromAll: []string{"a", "d/b"}},
		string(ours):   {[]string{string(first)}, []string{"a"}, []string{"a"}},
		string(theirs): {[]string{string(first)}, []string{"d/b"}, []string{"d/b"}},
		string(merge):  {[]string{string(ours), string(theirs)}, []string{"a", "d/b"}, []string{"a"}},
	}
	if d := cmp.Diff(want, indexed(snapshot), equalEmpty); d != "" {
		t.Errorf("history (-want +got):\n%s", d)
	}
	assertLikeStore(t, snapshot, s)
}

func TestLinkedWorkTreesAndSHA256AndBorrowedObjects(t *testing.T) {
	for _, format := range []string{"sha1", "sha256"} {
		t.Run(format, func(t *testing.T) {
			dir := t.TempDir()
			objectstest.Git(t, dir, "init", "--quiet", "--object-format="+format)
			commit(t, dir, "f", "1")
			objectstest.Git(t, dir, "checkout", "--quiet", "-b", "side")
			commit(t, dir, "g/h", "1")
			objectstest.Git(t, dir, "checkout", "--quiet", "main")
			commit(t, dir, "f", "2")
			objectstest.Git(t, dir, "merge", "--quiet", "--no-edit", "side")
			assertLikeGit(t, fresh(t, dir), dir)
			other := filepath.Join(t.TempDir(), "other")
			objectstest.Git(t, dir, "worktree", "add", "--quiet", other, "side")
			assertLikeGit(t, fresh(t, other), dir)
			borrower := filepath.Join(t.TempDir(), "borrower")
			objectstest.Git(t, dir, "clone", "--quiet", "--shared", ".", borrower)
			assertLikeGit(t, fresh(t, borrower), borrower)
		})
	}
}

// commit commits a file.
func commit(t testing.TB, dir, path, content string) {
	t.Helper()
	blob := objectstest.GitInput(t, dir, content, "hash-object", "-w", "--stdin")
	objectstest.Git(t, dir, "update-index", "--add", "--cacheinfo", "100644,"+blob+","+path)
	objectstest.Git(t, dir, "commit", "--quiet", "-m", path+" is "+content)
}
